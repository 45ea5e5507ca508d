#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# One's own ghost: a program comes back by a new connection and goes on with its
# session, by the secret of its welcome.

load lib/helpers
load lib/administration
load lib/resume

setup() {
	start_server --rate 0 --history 0
}

@test "a session goes on: the name, the rooms, each line once, and nobody hears of it" {
	join_as alice
	join_as bob
	say alice '/join #dev'
	expect_event alice join alice '#dev' 1
	say bob '/join #dev'
	say bob 'in the room'
	expect_event alice public bob '#dev' 'in the room'
	say bob '/msg #lobby in the lobby'
	caught_up bob alice
	wipe bob
	go_on alice2 alice
	expect_parted alice
	say bob '/msg alice psst'
	expect_event alice2 private bob alice psst
	say alice2 'still in the room'
	expect_event bob public alice '#dev' 'still in the room'
	say alice2 '/msg bob and here'
	expect_event bob private alice bob 'and here'
	not has_event bob join '?' '?' '?'
	not has_event bob leave '?' '?' '?'
	not has_event alice2 public bob '#dev' 'in the room'
	eventually "$PATIENCE" children_are 2
}

@test "what the old connection has not read comes by the new one, in order" {
	local had line
	join_as alice
	join_as bob
	say alice '/join #dev'
	expect_event alice join alice '#dev' 1
	say bob '/join #dev'
	expect_event alice join bob '#dev' 2
	had=$(had alice)
	say bob 'room one'
	say bob '/msg alice private one'
	say bob '/msg #lobby public one'
	say bob '/me acts'
	caught_up bob alice
	say alice '/who'
	expect_event alice who-end - - 2
	ask_for alice2 "${TOKEN[alice]}" "$had"
	expect_resumed alice2 alice "${TOKEN[alice]}"
	caught_up bob alice2
	equal "$(events_of alice2 | head -n 5 | cut -f 1,4-)" "$(printf '%s\t%s\t%s\t%s\n' \
		public bob '#dev' 'room one' \
		private bob alice 'private one' \
		public bob - 'public one' \
		action bob '#dev' acts \
		public bob '#dev' 'mark 1.')"
	# By any number of lines, and as often as one likes.
	for line in 1 3 5; do
		ask_for "again$line" "${TOKEN[alice]}" "$line"
		expect_resumed "again$line" alice "${TOKEN[alice]}"
		caught_up bob "again$line"
	done
	equal "$(events_of again1 | head -n 8 | cut -f 1,6 | tr '\t\n' ': ')" \
		'join:2 join:1 join:2 public:room one private:private one public:public one action:acts public:mark 1. '
	# The first lines of that: two; of the next: four.
	equal "$(events_of again3 | head -n 1)" "$(events_of again1 | sed -n 3p)"
	equal "$(events_of again5 | head -n 1)" "$(events_of again1 | sed -n 5p)"
}

@test "no number of lines: on from where the server has written" {
	join_as alice
	join_as bob
	say bob 'before'
	caught_up bob alice
	ask_for alice2 "${TOKEN[alice]}"
	expect_resumed alice2 alice "${TOKEN[alice]}"
	say bob 'after'
	expect_event alice2 public bob - after
	never_match alice2 '.*before'
}

@test "the notice behind each welcome is a line of the session, the welcome is not" {
	local n
	seat alice nc 127.0.0.1 "$PORT"
	say alice '/events 1 /stay alice'
	expect_event alice notice - - 'idle after 300 s'
	note_token alice
	join_as bob
	expect_event alice join bob - 2
	n=$(had alice)
	for name in one two three; do
		ask_for "$name" "${TOKEN[alice]}" "$n"
		expect_resumed "$name" alice "${TOKEN[alice]}"
		expect_event "$name" notice - - 'idle after 300 s'
		say bob "live for $name"
		expect_event "$name" public bob - "live for $name"
		# All behind the welcome, and then what the next one misses.
		n=$((n + $(had "$name") - 1))
		say bob "behind $name"
		expect_event "$name" public bob - "behind $name"
	done
	equal "$(events_of alice one two three | grep -c 'live for')" 3
	equal "$(events_of two three | grep -c 'behind')" 4
}

@test "the lines of the client: it is told how many were taken" {
	join_as alice
	join_as bob
	say alice one
	say alice ''
	say alice two
	expect_event bob public alice - two
	ask_for alice2 "${TOKEN[alice]}" "$(had alice)"
	expect_match alice2 'welcome.* taken=3'
	say alice2 three
	expect_event bob public alice - three
	ask_for alice3 "${TOKEN[alice]}"
	expect_match alice3 'welcome.* taken=4'
}

@test "what is sent behind the line counts for the session, and by a guest" {
	join_as alice
	join_as bob
	seat alice2 nc 127.0.0.1 "$PORT"
	type_bytes alice2 "/events 1\n/resume ${TOKEN[alice]} 1\nat once\nand more\n"
	expect_event bob public alice - 'at once'
	expect_event bob public alice - 'and more'
	# A guest that has joined leaves as anybody does.
	join_as carl
	expect_event bob join carl - 3
	type_bytes carl "a guest\n/resume ${TOKEN[alice]}\nno guest\n"
	expect_event bob public carl - 'a guest'
	expect_event bob public alice - 'no guest'
	expect_event bob leave carl - 2
	expect_match carl 'welcome.*alice.*'
	# The hello may have all of it.
	seat alice4 nc 127.0.0.1 "$PORT"
	say alice4 "/events 1 /resume ${TOKEN[alice]} 1"
	expect_resumed alice4 alice "${TOKEN[alice]}"
}

@test "a wrong secret: a second, an error, and a welcome under the name" {
	local begin
	join_as alice
	begin=$(now_ms)
	seat eve nc 127.0.0.1 "$PORT"
	type_bytes eve '/events 1 eve\n/resume 0123456789abcdef0123456789abcdef 3\nhello\n'
	expect_refused eve
	(($(now_ms) - begin >= 950)) || fail 'that was quick'
	expect_joined eve eve 2
	expect_event alice public eve - hello
	say eve '/resume'
	eventually "$PATIENCE" matches_are 2 eve '.*no such session'
	# One's own is no older one.
	say eve "/resume $(token_of eve)"
	eventually "$PATIENCE" matches_are 3 eve '.*no such session'
	say eve "/resume 00000000000000000000000000000000"
	eventually "$PATIENCE" matches_are 4 eve '.*no such session'
	say eve 'here'
	expect_event alice public eve - here
	# After three wrong ones no right one helps.
	say eve "/resume ${TOKEN[alice]^^} 1"
	eventually "$PATIENCE" matches_are 5 eve '.*no such session'
	never_match alice '.*taken over.*'
}

@test "a session that has ended has no secret any more" {
	join_as alice
	join_as bob
	hang_up alice
	expect_event bob leave alice - 1
	ask_for alice2 "${TOKEN[alice]}" 1
	expect_refused alice2
	expect_joined alice2 'guest-1' 2
	# The slot is another user's now, with a secret of its own.
	not equal "$(token_of alice2)" "${TOKEN[alice]}"
}

@test "two at once: one has the session in the end, the other is told" {
	local name
	join_as alice
	join_as bob
	kill -STOP "${CHILD_OF[alice]}"
	ask_for one "${TOKEN[alice]}" 1
	ask_for two "${TOKEN[alice]}" 1
	kill -CONT "${CHILD_OF[alice]}"
	# Which of them is the last one is the relay's to know.
	one_is_told() {
		for name in one two; do
			! has_match "$name" '(error.*no such session|bye.*)' ||
				return 0
		done
		return 1
	}
	both_know() {
		one_is_told && [[ $(cat "$(screen_file one)" "$(screen_file two)" |
			grep -c '^welcome') == 2 ]]
	}
	eventually "$PATIENCE" both_know
	expect_parted alice
	wipe one two
	say one 'it is one'
	say two 'it is two'
	one_is_alice() {
		[[ $(events_of bob | awk -F '\t' '$4 == "alice" && /it is/' | wc -l) == 1 ]]
	}
	eventually "$PATIENCE" one_is_alice
	not has_event bob leave alice '?' '?'
}

@test "kill -9 of the old child in the middle: the session is over, and that is said" {
	join_as alice
	join_as bob
	kill -STOP "${CHILD_OF[alice]}"
	ask_for alice2 "${TOKEN[alice]}" 1
	eventually "$PATIENCE" children_are 3
	kill -KILL "${CHILD_OF[alice]}"
	expect_refused alice2
	expect_joined alice2 'guest-1' 2
	expect_event bob leave alice - 1
}

@test "the old child is stopped: refused after a while, and it goes on afterwards" {
	join_as alice
	join_as bob
	kill -STOP "${CHILD_OF[alice]}"
	ask_for alice2 "${TOKEN[alice]}" 1
	expect_refused alice2
	expect_joined alice2 'guest-1' 3
	kill -CONT "${CHILD_OF[alice]}"
	say bob 'still there'
	expect_event alice public bob - 'still there'
	say alice 'yes'
	expect_event bob public alice - yes
	go_on alice3 alice
}

new_relay() { # OLD-PID
	local pid
	pid=$(relay_pid)
	[[ -n $pid && $pid != "$1" ]]
}

@test "kill -9 of the relay in the middle: the session goes on" {
	local relay
	join_as alice
	join_as bob
	kill -STOP "${CHILD_OF[alice]}"
	ask_for alice2 "${TOKEN[alice]}" 1
	eventually "$PATIENCE" children_are 3
	# The relay has the descriptors, or the message waits for the next one.
	relay=$(relay_pid)
	kill -KILL "$relay"
	eventually "$PATIENCE" new_relay "$relay"
	kill -CONT "${CHILD_OF[alice]}"
	expect_resumed alice2 alice "${TOKEN[alice]}"
	expect_parted alice
	say bob hello
	expect_event alice2 public bob - hello
	equal "$(matches alice2 'welcome.*')" 1
	not has_event bob leave '?' '?' '?'
}

@test "kill -9 of the new child in the middle: its client has the session all the same" {
	local child
	join_as alice
	join_as bob
	kill -STOP "${CHILD_OF[alice]}"
	ask_for alice2 "${TOKEN[alice]}" 1
	eventually "$PATIENCE" children_are 3
	child=$(comm -13 <(printf '%s\n' "${CHILD_OF[@]}" | sort) <(children | sort))
	waits_for_answer() {
		[[ $(descriptors_of "$child") -ge 5 ]]
	}
	eventually "$PATIENCE" waits_for_answer
	throughout 1 true
	kill -KILL "$child"
	kill -CONT "${CHILD_OF[alice]}"
	expect_resumed alice2 alice "${TOKEN[alice]}"
	say bob hello
	expect_event alice2 public bob - hello
	not has_event bob leave '?' '?' '?'
	# Where it is from is known all the same.
	eventually "$PATIENCE" grep -Eq 'resume slot=[0-9]+' "$SERVER_LOG"
}

@test "the new client is gone before the end: its user has left" {
	join_as alice
	join_as bob
	kill -STOP "${CHILD_OF[alice]}"
	ask_for alice2 "${TOKEN[alice]}" 1
	eventually "$PATIENCE" children_are 3
	hang_up alice2
	kill -CONT "${CHILD_OF[alice]}"
	expect_parted alice
	expect_event bob leave alice - 1
}

@test "an upgrade in between: the secret stays" {
	join_as alice
	join_as bob
	kill -HUP "$SERVER_PID"
	upgraded() {
		grep -q 'upgrade' "$SERVER_LOG"
	}
	eventually "$PATIENCE" upgraded
	caught_up bob alice
	go_on alice2 alice
	kill -HUP "$SERVER_PID"
	caught_up bob alice2
	go_on alice3 alice2 alice
	say bob 'all is well'
	expect_event alice3 public bob - 'all is well'
	not has_event bob leave '?' '?' '?'
}

# Says more than the buffers of both ends hold, but no more than the log.
say_much() { # NAME
	local long='a line that is as long as a line of a talk is now and then'
	seq 1 20000 | sed "s/\$/ $long/" >&"${INPUT[$1]}"
	expect_event "$1" public "$1" - "20000 $long"
}

has_all() { # NAME
	screen "$1" | awk -F '\t' '
		$1 == "gap" { bad = 1 }
		$1 == "public" && !/ as a line / { next }
		$1 == "public" { if ($6 + 0 != ++n) bad = 1 }
		END { exit bad || n != 20000 }'
}

@test "an old client that reads nothing: each line once by the new one" {
	local had
	join_as alice
	join_as bob
	had=$(had alice)
	kill -STOP "${PERSON_PID[alice]}"
	say_much bob
	ask_for alice2 "${TOKEN[alice]}" "$had"
	expect_resumed alice2 alice "${TOKEN[alice]}"
	eventually "$PATIENCE" has_all alice2 || fail "$(screen alice2 | wc -l) lines"
	has_all bob
}

@test "the same with all buffers full, up to the relay" {
	local path=$BATS_TEST_TMPDIR/chat had
	stop_server
	launch_server --listen 127.0.0.1:0 --listen "unix:$path" --history 0 \
		--rate 0
	await_server 2
	join_as alice -U "$path"
	join_as bob
	had=$(had alice)
	kill -STOP "${PERSON_PID[alice]}"
	say_much bob
	expect_about alice '.queue_bytes > 50000 and .lag_bytes > 100000'
	ask_for alice2 "${TOKEN[alice]}" "$had"
	expect_resumed alice2 alice "${TOKEN[alice]}"
	eventually "$PATIENCE" has_all alice2 || fail "$(screen alice2 | wc -l) lines"
}

@test "the idle time begins anew with the new connection" {
	stop_server
	start_server --idle-timeout 8 --history 0
	local come
	come=$(now_ms)
	join_as alice
	throughout 4 not disconnected alice
	go_on alice2 alice
	lives_longer() {
		(($(now_ms) - come > 9500))
	}
	eventually "$PATIENCE" lives_longer
	not disconnected alice2
	expect_event alice2 bye - - 'idle for 8 s'
}

@test "a UNIX socket and the inetd stub's pipes have sessions, too" {
	local path=$BATS_TEST_TMPDIR/chat
	stop_server
	launch_server --listen 127.0.0.1:0 --listen "unix:$path" --history 0 \
		--control "$BATS_TEST_TMPDIR/control"
	await_server 2
	join_as alice -U "$path"
	join_as bob
	ask_for alice2 "${TOKEN[alice]}" 1
	expect_resumed alice2 alice "${TOKEN[alice]}"
	# shellcheck disable=SC2016 # for the shell that is started
	seat alice3 bash -c '"$@" | cat' pipe "$SERVER" --inetd \
		--control "$BATS_TEST_TMPDIR/control"
	type_bytes alice3 "/events 1\n/resume ${TOKEN[alice]}\nby a pipe\n"
	expect_resumed alice3 alice "${TOKEN[alice]}"
	expect_event bob public alice - 'by a pipe'
	ask_for alice4 "${TOKEN[alice]}" '' -U "$path"
	expect_resumed alice4 alice "${TOKEN[alice]}"
	# The stub ends with its connection.
	expect_exit alice3 0
	say bob hello
	expect_event alice4 public bob - hello
}

@test "no descriptor is left in any process" {
	local relay before i
	join_as alice
	join_as bob
	relay=$(relay_pid)
	before="$(descriptors_of "$relay") $(descriptors_of "${CHILD_OF[alice]}")"
	for i in 1 2 3 4 5; do
		ask_for "a$i" "${TOKEN[alice]}" 1
		expect_resumed "a$i" alice "${TOKEN[alice]}"
	done
	ask_for eve 0123456789abcdef0123456789abcdef 1
	expect_refused eve
	hang_up eve
	settled() {
		[[ "$(descriptors_of "$relay") $(descriptors_of "${CHILD_OF[alice]}")" == "$before" ]]
	}
	eventually "$PATIENCE" settled ||
		fail "now $(descriptors_of "$relay") $(descriptors_of "${CHILD_OF[alice]}"), before $before"
}

@test "who guesses is slowed down, and nobody else" {
	local i begin
	join_as alice
	join_as bob
	for i in $(seq 1 30); do
		seat "eve$i" nc 127.0.0.1 "$PORT"
		type_bytes "eve$i" '/events 1\n'"$(printf '/resume %032x\\n' "$i" "1$i" "2$i")"
	done
	begin=$(now_ms)
	caught_up bob alice
	(($(now_ms) - begin < 900)) || fail 'the others wait for it'
	expect_refused eve30
	never_match eve1 'welcome.*taken.*'
}

@test "the address is that of the new connection: --status, --ban, the log" {
	stop_server
	start_server --listen '127.0.0.1:0' --history 0
	join_as alice -s 127.0.0.2 127.0.0.1 "$PORT"
	join_as bob
	ask_for alice2 "${TOKEN[alice]}" 1 -s 127.0.0.3 127.0.0.1 "$PORT"
	expect_resumed alice2 alice "${TOKEN[alice]}"
	expect_about alice '.address | startswith("127.0.0.3:")'
	grep -Eq 'resume slot=[0-9]+ address=127.0.0.3:[0-9]+ by=[0-9]+' "$SERVER_LOG"
	grep -Eq 'disconnect slot=[0-9]+ reason=resumed' "$SERVER_LOG"
	"$SERVER" -Port "$PORT" --kick alice enough
	expect_event alice2 bye - - 'kicked: enough'
	expect_disconnected alice2
}

# --- by WebSocket ---------------------------------------------------------------

# A text in a frame, by printf's escapes; masked with zeros, which change
# nothing.
frame() { # TEXT
	local text
	printf -v text '%b' "$1"
	printf '\\x81\\x%02x\\0\\0\\0\\0%s' "$((0x80 + ${#text}))" "$1"
}

CLOSE='\x88\x80\0\0\0\0'

# A browser's connection asks for a session, and sends more behind that.
ask_by_web() { # NEW-NAME TOKEN [FRAMES]
	local head='GET /chat HTTP/1.1\r\nHost: localhost\r\n'
	head+='Connection: Upgrade\r\nUpgrade: websocket\r\n'
	head+='Sec-WebSocket-Version: 13\r\n'
	head+='Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
	head+='Sec-WebSocket-Protocol: chat.events.1\r\n\r\n'
	seat "$1" nc 127.0.0.1 "$PORT"
	type_bytes "$1" "$head$(frame "/events 1\n/resume $2 1")${3-}"
}

# How many sessions it has got, by welcomes with another frame behind them.
resumed_by_web() { # NAME NUMBER
	local n
	n=$(LC_ALL=C grep -aoE $'taken=[0-9]+\x81' "$(screen_file "$1")" | wc -l)
	((n == $2))
}

@test "a session goes from TCP to WebSocket, and that connection to another session" {
	join_as alice
	join_as bob
	ask_by_web web "${TOKEN[alice]}"
	eventually "$PATIENCE" resumed_by_web web 1
	expect_parted alice
	type_bytes web "$(frame "/resume ${TOKEN[bob]} 1")"
	eventually "$PATIENCE" resumed_by_web web 2
	expect_parted bob
}

@test "a WebSocket that is closed behind the line that asks ends the session" {
	join_as alice
	join_as bob
	ask_by_web web "${TOKEN[alice]}" "$CLOSE"
	expect_event bob leave alice - 1
	expect_disconnected web
	eventually "$PATIENCE" children_are 1
}

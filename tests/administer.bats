#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What an administrator can do to a server that runs, and who may be one.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2119,SC2120,SC2154 # subshells; what run sets; others read it

load lib/helpers
load lib/namespaces
load lib/administration

# Not all of it needs another network.
setup() {
	:
}

# A server that others reach over a cable.
start_far_server() { # [OPTION...]
	need_namespaces
	in_server_namespace
	launch_server --listen '*:0' "$@"
	await_server 1
}

seat_from() { # NAME ADDRESS
	seat "$1" ip netns exec "$CLIENT_SIDE" nc -s "$2" \
		"$(server_address "$2")" "$PORT"
}

enter_from() { # NAME ADDRESS
	seat_from "$1" "$2"
	expect_welcome "$1"
}

banned_from() { # NAME ADDRESS
	seat_from "$1" "$2"
	expect_line "$1" '! you are banned from this server'
	expect_disconnected "$1"
	equal "$(screen "$1")" '! you are banned from this server'
}

let_in_from() { # NAME ADDRESS
	seat_from "$1" "$2"
	eventually 2 has_match "$1" '(\* welcome|! ).*'
	has_match "$1" '\* welcome, .*'
}

logged() { # REGULAR-EXPRESSION
	grep -qE "^chatserver: $1\$" "$SERVER_LOG" ||
		fail "no log line that matches $1 in:" "$(cat "$SERVER_LOG")"
}

# --- --say ------------------------------------------------------------------

@test "--say reaches all, in each dialect, once and in order" {
	start_server
	enter alice
	connect_events bob
	connect_client carol --name carol
	expect_line alice '* carol joined (3 online)'
	for n in {1..20}; do
		say alice "line $n"
		expect_line alice "[alice] line $n"
		done_by --say "notice $n: \"quoted\", für alle"
		equal "$output" ''
	done
	caught_up alice alice bob carol
	for n in {1..20}; do
		echo "[alice] line $n"
		echo "* server: notice $n: \"quoted\", für alle"
	done >"$BATS_TEST_TMPDIR/wanted"
	equal "$(screen alice | grep -E 'notice|line ')" \
		"$(cat "$BATS_TEST_TMPDIR/wanted")"
	equal "$(screen carol | grep -E 'notice|line ')" \
		"$(cat "$BATS_TEST_TMPDIR/wanted")"
	equal "$(screen bob | awk -F '\t' '$1 ~ /^(public|notice)$/ && $6 !~ /mark/ {
		print $1, $4, $5, $6 }')" \
		"$(sed 's/^\[alice\] \(.*\)/public alice - \1/; s/^\* /notice - - /' \
			"$BATS_TEST_TMPDIR/wanted")"
	# Everybody sees them, so they are numbered, without a hole.
	equal "$(screen bob | awk -F '\t' '$2 != "-" && last && $2 != last + 1 { print }
		$2 != "-" { last = $2 }')" ''
	logged "control uid=$(id -u) verb=say text=\"server: notice 7: "'\\"quoted\\", für alle" result="done"'
	# They are no messages, and nobody is told them later.
	equal "$(counter messages_total)" 21
	connect dave
	caught_up alice dave
	never_match dave '.*notice.*'
}

@test "--say: what a relay does not tell the next one does, and then no more" {
	takes_long
	start_server
	enter alice
	relay=$(relay_pid)
	kill -STOP "$relay"
	for n in {1..8}; do
		done_by --say "notice $n"
	done
	refused_by 77 'notice queue full (8)' --say 'notice 9'
	kill -KILL "$relay"
	expect_line alice '* server: notice 8'
	done_by --say 'notice 9'
	for n in {10..29}; do
		# The next relay comes later each time.
		until "$SERVER" -Port "$PORT" --say "notice $n" 2>/dev/null; do
			nap
		done
		kill -KILL "$(relay_pid)" || true # there may be none just now
	done
	expect_line alice '* server: notice 29'
	caught_up alice alice
	equal "$(screen alice | sed -n 's/^\* server: notice //p')" "$(seq 29)"
	equal "$(counter notices_total)" 29
}

is_traced() { # PID
	grep -q '^TracerPid:.*[1-9]' "/proc/$1/status"
}

@test "--say: a relay that is killed with the notice in the log: not told twice" {
	start_server --log-chat "$BATS_TEST_TMPDIR/chat"
	enter alice
	relay=$(relay_pid)
	# What is in the log is written to the file next.
	strace -s 99 -o "$BATS_TEST_TMPDIR/trace" -e trace=write \
		-e inject=write:signal=KILL -p "$relay" 2>/dev/null 3>&- &
	eventually "$PATIENCE" is_traced "$relay"
	done_by --say once
	eventually "$PATIENCE" ended "$relay"
	contains "$(<"$BATS_TEST_TMPDIR/trace")" 'server: once'
	done_by --say again
	expect_line alice '* server: again'
	equal "$(screen alice | sed -n 's/^\* server: //p')" $'once\nagain'
}

@test "--say: a relay without memory for a moment hears it a moment later" {
	# The filter takes a call that is made to fail for another one.
	start_server --no-sandbox
	enter alice
	relay=$(relay_pid)
	strace -o "$BATS_TEST_TMPDIR/trace" -e trace=recvfrom \
		-e inject=recvfrom:error=ENOMEM:when=1 -p "$relay" \
		2>/dev/null 3>&- &
	eventually "$PATIENCE" is_traced "$relay"
	done_by --say once
	expect_line alice '* server: once'
	contains "$(<"$BATS_TEST_TMPDIR/trace")" ENOMEM
	equal "$(relay_pid)" "$relay"
}

@test "--say: what is said is clean, and not too long" {
	start_server
	enter alice
	done_by --say $'a\033[2Jb\nc\td \xff'
	expect_line alice $'* server: a[2Jb c d \xef\xbf\xbd'
	done_by --say $'line one\r\nline two\tx\rline three'
	expect_line alice '* server: line one line two x line three'
	long=$(printf '%392s' '' | tr ' ' x)
	done_by --say "$long"
	expect_line alice "* server: $long"
	refused_by 64 'at most 392 bytes' --say "${long}x"
	refused_by 64 'the text is empty' --say ''
	refused_by 64 'the text is empty' --say $' \n\033'
	# No name has a colon, so nobody can make it look so.
	say alice '/nick server:'
	expect_match alice '! .*'
}

# --- --kick -----------------------------------------------------------------

@test "--kick ends that user, with the reason; others see that it was a kick" {
	start_server
	enter alice bob
	connect_events carol
	expect_line alice '* guest-1 joined (3 online)'
	done_by --kick bob 'no "caps", bitte ä'
	[[ $output =~ ^slot\ 1:\ kicked$ ]]
	expect_line bob '! disconnected: kicked: no "caps", bitte ä'
	expect_disconnected bob
	expect_line alice '* bob left: kicked (2 online)'
	expect_event carol leave bob - '2 kicked'
	logged "control uid=$(id -u) verb=kick text=\"no "'\\"caps\\", bitte ä" result="slot 1: kicked"'
	eventually "$PATIENCE" grep -qx 'chatserver: disconnect slot=1 reason=kicked' "$SERVER_LOG"
	# Whatever case, and without a reason; a client comes back.
	connect_client bob --name Bob --no-reconnect
	expect_line alice '* Bob joined (3 online)'
	done_by --kick bOB
	expect_line alice '* Bob left: kicked (2 online)'
	expect_match bob '.*disconnected: kicked'
	done_by --kick guest-1 because
	expect_event carol bye - - 'kicked: because'
	expect_disconnected carol
	say alice 'I am not kicked'
	expect_line alice '[alice] I am not kicked'
	# The next one in that slot has none of it.
	connect dave
	done_by --kick guest-1
	expect_line dave '! disconnected: kicked'
}

@test "--kick: a reason of several lines is one line" {
	start_server
	enter alice
	done_by --kick alice $'first\nsecond\tthird'
	expect_line alice '! disconnected: kicked: first second third'
}

@test "--kick: nobody of that name, names and reasons that are none" {
	start_server
	enter alice
	for name in bob '' 'a b' $'\033' "$(printf '%5000s' '' | tr ' ' x)"; do
		refused_by 67 'no such user' --kick "$name"
	done
	refused_by 64 'at most 79 bytes' --kick alice "$(printf '%80s' '' | tr ' ' x)"
	# A reason is never cut, whatever is in it.
	reason=$(printf 'ä%.0s' {1..39})
	done_by --kick alice "$reason"
	expect_line alice "! disconnected: kicked: $reason"
	refused_by 67 'no such user: alice' --kick alice
}

@test "who does not go by being told is ended in seconds, so are silent callers" {
	takes_long
	[[ -n ${ATTACK-} ]] || skip "ATTACK is not set"
	start_server
	enter alice bob
	fds=$(descriptors_of "$SERVER_PID")
	seat crowd "$ATTACK" "$(control_socket)" silent 3
	expect_line crowd ready
	eventually 1 descriptors_are "$SERVER_PID" "$((fds + 3))"
	kill -STOP "$(about bob .pid)"
	started=$SECONDS
	done_by --kick bob
	# To insist is not to begin anew.
	gone_or_kicked_again() {
		has_line alice '* bob left (1 online)' ||
			{ ask --kick bob && false; }
	}
	eventually 12 gone_or_kicked_again
	((SECONDS - started >= 6))
	grep -q 'kick-late slot=1' "$SERVER_LOG"
	descriptors_are "$SERVER_PID" "$fds"
	kill -0 "${PERSON_PID[crowd]}"
	expect_disconnected bob
	connect carol
	done_by --kick guest-1
	expect_line carol '! disconnected: kicked'
}

# --- --ban ------------------------------------------------------------------

@test "--ban, IPv4: ends those who are there, turns others away, --unban" {
	takes_long
	start_far_server
	enter_from alice 192.0.2.11
	enter_from bob 192.0.2.11
	enter_from carol 192.0.2.12
	done_by --ban 192.0.2.11
	equal "$output" \
		'192.0.2.11: banned; connections ended: 2'
	for name in alice bob; do
		expect_line "$name" '! disconnected: kicked: banned'
		expect_disconnected "$name"
	done
	expect_match carol '\* guest-[12] left: kicked \(1 online\)'
	banned_from alice 192.0.2.11
	logged 'refuse address=192\.0\.2\.11:[0-9]+ reason=banned'
	logged 'control uid=0 verb=ban text="192\.0\.2\.11" result="192\.0\.2\.11: banned.*"'
	enter_from dave 192.0.2.13
	equal "$(counter banned)" 1
	equal "$(counter refused_total)" 1
	# Again is no harm, and once undone is undone.
	done_by --ban 192.0.2.11
	equal "$(counter banned)" 1
	done_by --unban 192.0.2.11
	equal "$output" '192.0.2.11: no longer banned'
	enter_from alice 192.0.2.11
	refused_by 77 '192.0.2.11 is not banned' --unban 192.0.2.11
	equal "$(counter banned)" 0
}

@test "--ban, IPv6: an address alone is its network of 64 bits" {
	start_far_server
	enter_from alice 2001:db8:0:1::11
	enter_from bob 2001:db8:0:2::11
	done_by --ban 2001:db8:0:1::99
	expect_line alice '! disconnected: kicked: banned'
	banned_from alice 2001:db8:0:1:ffff::13
	banned_from alice 2001:db8:0:1::12
	enter_from carol 2001:db8:0:2::12
	say bob 'we are still here'
	expect_line carol "[${NICK[bob]}] we are still here"
	done_by --unban 2001:db8:0:1::
	enter_from alice 2001:db8:0:1::12
}

@test "--ban --for: it runs out, also a second one that is shorter" {
	start_far_server
	done_by --ban 192.0.2.11
	done_by --ban 192.0.2.11 --for 2
	banned_from alice 192.0.2.11
	eventually 5 let_in_from alice 192.0.2.11
	equal "$(counter banned)" 0
	refused_by 77 'not banned' --unban 192.0.2.11
	refused_by 64 '--for' --ban 192.0.2.11 --for 0
	refused_by 64 '--for' --ban 192.0.2.11 --for 31536001
}

@test "--ban: loopback and what is no address" {
	start_server
	enter alice
	for address in 127.0.0.1 127.9.9.9 ::1 ::ffff:127.0.0.1 0.0.0.0 ::; do
		refused_by 64 'cannot be banned' --ban "$address"
	done
	for address in '' localhost 192.0.2 '[::1]' 192.0.2.1:80 example.org; do
		refused_by 64 'not an IPv4 or IPv6 address' --ban "$address"
		refused_by 64 'not an IPv4 or IPv6 address' --unban "$address"
	done
	caught_up alice alice
}

@test "--ban: 256 of them, then no more, until one runs out" {
	takes_long
	[[ -n ${ATTACK-} ]] || skip "ATTACK is not set"
	start_server
	done_by --ban 192.0.2.1 --for 3600
	for ((n = 2; n <= 256; n++)); do
		"$ATTACK" "$(control_socket)" ban $((0xc0000200 + n))
	done >"$BATS_TEST_TMPDIR/answers"
	equal "$(grep -c '^done' "$BATS_TEST_TMPDIR/answers")" 255
	equal "$(counter banned)" 256
	refused_by 77 'ban list full (256)' --ban 198.51.100.1
	done_by --ban 192.0.2.1 --for 1
	eventually 5 counter_is banned 255
	done_by --ban 198.51.100.1
	refused_by 77 'ban list full (256)' --ban 198.51.100.2
	done_by --ban 198.51.100.1 --for 5
	run "$ATTACK" "$(control_socket)" ban 0
	equal "$output" 'refused: that range cannot be banned'
}

# --- who may ----------------------------------------------------------------

# The programs, where everybody reaches them.
publish() {
	chmod 755 "$BATS_TEST_TMPDIR"
	cp "$SERVER" "$BATS_TEST_TMPDIR/chatserver"
	for folder in "${BATS_TEST_TMPDIR%/*}" "${BATS_TEST_TMPDIR%/*/*}"; do
		chmod o+x "$folder"
	done
}

as_another() { # OPTION...
	run --separate-stderr setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$BATS_TEST_TMPDIR/chatserver" -Port "$PORT" "$@"
}

@test "another user cannot connect; let in, they may join and not administer" {
	[[ $(id -u) == 0 ]] || skip "only root can be somebody else"
	publish
	start_server
	enter alice
	equal "$(stat -c %a "$(control_socket)")" 600
	for words in --status --bans '--say hello' '--kick alice' '--ban 192.0.2.1'; do
		# shellcheck disable=SC2086 # as words
		as_another $words
		equal "$status" 77 "the status of $words"
		contains "$stderr" 'Permission denied'
		equal "$output" ''
	done
	chmod 666 "$(control_socket)"
	for words in --status --bans '--say hello' '--kick alice' '--ban 192.0.2.1' \
		'--unban 192.0.2.1'; do
		# shellcheck disable=SC2086 # as words
		as_another $words
		equal "$status" 77 "the status of $words"
		contains "$stderr" "only root and the server's own user"
		equal "$output" ''
	done
	logged 'control uid=65534 result=forbidden'
	seat bob bash -c 'setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$0" -Port "$1" --inetd --name bob | cat' \
		"$BATS_TEST_TMPDIR/chatserver" "$PORT"
	expect_line alice '* bob joined (2 online)'
	equal "$(about bob .address)" inetd:uid=65534
	say bob 'hello'
	expect_line alice '[bob] hello'
	done_by --kick bob
	expect_line alice '* bob left: kicked (1 online)'
	expect_line bob '! disconnected: kicked'
	never_match alice '.*server: hello'
	caught_up alice alice
}

@test "the server's own user may, without being root" {
	[[ $(id -u) == 0 ]] || skip "only root can be somebody else"
	publish
	mkdir -m 700 "$BATS_TEST_TMPDIR/theirs"
	chown 65534 "$BATS_TEST_TMPDIR/theirs"
	cat >"$BATS_TEST_TMPDIR/as" <<-END
		#!/bin/sh
		exec setpriv --reuid 65534 --regid 65534 --clear-groups \
			"$BATS_TEST_TMPDIR/chatserver" "\$@"
	END
	chmod 755 "$BATS_TEST_TMPDIR/as"
	SERVER=$BATS_TEST_TMPDIR/as
	XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/theirs
	start_server
	enter alice
	done_by --say 'I am theirs'
	expect_line alice '* server: I am theirs'
	logged 'control uid=65534 verb=say text="server: I am theirs" result="done"'
	# And so may root.
	SERVER=$BATS_TEST_TMPDIR/chatserver
	done_by --kick alice
	expect_line alice '! disconnected: kicked'
}

# --- who answers ------------------------------------------------------------

@test "a hostile answer: no byte of it controls the terminal of who asks" {
	[[ -n ${ATTACK-} ]] || skip "ATTACK is not set"
	for what in 'done' refused version; do
		answer_as "$what"
		for words in '--say hello' '--ban 192.0.2.1' '--unban 192.0.2.1' \
			--status --bans '--kick alice'; do
			# shellcheck disable=SC2086 # as words
			ask_forged $words
			is_fit_for_terminals "$ANSWER"
		done
		# What is left of it is said.
		ask_forged --say hello
		[[ $what == 'done' ]] && wanted=0 || wanted=77
		equal "$status" "$wanted" "$what"
		contains "$(<"$ANSWER")" ']0;owned[2J'
		hang_up forger
	done
}

@test "a hostile memory: clean as a table, for programs and for Prometheus" {
	[[ -n ${ATTACK-} ]] || skip "ATTACK is not set"
	answer_as status
	for words in --status '--status --json' '--status --metrics'; do
		# shellcheck disable=SC2086 # as words
		ask_forged $words
		equal "$status" 0
		is_fit_for_terminals "$ANSWER"
		case $words in
		*json) jq -e '.version and (.online | length == 3) and
			(.rooms | length == 4)' "$ANSWER" ;;
		*metrics)
			not grep -vE '^(# (HELP|TYPE) .*|chatserver_[a-z_]+(\{[a-z]+="([^"\\]|\\.)*"\})? [0-9]+)$' \
				"$ANSWER"
			;;
		*) equal "$(grep -c ']0;owned' "$ANSWER")" 8 ;;
		esac
	done
	# Nobody has a name that begins so.
	ask_forged --kick alice
	equal "$status" 67
}

@test "memory that is too small, a pipe, nothing: it makes no sense" {
	[[ -n ${ATTACK-} ]] || skip "ATTACK is not set"
	for what in short pipes nothing bans status; do
		answer_as "$what"
		for words in --status --bans '--bans --json'; do
			[[ ${words%% *} == "--$what" ]] && continue
			# shellcheck disable=SC2086 # as words
			ask_forged $words
			equal "$status" 76 "$what: $words"
			equal "$(<"$ANSWER")" \
				"chatserver: invalid reply from the server"
		done
		hang_up forger
	done
}

@test "a hostile list of bans: clean, and a list" {
	[[ -n ${ATTACK-} ]] || skip "ATTACK is not set"
	answer_as bans
	ask_forged --bans
	equal "$status" 0
	is_fit_for_terminals "$ANSWER"
	equal "$(wc -l <"$ANSWER")" 257
	ask_forged --bans --json
	equal "$status" 0
	equal "$(jq '.bans | length' "$ANSWER")" 256
}

@test "what a child could write into the memory of a server that runs is clean" {
	[[ -n ${ATTACK-} ]] || skip "ATTACK is not set"
	start_server
	enter alice bob
	"$ATTACK" "$(control_socket)" scribble texts
	FORGED=$(control_socket)
	for words in --status '--status --json' '--status --metrics'; do
		# shellcheck disable=SC2086 # as words
		ask_forged $words
		equal "$status" 0
		is_fit_for_terminals "$ANSWER"
		contains "$(<"$ANSWER")" ']0;owned[2J'
	done
	connect carol
	ask_forged --status --json
	equal "$(jq '.users, (.online | length)' "$ANSWER" | xargs)" '3 3'
}

@test "a hostile answer to --inetd: the user reads one clean line" {
	[[ -n ${ATTACK-} ]] || skip "ATTACK is not set"
	for what in refused user; do
		answer_as "$what"
		seat guest bash -c '"$0" --inetd --control "$1" </dev/null | cat' \
			"$SERVER" "$FORGED"
		expect_match guest '! .*'
		screen guest >"$BATS_TEST_TMPDIR/read"
		is_fit_for_terminals "$BATS_TEST_TMPDIR/read"
		equal "$(grep -c . "$BATS_TEST_TMPDIR/read")" 1
		[[ $(screen guest) == '! '* ]]
		hang_up forger
	done
}

@test "a path with controls in it: what is said of it is fit for a terminal" {
	FORGED=$BATS_TEST_TMPDIR/$'a\302\2332J\342\200\256b\033c\377d'
	ask_forged --status
	equal "$status" 64
	is_fit_for_terminals "$ANSWER"
	contains "$(<"$ANSWER")" 'the path has control characters'
}

# --- attacks ----------------------------------------------------------------

# The parent is as it was: its descriptors, and it answers, and it sleeps.
is_unharmed() { # DESCRIPTORS
	local ticks
	eventually "$PATIENCE" descriptors_are "$SERVER_PID" "$1" ||
		fail "descriptors: $(ls -l "/proc/$SERVER_PID/fd")" || return 1
	done_by --status || return 1
	ticks=$(ticks_of "$SERVER_PID")
	throughout 1 true
	(($(ticks_of "$SERVER_PID") - ticks <= 5)) ||
		fail "the parent spins"
}

@test "callers who say nothing, many of them: the next one is served in time" {
	takes_long
	[[ -n ${ATTACK-} ]] || skip "ATTACK is not set"
	start_server
	enter alice bob
	fds=$(descriptors_of "$SERVER_PID")
	seat crowd "$ATTACK" "$(control_socket)" silent 150
	expect_line crowd ready
	started=$(now_ms)
	done_by --status
	(($(now_ms) - started < 5000)) || fail "$(($(now_ms) - started)) ms"
	say alice 'nobody waits'
	expect_line bob '[alice] nobody waits'
	(($(descriptors_of "$SERVER_PID") <= fds + 32))
	ticks=$(ticks_of "$SERVER_PID")
	throughout 1 true
	(($(ticks_of "$SERVER_PID") - ticks <= 5)) || fail "the parent spins"
	hang_up crowd
	is_unharmed "$fds"
}

@test "garbage, and callers who are gone before the reply" {
	[[ -n ${ATTACK-} ]] || skip "ATTACK is not set"
	start_server
	enter alice bob
	fds=$(descriptors_of "$SERVER_PID")
	"$ATTACK" "$(control_socket)" garbage 2000
	"$ATTACK" "$(control_socket)" vanish 2000
	is_unharmed "$fds"
	caught_up alice alice bob
	equal "$(counter users)" 2
	equal "$(screen bob | wc -l)" 1
	equal "$(counter banned)" 0
}

@test "who joins with what is no user, or the server's own, harms nobody" {
	takes_long
	[[ -n ${ATTACK-} ]] || skip "ATTACK is not set"
	start_server --idle-timeout 2
	seat alice bash -c 'while echo hello; do read -rt 0.5 <> <(:) || :; done | nc 127.0.0.1 "$0"' "$PORT"
	expect_line alice '[guest-1] hello'
	fds=$(descriptors_of "$SERVER_PID")
	for what in own null memory control epoll closed; do
		run "$ATTACK" "$(control_socket)" join "$what"
		equal "$status" 0 "the status of $what"
	done
	expect_counter users 1
	is_unharmed "$fds"
	done_by --status --json
	equal "$(jq .users_max <<<"$output")" 1024
	wipe alice
	expect_line alice '[guest-1] hello'
}

@test "out of descriptors: it neither spins nor stays deaf" {
	takes_long
	[[ -n ${ATTACK-} ]] || skip "ATTACK is not set"
	start_server --max-users 8
	enter alice
	fds=$(descriptors_of "$SERVER_PID")
	limit=$(ulimit -n)
	# ppoll(2) takes no more entries than that.
	prlimit --pid "$SERVER_PID" --nofile="44:$limit"
	seat crowd "$ATTACK" "$(control_socket)" silent 60
	expect_line crowd ready
	ticks=$(ticks_of "$SERVER_PID")
	throughout 1 true
	(($(ticks_of "$SERVER_PID") - ticks <= 10)) || fail "the parent spins"
	grep -q 'control-pause error=' "$SERVER_LOG"
	hang_up crowd
	done_by --status
	prlimit --pid "$SERVER_PID" --nofile="$limit:$limit"
	is_unharmed "$fds"
}

# The descriptors of a process, and those of them that are /dev/null.
held() { # PID
	find "/proc/$1/fd" -mindepth 1 -printf '%f\n' | sort -n | xargs
}

nulls() { # PID
	find "/proc/$1/fd" -mindepth 1 -lname /dev/null -printf '%f\n' |
		sort -n | xargs
}

@test "neither children nor the relay have the control socket" {
	[[ $(id -u) == 0 ]] || skip "only root may look at processes that are locked in"
	start_server
	enter alice
	seat bob bash -c '"$0" -Port "$1" --inetd --name bob | cat' "$SERVER" "$PORT"
	expect_line alice '* bob joined (2 online)'
	seat crowd "${ATTACK:-cat}" "$(control_socket)" silent 3
	expect_line crowd ready
	connect carol
	# 0 and 1 the client, 2 for debug lines, then the channel; bob has a leash.
	expect_about alice '.pid > 0'
	equal "$(held "$(about alice .pid)")" '0 1 2 3 4'
	equal "$(held "$(about guest-1 .pid)")" '0 1 2 3 4'
	equal "$(held "$(about bob .pid)")" '0 1 2 3 4 5'
	equal "$(held "$(relay_pid)")" '0 1 2 3 4 5 6 7 8 9 10 11 12'
	control=$(ss -Hxlp src "$(control_socket)")
	contains "$control" "pid=$SERVER_PID,"
	not contains "$control" chat-child
	not contains "$control" chat-relay
}

@test "what lasts: each of its processes has what it needs" {
	[[ $(id -u) == 0 ]] || skip "only root may look at processes that are locked in"
	start_server --state "$BATS_TEST_TMPDIR/kept"
	enter alice
	disk=$(role_pid disk) sync=$(role_pid sync)
	# The channel and the file of now.
	eventually "$PATIENCE" eval \
		'[[ $(held "$disk") == "0 1 2 3 4 5 6 7 8 9 10 11" ]]' ||
		fail "the disk has $(ls -l "/proc/$disk/fd")"
	equal "$(nulls "$disk")" '0 1'
	equal "$(readlink "/proc/$disk/fd/8")" "$BATS_TEST_TMPDIR/kept"
	equal "$(readlink "/proc/$disk/fd/9")" "$BATS_TEST_TMPDIR/kept/lock"
	contains "$(readlink "/proc/$disk/fd/"{10,11})" \
		"$BATS_TEST_TMPDIR/kept/chat-00000001.log"
	# Neither what was said nor the attach socket.
	equal "$(held "$sync")" '0 1 2 3 4 5 6 7 8 9'
	equal "$(nulls "$sync")" '0 1 4 5 7'
	control=$(ss -Hxlp src "$(control_socket)")
	for role in disk sync; do
		not contains "$control" "chat-$role"
	done
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What --status tells, to people and to programs.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; what run sets

load lib/helpers
load lib/administration

# --- people -----------------------------------------------------------------

@test "the table: who, from where, for how long, and what they said" {
	start_server
	enter alice bob
	for line in one two three; do
		say bob "$line"
		expect_line alice "[bob] $line"
	done
	done_by --status
	[[ ${lines[0]} =~ ^chatserver\ [0-9.]+,\ process\ $SERVER_PID,\ up\ [0-9]+\ s,\ listening\ on\ 127\.0\.0\.1:$PORT$ ]]
	equal "$(grep -cE '^ *[0-9]+ +[0-9]+ 127\.0\.0\.1:[0-9]+ +[0-9]+ s +[0-9]+ s +1 +0 +0  alice$' <<<"$output")" 1
	equal "$(grep -cE '^ *[0-9]+ +[0-9]+ 127\.0\.0\.1:[0-9]+ +[0-9]+ s +[0-9]+ s +4 +0 +0  bob$' <<<"$output")" 1
	equal "$(awk '$1 == "users" { print $2 }' <<<"$output")" 2
	equal "$(awk '$1 == "messages_total" { print $2 }' <<<"$output")" 3
	# The process is the one that serves them, the address theirs.
	equal "$(about bob .pid)" "$(children | tail -n 1)"
	hang_up bob
	expect_counter users 1
	done_by --status
	not contains "$output" '  bob'
}

@test "idle is since the last line" {
	start_server
	enter alice bob
	eventually 5 is_about alice '.idle_s >= 2'
	say bob 'back again'
	expect_line alice '[bob] back again'
	expect_about bob '.idle_s == 0 and .online_s >= 2'
	expect_about alice '.idle_s >= 2'
}

@test "nobody is there: an empty table, an empty list" {
	start_server
	done_by --status
	equal "$(tail -n 1 <<<"$output" | awk '{ print $1, $NF }')" 'SLOT NAME'
	done_by --status --json
	equal "$(jq -c .online <<<"$output")" '[]'
}

@test "who has a process and has not joined yet is counted apart, and is no user" {
	start_server --greet-after 10000
	come_as alice
	equal "$(counter connecting)" 0
	for name in bob carol; do
		seat "$name" nc 127.0.0.1 "$PORT"
	done
	expect_counter connecting 2
	equal "$(counter users)" 1
	equal "$(counter 'online[].name')" '"alice"'
	done_by --status
	equal "$(awk '$1 == "connecting" { print $2 }' <<<"$output")" 2
	[[ ${lines[-1]} == *'  alice' && ${lines[-2]} == *NAME ]]
	done_by --status --metrics
	contains "$output" $'# TYPE chatserver_connecting gauge\nchatserver_connecting 2'
	equal "$(grep -c '^chatserver_user_lag_bytes{' <<<"$output")" 1
	refused_by 67 'no such user' --kick guest-2
	say bob '/nick bob'
	say carol '/nick carol'
	expect_counter connecting 0
	expect_counter users 3
}

@test "nobody has made a room: the lobby, by its name" {
	start_server --lobby Küche --max-rooms 7
	enter alice bob
	done_by --status
	equal "$(grep -A1 '^ *MEMBERS  ROOM  *TOPIC$' <<<"$output" | tail -n 1)" \
		'       2  #Küche'
	equal "$(awk '$1 == "rooms" || $1 == "rooms_max" { print $2 }' \
		<<<"$output" | xargs)" '0 7'
	done_by --status --json
	equal "$(jq -c '.rooms, .rooms_max' <<<"$output" | xargs)" \
		'[{room:0,name:#Küche,members:2,topic:}] 7'
	done_by --status --metrics
	contains "$output" 'chatserver_room_members{room="0"} 2'
	contains "$output" $'\nchatserver_rooms 0\n'
	hang_up bob
	expect_counter 'rooms[0].members' 1
}

@test "rooms: who is there, and what about, until the last one leaves" {
	start_server
	enter alice bob carol
	say alice '/join #dev'
	expect_line alice '#dev * alice joined (1 here)'
	say bob '/join #DEV'
	expect_line alice '#dev * bob joined (2 here)'
	say carol '/join #Küche'
	expect_line carol '#Küche * carol joined (1 here)'
	say alice '/topic a "release" at \noon'
	expect_line bob '#dev * alice set the topic: a "release" at \noon'
	done_by --status
	equal "$(grep -A3 '^ *MEMBERS  ROOM' <<<"$output" | tail -n 3)" "\
       3  #lobby
       2  #dev              a \"release\" at \\noon
       1  #Küche"
	done_by --status --json
	equal "$(jq -r '.rooms[] | [.name, .members, .topic] | join(" ")' \
		<<<"$output")" $'#lobby 3 \n#dev 2 a "release" at \\noon\n#Küche 1 '
	seen=$("$SERVER" -Port "$PORT" --status --metrics)
	contains "$seen" $'\nchatserver_rooms 2\n'
	contains "$seen" "chatserver_room_members{room=\"$(
		jq '.rooms[] | select(.name == "#dev").room' <<<"$output")\"} 2"
	hang_up carol
	expect_counter 'rooms | length' 2
	say alice '/leave'
	expect_counter 'rooms[1].members' 1
	say bob '/topic -'
	expect_counter 'rooms[1].topic' '""'
	say bob '/leave'
	expect_counter 'rooms | length' 1
}

@test "| head -1, a closed and a full standard output" {
	start_server
	connect alice
	run bash -c '"$0" -Port "$1" --status 2>&1 | head -n 1' "$SERVER" "$PORT"
	equal "$status" 0
	equal "${#lines[@]}" 1
	ask --status
	before=$output
	run bash -c '"$0" -Port "$1" --status 2>&1 >/dev/full' "$SERVER" "$PORT"
	equal "$status" 74
	contains "$output" 'No space left'
	# What is handed over must not become standard output.
	run bash -c '"$0" -Port "$1" --status 2>&1 >&-' "$SERVER" "$PORT"
	equal "$status" 74
	run bash -c '"$0" -Port "$1" --status --json <&- >&- 2>&-' "$SERVER" "$PORT"
	equal "$status" 74
	ask --status
	equal "${lines[0]%%, up*}" "$(head -n 1 <<<"$before" | sed 's/, up.*//')"
}

# --- other hosts ------------------------------------------------------------

# No engine is there: what needs one is in hosts.bats and bus-engine.bats.
start_alone() {
	start_server --bus nats://127.0.0.1:1 --bus-host fra-1
}

@test "without --bus there is nothing about hosts, in none of the forms" {
	start_server
	for form in '' --json --metrics; do
		# shellcheck disable=SC2086 # none, or one
		done_by --status $form
		not contains "$output" host
		not contains "$output" bus
		not contains "$output" remote
	done
}

@test "a host that is alone: since when, and itself as the only one" {
	start_alone
	enter alice bob
	eventually "$PATIENCE" alone_with 2
	done_by --status
	[[ ${lines[1]} =~ ^bus:\ not\ connected:\ nats://127\.0\.0\.1:1:\  ]]
	[[ ${lines[2]} =~ ^hosts:\ alone,\ for\ [0-9]+\ s$ ]]
	equal "$(grep -cE '^ +2  here      fra-1$' <<<"$output")" 1
	for name in bus_lag bus_unsent bus_unsent_bytes remote_users; do
		equal "$(counter "$name")" 0
	done
	equal "$(counter hosts_here)" 1
	equal "$(counter hosts_phase)" '"alone"'
	equal "$(counter 'hosts[].name')" '"fra-1"'
	equal "$(counter 'hosts[].state')" '"here"'
	# All slots are there for users of other hosts, and none is shown.
	equal "$(counter 'online | length')" 2
	done_by --status --metrics
	contains "$output" $'\nchatserver_together 0\n'
	contains "$output" $'\nchatserver_host_users{host="fra-1"} 2\n'
	contains "$output" $'\nchatserver_host_here{host="fra-1"} 1\n'
}

alone_with() { # USERS
	[[ $(counter 'hosts[0].users') == "$1" ]]
}

@test "since when a host is alone outlives relays and upgrades" {
	local relay
	start_alone
	eventually "$PATIENCE" alone_for 2
	relay=$(processes "$SERVER_PID" chat-relay)
	kill -KILL "$relay"
	expect_counter relay_restarts_total 1
	alone_for 2
	kill -HUP "$SERVER_PID"
	expect_counter upgrades_total 1
	alone_for 2
}

alone_for() { # SECONDS
	(($(counter alone_s) >= $1))
}

# --- counters ---------------------------------------------------------------

sleeps_or_ended() { # PID
	ended "$1" || grep -q '^[^(]*(chatserver) S' "/proc/$1/stat"
}

# As node and ssh leave it to whoever comes behind them.
NONBLOCKING='import fcntl, os
fcntl.fcntl(1, fcntl.F_SETFL, os.O_WRONLY | os.O_NONBLOCK)
fcntl.fcntl(1, 1031, 4096) # F_SETPIPE_SZ'

@test "a slow pipe that does not block: all of it is written" {
	takes_long
	start_server
	come_at_once 20
	local form fifo=$BATS_TEST_TMPDIR/fifo fd pid reader
	mkfifo "$fifo"
	for form in --json --metrics; do
		exec {fd}<>"$fifo"
		{
			python3 -c "$NONBLOCKING"
			bare "$SERVER" -Port "$PORT" --status "$form"
		} >"$fifo" 2>"$BATS_TEST_TMPDIR/said" 3>&- &
		pid=$!
		eventually "$PATIENCE" sleeps_or_ended "$pid"
		cat <"$fifo" >"$BATS_TEST_TMPDIR/got" {fd}>&- 3>&- &
		reader=$!
		exec {fd}>&-
		wait "$pid" || fail "$form: $(cat "$BATS_TEST_TMPDIR/said")"
		wait "$reader"
		"$SERVER" -Port "$PORT" --status "$form" |
			sed 's/[0-9]//g' >"$BATS_TEST_TMPDIR/wanted"
		sed 's/[0-9]//g' "$BATS_TEST_TMPDIR/got" |
			diff "$BATS_TEST_TMPDIR/wanted" -
	done
}

@test "counters: joins, leaves, names, messages and their bytes" {
	start_server
	enter alice bob carol
	done_by --status --json
	for pair in users=3 users_max=1024 connects_total=3 joins_total=3 \
		leaves_total=0 renames_total=3 messages_total=0 \
		private_messages_total=0 text_bytes_total=0 refused_total=0 \
		children_killed_total=0 lock_recoveries_total=0 \
		relay_restarts_total=0 upgrades_total=0 banned=0; do
		equal "$(jq ".${pair%=*}" <<<"$output")" "${pair#*=}" "${pair%=*}"
	done
	say alice 'twelve bytes'
	say alice '/me waves'
	say bob '/msg carol für dich'
	say bob '/msg nobody at all'
	say bob '/nonsense'
	expect_line carol '[bob -> you] für dich'
	expect_line bob '! no such user: nobody'
	expect_line carol '[* alice] waves'
	expect_counter messages_total 2
	expect_counter private_messages_total 1
	expect_counter text_bytes_total $((12 + 5 + 9))
	expect_counter deliveries_total 6
	hang_up carol
	expect_counter leaves_total 1
	expect_counter users 2
	expect_counter joins_total 3
	(($(counter log_bytes_total) > 500))
	(($(counter start_time_seconds) - EPOCHSECONDS <= 0 &&
		EPOCHSECONDS - $(counter start_time_seconds) < 60))
}

@test "counters: turned away, killed, relays started again" {
	start_server --max-users 2
	enter alice bob
	seat carol nc 127.0.0.1 "$PORT"
	expect_line carol '! server full'
	expect_counter refused_total 1
	expect_counter connects_total 2
	kill -KILL "$(about bob .pid)"
	expect_counter children_killed_total 1
	expect_counter users 1
	kill -KILL "$(relay_pid)"
	expect_counter relay_restarts_total 1
	# What the dead one has counted is not lost.
	say alice 'still here'
	expect_line alice '[alice] still here'
	expect_counter messages_total 1
	expect_counter joins_total 2
}

@test "counters: a lock that a dead process has held" {
	[[ -n ${ATTACK-} ]] || skip "ATTACK is not set"
	start_server
	enter alice bob
	"$ATTACK" "$(control_socket)" lock "$(about bob .slot)"
	kill -KILL "$(about bob .pid)"
	expect_counter lock_recoveries_total 1
	connect carol
	expect_counter lock_recoveries_total 1
}

@test "counters: the lag of a stalled reader, and what it has missed" {
	takes_long
	start_server --rate 0
	enter alice bob carol
	kill -STOP "${PERSON_PID[carol]}"
	text=$(printf '%3990s' '' | tr ' ' x)
	seq -f "%g $text" 1 1500 >&"${INPUT[alice]}"
	expect_match bob '\[alice\] 1500 x+'
	expect_about carol '.lag_bytes > 1000000'
	expect_about bob '.lag_bytes == 0 and .queue_bytes == 0'
	expect_about carol '.queue_bytes > 0'
	equal "$(counter lag_bytes_max)" "$(about carol .lag_bytes)"
	equal "$(counter queue_bytes_max)" "$(about carol .queue_bytes)"
	done_by --status --metrics
	for metric in lag queue; do
		equal "$(sed -n "s/^chatserver_user_${metric}_bytes{slot=\"\([0-9]*\)\"} /\1 /p" <<<"$output")" \
			"$(for name in alice bob carol; do
				about "$name" "\"\(.slot) \(.${metric}_bytes)\""
			done)" "$metric of each user"
	done
	expect_counter gaps_total 0
	seq -f "%g $text" 1501 4000 >&"${INPUT[alice]}"
	expect_match bob '\[alice\] 4000 x+'
	expect_counter evictions_total 1
	kill -CONT "${PERSON_PID[carol]}"
	expect_match carol '\* you missed [0-9,]+ messages?'
	caught_up bob carol
	missed=$(screen carol | tr -d , | awk '
		/^\* you missed/ { n += $4 } END { print n + 0 }')
	expect_counter missed_messages_total "$missed"
	expect_counter gaps_total "$(matches carol '\* you missed .*')"
	expect_counter lag_bytes_max 0
	expect_counter queue_bytes_max 0
}

# --- programs ---------------------------------------------------------------

@test "--json: whatever a path has in it, whoever is there" {
	odd=$BATS_TEST_TMPDIR/$'a"b\\c \xfeä'
	launch_server --listen 127.0.0.1:0 --listen "unix:$odd"
	await_server 2
	enter alice bob carol
	rename alice Ärmel alice
	rename bob '名前' bob
	connect dave -U "$odd"
	done_by --status --json
	equal "$(jq -r '[.online[].name] | join(" ")' <<<"$output")" \
		'Ärmel 名前 carol guest-1'
	equal "$(jq -r '.online[3].address' <<<"$output")" "unix:uid=$(id -u)"
	equal "$(jq -r .listeners <<<"$output")" \
		"127.0.0.1:$PORT unix:$BATS_TEST_TMPDIR/"$'a"b\\c \xef\xbf\xbdä'
	equal "$(jq .pid <<<"$output")" "$SERVER_PID"
	[[ $(jq -r .version <<<"$output") == "$("$SERVER" -V | cut -d ' ' -f 2)" ]]
	equal "$(jq '[.online[] | .slot, .pid, .online_s, .idle_s, .lines,
		.lag_bytes, .queue_bytes | type] | unique | join(" ")' <<<"$output")" '"number"'
	done_by --status
	equal "$(LC_ALL=C tr -dc '\000-\011\013-\037\177' <<<"$output" | wc -c)" 0
	iconv -f UTF-8 -t UTF-8 <<<"$output" >/dev/null
}

# The same, by the parser of Prometheus' own library.
metrics() {
	/usr/bin/python3 -c '
import sys
from prometheus_client.parser import text_string_to_metric_families
text = sys.stdin.read()
assert text.endswith("\n")
families = list(text_string_to_metric_families(text))
names = [f.name for f in families]
assert len(set(names)) == len(names)
for f in families:
    assert f.documentation and f.type in ("gauge", "counter"), f
    assert f.name.startswith(("chatserver_user_", "chatserver_room_")) or \
        len(f.samples) == 1, f
    assert (f.type == "counter") == f.samples[0].name.endswith("_total"), f
    for s in f.samples:
        print(s.name, ",".join(k + "=" + v for k, v in s.labels.items()), int(s.value))
'
}

@test "--metrics: as Prometheus reads it, the same numbers as --json" {
	/usr/bin/python3 -c 'import prometheus_client' 2>/dev/null ||
		skip "python3-prometheus-client is not installed"
	start_server
	enter alice bob
	say alice hello
	expect_line bob '[alice] hello'
	done_by --status --metrics
	equal "$(tail -n 1 <<<"$output" | cut -c 1-24)" 'chatserver_info{version='
	seen=$("$SERVER" -Port "$PORT" --status --metrics | metrics)
	contains "$seen" "chatserver_messages_total  1"
	contains "$seen" "chatserver_users  2"
	contains "$seen" "chatserver_info version=$("$SERVER" -V | cut -d ' ' -f 2) 1"
	done_by --status --json
	contains "$seen" "chatserver_user_lag_bytes slot=1 0"
	equal "$(grep -v '_info\|_user_\|_room_' <<<"$seen" | sed 's/^chatserver_//; s/  /=/' |
		LC_ALL=C sort)" \
		"$(jq -r '.rooms |= length - 1 | to_entries[] |
			select(.value | type == "number") |
			select(.key != "pid") | "\(.key)=\(.value)"' <<<"$output" |
			LC_ALL=C sort)"
}

@test "at many users, under load: sound each time, and the talk goes on" {
	takes_long
	[[ -n ${ATTACK-} && -n ${SANDBOX-} ]] || skip "ATTACK or SANDBOX is not set"
	start_server --rate 0
	seat crowd "$SANDBOX/flood" 127.0.0.1 "$PORT" 300
	expect_line crowd '300 welcome'
	connect alice
	connect bob
	seq -f 'line %g' 1 2000 >&"${INPUT[alice]}"
	for _ in {1..20}; do
		"$SERVER" -Port "$PORT" --status --json |
			jq -e '(.online | length) == 302 and .users == 302' >/dev/null
	done
	expect_line bob "[${NICK[alice]}] line 2000"
	equal "$(screen bob | sed -n "s/^\[${NICK[alice]}\] line //p")" "$(seq 1 2000)"
	seat asker "$ATTACK" "$(control_socket)" pace 1000 2
	for n in {1..10}; do
		say alice "beside $n"
		expect_line bob "[${NICK[alice]}] beside $n"
	done
	expect_match asker '2000 of 2000 in [1-6][0-9][0-9][0-9] ms, .*'
	hang_up crowd
	expect_counter users 2
}

# --- where it is ------------------------------------------------------------

@test "no server: 69, and where it was looked for" {
	PORT=1
	refused_by 69 "$XDG_RUNTIME_DIR/chatserver-1.sock" --status
	contains "$stderr" '/run/chatserver/1.sock'
	contains "$stderr" 'No such file or directory'
	contains "$stderr" --control
	XDG_RUNTIME_DIR='' SUDO_UID='' refused_by 69 "at /run/user/$(id -u)/chatserver-1.sock:" --status
	contains "$stderr" 'nor at /run/chatserver/1.sock;'
	refused_by 69 "at $BATS_TEST_TMPDIR/x: No such" --control "$BATS_TEST_TMPDIR/x" --status
	not contains "$stderr" nor
	refused_by 64 'the path must have 1 to 107 bytes' --control '' --status
	refused_by 64 'the path must have 1 to 107 bytes' --status \
		--control "/$(printf '%200s' '' | tr ' ' p)"
	# A server that is gone left its socket there.
	start_server
	murder_server
	eventually 2 no_process_of "$SERVER_PID"
	[[ -S $(control_socket) ]]
	refused_by 69 'Connection refused' --status
}

@test "a stale socket is replaced, one that is served is not, nor is a file" {
	control=$BATS_TEST_TMPDIR/control
	launch_server -Port 0 --control "$control"
	await_server 1
	murder_server
	eventually 2 no_process_of "$SERVER_PID"
	[[ -S $control ]]
	launch_server -Port 0 --control "$control"
	await_server 1
	first=$SERVER_PID
	done_by --status --control "$control" --json
	equal "$(jq .pid <<<"$output")" "$first"
	equal "$(stat -c %a "$control")" 600
	# Asked for by its path, it has to be there.
	launch_server -Port 0 --control "$control"
	spare_server
	eventually 2 ended "$SERVER_PID"
	contains "$(cat "$SERVER_LOG")" "cannot open the control socket $control"
	echo precious >"$BATS_TEST_TMPDIR/file"
	launch_server -Port 0 --control "$BATS_TEST_TMPDIR/file"
	spare_server
	eventually 2 ended "$SERVER_PID"
	equal "$(cat "$BATS_TEST_TMPDIR/file")" precious
	done_by --status --control "$control" --json
	SERVER_PID=$first
	stop_server
	[[ ! -e $control ]]
}

# Whether as many as can wait for the socket of a server that is stopped.
is_full() {
	(($(ss -Hxl src "$(control_socket)" | awk '{ print $3 }') > 128))
}

# The one that has the socket may be stopped, with its queue full.
@test "a server starts beside one on the same port that does not answer" {
	takes_long
	[[ -n ${ATTACK-} ]] || skip "ATTACK is not set"
	start_server
	connect alice
	first=$SERVER_PID
	kill -STOP "$first"
	seat crowd "$ATTACK" "$(control_socket)" silent 140
	eventually 5 is_full
	launch_server -Ip 127.0.0.2 -Port "$PORT"
	await_server 1
	contains "$(cat "$SERVER_LOG")" 'control-missing path='
	connect bob 127.0.0.2 "$PORT"
	kill -CONT "$first"
	expect_line crowd ready
	done_by --status --json
	equal "$(jq .pid <<<"$output")" "$first"
	hang_up crowd
	# The second one's end leaves the first one's socket alone.
	stop_server
	done_by --status
}

@test "XDG_RUNTIME_DIR, or /run/chatserver, or --control" {
	[[ $(id -u) == 0 ]] || skip "only root can make /run/chatserver"
	rmdir /run/chatserver 2>/dev/null || true
	start_server
	[[ -S $XDG_RUNTIME_DIR/chatserver-$PORT.sock ]]
	stop_server
	[[ ! -e $XDG_RUNTIME_DIR/chatserver-$PORT.sock ]]
	saved=$XDG_RUNTIME_DIR
	XDG_RUNTIME_DIR='' start_server
	[[ -S /run/chatserver/$PORT.sock && ! -e $saved/chatserver-$PORT.sock ]]
	equal "$(stat -c %a /run/chatserver)" 711
	# Who has a folder of their own finds it all the same.
	done_by --status
	XDG_RUNTIME_DIR=relative done_by --status
	# But not with a path that is another.
	refused_by 69 "$BATS_TEST_TMPDIR/other" --control "$BATS_TEST_TMPDIR/other" --status
	stop_server
	[[ ! -e /run/chatserver/$PORT.sock ]]
	# A folder that cannot be used is no reason to have no socket.
	for folder in /nonexistent "/tmp/$(printf '%100s' '' | tr ' ' p)"; do
		XDG_RUNTIME_DIR=$folder start_server
		[[ -S /run/chatserver/$PORT.sock ]]
		XDG_RUNTIME_DIR=$folder done_by --status
		stop_server
	done
	rmdir /run/chatserver 2>/dev/null || true
}

# --- other versions, and the rest -------------------------------------------

# Runs a command where /run is a folder of this test's alone.
with_own_run() { # COMMAND...
	# shellcheck disable=SC2016 # for that shell
	unshare -m bash -c 'mount --bind "$0" /run && exec "$@"' \
		"$BATS_TEST_TMPDIR/run" "$@"
}

@test "by sudo and cron: a server of a login session is found" {
	unshare -m true 2>/dev/null ||
		skip "mount namespaces are not permitted here"
	local session=$BATS_TEST_TMPDIR/run/user/1234
	mkdir -p "$session"
	XDG_RUNTIME_DIR=$session start_server
	run with_own_run env -u XDG_RUNTIME_DIR SUDO_UID=1234 \
		"$SERVER" -Port "$PORT" --status --json
	equal "$status" 0
	equal "$(jq .pid <<<"$output")" "$SERVER_PID"
	mv "$session" "${session%/*}/$(id -u)"
	run with_own_run env -u XDG_RUNTIME_DIR -u SUDO_UID \
		"$SERVER" -Port "$PORT" --status --json
	equal "$status" 0
	equal "$(jq .pid <<<"$output")" "$SERVER_PID"
	mv "${session%/*}/$(id -u)" "$session"
}

@test "a server of another version says so, and what to do" {
	[[ -n ${ATTACK-} ]] || skip "ATTACK is not set"
	start_server
	for version in 0 1 2 999 4294967295; do
		run "$ATTACK" "$(control_socket)" version "$version"
		equal "$status" 0
		contains "$output" 'refused: bad request, or '
		contains "$output" 'another version'
		contains "$output" restart
	done
	done_by --status
}

@test "options that do not go together" {
	for words in '--json' '--metrics' '--status --say hello' '--kick a --ban b' \
		'--for 3 --status' '--name x --status' '--status extra'; do
		# shellcheck disable=SC2086 # as words
		run --separate-stderr "$SERVER" $words
		equal "$status" 64 "the status of: $words"
		equal "$output" ''
	done
}

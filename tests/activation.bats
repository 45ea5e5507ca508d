#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The server as systemd and inetd start it: sockets that it inherits, what it
# tells the service manager, and the end of an empty server.

load lib/helpers

setup() {
	[[ -x ${ACTIVATION-}/fd_passer ]] || skip "ACTIVATION is not set"
	SOCKET=$BATS_TEST_TMPDIR/inherited
	SAMPLES=$BATS_TEST_DIRNAME/../scripts/deploy
}

# Starts the server through that helper.
fd_passer() { # ARGUMENT... -- OPTION...
	local given=() program=$SERVER
	while [[ $1 != -- ]]; do
		given+=("$1")
		shift
	done
	shift
	SERVER=$ACTIVATION/fd_passer launch_server "${given[@]}" -- "$program" "$@"
}

# The server should refuse what it is given.
refuses() { # PART-OF-MESSAGE ARGUMENT... -- OPTION...
	local part=$1 status=0
	shift
	fd_passer "$@"
	spare_server
	eventually 5 ended "$SERVER_PID" || {
		kill -KILL "$SERVER_PID"
		fail "it runs on: $*"
		return 1
	}
	wait "$SERVER_PID" || status=$?
	equal "$status" 64 "the status of: $*" || return 1
	contains "$(cat "$SERVER_LOG")" "$part" "the message of: $*" || return 1
	not grep -q listening "$SERVER_READY"
}

ready_lines() {
	sed -n 's/^chatserver: listening on //p' "$SERVER_READY"
}

# --- descriptors from 3 on ---------------------------------------------------

@test "LISTEN_FDS: several sockets of each kind, one room" {
	fd_passer tcp4 dual "unix:$SOCKET" "unix:@chat-test-$$" -- --rate 0
	await_server 4
	equal "$(ready_lines | sed 's/:[1-9][0-9]*$/:PORT/')" \
		$'127.0.0.1:PORT\n*:PORT\nunix:'"$SOCKET"$'\nunix:@chat-test-'$$
	connect alice
	use_listener 2
	connect bob
	connect carol -U "$SOCKET"
	connect dave 127.0.0.1 "$PORT"
	expect_line alice '* guest-4 joined (4 online)'
	say dave 'four doors, one room'
	for name in alice bob carol dave; do
		expect_line "$name" '[guest-4] four doors, one room'
	done
	stop_server
	[[ -S $SOCKET ]] # whoever made it removes it
}

@test "LISTEN_FDS: an IPv6 address in brackets" {
	grep -q '^00000000000000000000000000000001 ' /proc/net/if_inet6 ||
		skip "this machine has no ::1"
	fd_passer tcp6 --
	await_server 1
	equal "$(ready_lines)" "[::1]:$PORT"
	connect alice -6 ::1 "$PORT"
}

@test "LISTEN_FDS: what options say is added, the default is not" {
	fd_passer tcp4 -- --listen 127.0.0.2:0
	await_server 2
	equal "$(ready_lines | sed 's/:[0-9]*$//')" $'127.0.0.1\n127.0.0.2'
	connect alice
	stop_server
	fd_passer tcp4 -- -Port 0 --listen "unix:$BATS_TEST_TMPDIR/own"
	await_server 3
	connect alice -U "$BATS_TEST_TMPDIR/own"
	stop_server
	[[ ! -e $BATS_TEST_TMPDIR/own ]]
	fd_passer tcp4 --
	await_server 1
	equal "$(wc -l < <(ready_lines))" 1 "the number of listeners"
}

@test "LISTEN_FDS: the sockets outlive an upgrade, the variables do not" {
	fd_passer tcp4 "unix:$SOCKET" --
	await_server 2
	connect alice
	kill -HUP "$SERVER_PID"
	eventually "$PATIENCE" grep -q 'upgrade version=' "$SERVER_LOG"
	connect bob -U "$SOCKET"
	expect_line alice '* guest-2 joined (2 online)'
	# The new program's environment is what the old one had left of its own.
	not grep -qzE '^(LISTEN|NOTIFY|WATCHDOG)_' "/proc/$SERVER_PID/environ"
	stop_server
	[[ -S $SOCKET ]]
}

@test "LISTEN_FDS of another process is not ours" {
	takes_long
	for pid in 1 '' abc "$$"; do
		fd_passer -p "$pid" deaf -- -Port 0
		await_server 1
		equal "$(wc -l < <(ready_lines))" 1 "the number of listeners"
		connect alice
		stop_server
	done
}

@test "LISTEN_FDS: what is no listening stream socket is refused" {
	refuses 'descriptor 3, inherited by LISTEN_FDS: not a listening socket' \
		deaf -- -Port 0
	refuses 'descriptor 4, inherited by LISTEN_FDS: Socket operation' \
		tcp4 file --
	refuses 'descriptor 4, inherited by LISTEN_FDS: Bad file descriptor' \
		tcp4 closed --
	refuses 'not a stream socket' "packets:$SOCKET" --
	refuses 'not a stream socket' "datagrams:$SOCKET-2" --
}

@test "LISTEN_FDS: a number that is none, or too large, is refused" {
	refuses "LISTEN_FDS: 'two' is not a number" -n two tcp4 --
	refuses "LISTEN_FDS: '' is not a number" -n '' tcp4 --
	refuses "LISTEN_FDS: '-1' is not a number" -n -1 tcp4 --
	refuses 'too many listeners (at most 8)' -n 9 tcp4 --
	refuses 'too many listeners (at most 8)' \
		tcp4 tcp4 tcp4 tcp4 tcp4 tcp4 tcp4 tcp4 -- -Port 0
	fd_passer tcp4 tcp4 tcp4 tcp4 tcp4 tcp4 tcp4 tcp4 --
	await_server 8
}

@test "systemd's own tool starts it" {
	command -v systemd-socket-activate >/dev/null ||
		skip "no systemd-socket-activate here"
	# What it says of itself is on standard error.
	local program=$SERVER
	SERVER=$(command -v systemd-socket-activate) launch_server \
		-l "$SOCKET" "$program"
	eventually "$PATIENCE" test -S "$SOCKET"
	connect alice -U "$SOCKET"
	equal "$(ready_lines)" "unix:$SOCKET"
	connect bob -U "$SOCKET"
	expect_line alice '* guest-2 joined (2 online)'
}

# --- inetd ---------------------------------------------------------------------

started() { # TIMES
	[[ $(grep -c '^fd_passer: started' "$SERVER_READY") == "$1" ]]
}

ended_well() { # TIMES
	[[ $(grep -c '^fd_passer: status 0' "$SERVER_READY") == "$1" ]]
}

# What inetd has started.
inetds_server() {
	sed -n 's/^fd_passer: started //p' "$SERVER_READY" | tail -n 1
}

await_inetd() {
	eventually "$PATIENCE" grep -q '^fd_passer: 127' "$SERVER_READY"
	PORT=$(sed -n 's/^fd_passer: 127.*://p' "$SERVER_READY")
}

@test "inetd's wait: nobody but users writes to the socket" {
	fd_passer -w tcp4 -- --rate 0
	await_inetd
	seat alice nc 127.0.0.1 "$PORT"
	expect_welcome alice
	connect bob
	say bob hello
	expect_line alice '[guest-2] hello'
	kill -KILL "$(processes "$SERVER_PID" chat-relay)" # is logged
	say alice 'still there?'
	expect_line bob '[guest-1] still there?'
	hang_up bob
	expect_line alice '* guest-2 left (1 online)'
	equal "$(screen alice)" "* welcome, guest-1; 1 online; /help for help
* guest-2 joined (2 online)
[guest-2] hello
[guest-1] still there?
* guest-2 left (1 online)" "what alice has read"
	for fd in 0 1 2; do
		equal "$(readlink "/proc/$(inetds_server)/fd/$fd")" /dev/null
	done
	equal "$(cat "$SERVER_LOG")" '' "standard error"
	not grep listening "$SERVER_READY"
}

@test "inetd's wait: an empty server ends, and the next who comes starts one" {
	fd_passer -w tcp4 -- --end-when-empty 1
	await_inetd
	started 0
	for round in 1 2 3; do
		seat alice nc 127.0.0.1 "$PORT"
		expect_line alice '* welcome, guest-1; 1 online; /help for help'
		started "$round"
		hang_up alice
		eventually 3 ended "$(inetds_server)"
		eventually 1 ended_well "$round"
	done
}

@test "inetd's wait: what is wrong with the options is not told to users" {
	fd_passer -w "unix:$SOCKET" -- --log stderr --bogus
	spare_server
	eventually "$PATIENCE" test -S "$SOCKET"
	seat alice nc -U "$SOCKET"
	eventually 3 ended "$SERVER_PID"
	contains "$(cat "$SERVER_READY")" 'fd_passer: status 64'
	equal "$(screen alice)" ''
	equal "$(cat "$SERVER_LOG")" ''
}

@test "inetd's wait: standard error that is another file is not the socket" {
	fd_passer -i -e "unix:$SOCKET" --
	eventually "$PATIENCE" test -S "$SOCKET"
	connect alice -U "$SOCKET"
	equal "$(cat "$SERVER_LOG")" '' "the log, which is for syslog"
	stop_server
	[[ -S $SOCKET ]]
	rm "$SOCKET"
	fd_passer -i -e "unix:$SOCKET" -- --log stderr
	eventually "$PATIENCE" test -S "$SOCKET"
	connect alice -U "$SOCKET"
	contains "$(cat "$SERVER_LOG")" 'connect slot=0 address=unix:uid='
	stop_server
}

# --- the end of an empty server ------------------------------------------------

@test "--end-when-empty: not while somebody is here" {
	start_server --end-when-empty 1
	spare_server
	connect alice
	connect bob
	hang_up alice
	throughout 2 not ended "$SERVER_PID"
	say bob 'still here'
	expect_line bob '[guest-2] still here'
	gone=$(now_ms)
	hang_up bob
	eventually 3 ended "$SERVER_PID"
	(($(now_ms) - gone >= 1000))
	wait "$SERVER_PID"
	contains "$(cat "$SERVER_LOG")" 'empty seconds=1'
}

@test "--end-when-empty: a server that nobody came to ends, too; with 0 it stays" {
	start_server --end-when-empty 1
	spare_server
	eventually 3 ended "$SERVER_PID"
	wait "$SERVER_PID"
	start_server --end-when-empty 0
	throughout 2 not ended "$SERVER_PID"
}

# --- the service manager ---------------------------------------------------------

# A manager's ear; what it has heard is in $HEARD.
listen_for_news() { # NAME
	HEARD=$BATS_TEST_TMPDIR/heard
	: >"$HEARD"
	(bare "$ACTIVATION/notify_sink" "$1") >"$HEARD" 3>&- &
	eventually "$PATIENCE" grep -q ready "$HEARD"
}

heard() { # LINE [TIMES]
	(($(grep -cE "^[0-9]+ $SERVER_PID $1\$" "$HEARD") >= ${2-1}))
}

@test "NOTIFY_SOCKET: ready, stopping" {
	for name in "$BATS_TEST_TMPDIR/notify" "@chat-notify-$$"; do
		listen_for_news "$name"
		NOTIFY_SOCKET=$name start_server
		eventually 2 heard "STATUS=.*127\.0\.0\.1:$PORT"
		heard READY=1
		heard "MAINPID=$SERVER_PID"
		connect alice
		not grep -qE 'STOPPING|WATCHDOG' "$HEARD"
		stop_server
		eventually 2 heard STOPPING=1
		equal "$(grep -c READY=1 "$HEARD")" 1
	done
}

@test "NOTIFY_SOCKET: nothing is said before it serves" {
	listen_for_news "$BATS_TEST_TMPDIR/notify"
	NOTIFY_SOCKET=$BATS_TEST_TMPDIR/notify launch_server --listen nonsense
	spare_server
	eventually 2 ended "$SERVER_PID"
	equal "$(cat "$HEARD")" ready
}

@test "NOTIFY_SOCKET: only the parent has it" {
	listen_for_news "$BATS_TEST_TMPDIR/notify"
	NOTIFY_SOCKET=$BATS_TEST_TMPDIR/notify start_server
	connect alice
	# /proc/net/unix: number, references, protocol, flags, type, state, inode
	mapfile -t datagrams < <(awk '$5 == "0002" { print "socket:[" $7 "]" }' \
		/proc/net/unix)
	sockets() { # PID
		find "/proc/$1/fd" -printf '%l\n' |
			grep -cxF "$(printf '%s\n' "${datagrams[@]}")" || true
	}
	equal "$(sockets "$SERVER_PID")" 1 "the parent's"
	equal "$(sockets "$(relay_pid)")" 0 "the relay's"
	equal "$(sockets "$(children)")" 0 "a child's"
}

@test "WATCHDOG_USEC: a sign of life each half of it" {
	listen_for_news "$BATS_TEST_TMPDIR/notify"
	NOTIFY_SOCKET=$BATS_TEST_TMPDIR/notify WATCHDOG_USEC=1200000 start_server
	connect alice
	eventually 6 heard WATCHDOG=1 4
	# The first one comes with the start, from then on 600 ms between two.
	grep WATCHDOG=1 "$HEARD" | awk '
		NR == 1 { first = $1 }
		NR > 1 && $1 - last > 1100 { print "too late: " $1 - last; bad = 1 }
		{ last = $1 }
		END {
			if (last - first < 600 * (NR - 1) - 50) {
				print NR " in " last - first " ms"
				bad = 1
			}
			exit bad
		}'
}

@test "WATCHDOG_USEC: a server that is stuck gives no sign of life" {
	listen_for_news "$BATS_TEST_TMPDIR/notify"
	NOTIFY_SOCKET=$BATS_TEST_TMPDIR/notify WATCHDOG_USEC=200000 start_server
	eventually 2 heard WATCHDOG=1 2
	kill -STOP "$SERVER_PID"
	before=$(grep -c WATCHDOG "$HEARD")
	# One may have been on its way.
	throughout 1 not heard WATCHDOG=1 "$((before + 2))"
	kill -CONT "$SERVER_PID"
	eventually 2 heard WATCHDOG=1 "$((before + 2))"
}

@test "WATCHDOG_USEC of another process is not ours" {
	listen_for_news "$BATS_TEST_TMPDIR/notify"
	NOTIFY_SOCKET=$BATS_TEST_TMPDIR/notify WATCHDOG_USEC=100000 \
		WATCHDOG_PID=1 start_server
	eventually 2 heard READY=1
	throughout 1 not heard WATCHDOG=1
}

@test "a service manager that is not there, or nonsense, is no reason to end" {
	for name in "$BATS_TEST_TMPDIR/nobody" vsock:2:1 @ ''; do
		NOTIFY_SOCKET=$name WATCHDOG_USEC=soon start_server
		connect alice
		stop_server
		contains "$(cat "$SERVER_LOG")" 'chatserver: ' "$name"
	done
}

# --- the samples -----------------------------------------------------------------

# The calls that the filter of a unit lets through; later lines come first.
unit_allows() { # FILE
	{
		systemd-analyze syscall-filter 2>/dev/null
		echo @end
		sed -n 's/^SystemCallFilter=//p' "$1"
	} | awk '
		function expand(word, allow, i, n, part) {
			if (word !~ /^@/) {
				allowed[word] = allow
				return
			}
			n = split(members[word], part, " ")
			for (i = 1; i <= n; i++)
				expand(part[i], allow)
		}
		/^@end/ { filters = 1; next }
		filters {
			allow = !sub(/^~/, "")
			for (f = 1; f <= NF; f++)
				expand($f, allow)
			next
		}
		/^@/ { group = $1 }
		/^ +[@a-z_]/ { members[group] = members[group] " " $1 }
		END { for (word in allowed) if (allowed[word]) print word }' |
		LC_ALL=C sort
}

@test "chatserver.service lets through each call that the server makes" {
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze here"
	local trace=$BATS_TEST_TMPDIR/trace somebody=() calls program=$SERVER
	# Its owner must reach it by its path.
	STATE_FOLDER=$(mktemp -d)
	export ASAN_OPTIONS=detect_leaks=0 # it cannot look while traced
	listen_for_news "@chat-notify-$$"
	if (($(id -u) == 0)); then # as the unit has it: not root
		somebody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
		chown 65534:65534 "$STATE_FOLDER"
		"${somebody[@]}" test -x "$SERVER" ||
			skip "the server is where only root can start it"
	fi
	SERVER=$(command -v strace) NOTIFY_SOCKET=@chat-notify-$$ \
		WATCHDOG_USEC=1000000 launch_server -D -f -o "$trace" \
		"${somebody[@]}" "$program" -Port 0 --rate 0 \
		--state "$STATE_FOLDER"
	await_server 1
	if grep -q no-sandbox "$SERVER_LOG"; then
		skip "a build with sanitizers makes calls of its own"
	fi
	connect alice
	connect bob
	say bob hello
	expect_line alice '[guest-2] hello'
	kill -KILL "$(relay_pid)"
	say alice who
	expect_line alice '* online: guest-1, guest-2 (2)'
	hang_up bob
	expect_line alice '* guest-2 left (1 online)'
	stop_server
	rm -r "$STATE_FOLDER"
	calls=$(sed "0,\\|execve(\"$SERVER\"|d" "$trace" |
		sed -nE 's/^[0-9]+ +([a-z][a-z0-9_]*)\(.*/\1/p' |
		LC_ALL=C sort -u)
	for call in bind landlock_create_ruleset seccomp alarm prlimit64 \
		fdatasync flock; do
		grep -qx "$call" <<<"$calls" || fail "it never called $call"
	done
	equal "$(LC_ALL=C comm -23 <(echo "$calls") \
		<(unit_allows "$SAMPLES/chatserver.service"))" '' "forbidden"
}

@test "the sample services are locked in, as systemd sees it" {
	systemd-analyze security --offline=true --help &>/dev/null ||
		skip "no systemd-analyze here that looks at files"
	# From 0, which can do nothing, to 100.
	systemd-analyze security --offline=true --threshold=20 \
		"$SAMPLES/chatserver.service" >/dev/null
	systemd-analyze security --offline=true --threshold=60 \
		"$SAMPLES/chatserver-inetd@.service" >/dev/null
}

@test "systemd takes the samples" {
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze here"
	local unit
	cp "$SAMPLES"/*.service "$SAMPLES"/*.socket "$BATS_TEST_TMPDIR"
	ln -s "$(realpath "$SERVER")" "$BATS_TEST_TMPDIR/chatserver"
	sed -i "s,/usr/local/sbin/chatserver,$BATS_TEST_TMPDIR/chatserver," \
		"$BATS_TEST_TMPDIR"/*.service
	cd "$BATS_TEST_TMPDIR"
	for unit in *.service *.socket; do
		run systemd-analyze verify --man=no "./$unit"
		equal "$(grep -F chatserver <<<"$output")" '' "$unit"
	done
}

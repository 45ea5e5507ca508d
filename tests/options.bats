#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The command line of the server: what it accepts, and how it refuses.

load lib/helpers

# Runs a server that should end by itself, beside the one that may be running.
# Whatever it may leave behind is found at the end of the test.
run_server() { # OPTION...
	local running=$SERVER_PID pid
	launch_server "$@"
	spare_server
	pid=$SERVER_PID
	SERVER_PID=$running
	output='' stderr='' status=0
	eventually 5 ended "$pid" || {
		kill -KILL "$pid"
		fail "it runs on: $*"
		return 1
	}
	wait "$pid" || status=$?
	output=$(cat "$SERVER_READY")
	stderr=$(cat "$SERVER_LOG")
}

# The usage is wrong: 64, nothing on standard output, and a message that names
# what was wrong.
misused() { # PART-OF-MESSAGE OPTION...
	local part=$1
	shift
	run_server "$@" || return 1
	equal "$status" 64 "the status of: $*" || return 1
	equal "$output" '' "standard output of: $*" || return 1
	contains "$stderr" "$part" "the message of: $*" || return 1
	contains "$stderr" 'chatserver: ' "the message of: $*" || return 1
	(($(wc -l <<<"$stderr") <= 3)) || fail "a long message:" "$stderr"
}

# The system says no: a status of sysexits other than usage, a message that
# names what and why.
cannot() { # PART REASON OPTION...
	local part=$1 reason=$2
	shift 2
	run_server "$@" || return 1
	((status > 64 && status <= 78)) || {
		fail "the status of: $* was $status"
		return 1
	}
	equal "$output" '' "standard output of: $*" || return 1
	contains "$stderr" "$part" "the message of: $*" || return 1
	contains "$stderr" "$reason" "the message of: $*" || return 1
}

@test "-h tells every option, on standard output" {
	for flag in -h --help; do
		run_server "$flag"
		equal "$status" 0
		for word in --listen -Ip -Port --idle-timeout --max-users \
			--max-per-address --rate --burst --history --lobby \
			--max-rooms --unix-mode --end-when-empty --log -h -V; do
			contains "$output" "$word"
		done
		contains "$output" 127.0.0.1:8888
		equal "$(grep -E '.{81}' <<<"$output")" ''
		equal "$stderr" ''
	done
}

@test "-V tells the version, on standard output" {
	for flag in -V --version; do
		run_server "$flag"
		equal "$status" 0
		[[ $output =~ ^chatserver\ [^[:space:]]+$ ]]
		equal "$stderr" ''
	done
}

@test "-h and -V say so where their words cannot be written" {
	for flag in -h -V; do
		run bash -c '"$0" "$1" 2>&1 >/dev/full' "$SERVER" "$flag"
		equal "$status" 74 "$flag, with a full disk"
		contains "$output" 'No space left on device'
		run bash -c '"$0" "$1" 2>&1 >&-' "$SERVER" "$flag"
		equal "$status" 74 "$flag, without a standard output"
		contains "$output" 'Bad file descriptor'
	done
}

@test "a path with control characters is refused" {
	takes_long
	local odd
	for odd in $'a\nb' $'a\033[2J' $'a\u009b' $'a\tb' $'a\u2028b'; do
		misused --listen --listen "unix:$BATS_TEST_TMPDIR/$odd"
		misused --control -Port 0 --control "$BATS_TEST_TMPDIR/$odd"
		misused --control --status --control "$BATS_TEST_TMPDIR/$odd"
		not [ -e "$BATS_TEST_TMPDIR/$odd" ]
	done
}

@test "unknown options and arguments are named" {
	misused --bogus --bogus
	misused -x -x
	misused --listenn --listenn 127.0.0.1:0
	misused something something
	misused something -Port 0 something
}

@test "an option without its value is named" {
	takes_long
	for option in --listen -Ip -Port --ip --port --idle-timeout --max-users \
		--max-per-address --rate --burst --history --lobby --max-rooms \
		--unix-mode --end-when-empty --log; do
		misused "$option" "$option"
	done
}

@test "numbers that are none are refused with option and value" {
	takes_long
	for option in --idle-timeout --max-users --max-per-address --rate --burst \
		--history --max-rooms --end-when-empty -Port; do
		for value in abc -1 1x 0x10 1e3 1.5 ' 1' 99999999999999999999; do
			misused "$value" -Port 0 "$option" "$value"
			contains "${stderr,,}" "${option,,}"
		done
		misused "'" -Port 0 "$option" ''
	done
}

@test "numbers out of range are refused" {
	misused 70000 -Port 70000
	misused 65536 -Port 65536
	misused 0 -Port 0 --max-users 0
	misused 30001 -Port 0 --max-users 30001
	misused 86401 -Port 0 --idle-timeout 86401
	misused 1001 -Port 0 --history 1001
	misused 1000001 -Port 0 --rate 1000001
	misused 0 -Port 0 --burst 0
	misused 86401 -Port 0 --end-when-empty 86401
	misused 4097 -Port 0 --max-rooms 4097
}

@test "a lobby has a name like any other" {
	local odd
	for odd in '' '#' '##dev' 'a b' everyone "$(printf '%33s' '' | tr ' ' x)" \
		$'\033[2J' $'caf\xe9'; do
		misused --lobby -Port 0 --lobby "$odd"
	done
	contains "$stderr" 'UTF-8'
	start_server --lobby '#Wohnküche' --max-rooms 4096
	connect alice
}

@test "modes that are none are refused" {
	for value in 8 0o7 -1 1000 777777777777777777777777 rw ' 7' 7x; do
		misused "--unix-mode: '$value'" -Port 0 --unix-mode "$value"
	done
	misused "--unix-mode: ''" -Port 0 --unix-mode ''
}

@test "addresses that are none are refused" {
	takes_long
	misused nonsense --listen nonsense
	misused 127.0.0.1 --listen 127.0.0.1
	misused 127.0.0.1: --listen 127.0.0.1:
	misused 127.0.0.1:abc --listen 127.0.0.1:abc
	misused 127.0.0.1:70000 --listen 127.0.0.1:70000
	misused --listen --listen '[::1'
	misused '[::1]' --listen '[::1]'
	misused '[::zz]' --listen '[::zz]:0'
	misused unix: --listen unix:
	misused "$(printf '%200s' '' | tr ' ' p)" \
		--listen "unix:/tmp/$(printf '%200s' '' | tr ' ' p)"
	misused --listen --listen ''
}

@test "--log takes stderr or syslog" {
	misused nowhere -Port 0 --log nowhere
	start_server --log stderr
	connect alice
}

@test "a port in use: a message that says so, and the first one goes on" {
	start_server
	connect alice
	cannot "127.0.0.1:$PORT" 'in use' -Port "$PORT"
	cannot "127.0.0.1:$PORT" 'in use' --listen 127.0.0.1:0 \
		--listen "127.0.0.1:$PORT"
	say alice 'still here'
	expect_line alice '[guest-1] still here'
	stop_server
}

@test "an address that is not this machine's: a message that says so" {
	cannot 192.0.2.1:0 'assign' --listen 192.0.2.1:0
	cannot 192.0.2.1 'assign' -Ip 192.0.2.1 -Port 0
}

@test "a unix socket that cannot be made: a message that says so" {
	cannot "$BATS_TEST_TMPDIR/none/socket" 'No such file' \
		--listen "unix:$BATS_TEST_TMPDIR/none/socket"
	echo precious >"$BATS_TEST_TMPDIR/file"
	cannot "$BATS_TEST_TMPDIR/file" '' --listen "unix:$BATS_TEST_TMPDIR/file"
	equal "$(cat "$BATS_TEST_TMPDIR/file")" precious "the file"
}

@test "the ready line is all that is on standard output, a line each" {
	launch_server --listen 127.0.0.1:0 --listen 127.0.0.1:0 \
		--listen "unix:$BATS_TEST_TMPDIR/socket"
	await_server 3
	connect alice
	equal "$(wc -l <"$SERVER_READY")" 3 "the number of lines"
	equal "$(sed -n 1,2p "$SERVER_READY" |
		grep -cE '^chatserver: listening on 127\.0\.0\.1:[1-9][0-9]*$')" 2
	equal "$(sed -n 3p "$SERVER_READY")" \
		"chatserver: listening on unix:$BATS_TEST_TMPDIR/socket"
	first=$PORT
	use_listener 2
	not equal "$first" "$PORT"
	connect bob
	expect_line alice '* guest-2 joined (2 online)'
	connect carol -U "$BATS_TEST_TMPDIR/socket"
	expect_line alice '* guest-3 joined (3 online)'
	say carol 'one room, three doors'
	expect_line alice '[guest-3] one room, three doors'
	expect_line bob '[guest-3] one room, three doors'
	equal "$(wc -l <"$SERVER_READY")" 3 "the number of lines"
}

@test "-Ip and -Port, --ip and --port name one listener" {
	launch_server -Ip 127.0.0.1 -Port 0
	await_server 1
	connect alice
	stop_server
	launch_server --ip 127.0.0.2 --port 0
	await_server 1
	equal "$(cat "$SERVER_READY")" "chatserver: listening on 127.0.0.2:$PORT"
	connect alice 127.0.0.2 "$PORT"
	stop_server
	launch_server --port=0 --rate=0
	await_server 1
	connect alice
}

@test "[::1]:0 listens on IPv6" {
	grep -q '^00000000000000000000000000000001 ' /proc/net/if_inet6 ||
		skip "this machine has no ::1"
	launch_server --listen '[::1]:0'
	await_server 1
	equal "$(cat "$SERVER_READY")" "chatserver: listening on [::1]:$PORT"
	connect alice -6 ::1 "$PORT"
	run nc -4 -z 127.0.0.1 "$PORT"
	not equal "$status" 0
}

@test "*:PORT listens on all addresses" {
	launch_server --listen '*:0'
	await_server 1
	connect alice 127.0.0.1 "$PORT"
	connect bob 127.0.0.2 "$PORT"
	expect_line alice '* guest-2 joined (2 online)'
}

@test "a unix socket is removed at the end, and one left behind is no obstacle" {
	socket=$BATS_TEST_TMPDIR/socket
	launch_server --listen "unix:$socket"
	await_server 1
	connect alice -U "$socket"
	stop_server
	[[ ! -e $socket ]]
	launch_server --listen "unix:$socket"
	await_server 1
	murder_server
	eventually 1 no_process_of "$SERVER_PID"
	[[ -S $socket ]]
	launch_server --listen "unix:$socket"
	await_server 1
	connect alice -U "$socket"
}

@test "a unix socket that somebody listens on is not taken away" {
	socket=$BATS_TEST_TMPDIR/socket
	launch_server --listen "unix:$socket"
	await_server 1
	cannot "$socket" 'in use' --listen "unix:$socket"
	connect alice -U "$socket"
}

# Two wait to be accepted: the listener, and what will be theirs.
waits_twice() { # PATH
	[[ $(grep -c " $1\$" /proc/net/unix) == 3 ]]
}

@test "a unix socket that another program listens on is not taken away" {
	[[ -x ${ACTIVATION-}/fd_passer ]] || skip "ACTIVATION is not set"
	socket=$BATS_TEST_TMPDIR/socket
	# One that does not accept: its queue of two is full.
	SERVER=$ACTIVATION/fd_passer launch_server "unix:$socket" -- \
		"$(command -v sleep)" 60
	spare_server
	sleeper=$SERVER_PID
	eventually "$PATIENCE" test -S "$socket"
	cannot "$socket" 'in use' --listen "unix:$socket"
	seat alice nc -U "$socket"
	seat bob nc -U "$socket"
	eventually "$PATIENCE" waits_twice "$socket"
	cannot "$socket" 'in use' --listen "unix:$socket"
	[[ -S $socket ]]
	kill "$sleeper"
	wait "$sleeper" || true
	launch_server --listen "unix:$socket"
	await_server 1
	connect carol -U "$socket"
}

@test "of two servers that replace a stale unix socket, one has it" {
	socket=$BATS_TEST_TMPDIR/socket
	trace=$BATS_TEST_TMPDIR/trace
	program=$SERVER
	launch_server --listen "unix:$socket"
	await_server 1
	murder_server
	eventually 1 no_process_of "$SERVER_PID"
	# The slower one has seen that nobody is there, and then somebody is.
	export ASAN_OPTIONS=detect_leaks=0 # it cannot look while traced
	SERVER=$(command -v strace) launch_server -D -o "$trace" \
		-e trace=connect -e inject=connect:delay_exit=2000000:when=1 \
		"$program" --listen "unix:$socket"
	spare_server
	slower=$SERVER_PID
	slower_log=$SERVER_LOG
	eventually "$PATIENCE" grep -qs DELAYED "$trace"
	launch_server --listen "unix:$socket"
	await_server 1
	[[ -d /proc/$slower ]]
	connect alice -U "$socket"
	eventually "$PATIENCE" ended "$slower"
	contains "$(<"$slower_log")" "cannot listen on unix:$socket"
	equal "$(stat -c %F "$socket") $(compgen -G "$socket*" | wc -l)" 'socket 1'
	connect bob -U "$socket"
	say alice 'the same room'
	expect_line bob '[guest-1] the same room'
}

@test "a unix socket for datagrams, a link and a folder are not taken away" {
	[[ -x ${ACTIVATION-}/notify_sink ]] || skip "ACTIVATION is not set"
	path=$BATS_TEST_TMPDIR/socket
	SERVER=$ACTIVATION/notify_sink launch_server "$path"
	spare_server
	eventually "$PATIENCE" test -S "$path"
	cannot "$path" 'in use' --listen "unix:$path"
	[[ -S $path ]]
	kill "$SERVER_PID"
	wait "$SERVER_PID" || true
	ln -s "$path" "$path-link" # to one that is stale by now
	cannot "$path-link" 'in use' --listen "unix:$path-link"
	[[ -L $path-link && -S $path ]]
	mkdir "$path-folder"
	cannot "$path-folder" 'in use' --listen "unix:$path-folder"
	[[ -d $path-folder ]]
}

@test "--unix-mode is a unix socket's mode, the umask's is the default" {
	takes_long
	socket=$BATS_TEST_TMPDIR/socket
	for mode in 600 0660 666 7; do
		for mask in 0 022 077; do
			before=$(umask)
			umask "$mask"
			launch_server --listen "unix:$socket" --unix-mode "$mode"
			umask "$before"
			await_server 1
			equal "$(stat -c %a "$socket")" "${mode#0}" "the mode"
			stop_server
		done
	done
	for mask in 0 022 077; do
		before=$(umask)
		umask "$mask"
		launch_server --listen "unix:$socket"
		umask "$before"
		await_server 1
		equal "$(stat -c %a "$socket")" \
			"$(printf '%o' "$((0777 & ~mask))")" "the mode"
		stop_server
	done
}

@test "--unix-mode: there is no moment in which the socket is more open" {
	takes_long
	socket=$BATS_TEST_TMPDIR/socket
	program=$SERVER
	umask 0
	# bind(2) takes half a second to return, and a stale socket is replaced.
	for _ in 1 2; do
		SERVER=$(command -v strace) launch_server -D -o /dev/null \
			-e trace=bind -e inject=bind:delay_exit=500000 \
			"$program" --listen "unix:$socket" --unix-mode 600
		eventually "$PATIENCE" test -S "$socket"
		until (($(grep -c listening "$SERVER_READY") > 0)); do
			mode=$(stat -c %a "$socket" || true)
			[[ $mode == '' || $mode == 600 ]] || fail "$mode"
			nap
		done
		await_server 1
		murder_server
		eventually 1 no_process_of "$SERVER_PID"
	done
}

@test "the log names the user of a unix socket" {
	socket=$BATS_TEST_TMPDIR/socket
	launch_server --listen "unix:$socket" --unix-mode 666
	await_server 1
	cd "$BATS_TEST_TMPDIR"
	chmod 711 .
	connect alice -U "$socket"
	grep -q "connect slot=0 address=unix:uid=$(id -u) " "$SERVER_LOG"
	if (($(id -u) == 0)); then
		seat bob setpriv --reuid 4711 --clear-groups nc -U socket
		expect_welcome bob
		grep -q "connect slot=1 address=unix:uid=4711 " "$SERVER_LOG"
	fi
}

@test "port 0 picks a free port each time" {
	start_server
	first=$PORT
	((first > 0))
	start_server
	((PORT > 0 && PORT != first))
}

@test "the server is at work in the foreground, under its name" {
	start_server
	equal "$(cat "/proc/$SERVER_PID/comm")" chatserver
	equal "$(processes "$SERVER_PID" chat-relay | wc -l)" 1 "relays"
	connect alice
	equal "$(children | wc -l)" 1 "children"
}

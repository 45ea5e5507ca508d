#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Started with less than it would like: few open files, small files, nobody who
# reads what it says, a relay that does not come.  It serves or says why not,
# and can be told to end at any moment.

# shellcheck disable=SC2016 # what is for another shell is not expanded here
load lib/helpers

setup() {
	# The leak check is a tracer, as strace is.
	export ASAN_OPTIONS=detect_leaks=0
	# Where others than root can go.
	FOLDER=$(mktemp -d)
	chmod 755 "$FOLDER"
	cp "$SERVER" "$FOLDER/chatserver"
}

teardown() {
	local status=0
	clean_up || status=1
	rm -rf "$FOLDER"
	for file in "$SERVER_READY" "$SERVER_LOG"; do
		tail -n 20 "$file"
	done
	return "$status"
}

# From here on, servers are started by these lines of a shell, which find the
# program in $server and the options in $@.
server_by() { # LINES
	cat >"$FOLDER/start" <<-END
		#!/bin/bash
		server='$FOLDER/chatserver'
		$1
	END
	chmod 755 "$FOLDER/start"
	SERVER=$FOLDER/start
}

# A sanitizer has files of its own to open, and words of its own to say.
of_its_own_alone() {
	[[ $SERVER != */san/* ]] || skip "a sanitizer needs more of what is limited"
}

# The same, as somebody who may not raise what is limited.
server_by_somebody() { # LINES
	local become=''
	if (($(id -u) == 0)); then
		setpriv --reuid 65534 --regid 65534 --clear-groups true ||
			skip "nobody else can be become here"
		become='if (($(id -u) == 0)); then
			exec setpriv --reuid 65534 --regid 65534 --clear-groups "$0" "$@"
		fi'
		chmod 777 "$BATS_TEST_TMPDIR"
		open_way "$BATS_TEST_TMPDIR"
	fi
	server_by "$become
		$1"
}

# Control sockets are in the test's folder, which bats makes for its user alone.
open_way() { # FOLDER
	local folder=$1
	while [[ $folder == /*/* ]]; do
		folder=${folder%/*}
		chmod a+x "$folder"
	done
}

# Starts a server and waits until it listens or has ended; whether it does.
starts() { # OPTION...
	launch_server -Port 0 "$@"
	eventually "$PATIENCE" ready_lines_or_end 1
	if ended "$SERVER_PID"; then
		spare_server
		STATUS=0
		wait "$SERVER_PID" || STATUS=$?
		return 1
	fi
	use_listener 1
}

logged() { # NUMBER PATTERN
	(($(grep -cE -- "$2" "$SERVER_LOG") >= $1))
}

expect_log() { # NUMBER PATTERN
	eventually "$PATIENCE" logged "$1" "$2" ||
		fail "there should be $1 log lines: $2"
}

# --- open files -------------------------------------------------------------

@test "any limit on open files: it serves, or names what it needs" {
	takes_long
	of_its_own_alone
	for limit in 3 4 5 6 7 8 9 10 11 12 16 24 32 48 63 64 65 66 67 80 100 \
		150 200 255 256 257 300 400 500 511 512 513 600; do
		server_by_somebody "ulimit -n $limit; exec \"\$server\" \"\$@\""
		if starts --max-users 2; then
			((limit >= 66)) || fail "it starts with $limit"
			connect alice
			connect bob
			say alice "with $limit"
			expect_line bob "[${NICK[alice]}] with $limit"
			not grep -q 'reason=died' "$SERVER_LOG"
			hang_up alice bob
			stop_server
		else
			((limit < 66)) || fail "it does not start with $limit"
			equal "$STATUS" 71 "the status with $limit"
			equal "$(cat "$SERVER_LOG")" "chatserver: --max-users 2 needs 66 open files, the limit is $limit: raise it (ulimit -n) or serve fewer users"
		fi
	done
}

@test "a soft limit on open files is raised as far as it may be" {
	of_its_own_alone
	server_by_somebody 'ulimit -Sn 3; ulimit -Hn 300; exec "$server" "$@"'
	starts --max-users 236
	stop_server
	not starts --max-users 237
	equal "$STATUS" 71
	contains "$(cat "$SERVER_LOG")" \
		'--max-users 237 needs 301 open files, the limit is 300: '
}

# Root, but for the right to raise limits.
WITHOUT_RIGHT='setpriv --bounding-set -sys_resource --inh-caps -sys_resource'

@test "root is told of the limit that was found, too" {
	(($(id -u) == 0)) || skip "this is not root"
	server_by "ulimit -n 100; exec $WITHOUT_RIGHT \"\$server\" \"\$@\""
	not starts
	equal "$STATUS" 71
	contains "$(cat "$SERVER_LOG")" \
		'--max-users 1024 needs 1088 open files, the limit is 100: '
	# And where nothing is wrong but the limit, root raises it.
	bash -c 'ulimit -n 100; ulimit -n 200' 2>/dev/null ||
		skip "this root may not raise limits"
	server_by 'ulimit -n 100; exec "$server" "$@"'
	starts
	stop_server
}

@test "as many as the limit on open files lets in, all at once" {
	[[ -n ${SANDBOX-} ]] || skip "SANDBOX is not set"
	server_by_somebody 'ulimit -n 264; exec "$server" "$@"'
	starts --max-users 200
	seat crowd "$SANDBOX/flood" 127.0.0.1 "$PORT" 200
	eventually 60 has_match crowd '200 welcome.*' ||
		fail "what they got: $(screen crowd)"
	not grep -q 'reason=died' "$SERVER_LOG"
}

@test "a limit that is lowered later keeps the one that runs" {
	local become=''
	if (($(id -u) == 0)); then
		become=$WITHOUT_RIGHT
	fi
	server_by "exec $become \"\$server\" \"\$@\""
	starts --max-users 100
	connect alice
	prlimit --pid "$SERVER_PID" --nofile=80:80
	kill -HUP "$SERVER_PID"
	expect_log 1 'upgrade-refuse version=.* status=71$'
	contains "$(cat "$SERVER_LOG")" 'needs 164 open files, the limit is 80: '
	say alice 'still here'
	expect_line alice "[${NICK[alice]}] still here"
}

# --- the size of files --------------------------------------------------------

@test "any limit on the size of files: it serves, or says why not" {
	of_its_own_alone
	for limit in 0 1 64 512 1024 4096 8192; do
		# By a pipe, since a log may not grow either.
		run timeout "$PATIENCE" bash -c \
			"ulimit -f $limit; exec '$SERVER' -Port 0 2>&1"
		equal "$status" 71 "the status with $limit"
		[[ $output =~ ^'chatserver: cannot make '[0-9]+' bytes of shared memory in /dev/shm: File too large: raise the file size limit (ulimit -f) or serve fewer users'$ ]] ||
			fail "with $limit it said: $output"
		no_shared_memory
	done
	server_by 'ulimit -f 65536; exec "$server" "$@"'
	starts
	connect alice
	hang_up alice
	stop_server
}

@test "a limit on the size of files that is lowered later keeps the one that runs" {
	starts
	connect alice
	prlimit --pid "$SERVER_PID" --fsize=0
	kill -HUP "$SERVER_PID"
	say alice 'still here'
	expect_line alice "[${NICK[alice]}] still here"
	connect bob
}

@test "what says that something is wrong is no reason to die of a full file" {
	for option in --bogus --version --status; do
		status=0
		bash -c "ulimit -f 0; exec '$SERVER' $option" \
			>"$FOLDER/out" 2>&1 || status=$?
		((status < 128)) || fail "$option ended with status $status"
	done
}

# --- nobody reads -------------------------------------------------------------

# A pipe that is full, and stays so until the test reads it.
full_pipe() {
	rm -f "$FOLDER/pipe"
	mkfifo "$FOLDER/pipe"
	exec {PIPE}<>"$FOLDER/pipe"
	dd if=/dev/zero of="$FOLDER/pipe" bs=4096 oflag=nonblock 2>/dev/null ||
		true
}

read_pipe() {
	dd if="$FOLDER/pipe" iflag=nonblock bs=65536 2>/dev/null | tr -d '\0'
}

# Its sockets are there, whatever it has said.
listens() {
	grep -qsF "$FOLDER/door" /proc/net/unix
}

launch_with_full_pipe() { # DESCRIPTOR
	full_pipe
	server_by "exec \"\$server\" \"\$@\" $1>'$FOLDER/pipe'"
	launch_server --listen "unix:$FOLDER/door" --control "$FOLDER/control"
	spare_server
	eventually "$PATIENCE" listens
}

@test "a full pipe as standard output or error: it serves all the same" {
	for descriptor in 1 2; do
		launch_with_full_pipe "$descriptor"
		connect alice -U "$FOLDER/door"
		say alice "nobody reads $descriptor"
		expect_line alice "[${NICK[alice]}] nobody reads $descriptor"
		hang_up alice
		stop_server
		exec {PIPE}>&-
	done
}

@test "a full pipe as standard output: whoever reads late has the line" {
	launch_with_full_pipe 1
	has_line_there() {
		read_pipe >>"$FOLDER/read"
		grep -qx "chatserver: listening on unix:$FOLDER/door" \
			"$FOLDER/read"
	}
	eventually 2 has_line_there
	stop_server
	exec {PIPE}>&-
}

@test "it ends while it starts, whichever signal comes and whoever does not read" {
	for signal in TERM INT; do
		for descriptor in 1 2; do
			launch_with_full_pipe "$descriptor"
			stop_server "$signal"
			exec {PIPE}>&-
			not test -e "$FOLDER/door"
			not test -e "$FOLDER/control"
		done
	done
}

@test "SIGHUP while nobody reads its output: another takes over" {
	server_by 'exec "$server" "$@"'
	launch_with_full_pipe 1
	kill -HUP "$SERVER_PID"
	expect_log 1 'upgrade version='
	connect alice -U "$FOLDER/door"
	stop_server
	exec {PIPE}>&-
}

# --- a relay that does not come ----------------------------------------------

# Servers whose relay is stopped before it can say that it serves.
with_stopped_relay() {
	strace -o /dev/null true 2>/dev/null || skip "strace cannot be used here"
	server_by "exec strace -f -D -qq -o '$FOLDER/trace' -e signal=none \
		-e trace=epoll_create1 -e inject=epoll_create1:signal=SIGSTOP \
		\"\$server\" \"\$@\""
}

has_stopped_relay() {
	local pid
	pid=$(relay_pid)
	[[ -n $pid && $(cat "/proc/$pid/stat") == *') '[tT]' '* ]]
}

@test "a relay that is stopped before it serves: the server can be told to end" {
	with_stopped_relay
	for signal in TERM INT; do
		launch_server --listen "unix:$FOLDER/door" --control "$FOLDER/control"
		spare_server
		eventually "$PATIENCE" has_stopped_relay
		stop_server "$signal"
		equal "$(cat "$SERVER_READY")" ''
		not test -e "$FOLDER/door"
	done
}

@test "a relay that stays stopped is not waited for for ever" {
	takes_long
	with_stopped_relay
	launch_server --listen "unix:$FOLDER/door" --control "$FOLDER/control"
	spare_server
	eventually 20 ended "$SERVER_PID"
	STATUS=0
	wait "$SERVER_PID" || STATUS=$?
	equal "$STATUS" 71
	grep -qx 'chatserver: the relay was not ready within 10 s; is it stopped?' \
		"$SERVER_LOG"
	not test -e "$FOLDER/door"
	not test -e "$FOLDER/control"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# When the machine has nothing left: descriptors, processes, shared memory, room
# for the log, memory.

# shellcheck disable=SC2016 # what is for another shell is not expanded here
load lib/helpers

setup() {
	PLAIN=$SERVER
}

# From here on, servers are started by these lines of a shell, which find the
# program in $server and the options in $@.
server_by() { # LINES
	cat >"$BATS_TEST_TMPDIR/start" <<-END
		#!/bin/bash
		server='$PLAIN'
		$1
	END
	chmod 755 "$BATS_TEST_TMPDIR/start"
	SERVER=$BATS_TEST_TMPDIR/start
}

# From here on, system calls of the parent fail as strace is told.
failing() { # CALLS HOW
	strace -o /dev/null true 2>/dev/null ||
		skip "strace cannot be used here"
	server_by "exec strace -D -qq -o '$BATS_TEST_TMPDIR/trace' \
		-e trace=$1 -e signal=none -e inject=$1:$2 \"\$server\" \"\$@\""
	export ASAN_OPTIONS=detect_leaks=0 # it cannot look while traced
}

# From here on, servers have a namespace in which this is mounted.
with_tmpfs() { # SIZE FOLDER LINES
	unshare -m mount -t tmpfs none "$2" 2>/dev/null ||
		skip "nothing can be mounted here"
	server_by "
		exec unshare -m bash -c '
			mount -t tmpfs -o size=$1 none \"$2\"
			$3' \"\$server\" \"\$@\""
}

# What the parent has used of a CPU so far, in ticks.
ticks_used() {
	awk '{ sub(/^.*\) /, ""); print $12 + $13 }' "/proc/$SERVER_PID/stat"
}

# Runs the command; meanwhile the parent uses next to nothing.
resting() { # COMMAND...
	local ticks ms
	ticks=$(ticks_used)
	ms=$(now_ms)
	"$@"
	ms=$(($(now_ms) - ms))
	ticks=$(($(ticks_used) - ticks))
	# One in a hundred, and three for what the clock cannot tell.
	((ticks * 10 * 100 <= ms + 3000)) ||
		fail "the parent used $ticks ticks in $ms ms"
}

log_lines() { # REGULAR-EXPRESSION
	grep -cE "$1" "$SERVER_LOG"
}

# Whether a new person is let in, or told and closed; one try.
let_in() { # NAME
	seat "$1" nc 127.0.0.1 "$PORT"
	eventually 5 has_match "$1" '(\* welcome|! ).*'
	has_match "$1" '\* welcome, .*'
}

expect_turned_away() { # NAME
	expect_line "$1" '! server full'
	expect_disconnected "$1"
	equal "$(screen "$1")" '! server full' "the screen of $1"
}

# Connects many at once and counts the answers; those with a seat stay until
# their input ends.
flood() { # NUMBER ADDRESS [LINE]
	local number=$1 address=$2
	shift 2
	seat crowd "$SANDBOX/flood" "$address" "$PORT" "$number" "$@"
	eventually 60 has_match crowd '[0-9]+ (welcome|told|broken).*' ||
		fail "the flood was not answered"
}

# --- descriptors ------------------------------------------------------------

# Descriptors 3 to 9 are taken, so what the server has is without a gap: it keeps
# those that its words name.
without_gaps() {
	server_by '
		for fd in 3 4 5 6 7 8 9; do
			eval "exec $fd</dev/null"
			set -- "$@" --log-chat "/dev/fd/$fd"
		done
		exec "$server" "$@" --log-chat /dev/null'
}

first_free_descriptor() {
	local fd=0
	while [[ -e /proc/$SERVER_PID/fd/$fd ]]; do
		fd=$((fd + 1))
	done
	echo "$fd"
}

# Served again within 2 s, beyond the time that coming takes here and now: that
# of one more, who comes to a server that is well.
was_soon() { # MILLISECONDS NAME
	local start usual
	start=$(now_ms)
	connect "$2"
	usual=$(($(now_ms) - start))
	(($1 <= 2000 + 2 * usual)) ||
		fail "served again after $1 ms; usual is $usual ms"
}

limit_descriptors() { # NUMBER
	prlimit --pid "$SERVER_PID" --nofile="$1:"
}

@test "no descriptors left: said by the spare one, at rest, and back in 2 s" {
	without_gaps
	start_server --rate 0
	enter alice bob
	limit_descriptors "$(first_free_descriptor)"
	seat carol nc 127.0.0.1 "$PORT"
	expect_turned_away carol
	start=$(now_ms)
	before=$(log_lines 'accept-pause call=accept error="Too many open files"$')
	# Others wait in line all the while.
	for name in p1 p2 p3 p4 p5 p6 p7 p8; do
		seat "$name" nc 127.0.0.1 "$PORT"
	done
	talk() {
		for n in 1 2 3; do
			say alice "line $n"
			expect_line bob "[alice] line $n"
			throughout 1 not disconnected bob
		done
	}
	resting talk
	rests=$(($(log_lines 'accept-pause call=accept ') - before))
	ms=$(($(now_ms) - start))
	((rests >= 2 && rests <= ms / 1000 + 1)) ||
		fail "$rests rests in $ms ms"
	limit_descriptors 200
	start=$(now_ms)
	connect carol
	was_soon $(($(now_ms) - start)) dave
	for name in p1 p2 p3 p4 p5 p6 p7 p8; do
		expect_match "$name" '(! server full|\* welcome.*)'
	done
	# The spare one is there again.
	limit_descriptors "$(first_free_descriptor)"
	seat carol nc 127.0.0.1 "$PORT"
	expect_turned_away carol
	expect_line bob '[alice] line 3'
}

@test "no files left in the whole system: it rests, and serves again" {
	takes_long
	failing accept4 error=ENFILE:when=1..6
	start_server
	relay=$(relay_pid)
	start=$(now_ms)
	seat alice nc 127.0.0.1 "$PORT"
	resting expect_welcome alice
	(($(now_ms) - start >= 2900)) || fail "these were no rests"
	# Each time the spare one was tried as well: six calls, three rests.
	equal "$(log_lines 'accept-pause call=accept error="Too many open files in system"$')" \
		3 "rests"
	equal "$(relay_pid)" "$relay"
	connect bob
}

@test "one connection that fails is no reason to rest" {
	takes_long
	for error in ECONNABORTED EPROTO ENETDOWN EHOSTUNREACH EPERM EINTR; do
		failing accept4 "error=$error:when=1..2"
		start_server
		connect alice
		equal "$(log_lines 'rest')" 0 "rests after $error"
		stop_server
	done
}

# --- processes -------------------------------------------------------------

# The first of these calls makes the relay.
@test "no processes left: said, nothing lost, and served again within 2 s" {
	for error in EAGAIN ENOMEM; do
		failing clone "error=$error:when=2..3"
		start_server --max-users 2
		first=$(now_ms)
		for name in p1 p2; do
			seat "$name" nc 127.0.0.1 "$PORT"
			expect_turned_away "$name"
		done
		start=$(now_ms)
		seat alice nc 127.0.0.1 "$PORT"
		resting expect_welcome alice
		took=$(($(now_ms) - start))
		(($(now_ms) - first >= 1900)) || fail "these were no rests"
		equal "$(log_lines \
			'^chatserver: accept-pause call=fork error=')" \
			2 "lines in the log"
		# No seat was lost.
		was_soon "$took" bob
		seat carol nc 127.0.0.1 "$PORT"
		expect_turned_away carol
		stop_server
	done
}

@test "no process for the relay: it comes when there is one" {
	takes_long
	failing clone error=EAGAIN:when=4..5
	start_server --rate 0
	enter alice bob
	kill -KILL "$(relay_pid)"
	say alice 'can you hear me'
	resting expect_line bob '[alice] can you hear me'
	equal "$(log_lines 'relay-fail error=')" 2 "lines in the log"
	for reader in alice bob; do
		not disconnected "$reader"
		never_match "$reader" '.*(joined|left|missed).*'
	done
}

# --- shared memory ----------------------------------------------------------

@test "a small /dev/shm: a message that says so, and nothing is left there" {
	for size in 4k 64k 1m 8m; do
		with_tmpfs "$size" /dev/shm '
			status=0
			"$0" "$@" || status=$?
			echo "left: $(ls -A /dev/shm)" >&2
			exit $status'
		launch_server -Port 0
		spare_server
		eventually 5 ended "$SERVER_PID" || {
			kill -KILL "$SERVER_PID"
			fail "it runs with $size of shared memory"
		}
		status=0
		wait "$SERVER_PID" || status=$?
		equal "$status" 71 "the status with $size"
		equal "$(cat "$SERVER_READY")" '' "standard output with $size"
		grep -qE '^chatserver: cannot make [0-9]+ bytes of shared memory in /dev/shm: No space left on device$' \
			"$SERVER_LOG" || fail "what it said:" \
			"$(cat "$SERVER_LOG")"
		grep -qx 'left: ' "$SERVER_LOG" || fail "what is left:" \
			"$(cat "$SERVER_LOG")"
	done
}

@test "a small /dev/shm that is enough for fewer users" {
	with_tmpfs 32m /dev/shm 'exec "$0" "$@"'
	start_server --max-users 4
	enter alice bob
	say alice 'that will do'
	expect_line bob '[alice] that will do'
}

# --- the log ----------------------------------------------------------------

@test "a log that takes nothing: the server goes on" {
	server_by 'exec "$server" "$@" 2>/dev/full'
	start_server
	enter alice bob
	for n in 1 2 3; do
		connect carol
		hang_up carol
	done
	relay=$(relay_pid)
	kill -KILL "$relay"
	say alice 'who needs a log'
	expect_line bob '[alice] who needs a log'
}

@test "a closed standard error: the server goes on, and clients get no log" {
	server_by 'exec "$server" "$@" 2>&-'
	start_server
	enter alice bob
	connect carol
	hang_up carol
	expect_match bob '.* left .*'
	say alice 'good'
	expect_line bob '[alice] good'
	never_match bob '.*chatserver: .*'
}

# What is in the pipe, without waiting for more.
empty_pipe() {
	dd if="$BATS_TEST_TMPDIR/pipe" iflag=nonblock bs=65536 2>/dev/null ||
		true
}

# Whether the parent has this many processes left, those not counted that it
# has not yet noticed the end of.
reaped_but() { # NUMBER
	[[ $(grep -lx "PPid:	$SERVER_PID" /proc/[0-9]*/status 2>/dev/null |
		wc -l) == "$1" ]]
}

@test "a full pipe as log: never waited for; what was dropped is counted" {
	takes_long
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	exec {pipe}<>"$BATS_TEST_TMPDIR/pipe"
	server_by "exec \"\$server\" \"\$@\" 2>'$BATS_TEST_TMPDIR/pipe'"
	start_server --rate 0
	enter alice bob
	dd if=/dev/zero of="$BATS_TEST_TMPDIR/pipe" bs=4096 oflag=nonblock \
		2>/dev/null || true
	for n in 1 2 3 4 5; do
		connect carol
		hang_up carol
		eventually "$PATIENCE" reaped_but 3
	done
	say alice 'nobody reads the log'
	expect_line bob '[alice] nobody reads the log'
	# Now somebody does.
	not grep -aq dropped <(empty_pipe)
	connect carol
	empty_pipe >"$BATS_TEST_TMPDIR/read"
	exec {pipe}>&-
	# Five came and went: a line each.
	equal "$(head -n 1 "$BATS_TEST_TMPDIR/read")" \
		'chatserver: log-dropped lines=10'
	grep -qE '^chatserver: connect slot=[0-9]+ address=[^ ]+ pid=[0-9]+$' \
		"$BATS_TEST_TMPDIR/read"
}

@test "a full disk behind the log: dropped, counted, told in a line of its own" {
	[[ -n ${SANDBOX-} ]] || skip "SANDBOX is not set"
	folder=$BATS_TEST_TMPDIR/disk
	mkdir "$folder"
	with_tmpfs 64k "$folder" "exec \"\$0\" \"\$@\" 2>>\"$folder/log\""
	start_server --rate 0
	enter alice bob
	disk=/proc/$SERVER_PID/root$folder
	[[ -s $disk/log ]] || skip "its namespace cannot be looked into"
	dd if=/dev/zero of="$disk/filler" bs=4096 2>/dev/null || true
	# Lines for the rest of the log's last page, and many more.
	flood 100 127.0.0.1
	hang_up crowd
	eventually "$PATIENCE" reaped_but 3
	expect_who alice alice bob
	rm "$disk/filler"
	connect carol
	grep -qxE 'chatserver: log-dropped lines=[0-9]+' "$disk/log" ||
		fail "the end of the log:" "$(tail -n 4 "$disk/log")"
	tail -n 1 "$disk/log" |
		grep -qE '^chatserver: connect slot=[0-9]+ address=[^ ]+ pid=[0-9]+$'
	# No line is part of another.
	not grep -aE 'chatserver: .*chatserver: ' "$disk/log"
}

# --- memory -----------------------------------------------------------------

@test "children go first when memory runs out" {
	start_server
	enter alice bob
	parent=$(cat "/proc/$SERVER_PID/oom_score")
	relay=$(cat "/proc/$(relay_pid)/oom_score")
	for pid in $(children); do
		(($(cat "/proc/$pid/oom_score") > parent)) ||
			fail "$pid would not go before the parent"
		(($(cat "/proc/$pid/oom_score") > relay)) ||
			fail "$pid would not go before the relay"
	done
}

# A memory control group of our own, for cgroup v2.
make_memory_group() {
	local root=/sys/fs/cgroup
	grep -qw memory "$root/cgroup.subtree_control" 2>/dev/null ||
		return 1
	GROUP=$root/chatserver-test-$$
	mkdir "$GROUP" 2>/dev/null && [[ -w $GROUP/memory.max ]]
}

@test "out of memory: a child dies, the parent lives" {
	make_memory_group ||
		skip "memory control groups (v2) cannot be made here"
	server_by "echo \$\$ >'$GROUP/cgroup.procs'; exec \"\$server\" \"\$@\""
	start_server --rate 0 --max-users 1000
	enter alice
	killed() {
		(($(awk '$1 == "oom_kill" { print $2 }' \
			"$GROUP/memory.events") > 0))
	}
	echo 0 >"$GROUP/memory.swap.max" 2>/dev/null || true
	echo "$(($(cat "$GROUP/memory.current") + 2000000))" \
		>"$GROUP/memory.max"
	for n in $(seq 1 500); do
		seat "p$n" nc 127.0.0.1 "$PORT"
		if ((n % 20 == 0)) && killed; then
			break
		fi
	done
	eventually 5 killed
	not ended "$SERVER_PID"
	grep -qE 'disconnect slot=[0-9]+ reason=died signal=9$' "$SERVER_LOG"
	echo max >"$GROUP/memory.max"
	go_on() {
		let_in zoe
	}
	eventually "$PATIENCE" go_on
	stop_server
	eventually 2 rmdir "$GROUP"
}

# --- seats ------------------------------------------------------------------

@test "--max-users under a flood: exactly so many, all others told and closed" {
	[[ -n ${SANDBOX-} ]] || skip "SANDBOX is not set"
	start_server --max-users 50
	flood 300 127.0.0.1
	equal "$(screen crowd)" $'50 welcome\n250 told, closed'
	equal "$(children | wc -l)" 50 "children"
	hang_up crowd
	eventually "$PATIENCE" children_are 0
	# And again, by programs that say something at once.
	flood 300 127.0.0.1 '/events 1'
	not grep -E 'broken|unanswered' "$(screen_file crowd)"
	has_match crowd '50 welcome'
	equal "$(children | wc -l)" 50 "children"
	hang_up crowd
	eventually "$PATIENCE" children_are 0
	connect alice
	equal "${NICK[alice]}" guest-1
}

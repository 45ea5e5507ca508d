#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Whoever takes over a process that serves a client can do nothing with it.
#
# What the sandbox refuses is tried twice: from inside, call by call, by the
# programs probe, rights and landlock in tests/sandbox; and here, in processes
# of a running server, by inject.

load lib/helpers

setup_file() {
	# Where others than root can go.
	OPEN_FOLDER=$(mktemp -d)
	export OPEN_FOLDER
	chmod 755 "$OPEN_FOLDER"
}

teardown_file() {
	rm -rf "$OPEN_FOLDER"
}

is_root() {
	(($(id -u) == 0))
}

# Sanitizers make system calls of their own: such a build has no sandbox.
need_sandbox() {
	if grep -q no-sandbox "$SERVER_LOG"; then
		skip "this build has no sandbox"
	fi
}

need_inject() {
	[[ -n ${SANDBOX-} ]] || skip "SANDBOX is not set"
	is_root || skip "only root may trace a process that is locked in"
	local status=0
	"$SANDBOX/inject" 2>/dev/null || status=$?
	((status != 77)) || skip "inject is written for x86-64"
}

log_lines_are() { # NUMBER REGULAR-EXPRESSION
	[[ $(grep -cE "$2" "$SERVER_LOG") == "$1" ]]
}

# Has the process do the call; INJECTED is what came of it.
inject() { # PID CALL
	local status=0
	INJECTED=$("$SANDBOX/inject" "$@") || status=$?
	((status <= 1)) || fail "inject $* ended with status $status"
}

# Each of these calls ends the child that makes it, and nobody else: the user
# is told of as gone, and the next one gets the name.
refused_in_child() { # CALL...
	local call n=0 reader
	need_inject
	start_server --rate 0
	need_sandbox
	enter alice bob
	for call; do
		n=$((n + 1))
		connect_noting_child mallory
		take_name mallory mallory
		expect_line bob "* ${NICK[mallory]} is now mallory"
		wipe alice bob
		inject "$CHILD" "$call"
		# A kernel that has no calls of 32-bit programs says so by
		# SIGSEGV, before any filter is asked.
		[[ $call == int80 && $INJECTED == 'signal 11' ]] ||
			equal "$INJECTED" 'signal 31' "$call"
		expect_disconnected mallory
		for reader in alice bob; do
			expect_line "$reader" '* mallory left (2 online)'
		done
		eventually "$PATIENCE" log_lines_are "$n" \
			'^chatserver: disconnect slot=[0-9]+ reason=died signal=(31|11)$' ||
			fail "the log does not say how the child ended: $call"
		say alice "after $call"
		expect_line bob "[alice] after $call"
	done
	log_lines_are "$n" reason=died
	expect_who alice alice bob
}

new_relay() { # OLD-PID
	local pid
	pid=$(relay_pid)
	[[ $pid =~ ^[0-9]+$ && $pid != "$1" ]]
}

status_of() { # PID FIELD
	awk -v field="$2:" '$1 == field { $1 = ""; print substr($0, 2) }' \
		"/proc/$1/status"
}

# --- calls that are refused -----------------------------------------------

@test "what a child needs it may do, by the same means as below" {
	need_inject
	start_server
	need_sandbox
	enter alice bob
	connect_noting_child carol
	for call in clock_gettime close sendmsg-attach socketpair futex; do
		inject "$CHILD" "$call"
		[[ $INJECTED == 'returned '* ]] || fail "$call: $INJECTED"
		say carol "after $call"
		expect_line alice "[${NICK[carol]}] after $call"
	done
	not disconnected carol
}

@test "without the sandbox the same calls go through" {
	need_inject
	start_server --no-sandbox
	enter alice
	connect_noting_child bob
	for call in open socket mprotect kill socketpair-inet mmap-exec; do
		inject "$CHILD" "$call"
		[[ $INJECTED == 'returned '* ]] || fail "$call: $INJECTED"
	done
	say bob 'still here'
	expect_line alice "[${NICK[bob]}] still here"
}

# One of each kind; make check tries all.
@test "a child that tries what it does not need is ended, and nobody else notices" {
	refused_in_child openat execve socket fork mprotect
}

@test "a child cannot open files or run programs" {
	takes_long
	refused_in_child open openat execve execveat
}

@test "a child cannot make, take or use other connections" {
	takes_long
	refused_in_child socket connect accept4 sendmsg recvmsg socketpair-inet \
		socketpair-datagram
}

@test "a child cannot make, trace or end processes" {
	takes_long
	refused_in_child fork vfork clone clone3 ptrace kill tgkill
}

@test "a child cannot get code, rights or another door into the kernel" {
	takes_long
	refused_in_child mprotect mmap-exec prctl setuid seccomp \
		io_uring_setup bpf futex-requeue
}

@test "a child cannot use the calls of x32 and of 32-bit programs" {
	takes_long
	refused_in_child x32 int80
}

@test "nor can the relay: it is started again, and nobody notices" {
	takes_long
	local n=0
	need_inject
	start_server --rate 0
	need_sandbox
	enter alice bob
	for call in open execve socket connect accept4 socketpair-inet fork \
		ptrace kill mprotect mmap-exec prctl setuid io_uring_setup bpf; do
		n=$((n + 1))
		relay=$(relay_pid)
		inject "$relay" "$call"
		equal "$INJECTED" 'signal 31' "$call"
		say alice "after $call"
		expect_line bob "[alice] after $call"
		new_relay "$relay"
		log_lines_are "$n" \
			'^chatserver: relay-restart signal=31$' ||
			fail "the log does not say how the relay ended: $call"
	done
	for reader in alice bob; do
		not disconnected "$reader"
		never_match "$reader" '.*(joined|left|missed).*'
		equal "$(matches "$reader" '\[alice\] after .*')" "$n" \
			"what $reader got"
	done
}

# --- how it looks from outside --------------------------------------------

# All processes that are locked in, one for a client, one for each role.
locked_in() {
	children
	for role in relay disk sync; do
		role_pid "$role"
	done
}

@test "children and roles are locked in, the parent has nothing to do with them" {
	start_server --state "$BATS_TEST_TMPDIR/kept"
	need_sandbox
	enter alice
	equal "$(locked_in | wc -l)" 4
	for pid in $(locked_in); do
		equal "$(status_of "$pid" Seccomp)" 2 "Seccomp of $pid"
		equal "$(status_of "$pid" NoNewPrivs)" 1 "NoNewPrivs of $pid"
		awk '/^Max (core file size|processes) / && !/ 0 +0 / { exit 1 }' \
			"/proc/$pid/limits"
	done
	awk '/^Max file size / && !/ 0 +0 / { exit 1 }' \
		"/proc/$(children)/limits"
	equal "$(cat "/proc/$SERVER_PID/oom_score_adj")" \
		"$(cat /proc/self/oom_score_adj)" "the parent's"
	equal "$(status_of "$SERVER_PID" Seccomp)" \
		"$(status_of self Seccomp)" "the parent's Seccomp"
}

# Who a process is: all of its users and groups.
runs_as() { # PID USER
	local uid gid
	uid=$(id -u "$2")
	gid=$(id -g "$2")
	equal "$(status_of "$1" Uid)" "$uid $uid $uid $uid" "users of $1"
	equal "$(status_of "$1" Gid)" "$gid $gid $gid $gid" "groups of $1"
}

# The rights on the memory of the rooms, and the bytes of it.
rooms_of() { # PID
	local at rights path bytes=0 all=''
	while read -r at rights _ _ _ path; do
		[[ $path == *-rooms\ * ]] || continue
		all+=$rights
		bytes=$((bytes + 0x${at#*-} - 0x${at%-*}))
	done <"/proc/$1/maps"
	echo "$all $bytes"
}

@test "a child can read rooms and their members, not write them, nor see keys and bans" {
	is_root || skip "only root may look at processes that are locked in"
	start_server
	connect alice
	local one all
	one=$(rooms_of "$(children)")
	all=$(rooms_of "$SERVER_PID")
	[[ $one =~ ^r--s\ [0-9]+$ ]] || fail "a child has $one"
	[[ $all =~ ^rw-s\ [0-9]+$ ]] || fail "the parent has $all"
	equal "$(rooms_of "$(relay_pid)")" "$all"
	# A key, sixteen bans and the invitations of each of 257 rooms.
	((${all#* } - ${one#* } >= 257 * 1420))
}

@test "started by root, they are nobody, without groups, rights and files" {
	is_root || skip "this is not root"
	start_server --state "$BATS_TEST_TMPDIR/kept"
	need_sandbox
	enter alice
	equal "$(locked_in | wc -l)" 4
	for pid in $(locked_in); do
		runs_as "$pid" nobody
		equal "$(status_of "$pid" Groups)" '' "groups of $pid"
		equal "$(status_of "$pid" CapPrm)" 0000000000000000
		equal "$(status_of "$pid" CapEff)" 0000000000000000
		equal "$(ls -A "/proc/$pid/root/")" '' "the root of $pid"
	done
}

@test "--user NAME: they are NAME" {
	local other
	is_root || skip "this is not root"
	other=$(getent passwd | awk -F: '
		$3 > 0 && $1 != "nobody" { print $1; exit }')
	start_server --user "$other" --state "$BATS_TEST_TMPDIR/kept"
	need_sandbox
	enter alice
	for pid in $(locked_in); do
		runs_as "$pid" "$other"
		equal "$(status_of "$pid" Groups)" '' "groups of $pid"
	done
	say alice 'as usual'
	expect_line alice '[alice] as usual'
}

# A server that should end by itself, with this status and message.
ends() { # STATUS PART-OF-MESSAGE OPTION...
	local wanted=$1 part=$2 status=0
	shift 2
	launch_server -Port 0 "$@"
	spare_server
	eventually 5 ended "$SERVER_PID" || {
		kill -KILL "$SERVER_PID"
		fail "it runs on: $*"
		return 1
	}
	wait "$SERVER_PID" || status=$?
	equal "$status" "$wanted" "the status of: $*"
	contains "$(cat "$SERVER_LOG")" "$part" "the message of: $*"
	equal "$(cat "$SERVER_READY")" '' "standard output of: $*"
}

# From here on, servers are somebody else's.
as_nobody() {
	if is_root; then
		cp "$SERVER" "$OPEN_FOLDER/chatserver"
		cat >"$BATS_TEST_TMPDIR/as-nobody" <<-END
			#!/bin/sh
			exec setpriv --reuid=$(id -u nobody) --clear-groups \
				--regid=$(id -g nobody) "$OPEN_FOLDER/chatserver" "\$@"
		END
		chmod 755 "$BATS_TEST_TMPDIR/as-nobody"
		SERVER=$BATS_TEST_TMPDIR/as-nobody
	fi
}

@test "--user: root, unknown users, and servers without the right are refused" {
	takes_long
	start_server
	need_sandbox
	stop_server
	if is_root; then
		ends 64 "'root' is root" --user root
		ends 67 "no user 'no-such-user'" --user no-such-user
		ends 67 "no user ''" --user ''
	fi
	as_nobody
	ends 77 '--user daemon: only root' --user daemon
	ends 77 '--user nobody: only root' --user nobody
	ends 77 '--user root: only root' --user root
}

@test "started by nobody special, they are locked in all the same" {
	as_nobody
	mkdir "$OPEN_FOLDER/kept"
	chmod 700 "$OPEN_FOLDER/kept"
	! is_root || chown nobody "$OPEN_FOLDER/kept"
	start_server --state "$OPEN_FOLDER/kept"
	need_sandbox
	enter alice bob
	for pid in $(locked_in); do
		equal "$(status_of "$pid" Seccomp)" 2 "Seccomp of $pid"
		equal "$(status_of "$pid" NoNewPrivs)" 1 "NoNewPrivs of $pid"
		equal "$(status_of "$pid" Uid)" \
			"$(status_of "$SERVER_PID" Uid)" "users of $pid"
	done
	relay=$(relay_pid)
	kill -KILL "$relay"
	say alice 'good evening'
	expect_line bob '[alice] good evening'
}

@test "--no-sandbox is said in the log" {
	start_server --no-sandbox
	enter alice
	log_lines_are 1 '^chatserver: no-sandbox text=".*"$'
	for pid in $(children) $(relay_pid); do
		equal "$(status_of "$pid" Seccomp)" \
			"$(status_of self Seccomp)" "Seccomp of $pid"
		equal "$(status_of "$pid" Uid)" \
			"$(status_of "$SERVER_PID" Uid)" "users of $pid"
	done
	stop_server
	start_server
	log_lines_are 0 no-sandbox || skip "this build has no sandbox"
}

# --- calls that are made ---------------------------------------------------

# All that is in these lists is allowed by server/sandbox/rules.c, and no more is
# needed.
CHILD_CALLS='alarm clock_gettime close dup3 exit_group futex ppoll read recvfrom
	recvmsg restart_syscall rt_sigreturn sendmsg sendto setitimer socketpair write'
RELAY_CALLS='brk clock_gettime close epoll_ctl epoll_pwait epoll_wait
	exit_group mmap mremap munmap poll ppoll recvfrom recvmsg
	restart_syscall rt_sigreturn sendmsg sendto shutdown write'
# What each needs for its end, its log and its memory.
ANY_CALLS='brk clock_gettime close exit_group mmap mremap munmap poll ppoll
	restart_syscall rt_sigreturn write'
RECOVER_CALLS="$ANY_CALLS fstat fsync ftruncate getdents64 getrandom lseek
	newfstatat openat pread64 renameat unlinkat"
DISK_CALLS="$RECOVER_CALLS fallocate fdatasync pwrite64 recvfrom sendmsg sendto
	socketpair"
SYNC_CALLS='clock_gettime close exit_group fdatasync openat poll ppoll recvfrom
	restart_syscall rt_sigreturn sendto write'

# From here on, servers are traced: a file for each process.
traced() {
	strace -o /dev/null true 2>/dev/null ||
		skip "strace cannot be used here"
	mkdir "$BATS_TEST_TMPDIR/traces"
	cat >"$BATS_TEST_TMPDIR/traced" <<-END
		#!/bin/sh
		exec strace -D -qq -ff -e signal=none \
			-o "$BATS_TEST_TMPDIR/traces/of" "$SERVER" "\$@"
	END
	chmod 755 "$BATS_TEST_TMPDIR/traced"
	SERVER=$BATS_TEST_TMPDIR/traced
	export ASAN_OPTIONS=detect_leaks=0 # it cannot look while traced
}

# The calls of all processes with that name once they were locked in.
calls_of() { # NAME
	awk -v name="\"$1\"" '
		FNR == 1 { mine = locked = 0 }
		/^prctl\(PR_SET_NAME, / { mine = index($0, name) > 0 }
		mine && locked && match($0, /^[a-z0-9_]+\(/) {
			print substr($0, 1, RLENGTH - 1)
		}
		/^seccomp\(SECCOMP_SET_MODE_FILTER.* = 0$/ { locked = 1 }
		' "$BATS_TEST_TMPDIR"/traces/of.* | LC_ALL=C sort -u
}

words() { # TEXT
	# shellcheck disable=SC2086
	printf '%s\n' $1 | LC_ALL=C sort
}

made_but_not_listed() { # NAME LIST
	LC_ALL=C comm -23 <(calls_of "$1") <(words "$2")
}

# What people do, and what happens to them.
conversation() {
	start_server --rate 0 --max-users 6
	need_sandbox
	enter alice bob
	connect_events carol
	say carol '/nick carol'
	expect_event carol rename '?' '?' '?'
	say alice 'hello'
	say alice '/me waves'
	say alice '/no-such-command'
	say alice 'to|bob|psst'
	type_bytes alice '\xff\xfe\x01 odd bytes\n'
	say alice "$(printf '%5000s' '' | tr ' ' x)"
	expect_match alice '! line too long.*'
	expect_match bob '\[alice -> you\] psst'
	say bob '/nick alice'
	expect_match bob '! name in use.*'
	say carol who
	expect_who bob alice bob carol
	relay=$(relay_pid)
	kill -KILL "$relay"
	say alice 'after the relay'
	expect_line bob '[alice] after the relay'
	eventually "$PATIENCE" new_relay "$relay"
	# One who comes by another connection.
	seat carol2 nc 127.0.0.1 "$PORT"
	type_bytes carol2 "/events 1\n/resume $(token_of carol)\n"
	expect_event carol bye - - 'taken over by your new connection'
	say carol2 'the same as before'
	expect_line bob '[carol] the same as before'
	# One who does not read, until the child cannot write.
	connect dave
	kill -STOP "${PERSON_PID[dave]}"
	yes "$(printf '%3000s' '' | tr ' ' y)" 2>/dev/null |
		head -n 4000 >&"${INPUT[alice]}"
	say alice 'the flood is over'
	eventually 60 has_line bob '[alice] the flood is over'
	kill -CONT "${PERSON_PID[dave]}"
	expect_match dave '.*the flood is over'
	say dave 'back'
	expect_match bob '.*back'
	hang_up dave
	say bob /quit
	expect_disconnected bob
	kill -KILL "$(children | head -n 1)"
	stop_server
	expect_disconnected carol2
	# One who falls silent.
	start_server --idle-timeout 1
	connect erin
	expect_disconnected erin
	stop_server
}

@test "all that is ever called is on the list" {
	traced
	conversation
	eventually "$PATIENCE" no_process_of "${SERVER_PIDS[-1]}"
	equal "$(made_but_not_listed chat-child "$CHILD_CALLS")" '' \
		"what children call"
	equal "$(made_but_not_listed chat-relay "$RELAY_CALLS")" '' \
		"what relays call"
	# And it was seen: without these nobody would have been served.
	equal "$(LC_ALL=C comm -23 <(words 'close dup3 exit_group ppoll read recvfrom
		recvmsg sendmsg sendto socketpair write') <(calls_of chat-child))" '' \
		"calls of children that were not seen"
	equal "$(LC_ALL=C comm -23 <(words 'epoll_ctl recvmsg sendto') \
		<(calls_of chat-relay))" '' \
		"calls of relays that were not seen"
}

# Starts, kills and ends of what lasts, and files that are no good.
is_synced() {
	[[ $("$SERVER" -Port "$PORT" --status --json) == \
		*'"state_unsynced_bytes":0,'* ]]
}

lasting() {
	local kept=$BATS_TEST_TMPDIR/kept newest
	start_server --state "$kept"
	need_sandbox
	enter alice
	say alice 'to be kept'
	expect_line alice '[alice] to be kept'
	for role in disk sync; do
		kill -KILL "$(role_pid "$role")"
	done
	say alice 'kept, too'
	expect_line alice '[alice] kept, too'
	stop_server
	expect_disconnected alice
	newest=("$kept"/chat-*.log)
	printf 'half a record' >>"${newest[-1]}"
	# One of each: set aside, removed, left alone.
	echo 'no such file' >"$kept/chat-00000090.log"
	chown --reference="$kept" "$kept/chat-00000090.log"
	: >"$kept/chat-00000091.new"
	# More of them than a sort does without memory of its own.
	for n in {10..59}; do
		ln -s nowhere "$kept/chat-000000$n.log"
	done
	start_server --state "$kept"
	connect bob
	expect_match bob '\[alice .* ago\] kept, too'
	kill -KILL "$(role_pid disk)"
	say bob 'good night'
	expect_match bob '\[guest-1\] good night'
	eventually "$PATIENCE" is_synced
	# With --sync 0 there is one process less.
	stop_server
	start_server --state "$kept" --sync 0
	connect carol
	say carol 'on the disk'
	expect_match carol '\[guest-1\] on the disk'
	stop_server
}

@test "nor do the processes of what lasts call more" {
	traced
	lasting
	eventually "$PATIENCE" no_process_of "${SERVER_PIDS[-1]}"
	equal "$(made_but_not_listed chat-disk "$DISK_CALLS")" '' \
		"what the disk calls"
	equal "$(made_but_not_listed chat-sync "$SYNC_CALLS")" '' \
		"what sync calls"
	equal "$(made_but_not_listed chat-recover "$RECOVER_CALLS")" '' \
		"what recover calls"
	equal "$(LC_ALL=C comm -23 <(words 'fallocate fdatasync fsync getdents64
		openat pread64 pwrite64 recvfrom renameat sendmsg sendto
		socketpair') <(calls_of chat-disk))" '' \
		"calls of the disk that were not seen"
	equal "$(LC_ALL=C comm -23 <(words 'fdatasync openat poll') \
		<(calls_of chat-sync))" '' "calls of sync that were not seen"
	equal "$(LC_ALL=C comm -23 <(words 'fsync ftruncate getdents64 getrandom
		openat pread64 renameat unlinkat write') \
		<(calls_of chat-recover))" '' "calls of recover that were not seen"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The paths of UNIX sockets and of the control socket: who removes them, who may
# not, and how one that is gone comes back.

# shellcheck disable=SC2030,SC2031,SC2153 # each test is a subshell of its own
load lib/helpers

setup() {
	# The leak check is a tracer, as strace is.
	export ASAN_OPTIONS=detect_leaks=0
	DOOR=$BATS_TEST_TMPDIR/door
	CONTROL=$BATS_TEST_TMPDIR/control
}

# A server that is found by paths alone.
open_door() { # [OPTION...]
	launch_server --listen "unix:$DOOR" --control "$CONTROL" "$@"
	await_server 1
}

online() {
	"$SERVER" --control "$CONTROL" --status --json | jq .users
}

logged() { # NUMBER PATTERN
	(($(grep -cE -- "$2" "$SERVER_LOG") >= $1))
}

expect_log() { # NUMBER PATTERN
	eventually "$PATIENCE" logged "$1" "$2" ||
		fail "there should be $1 log lines: $2"
}

# What is left of sockets that were put aside.
nothing_aside() {
	equal "$(find "$BATS_TEST_TMPDIR" -name '*.[0-9]*' -type s)" ''
}

end() { # SERVER_PID
	SERVER_PID=$1
	stop_server
}

@test "a server that ends leaves the sockets of its successor alone" {
	open_door
	first=$SERVER_PID
	rm "$DOOR" "$CONTROL"
	open_door
	end "$first"
	connect alice -U "$DOOR"
	equal "$(online)" 1
	end "${SERVER_PIDS[1]}"
	not test -e "$DOOR"
	not test -e "$CONTROL"
	nothing_aside
}

@test "what is no socket of its own stays where it is" {
	open_door
	rm "$DOOR" "$CONTROL"
	echo mine >"$DOOR"
	mkdir "$CONTROL"
	stop_server
	equal "$(cat "$DOOR")" mine
	test -d "$CONTROL"
}

# The server's removals take a second each from here on.
remove_slowly() {
	strace -o /dev/null true 2>/dev/null || skip "strace cannot be used here"
	cat >"$BATS_TEST_TMPDIR/start" <<-END
		#!/bin/bash
		exec strace -D -qq -o '$BATS_TEST_TMPDIR/trace' -e signal=none \
			-e trace=unlink,rename -e inject=unlink,rename:delay_enter=1s \
			'$SERVER' "\$@"
	END
	chmod 755 "$BATS_TEST_TMPDIR/start"
}

@test "a successor that comes while it removes the path has the path" {
	takes_long
	fast=$SERVER
	remove_slowly
	SERVER=$BATS_TEST_TMPDIR/start
	# There is nothing to remove when they start, and the control socket is
	# none of this test.
	launch_server --listen "unix:$DOOR" --control "$CONTROL"
	await_server 1
	first=$SERVER_PID
	spare_server
	SERVER=$fast
	kill -TERM "$first"
	try() {
		launch_server --listen "unix:$DOOR" --control "$CONTROL-2"
		eventually "$PATIENCE" ready_lines_or_end 1
		ended "$SERVER_PID" || return 0
		spare_server
		return 1
	}
	eventually "$PATIENCE" try
	eventually 20 ended "$first"
	connect alice -U "$DOOR"
	nothing_aside
}

@test "removed and served by another while it removes it: the other's stays" {
	takes_long
	fast=$SERVER
	remove_slowly
	SERVER=$BATS_TEST_TMPDIR/start
	launch_server --listen "unix:$DOOR" --control "$CONTROL"
	await_server 1
	first=$SERVER_PID
	spare_server
	SERVER=$fast
	# It is about to put the path aside, being sure that it is its own.
	kill -TERM "$first"
	expect_log 1 'shutdown users=0'
	rm "$DOOR"
	launch_server --listen "unix:$DOOR" --control "$CONTROL-2"
	await_server 1
	eventually 20 ended "$first"
	connect alice -U "$DOOR"
	nothing_aside
}

@test "SIGHUP brings removed sockets back, with their mode" {
	open_door --unix-mode 660
	connect alice -U "$DOOR"
	rm "$DOOR" "$CONTROL"
	kill -HUP "$SERVER_PID"
	expect_log 1 'upgrade version='
	connect bob -U "$DOOR"
	say bob 'here again'
	expect_line alice "[${NICK[bob]}] here again"
	equal "$(online)" 2
	equal "$(stat -c %a "$DOOR" "$CONTROL")" $'660\n600'
	# And once more, by the one that has taken over.
	rm "$DOOR" "$CONTROL"
	kill -HUP "$SERVER_PID"
	expect_log 2 'upgrade version='
	connect carol -U "$DOOR"
	equal "$(online)" 3
	stop_server
	not test -e "$DOOR"
	not test -e "$CONTROL"
	nothing_aside
}

@test "SIGHUP brings them back where no program takes over, too" {
	cp "$SERVER" "$BATS_TEST_TMPDIR/chatserver"
	SERVER=$BATS_TEST_TMPDIR/chatserver open_door
	rm "$DOOR" "$CONTROL" "$BATS_TEST_TMPDIR/chatserver"
	kill -HUP "$SERVER_PID"
	expect_log 1 upgrade-refuse
	connect alice -U "$DOOR"
	equal "$(online)" 1
}

@test "who waits at a path that is removed is let in" {
	open_door
	kill -STOP "$SERVER_PID"
	seat alice nc -U "$DOOR"
	waits() {
		# One that is connected, and the one that listens.
		(($(grep -cF " $DOOR" /proc/net/unix) == 2))
	}
	eventually "$PATIENCE" waits
	rm "$DOOR"
	kill -HUP "$SERVER_PID"
	kill -CONT "$SERVER_PID"
	expect_welcome alice
	expect_log 1 'path-renew path=".*/door"'
}

@test "SIGHUP takes no path from another" {
	open_door
	first=$SERVER_PID
	first_log=$SERVER_LOG
	rm "$DOOR" "$CONTROL"
	echo mine >"$CONTROL"
	launch_server --listen "unix:$DOOR" --control "$CONTROL-2"
	await_server 1
	connect alice -U "$DOOR"
	kill -HUP "$first"
	SERVER_LOG=$first_log
	expect_log 1 'upgrade version='
	expect_log 1 'path-missing path=".*/door" error="Address already in use"'
	expect_log 1 'control-missing path=".*/control" error="Address already in use"'
	equal "$(cat "$CONTROL")" mine
	connect bob -U "$DOOR"
	expect_match alice '\* .* joined \(2 online\)'
	# When that one has gone, it is free.
	rm "$CONTROL"
	end "${SERVER_PIDS[1]}"
	kill -HUP "$first"
	expect_log 2 'upgrade version='
	connect carol -U "$DOOR"
	equal "$(online)" 1
}

@test "a control socket that could not be made is made at SIGHUP" {
	local somebody=()
	export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/later
	# Root has a place in /run, too; others have this one alone.
	if [[ $(id -u) == 0 ]]; then
		somebody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
		chmod 711 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/test \
			"$BATS_TEST_TMPDIR" || true
		cp "$SERVER" "$BATS_TEST_TMPDIR/chatserver"
		SERVER=$BATS_TEST_TMPDIR/for-somebody
		printf '#!/bin/sh\nexec %s %s "$@"\n' "${somebody[*]}" \
			"$BATS_TEST_TMPDIR/chatserver" >"$SERVER"
		chmod 755 "$SERVER"
	fi
	start_server
	expect_log 1 control-missing
	mkdir "$XDG_RUNTIME_DIR"
	((${#somebody[@]} == 0)) || chown 65534 "$XDG_RUNTIME_DIR"
	kill -HUP "$SERVER_PID"
	expect_log 1 'upgrade version='
	equal "$("$SERVER" -Port "$PORT" --status --json | jq .users)" 0
}

@test "a server that does not start leaves no socket" {
	echo taken >"$CONTROL"
	launch_server --listen "unix:$DOOR" --control "$CONTROL"
	spare_server
	eventually "$PATIENCE" ended "$SERVER_PID"
	status=0
	wait "$SERVER_PID" || status=$?
	equal "$status" 71
	not test -e "$DOOR"
	equal "$(cat "$CONTROL")" taken
}

# Servers of root's that are killed when they make this system call; it may fail
# before, where a container has not the right.
killed_at() { # CALL [CALL THAT FAILS]
	cat >"$BATS_TEST_TMPDIR/start" <<-END
		#!/bin/bash
		exec strace -D -qq -o '$BATS_TEST_TMPDIR/trace' -e signal=none \
			-e trace=fsopen,fsmount,mkdir,rmdir,chroot \
			-e inject=$1:signal=KILL ${2:+-e inject=$2:error=EPERM} \
			'$SERVER' "\$@"
	END
	chmod 755 "$BATS_TEST_TMPDIR/start"
	SERVER=$BATS_TEST_TMPDIR/start launch_server -Port 0
	eventually "$PATIENCE" ready_lines_or_end 1
	spare_server
	kill -KILL "$SERVER_PID" 2>/dev/null || true
	eventually "$PATIENCE" no_process_of "$SERVER_PID"
}

# The folders that it has made and that are still there.
left_folders() {
	local folder
	while read -r folder; do
		if [[ -e $folder ]]; then
			echo "$folder"
		fi
	done < <(sed -nE 's/^mkdir\("([^"]*)".*/\1/p' "$BATS_TEST_TMPDIR/trace")
}

@test "root's server is killed while it starts: no folder is left" {
	takes_long
	(($(id -u) == 0)) || skip "this is not root"
	strace -o /dev/null true 2>/dev/null || skip "strace cannot be used here"
	# shellcheck disable=SC2034 # the helpers read it: the control socket stays
	MURDERED=yes
	start_server
	stop_server
	if grep -q no-sandbox "$SERVER_LOG"; then
		skip "this build has no sandbox"
	fi
	for call in fsmount mkdir rmdir; do
		killed_at "$call"
		if grep -q 'fsopen(.*) = -1' "$BATS_TEST_TMPDIR/trace"; then
			skip "nothing can be mounted here"
		fi
		equal "$(left_folders)" '' "left by a kill at $call"
	done
	# Where nothing can be mounted it has a name for a moment, which the next
	# start takes away.
	for call in mkdir rmdir; do
		killed_at "$call" fsopen
		grep -q '^mkdir("/run/chatserver-nowhere"' \
			"$BATS_TEST_TMPDIR/trace" || skip "/run is not root's"
		killed_at chroot fsopen
		equal "$(left_folders)" '' "left behind a kill at $call"
	done
}

@test "root's server that cannot remove its folder says which one is left" {
	(($(id -u) == 0)) || skip "this is not root"
	strace -o /dev/null true 2>/dev/null || skip "strace cannot be used here"
	cat >"$BATS_TEST_TMPDIR/start" <<-END
		#!/bin/bash
		exec strace -D -qq -o '$BATS_TEST_TMPDIR/trace' -e signal=none \
			-e trace=fsopen,mkdir,rmdir -e inject=fsopen:error=EPERM \
			-e inject=rmdir:error=EBUSY:when=1 '$SERVER' "\$@"
	END
	chmod 755 "$BATS_TEST_TMPDIR/start"
	SERVER=$BATS_TEST_TMPDIR/start
	start_server
	if grep -q no-sandbox "$SERVER_LOG"; then
		skip "this build has no sandbox"
	fi
	grep -q '^mkdir("/run/chatserver-nowhere".* = 0' \
		"$BATS_TEST_TMPDIR/trace" || skip "/run is not root's"
	rmdir /run/chatserver-nowhere || true
	expect_log 1 'remove-fail path=/run/chatserver-nowhere error='
	equal "$(left_folders)" ''
}

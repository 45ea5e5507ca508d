#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A terminal that is closed ends the server that runs in it; SIGHUP by kill(1)
# is an upgrade, wherever it runs.

# shellcheck disable=SC2030,SC2031 # each test is a subshell of its own
load lib/helpers

setup() {
	command -v python3 >/dev/null || skip "there is no python3"
	# Runs a command in a terminal of its own, as its session's leader; the
	# terminal is closed when this program's standard input ends.
	cat >"$BATS_TEST_TMPDIR/terminal.py" <<-'END'
		import os, pty, select, sys
		pid, master = pty.fork()
		if pid == 0:
		    os.execvp(sys.argv[1], sys.argv[1:])
		print(pid, flush=True)
		while True:
		    ready = select.select([0, master], [], [])[0]
		    if 0 in ready:
		        typed = os.read(0, 1000)
		        if not typed:
		            break
		        os.write(master, typed)
		    if master in ready:
		        try:
		            if not os.read(master, 1000):
		                break
		        except OSError:
		            break
		os.close(master)
		os.waitpid(pid, 0)
	END
}

# A server that outlives its terminal is in nobody's session.
teardown() {
	local status=0
	if [[ -n $SERVER_PID ]] && ! ended "$SERVER_PID"; then
		kill -KILL "$SERVER_PID"
		# shellcheck disable=SC2034 # the helpers read it
		MURDERED=yes
	fi
	clean_up || status=1
	tail -n 20 "$SERVER_LOG"
	return "$status"
}

# A shell, or another program, in a terminal.
open_terminal() { # COMMAND...
	seat terminal python3 "$BATS_TEST_TMPDIR/terminal.py" "$@"
	expect_match terminal '[0-9]+'
}

close_terminal() {
	close_input terminal
}

# The shell's lines start the server in a session of the terminal's; its process
# is found by its name there.
find_server() {
	local leader
	leader=$(screen terminal | head -n 1)
	SERVER_PID=$(processes "$leader" chatserver | head -n 1)
	[[ -n $SERVER_PID ]]
}

# The server's output is not the terminal's, so that the test can read it.
in_terminal() { # LINE OF A SHELL, @ for the server
	SERVER_READY=$BATS_TEST_TMPDIR/server-0.out
	SERVER_LOG=$BATS_TEST_TMPDIR/server-0.log
	: >"$SERVER_READY"
	say terminal "${1//@/\"$SERVER\" -Port 0 >\"$SERVER_READY\" 2>\"$SERVER_LOG\"}"
	eventually "$PATIENCE" find_server
	SERVER_PIDS=("$SERVER_PID")
	spare_server
	await_server 1
}

logged() { # NUMBER PATTERN
	(($(grep -cE -- "$2" "$SERVER_LOG") >= $1))
}

expect_log() { # NUMBER PATTERN
	eventually "$PATIENCE" logged "$1" "$2" ||
		fail "there should be $1 log lines: $2"
}

expect_end() {
	eventually "$PATIENCE" ended "$SERVER_PID" ||
		fail "the server serves on without a terminal"
	expect_log 1 '^chatserver: hangup$'
	expect_line alice '! disconnected: server is shutting down'
}

expect_service() { # TEXT
	say alice "$1"
	expect_line alice "[${NICK[alice]}] $1"
}

upgrade() { # NUMBER-SO-FAR
	kill -HUP "$SERVER_PID"
	expect_log "$1" 'upgrade version='
}

# Ends a server that is in a terminal, or has outlived it.
end_server() {
	kill -TERM "$SERVER_PID"
	eventually 2 ended "$SERVER_PID"
}

@test "the server itself is the terminal's program: it ends with it" {
	open_terminal bash -c "exec '$SERVER' -Port 0 \
		>'$BATS_TEST_TMPDIR/server-0.out' 2>'$BATS_TEST_TMPDIR/server-0.log'"
	SERVER_READY=$BATS_TEST_TMPDIR/server-0.out
	SERVER_LOG=$BATS_TEST_TMPDIR/server-0.log
	SERVER_PID=$(screen terminal)
	SERVER_PIDS=("$SERVER_PID")
	spare_server
	await_server 1
	connect alice
	upgrade 1
	expect_service 'an upgrade'
	close_terminal
	expect_end
}

@test "in the foreground of a shell, whichever: it ends with the terminal" {
	takes_long
	for shell in 'bash --norc -i' 'bash --norc +m' dash; do
		command -v "${shell%% *}" >/dev/null || continue
		# shellcheck disable=SC2086 # words
		open_terminal $shell
		in_terminal '@'
		connect alice
		upgrade 1
		expect_service "in $shell"
		upgrade 2
		close_terminal
		expect_end
		hang_up alice terminal
	done
}

@test "in the background of a shell that is closed: it ends, too" {
	open_terminal bash --norc -i
	in_terminal '@ &'
	connect alice
	# This is kill(1), though the shell's own; the terminal is there.
	say terminal 'kill -HUP %1'
	expect_log 1 'upgrade version='
	expect_service 'in the background'
	close_terminal
	expect_end
}

@test "the log is the terminal: it ends all the same" {
	open_terminal bash --norc -i
	SERVER_READY=$BATS_TEST_TMPDIR/ready
	say terminal "'$SERVER' -Port 0 | tee '$SERVER_READY'"
	eventually "$PATIENCE" find_server
	# shellcheck disable=SC2034 # the helpers read it
	SERVER_PIDS=("$SERVER_PID")
	spare_server
	await_server 1
	connect alice
	close_terminal
	eventually "$PATIENCE" ended "$SERVER_PID"
	expect_line alice '! disconnected: server is shutting down'
}

@test "nohup: it serves on without a terminal, and is still upgraded" {
	open_terminal bash --norc -i
	in_terminal 'nohup @ </dev/null'
	connect alice
	upgrade 1
	leader=$(screen terminal | head -n 1)
	close_terminal
	eventually "$PATIENCE" ended "$leader"
	expect_service 'without a terminal'
	upgrade "$(($(grep -c 'upgrade version=' "$SERVER_LOG") + 1))"
	expect_service 'upgraded without one'
	end_server
}

@test "no descriptor is left, the terminal is there: kill(1) ends no server" {
	open_terminal bash --norc -i
	in_terminal '@ &'
	connect alice
	prlimit --pid "$SERVER_PID" --nofile=4:
	say terminal 'kill -HUP %1'
	expect_log 1 'upgrade-(check|refuse) '
	not grep -q hangup "$SERVER_LOG"
	expect_service 'still here'
	end_server
}

@test "the shell says goodbye before its terminal closes: kill(1) upgrades it" {
	open_terminal bash --norc -i
	in_terminal '@ &'
	connect alice
	leader=$(screen terminal | head -n 1)
	say terminal 'disown -a; exit'
	eventually "$PATIENCE" ended "$leader"
	close_terminal
	expect_service 'an orphan by intention'
	upgrade 1
	expect_service 'and upgraded'
	end_server
}

@test "without a terminal the leader of its session upgrades it by kill" {
	cat >"$BATS_TEST_TMPDIR/start" <<-END
		#!/bin/bash
		'$SERVER' "\$@" &
		echo \$! >'$BATS_TEST_TMPDIR/pid'
		trap 'kill -HUP \$!' USR1
		trap 'kill -TERM \$!; wait \$!; exit' TERM
		while :; do wait; done
	END
	chmod 755 "$BATS_TEST_TMPDIR/start"
	SERVER=$BATS_TEST_TMPDIR/start start_server
	connect alice
	for n in 1 2; do
		kill -USR1 "$SERVER_PID"
		expect_log "$n" 'upgrade version='
		expect_service "still here $n"
	done
	stop_server
}

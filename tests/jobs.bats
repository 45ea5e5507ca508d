#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# chatclient as a job of a shell: stopped, continued, and ended while it is not
# the one that has the terminal.

load lib/helpers
load lib/tmux

setup() {
	start_server --rate 0
}

teardown() {
	leave_terminals
	clean_up
}

# A shell with the client as its job; JOB is its process.
sit_down_at_shell() { # NAME
	(bare tmux -S "$TMUX_SOCKET" -f /dev/null new-session -d -s "$1" \
		-x 80 -y 24 env TZ=UTC PS1='shell> ' bash --norc -i) 3>&-
	expect_row "$1" 'shell>'
	press "$1" "clear; $CLIENT -Port $PORT --name $1" Enter
	expect_row "$1" 'menu>'
	JOB=$(pgrep -P "$(terminals display-message -p -t "$1" '#{pane_pid}')")
}

is_stopped() { # PID
	[[ $(ps -o state= -p "$1") == T ]]
}

@test "a job that was stopped by force ends when it is told to" {
	sit_down_at_shell carol
	kill -STOP "$JOB"
	expect_end carol 'shell>'
	press carol 'kill %1' Enter
	eventually "$PATIENCE" ended "$JOB"
	press carol 'stty -a | grep -ow -e -echo -e echo' Enter
	expect_row carol 'echo'
}

@test "a job that was stopped by force is all there in the foreground again" {
	sit_down_at_shell carol
	press carol 1 Enter
	expect_end carol 'public>'
	press carol 'half a'
	expect_end carol 'public> half a'
	kill -STOP "$JOB"
	expect_end carol 'shell>'
	press carol 'bg' Enter
	eventually "$PATIENCE" is_stopped "$JOB"
	press carol 'fg' Enter
	expect_end carol 'public> half a'
	# Several lines come as a paste only where the terminal marks it.
	press carol C-u
	paste_to carol $'one\ntwo'
	expect_end carol 'send 2 lines? (Enter or C-c)'
}

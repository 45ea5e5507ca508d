#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A script that listens, or that sends what a pipe brings, is no idle person: it
# stays as long as its pipe does, and nobody hears of that.

load lib/helpers
load lib/administration
load lib/tmux

teardown() {
	leave_terminals
	clean_up
}

stays() { # NAME
	not ended "${PERSON_PID[$1]}"
}

listen_as() { # NAME [OPTION...]
	seat "$1" "$CLIENT" -Port "$PORT" --name "$1" --listen "${@:2}"
	expect_about "$1" '.slot >= 0'
}

# Somebody on a terminal of their own, who types nothing.
watch_as() { # NAME OPTION...
	(bare tmux -S "$TMUX_SOCKET" -f /dev/null new-session -d -s "$1" \
		-x 80 -y 24 bash -c '"$@"; echo "status $?"; exec cat' \
		client "$CLIENT" -Port "$PORT" --name "$1" "${@:2}") 3>&-
	expect_about "$1" '.slot >= 0'
}

talking_while() { # COMMAND...
	say alice 'talking'
	"$@"
}

all_stay() {
	stays carol && stays dave
}

@test "--listen in a quiet room: stays, unheard, and is seen to say nothing" {
	takes_long
	start_server --idle-timeout 2
	listen_as carol
	listen_as dave --events
	throughout 5 all_stay
	expect_about carol '.idle_s >= 4 and .lines == 0'
	connect alice
	say alice 'still there?'
	expect_line carol '[guest-1] still there?'
	expect_event dave public guest-1 - 'still there?'
	never_match alice '\[(carol|dave).*'
	never_match alice '.*left.*'
	never_match carol '!.*'
	never_match dave $'error\t.*'
}

@test "--listen in a busy room stays, and those who say nothing have to go" {
	takes_long
	start_server --idle-timeout 2 --rate 0
	enter alice
	listen_as carol
	listen_as dave --events
	connect bob
	eventually "$PATIENCE" talking_while disconnected bob
	throughout 3 talking_while all_stay
	expect_line bob '! disconnected: idle for 2 s'
	never_match carol '.*(carol|dave) left.*'
}

@test "--idle-timeout 1, at the usual pace: nobody is asked to slow down" {
	start_server --idle-timeout 1
	listen_as carol
	throughout 4 stays carol
	equal "$(matches carol '.*slow down.*')" 0 "warnings"
}

@test "--send -: as long as its pipe is open, however long nothing comes" {
	takes_long
	start_server --idle-timeout 2
	listen_as carol
	seat dave "$CLIENT" -Port "$PORT" --name dave --send -
	say dave 'the first'
	expect_line carol '[dave] the first'
	throughout 5 stays dave
	say dave 'the second'
	expect_line carol '[dave] the second'
	close_input dave
	expect_exit dave 0
	equal "$(copies carol '[dave] the second')" 1
}

# The pipe and the sockets are full, and the reader takes nothing.
@test "a reader that pauses: what was said meanwhile is all there" {
	takes_long
	local long said=0
	long=$(printf '%3000s' '' | tr ' ' x)
	start_server --idle-timeout 2 --rate 0
	enter alice
	mkfifo "$BATS_TEST_TMPDIR/read"
	exec {fd}<>"$BATS_TEST_TMPDIR/read"
	# shellcheck disable=SC2016 # of the other shell
	seat carol bash -c 'exec "$@" >"$0"' "$BATS_TEST_TMPDIR/read" \
		"$CLIENT" -Port "$PORT" --name carol --listen
	expect_about carol '.slot >= 0'
	talk() {
		((said++ >= 60)) || say alice "$said $long"
		say alice 'talking'
		stays carol
	}
	throughout 5 talk
	say alice 'the last'
	timeout 20 sed '/\[alice\] the last/q' <&"$fd" >"$BATS_TEST_TMPDIR/all"
	stays carol
	equal "$(grep -c '\[alice\] [0-9]* x*$' "$BATS_TEST_TMPDIR/all")" 60
	exec {fd}>&-
	expect_exit carol 0
}

@test "its reader ends: so does the listener, in a quiet room, too" {
	start_server --idle-timeout 2
	# shellcheck disable=SC2016 # of the other shell
	seat carol bash -c '"$0" "$@" | head -n 2; exit "${PIPESTATUS[0]}"' \
		"$CLIENT" -Port "$PORT" --name carol --listen
	expect_about carol '.slot >= 0'
	connect alice
	expect_exit carol 0
	eventually "$PATIENCE" children_are 1
}

@test "people on a terminal have to go: --listen, --send - and the menu" {
	start_server --idle-timeout 1
	watch_as carol --listen
	expect_row carol 'status 75'
	watch_as dave --send -
	expect_row dave 'status 75'
	watch_as erin
	expect_row erin '! disconnected: idle for 1 s without a line from you; Enter connects'
}

@test "an empty line keeps anybody, and is no line that was said" {
	start_server --idle-timeout 1 --rate 0
	connect alice
	present() {
		say alice ''
		not disconnected alice
	}
	throughout 3 present
	expect_about guest-1 '.idle_s >= 2 and .lines == 0'
}

@test "a server without an idle time is told nothing" {
	start_server --idle-timeout 0
	seat dave nc 127.0.0.1 "$PORT"
	say dave '/events 1'
	expect_joined dave guest-1 1
	listen_as carol
	strace -qq -f -o "$BATS_TEST_TMPDIR/calls" -e trace=sendto \
		-p "${PERSON_PID[carol]}" &
	tracer=$!
	throughout 1 stays carol
	kill "$tracer"
	wait "$tracer" || true
	equal "$(cat "$BATS_TEST_TMPDIR/calls")" ''
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# chatclient where many come and go at once: of a digest, whose events have one
# number, nothing is taken for seen before.

# shellcheck disable=SC2153 # what the helpers set
load lib/helpers
load lib/tmux

setup() {
	start_server --rate 0
}

teardown() {
	leave_terminals
	clean_up
}

# How often the lines of NAME's screen match.
counts() { # NAME PATTERN NUMBER
	[[ $(screen "$1" | grep -cE -- "$2") == "$3" ]]
}

# Tab makes of BEGUN what is expected, with an x behind it.
completes_to() { # NAME BEGUN EXPECTED
	press "$1" C-u "$2" Tab x
	eventually "$PATIENCE" ends_with "$1" x
	ends_with "$1" "> $3x"
}

offers_guest() { # NAME
	terminal "$1" | tail -n 1 | grep -qE '> guest-[0-9]+:'
}

@test "30 who join at once: --listen has each line of the digest" {
	takes_long
	connect_events raw
	seat program "$CLIENT" -Port "$PORT" --listen --events
	seat reader "$CLIENT" -Port "$PORT" --listen
	expect_match program $'welcome\t.*'
	expect_match reader '\* welcome, .*'
	expect_match raw $'join\t.*\t3'
	wipe raw program reader
	come_at_once 30
	expect_match raw $'notice\t[0-9]+\t.*and [0-9]+ others joined'
	expect_match program $'notice\t[0-9]+\t.*and [0-9]+ others joined'
	expect_match reader '\* and [0-9]+ others joined'
	joined=$(screen raw | grep -c ^join)
	equal "$(screen program | grep -c ^join)" "$joined"
	equal "$(screen reader | grep -c ' joined (')" "$joined"
}

@test "a partner in private chat who leaves within a digest is gone" {
	takes_long
	come_at_once 30
	for peer in p1 p30; do
		rename "$peer" "$peer"
	done
	sit_down carol 80x24 --name carol
	press carol 2 Enter
	expect_end carol 'name>'
	press carol p30 Enter
	expect_end carol 'p30>'
	go_at_once 30
	expect_row carol '! p30 is gone; choose again'
}

@test "who leaves unnamed in a digest is offered by Tab no more" {
	takes_long
	come_at_once 30
	enter bob
	sit_down carol 80x50 --name carol
	press carol 1 Enter
	expect_end carol 'public>'
	press carol gue Tab
	eventually "$PATIENCE" offers_guest carol
	press carol C-u
	say bob '/msg carol one'
	say bob '/msg carol two'
	expect_row carol '[bob -> you] two'
	go_at_once 30
	eventually "$PATIENCE" completes_to carol gue gue
	contains "$(terminal carol)" 'others left'
	# and nothing else is told or forgotten
	not contains "$(terminal carol)" '* online'
	completes_to carol bo 'bob: '
	press carol C-u exit Enter
	expect_end carol 'menu>'
	press carol 2 Enter
	expect_row carol '* you can write to: bob (1)'
	press carol bob Enter
	expect_row carol '* 2 messages came from bob while you were elsewhere'
}

@test "who leaves while one misses messages is offered by Tab no more" {
	takes_long
	local client line
	line=$(printf '%3990s' '' | tr ' ' x)
	enter alice bob dave
	sit_down carol 80x24 --name carol
	press carol 1 Enter
	expect_end carol 'public>'
	client=$(pgrep -P "$(terminals display-message -p -t carol '#{pane_pid}')")
	kill -STOP "$client"
	seq -f "%g $line" 1 2000 >&"${INPUT[alice]}"
	eventually 30 has_match bob '\[alice\] 2000 x+'
	hang_up dave
	expect_match bob '\* dave left .*'
	seq -f "%g $line" 2001 5000 >&"${INPUT[alice]}"
	eventually 30 has_match bob '\[alice\] 5000 x+'
	kill -CONT "$client"
	say bob 'that was all'
	eventually 30 has_row carol '[bob] that was all'
	eventually "$PATIENCE" completes_to carol dav dav
	completes_to carol bo 'bob: '
}

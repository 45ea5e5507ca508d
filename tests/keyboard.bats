#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# chatclient on a terminal: what odd keyboards and terminals send.

load lib/helpers
load lib/tmux

setup() {
	start_server --rate 0
}

teardown() {
	leave_terminals
	clean_up
}

# Bytes come from the terminal as they are, all at once.
feed() { # NAME BYTES
	printf '%s' "$2" >"$BATS_TEST_TMPDIR/fed"
	terminals load-buffer "$BATS_TEST_TMPDIR/fed"
	terminals paste-buffer -r -t "$1"
}

@test "a keyboard that is not UTF-8: each letter is seen to be none" {
	enter alice
	sit_down carol 80x24 --name carol
	press carol 1 Enter
	expect_end carol 'public>'
	feed carol $'caf\xE9 ol\xE9'
	expect_end carol $'public> caf\uFFFD ol'
	press carol Enter
	expect_line alice $'[carol] caf\uFFFD ol\uFFFD'
}

@test "the keypad in application mode types what is printed on it" {
	enter alice
	sit_down carol 80x24 --name carol
	press carol 1 Enter
	expect_end carol 'public>'
	feed carol $'\eOr\eOj\eOr\eOX\eOt\eOn\eOp'
	expect_end carol 'public> 2*2=4.0'
	feed carol $'\eOM'
	expect_line alice '[carol] 2*2=4.0'
}

@test "what a terminal answers is not typed" {
	sit_down carol 80x24 --name carol
	press carol 1 Enter
	expect_end carol 'public>'
	feed carol $'a\e^pm\e\\b\eXsos\e\\c\ePdcs\e\\d\e_apc\ae\e]0;osc\af'
	expect_end carol 'public> abcdef'
}

@test "lines that nobody marks as pasted are typed: no question" {
	enter alice
	sit_down carol 80x24 --name carol
	press carol 1 Enter
	expect_end carol 'public>'
	feed carol $'one\ntwo\nthree\nfour'
	for line in one two three; do
		expect_line alice "[carol] $line"
	done
	expect_end carol 'public> four'
}

@test "keys that come by their codes, as a program before has left it, count" {
	sit_down carol 80x24 --name carol
	press carol 1 Enter
	expect_end carol 'public>'
	feed carol $'\e[104u\e[27;2;73~\e[233;1u'
	expect_end carol 'public> hIé'
	feed carol $'\e[117;5uno'
	expect_end carol 'public> no'
	feed carol $'\e[99;5u'
	expect_end carol 'menu>'
	feed carol $'\e[27;5;100~'
	expect_row carol 'status 0'
}

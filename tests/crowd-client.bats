#!/usr/bin/env bats
# chatclient where many come and go at once: of a digest, whose events have one
# number, nothing is taken for seen before.

load helpers
load terminals

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

@test "30 who join at once: --listen has each line of the digest" {
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

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A proxy that acknowledges for a server that is out of reach: no time-out of
# the system's ends that, only who types can tell.

load ../lib/helpers
load ../lib/tmux

setup() {
	start_server --rate 0
}

teardown() {
	leave_terminals
	clean_up
}

@test "who types through a dead proxy is told so, and tries again in a minute" {
	socat -u /dev/null /dev/null || skip "no socat here"
	link=$BATS_TEST_TMPDIR/link
	(bare socat -d -d TCP-LISTEN:0,bind=127.0.0.1 "TCP:127.0.0.1:$PORT") \
		2>"$link" 3>&- &
	socat=$!
	eventually "$PATIENCE" grep -q 'listening on' "$link"
	PORT=$(sed -n 's/.*listening on .*://p' "$link")
	sit_down carol 80x24 --name carol
	press carol 1 Enter
	expect_end carol 'public>'
	kill -STOP "$socat"
	start=$(now_ms)
	press carol one Enter
	PATIENCE=60
	expect_row carol '! no answer for 20 s'
	expect_row carol '! no answer for 40 s'
	expect_row carol '! connection lost: the server does not answer; trying again in 1 s (Enter:'
	expect_row carol '! not confirmed: one'
	ms=$(($(now_ms) - start))
	echo "# after $ms ms" >&3
	((ms < 60000)) || fail "lost after $ms ms"
	kill -KILL "$socat"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# When the room is full.

load lib/helpers

# Whether a seat could be had.  It is free when the last one's process is gone,
# which may be a moment after all have been told that they left.
seated() { # NAME HOST
	seat "$1" nc "$2" "$PORT"
	eventually 2 has_match "$1" '(\* welcome|! ).*'
	has_match "$1" '\* welcome, .*'
}

@test "--max-users N: the next one is told so, and the others go on" {
	start_server --max-users 3
	enter alice bob carol
	seat dave nc 127.0.0.1 "$PORT"
	expect_line dave '! server full'
	expect_disconnected dave
	equal "$(screen dave)" '! server full' "dave's screen"
	say alice 'we go on'
	for reader in alice bob carol; do
		expect_line "$reader" '[alice] we go on'
		never_match "$reader" '.*(joined|left).*'
	done
	expect_who bob alice bob carol
}

@test "a seat that was left is free again" {
	start_server --max-users 2
	enter alice bob
	for n in 1 2 3 4 5; do
		hang_up bob
		expect_match alice '\* .* left \(1 online\)'
		wipe alice
		eventually "$PATIENCE" seated bob 127.0.0.1
		expect_match alice '\* .* joined \(2 online\)'
		wipe alice
	done
	seat carol nc 127.0.0.1 "$PORT"
	expect_line carol '! server full'
}

@test "--max-users 1 is one user" {
	start_server --max-users 1
	connect alice
	seat bob nc 127.0.0.1 "$PORT"
	expect_line bob '! server full'
	say alice 'alone'
	expect_line alice '[guest-1] alone'
}

@test "--max-per-address N counts by address, and not on this machine's own" {
	local address
	address=$(hostname -I | tr ' ' '\n' | grep -m 1 -F .) ||
		skip "this machine has no address but its own"
	launch_server --listen '*:0' --max-per-address 2
	await_server 1
	connect alice
	connect bob
	connect carol
	connect dave "$address" "$PORT"
	connect erin "$address" "$PORT"
	seat frank nc "$address" "$PORT"
	expect_match frank '! .*address.*'
	expect_disconnected frank
	hang_up dave
	eventually "$PATIENCE" seated frank "$address"
}

@test "many who are turned away leave nothing behind" {
	start_server --max-users 1
	connect alice
	before=$(find "/proc/$SERVER_PID/fd" -type l | wc -l)
	for n in $(seq 1 20); do
		seat bob nc 127.0.0.1 "$PORT"
		expect_line bob '! server full'
		expect_disconnected bob
	done
	eventually "$PATIENCE" children_are 1
	equal "$(find "/proc/$SERVER_PID/fd" -type l | wc -l)" "$before" \
		"the parent's descriptors"
	expect_who alice guest-1
}

@test "the parent holds no more descriptors with 20 users than with one" {
	takes_long
	start_server
	connect alice
	before=$(find "/proc/$SERVER_PID/fd" -type l | wc -l)
	for n in $(seq 1 20); do
		connect "p$n"
	done
	equal "$(find "/proc/$SERVER_PID/fd" -type l | wc -l)" "$before" \
		"the parent's descriptors"
	equal "$(children | wc -l)" 21 "children"
}

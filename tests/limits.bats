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

@test "--max-users N, for IRC: the next one reads it as an ERROR" {
	launch_server --listen irc:127.0.0.1:0 --max-users 1
	await_server 1
	seat alice nc 127.0.0.1 "$PORT"
	say alice 'NICK alice'
	say alice 'USER alice 0 * :Alice'
	expect_match alice ':chat 366 alice #lobby :.*'
	seat bob nc 127.0.0.1 "$PORT"
	expect_line bob 'ERROR :Closing link: server full'
	expect_disconnected bob
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

@test "--max-rooms: one more is refused, and made when another has ended" {
	start_server --max-rooms 2
	connect alice
	connect bob
	say alice '/join #a'
	expect_line alice '#a * guest-1 joined (1 here)'
	say alice '/join #b'
	expect_line alice '#b * guest-1 joined (1 here)'
	say bob '/join #c'
	expect_line bob '! too many rooms: at most 2'
	say bob '/join #B'
	expect_line alice '#b * guest-2 joined (2 here)'
	say alice '/leave #a'
	expect_line alice '#a * guest-1 left (0 here)'
	say bob '/join #c'
	expect_line bob '#c * guest-2 joined (1 here)'
	say bob '/rooms'
	expect_line bob '* rooms: #c (1), #b (2)'
}

@test "--max-rooms 0: the lobby alone, under any name" {
	start_server --max-rooms 0 --lobby Wohnküche
	enter alice bob
	say bob '/join #dev'
	expect_line bob '! too many rooms: at most 0'
	say bob '/rooms'
	expect_line bob '* rooms: none; /join #NAME makes one'
	say bob '/join #wohnküche'
	expect_line bob '* you talk in #Wohnküche now'
	say bob '/leave'
	expect_line bob '! everyone is in #Wohnküche: /quit leaves the server'
	say bob '/msg #Wohnküche hello'
	expect_line alice '[bob] hello'
}

@test "many who are turned away leave nothing behind" {
	takes_long
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

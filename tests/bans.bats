#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Bans of addresses and of ranges: made, listed, undone, and who falls under
# them.
# shellcheck disable=SC2030,SC2031,SC2034,SC2153,SC2154 # subshells; what run and others use

load lib/helpers
load lib/namespaces
load lib/administration
load lib/tmux

teardown() {
	leave_terminals
	clean_up
}

# Not all of it needs another network.
setup() {
	:
}

# A server that others reach over a cable.
start_far_server() {
	need_namespaces
	in_server_namespace
	launch_server --listen '*:0'
	await_server 1
}

seat_from() { # NAME ADDRESS
	seat "$1" ip netns exec "$CLIENT_SIDE" nc -s "$2" \
		"$(server_address "$2")" "$PORT"
}

enter_from() { # NAME ADDRESS
	seat_from "$1" "$2"
	expect_welcome "$1"
}

banned_from() { # NAME ADDRESS
	seat_from "$1" "$2"
	expect_line "$1" '! you are banned from this server'
	expect_disconnected "$1"
}

# The ranges in the list, in its order.
listed() {
	"$SERVER" -Port "$PORT" --bans --json | jq -r '.bans[].range'
}

# --- ranges -----------------------------------------------------------------

@test "--ban RANGE, IPv4: ends those in it and nobody else, also who comes by IPv6's form" {
	takes_long
	start_far_server
	enter_from alice 192.0.2.11
	enter_from bob 192.0.2.12
	enter_from carol 192.0.2.13
	# 12 and 13, not 11.
	done_by --ban 192.0.2.12/31
	equal "$output" '192.0.2.12/31: banned; connections ended: 2'
	for name in bob carol; do
		expect_line "$name" '! disconnected: kicked: banned'
		expect_disconnected "$name"
	done
	banned_from bob 192.0.2.12
	banned_from carol 192.0.2.13
	enter_from dave 192.0.2.11
	say alice 'we two are here'
	expect_line dave "[${NICK[alice]}] we two are here"
	done_by --unban 192.0.2.12/31
	equal "$output" '192.0.2.12/31: no longer banned'
	enter_from bob 192.0.2.12
	done_by --ban ::ffff:192.0.2.0/120 --for 3600
	equal "$output" '192.0.2.0/24: banned; connections ended: 3'
	expect_disconnected alice
	equal "$(listed)" 192.0.2.0/24
	enter_from erin 2001:db8:0:1::11
}

@test "--ban RANGE, IPv6: wider than a /64, narrower, and one address" {
	takes_long
	start_far_server
	enter_from alice 2001:db8:0:1::11
	enter_from bob 2001:db8:0:2::11
	enter_from carol 192.0.2.11
	done_by --ban 2001:db8:0:1::11/128
	equal "$output" '2001:db8:0:1::11/128: banned; connections ended: 1'
	banned_from alice 2001:db8:0:1::11
	enter_from alice 2001:db8:0:1::12
	done_by --ban 2001:db8:0:1::10/124
	expect_disconnected alice
	enter_from alice 2001:db8:0:1:ffff::13
	done_by --ban 2001:db8::/32
	equal "$output" '2001:db8::/32: banned; connections ended: 2'
	banned_from alice 2001:db8:0:1:ffff::13
	banned_from bob 2001:db8:0:2::12
	say carol 'still here'
	expect_line carol "[${NICK[carol]}] still here"
}

@test "one ban within another: each is undone by itself, and it is said" {
	start_far_server
	done_by --ban 192.0.2.0/24
	done_by --ban 192.0.2.11
	refused_by 77 '192.0.2.12 is not banned by itself, but as part of 192.0.2.0/24' \
		--unban 192.0.2.12
	refused_by 77 '198.51.100.0/24 is not banned' --unban 198.51.100.0/24
	done_by --unban 192.0.2.11
	equal "$output" \
		'192.0.2.11: no longer banned by itself, but as part of 192.0.2.0/24'
	banned_from alice 192.0.2.11
	done_by --ban 192.0.2.11
	done_by --unban 192.0.2.0/24
	equal "$output" '192.0.2.0/24: no longer banned'
	banned_from alice 192.0.2.11
	enter_from bob 192.0.2.12
	equal "$(listed)" 192.0.2.11
}

@test "what is no range, or none that can be banned, is said to be wrong, and why" {
	takes_long
	start_server
	enter alice
	for verb in --ban --unban; do
		for range in 192.0.2.0/ 192.0.2.0/33 192.0.2.0/024 192.0.2.0/-1 \
			'192.0.2.0/ 24' 192.0.2.0/x 192.0.2.0/255.255.255.0 \
			2001:db8::/129 192.0.2.0/99999999999999999999; do
			refused_by 64 "'$range' has a bad prefix length" \
				"$verb" "$range"
		done
		for range in 0.0.0.0/0 192.0.2.0/0 ::/0 ::ffff:0:0/96; do
			refused_by 64 "'$range' covers all addresses" "$verb" "$range"
		done
		for range in 127.0.0.0/8 127.0.0.0/24 ::1/128; do
			refused_by 64 'is loopback' "$verb" "$range"
		done
		for range in ::/1 ::/80; do
			refused_by 64 'all IPv4 addresses' "$verb" "$range"
		done
		for range in /24 192.0.2/24 x/24 '[2001:db8::]/32' 'fe80::1%lo/64' \
			"$(printf '%5000s' '' | tr ' ' 1)"; do
			refused_by 64 'is not an IPv4 or IPv6 address or range' \
				"$verb" "$range"
		done
	done
	refused_by 64 \
		"'192.0.2.7/24' has bits set after the prefix; the network is 192.0.2.0/24" \
		--ban 192.0.2.7/24
	refused_by 64 'the network is 2001:db8::/32' --ban 2001:db8::7/32
	equal "$(counter banned)" 0
	caught_up alice alice
}

@test "a request for a range that no chatserver would send is refused" {
	[[ -n ${ATTACK-} ]] || skip "ATTACK is not set"
	start_server
	enter alice
	for range in '0 0 0' '129 0 0' '4294967295 0 0' '1 0 0' '128 0 1' \
		'64 1 1' '96 0 0xffff00000000' '104 0 0xffff7f000000'; do
		# shellcheck disable=SC2086 # as words
		run "$ATTACK" "$(control_socket)" ban $range
		equal "$output" 'refused: that range cannot be banned' "$range"
	done
	equal "$(counter banned)" 0
	caught_up alice alice
}

# --- the list ---------------------------------------------------------------

@test "--bans: none, then each with its range, its end and who made it" {
	start_server
	done_by --bans
	equal "$output" "$(printf '%-44s %-20s %s' RANGE UNTIL BY)"
	done_by --bans --json
	equal "$(jq -c . <<<"$output")" '{"bans":[]}'
	done_by --ban 192.0.2.7
	before=$EPOCHSECONDS
	done_by --ban 2001:db8::/32 --for 3600
	done_by --ban 2001:db8:0:7::1
	done_by --bans
	equal "${#lines[@]}" 4
	[[ ${lines[1]} =~ ^192\.0\.2\.7\ +the\ server\ ends\ +uid=$UID$ ]]
	until=$(TZ=UTC0 ask --bans && sed -n 's|^2001:db8::/32  *\([0-9-]* [0-9:]*\)  *uid=[0-9]*$|\1|p' <<<"$output")
	until=$(date -d "$until" +%s)
	((until >= before + 3600 && until <= EPOCHSECONDS + 3600))
	[[ ${lines[3]} =~ ^2001:db8:0:7::/64\ +the\ server\ ends\ +uid=$UID$ ]]
	done_by --bans --json
	equal "$(jq -r '.bans[].range' <<<"$output" | xargs)" \
		'192.0.2.7 2001:db8::/32 2001:db8:0:7::/64'
	equal "$(jq -c '.bans[0]' <<<"$output")" \
		"{\"range\":\"192.0.2.7\",\"until\":null,\"left_s\":null,\"uid\":$UID}"
	jq -e ".bans[1] | .left_s > 3500 and .left_s <= 3600 and
		.until >= $before + 3600 and .until <= now + 3600" <<<"$output"
	# What is listed is what --unban takes.
	for range in $(listed); do
		done_by --unban "$range"
	done
	equal "$(listed)" ''
}

@test "--bans: as many as can be; those that ran out are not there" {
	takes_long
	[[ -n ${ATTACK-} ]] || skip "ATTACK is not set"
	start_server
	done_by --ban 198.51.100.0/24 --for 1
	for ((n = 2; n <= 256; n++)); do
		"$ATTACK" "$(control_socket)" ban $((0xc0000200 + n))
	done >"$BATS_TEST_TMPDIR/answers"
	equal "$(grep -c '^done' "$BATS_TEST_TMPDIR/answers")" 255
	ran_out() {
		[[ $(listed | wc -l) == 255 ]]
	}
	eventually 5 ran_out
	equal "$(listed | head -n 1)" 192.0.2.2
	equal "$(listed | tail -n 1)" 192.0.3.0
	equal "$(counter banned)" 255
}

@test "--bans costs the server no descriptor and no memory that stays" {
	start_server
	fds=$(descriptors_of "$SERVER_PID")
	maps=$(wc -l <"/proc/$SERVER_PID/maps")
	for _ in {1..20}; do
		done_by --bans
	done
	descriptors_are "$SERVER_PID" "$fds"
	equal "$(wc -l <"/proc/$SERVER_PID/maps")" "$maps"
}

@test "--bans: words that do not go with it, a full disk, no server" {
	start_server
	refused_by 64 '--metrics requires --status' --bans --metrics
	refused_by 64 'only one option of this kind' --bans --status
	refused_by 64 '--for requires --ban' --bans --for 5
	refused_by 64 'unexpected argument' --bans 192.0.2.1
	refused_by 64 '--json requires --status or --bans' --ban 192.0.2.1 --json
	run bash -c '"$0" -Port "$1" --bans 2>&1 >/dev/full' "$SERVER" "$PORT"
	equal "$status" 74
	run --separate-stderr "$SERVER" --control "$BATS_TEST_TMPDIR/none" --bans
	equal "$status" 69
}

@test "the list, ranges and their ends live through an upgrade" {
	[[ $(id -u) != 0 ]] || need_namespaces
	start_far_server
	done_by --ban 192.0.2.12/31 --for 3600
	done_by --ban 2001:db8:0:1::/64
	done_by --bans
	before=$output
	kill -HUP "$SERVER_PID"
	eventually "$PATIENCE" counter_is upgrades_total 1
	done_by --bans
	equal "$output" "$before"
	banned_from alice 192.0.2.13
	banned_from bob 2001:db8:0:1::12
	enter_from carol 192.0.2.11
	# Who is there is known by address as before, too.
	kill -HUP "$SERVER_PID"
	eventually "$PATIENCE" counter_is upgrades_total 2
	done_by --ban 192.0.2.8/30
	equal "$output" '192.0.2.8/30: banned; connections ended: 1'
	expect_disconnected carol
}

# --- chatclient -------------------------------------------------------------

# Without a terminal: ended with ERR in standard error.
piped_from_there() { # OPTION...
	run --separate-stderr ip netns exec "$CLIENT_SIDE" "$CLIENT" \
		-Port "$PORT" --ip 192.0.2.1 "$@" </dev/null
}

@test "chatclient, banned: it waits for Enter, says why, and comes back when it may" {
	takes_long
	start_far_server
	INSIDE=(ip netns exec "$CLIENT_SIDE")
	sit_down carol 80x24 --ip 192.0.2.1 --name carol
	press carol 1 Enter
	expect_end carol 'public>'
	done_by --ban 192.0.2.11
	expect_row carol '! disconnected: kicked: banned; Enter connects again, C-d leaves'
	expect_end carol 'offline>'
	throughout 2 children_are 0
	press carol Enter
	expect_row carol '! refused: you are banned from this server; Enter connects again, C-d'
	throughout 2 counter_is refused_total 1
	done_by --unban 192.0.2.11
	press carol Enter
	expect_row carol '* connected again, as carol; 1 online'
	expect_end carol 'public>'
	done_by --ban 192.0.2.11
	expect_end carol 'offline>'
	press carol C-d
	expect_row carol 'status 77'
}

@test "chatclient, banned before it comes: why is told, 77, with and without a terminal" {
	start_far_server
	done_by --ban 192.0.2.11
	for use in '--name carol' '--listen' '--send hello' '--who'; do
		# shellcheck disable=SC2086 # words
		piped_from_there $use
		equal "$status" 77 "$use"
		equal "$stderr" 'chatclient: refused by the server: you are banned from this server' "$use"
	done
	INSIDE=(ip netns exec "$CLIENT_SIDE")
	start_terminal carol 80x24 --ip 192.0.2.1
	expect_row carol 'status 77'
}

@test "chatclient, banned while it is here, without a terminal: why is told, 77" {
	start_far_server
	(bare ip netns exec "$CLIENT_SIDE" "$CLIENT" -Port "$PORT" \
		--ip 192.0.2.1 --listen --name carol \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&-) &
	client=$!
	eventually "$PATIENCE" children_are 1
	enter_from dave 2001:db8:0:1::11
	say dave 'listening?'
	eventually "$PATIENCE" grep -q 'listening?' "$BATS_TEST_TMPDIR/out"
	done_by --ban 192.0.2.11
	status=0
	wait "$client" || status=$?
	equal "$status" 77
	equal "$(cat "$BATS_TEST_TMPDIR/err")" \
		'chatclient: disconnected: kicked: banned'
}

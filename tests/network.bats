#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Connections from other machines: how many from one address.
#
# The other machine is a network namespace of this one, joined to the server's
# by a cable of its own; the addresses are those of documentation (RFC 5737,
# RFC 3849) and are known to these two alone.

load lib/helpers
load lib/namespaces

# Comes from that address, to the server's of the same kind.
seat_from() { # NAME ADDRESS
	seat "$1" ip netns exec "$CLIENT_SIDE" nc -s "$2" \
		"$(server_address "$2")" "$PORT"
}

enter_from() { # NAME ADDRESS
	seat_from "$1" "$2"
	expect_welcome "$1"
}

refused_from() { # NAME ADDRESS
	seat_from "$1" "$2"
	expect_line "$1" '! too many connections from your address'
	expect_disconnected "$1"
	equal "$(screen "$1")" '! too many connections from your address'
}

# When a seat is free again may be a moment later than all are told.
seated_from() { # NAME ADDRESS
	seat_from "$1" "$2"
	eventually 2 has_match "$1" '(\* welcome|! ).*'
	has_match "$1" '\* welcome, .*'
}

@test "--max-per-address, IPv4: so many from one address, others not touched" {
	launch_server --listen '*:0' --max-per-address 3
	await_server 1
	enter_from alice 192.0.2.11
	enter_from bob 192.0.2.11
	enter_from carol 192.0.2.11
	refused_from dave 192.0.2.11
	enter_from erin 192.0.2.12
	refused_from dave 192.0.2.11
	grep -qE '^chatserver: refuse address=192\.0\.2\.11:[0-9]+ reason=address-limit connections=3$' \
		"$SERVER_LOG"
	say alice 'we go on'
	expect_line erin "[${NICK[alice]}] we go on"
	hang_up bob
	eventually "$PATIENCE" seated_from dave 192.0.2.11
	refused_from bob 192.0.2.11
}

@test "--max-per-address, IPv6: a network of 64 bits is one address" {
	launch_server --listen '[::]:0' --max-per-address 2
	await_server 1
	enter_from alice 2001:db8:0:1::11
	enter_from bob 2001:db8:0:1::12
	refused_from carol 2001:db8:0:1:ffff::13
	refused_from carol 2001:db8:0:1::11
	enter_from carol 2001:db8:0:2::11
	enter_from dave 2001:db8:0:2::12
	refused_from erin 2001:db8:0:2::13
	hang_up alice
	eventually "$PATIENCE" seated_from erin 2001:db8:0:1::13
	refused_from alice 2001:db8:0:1::11
}

@test "--max-per-address counts over all listeners" {
	launch_server --listen '*:0' --listen 0.0.0.0:0 --max-per-address 2
	await_server 2
	enter_from alice 192.0.2.11
	use_listener 2
	enter_from bob 192.0.2.11
	refused_from carol 192.0.2.11
	use_listener 1
	refused_from carol 192.0.2.11
	# IPv6 is another address.
	enter_from carol 2001:db8:0:1::11
}

@test "--max-per-address under a flood: exactly so many" {
	[[ -n ${SANDBOX-} ]] || skip "SANDBOX is not set"
	launch_server --listen '*:0' --max-per-address 20
	await_server 1
	enter_from alice 192.0.2.12
	for address in 192.0.2.1 2001:db8::1; do
		seat crowd ip netns exec "$CLIENT_SIDE" "$SANDBOX/flood" \
			"$address" "$PORT" 150
		eventually 60 has_match crowd '[0-9]+ (welcome|told|broken).*'
		equal "$(screen crowd)" $'20 welcome\n130 told, closed'
		hang_up crowd
		eventually "$PATIENCE" children_are 1
	done
	say alice 'quiet again'
	expect_line alice "[${NICK[alice]}] quiet again"
}

@test "--max-per-address 0 is no limit, and 32 is the default" {
	[[ -n ${SANDBOX-} ]] || skip "SANDBOX is not set"
	launch_server --listen '*:0' --max-per-address 0
	await_server 1
	seat crowd ip netns exec "$CLIENT_SIDE" "$SANDBOX/flood" \
		192.0.2.1 "$PORT" 40
	expect_line crowd '40 welcome'
	hang_up crowd
	stop_server
	launch_server --listen '*:0'
	await_server 1
	seat crowd ip netns exec "$CLIENT_SIDE" "$SANDBOX/flood" \
		192.0.2.1 "$PORT" 40
	expect_line crowd '32 welcome'
	expect_line crowd '8 told, closed'
}

# That they find out is shown where there is time for it, in tests/long.
@test "connections are watched for peers that have vanished" {
	launch_server --listen '*:0'
	await_server 1
	enter_from alice 192.0.2.11
	enter_from bob 2001:db8:0:1::11
	equal "$(ip netns exec "$SERVER_SIDE" ss -Htno state established |
		grep -cE 'timer:\(keepalive,([0-9]|[1-5][0-9]|1min)(\.[0-9]+)?(sec|ms)?,0\)')" 2
}

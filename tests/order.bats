#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Whoever is killed: those who are not hear everything, in one order.

# shellcheck disable=SC2030,SC2031 # run sets them for its caller
load lib/helpers

setup() {
	[[ -n ${STRESS-} ]] || skip "STRESS is not set"
	start_server --rate 0
}

# Each seed is a run of its own; the first one that fails is the last one.
@test "children and relays are killed: one sequence, every line once" {
	local seed relays=0
	for seed in $(seq 1 "${ORDER_SEEDS:-3}"); do
		run "$STRESS/order-storm" "$PORT" "$SERVER_PID" \
			"${ORDER_CLIENTS:-20}" "${ORDER_MESSAGES:-600}" "$seed"
		echo "$output"
		equal "$status" 0 "the status of order-storm with seed $seed"
		[[ $output =~ ([0-9]+)\ of\ the\ relay ]]
		relays=$((relays + BASH_REMATCH[1]))
	done
	((relays > 0)) || fail "the relay was never killed"
}

# Prints what order-rooms says, and notes how often it has killed the relay.
storm_in_rooms() { # CLIENTS ROOMS MESSAGES SEED...
	local size=("$1" "$2" "$3") seed relays=0
	shift 3
	for seed in "$@"; do
		run "$STRESS/order-rooms" "$PORT" "$SERVER_PID" "${size[@]}" "$seed"
		echo "$output"
		equal "$status" 0 "the status of order-rooms with seed $seed"
		[[ $output =~ ([0-9]+)\ of\ the\ relay ]]
		relays=$((relays + BASH_REMATCH[1]))
	done
	((relays > 0)) || fail "the relay was never killed"
}

@test "the same in rooms: one sequence in each, nobody's lines change places" {
	storm_in_rooms 30 10 600 1 2
}

@test "40 rooms, 200 users" {
	takes_long
	storm_in_rooms 188 40 4000 1 2 3
}

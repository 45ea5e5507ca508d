#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Whoever is killed: those who are not hear everything, in one order.

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

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A noisy neighbour: the others get every line, once and in order.  How fast
# is no question for a test: the program prints it.

load lib/helpers

setup() {
	[[ -n ${STRESS-} ]] || skip "STRESS is not set"
	start_server
}

@test "beside one who sends without a pause 20 talkers get every line" {
	takes_long
	run "$STRESS/latency" "$PORT" "${NOISE_SECONDS:-1}" flood
	echo "$output"
	equal "$status" 0 "the status of latency"
	contains "$output" "none lost"
}

@test "beside 50 who never read 20 talkers get every line" {
	takes_long
	run "$STRESS/latency" "$PORT" "${NOISE_SECONDS:-1}" stalled
	echo "$output"
	equal "$status" 0 "the status of latency"
	contains "$output" "none lost"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Storms of kill -9 while others chat: nobody else is disturbed.
# Runs alone: kills hit what is running, if the processors are ours.

load lib/helpers

setup() {
	[[ -n ${STRESS-} ]] || skip "STRESS is not set"
}

descriptors() {
	find "/proc/$SERVER_PID/fd" -type l | wc -l
}

children_are_killed() { # TIMES
	start_server --rate 0
	before=$(descriptors)
	run "$STRESS/storm-children" "$PORT" "$SERVER_PID" "$1"
	echo "$output"
	equal "$status" 0 "the status of storm-children"
	equal "$(descriptors)" "$before" "the parent's descriptors"
	eventually "$PATIENCE" children_are 0
	connect alice
	equal "${NICK[alice]}" guest-1
}

@test "300 kills of children: bystanders see every message" {
	children_are_killed 300
}

@test "2,000 kills of children: bystanders see every message" {
	takes_long
	children_are_killed "${STORM_CHILDREN:-2000}"
}

@test "20 kills of the relay: no connection drops, one order, nothing lost" {
	start_server --rate 0
	before=$(descriptors)
	run "$STRESS/storm-relay" "$PORT" "$SERVER_PID" "${STORM_RELAY:-20}"
	echo "$output"
	equal "$status" 0 "the status of storm-relay"
	equal "$(descriptors)" "$before" "the parent's descriptors"
	connect alice
	equal "${NICK[alice]}" guest-1
}

# Rooms that only those who are killed were in come and go with them.
@test "300 kills in rooms: no ghosts, no empty room, none without an operator" {
	start_server --rate 0
	before=$(descriptors)
	run "$STRESS/order-rooms" "$PORT" "$SERVER_PID" 20 6 \
		"${STORM_ROOMS:-4000}" "${STORM_SEED:-$RANDOM}"
	echo "$output"
	equal "$status" 0 "the status of order-rooms"
	equal "$(descriptors)" "$before" "the parent's descriptors"
	connect alice
	say alice /rooms
	expect_line alice '* rooms: none; /join #NAME makes one'
}

# The same storm against a server whose lock is a plain semaphore: where that
# passed, the storm would prove nothing.  It ends with the first kill that hangs
# the lock, some 230th on average.
@test "a plain semaphore does not weather the storm" {
	takes_long
	[[ -n ${SERVER_PLAIN-} ]] || skip "SERVER_PLAIN is not set"
	SERVER=$SERVER_PLAIN start_server --rate 0
	spare_server
	run "$STRESS/storm-children" "$PORT" "$SERVER_PID" \
		"${STORM_PLAIN:-6000}"
	echo "$output"
	# It is the lock that hangs, not the server that has crashed.
	not ended "$SERVER_PID"
	murder_server
	equal "$status" 1 "the status of storm-children"
	contains "$output" FAILED "what storm-children said"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What somebody at a terminal sees while typing, and how the terminal is left.
#
# TERMINAL_COUNT: how many schedules for each size; TERMINAL_SEED: the first.

load lib/helpers
load lib/schedules

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR
	[[ -x ${SCREEN_TESTS-}/typing ]] || skip "SCREEN_TESTS is not set"
	TERMINAL_COUNT=${TERMINAL_COUNT:-10}
}

@test "the model of the screen is right" {
	"$SCREEN_TESTS/model"
}

@test "80x24: typing while others talk, the screen is always right" {
	takes_long
	type_at 80x24
}

@test "40x10: typing while others talk, the screen is always right" {
	takes_long
	type_at 40x10
}

@test "20x5: typing while others talk, the screen is always right" {
	takes_long
	type_at 20x5
}

@test "the terminal is left as it was found" {
	takes_long
	run "$SCREEN_TESTS/restore" 3>&-
	echo "$output"
	equal "$status" 0 "the status of restore"
}

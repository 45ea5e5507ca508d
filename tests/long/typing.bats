#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Typing at a terminal while others talk, for as long as it takes to meet what
# is rare.
#
# TERMINAL_COUNT: how many schedules for each size; TERMINAL_SEED: the first.

load ../lib/helpers
load ../lib/schedules

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR
	[[ -x ${SCREEN_TESTS-}/typing ]] || skip "SCREEN_TESTS is not set"
	TERMINAL_COUNT=${TERMINAL_COUNT:-1000}
}

@test "80x24: typing while others talk, for long" {
	type_at 80x24
}

@test "40x10: typing while others talk, for long" {
	type_at 40x10
}

@test "20x5: typing while others talk, for long" {
	type_at 20x5
}

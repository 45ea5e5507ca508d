# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Random schedules of tests/screen: see typing.c there.

# One that fails is replayed by: typing SIZE SEED 1
# shellcheck disable=SC2154 # run sets status and output
type_at() { # COLUMNSxROWS
	run "$SCREEN_TESTS/typing" "$1" "${TERMINAL_SEED:-$RANDOM$RANDOM}" \
		"$TERMINAL_COUNT" 3>&-
	echo "$output"
	equal "$status" 0 "the status of typing $1"
	echo "# $1: $output" >&3
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Who sends too fast is slowed down, and loses nothing.

load lib/helpers

paste_of() { # LINES
	seq -f 'line %g' 1 "$1" >&"${INPUT[alice]}"
}

@test "a paste of 100 lines arrives whole and in order, its sender told once" {
	start_server --rate 50 --burst 10
	enter alice bob
	wipe alice
	start=$(now_ms)
	paste_of 100
	expect_line bob '[alice] line 100'
	took=$(($(now_ms) - start))
	equal "$(screen bob | sed -n 's/^\[alice\] line //p')" "$(seq 1 100)" \
		"what bob got"
	((took >= 1200)) || fail "not slowed down: $took ms"
	expect_match alice '! slow down.*'
	equal "$(matches alice '! .*')" 1 "what alice was told"
	never_match bob '! .*'
}

@test "a burst within the limit is not slowed down" {
	start_server --rate 1 --burst 50
	enter alice bob
	paste_of 40
	start=$(now_ms)
	expect_line bob '[alice] line 40'
	(($(now_ms) - start < 5000))
	never_match alice '! .*'
}

@test "by default twenty lines go at once" {
	start_server
	connect bob
	connect alice
	paste_of 20
	expect_line bob "[${NICK[alice]}] line 20"
	never_match alice '! .*'
	paste_of 5
	expect_match alice '! slow down.*'
}

@test "one who is slowed down slows nobody else" {
	start_server --rate 2 --burst 5
	enter alice bob
	paste_of 100
	expect_match alice '! slow down.*'
	say bob 'quick one'
	start=$(now_ms)
	expect_line bob '[bob] quick one'
	(($(now_ms) - start < 2000))
	equal "$(matches bob '\[alice\] line 100')" 0 "alice is not through"
}

@test "one who is slowed down still gets what others say" {
	start_server --rate 2 --burst 5
	enter alice bob
	paste_of 100
	expect_match alice '! slow down.*'
	say bob 'do you hear me'
	expect_line alice '[bob] do you hear me'
	never_line alice '[alice] line 100'
}

@test "commands count as lines" {
	start_server --rate 5 --burst 5
	connect alice
	type_bytes alice 'who\nwho\nwho\nwho\nwho\n'
	type_bytes alice 'who\nwho\nwho\nwho\nwho\n'
	expect_match alice '! slow down.*'
	eventually "$PATIENCE" matches_are 10 alice '\* online: .*'
}

@test "--rate 0 slows nobody down" {
	start_server --rate 0
	enter alice bob
	paste_of 1000
	expect_line bob '[alice] line 1000'
	equal "$(screen bob | sed -n 's/^\[alice\] line //p')" "$(seq 1 1000)" \
		"what bob got"
	never_match alice '! .*'
}

@test "a flooder that hangs up is gone" {
	takes_long
	start_server --rate 5 --burst 5
	enter alice bob
	wipe bob
	paste_of 500
	expect_match alice '! slow down.*'
	hang_up alice
	expect_line bob '* alice left (1 online)'
}

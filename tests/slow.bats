#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# One who does not read is late alone.

load lib/helpers

setup() {
	start_server --rate 0
	enter alice bob carol
}

# Twice what the server keeps: 4,000 lines of 4,000 bytes.
flood() {
	local text
	text=$(printf '%3990s' '' | tr ' ' x)
	seq -f "%g $text" 1 4000 >&"${INPUT[alice]}"
}

# The last line of the flood is long: its number and an x tell it.
flood_seen_by() { # NAME
	has_match "$1" '\[alice\] 4000 x+'
}

@test "one who stops reading holds nobody up and is told what was missed" {
	takes_long
	kill -STOP "${PERSON_PID[carol]}"
	flood
	eventually 30 flood_seen_by bob
	equal "$(matches bob '\[alice\] [0-9]+ x+')" 4000 "what bob got"
	say bob 'to all who can hear'
	expect_line bob '[bob] to all who can hear'
	kill -CONT "${PERSON_PID[carol]}"
	expect_match carol '\* you missed [0-9,]+ messages?'
	expect_line carol '[bob] to all who can hear'
	# What was missed and what was seen is all there was.
	local missed seen
	missed=$(screen carol | tr -d , |
		sed -nE 's/^\* you missed ([0-9]+) messages?$/\1/p' |
		awk '{ n += $1 } END { print n + 0 }')
	seen=$(matches carol '\[(alice\] [0-9]+ x+|bob\] to all.*)')
	equal "$((missed + seen))" 4001 "missed $missed, seen $seen, together"
	# In order, and none twice.
	screen carol | sed -nE 's/^\[alice\] ([0-9]+) x+$/\1/p' | sort -nuc
	say carol 'I am back'
	expect_line bob '[carol] I am back'
}

@test "one who reads late, but not too late, misses nothing" {
	kill -STOP "${PERSON_PID[carol]}"
	seq -f 'line %g' 1 10000 >&"${INPUT[alice]}"
	expect_line bob '[alice] line 10000'
	kill -CONT "${PERSON_PID[carol]}"
	expect_line carol '[alice] line 10000'
	equal "$(screen carol | sed -n 's/^\[alice\] line //p')" \
		"$(seq 1 10000)" "what carol got"
}

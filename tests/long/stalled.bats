#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# One who has stopped reading for good.

load ../lib/helpers

# Lines of 4,000 bytes: 1,900 of them fill all buffers on the way, and still are
# in the server's log; 4,000 are more than that keeps.
flood() { # LINES
	local text
	text=$(printf '%3990s' '' | tr ' ' x)
	timeout 60 seq -f "%g $text" 1 "$1" >&"${INPUT[alice]}"
	eventually 60 has_match bob "\\[alice\\] $1 x+"
}

# What the kernel's buffers take on their own may count once.
ended_for_stalling() { # LINES
	local start ms reader
	start_server --rate 0
	enter alice bob carol
	kill -STOP "${PERSON_PID[carol]}"
	flood "$1"
	start=$(now_ms)
	throughout 20 not has_match bob '\* carol left.*'
	for reader in alice bob; do
		eventually 60 has_match "$reader" '\* carol left.*' ||
			fail "$reader is told nothing"
		equal "$(screen "$reader" | grep -a '^\* carol left')" \
			'* carol left: too slow: nothing was read for 30 s (2 online)' \
			"what $reader is told"
	done
	ms=$(($(now_ms) - start))
	((ms <= 45000)) || fail "gone after $ms ms"
	echo "# gone after $ms ms" >&3
	eventually "$PATIENCE" children_are 2
	grep -qE '^chatserver: disconnect slot=[0-9]+ reason=too-slow$' "$SERVER_LOG"
	say bob 'that was carol'
	expect_line alice '[bob] that was carol'
	# The name is free, and whoever reads again finds the line closed.
	take_name bob carol
	kill -CONT "${PERSON_PID[carol]}"
	expect_disconnected carol
}

@test "who reads nothing for 30 s is ended, and all are told why" {
	ended_for_stalling 1900
}

@test "the same for one who has fallen behind all that is kept" {
	ended_for_stalling 4000
}

@test "who reads a little now and then is not ended" {
	start_server --rate 0
	enter alice bob carol
	kill -STOP "${PERSON_PID[carol]}"
	for _ in 1 2 3 4; do
		flood 1900
		wipe bob
		throughout 12 not has_match bob '\* carol left.*'
		size=$(stat -c %s "$(screen_file carol)")
		has_read() {
			(($(stat -c %s "$(screen_file carol)") > size))
		}
		kill -CONT "${PERSON_PID[carol]}"
		eventually 5 has_read
		kill -STOP "${PERSON_PID[carol]}"
	done
	kill -CONT "${PERSON_PID[carol]}"
	say bob 'still with us'
	eventually 60 has_line carol '[bob] still with us'
	never_match bob '\* carol left.*'
}

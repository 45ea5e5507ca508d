#!/usr/bin/env bats
# One who has stopped reading for good.

load ../helpers

# 4,000 lines of 4,000 bytes: more than all buffers on the way take.
flood() {
	local text
	text=$(printf '%3990s' '' | tr ' ' x)
	seq -f "%g $text" 1 4000 >&"${INPUT[alice]}"
}

@test "who reads nothing for 30 s is ended, all are told why, nobody waits" {
	start_server --rate 0
	enter alice bob carol
	kill -STOP "${PERSON_PID[carol]}"
	flood
	eventually 60 has_match bob '\[alice\] 4000 x+'
	start=$(now_ms)
	throughout 20 not has_match bob '\* carol left.*'
	for reader in alice bob; do
		eventually 30 has_line "$reader" \
			'* carol left: too slow: nothing was read for 30 s (2 online)' ||
			fail "$reader was told:" "$(screen "$reader" |
				grep -a '^\*')"
	done
	ms=$(($(now_ms) - start))
	((ms <= 40000)) || fail "gone after $ms ms"
	eventually "$PATIENCE" children_are 2
	grep -qE '^chatserver: slot [0-9]+: stopped reading$' "$SERVER_LOG"
	say bob 'that was carol'
	expect_line alice '[bob] that was carol'
	# The name is free, and whoever reads again finds the line closed.
	take_name bob carol
	kill -CONT "${PERSON_PID[carol]}"
	expect_disconnected carol
}

@test "who reads a little now and then is not" {
	start_server --rate 0
	enter alice bob carol
	kill -STOP "${PERSON_PID[carol]}"
	flood
	eventually 60 has_match bob '\[alice\] 4000 x+'
	for _ in 1 2 3 4; do
		throughout 12 not has_match bob '\* carol left.*'
		# As much as there is time for, which is not all.
		flood
		kill -CONT "${PERSON_PID[carol]}"
		nap
		kill -STOP "${PERSON_PID[carol]}"
	done
	kill -CONT "${PERSON_PID[carol]}"
	say bob 'still with us'
	eventually 60 has_line carol '[bob] still with us'
	never_match bob '\* carol left.*'
}

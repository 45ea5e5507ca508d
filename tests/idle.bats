#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Who says nothing for too long is disconnected.

load lib/helpers

# As the condition of a wait: alice keeps talking until it is so.
while_alice_talks() { # COMMAND...
	say alice 'talking'
	"$@"
}

@test "an idle user is told, and the others see why they left" {
	start_server --idle-timeout 3 --rate 0
	enter alice
	connect bob
	rename bob bob
	eventually "$PATIENCE" while_alice_talks disconnected bob
	expect_line bob '! disconnected: idle for 3 s'
	expect_line alice '* bob left: idle for 3 s (1 online)'
	equal "$(matches alice '\* bob left.*')" 1 "leaves"
}

@test "it takes as long as the option says" {
	start_server --idle-timeout 2
	start=$(now_ms)
	connect bob
	expect_disconnected bob
	took=$(($(now_ms) - start))
	((took >= 1950)) || fail "idle after $took ms"
	((took <= 4000)) || fail "idle after $took ms"
	expect_line bob '! disconnected: idle for 2 s'
}

@test "bytes without a newline are no activity" {
	start_server --idle-timeout 3 --rate 0
	enter alice
	connect bob
	typing() {
		type_bytes bob x
		while_alice_talks disconnected bob
	}
	eventually "$PATIENCE" typing
	expect_line bob '! disconnected: idle for 3 s'
}

@test "an endless line is no activity" {
	start_server --idle-timeout 3 --rate 0
	connect bob
	# shellcheck disable=SC2317 # called by name
	pouring() {
		head -c 2000 /dev/zero | tr '\0' x >&"${INPUT[bob]}"
		disconnected bob
	}
	eventually "$PATIENCE" pouring
	expect_line bob '! disconnected: idle for 3 s'
}

# Who pours without a pause may lose the last line by a reset: the log tells.
@test "an endless line is no activity where it is slowed down" {
	start_server --idle-timeout 3 --rate 3 --burst 1
	# shellcheck disable=SC2016 # for the shell that is started
	seat bob bash -c 'tr "\0" x </dev/zero | nc 127.0.0.1 "$0"' "$PORT"
	eventually 10 grep -q 'disconnect slot=0 reason=idle' "$SERVER_LOG"
	expect_exit bob 0
}

@test "what others say is no activity" {
	start_server --idle-timeout 3 --rate 0
	enter alice
	connect bob
	eventually 6 while_alice_talks has_line bob '! disconnected: idle for 3 s'
}

@test "complete lines keep one online" {
	start_server --idle-timeout 6 --rate 0
	enter alice bob
	both_talk() {
		say bob 'me too'
		while_alice_talks not disconnected bob
	}
	throughout 9 both_talk
	expect_who alice alice bob
	never_match bob '.*idle.*'
}

@test "any complete line counts: who, private, an error" {
	takes_long
	start_server --idle-timeout 3 --rate 0
	connect bob
	asking() {
		local line
		for line in who 'to|guest-1|note' /nonsense /help; do
			say bob "$line"
			nap
		done
		not disconnected bob
	}
	throughout 5 asking
}

@test "--idle-timeout 0 never ends anybody" {
	start_server --idle-timeout 0
	connect bob
	throughout 2 not disconnected bob
	never_match bob '.*idle.*'
	say bob 'still here'
	expect_line bob '[guest-1] still here'
}

@test "an idle telnet user is told, too" {
	start_server --idle-timeout 3
	connect_telnet tom
	expect_line tom '! disconnected: idle for 3 s'
	expect_disconnected tom
}

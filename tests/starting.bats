#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the server takes over from whoever starts it: of what that one has open,
# only what is meant for it.

load lib/helpers
load lib/deployments

# From here on, the server is started by a shell that does this first, and gives
# it these words, too.
after() { # COMMAND [WORDS]
	cat >"$BATS_TEST_TMPDIR/starter" <<-END
		#!/bin/bash
		$1
		exec "$SERVER" ${2-} "\$@"
	END
	chmod 755 "$BATS_TEST_TMPDIR/starter"
	SERVER=$BATS_TEST_TMPDIR/starter
}

lock_is_free() {
	flock -n "$BATS_TEST_TMPDIR/lock" true
}

@test "a lock that the starter holds is not held by the server" {
	after "exec 9>'$BATS_TEST_TMPDIR/lock'; flock 9"
	start_server
	eventually "$PATIENCE" lock_is_free
	connect alice
	lock_is_free
}

@test "nor by somebody's --inetd, and the server that it starts" {
	after "exec 9>'$BATS_TEST_TMPDIR/lock'; flock 9"
	# shellcheck disable=SC2016 # for that shell
	seat alice bash -c '"$@" | cat' pipe \
		"$SERVER" --inetd --control "$CONTROL"
	expect_welcome alice
	lock_is_free
	adopt_server
	say alice /quit
	expect_line alice '* goodbye'
	lock_is_free
}

@test "nothing but what the server needs is open" {
	after 'exec 5</dev/null 100</dev/null 1000</dev/null'
	start_server
	for fd in 5 100 1000; do
		not [ -e "/proc/$SERVER_PID/fd/$fd" ]
	done
}

@test "a chat log may be a pipe of the shell's, and stays one" {
	after : "--log-chat >(cat >'$BATS_TEST_TMPDIR/chat')"
	start_server --rate 0
	enter alice
	kill -HUP "$SERVER_PID"
	eventually "$PATIENCE" grep -q 'upgrade version=' "$SERVER_LOG"
	say alice 'are we on the record?'
	eventually "$PATIENCE" \
		grep -qF '[alice] are we on the record?' "$BATS_TEST_TMPDIR/chat"
}

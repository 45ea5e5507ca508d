#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Who asks a server that does not answer waits for ten seconds, and no longer.
# shellcheck disable=SC2154 # what run sets

load ../lib/helpers
load ../lib/administration

@test "a server that does not answer: 69" {
	start_server
	connect alice
	kill -STOP "$SERVER_PID"
	ask --status
	kill -CONT "$SERVER_PID"
	equal "$status" 69
	equal "$output" ''
	contains "$stderr" 'does not answer: Connection timed out'
	done_by --status
}

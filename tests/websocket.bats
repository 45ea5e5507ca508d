#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# WebSocket by the list of cases of the Autobahn test suite: the handshake and
# the transport of the product, with an echo behind it.

load lib/helpers

setup() {
	[[ -n ${WEBSOCKET-} ]] || skip "WEBSOCKET is not set"
	# shellcheck disable=SC2034 # for the helpers
	SERVER=$WEBSOCKET/server/chatserver
	start_server --rate 0
}

# All cases of a file, at least so many; who has gone leaves no process.
every_case() { # FILE NUMBER
	local file=$BATS_TEST_DIRNAME/websocket/cases/$1 wrong
	run "$WEBSOCKET/converse" "$PORT" "$file"
	wrong=$(grep -A 1 '^not ok' <<<"$output" || true)
	[[ -z $wrong ]] || fail "$wrong"
	equal "$status" 0 "the status of converse"
	(($(grep -c '^ok' <<<"$output") >= $2)) || fail "only: $output"
	eventually "$PATIENCE" children_are 0
	run ! grep 'reason=died' "$SERVER_LOG"
}

@test "1: whole messages of both kinds, of every length" {
	every_case 1-framing 26
}

@test "2: pings and pongs" {
	every_case 2-pings 12
}

@test "3: reserved bits" {
	every_case 3-bits 8
}

@test "4: reserved opcodes" {
	every_case 4-opcodes 10
}

@test "5: messages in several frames" {
	every_case 5-fragments 24
}

@test "6: texts are UTF-8, and fail at their first wrong byte" {
	every_case 6-utf8 148
}

@test "7: who closes, and with which status" {
	every_case 7-closing 42
}

@test "9, 10: sizes, up to 64 KiB and above" {
	every_case 9-limits 59
}

@test "12, 13: no extension is agreed on" {
	every_case 12-extensions 7
}

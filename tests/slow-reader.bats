#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# One who reads slowly, but reads, is not one who has stalled: for longer than
# the server waits for those.

load lib/helpers

# 20,000 bytes a second, where much more waits.
read_slowly() { # DESCRIPTOR SECONDS
	local end=$((SECONDS + $2))
	while ((SECONDS < end)); do
		head -c 5000 <&"$1" >/dev/null
		read -rt 0.25 -u "$NAP" || true
	done
}

@test "one who reads slowly from large buffers stays for more than 30 s" {
	takes_long
	local fd writer
	start_server --rate 0
	exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
	(bare seq -f '%070g' 1 75000) >&"$fd" 3>&- &
	writer=$!
	read_slowly "$fd" 34
	children_are 1 || fail "disconnected"
	not grep -q too-slow "$SERVER_LOG"
	kill "$writer" 2>/dev/null || true
	exec {fd}>&-
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The server by itself, in the foreground: several listeners, one room.
# shellcheck disable=SC2317 # called by deployments.bash

load lib/helpers
load lib/deployments

@test "people talk through IPv4, IPv6 and a UNIX socket" {
	grep -q '^00000000000000000000000000000001 ' /proc/net/if_inet6 ||
		skip "this machine has no ::1"
	deploy() {
		DOOR=$CONTROL-door
		launch_server --listen 127.0.0.1:0 --listen '[::1]:0' \
			--listen "unix:$DOOR" --control "$CONTROL" "$@"
		await_server 3
	}
	reach() {
		case $1 in
		alice) use_listener 1 && seat "$1" nc 127.0.0.1 "$PORT" ;;
		carol) seat "$1" nc -U "$DOOR" ;;
		*) use_listener 2 && seat "$1" nc ::1 "$PORT" ;;
		esac
	}
	talk_through_it
}

@test "a listener that is fixed to text serves text and events, and no other" {
	launch_server --listen text:127.0.0.1:0 --listen "text:unix:$CONTROL-door" \
		--control "$CONTROL"
	await_server 2
	use_listener 1
	come_as alice
	seat bob nc -U "$CONTROL-door"
	say bob '/events 1 bob'
	expect_line alice '* bob joined (2 online)'
	run curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$PORT/"
	equal "$output" 426
}

@test "a listener that is fixed to the web serves that, and no other" {
	launch_server --listen web:127.0.0.1:0
	await_server 1
	run curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$PORT/"
	equal "$output" 200
	run timeout "$PATIENCE" nc -N 127.0.0.1 "$PORT" <<<'hello'$'\n'
	contains "$output" 'HTTP/1.1 400 Bad Request'
	run timeout "$PATIENCE" nc -N 127.0.0.1 "$PORT" <<<'/events 1 bob'$'\n'
	contains "$output" 'HTTP/1.1 400 Bad Request'
}

@test "a listener that is fixed to what is not served: a clear message, and 64" {
	run "$SERVER" --no-web --listen web:127.0.0.1:0
	equal "$status" 64
	contains "$output" '--no-web excludes --listen web:127.0.0.1:0'
	run "$SERVER" --listen gopher:127.0.0.1:0
	equal "$status" 64
	contains "$output" "'gopher:127.0.0.1:0'"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# socat in front: a listener that runs `chatserver --inetd` for each connection.
# shellcheck disable=SC2034,SC2119,SC2120 # for deployments.bash, and called there, too

load ../lib/helpers
load ../lib/deployments

setup() {
	need_programs socat
}

deploy() { # [OPTION...]
	choose_port
	launch_daemon "$DAEMON_PORT" socat \
		"TCP-LISTEN:$DAEMON_PORT,bind=127.0.0.1,reuseaddr,fork" \
		"EXEC:$SERVER --inetd --control $CONTROL${*:+ $*}${HOW-}"
}

reach() { # NAME
	seat "$1" nc 127.0.0.1 "$DAEMON_PORT"
}

@test "people talk through socat" {
	talk_through_it
}

@test "and through pipes instead of sockets" {
	HOW=,pipes
	deploy
	conversation
}

@test "and through a terminal, which echoes what they type" {
	HOW=,pty,setsid,ctty
	ALSO_HEARD='hello|to\||/|all|mark|who$'
	deploy
	conversation
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# systemd's sockets, as chatserver.socket and chatserver-inetd.socket have them, by
# systemd's own tool: the listener handed over, and a process for each connection.
# shellcheck disable=SC2317 # called by deployments.bash

load ../lib/helpers
load ../lib/deployments

setup() {
	need_programs systemd-socket-activate
}

start_activation() { # ARGUMENT...
	choose_port
	launch_daemon "$DAEMON_PORT" "$(program systemd-socket-activate)" \
		-l "127.0.0.1:$DAEMON_PORT" "$@"
}

reach() { # NAME
	seat "$1" nc 127.0.0.1 "$DAEMON_PORT"
}

@test "people talk through a listener of systemd" {
	deploy() {
		start_activation "$SERVER" --control "$CONTROL" "$@"
	}
	talk_through_it
}

@test "people talk through systemd, a process for each connection" {
	deploy() {
		start_activation --accept --inetd \
			"$SERVER" --inetd --control "$CONTROL" "$@"
	}
	talk_through_it
}

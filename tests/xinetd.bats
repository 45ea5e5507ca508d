#!/usr/bin/env bats
# xinetd: a process for each connection (wait = no), and one that gets the
# listener (wait = yes).
# shellcheck disable=SC2317 # called by deployments.bash

load helpers
load deployments

setup() {
	need_programs xinetd
}

start_xinetd() { # yes|no ARGUMENT...
	local waiting=$1
	shift
	choose_port
	cat >"$BATS_TEST_TMPDIR/xinetd.conf" <<-END
		service chat
		{
			type        = UNLISTED
			socket_type = stream
			protocol    = tcp
			bind        = 127.0.0.1
			port        = $DAEMON_PORT
			wait        = $waiting
			user        = $(id -un)
			server      = $SERVER
			server_args = $*
			instances   = UNLIMITED
			per_source  = UNLIMITED
		}
	END
	launch_daemon "$DAEMON_PORT" "$(program xinetd)" -dontfork \
		-f "$BATS_TEST_TMPDIR/xinetd.conf" \
		-pidfile "$BATS_TEST_TMPDIR/xinetd.pid"
}

reach() { # NAME
	seat "$1" nc 127.0.0.1 "$DAEMON_PORT"
}

@test "people talk through xinetd, wait = no" {
	deploy() {
		start_xinetd no --inetd --control "$CONTROL" "$@"
	}
	talk_through_it
}

@test "people talk through xinetd, wait = yes" {
	deploy() {
		start_xinetd yes --control "$CONTROL" "$@"
	}
	talk_through_it
}

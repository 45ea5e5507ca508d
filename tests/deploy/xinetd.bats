#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# xinetd: a process for each connection (wait = no), and one that gets the
# listener (wait = yes), by the sample's two services.
# shellcheck disable=SC2317 # called by deployments.bash

load ../lib/helpers
load ../lib/deployments

setup() {
	need_programs xinetd
}

# The sample, at this test's places, with one of its two services.
start_xinetd() { # yes|no [OPTION...]
	local waiting=$1
	local arguments="--control $CONTROL ${*:2}"
	choose_port
	sed -E "s/8888/$DAEMON_PORT/
		s,/usr/local/sbin/chatserver,$SERVER,
		s/(user\t+=) .*/\1 $(id -un)/
		s,(server_args\t+= --inetd).*,\1 $arguments,
		/wait\t+= yes/,/}/ s,server\t+=.*,&\n\tserver_args = $arguments," \
		"$BATS_TEST_DIRNAME/../../scripts/deploy/xinetd.d/chatserver" \
		>"$BATS_TEST_TMPDIR/xinetd.conf"
	if [[ $waiting == yes ]]; then
		sed -i '/disable/ { s/yes/NO/; s/no/yes/; s/NO/no/ }' \
			"$BATS_TEST_TMPDIR/xinetd.conf"
	fi
	launch_daemon "$DAEMON_PORT" "$(program xinetd)" -dontfork \
		-f "$BATS_TEST_TMPDIR/xinetd.conf" \
		-pidfile "$BATS_TEST_TMPDIR/xinetd.pid"
}

reach() { # NAME
	seat "$1" nc 127.0.0.1 "$DAEMON_PORT"
}

@test "people talk through xinetd, wait = no" {
	deploy() {
		start_xinetd no "$@"
	}
	talk_through_it
}

@test "people talk through xinetd, wait = yes" {
	deploy() {
		start_xinetd yes "$@"
	}
	talk_through_it
}

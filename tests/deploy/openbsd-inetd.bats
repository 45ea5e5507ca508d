#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# OpenBSD's inetd, which is Debian's: a process for each connection (nowait), and
# one that gets the listener (wait), by the sample's lines.
# shellcheck disable=SC2317 # called by a name in a variable

load ../lib/helpers
load ../lib/deployments

setup() {
	need_programs inetd
	# Others of that name have other options.
	with_libraries "$(program inetd)" -? 2>&1 | grep -qF -e '[-dEil]' ||
		skip "inetd is not OpenBSD's here"
}

# The sample's line, at this test's places.
start_inetd() { # wait|nowait [OPTION...]
	local sample=$BATS_TEST_DIRNAME/../../scripts/deploy/inetd.conf ours
	ours="$(id -un) $SERVER \3 --control $CONTROL ${*:2}"
	choose_port
	sed -nE "s,^#?(127\.0\.0\.1:)8888( stream tcp $1[.0-9]*) [a-z]+ \
/usr/local/sbin/chatserver (chatserver.*),\1$DAEMON_PORT\2 $ours,p" \
		"$sample" >"$BATS_TEST_TMPDIR/inetd.conf"
	equal "$(wc -l <"$BATS_TEST_TMPDIR/inetd.conf")" 1 "lines of the sample"
	launch_daemon "$DAEMON_PORT" "$(program inetd)" -di \
		"$BATS_TEST_TMPDIR/inetd.conf"
}

reach() { # NAME
	seat "$1" nc 127.0.0.1 "$DAEMON_PORT"
}

@test "people talk through inetd, nowait" {
	deploy() {
		start_inetd nowait "$@"
	}
	talk_through_it
}

@test "people talk through inetd, wait" {
	deploy() {
		start_inetd wait "$@"
	}
	talk_through_it
}

@test "wait: the server ends when it is empty, and inetd starts another" {
	start_inetd wait --end-when-empty 1
	reach alice
	arrive alice
	local first
	first=$(server_says pid)
	hang_up alice
	eventually 5 ended "$first"
	reach bob
	arrive bob
	not equal "$(server_says pid)" "$first"
}

#!/usr/bin/env bats
# OpenBSD's inetd, which is Debian's: a process for each connection (nowait), and
# one that gets the listener (wait).
# shellcheck disable=SC2317 # called by a name in a variable

load helpers
load deployments

setup() {
	need_programs inetd
	# Others of that name have other options.
	"$(program inetd)" -? 2>&1 | grep -qF -e '[-dEil]' ||
		skip "inetd is not OpenBSD's here"
}

start_inetd() { # wait|nowait COMMAND...
	local waiting=$1
	shift
	choose_port
	echo "127.0.0.1:$DAEMON_PORT stream tcp $waiting $(id -un) $1 chatserver ${*:2}" \
		>"$BATS_TEST_TMPDIR/inetd.conf"
	launch_daemon "$DAEMON_PORT" "$(program inetd)" -di \
		"$BATS_TEST_TMPDIR/inetd.conf"
}

reach() { # NAME
	seat "$1" nc 127.0.0.1 "$DAEMON_PORT"
}

@test "people talk through inetd, nowait" {
	deploy() {
		start_inetd nowait "$SERVER" --inetd --control "$CONTROL" "$@"
	}
	talk_through_it
}

@test "people talk through inetd, wait" {
	deploy() {
		start_inetd wait "$SERVER" --control "$CONTROL" "$@"
	}
	talk_through_it
}

@test "wait: the server ends when it is empty, and inetd starts another" {
	start_inetd wait "$SERVER" --control "$CONTROL" --end-when-empty 1
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

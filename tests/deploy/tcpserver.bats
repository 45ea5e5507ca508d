#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# tcpserver, of ucspi-tcp: it runs `chatserver --inetd` for each connection, and
# hands it the connection itself.
# shellcheck disable=SC2016,SC2119,SC2120 # for awk; called by deployments.bash, too

load ../lib/helpers
load ../lib/deployments
load ../lib/namespaces

setup() {
	need_programs tcpserver
}

# Only the last test needs them.
setup_file() {
	:
}

teardown_file() {
	:
}

deploy() { # [OPTION...]
	choose_port
	launch_daemon "$DAEMON_PORT" tcpserver -H -R -l 0 127.0.0.1 \
		"$DAEMON_PORT" "$SERVER" --inetd --control "$CONTROL" "$@"
}

reach() { # NAME
	seat "$1" nc 127.0.0.1 "$DAEMON_PORT"
}

@test "people talk through tcpserver" {
	talk_through_it
}

@test "the server knows where each of them comes from" {
	deploy
	reach alice
	arrive alice
	contains "$(server_says address)" 127.0.0.1:
}

# Where a whole network is the test's, addresses can be counted.
deploy_in_namespace() { # [OPTION...]
	make_namespaces
	need_namespaces
	choose_port
	# Listening sockets of another namespace are in another list.
	listens() {
		ip netns exec "$SERVER_SIDE" awk \
			-v port="$(printf ':%04X' "$1")" '
			$4 == "0A" && substr($2, length($2) - 4) == port {
				found = 1
			}
			END { exit !found }' /proc/net/tcp
	}
	launch_daemon "$DAEMON_PORT" ip netns exec "$SERVER_SIDE" \
		tcpserver -H -R -l 0 192.0.2.1 "$DAEMON_PORT" \
		"$SERVER" --inetd --control "$CONTROL" "$@"
}

reach_from() { # ADDRESS NAME
	seat "$2" ip netns exec "$CLIENT_SIDE" \
		nc -s "$1" 192.0.2.1 "$DAEMON_PORT"
}

@test "connections from one address are counted, and can be banned" {
	deploy_in_namespace --max-per-address 1
	reach_from 192.0.2.11 alice
	arrive alice
	reach_from 192.0.2.12 bob
	arrive bob
	reach_from 192.0.2.11 carol
	expect_line carol '! too many connections from your address'
	equal "$(screen carol | wc -l)" 1 "carol's lines"
	"$SERVER" --control "$CONTROL" --ban 192.0.2.12
	expect_match bob '! disconnected: .*'
	reach_from 192.0.2.12 dave
	expect_line dave '! you are banned from this server'
	equal "$(screen dave | wc -l)" 1 "dave's lines"
	hang_up alice bob carol dave
	end_deployment
	drop_namespaces
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# TLS in front, by stunnel: before a listener, and running `chatserver --inetd`
# for each connection.
# shellcheck disable=SC2016,SC2317 # for another shell; called by deployments.bash

load ../lib/helpers
load ../lib/deployments

setup() {
	need_programs stunnel4 openssl socat
	CERT=$BATS_TEST_TMPDIR/chat.pem
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		-nodes -days 1 -subj /CN=localhost -keyout "$CERT.key" \
		-out "$CERT" 2>/dev/null
}

start_stunnel() { # LINE OF CONFIGURATION...
	choose_port
	printf '%s\n' 'foreground = yes' 'syslog = no' 'pid =' '[chat]' \
		"accept = 127.0.0.1:$DAEMON_PORT" "cert = $CERT" \
		"key = $CERT.key" "$@" >"$BATS_TEST_TMPDIR/stunnel.conf"
	launch_daemon "$DAEMON_PORT" "$(program stunnel4)" \
		"$BATS_TEST_TMPDIR/stunnel.conf"
}

# What it says of the certificate is no talk.
by_openssl() { # NAME
	seat "$1" bash -c 'exec openssl s_client -quiet -verify_return_error \
		"$@" 2>/dev/null' openssl -CAfile "$CERT" \
		-connect "127.0.0.1:$DAEMON_PORT"
}

by_socat() { # NAME
	seat "$1" socat -lf "$BATS_TEST_TMPDIR/socat.log" - \
		"OPENSSL:127.0.0.1:$DAEMON_PORT,cafile=$CERT,commonname=localhost"
}

@test "people talk by TLS with a listener behind stunnel" {
	deploy() {
		start_server --control "$CONTROL" "$@"
		start_stunnel "connect = 127.0.0.1:$PORT"
	}
	reach() {
		by_openssl "$1"
	}
	talk_through_it
}

@test "people talk by TLS with --inetd behind stunnel" {
	deploy() {
		start_stunnel "exec = $SERVER" \
			"execArgs = chatserver --inetd --control $CONTROL${*:+ $*}"
	}
	reach() {
		by_socat "$1"
	}
	talk_through_it
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# How chatclient finds a server by its name: many addresses, silent resolvers,
# names in any script.

load lib/helpers
load lib/tmux
load lib/namespaces

setup() {
	need_namespaces
	in_server_namespace
	: >"$BATS_TEST_TMPDIR/hosts"
	echo 'options timeout:30 attempts:5' >"$BATS_TEST_TMPDIR/resolv"
	echo 'nameserver 127.0.0.1' >>"$BATS_TEST_TMPDIR/resolv"
	cat >"$BATS_TEST_TMPDIR/client" <<-END
		#!/bin/sh
		exec ip netns exec "$CLIENT_SIDE" sh -c '
			mount --bind "$BATS_TEST_TMPDIR/hosts" /etc/hosts &&
			mount --bind "$BATS_TEST_TMPDIR/resolv" /etc/resolv.conf &&
			exec "$CLIENT" "\$@"' client "\$@"
	END
	chmod 755 "$BATS_TEST_TMPDIR/client"
	CLIENT=$BATS_TEST_TMPDIR/client
}

teardown() {
	leave_terminals
	if [[ -n ${RESOLVER-} ]]; then
		kill "$RESOLVER"
		wait "$RESOLVER" || true
	fi
	clean_up
}

# These are the addresses of a name.
name_is() { # NAME ADDRESS...
	local name=$1
	shift
	printf "%s $name\n" "$@" >"$BATS_TEST_TMPDIR/hosts"
}

# Addresses at which nothing answers: what is sent there goes nowhere.
swallow() { # ADDRESS...
	local address
	for address in "$@"; do
		ip -n "$CLIENT_SIDE" neigh replace "$address" dev cable \
			lladdr 02:00:00:00:00:01 nud permanent
	done
}

# A resolver that hears the questions and never answers.
start_silent_resolver() {
	: >"$BATS_TEST_TMPDIR/questions"
	bare ip netns exec "$CLIENT_SIDE" socat -u UDP4-RECV:53,bind=127.0.0.1 \
		"OPEN:$BATS_TEST_TMPDIR/questions,append" &
	RESOLVER=$!
	eventually "$PATIENCE" is_bound
}

is_bound() {
	[[ -n $(ip netns exec "$CLIENT_SIDE" ss -Hlnu 'sport = 53') ]]
}

is_asked() {
	[[ -s $BATS_TEST_TMPDIR/questions ]]
}

@test "of several addresses the first that answers is it, at once" {
	local since
	start_server --ip 192.0.2.1
	swallow 2001:db8::d1 2001:db8::d2 192.0.2.99
	name_is chat.test 2001:db8::d1 2001:db8::d2 192.0.2.99 192.0.2.1
	since=$SECONDS
	run timeout 60 "$CLIENT" --ip chat.test --port "$PORT" --name carol --who \
		3>&-
	equal "$status" 0
	((SECONDS - since < 6)) || fail "it took $((SECONDS - since)) s"
	# Nobody listens there.
	name_is chat.test 2001:db8::1 192.0.2.1
	run timeout 60 "$CLIENT" --ip chat.test --port 1 --who 3>&-
	equal "$status" 69
	equal "$output" 'chatclient: cannot connect to chat.test:1: Connection refused'
}

@test "while the resolver is silent, the keyboard is not dead" {
	name_is chat.test 192.0.2.1
	start_server --ip 192.0.2.1
	sit_down carol 80x24 --ip chat.test --name carol
	press carol 1 Enter
	expect_end carol 'public>'
	start_silent_resolver
	: >"$BATS_TEST_TMPDIR/hosts"
	murder_server
	expect_row carol '! connection lost: the server closed the connection; trying again in 1 s'
	eventually "$PATIENCE" is_asked
	press carol typed
	expect_end carol 'offline> typed'
	press carol C-u C-d
	expect_row carol 'status 69'
}

@test "the name of a host in letters of any script" {
	start_server --ip 192.0.2.1
	name_is xn--bcher-kva.example 192.0.2.1
	for locale in C C.UTF-8; do
		LC_ALL=$locale run timeout 60 "$CLIENT" --ip bücher.example \
			--port "$PORT" --who 3>&-
		if [[ $output == *libidn2* ]]; then
			skip "libidn2 is missing"
		fi
		equal "$output" ''
		equal "$status" 0
	done
	run timeout 60 "$CLIENT" --ip $'b\xFCcher.example' --port "$PORT" --who 3>&-
	equal "$output" "chatclient: cannot connect to b"$'\uFFFD'"cher.example:$PORT: not a valid DNS name, or libidn2 is not installed"
	equal "$status" 69
}

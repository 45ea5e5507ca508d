# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Two network namespaces and a cable between them, for a bats file that loads
# this behind the helpers: its servers are on one side, its people come from the
# other.

# Once for the file.  SERVER_SIDE stays empty where it is not permitted.
make_namespaces() {
	local name=chat-test-$$ i
	export SERVER_SIDE='' CLIENT_SIDE=$name-clients
	ip netns add "$name-server" 2>/dev/null || return 0
	SERVER_SIDE=$name-server
	ip netns add "$CLIENT_SIDE"
	if ! ip -n "$SERVER_SIDE" link add cable type veth \
		peer name cable netns "$CLIENT_SIDE"; then
		drop_namespaces
		return 0
	fi
	for i in "$SERVER_SIDE" "$CLIENT_SIDE"; do
		ip -n "$i" link set lo up
		ip -n "$i" link set cable up
	done
	ip -n "$SERVER_SIDE" addr add 192.0.2.1/24 dev cable
	ip -n "$SERVER_SIDE" addr add 2001:db8::1/32 dev cable nodad
	for i in 192.0.2.{11..13}/24; do
		ip -n "$CLIENT_SIDE" addr add "$i" dev cable
	done
	for i in 2001:db8:0:{1,2}::{11..13}/32 2001:db8:0:1:ffff::13/32; do
		ip -n "$CLIENT_SIDE" addr add "$i" dev cable nodad
	done
}

drop_namespaces() {
	local name
	for name in "$SERVER_SIDE" "$CLIENT_SIDE"; do
		if [[ -n $SERVER_SIDE ]]; then
			ip netns del "$name" 2>/dev/null || true
		fi
	done
	SERVER_SIDE=''
}

need_namespaces() {
	[[ -n ${SERVER_SIDE-} ]] ||
		skip "network namespaces are not permitted here"
}

# From here on, servers run in theirs.
in_server_namespace() {
	cat >"$BATS_TEST_TMPDIR/inside" <<-END
		#!/bin/sh
		exec ip netns exec "$SERVER_SIDE" "$SERVER" "\$@"
	END
	chmod 755 "$BATS_TEST_TMPDIR/inside"
	SERVER=$BATS_TEST_TMPDIR/inside
}

setup_file() {
	make_namespaces
}

teardown_file() {
	drop_namespaces
}

setup() {
	need_namespaces
	in_server_namespace
}

# The server's address that an address of the other side is in touch with.
server_address() { # ADDRESS
	case $1 in
	*:*) echo 2001:db8::1 ;;
	*) echo 192.0.2.1 ;;
	esac
}

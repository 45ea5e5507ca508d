# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A network for hosts: each place, that is a host or a node of the engine, is a
# network namespace with one cable to a switch, which is one more.  A part of
# hosts.bash.  People are in the namespace of their host and come by loopback.

declare -gA ADDRESS_OF=() # place -> address
declare -ga WITHIN=()     # what a command is to begin with, to be there
declare -g NETWORK=''

# From here on WITHIN leads to that place.
choose_place() { # PLACE
	WITHIN=()
	if [[ -n $NETWORK && -n ${ADDRESS_OF[$1]-} ]]; then
		WITHIN=(ip netns exec "$NETWORK-$1")
	fi
}

within() { # PLACE COMMAND...
	local WITHIN=() place=$1
	shift
	choose_place "$place"
	"${WITHIN[@]}" "$@"
}

# Skips the test where namespaces are not permitted.
need_network() {
	local probe=chat-probe-$$-$SRANDOM
	[[ -z ${ONE_HOST-} ]] || skip "there is one host"
	if ! ip netns add "$probe" 2>/dev/null; then
		skip "network namespaces are not permitted here"
	fi
	if ! ip -n "$probe" link add switch type bridge 2>/dev/null; then
		ip netns del "$probe"
		skip "bridges are not permitted here"
	fi
	ip netns del "$probe"
}

# The addresses are those of documentation (RFC 5737), and known here alone.
network_start() { # PLACE...
	local place last=10
	NETWORK=chat-hosts-$$-$BATS_TEST_NUMBER
	ip netns add "$NETWORK-switch"
	ip -n "$NETWORK-switch" link add switch type bridge
	ip -n "$NETWORK-switch" link set switch up
	for place in "$@"; do
		last=$((last + 1))
		ADDRESS_OF[$place]=192.0.2.$last
		ip netns add "$NETWORK-$place"
		ip -n "$NETWORK-switch" link add "to-$place" type veth \
			peer name cable netns "$NETWORK-$place"
		ip -n "$NETWORK-switch" link set "to-$place" master switch up
		ip -n "$NETWORK-$place" link set lo up
		ip -n "$NETWORK-$place" link set cable up
		ip -n "$NETWORK-$place" addr add "192.0.2.$last/24" dev cable
	done
}

# The plug is pulled, and both ends see it.
cut_cable() { # PLACE
	ip -n "$NETWORK-switch" link set "to-$1" down
}

heal_cable() { # PLACE
	ip -n "$NETWORK-switch" link set "to-$1" up
}

# Nobody sees it: packets vanish on the way.
cut_beyond() { # PLACE
	ip netns exec "$NETWORK-switch" bridge link set dev "to-$1" state 0
}

heal_beyond() { # PLACE
	ip netns exec "$NETWORK-switch" bridge link set dev "to-$1" state 3
}

network_end() {
	local place
	[[ -n $NETWORK ]] || return 0
	for place in "${!ADDRESS_OF[@]}" switch; do
		ip netns del "$NETWORK-$place" 2>/dev/null || true
	done
	NETWORK=''
	ADDRESS_OF=()
}

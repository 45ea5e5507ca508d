#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A program whose cable is pulled comes back by another one, while the server
# still believes in the first: it goes on with its session at once.

load lib/helpers
load lib/administration
load lib/namespaces
load lib/resume

# A second cable beside the first one.
second_cable() {
	ip -n "$SERVER_SIDE" link show other >/dev/null 2>&1 && return
	ip -n "$SERVER_SIDE" link add other type veth \
		peer name other netns "$CLIENT_SIDE"
	ip -n "$SERVER_SIDE" link set other up
	ip -n "$CLIENT_SIDE" link set other up
	ip -n "$SERVER_SIDE" addr add 198.51.100.1/24 dev other
	ip -n "$CLIENT_SIDE" addr add 198.51.100.11/24 dev other
}

setup() {
	need_namespaces
	in_server_namespace
	second_cable
	ip -n "$CLIENT_SIDE" link set cable up
	launch_server --listen '*:0' --greet-after 5000 --history 0 \
		--rate 0
	await_server 1
}

# A program at this end of a cable, or on the server's host.
come_by() { # NAME ADDRESS
	seat "$1" ip netns exec "$CLIENT_SIDE" nc "$2" "$PORT"
	say "$1" "/events 1 $1"
	expect_joined "$1" "$1" '[0-9]+'
	TOKEN[$1]=$(token_of "$1")
}

come_here() { # NAME
	seat "$1" ip netns exec "$SERVER_SIDE" nc 127.0.0.1 "$PORT"
	say "$1" "/events 1 $1"
	expect_joined "$1" "$1" '[0-9]+'
}

come_back_by() { # NEW-NAME NAME ADDRESS
	seat "$1" ip netns exec "$CLIENT_SIDE" nc "$3" "$PORT"
	type_bytes "$1" "/events 1\n/resume ${TOKEN[$2]} $(had "$2")\n"
}

talk() { # FIRST LAST
	local i
	for i in $(seq "$1" "$2"); do
		say bob "/msg #lobby public $i"
		say bob "/msg #dev room $i"
		say bob "/msg alice private $i"
	done
}

# All that bob has said, once, in its order, on both screens together.
has_all() { # LAST NAME...
	local last=$1
	shift
	equal "$(events_of "$@" | awk -F '\t' '$4 == "bob" && $6 ~ / [0-9]+$/ { print $6 }')" \
		"$(for i in $(seq 1 "$last"); do
			printf 'public %s\nroom %s\nprivate %s\n' "$i" "$i" "$i"
		done)"
}

@test "a pulled cable, and another one: back in less than 2 s with all that was said" {
	local begin
	come_by alice 192.0.2.1
	come_here bob
	say bob '/join #dev'
	expect_event bob join bob '#dev' 1
	say alice '/join #dev'
	expect_event bob join alice '#dev' 2
	talk 1 10
	expect_event alice private bob alice 'private 10'
	ip -n "$CLIENT_SIDE" link set cable down
	talk 11 200
	expect_event bob private bob alice 'private 200'
	begin=$(now_ms)
	come_back_by alice2 alice 198.51.100.1
	expect_event alice2 private bob alice 'private 200'
	(($(now_ms) - begin < 2000)) || fail "after $(($(now_ms) - begin)) ms"
	expect_resumed alice2 alice "${TOKEN[alice]}"
	has_all 200 alice alice2
	numbers_have_no_hole alice alice2
	# It is in its room, under its name, at its new address.
	say alice2 'in the room'
	expect_event bob public alice '#dev' 'in the room'
	not has_event bob leave '?' '?' '?'
	not has_event bob join alice - '?'
	eventually "$PATIENCE" grep -q 'resume slot=0 address=198.51.100.11:' "$SERVER_LOG"
	# The old cable is back: the old connection ends, and takes nobody along.
	ip -n "$CLIENT_SIDE" link set cable up
	has_ended() {
		[[ -z $(ip netns exec "$SERVER_SIDE" ss -tHn state established \
			src 192.0.2.1) ]]
	}
	eventually "$PATIENCE" has_ended
	talk 201 201
	expect_event alice2 private bob alice 'private 201'
	equal "$(matches alice2 '.*private 201')" 1
	say alice2 'here'
	expect_event bob public alice '#dev' here
}

@test "a cable that is pulled twice, the second one while the first attempt is under way" {
	come_by alice 192.0.2.1
	come_here bob
	say bob '/join #dev'
	expect_event bob join bob '#dev' 1
	say alice '/join #dev'
	expect_event bob join alice '#dev' 2
	talk 1 3
	expect_event alice private bob alice 'private 3'
	ip -n "$CLIENT_SIDE" link set cable down
	talk 4 20
	expect_event bob private bob alice 'private 20'
	# The second connection stands, and its answer is lost on the way.
	seat alice2 ip netns exec "$CLIENT_SIDE" nc 198.51.100.1 "$PORT"
	eventually "$PATIENCE" children_are 3
	ip -n "$SERVER_SIDE" route add blackhole 198.51.100.11
	type_bytes alice2 "/events 1\n/resume ${TOKEN[alice]} $(had alice)\n"
	eventually "$PATIENCE" children_are 2
	equal "$(screen alice2)" ''
	talk 21 30
	ip -n "$SERVER_SIDE" addr add 203.0.113.1/24 dev other
	ip -n "$CLIENT_SIDE" addr add 203.0.113.11/24 dev other
	come_back_by alice3 alice 203.0.113.1
	expect_event alice3 private bob alice 'private 30'
	has_all 30 alice alice3
	numbers_have_no_hole alice alice3
	ip -n "$SERVER_SIDE" route del blackhole 198.51.100.11
}

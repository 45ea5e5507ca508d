#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The bus where the engine is away, refuses, breaks off or lies.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell

load lib/helpers
load lib/engines
load lib/bus

# --- the engine is away --------------------------------------------------------

@test "no engine is there: the bus waits, says so, and comes up later" {
	ENGINE_PORT[0]=$(free_ports 1)
	bus_start a "$(engine_urls)"
	expect a '^attached'
	expect_log a 'bus-down reason="nats://.*: Connection refused"'
	tell a status
	expect a '^status 0 nats://127.0.0.1:[0-9]+: Connection refused$'
	engine_start
	expect a '^up 0 0 '
	# Once, however often it was tried.
	equal "$(grep -c refused "$BATS_TEST_TMPDIR/bus-a.log")" 1
}

@test "the engine is killed: down, and up again with all that it had" {
	engine_start
	bus_start a "$(engine_urls)"
	expect a '^up'
	tell a read 1 1
	tell a append 1 1 one
	expect a '^entry 1 '
	engine_kill
	expect a '^down .* nats://127.0.0.1:[0-9]*: it has ended the connection'
	tell a append 1 2 lost
	tell a read 1 2
	engine_start
	expect a '^up 1 1 '
	# What was asked for in between was asked of nobody.
	tell a append 2 1 two
	tell a read 1 3
	expect a '^entry 2 3 1 3 two$'
	equal "$(out_of a | awk '/^entry/ { print $2, $3, $6 }' | xargs)" \
		'1 1 one 1 3 one 2 3 two'
}

@test "an engine that is stopped is left after 5 s, and the next one taken" {
	engine_start 0
	engine_start 1
	bus_start a "$(engine_urls 0 1)"
	expect a '^up'
	tell a read 1 1
	tell a append 1 1 one
	expect a '^entry 1 '
	kill -STOP "${ENGINE_PID[0]}"
	tell a append 1 2 two
	expect a "^down .* nats://127.0.0.1:${ENGINE_PORT[0]}: (silent for|an entry was not acknowledged within) 5 s"
	expect a '^up 0 0 ' 2
	tell a status
	expect a "^status 1 nats://127.0.0.1:${ENGINE_PORT[1]}, "
	kill -CONT "${ENGINE_PID[0]}"
}

@test "an engine that falls silent is left, though nothing is asked of it" {
	takes_long
	engine_start
	bus_start a "$(engine_urls)"
	expect a '^up'
	kill -STOP "${ENGINE_PID[0]}"
	expect a '^down .* silent for 5 s$'
	kill -CONT "${ENGINE_PID[0]}"
	expect a '^up 0 0 ' 2
}

@test "the next server of the list, where the first is away, and by request" {
	engine_start 1
	ENGINE_PORT[0]=$(free_ports 1)
	bus_start a "$(engine_urls 0 1)"
	expect a '^up'
	tell a status
	expect a "^status 1 nats://127.0.0.1:${ENGINE_PORT[1]}, "
	engine_start 0
	tell a again
	expect a '^down .* left, since entries do not come back$'
	expect a '^up' 2
	tell a status
	expect a "^status 1 nats://127.0.0.1:${ENGINE_PORT[0]}, "
}

# --- the engine refuses --------------------------------------------------------

@test "a password: the right one, a wrong one, none" {
	printf 'chat:s3"cr\\et:t\n' >"$BATS_TEST_TMPDIR/right"
	printf 'chat:wrong\n' >"$BATS_TEST_TMPDIR/wrong"
	chmod 600 "$BATS_TEST_TMPDIR"/{right,wrong}
	engine_start 0 - <<-END
		jetstream { store_dir: "$BATS_TEST_TMPDIR/engine-0/store" }
		authorization { user: chat, password: "s3\"cr\\\\et:t" }
	END
	bus_start a "$(engine_urls)" test "$BATS_TEST_TMPDIR/right"
	expect a '^up'
	bus_start b "$(engine_urls)" test "$BATS_TEST_TMPDIR/wrong"
	expect_log b 'it says: Authorization Violation'
	bus_start c "$(engine_urls)" test
	expect_log c 'it requires a login: --bus-login'
	not says b '^up'
	not says c '^up'
}

@test "a token" {
	printf 'a-token-of-32-letters-and-digits\r\nnot this\n' >"$BATS_TEST_TMPDIR/token"
	chmod 600 "$BATS_TEST_TMPDIR/token"
	engine_start 0 - <<-END
		jetstream { store_dir: "$BATS_TEST_TMPDIR/engine-0/store" }
		authorization { token: "a-token-of-32-letters-and-digits" }
	END
	bus_start a "$(engine_urls)" test "$BATS_TEST_TMPDIR/token"
	expect a '^up'
}

@test "an engine without JetStream" {
	engine_start 0 - </dev/null
	bus_start a "$(engine_urls)"
	expect_log a 'stream CHAT_TEST: no JetStream answers there'
	not says a '^up'
	# It gets it.
	engine_end
	engine_start
	expect a '^up 0 0 '
}

@test "messages of 128 KiB must pass" {
	engine_start 0 - <<-END
		jetstream { store_dir: "$BATS_TEST_TMPDIR/engine-0/store" }
		max_payload: 100000
	END
	bus_start a "$(engine_urls)"
	expect_log a 'its max_payload is less than 131072'
}

@test "more copies than there are engines" {
	engine_start
	bus_start a "$(engine_urls)" test '' 3
	expect_log a 'stream CHAT_TEST: replicas > 1 not supported in non-clustered mode'
}

@test "a stream that exists is used as it is" {
	engine_start
	engine_ask 0 STREAM.CREATE.CHAT_TEST \
		'{"name":"CHAT_TEST","subjects":["chat.test.log"],"storage":"memory","max_msgs":10}' \
		>/dev/null
	bus_start a "$(engine_urls)"
	expect a '^up 0 0 '
	tell a quiet
	tell a fill 1 1 20 50
	expect a '^filled'
	bus_start b "$(engine_urls)"
	expect b '^up'
	tell b read 1 1
	expect b '^entry 20 '
	# Those that the stream has lost are not there: the numbers say so.
	equal "$(out_of b | awk '/^entry/ { print $2 }' | xargs)" \
		'11 12 13 14 15 16 17 18 19 20'
	equal "$(engine_ask 0 STREAM.INFO.CHAT_TEST | jq -r .config.storage)" memory
	bus_start c "$(engine_urls)"
	expect c '^up 11 20 '
}

@test "a stream of that name with other subjects is left alone" {
	engine_start
	engine_ask 0 STREAM.CREATE.CHAT_TEST \
		'{"name":"CHAT_TEST","subjects":["chat.test.log","other"],"storage":"file"}' \
		>/dev/null
	bus_start a "$(engine_urls)"
	expect_log a 'stream CHAT_TEST is not of subject chat.test.log alone'
	not says a '^up'
}

@test "all hosts at once make the stream: one is made" {
	engine_start
	for host in a b c d; do
		bus_start "$host" "$(engine_urls)"
	done
	for host in a b c d; do
		expect "$host" '^up 0 0 '
		not says "$host" '^down'
	done
}

@test "the stream is removed while it is used: an entry is refused, and a new one made" {
	engine_start
	bus_start a "$(engine_urls)"
	expect a '^up'
	tell a read 1 1
	tell a append 1 1 one
	expect a '^entry 1 '
	engine_ask 0 STREAM.DELETE.CHAT_TEST >/dev/null
	tell a append 1 2 two
	expect a '^down .* (an entry is refused: no JetStream answers there|the stream cannot be read: .*)$'
	expect a '^up 0 0 ' 2
}

@test "the stream is full and refuses: that is no acknowledgement" {
	engine_start
	engine_ask 0 STREAM.CREATE.CHAT_TEST \
		'{"name":"CHAT_TEST","subjects":["chat.test.log"],"storage":"file","max_msgs":2,"discard":"new"}' \
		>/dev/null
	bus_start a "$(engine_urls)"
	expect a '^up'
	for n in 1 2 3; do
		tell a append 1 "$n" "line-$n"
	done
	expect a '^down .* an entry is refused: maximum messages exceeded$'
	expect a '^up 1 2 '
}

# --- the engine breaks off, or lies --------------------------------------------

# What each of these servers says first, and what the bus says of it.
declare -gA OUTSIDERS=(
	[garbage]='it does not speak NATS'
	[binary]='it does not speak NATS'
	[endless]='it does not speak NATS'
	[zeros]='it does not speak NATS'
	[not-json]='its INFO is not JSON'
	[deep]='its INFO is not JSON'
	[ping-first]='it does not speak NATS'
	[message-first]='it does not speak NATS'
	[old]='it has no headers: NATS 2.2 or later'
	[small]='its max_payload is less than 131072'
	[tls]='it requires TLS: put stunnel before it'
	[login]='it requires a login: --bus-login'
	[negative]='it does not speak NATS'
	[huge-message]='it does not speak NATS'
	[no-end]='it does not speak NATS'
	[error]='it says: Maximum Connections Exceeded'
)

are_left() { # OUTSIDER...
	local mode
	for mode; do
		outside_start "$mode" fake "$mode"
		bus_start "$mode" "$(outside_url "$mode")"
	done
	for mode; do
		expect_log "$mode" ": ${OUTSIDERS[$mode]}\"" || return 1
		not says "$mode" '^up' || return 1
		(($(memory_of "$mode") < 8192)) || return 1
	done
}

@test "a server that is no NATS server, one that is too old, and one that refuses" {
	are_left garbage old error
}

@test "servers that are no NATS server, or none for us" {
	takes_long
	are_left "${!OUTSIDERS[@]}"
}

@test "servers that never answer are left after 5 s" {
	takes_long
	local mode
	declare -A words=(
		[silent]='its INFO has not come within 5 s'
		[no-pong]='an answer to our login has not come within 5 s'
		[large]='an answer of JetStream has not come within 5 s'
	)
	for mode in "${!words[@]}"; do
		outside_start "$mode" fake "$mode"
		bus_start "$mode" "$(outside_url "$mode")"
	done
	for mode in "${!words[@]}"; do
		expect_log "$mode" "${words[$mode]}"
	done
}

@test "an entry that is lost on the way is asked for again" {
	engine_start
	outside_start proxy proxy "${ENGINE_PORT[0]}"
	bus_start a "$(outside_url proxy)"
	expect a '^up'
	tell a read 1 1
	tell a append 1 1 one
	expect a '^entry 1 '
	lose proxy entry
	tell a append 1 2 two
	tell a append 1 3 three
	expect a '^entry 3 '
	# The last one of all is missed by the heartbeat that counts it.
	lose proxy entry
	tell a append 1 4 four
	expect a '^entry 4 '
	equal "$(out_of a | awk '/^entry/ { print $2, $3, $6 }' | xargs)" \
		'1 1 one 2 1 two 3 1 three 4 1 four'
	not says a '^down'
}

@test "a consumer without heartbeats is made anew, at last the connection" {
	takes_long
	engine_start
	outside_start proxy proxy "${ENGINE_PORT[0]}"
	bus_start a "$(outside_url proxy)"
	expect a '^up'
	tell a read 1 1
	tell a append 1 1 one
	expect a '^entry 1 '
	lose proxy beats
	tell a append 1 2 two
	expect a '^entry 2 '
	expect a '^down .* the stream cannot be read: no heartbeats$'
	equal "$(out_of a | grep -c '^entry')" 2
	expect a '^up 1 2 '
}

@test "an entry without an acknowledgement ends the connection after 5 s" {
	takes_long
	engine_start
	outside_start proxy proxy "${ENGINE_PORT[0]}"
	bus_start a "$(outside_url proxy)"
	expect a '^up'
	tell a read 1 1
	lose proxy acks
	tell a append 1 1 one
	expect a '^entry 1 '
	expect a '^down .* an entry was not acknowledged within 5 s$'
	expect a '^up 1 1 '
}

# --- a cluster -----------------------------------------------------------------

@test "a cluster of three: its leader is killed, and nothing is lost" {
	local leader
	cluster_start
	bus_start a "$(engine_urls 0 1 2)" test '' 3
	bus_start b "$(engine_urls 1 2 0)" test '' 3
	expect a '^up'
	expect b '^up'
	equal "$(engine_ask 0 STREAM.INFO.CHAT_TEST | jq .config.num_replicas)" 3
	tell a read 1 1
	tell a append 1 1 one
	expect a '^entry 1 '
	tell b quiet
	tell b read 1 1
	tell a fill 2 1 5000 100
	expect a '^filled'
	leader=$(stream_leader CHAT_TEST)
	expect a '^entry 5001 '
	engine_kill "$leader"
	tell a append 3 1 after
	eventually 60 has_entry_after_kill a
	equal "$(out_of a | awk '/^entry/ { print $2 }' | sort -n | uniq -c |
		awk '$1 > 0' | wc -l)" "$(out_of a | awk '/^entry/ { print $2 }' | sort -nu | wc -l)"
}

# Whatever the connection was, its host tries again as the relay does: a new
# epoch, and a reading from the last entry on.
has_entry_after_kill() { # HOST
	local ups
	says "$1" '^entry .* after$' && return
	ups=$(grep -c '^up' "$BATS_TEST_TMPDIR/bus-$1.out")
	if ((ups > ${UPS_SEEN:-1})); then
		UPS_SEEN=$ups
		tell "$1" read 5002 "$ups"
		tell "$1" append "$((3 + ups))" 1 after
	fi
	return 1
}

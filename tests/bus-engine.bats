#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The bus and a real NATS server: entries there and back, pressure from both sides,
# the processes beside it, and the server's options and --status.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell

load lib/helpers
load lib/engines
load lib/bus
load lib/administration

# --- there and back ------------------------------------------------------------

@test "entries come back to all hosts, in one order, with their time" {
	engine_start
	bus_start a "$(engine_urls)"
	expect a '^up 0 0 '
	tell a read 1 7
	tell a append 1 1 one
	expect a '^entry 1 7 1 3 one$'
	bus_start b "$(engine_urls)"
	expect b '^up 1 1 '
	tell b read 1 9
	tell b append 1 1 two
	tell a append 1 2 three
	expect b '^entry 3 9 1 '
	expect a '^entry 3 7 1 '
	equal "$(out_of a | awk '/^entry/ { print $2, $6 }')" \
		"$(out_of b | awk '/^entry/ { print $2, $6 }')"
	tell a status
	expect a "^status 1 nats://127.0.0.1:${ENGINE_PORT[0]}, as a in CHAT_TEST$"
	expect a '^counters connects=1 received=3 sent=2 last=3$'
}

@test "a repeated entry is dropped by the engine, another host's is not" {
	engine_start
	bus_start a "$(engine_urls)"
	bus_start b "$(engine_urls)"
	expect a '^up'
	expect b '^up'
	tell a read 0 1
	tell a append 5 1 one
	tell a append 5 1 one
	tell a append 5 2 two
	tell a append 6 1 three
	expect a '^entry .* three$'
	tell b append 5 1 four
	expect a '^entry 4 1 1 4 four$'
	equal "$(out_of a | grep -c '^entry')" 4
}

@test "what is told to one host comes to that one alone" {
	engine_start
	for host in a b c; do
		bus_start "$host" "$(engine_urls)"
		expect "$host" '^up'
	done
	tell a tell b psst
	tell a tell nobody psst
	tell a tell c later
	expect b '^told 0 0 0 4 psst$'
	expect c '^told 0 0 0 5 later$'
	not says a '^told'
	equal "$(out_of b | grep -c '^told')" 1
}

@test "servers of another name have another stream" {
	engine_start
	bus_start a "$(engine_urls)" one
	bus_start b "$(engine_urls)" two
	expect a '^up'
	expect b '^up'
	tell b read 1 1
	tell a append 1 1 hello
	tell a tell b hello
	tell b append 1 1 mine
	expect b '^entry 1 1 1 4 mine$'
	not says b 'hello'
}

@test "a reading begins where it is asked to, and replaces the one before" {
	engine_start
	bus_start a "$(engine_urls)"
	expect a '^up'
	for n in 1 2 3 4 5; do
		tell a append 1 "$n" "line-$n"
	done
	tell a read 4 1
	expect a '^entry 5 1 '
	not says a '^entry [123] '
	tell a read 2 2
	expect a '^entry 5 2 '
	equal "$(out_of a | awk '$1 == "entry" && $3 == 2 { print $2 }' | xargs)" \
		'2 3 4 5'
	tell a append 1 6 line-6
	expect a '^entry 6 2 '
	not says a '^entry 6 1 '
}

@test "what is no entry of ours leaves no hole: empty, or far too large" {
	engine_start
	bus_start a "$(engine_urls)"
	expect a '^up'
	tell a read 1 1
	tell a append 1 1 one
	expect a '^entry 1 '
	engine_publish 0 chat.test.log 0 65536 65537 500000 5
	engine_publish 0 chat.test.to.af63dc4c8601ec8c 500000
	tell a append 1 2 two
	expect a '^entry 7 1 1 3 two$'
	equal "$(out_of a | awk '/^entry/ { print $2, $5 }' | xargs)" \
		'1 3 2 0 3 65536 4 0 5 0 6 5 7 3'
	not says a '^(down|told)'
}

@test "100,000 entries of 100 bytes come back in order" {
	engine_start
	bus_start a "$(engine_urls)"
	bus_start b "$(engine_urls)"
	expect a '^up'
	expect b '^up'
	tell b quiet
	tell b read 1 1
	tell a fill 1 1 100000 100
	expect_all b 100000
	not says a '^down'
	not says b '^down'
}

@test "entries of the largest size" {
	engine_start
	bus_start a "$(engine_urls)"
	expect a '^up'
	tell a quiet
	tell a read 1 1
	tell a fill 1 1 200 65536
	expect_all a 200
	not says a '^down'
}

# --- back pressure -------------------------------------------------------------

@test "a relay that does not read: memory stays as it is, and nothing is lost" {
	local before
	engine_start
	bus_start a "$(engine_urls)"
	bus_start b "$(engine_urls)"
	expect a '^up'
	expect b '^up'
	tell b quiet
	tell b read 1 1
	tell a fill 1 1 1000 1000
	expect_all b 1000
	before=$(memory_of b)
	tell b hold
	# More than socket buffers and the consumer's window take.
	tell a fill 1 1001 30000 1000
	expect a '^filled' 2
	throughout 1 not_more b "$((before + 256))"
	tell b go
	expect_all b 31000
	not says b '^down'
}

not_more() { # HOST KIB
	(($(memory_of "$1") <= $2))
}

@test "a relay that does not read for long: the connection ends, the entries do not" {
	takes_long
	engine_start
	bus_start a "$(engine_urls)"
	bus_start b "$(engine_urls)"
	expect a '^up'
	expect b '^up'
	tell b read 1 1
	tell b hold
	tell a fill 1 1 60000 1000
	expect a '^filled'
	# The engine gives up who takes nothing for 10 s.
	throughout 15 not says b '^down'
	tell b go
	expect b '^(down|entry 60000) '
	if says b '^down'; then
		expect b '^up' 2
		tell b quiet
		tell b read 1 2
		expect_all b 60000
	fi
}

@test "an engine that does not read: the relay waits" {
	local before
	engine_start
	bus_start a "$(engine_urls)"
	expect a '^up'
	before=$(memory_of a)
	kill -STOP "${ENGINE_PID[0]}"
	tell a fill 1 1 20000 1000
	throughout 1 not_more a "$((before + 1024))"
	not says a '^filled'
	expect a '^down .* (silent for|an entry was not acknowledged within) 5 s'
	kill -CONT "${ENGINE_PID[0]}"
	expect a '^up' 2
}

# --- the processes beside it ---------------------------------------------------

@test "the relay dies: the bus attaches to the next one, and tells it anew" {
	engine_start
	bus_start a "$(engine_urls)"
	expect a '^up 0 0 '
	tell a read 1 1
	tell a append 1 1 one
	expect a '^entry 1 1 '
	tell a die
	expect a '^attached' 2
	expect a '^up 1 1 '
	bus_start b "$(engine_urls)"
	expect b '^up'
	tell b append 1 1 two
	tell b read 1 1
	expect b '^entry 2 '
	# Who does not ask gets nothing of the earlier reading.
	not says a '^entry 2 '
	tell a read 2 5
	expect a '^entry 2 5 1 3 two$'
	tell a status
	expect a '^counters connects=1 '
}

@test "the bus is killed: another one attaches, and goes on" {
	engine_start
	bus_start a "$(engine_urls)"
	expect a '^up'
	tell a read 1 1
	tell a append 1 1 one
	expect a '^entry 1 1 '
	tell a kill
	expect a '^attached' 2
	expect a '^up 1 1 '
	tell a read 1 2
	expect a '^entry 1 2 1 3 one$'
}

@test "a bad frame ends the channel, not the bus" {
	engine_start
	bus_start a "$(engine_urls)"
	expect a '^up'
	tell a bad
	expect a '^up' 2
	expect_log a 'bus-channel reason=bad-frame'
}

# --- the server itself ---------------------------------------------------------

@test "the server: its bus is seen in --status, in all three forms" {
	engine_start
	start_server --bus "$(engine_urls)" --bus-host here --bus-name house
	eventually "$PATIENCE" bus_is_up
	done_by --status
	contains "$output" "bus: connected to nats://127.0.0.1:${ENGINE_PORT[0]}, as here in CHAT_HOUSE"
	equal "$(counter bus_connects_total)" 1
	done_by --status --metrics
	contains "$output" $'# TYPE chatserver_bus_up gauge\nchatserver_bus_up 1'
	engine_end
	eventually "$PATIENCE" bus_is_down
	done_by --status
	contains "$output" "bus: not connected: nats://127.0.0.1:${ENGINE_PORT[0]}: "
}

@test "the bus has no other descriptors than its own" {
	[[ $(id -u) == 0 ]] || skip "only root may look at processes that are locked in"
	local login=$BATS_TEST_TMPDIR/login pid held
	engine_start
	echo chat:secret >"$login"
	chmod 600 "$login"
	start_server --bus "$(engine_urls)" --bus-host here --bus-login "$login"
	eventually "$PATIENCE" bus_is_up
	pid=$(processes "$SERVER_PID" chat-bus)
	held=$(find "/proc/$pid/fd" -mindepth 1 -printf '%f\n' | sort -n | xargs)
	# Its own six, the channel and the engine; the login has been read.
	[[ $held =~ ^0\ 1\ 2\ 3\ 4\ 5(\ 6)?(\ 7)?$ ]] || fail "it holds $held"
	not contains "$(ls -l "/proc/$pid/fd")" "$login"
}

bus_is_up() {
	[[ $(counter bus_up) == 1 ]]
}

bus_is_down() {
	[[ $(counter bus_up) == 0 ]]
}

@test "the server: its bus is killed and started again; people notice nothing" {
	local pid
	engine_start
	start_server --bus "$(engine_urls)" --bus-host here
	enter alice bob
	eventually "$PATIENCE" bus_is_up
	pid=$(processes "$SERVER_PID" chat-bus)
	kill -KILL "$pid"
	eventually "$PATIENCE" another_bus "$pid"
	eventually "$PATIENCE" bus_is_up
	equal "$(counter bus_restarts_total)" 1
	say bob hello
	expect_line alice '[bob] hello'
}

another_bus() { # PID
	local now
	now=$(processes "$SERVER_PID" chat-bus)
	[[ -n $now && $now != "$1" ]]
}

@test "the server starts without its engine; without --bus there is no bus" {
	ENGINE_PORT[0]=$(free_ports 1)
	start_server --bus "$(engine_urls)" --bus-host here
	enter alice
	eventually "$PATIENCE" status_says 'bus: not connected: nats://.*: Connection refused'
	stop_server
	start_server
	equal "$(processes "$SERVER_PID" chat-bus)" ''
	done_by --status
	not contains "$output" bus
}

status_says() { # PATTERN
	"$SERVER" -Port "$PORT" --status | grep -qE "$1"
}

@test "the server: an upgrade starts the bus anew" {
	local pid
	engine_start
	start_server --bus "$(engine_urls)" --bus-host here
	eventually "$PATIENCE" bus_is_up
	pid=$(processes "$SERVER_PID" chat-bus)
	kill -HUP "$SERVER_PID"
	eventually "$PATIENCE" another_bus "$pid"
	eventually "$PATIENCE" bus_is_up
}

@test "options that are wrong are refused at the start" {
	local login=$BATS_TEST_TMPDIR/login
	refused_start() { # STATUS PATTERN OPTION...
		run -"$1" timeout 10 "$SERVER" -Port 0 "${@:3}"
		contains "$output" "$2"
	}
	refused_start 64 'must be nats://HOST:PORT' --bus 127.0.0.1:4222
	refused_start 64 'must be nats://HOST:PORT' --bus tls://127.0.0.1:4222
	refused_start 64 'with a port from 1 to 65535' --bus nats://127.0.0.1:0
	refused_start 64 'must be an IPv4 address, an IPv6 address in brackets or localhost' \
		--bus nats://engine.example:4222
	refused_start 64 'must be nats://HOST:PORT' --bus nats://127.0.0.1:1,
	refused_start 64 'more than 8 addresses' --bus \
		"$(printf 'nats://[::1]:1,%.0s' {1..8})nats://[::1]:1"
	refused_start 64 '--bus-name requires --bus' --bus-name x
	refused_start 64 'letters, digits, _ or -' --bus 'nats://[::1]:1' --bus-host a.b
	refused_start 64 'letters, digits, _ or -' --bus 'nats://[::1]:1' --bus-name ''
	refused_start 64 'not a number from 1 to 5' --bus 'nats://[::1]:1' --bus-replicas 0
	refused_start 66 'No such file' --bus 'nats://[::1]:1' --bus-login "$login"
	printf 'a:b\n' >"$login"
	chmod 644 "$login"
	refused_start 78 'other users may read or write it' --bus 'nats://[::1]:1' --bus-login "$login"
	printf '\n' >"$login"
	chmod 600 "$login"
	refused_start 78 'its first line must be' --bus 'nats://[::1]:1' --bus-login "$login"
}

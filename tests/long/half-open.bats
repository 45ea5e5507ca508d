#!/usr/bin/env bats
# Peers that have vanished without a word: a cable is pulled.
#
# It takes the minutes that the kernel takes: see KEEPALIVE_IDLE and
# USER_TIMEOUT_MS in server/listener.c.  Two servers wait side by side.

load ../helpers
load ../namespaces

seat_here() { # NAME
	seat "$1" ip netns exec "$SERVER_SIDE" nc 127.0.0.1 "$PORT"
	expect_welcome "$1"
}

seat_there() { # NAME
	seat "$1" ip netns exec "$CLIENT_SIDE" nc 192.0.2.1 "$PORT"
	expect_welcome "$1"
}

# Waits until it is on the screen; MS is when, counted from START.
await_line() { # NAME REGULAR-EXPRESSION SECONDS
	eventually "$3" has_match "$1" "$2" ||
		fail "nothing in $3 s that matches $2 on the screen of $1:" \
			"$(screen "$1")"
	MS=$(($(now_ms) - START))
	echo "# after $MS ms: $2" >&3
}

@test "a pulled cable: gone in a minute with bytes on the way, in two without" {
	launch_server --listen '*:0'
	await_server 1
	seat_here alice
	seat_there bob
	launch_server --listen '*:0'
	await_server 1
	seat_here carol
	seat_there dave
	expect_match alice "\\* ${NICK[bob]} joined .*"
	expect_match carol "\\* ${NICK[dave]} joined .*"
	START=$(now_ms)
	ip -n "$CLIENT_SIDE" link set cable down
	say alice 'bob does not get this'
	expect_line alice "[${NICK[alice]}] bob does not get this"
	await_line alice "\\* ${NICK[bob]} left \\(1 online\\)" 90
	((MS >= 55000 && MS <= 80000)) || fail "bob was gone after $MS ms"
	await_line carol "\\* ${NICK[dave]} left \\(1 online\\)" 80
	((MS >= 60000 && MS <= 150000)) || fail "dave was gone after $MS ms"
	# Their seats are free, and nobody else has noticed.
	eventually "$PATIENCE" children_are 1
	say carol 'alone'
	expect_line carol "[${NICK[carol]}] alone"
	ip -n "$CLIENT_SIDE" link set cable up
	seat_there erin
	expect_match carol "\\* ${NICK[erin]} joined \\(2 online\\)"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Peers that have vanished without a word: a cable is pulled.
#
# It takes the minute that the kernel takes: see KEEPALIVE_IDLE and
# USER_TIMEOUT_MS in server/parent/listener.c, tune() in client/session/connection.c.  Two
# servers wait side by side.
# shellcheck disable=SC2030,SC2031,SC2034 # subshells; what terminals.bash reads

load ../lib/helpers
load ../lib/namespaces
load ../lib/tmux

teardown() {
	leave_terminals
	clean_up
}

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

@test "a pulled cable: gone in a minute, with bytes on the way and without" {
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
	((MS >= 55000 && MS <= 80000)) || fail "dave was gone after $MS ms"
	# Their seats are free, and nobody else has noticed.
	eventually "$PATIENCE" children_are 1
	say carol 'alone'
	expect_line carol "[${NICK[carol]}] alone"
	ip -n "$CLIENT_SIDE" link set cable up
	seat_there erin
	expect_match carol "\\* ${NICK[erin]} joined \\(2 online\\)"
}

# chatclient on the other side, in four ways: on a terminal, with the
# connection made anew and without, and in a pipe, where it is not.
sit_there() { # NAME [OPTION...]
	start_terminal "$1" 80x24 --ip 192.0.2.1 --name "$@"
	expect_row "$1" 'menu>'
	press "$1" 1 Enter
	expect_end "$1" 'public>'
}

pipe_there() { # NAME
	local file=$BATS_TEST_TMPDIR/$1
	mkfifo "$file.in"
	(bare ip netns exec "$CLIENT_SIDE" "$CLIENT" --ip 192.0.2.1 \
		-Port "$PORT" --name "$1" <>"$file.in" >"$file" 2>&1 3>&-) &
	PIPED+=($!)
	eventually "$PATIENCE" grep -q "welcome, $1" "$file"
	echo 1 >"$file.in"
	eventually "$PATIENCE" grep -q 'public chat' "$file"
}

seen_by() { # NAME
	if [[ -e $BATS_TEST_TMPDIR/$1 ]]; then
		cat "$BATS_TEST_TMPDIR/$1"
	else
		terminal "$1"
	fi
}

is_told() { # NAME
	seen_by "$1" | grep -q 'connection lost: '
}

# Polls all of NAMES; each is told once, within a minute of START.
all_are_told() { # NAMES...
	local name left=()
	for name in "$@"; do
		if is_told "$name"; then
			echo "# $name is told after $(($(now_ms) - START)) ms:" \
				"$(seen_by "$name" | grep 'connection lost')" >&3
		else
			left+=("$name")
		fi
	done
	LEFT=("${left[@]}")
	((${#left[@]} == 0))
}

each_is_told() {
	all_are_told "${LEFT[@]}"
}

# A minute for who types and for who does not; the server lets go of them
# within two: a minute without a packet from there, or, where something is said
# to them meanwhile, be it that another of them has left, one from then on.
all_see_the_end_of() { # COMMAND THAT CUTS THE LINK...
	local name
	PIPED=()
	INSIDE=(ip netns exec "$CLIENT_SIDE")
	launch_server --listen '*:0'
	await_server 1
	seat_here alice
	sit_there types
	sit_there waits
	sit_there types-late
	sit_there types-once --no-reconnect
	sit_there waits-once --no-reconnect
	pipe_there types-piped
	pipe_there waits-piped
	say alice 'all are here'
	for name in types waits types-late types-once waits-once; do
		expect_row "$name" "[${NICK[alice]}] all are here"
	done
	START=$(now_ms)
	"$@"
	press types 'nobody hears this' Enter
	press types-once 'nobody hears this' Enter
	echo 'nobody hears this' >"$BATS_TEST_TMPDIR/types-piped.in"
	# Nobody is cut off by less, and a line begins no new minute.
	throughout 25 not is_told waits
	press types-late 'nobody hears this' Enter
	LEFT=(types waits types-late types-once waits-once types-piped waits-piped)
	eventually 35 each_is_told || fail "not told in 60 s: ${LEFT[*]}"
	for name in types types-late types-once types-piped; do
		seen_by "$name" | grep -qF 'not confirmed: nobody hears this' ||
			fail "$name does not read what was lost:" \
				"$(seen_by "$name")"
	done
	expect_row types-once 'status 69'
	expect_row waits-once 'status 69'
	for name in "${PIPED[@]}"; do
		status=0
		wait "$name" || status=$?
		equal "$status" 69
	done
	eventually 90 children_are 1 || fail "the server serves nobody's seats"
	echo "# the server has let go of all after $(($(now_ms) - START)) ms" >&3
	(($(now_ms) - START <= 130000)) || fail 'that is too late'
}

@test "chatclient: a pulled cable is told within a minute, whoever types or not" {
	all_see_the_end_of ip -n "$CLIENT_SIDE" link set cable down
}

@test "chatclient: the same where packets vanish further away" {
	all_see_the_end_of ip -n "$SERVER_SIDE" route add blackhole 192.0.2.11
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Back pressure: whoever reads late, by whatever buffers, loses nothing.

load lib/helpers

SOCKET=$BATS_TEST_TMPDIR/chat.sock
CONTROL=$BATS_TEST_TMPDIR/control

start_server_for_all() { # OPTION...
	launch_server --listen 127.0.0.1:0 --listen "unix:$SOCKET" --control "$CONTROL" \
		--history 0 "$@"
	await_server 2
}

# Everybody talks, each reads when it likes to.
press() { # PEOPLE LINES SEED
	[[ -n ${STRESS-} ]] || skip "STRESS is not set"
	run "$STRESS/pressure" "$PORT" "$SOCKET" "$CONTROL" "$SERVER" "$@"
	echo "$output"
	equal "$status" 0 "the status of pressure"
}

@test "all buffers, all pauses: every line is heard by all, in one order" {
	takes_long
	start_server_for_all --rate 0
	for _ in $(seq 1 "${PRESSURE_RUNS:-2}"); do
		press 10 120 0
	done
}

@test "the same at a pace that slows everybody down" {
	takes_long
	start_server_for_all --rate 40 --burst 20
	press 10 120 0
}

# More than the buffers between the server and one who does not read take.
talk_on() { # NUMBER NAME...
	local text count=$1 name
	text=$(printf '%2990s' '' | tr ' ' y)
	shift
	for name in "$@"; do
		seq -f "%g $text" 1 "$count" >&"${INPUT[$name]}"
	done
}

# Comes by --inetd over pipes, and reads nothing until told so.
come_without_reading() {
	mkfifo "$BATS_TEST_TMPDIR/"{up,down}
	(bare "$SERVER" --inetd --control "$CONTROL") \
		<"$BATS_TEST_TMPDIR/up" >"$BATS_TEST_TMPDIR/down" 3>&- &
	PERSON_PID['late']=$!
	exec {UP}>"$BATS_TEST_TMPDIR/up" {DOWN}<"$BATS_TEST_TMPDIR/down"
}

@test "one who reads late by pipes, as the others talk: no line is lost" {
	takes_long
	local i people=(t1 t2 t3 t4 t5 t6 t7 t8)
	start_server_for_all
	enter "${people[@]}" bob
	come_without_reading
	printf '/nick late\n' >&"$UP"
	expect_match bob '\* .*late.*'
	talk_on 36 "${people[@]}"
	expect_match bob '\[t1\] 26 y+'
	for i in 1 2 3 4 5; do
		printf '%s %04090d\n' "$i" 0 >&"$UP"
	done
	(bare cat) <&"$DOWN" >"$BATS_TEST_TMPDIR/late.screen" 3>&- &
	expect_match bob '\[late\] 5 0+'
	equal "$(matches bob '\[late\] [1-5] 0+')" 5 "what bob heard of late"
	expect_match bob '\[t8\] 36 y+'
	exec {UP}>&-
	eventually "$PATIENCE" ended "${PERSON_PID['late']}"
	equal "$(grep -cE '^\[t[1-8]\] [0-9]+ y+$' \
		"$BATS_TEST_TMPDIR/late.screen")" 288 "what late heard"
	exec {DOWN}<&-
}

# All of it is written before anything is read; what does not fit in the buffers
# of this machine is written meanwhile.
@test "300,000 lines are sent before anything is read: all come back" {
	local fd writer
	start_server_for_all --rate 0
	exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
	(bare seq -f 'line %06g' 1 300000) >&"$fd" 3>&- &
	writer=$!
	eventually 5 ended "$writer" || true
	(bare timeout 60 sed -n '/\] line /p; /line 300000$/q') \
		<&"$fd" >"$BATS_TEST_TMPDIR/back" 3>&- || true
	exec {fd}>&-
	equal "$(sed 's/.*\] line //' "$BATS_TEST_TMPDIR/back" |
		cmp - <(seq -f %06g 1 300000) 2>&1)" "" "what came back"
}

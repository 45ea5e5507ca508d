#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# chatclient when its connection goes: what it says, what it keeps, how it comes
# back.

# shellcheck disable=SC2153 # what the helpers set
load lib/helpers
load lib/tmux
load lib/links

setup() {
	start_server --rate 0
}

teardown() {
	leave_terminals
	remove_links
	clean_up
}

# A server on the port of the one before, as after a restart.
restart_server() { # OPTION...
	launch_server --port "$PORT" "$@"
	await_server 1
}

@test "a lost server is told, what is typed is kept, and all is as it was" {
	sit_down carol 80x24 --name carol
	press carol 1 Enter
	expect_end carol 'public>'
	press carol 'half a line'
	murder_server
	expect_row carol '! connection lost: the server closed the connection; trying again in 1 s'
	expect_end carol 'offline> half a line'
	restart_server --rate 0
	expect_row carol '* connected again, as carol; 1 online'
	expect_end carol 'public> half a line'
	connect alice
	press carol Enter
	expect_line alice '[carol] half a line'
}

@test "attempts that fail are told, with growing pauses; Enter does not wait" {
	sit_down carol 80x24 --name carol
	press carol 1 Enter
	expect_end carol 'public>'
	stop_server
	expect_row carol '! connection lost: server is shutting down; trying again in 1 s (Enter:'
	expect_row carol '! cannot connect: Connection refused; trying again in 2 s (Enter: now,'
	press carol 'kept' Enter
	expect_row carol '! cannot connect: Connection refused; trying again in 4 s (Enter: now,'
	press carol Enter
	expect_row carol '! cannot connect: Connection refused; trying again in 8 s (Enter: now,'
	restart_server
	press carol Enter
	expect_end carol 'public> kept'
}

@test "the pauses grow also where each attempt succeeds and soon fails" {
	sit_down carol 80x24 --name carol
	for pause in 1 2 4; do
		kill -KILL "$(children)"
		expect_row carol "! connection lost: the server closed the connection; trying again in $pause s"
		press carol Enter
		expect_end carol 'menu>'
	done
}

@test "what was missed is shown, and nothing twice" {
	enter alice
	sit_down carol 80x24 --name carol
	mine=$CHILD
	press carol 1 Enter
	expect_end carol 'public>'
	connect bob
	for n in 1 2 3; do
		say alice "before $n"
	done
	expect_row carol '[alice] before 3'
	# The connection goes, and the next one takes a second.
	kill -KILL "$mine"
	expect_row carol '! connection lost: the server closed the connection; trying again in 1 s'
	for n in 1 2 3; do
		say alice "meanwhile $n"
	done
	expect_row carol '* connected again, as carol; 3 online'
	say alice after
	expect_row carol '[alice] after'
	for line in 'before 1' 'before 2' 'before 3' 'meanwhile 1' \
		'meanwhile 2' 'meanwhile 3'; do
		equal "$(terminal carol | grep -cF "] $line")" 1 "'$line'"
	done
	not has_row carol '* messages older than these may be missing'
}

@test "where more was missed than the server has, that is said" {
	stop_server
	start_server --rate 0 --history 2
	enter alice
	make_link
	PORT=$LINK_PORT start_terminal carol 80x24 --name carol
	expect_row carol 'menu>'
	mine=$(children | tail -n 1)
	say alice 'seen'
	expect_row carol '[alice] seen'
	cut_link
	kill -KILL "$mine"
	expect_row carol '! connection lost: the server closed the connection; trying again in 1 s'
	fill_history alice
	for n in 1 2 3; do
		say alice "meanwhile $n"
	done
	expect_line alice '[alice] meanwhile 3'
	make_link
	expect_row carol '* messages older than these may be missing'
	equal "$(terminal carol | grep -cF 'meanwhile')" 3
}

@test "a private chat goes on" {
	enter bob
	sit_down carol 80x24 --name carol
	press carol 2 Enter
	expect_end carol 'name>'
	press carol bob Enter
	expect_end carol 'bob>'
	kill -KILL "$CHILD"
	expect_row carol '* connected again, as carol; 2 online'
	expect_end carol 'bob>'
	press carol 'still there?' Enter
	expect_line bob '[carol -> you] still there?'
}

@test "a question is asked again, what was begun as its answer is kept" {
	takes_long
	enter bob
	sit_down carol 80x24 --name carol
	press carol 3 Enter
	expect_end carol 'name>'
	press carol 'dav'
	kill -KILL "$CHILD"
	expect_row carol '* connected again, as carol; 2 online'
	expect_end carol '* you are carol: type your new name; exit goes back to the menu
name> dav'
	press carol e Enter
	expect_end carol 'menu>'
	mine=$(children | tail -n 1)
	press carol 2 Enter
	expect_end carol 'name>'
	press carol bo
	expect_end carol 'name> bo'
	kill -KILL "$mine"
	expect_row carol '* connected again, as dave; 2 online'
	expect_end carol '* you can write to: bob (1)
* private chat: type a name; exit goes back to the menu
name> bo'
}

@test "whoever is turned away in between comes back to the same mode" {
	sit_down carol 80x24 --name carol
	press carol 1 Enter
	expect_end carol 'public>'
	stop_server
	expect_row carol '! cannot connect: Connection refused; trying again in 4 s (Enter: now,'
	restart_server --max-users 1
	connect alice
	press carol Enter
	expect_row carol '! refused: server full; trying again in 8 s (Enter: now, C-d: leave)'
	hang_up alice
	eventually "$PATIENCE" children_are 0
	press carol Enter
	expect_row carol '* connected again, as carol; 1 online'
	expect_end carol 'public>'
}

@test "the name is taken back when the dead connection lets go of it" {
	connect thief
	sit_down carol 80x24 --name carol
	press carol 1 Enter
	expect_end carol 'public>'
	kill -KILL "$CHILD"
	# Somebody is faster.
	take_name thief carol
	expect_row carol '* connected again, as guest-1; 2 online'
	hang_up thief
	expect_row carol '* guest-1 is now carol'
	expect_end carol 'public>'
}

@test "idle for too long: it is explained, and Enter connects again" {
	stop_server
	start_server --idle-timeout 1
	sit_down carol 80x24 --name carol
	expect_row carol '! disconnected: idle for 1 s without a line from you; Enter connects'
	expect_end carol 'offline>'
	press carol Enter
	expect_row carol '* connected again, as carol; 1 online'
	expect_end carol 'offline>'
	press carol C-d
	expect_row carol 'status 75'
}

@test "leaving while there is no connection: 69" {
	sit_down carol 80x24 --name carol
	stop_server
	expect_end carol 'offline>'
	press carol C-d
	expect_row carol 'status 69'
}

@test "what was not confirmed is told, and no question is taken for it" {
	sit_down carol 80x24 --name carol
	press carol 2 Enter
	expect_end carol 'name>'
	press carol exit Enter
	expect_end carol 'menu>'
	kill -STOP "$CHILD"
	press carol 2 Enter
	expect_end carol 'name>'
	kill -KILL "$CHILD"
	expect_row carol '* connected again, as carol; 1 online'
	not grep -F 'not confirmed' <<<"$(terminal carol)"
	expect_end carol 'name>'
	press carol exit Enter 1 Enter
	expect_end carol 'public>'
	relay=$(relay_pid)
	kill -STOP "$relay"
	press carol one Enter two Enter
	mine=$(children | tail -n 1)
	kill -KILL "$mine"
	expect_row carol '! not confirmed: one'
	expect_row carol '! not confirmed: two'
	kill -CONT "$relay"
}

@test "lost while leaving: 69, and no other connection is made" {
	sit_down carol 80x24 --name carol
	press carol 1 Enter
	expect_end carol 'public>'
	relay=$(relay_pid)
	kill -STOP "$relay"
	press carol 'last words' Enter C-d
	expect_end carol 'exit goes back to the menu'
	kill -KILL "$CHILD"
	expect_row carol 'chatclient: connection lost: the server closed the connection'
	expect_row carol 'status 69'
	kill -CONT "$relay"
}

@test "--no-reconnect: 69 at once" {
	sit_down carol 80x24 --no-reconnect
	murder_server
	expect_row carol 'chatclient: connection lost: the server closed the connection'
	expect_row carol 'status 69'
}

@test "kicked: why it ended is told, and only Enter connects again" {
	sit_down carol 80x24 --name carol
	"$SERVER" --port "$PORT" --kick carol 'no caps' >/dev/null
	expect_row carol '! disconnected: kicked: no caps; Enter connects again, C-d leaves'
	expect_end carol 'offline>'
	throughout 2 children_are 0
	press carol Enter
	expect_row carol '* connected again, as carol; 1 online'
	"$SERVER" --port "$PORT" --kick carol >/dev/null
	expect_row carol '! disconnected: kicked; Enter connects again, C-d leaves'
	press carol C-d
	expect_row carol 'status 77'
}

@test "a chosen name that begins with guest- is kept" {
	takes_long
	sit_down carol 80x24 --name guest-77
	kill -KILL "$CHILD"
	expect_row carol '* connected again, as guest-77; 1 online'
	expect_end carol 'menu>'
	press carol '/nick guest-80' Enter
	expect_row carol '* guest-77 is now guest-80'
	kill -KILL "$(children)"
	expect_row carol '* connected again, as guest-80; 1 online'
}

@test "kicked without a terminal: why is told, 77" {
	mkfifo "$BATS_TEST_TMPDIR/in"
	exec 7<>"$BATS_TEST_TMPDIR/in"
	(bare "$CLIENT" -Port "$PORT" --name carol <&7 \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- 7>&-) &
	client=$!
	eventually "$PATIENCE" grep -q 'welcome, carol' "$BATS_TEST_TMPDIR/out"
	"$SERVER" --port "$PORT" --kick carol 'no caps' >/dev/null
	status=0
	wait "$client" || status=$?
	exec 7>&-
	equal "$status" 77
	grep -qF 'disconnected: kicked: no caps' "$BATS_TEST_TMPDIR/err"
}

is_back() { # NAME
	grep -q 'connected again, as guest-' <<<"$(terminal "$1")"
}

@test "a guest name that the server gave is not asked for again" {
	sit_down carol 80x24
	expect_row carol '* welcome, guest-1; 1 online; /help for help'
	kill -KILL "$CHILD"
	expect_row carol '! connection lost: the server closed the connection; trying again in 1 s'
	connect guest
	expect_end carol 'menu>'
	eventually "$PATIENCE" is_back carol
	not grep -F 'cannot use the name' <<<"$(terminal carol)"
}

# A link that can be stopped, to the server; SOCAT is its process.
lay_link() { # [PORT]
	socat -u /dev/null /dev/null || skip "no socat here"
	: >"$BATS_TEST_TMPDIR/link"
	(bare socat -d -d "TCP-LISTEN:${1-0},bind=127.0.0.1,reuseaddr" \
		"TCP:127.0.0.1:$SERVER_PORT") 2>"$BATS_TEST_TMPDIR/link" 3>&- &
	SOCAT=$!
	eventually "$PATIENCE" grep -q 'listening on' "$BATS_TEST_TMPDIR/link"
	PORT=$(sed -n 's/.*listening on .*://p' "$BATS_TEST_TMPDIR/link")
}

sit_behind_link() {
	SERVER_PORT=$PORT
	lay_link
	sit_down carol 80x24 --name carol
	press carol 1 Enter
	expect_end carol 'public>'
	kill -STOP "$SOCAT"
	press carol one Enter two Enter
}

@test "lines lost with a link are named, and C-x sends them again" {
	takes_long
	connect alice
	sit_behind_link
	PATIENCE=20 expect_row carol '! the server does not answer'
	kill -KILL "$SOCAT"
	expect_row carol '! not confirmed: one'
	expect_row carol '! not confirmed: two'
	lay_link "$PORT"
	press carol Enter
	expect_row carol '* not confirmed: 2 of the lines sent; C-x sends them again'
	press carol C-x
	expect_row carol '[carol] one'
	expect_row carol '[carol] two'
	expect_line alice '[carol] two'
	press carol C-x
	expect_row carol '* nothing to send again'
}

@test "a stall that ends is told to be over, and nothing to be lost" {
	takes_long
	sit_behind_link
	PATIENCE=20 expect_row carol '! the server does not answer'
	kill -CONT "$SOCAT"
	expect_row carol '[carol] two'
	expect_row carol '* the server answers again'
	kill -KILL "$SOCAT"
	expect_row carol '! connection lost: the server closed the connection; trying again in 1 s'
	not grep -F 'not confirmed' <<<"$(terminal carol)"
}

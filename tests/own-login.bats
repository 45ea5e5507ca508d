#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# One's own login name, which another connection of the same login has: the new
# connection gets the name, and the other one ends.

load lib/helpers
load lib/administration
load lib/irc
load lib/resume

setup() {
	local uid
	uid=$(id -u)
	ME=$(id -un)
	((uid == 0 || uid >= 1000)) || skip "the login of a service is nobody's"
	grep -q "^$ME:" /etc/passwd || skip "who runs this is not in /etc/passwd"
	CHAT=$BATS_TEST_TMPDIR/chat
	launch_server --listen 127.0.0.1:0 --listen "unix:$CHAT" --rate 0 --history 0 \
		--greet-after "$SILENCE" --reserve-logins
	await_server 2
	connect bob
}

# By the UNIX socket, under one's own login.
come_home() { # NAME
	seat "$1" nc -U "$CHAT"
	say "$1" "/nick $ME"
	expect_line "$1" "* welcome, $ME; ${2:-2} online; /help for help"
}

expect_ended() { # NAME
	expect_line "$1" '! taken over by your new connection'
	expect_exit "$1" 0
}

@test "who comes again under its login has the name, and the old connection ends" {
	come_home one
	wipe bob
	come_home two
	expect_ended one
	expect_line bob "* $ME left (1 online)"
	expect_line bob "* $ME joined (2 online)"
	say two 'here I am'
	expect_line bob "[$ME] here I am"
	eventually "$PATIENCE" grep -q 'disconnect slot=[0-9]* reason=taken-over' \
		"$SERVER_LOG"
}

@test "the same by a rename, by events, and by IRC" {
	come_home one
	seat two nc -U "$CHAT"
	expect_welcome two
	say two "/nick ${ME^^}"
	expect_ended one
	expect_line bob "* ${NICK[two]} is now ${ME^^}"
	seat three nc -U "$CHAT"
	say three "/events 1 $ME"
	expect_joined three "$ME" 2
	expect_ended two
	seat four nc -U "$CHAT"
	type_bytes four "NICK $ME\r\nUSER me 0 * :Me\r\n"
	expect_match four ":[^ ]+ 001 $ME :.*"
	expect_event three bye - - 'taken over by your new connection'
	come_home five
	expect_match four 'ERROR :.*taken over by your new connection.*'
}

@test "who reads nothing is ended, too, and a process that is stopped is waited for" {
	local child
	come_home one
	kill -STOP "${PERSON_PID[one]}"
	yes 'a line that fills the buffers, if they come often enough' |
		head -n 40000 >&"${INPUT[bob]}"
	expect_about "$ME" '.lag_bytes > 100000 and .queue_bytes > 50000'
	come_home two
	kill -CONT "${PERSON_PID[one]}"
	child=$(about "$ME" .pid)
	kill -STOP "$child"
	seat three nc -U "$CHAT"
	say three "/nick $ME"
	expect_match three '! name in use: .*'
	kill -CONT "$child"
	# It had been told, and goes.
	expect_ended two
	say three "/nick $ME"
	expect_match three ".* is now $ME"
}

@test "nobody else can: another login, the same name by TCP" {
	come_home one
	seat eve nc 127.0.0.1 "$PORT"
	say eve "/nick $ME"
	expect_match eve '! .*login of this host.*'
	never_match one '.*taken over.*'
	# Names that are no login's are kept from oneself, too.
	seat two nc -U "$CHAT"
	say two '/nick carl-the-second'
	expect_match two '\* welcome, carl-the-second.*'
	seat three nc -U "$CHAT"
	say three '/nick carl-the-second'
	expect_line three '! name in use: carl-the-second'
	never_match two '.*taken over.*'
}

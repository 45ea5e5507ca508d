#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Ends of processes, friendly and not.

load lib/helpers

new_relay() { # OLD-PID
	local pid
	pid=$(relay_pid)
	[[ $pid =~ ^[0-9]+$ && $pid != "$1" ]]
}

@test "kill -9 of a child: that user is gone, nobody else notices" {
	start_server
	enter alice bob
	connect_noting_child carol
	rename carol carol
	expect_line alice "* ${NICK[carol]} is now carol"
	kill -KILL "$CHILD"
	expect_disconnected carol
	for reader in alice bob; do
		expect_line "$reader" '* carol left (2 online)'
	done
	say alice 'still here'
	expect_line bob '[alice] still here'
	expect_who alice alice bob
	# Neither the name nor the seat is held.
	connect dave
	equal "${NICK[dave]}" guest-1
	rename dave carol
	expect_who alice alice bob carol
}

@test "kill -9 of a child again and again: the server goes on" {
	takes_long
	start_server --max-users 3 --rate 0
	enter alice bob
	for n in $(seq 1 20); do
		connect_noting_child carol
		say carol "round $n"
		expect_match bob ".*round $n"
		kill -KILL "$CHILD"
		expect_disconnected carol
		eventually "$PATIENCE" children_are 2
	done
	expect_who alice alice bob
	equal "$(matches bob '\* guest-1 joined .*')" 20 "joins"
	eventually "$PATIENCE" matches_are 20 bob '\* guest-1 left .*'
}

@test "a child that crashes is no more than a user who left" {
	start_server
	enter alice
	connect_noting_child bob
	kill -ABRT "$CHILD"
	expect_disconnected bob
	expect_match alice '\* guest-1 left.* \(1 online\)'
	expect_who alice alice
}

@test "kill -9 of a relay that has not heard a goodbye: the reason is told" {
	start_server --idle-timeout 4
	enter alice
	connect bob
	keep_alice_here() {
		say alice ''
		has_match bob '! disconnected: idle for 4 s'
	}
	relay=$(relay_pid)
	kill -STOP "$relay"
	eventually "$PATIENCE" keep_alice_here
	kill -KILL "$relay"
	expect_disconnected bob
	expect_line alice '* guest-1 left: idle for 4 s (1 online)'
}

@test "kill -9 of the relay: who could see nothing new has missed nothing" {
	local text
	start_server --rate 0
	enter alice bob carol
	# More private lines than the log keeps, between two others.
	text=$(printf '%3990s' '' | tr ' ' x)
	seq -f "to|bob|%g $text" 1 2500 >&"${INPUT[alice]}"
	eventually 60 has_match bob '\[alice -> you\] 2500 x+'
	relay=$(relay_pid)
	kill -KILL "$relay"
	eventually "$PATIENCE" new_relay "$relay"
	say bob 'that was long'
	expect_line carol '[bob] that was long'
	never_match carol '\* you missed .*'
	equal "$(matches bob '\[alice -> you\] [0-9]+ x+')" 2500 "what bob got"
}

@test "kill -9 of the relay: no connection drops, nothing is lost" {
	start_server --rate 0
	enter alice bob carol
	for n in 1 2 3; do
		relay=$(relay_pid)
		say alice "before $n"
		kill -KILL "$relay"
		say bob "after $n"
		say carol "to|alice|psst $n"
		eventually "$PATIENCE" new_relay "$relay"
		say carol "later $n"
		for reader in alice bob carol; do
			expect_line "$reader" "[alice] before $n"
			expect_line "$reader" "[bob] after $n"
			expect_line "$reader" "[carol] later $n"
		done
		expect_line alice "[carol -> you] psst $n"
	done
	for reader in alice bob carol; do
		not disconnected "$reader"
		never_match "$reader" '.*(joined|left|missed).*'
		equal "$(matches "$reader" '\[(alice|bob|carol)\] (before|after|later) .*')" \
			9 "public lines of $reader"
	done
	public() {
		screen "$1" | grep -aE '^\[[a-z]+\] (before|after|later)'
	}
	equal "$(public alice)" "$(public bob)" "alice's order"
	equal "$(public alice)" "$(public carol)" "alice's order"
	equal "$(matches alice '\[carol -> you\] .*')" 3 "private lines"
}

@test "kill -9 of the relay: those who come and go meanwhile are told" {
	start_server
	enter alice bob
	relay=$(relay_pid)
	kill -KILL "$relay"
	hang_up bob
	seat carol nc 127.0.0.1 "$PORT"
	expect_welcome carol
	expect_match alice '\* bob left \([12] online\)'
	expect_match alice "\* ${NICK[carol]} joined \([23] online\)"
	rename carol carol
	expect_who alice alice carol
	eventually "$PATIENCE" new_relay "$relay"
}

@test "what was said before the relay was killed is still history" {
	start_server
	enter alice
	say alice 'remember'
	expect_line alice '[alice] remember'
	relay=$(relay_pid)
	kill -KILL "$relay"
	eventually "$PATIENCE" new_relay "$relay"
	connect bob
	expect_match bob '\[alice [0-9]+ s ago\] remember'
	caught_up alice bob
}

farewell() { # SIGNAL
	start_server
	enter alice bob
	connect_telnet tom
	connect_client carol
	expect_match alice '\* guest-.* joined \(4 online\)'
	stop_server "$1"
	expect_line alice '! disconnected: server is shutting down'
	expect_line bob '! disconnected: server is shutting down'
	expect_line tom '! disconnected: server is shutting down'
	expect_match carol '.*server is shutting down.*'
	for name in alice bob tom carol; do
		expect_disconnected "$name"
	done
	# Everyone leaves at once: nobody is told about that.
	never_match alice '.*left.*'
	no_process_of "$SERVER_PID"
}

@test "SIGTERM: everyone is told, all ends within 2 s with status 0" {
	farewell TERM
}

@test "SIGINT: everyone is told, all ends within 2 s with status 0" {
	farewell INT
}

@test "SIGTERM with nobody online ends at once" {
	start_server
	stop_server TERM
	eventually 1 no_process_of "$SERVER_PID"
}

@test "SIGTERM twice does no harm" {
	start_server
	enter alice
	spare_server
	kill -TERM "$SERVER_PID"
	kill -TERM "$SERVER_PID" || true
	eventually 2 ended "$SERVER_PID"
	wait "$SERVER_PID"
	expect_line alice '! disconnected: server is shutting down'
}

@test "SIGTERM where a client does not read: all ends within 2 s" {
	start_server --rate 0
	enter alice
	exec {SOCKET}<>"/dev/tcp/127.0.0.1/$PORT"
	expect_match alice '\* guest-1 joined .*'
	seq -f 'line %g, and some more of it so that the buffers fill up' \
		1 20000 >&"${INPUT[alice]}"
	expect_line alice '[alice] line 20000, and some more of it so that the buffers fill up'
	stop_server TERM
	exec {SOCKET}>&-
}

@test "kill -9 of the parent: all is gone within a second, a new start works" {
	start_server
	enter alice bob
	connect_client carol
	expect_match alice '\* guest-.* joined \(3 online\)'
	old=$SERVER_PID
	murder_server
	eventually 1 no_process_of "$old" ||
		fail "still there: $(processes "$old")"
	no_shared_memory
	for name in alice bob carol; do
		expect_disconnected "$name"
	done
	expect_exit carol 69
	launch_server -Port "$PORT"
	await_server 1
	connect dave
	expect_line dave '* welcome, guest-1; 1 online; /help for help'
}

@test "kill -9 of the parent with its relay already dead leaves nothing" {
	start_server
	enter alice
	kill -KILL "$(relay_pid)"
	murder_server
	eventually 1 no_process_of "$SERVER_PID"
	no_shared_memory
}

@test "kill -9 of parent, relay and a child in one blow leaves nothing" {
	start_server
	enter alice
	connect_noting_child bob
	spare_server
	# shellcheck disable=SC2034 # the helpers read it: the control socket stays
	MURDERED=yes
	kill -KILL "$CHILD" "$(relay_pid)" "$SERVER_PID"
	eventually 1 no_process_of "$SERVER_PID"
	no_shared_memory
}

@test "kill -9 of the relay: with --log syslog another one serves, too" {
	start_server --log syslog --rate 0
	enter alice bob
	local n relay
	for n in 1 2; do
		relay=$(relay_pid)
		kill -KILL "$relay"
		eventually "$PATIENCE" new_relay "$relay"
		say alice "after $n"
		expect_line bob "[alice] after $n"
	done
}

@test "kill -9 of the relay right after a rename: the name is held, and once" {
	start_server --rate 0
	enter alice bob
	local n relay
	for n in 1 2 3 4 5 6; do
		relay=$(relay_pid)
		say alice "/nick name-$n"
		kill -KILL "$relay"
		expect_line bob "* $( ((n == 1)) && echo alice || echo "name-$((n - 1))") is now name-$n"
		eventually "$PATIENCE" new_relay "$relay"
		say bob "/nick name-$n"
		expect_line bob "! name in use: name-$n"
		wipe bob
	done
	say bob who
	expect_line bob '* online: name-6, bob (2)'
}

@test "kill -9 of the relay after a crowd has left: the numbers are right" {
	takes_long
	start_server --rate 0
	enter alice
	come_at_once 30
	expect_match alice '\* .* joined \(31 online\)'
	go_at_once 30
	expect_match alice '\* .* left \(1 online\)'
	wipe alice
	local relay
	relay=$(relay_pid)
	kill -KILL "$relay"
	eventually "$PATIENCE" new_relay "$relay"
	connect bob
	expect_line alice "* ${NICK[bob]} joined (2 online)"
	never_match alice '.*others.*'
}

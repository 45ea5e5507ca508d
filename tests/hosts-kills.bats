#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Three hosts under load while their processes, or the engine, are killed: each
# line that its sender has read is read once on every host, in one order.

load lib/helpers
load lib/irc
load lib/hosts

setup() {
	skip_what_takes_long
	need_engine
	three_hosts_start
}

need_bus() {
	[[ -z ${ONE_HOST-} ]] || skip "there is one host"
}

@test "nobody is killed: each line once, in one order" {
	takes_long
	python3 "$BATS_TEST_DIRNAME/hosts/check_load.py"
	load_start 3 a b c
	load_goes_on 100
	load_ends
}

@test "kill -9 of a bus, on each host in turn" {
	need_bus
	local n host
	meet alice@a bob@b
	load_start 2 a b c
	wipe alice bob
	for n in 1 2; do
		for host in a b c; do
			kill_bus "$host"
			load_goes_on 10
		done
	done
	load_ends
	never_match alice '\* (other hosts|bob left|bob joined).*'
	hosts_together a b c
}

@test "kill -9 of two buses, and of three, at one moment" {
	takes_long
	need_bus
	load_start 2 a b c
	kill -KILL "$(bus_pid a)" "$(bus_pid b)"
	load_goes_on 10
	kill -KILL "$(bus_pid a)" "$(bus_pid b)" "$(bus_pid c)"
	load_goes_on 10
	load_ends
}

@test "kill -9 of a relay, on each host in turn" {
	local n host
	meet alice@a bob@b
	load_start 2 a b c
	wipe alice bob
	for n in 1 2; do
		for host in a b c; do
			kill_relay "$host"
			load_goes_on 10
		done
	done
	load_ends
	never_match alice '\* (other hosts|bob left|bob joined).*'
	hosts_together a b c
	say alice 'still here'
	all_read '[alice] still here' alice bob
}

@test "kill -9 of relay and bus of one host at one moment" {
	takes_long
	need_bus
	load_start 2 a b c
	kill -KILL "$(bus_pid a)" "$(relay_pid_at a)"
	load_goes_on 10
	kill -KILL "$(relay_pid_at b)" "$(bus_pid b)" "$(relay_pid_at c)"
	load_goes_on 10
	load_ends
	hosts_together a b c
}

@test "kill -9 of a relay while nothing goes through: what was said is not lost" {
	takes_long
	local n
	meet alice@a bob@b
	for n in 1 2 3; do
		hold a
		say alice "before $n"
		let_go a
		kill_relay a
		say alice "after $n"
		expect_line bob "[alice] after $n"
	done
	same_talk alice bob
	equal "$(talk_of bob | wc -l)" 6 'the number of lines'
}

@test "what a room has refused is told late to nobody" {
	meet alice@a bob@b carol@c
	enters alice dev
	enters bob dev alice
	enters carol dev alice bob
	say alice '/mode moderated'
	expect_line carol '#dev * alice made the room moderated'
	hold c
	expect_match carol '\* other hosts cannot be reached; .*'
	say bob 'may I'
	expect_line bob '! #dev is moderated: operators and those with voice talk'
	say alice 'all may hear this'
	expect_line bob '#dev [alice] all may hear this'
	let_go c
	expect_match carol "#dev $(late alice 'all may hear this')"
	never_match carol '.*may I'
}

@test "kill -9 of a relay that has not found the others yet, at any moment" {
	takes_long
	need_bus
	local pause
	for pause in 0 100 300 1000 2500; do
		host_stop c
		host_start c
		pass "$pause"
		kill_relay c
		hosts_together a b c
	done
	meet alice@a carol@c
	say carol 'found you'
	all_read '[carol] found you' alice carol
}

@test "kill -9 of a user's process: that user leaves everywhere, nobody else" {
	takes_long
	meet alice@a bob@b carol@c
	load_start 1 a b c
	wipe alice bob carol
	kill -KILL "$(child_of bob)"
	all_match '\* bob left \([0-9]+ online\)' alice carol
	expect_disconnected bob
	kill -KILL "$(child_of b-sender-1 b)"
	load_goes_on 20
	load_ends 1
	never_match alice '\* carol .*'
	come bob@c
	all_match '\* bob joined .*' alice carol
}

@test "kill -9 of a whole host: the others go on at once, its users leave in time" {
	need_bus
	takes_long
	meet alice@a carol@c
	load_start 2 a b c
	host_kill b
	load_goes_on 50
	# Silent for 30 s.
	wipe alice
	eventually 60 names_have_none a 'b-'
	eventually 5 names_have_none c 'b-'
	expect_match alice '\* .*b-.* left .*'
	load_goes_on 10
	load_ends 3
}

# Nobody whose name begins so is online.
names_have_none() { # HOST PART
	[[ $'\n'$(names_at "$1") != *$'\n'"$2"* ]]
}

@test "kill -9 of a whole host that is started again: its old users leave at once" {
	need_bus
	meet alice@a carol@c
	come bob@b
	all_match '\* bob joined .*' alice carol
	load_start 2 a b c
	host_kill b
	host_start b
	eventually 20 names_have_none a 'b-'
	eventually 5 names_have_none c bob
	hosts_together a b c
	load_returns b
	load_goes_on 20
	load_ends 3
	come bob@b
	expect_names 'a b c' alice bob carol
}

@test "kill -9 of all hosts: none of their users comes back" {
	takes_long
	need_bus
	meet alice@a bob@b carol@c
	local host
	for host in a b c; do
		host_kill "$host"
	done
	for host in a b c; do
		host_start "$host"
	done
	hosts_together a b c
	expect_names 'a b c'
	meet alice@c bob@a carol@b
	say alice 'again'
	all_read '[alice] again' alice bob carol
}

@test "kill -9 of the engine, which is back at once: a pause" {
	need_bus
	meet alice@a bob@b
	load_start 2 a b c
	wipe alice bob
	engine_kill node1
	engine_again node1
	load_goes_on 20
	load_ends
	never_match alice '\* (other hosts|bob left).*'
	hosts_together a b c
}

@test "kill -9 of the engine, which stays away: each host goes on alone, and they meet again" {
	takes_long
	need_bus
	meet alice@a alan@a bob@b ben@b carol@c cora@c
	engine_kill node1
	all_read '* other hosts cannot be reached; 4 people are out of hearing' \
		alice alan bob ben carol cora
	expect_names a alice alan
	expect_names b bob ben
	expect_names c carol cora
	say alice 'said on a'
	expect_line alan '[alice] said on a'
	say bob '/me waves on b'
	expect_line ben '[* bob] waves on b'
	say alice '/msg bob hi'
	expect_line alice '! no such user: bob'
	caught_up carol carol cora
	never_match cora '.*said on a'
	engine_again node1
	hosts_together a b c
	expect_names 'a b c' alice alan bob ben carol cora
	all_match "$(late alice 'said on a')" bob ben carol cora
	all_match "$(late '\* bob' 'waves on b')" alice alan carol cora
	all_match "$(late carol 'mark [0-9]+\.')" alice alan bob ben
	say carol 'all together'
	all_read '[carol] all together' alice alan bob ben carol cora
	# Once, and those who have heard it do not hear it again.
	equal "$(matches bob '.*said on a')" 1
	equal "$(matches alan '.*said on a')" 1
	equal "$(matches alice '\* other hosts cannot be reached.*')" 1
}

@test "the same under load: each line once, at the time or late" {
	takes_long
	need_bus
	load_start 2 a b c
	engine_kill node1
	load_goes_on 50
	engine_again node1
	load_goes_on 50
	hosts_together a b c
	load_goes_on 20
	load_ends
}

@test "the engine is away again and again, for moments and for longer" {
	need_bus
	takes_long
	local seconds
	load_start 2 a b c
	for seconds in 1 6 7 8 9 10 2 12; do
		engine_kill node1
		throughout "$seconds" not ended "${PERSON_PID[load]}"
		engine_again node1
		load_goes_on 10
	done
	hosts_together a b c
	load_goes_on 20
	load_ends
}

@test "the engine has lost its disk: the hosts meet again" {
	takes_long
	need_bus
	meet alice@a bob@b carol@c
	engine_kill node1
	rm -rf "$HOSTS_DIR/store-node1"
	engine_again node1
	hosts_together a b c
	expect_names 'a b c' alice bob carol
	wipe alice bob carol
	say alice 'a new page'
	all_read '[alice] a new page' alice bob carol
	equal "$(matches bob '.*a new page')" 1
}

@test "the stream is removed while people talk: the hosts meet again" {
	takes_long
	need_bus
	load_start 1 a b c
	engine_asks node1 remove CHAT_CHAT
	load_goes_on 20
	hosts_together a b c
	load_goes_on 20
}

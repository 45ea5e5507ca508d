#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Hosts that come and go: before the engine is there, together, one after the
# other, cleanly, and by an upgrade.

load lib/helpers
load lib/irc
load lib/hosts

setup() {
	[[ -z ${ONE_HOST-} ]] || skip "there is one host"
	need_engine
}

# Users of a host all come, as few or as many as are wanted.
crowd_comes() { # NUMBER HOST
	local n
	for n in $(seq 1 "$1"); do
		seat_at "p$n@$2" nc -U "$(host_socket "$2")"
		say "p$n" "/nick p$n"
	done
	for n in $(seq 1 "$1"); do
		expect_match "p$n" "\\* welcome, p$n; .*"
	done
}

@test "no engine: each server serves alone, says so, and joins the others when it comes" {
	local host
	engine_configure node1
	for host in a b; do
		host_start "$host"
	done
	come alice@a bob@b
	expect_line alice '* welcome, alice; 1 online; /help for help'
	say alice 'anybody here'
	expect_line alice '[alice] anybody here'
	say alice '/msg bob hi'
	expect_line alice '! no such user: bob'
	equal "$(names_at a) $(names_at b)" 'alice bob' 'who is online'
	ask_host a --status | tee "$BATS_TEST_TMPDIR/status"
	not grep -qF 'bus: connected' "$BATS_TEST_TMPDIR/status"
	grep -q '^bus: ' "$BATS_TEST_TMPDIR/status"
	# Nobody has left, as nobody has been heard.
	never_match alice '\* other hosts .*'
	engine_again node1
	expect_names 'a b' alice bob
	wipe alice bob
	say alice 'and now'
	all_read '[alice] and now' alice bob
	say bob '/msg alice hi'
	expect_line alice '[bob -> you] hi'
	ask_host a --status | grep -F "bus: connected to nats://${ENGINE_URL[node1]}"
}

@test "people of one name, before their hosts have met: one keeps it, the other is told" {
	local host name
	engine_configure node1
	for host in a b; do
		host_start "$host"
		seat_at "alice-$host@$host" nc -U "$(host_socket "$host")"
		say "alice-$host" '/nick alice'
		expect_match "alice-$host" '\* welcome, alice; 1 online.*'
	done
	engine_again node1
	expect_names 'a b' alice guest-1
	for name in alice-a alice-b; do
		say "$name" "I am $name"
	done
	all_match '\[(alice|guest-1)\] I am alice-a' alice-a alice-b
	all_match '\[(alice|guest-1)\] I am alice-b' alice-a alice-b
	if has_line alice-a '[guest-1] I am alice-a'; then
		expect_match alice-a '! .*alice.*'
		never_match alice-b '! .*'
	else
		expect_match alice-b '! .*alice.*'
		never_match alice-a '! .*'
	fi
}

@test "rooms of one name, before their hosts have met, are one room" {
	takes_long
	local host
	engine_configure node1
	host_start a
	host_start b
	come alice@a bob@b
	enters alice dev
	say alice '/topic of a'
	expect_line alice '#dev * alice set the topic: of a'
	enters bob dev
	engine_again node1
	expect_names 'a b' alice bob
	expect_here alice dev alice bob
	expect_here bob dev alice bob
	say alice 'in the room'
	all_read '#dev [alice] in the room' alice bob
	wipe alice bob
	# Of both sides' operators and topics one is everybody's.
	say alice /mode
	say bob /mode
	say alice /topic
	say bob /topic
	caught_up bob alice bob
	caught_up alice alice bob
	equal "$(screen alice | grep -a '^#dev \* ')" \
		"$(screen bob | grep -a '^#dev \* ')" 'what is said of the room'
}

@test "three servers that start at one moment find each other" {
	takes_long
	engine_start
	local host
	for host in a b c; do
		host_launch "$host"
	done
	for host in a b c; do
		at "$host" await_server 2
	done
	hosts_together a b c
	meet alice@a bob@b carol@c
	say carol 'all here'
	all_read '[carol] all here' alice bob carol
}

@test "a host that comes later finds who is there, rooms and all" {
	hosts_start a b
	meet alice@a -- bob@b
	enters alice dev
	say alice '/topic tea'
	expect_line alice '#dev * alice set the topic: tea'
	say alice '/mode key pa55'
	expect_line alice '#dev * alice set the key'
	say bob 'AWAY :for tea'
	expect_match bob ':chat 306 bob :.*'
	host_start c
	hosts_together a b c
	come carol@c
	expect_line carol '* welcome, carol; 3 online; /help for help'
	expect_who carol alice bob carol
	say carol '/join #dev'
	expect_line carol '! #dev needs its key: /join #dev KEY'
	say carol '/join #dev pa55'
	expect_line carol '#dev * topic: tea'
	expect_line alice '#dev * carol joined (2 here)'
	say carol /mode
	expect_line carol '#dev * modes: key; operators: alice'
	come_irc dave@c
	say dave 'WHOIS bob'
	expect_match dave ':chat 301 dave bob :for tea'
	expect_match dave ':chat 311 dave bob bob chat \* :bob itself'
	expect_lists dave '#lobby' alice bob carol dave
}

@test "a host ends cleanly: its users leave everywhere, by one line" {
	three_hosts_start
	meet alice@a -- bob@b
	crowd_comes 10 c
	expect_match alice '\* .* joined \(12 online\)'
	expect_match bob "$(by p10) JOIN .*"
	wipe alice
	host_stop c
	expect_match alice '\* .* and [0-9]+ others left \(2 online\)'
	equal "$(matches alice '\* .*')" 1 'the number of lines'
	expect_lists bob '#lobby' alice bob
	expect_names 'a b' alice bob
	# Their names are free, and the host may come again.
	come p1@b
	host_start c
	hosts_together a b c
	come p2@c
	expect_names 'a b c' alice bob p1 p2
}

@test "two of three end: the third goes on, and tells newcomers" {
	takes_long
	three_hosts_start
	meet alice@a bob@b carol@c
	host_stop a
	expect_match carol '\* alice left.* \(2 online\)'
	host_stop b
	expect_match carol '\* bob left.* \(1 online\)'
	come dave@c
	expect_line dave '* welcome, dave; 2 online; /help for help'
	host_start a
	hosts_together a c
	come erin@a
	say erin 'back again'
	all_read '[erin] back again' carol dave erin
}

@test "SIGHUP, an upgrade of one host: nobody leaves, nothing is lost" {
	takes_long
	three_hosts_start
	meet alice@a bob@b carol@c
	load_start 2 a b c
	wipe alice bob carol
	at b
	kill -HUP "$SERVER_PID"
	eventually "$PATIENCE" grep -q upgrade "$SERVER_LOG"
	load_goes_on 30
	load_ends
	never_match alice '\* (bob|carol) (left|joined).*'
	never_match carol '\* (alice|bob) (left|joined).*'
	say bob 'still here'
	all_read '[bob] still here' alice bob carol
	hosts_together a b c
}

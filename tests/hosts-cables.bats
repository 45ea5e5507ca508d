#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Three hosts on a network of their own, one of which is cut off from the engine
# for a while: for a moment, for as long as it takes to go on alone, and for so
# long that the others let its users go.

load lib/helpers
load lib/irc
load lib/hosts

setup() {
	skip_what_takes_long
	need_engine
	need_network
	three_hosts_start_in_network
}

# People on each host: alice, alan and the IRC user ann on that which is cut off.
people_come() {
	meet alice@a alan@a bob@b ben@b carol@c -- ann@a ian@c
}

ALL=(alice alan ann bob ben carol ian)
OUT_OF_HEARING='* other hosts cannot be reached; 4 people are out of hearing'

nobody_is_told() {
	local name
	for name in alice alan bob ben carol; do
		! has_match "$name" '\* (other hosts|.* left).*' || return 1
	done
}

# What all must find at the end.
all_is_well() {
	hosts_together a b c || return 1
	expect_names 'a b c' "${ALL[@]}" || return 1
	expect_lists ann '#lobby' "${ALL[@]}" || return 1
	expect_lists ian '#lobby' "${ALL[@]}" || return 1
	wipe "${ALL[@]}"
	say alice 'all is well'
	all_read '[alice] all is well' alice alan bob ben carol || return 1
	all_match "$(by alice) PRIVMSG #lobby :all is well" ann ian || return 1
	say carol '/msg alan psst'
	expect_line alan '[carol -> you] psst'
}

@test "cut off for 3 s: a pause, and nobody is told" {
	people_come
	cut_cable a
	say alice 'is it quiet here'
	say bob 'is it'
	expect_line carol '[bob] is it'
	throughout 3 nobody_is_told
	heal_cable a
	all_read '[alice] is it quiet here' alice alan bob ben carol
	all_read '[bob] is it' alice alan bob ben carol
	nobody_is_told
	same_talk alice alan bob ben carol
	equal "$(talk_of alice | wc -l)" 2 'the number of lines'
	all_is_well
}

@test "cut off for 10 s: alone after a while, told once, late lines afterwards" {
	people_come
	cut_cable a
	say alice 'nobody hears this now'
	say bob 'nor this on a'
	throughout 10 not ended "${PERSON_PID[alice]}"
	all_read "$OUT_OF_HEARING" alice alan
	# Local talk goes on.
	expect_line alan '[alice] nobody hears this now'
	say alan 'still here'
	expect_line alice '[alan] still here'
	expect_match ann "$(by alan) PRIVMSG #lobby :still here"
	expect_names a alice alan ann
	expect_lists ann '#lobby' alice alan ann
	say ben 'here we talk, too'
	all_read '[ben] here we talk, too' bob ben carol
	never_match alice '.*here we talk.*'
	heal_cable a
	all_is_well_after_split 'nobody hears this now' 'still here'
}

# Each side reads once what the other has said: these two lines of alice and alan
# on a, and those of bob and ben.
all_is_well_after_split() { # LINE LINE
	local name
	# What was under way when the cable was cut may arrive as it is healed.
	all_match "\\[alice( [^]]*ago)?\\] $1" bob ben carol || return 1
	all_match "$(late alan "$2")" bob ben carol || return 1
	all_match "$(late bob 'nor this on a')" alice alan || return 1
	all_match "$(late ben 'here we talk, too')" alice alan || return 1
	for name in alice alan bob ben carol; do
		for line in "$1" "$2" 'nor this on a' 'here we talk, too'; do
			equal "$(matches "$name" "\\[[^]]*\\] $line")" 1 \
				"how often $name has read: $line" || return 1
		done
	done
	for name in alice alan; do
		equal "$(matches "$name" '\* other hosts cannot be reached.*')" 1 \
			"how often $name was told" || return 1
	done
	for name in bob ben carol; do
		never_match "$name" '\* other hosts .*' || return 1
	done
	all_is_well
}

@test "cut off for 40 s: the others let its users go, and all meet again" {
	takes_long
	people_come
	cut_cable a
	say alice 'nobody hears this now'
	say bob 'nor this on a'
	say ben 'here we talk, too'
	all_read "$OUT_OF_HEARING" alice alan
	eventually 60 names_are 'b c' bob ben carol ian
	all_match '\* .*(alice|alan|ann).* left.*' bob ben carol
	expect_lists ian '#lobby' bob ben carol ian
	say alan 'still here'
	expect_line alice '[alan] still here'
	throughout 8 names_are a alice alan ann
	heal_cable a
	all_is_well_after_split 'nobody hears this now' 'still here'
}

@test "cut off where nobody sees it, for 10 s: the same" {
	takes_long
	people_come
	cut_beyond a
	say alice 'nobody hears this now'
	say bob 'nor this on a'
	say ben 'here we talk, too'
	all_read '[ben] here we talk, too' bob ben carol
	all_read "$OUT_OF_HEARING" alice alan
	say alan 'still here'
	expect_line alice '[alan] still here'
	heal_beyond a
	all_is_well_after_split 'nobody hears this now' 'still here'
}

@test "a name taken on both sides: one has it at the end, the other is told why" {
	takes_long
	people_come
	cut_cable a
	all_read "$OUT_OF_HEARING" alice alan
	say alan '/nick king'
	expect_line alice '* alan is now king'
	say ben '/nick king'
	all_read '* ben is now king' bob ben carol
	# And newcomers.
	come dora@a
	seat_at other@b nc -U "$(host_socket b)"
	say other '/nick dora'
	expect_match other '\* welcome, dora; .*'
	heal_cable a
	hosts_together a b c
	expect_names 'a b c' alice ann bob carol ian king dora guest-1 guest-2
	# Who was together with the others when the name was taken has it.
	wipe alice
	say ben 'I am ben'
	say other 'I am other'
	expect_line alice '[king] I am ben'
	expect_line alice '[dora] I am other'
	expect_match alan '! .*king.*'
	expect_match dora '! .*dora.*'
	expect_lists ann '#lobby' alice ann bob carol ian king dora guest-1 guest-2
	expect_lists ian '#lobby' alice ann bob carol ian king dora guest-1 guest-2
}

@test "a room on both sides: talk goes on, late lines are the room's" {
	takes_long
	people_come
	enters bob dev
	enters alice dev bob
	joins ann dev
	joins ian dev
	enters carol dev bob alice
	cut_cable a
	all_read "$OUT_OF_HEARING" alice alan
	expect_lists ann '#dev' alice ann
	# After the notice: what was under way before may yet arrive by itself.
	say alice 'on a'
	expect_match ann "$(by alice) PRIVMSG #dev :on a"
	say bob 'on b'
	expect_line carol '#dev [bob] on b'
	say carol '/leave'
	expect_line bob '#dev * carol left (4 here)'
	heal_cable a
	hosts_together a b c
	expect_match bob "#dev $(late alice 'on a')"
	expect_match alice "#dev $(late bob 'on b')"
	never_match alan '.*on [ab]'
	expect_lists ann '#dev' alice ann bob ian
	expect_lists ian '#dev' alice ann bob ian
	wipe alice
	say bob /mode
	say alice /mode
	all_match '#dev \* modes: .*operators: .*' alice bob
	say ian 'PRIVMSG #dev :and now'
	all_read '#dev [ian] and now' alice bob
}

@test "two cables at one moment, under load: each line once on all hosts" {
	takes_long
	load_start 2 a b c
	cut_cable a
	cut_cable b
	load_goes_on 40
	heal_cable a
	hosts_together a c
	load_goes_on 10
	heal_cable b
	hosts_together a b c
	load_goes_on 20
	load_ends
}

@test "the engine's own cable, under load" {
	takes_long
	load_start 2 a b c
	cut_cable node1
	load_goes_on 40
	heal_cable node1
	hosts_together a b c
	load_goes_on 20
	load_ends
}

@test "cables cut and healed again and again, for moments and for longer" {
	takes_long
	local host seconds hosts=(a b c)
	load_start 2 a b c
	for _ in $(seq 1 12); do
		host=${hosts[RANDOM % 3]}
		seconds=$((1 + RANDOM % 14))
		echo "# $host for $seconds s" >&3
		cut_cable "$host"
		throughout "$seconds" not ended "${PERSON_PID[load]}"
		heal_cable "$host"
		pass "$((RANDOM % 4000))"
	done
	hosts_together a b c
	load_goes_on 20
	load_ends
}

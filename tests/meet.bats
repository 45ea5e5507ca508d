#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# People meet: by nc, telnet and chatclient in one room.

load lib/helpers

four_people() {
	enter alice bob
	connect_telnet tom
	rename tom tom
	connect_client carol --name carol
	say carol 1
	expect_line alice "* ${NICK[tom]} is now tom"
	expect_who alice alice bob tom carol
}

setup() {
	start_server
}

@test "nc, telnet and chatclient: each sees the others come" {
	connect alice
	expect_line alice '* welcome, guest-1; 1 online; /help for help'
	connect bob
	expect_line bob '* welcome, guest-2; 2 online; /help for help'
	expect_line alice '* guest-2 joined (2 online)'
	connect_telnet tom
	expect_line tom '* welcome, guest-3; 3 online; /help for help'
	for name in alice bob; do
		expect_line "$name" '* guest-3 joined (3 online)'
	done
	connect_client carol
	expect_line carol '* welcome, guest-4; 4 online; /help for help'
	for name in alice bob tom; do
		expect_line "$name" '* guest-4 joined (4 online)'
	done
	# Nobody is told about themselves, nor about those who were there first.
	say carol 1
	caught_up bob alice bob tom carol
	for n in 1 2 3 4; do
		name=$(echo - alice bob tom carol | cut -d ' ' -f "$((n + 1))")
		for m in $(seq 1 "$n"); do
			never_match "$name" ".*guest-$m joined .*"
		done
	done
}

@test "nc, telnet and chatclient: each sees what the others say" {
	four_people
	for name in alice bob tom carol; do
		say "$name" "hello from $name"
		for reader in alice bob tom carol; do
			expect_line "$reader" "[$name] hello from $name"
		done
	done
}

@test "nc, telnet and chatclient: each sees renames" {
	four_people
	say alice 'rename|alicia'
	say bob '/nick bobby'
	say tom 'rename|tommy'
	say carol '/nick caroline'
	for line in '* alice is now alicia' '* bob is now bobby' \
		'* tom is now tommy' '* carol is now caroline'; do
		for reader in alice bob tom carol; do
			expect_line "$reader" "$line"
		done
	done
	expect_who alice alicia bobby caroline tommy
}

@test "nc, telnet and chatclient: each sees the others go" {
	four_people
	hang_up bob
	for reader in alice tom carol; do
		expect_line "$reader" '* bob left (3 online)'
	done
	say carol exit
	say carol 0
	for reader in alice tom; do
		expect_line "$reader" '* carol left (2 online)'
	done
	hang_up tom
	expect_line alice '* tom left (1 online)'
	expect_who alice alice
}

@test "a private line reaches exactly two screens" {
	four_people
	say alice 'to|bob|the code is 4711'
	expect_line bob '[alice -> you] the code is 4711'
	expect_line alice '[you -> bob] the code is 4711'
	say tom '/msg carol the code is 4712'
	expect_line carol '[tom -> you] the code is 4712'
	expect_line tom '[you -> carol] the code is 4712'
	for speaker in alice bob tom; do
		caught_up "$speaker" alice bob tom carol
	done
	equal "$(matches alice '.*code is.*')" 1 "alice's lines"
	equal "$(matches bob '.*code is.*')" 1 "bob's lines"
	equal "$(matches tom '.*code is.*')" 1 "tom's lines"
	equal "$(matches carol '.*code is.*')" 1 "carol's lines"
	never_match carol '.*4711.*'
	never_match tom '.*4711.*'
	never_match alice '.*4712.*'
	never_match bob '.*4712.*'
}

@test "everyone sees one and the same order" {
	stop_server
	start_server --rate 0
	enter alice bob carol
	for n in $(seq 1 100); do
		say alice "a$n"
		say bob "b$n"
		say carol "c$n"
	done
	for reader in alice bob carol; do
		for line in '[alice] a100' '[bob] b100' '[carol] c100'; do
			expect_line "$reader" "$line"
		done
	done
	equal "$(screen alice)" "$(screen bob)" "alice's screen"
	equal "$(screen alice)" "$(screen carol)" "alice's screen"
	for letter in a b c; do
		equal "$(screen bob | sed -nE "s/^\[[a-z]+\] $letter//p")" \
			"$(seq 1 100)" "the order of $letter"
	done
}

@test "the last words of one who leaves at once are still heard" {
	enter alice
	printf 'goodbye all\n' | nc -N 127.0.0.1 "$PORT" >/dev/null 3>&- {NAP}>&-
	expect_line alice '[guest-1] goodbye all'
	expect_line alice '* guest-1 left (1 online)'
	equal "$(screen alice | sed -n '$p')" '* guest-1 left (1 online)' \
		"the last line"
}

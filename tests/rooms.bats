#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Rooms beside the one for everyone: entering, talking, leaving, topics, and who
# is not to be read.

load lib/helpers

setup() {
	start_server --rate 0
	enter alice bob carol
}

# People who enter a room, one after the other; the last one sees who is there.
join() { # ROOM NAME...
	local room=$1 name
	shift
	for name in "$@"; do
		say "$name" "/join #$room"
		expect_match "$name" "#$room \\* $name joined \\([0-9]+ here\\)"
	done
}

@test "a room is entered, talked in, and left" {
	say alice '/join #dev'
	expect_line alice '#dev * alice joined (1 here)'
	say bob '/join #dev'
	expect_line alice '#dev * bob joined (2 here)'
	expect_line bob '#dev * bob joined (2 here)'
	say bob 'the build is green'
	say bob '/me is glad'
	expect_line alice '#dev [bob] the build is green'
	expect_line alice '#dev [* bob] is glad'
	expect_line bob '#dev [* bob] is glad'
	say bob '/leave'
	expect_line bob '#dev * bob left (1 here)'
	expect_line alice '#dev * bob left (1 here)'
	say alice '/leave #dev going home'
	expect_line alice '#dev * alice left: going home (0 here)'
	caught_up alice alice bob carol
	# Nobody else has read any of it.
	equal "$(screen carol)" "[alice] mark $MARKS."
}

@test "who never enters a room reads and says the same as ever" {
	join dev alice bob
	say alice 'in the room'
	say carol 'in the lobby'
	expect_line alice '[carol] in the lobby'
	say bob '/join #lobby'
	expect_line bob '* you talk in #lobby now'
	say bob 'me too'
	expect_line carol '[bob] me too'
	say alice '/quit'
	expect_line carol '* alice left (2 online)'
	equal "$(screen carol)" '[carol] in the lobby
[bob] me too
* alice left (2 online)'
}

@test "lines in one write go where they should" {
	type_bytes alice '/join #dev\nin dev\n/leave\nin the lobby\n'
	expect_line alice '[alice] in the lobby'
	equal "$(screen alice)" '#dev * alice joined (1 here)
#dev [alice] in dev
#dev * alice left (0 here)
[alice] in the lobby'
}

@test "two rooms: one talks in the last, and names the other" {
	join dev alice bob
	join ops alice carol
	say alice 'to ops'
	expect_line carol '#ops [alice] to ops'
	say alice '/msg #dev to dev'
	expect_line bob '#dev [alice] to dev'
	say alice 'to|#DEV|to dev, too'
	expect_line bob '#dev [alice] to dev, too'
	say alice '/msg #lobby to all'
	expect_line bob '[alice] to all'
	say alice '/join #dev'
	expect_line alice '* you talk in #dev now'
	say alice 'to dev again'
	expect_line bob '#dev [alice] to dev again'
	say bob '/msg #ops knock'
	expect_line bob '! you are not in #ops'
	say bob '/msg #none knock'
	expect_line bob '! no such room: #none'
	never_match bob '#ops .*'
	never_match carol '#dev .*'
}

@test "the rooms there are, and who is in them" {
	say alice '/rooms'
	expect_line alice '* rooms: none; /join #NAME makes one'
	join dev alice bob
	join ops carol
	say alice '/topic release at noon'
	expect_line bob '#dev * alice set the topic: release at noon'
	wipe carol
	say carol '/rooms'
	expect_line carol '* rooms: #dev (2) release at noon, #ops (1)'
	say carol '/who #Dev'
	expect_line carol '#dev * here: alice, bob (2)'
	say carol '/who'
	expect_line carol '* online: alice, bob, carol (3)'
	say carol '/who #lobby'
	eventually "$PATIENCE" copies_are 2 carol '* online: alice, bob, carol (3)'
	say carol '/who #none'
	expect_line carol '! no such room: #none'
	# A room ends with its last member.
	say carol '/leave'
	expect_line carol '#ops * carol left (0 here)'
	say alice '/rooms'
	expect_line alice '* rooms: #dev (2) release at noon'
}

@test "many members, and many rooms: lines of at most 400 bytes" {
	takes_long
	local n
	for n in $(seq 1 40); do
		seat "p$n" nc 127.0.0.1 "$PORT"
		type_bytes "p$n" "/nick someone-whose-name-is-long-$n\n"
		type_bytes "p$n" '/join #all\n/topic -\n'
		type_bytes "p$n" "/join #room-$n\n/topic $(printf 'ü%.0s' {1..150})\n"
		expect_match "p$n" '#room-.* set the topic: .*'
	done
	say alice '/who #all'
	say alice '/rooms'
	eventually "$PATIENCE" matches_are 40 alice '\* rooms: #.*'
	screen alice | awk '
		length($0) > 399 { print "too long: " $0; exit 1 }
		/^#all \* here: / && !/ \(40\)$/ { print "no count: " $0; exit 1 }'
	equal "$(screen alice | sed -n 's/^#all \* here: \(.*\) (40)$/\1/p' |
		sed 's/, /\n/g' | sort -u | wc -l)" 40
}

@test "topics: shown to who enters, and on request" {
	join dev alice
	say alice '/topic'
	expect_line alice '#dev * no topic'
	say alice '/topic  tea at five '
	expect_line alice '#dev * alice set the topic: tea at five'
	say alice '/topic'
	expect_line alice '#dev * topic: tea at five'
	say bob '/join #dev'
	expect_line bob '#dev * topic: tea at five'
	equal "$(screen bob)" '#dev * bob joined (2 here)
#dev * topic: tea at five'
	say bob '/topic -'
	expect_line alice '#dev * bob removed the topic'
	say alice "/topic $(printf 'x%.0s' {1..391})"
	expect_line alice '! topic too long: at most 390 bytes'
	say carol '/topic'
	expect_line carol '* no topic'
	say carol '/topic x'
	expect_line carol "! #lobby has no operators: it is the administrator's"
}

@test "who enters reads what was said there, and nothing else" {
	join dev alice
	join ops bob
	say alice 'one'
	say bob 'elsewhere'
	say alice 'two'
	expect_line alice '#dev [alice] two'
	say carol '/join #dev'
	expect_match carol '#dev \[alice [0-9]+ s ago\] two'
	say alice 'three'
	expect_line carol '#dev [alice] three'
	equal "$(screen carol | sed 's/[0-9]* s ago/N s ago/')" \
		'#dev * carol joined (2 here)
#dev [alice N s ago] one
#dev [alice N s ago] two
#dev [alice] three'
}

@test "a quiet room keeps its last lines while another is loud" {
	local n
	join quiet alice
	say alice 'the only line'
	expect_line alice '#quiet [alice] the only line'
	join loud bob
	for n in $(seq 1 100); do
		say bob "loud $n"
	done
	expect_line bob '#loud [bob] loud 100'
	say carol '/join #quiet'
	expect_match carol '#quiet \[alice [0-9]+ s ago\] the only line'
}

@test "who leaves the server leaves each room, with the reason" {
	join dev alice bob
	join ops bob
	wipe alice
	say bob '/quit'
	expect_line alice '* bob left (2 online)'
	equal "$(screen alice)" '#dev * bob left (1 here)
* bob left (2 online)'
	say alice '/rooms'
	expect_line alice '* rooms: #dev (1)'
}

@test "what is no room, or cannot be left" {
	say alice '/join #a/b'
	expect_line alice "! bad room name: a name has only letters, digits, '_', '-' and '.'"
	say alice '/join'
	expect_line alice '! usage: /join #ROOM [KEY]'
	say alice '/leave'
	expect_line alice '! everyone is in #lobby: /quit leaves the server'
	say alice '/leave #dev'
	expect_line alice '! no such room: #dev'
	join dev bob
	say alice '/leave #dev'
	expect_line alice '! you are not in #dev'
	say alice 'still in the lobby'
	expect_line bob '[alice] still in the lobby'
}

@test "as many rooms as one can be in" {
	local n
	for n in $(seq 1 16); do
		say alice "/join #r$n"
	done
	expect_line alice '#r16 * alice joined (1 here)'
	say alice '/join #r17'
	expect_line alice '! you are in 16 rooms, the most there can be: /leave one first'
	say alice 'where am I'
	expect_line alice '#r16 [alice] where am I'
	say alice '/leave #r3'
	expect_line alice '#r3 * alice left (0 here)'
	say alice '/join #r17'
	expect_line alice '#r17 * alice joined (1 here)'
}

@test "as many rooms as there can be; and the lobby by another name" {
	takes_long
	stop_server
	start_server --max-rooms 1 --lobby hall
	enter alice bob
	join dev alice
	say bob '/join #ops'
	expect_line bob '! too many rooms: at most 1'
	say bob '/join #hall'
	expect_line bob '* you talk in #hall now'
	say bob '/join #dev'
	expect_line bob '#dev * bob joined (2 here)'
	stop_server
	start_server --max-rooms 0
	enter carol
	say carol '/join #dev'
	expect_line carol '! too many rooms: at most 0'
}

@test "who is ignored is not read, whatever their name" {
	join dev alice bob
	say alice '/ignore bob'
	expect_line alice '* you ignore bob now'
	say alice '/ignore'
	expect_line alice '* you ignore: bob'
	wipe alice carol
	say bob 'in dev'
	say bob '/me waves'
	say bob '/msg #lobby to all'
	say bob '/msg alice psst'
	expect_line bob '[you -> alice] psst'
	say bob '/nick robert'
	expect_line alice '* bob is now robert'
	say bob 'in dev again'
	say bob '/join #new'
	say bob '/invite alice'
	expect_line bob '* you invited alice to #new'
	say alice '/msg robert but I can write to you'
	expect_line bob '[alice -> you] but I can write to you'
	# The others read all of it.
	expect_line carol '[bob] to all'
	caught_up carol alice
	equal "$(screen alice)" "* bob is now robert
[you -> robert] but I can write to you
[carol] mark $MARKS."
	say alice '/unignore robert'
	expect_line alice '* you ignore robert no more'
	say bob '/msg #dev now'
	expect_line alice '#dev [robert] now'
	say alice '/ignore'
	expect_line alice '* you ignore nobody'
}

@test "who is ignored leaves a room without a reason" {
	join dev alice bob carol
	say alice '/ignore bob'
	expect_line alice '* you ignore bob now'
	say bob '/leave #dev last words'
	expect_line carol '#dev * bob left: last words (2 here)'
	expect_line alice '#dev * bob left (2 here)'
}

@test "ignored lines are not in the scrollback, and the next of the name are read" {
	join dev bob
	say bob 'old of bob'
	expect_line bob '#dev [bob] old of bob'
	say alice '/ignore bob'
	expect_line alice '* you ignore bob now'
	join dev carol
	say carol 'old of carol'
	expect_line carol '#dev [carol] old of carol'
	say alice '/join #dev'
	expect_match alice '#dev \[carol [0-9]+ s ago\] old of carol'
	never_match alice '.*old of bob'
	hang_up bob
	expect_line alice '* bob left (2 online)'
	connect dave
	take_name dave bob
	say dave 'another bob'
	expect_line alice '[bob] another bob'
	say alice '/unignore bob'
	expect_line alice '! you do not ignore bob'
	say alice '/ignore alice'
	expect_line alice '! you cannot ignore yourself'
	say alice '/ignore nobody-here'
	expect_line alice '! no such user: nobody-here'
}

@test "a program reads the room in the field TO, and its own numbers" {
	connect_events prog
	say prog '/nick prog'
	join dev alice
	say alice '/topic tea'
	expect_line alice '#dev * alice set the topic: tea'
	say alice 'before'
	say prog '/join #dev'
	expect_event prog topic - '#dev' tea
	expect_event prog public alice '#dev' before
	say prog 'hello'
	expect_event prog public prog '#dev' hello
	say prog '/who #dev'
	expect_event prog who alice '#dev' operator
	expect_event prog who prog '#dev' -
	expect_event prog who-end - '#dev' 2
	say prog '/rooms'
	expect_event prog room - '#dev' '2 tea'
	expect_event prog room-end - '#lobby' 1
	say alice '/topic -'
	expect_event prog topic alice '#dev' -
	say prog '/join #lobby'
	expect_event prog notice - - 'you talk in #lobby now'
	say prog '/join #dev'
	expect_event prog notice - '#dev' 'you talk in #dev now'
	say alice '/leave so long'
	expect_event prog leave alice '#dev' '1 so long'
	say prog '/msg #none x'
	expect_event prog error - '#none' 'no such room: #none'
	# From the own join on the room's numbers have no hole.
	screen prog | awk -F '\t' '
		$5 != "#dev" || $2 == "-" { next }
		$1 == "join" && $4 == "prog" { last = $2; next }
		$2 <= last { next }
		$2 != last + 1 { print "hole before: " $0; exit 1 }
		{ last = $2; seen++ }
		END { exit seen < 3 }'
}

@test "a room outlives the relay; what is said meanwhile is not lost" {
	local n
	join dev alice bob
	say alice '/topic tea'
	expect_line bob '#dev * alice set the topic: tea'
	wipe alice bob
	for n in 1 2 3; do
		say alice "before $n"
		kill -KILL "$(relay_pid)"
		say alice "after $n"
		expect_line bob "#dev [alice] after $n"
	done
	equal "$(screen bob)" '#dev [alice] before 1
#dev [alice] after 1
#dev [alice] before 2
#dev [alice] after 2
#dev [alice] before 3
#dev [alice] after 3'
	say carol '/join #dev'
	expect_line bob '#dev * carol joined (3 here)'
	expect_line carol '#dev * topic: tea'
	expect_match carol '#dev \[alice [0-9]+ s ago\] after 3'
	say carol '/who #dev'
	expect_line carol '#dev * here: alice, bob, carol (3)'
}

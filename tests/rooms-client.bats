#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# chatclient in rooms: what its prompt says, whose lines have a mark, what comes
# of a lost connection, and rooms for scripts.

# shellcheck disable=SC2153 # what the helpers set
load lib/helpers
load lib/links
load lib/tmux

stderr='' # set by run

setup() {
	start_server --rate 0
}

teardown() {
	leave_terminals
	remove_links
	clean_up
}

run_client() { # OPTION...
	run --separate-stderr timeout 20 "$CLIENT" -Port "$PORT" "$@" 3>&-
}

# People who come by nc and are in a room.
enter_room() { # ROOM NAME...
	local name
	for name in "${@:2}"; do
		enter "$name"
		say "$name" "/join $1"
		expect_match "$name" "$1 \\* $name joined \\(.*"
	done
}

# At a terminal, in public chat.
sit_in_public() { # NAME [OPTION...]
	sit_down "$1" 80x24 --name "$@"
	press "$1" 1 Enter
	expect_end "$1" 'public>'
}

@test "lines of a pipe mean what typed ones do, in each room" {
	enter_room '#dev' alice
	say alice '/topic release at noon'
	expect_match alice '.*set the topic.*'
	connect_client carol --name carol
	say carol 1
	say carol '/rooms'
	say carol '/join #dev'
	say carol 'hello dev'
	say carol '/who #dev'
	say carol '/topic'
	say carol '//join #ops'
	say carol '/join #ops'
	say carol 'hello ops'
	say carol '/join #lobby'
	say carol 'hello all'
	say carol exit
	say carol 0
	expect_exit carol 0
	for line in '* rooms: #dev (1) release at noon' \
		'#dev * carol joined (2 here)' '[carol] hello dev' \
		'* here: alice, carol (2)' '[carol] /join #ops' \
		'#ops * carol joined (1 here)' '* you talk in #lobby now' \
		'[carol] hello all'; do
		has_line carol "$line" || fail "not on her screen: $line"
	done
	copies_are 2 carol '* topic: release at noon'
	# Its echo may come when she talks elsewhere already.
	has_match carol '(#ops )?\[carol\] hello ops'
	copies_are 2 carol '1. Public Chat Mode'
	expect_line alice '#dev [carol] hello dev'
	expect_line alice '[carol] hello all'
	never_match alice '.*hello ops'
}

@test "the prompt says the room, lines of others have their mark" {
	enter bob
	enter_room '#dev' alice
	sit_in_public carol
	press carol '/join #dev' Enter
	expect_end carol '#dev * carol joined (2 here)
#dev>'
	press carol 'in dev' Enter
	say alice 'dev it is'
	expect_line alice '#dev [carol] in dev'
	say bob 'over here'
	expect_row carol '#lobby [bob] over here'
	has_row carol '[carol] in dev'
	expect_row carol '[alice] dev it is'
	press carol '/join #lobby' Enter
	expect_end carol '* you talk in #lobby now
public>'
	say alice 'where are you?'
	expect_row carol '#dev [alice] where are you?'
	say bob 'here'
	expect_row carol '[bob] here'
	press carol '/join #dev' Enter
	expect_end carol '* you talk in #dev now
#dev>'
	never_match bob '.*dev.*'
}

@test "who is kicked talks in the lobby, as the prompt says" {
	enter_room '#dev' alice
	sit_in_public carol
	press carol '/join #dev' Enter
	expect_end carol '#dev>'
	press carol '/leave' Enter
	expect_end carol '#dev * carol left (1 here)
public>'
	press carol '/join #dev' Enter
	expect_end carol '#dev>'
	say alice '/kick carol too loud'
	expect_end carol '#dev * alice kicked carol: too loud
public>'
	press carol 'hello all' Enter
	expect_line alice '[carol] hello all'
}

@test "a line that comes after a kick goes to nobody" {
	enter bob
	enter_room '#dev' alice
	sit_in_public carol
	press carol '/join #dev' Enter
	expect_end carol '#dev>'
	# The client reads of it when the line is on its way.
	kill -STOP "$CHILD"
	press carol 'for dev alone' Enter
	expect_end carol '#dev>'
	say alice '/kick carol'
	expect_line alice '#dev * alice kicked carol'
	kill -CONT "$CHILD"
	expect_row carol '! you are not in #dev'
	caught_up bob bob
	never_match bob '.*for dev alone'
}

@test "operators' words, invitations and modes" {
	enter_room '#dev' alice
	sit_in_public carol
	say alice '/invite carol'
	expect_row carol '* alice invites you to #dev: /join #dev'
	press carol '/join #dev' Enter
	expect_end carol '#dev>'
	say alice '/op carol'
	expect_row carol '* alice made carol an operator'
	press carol '/mode locked' Enter '/mode limit 10' Enter
	expect_row carol '* carol locked the topic'
	expect_row carol '* carol set the limit: 10'
	press carol '/mode' Enter
	expect_row carol '* modes: locked, limit 10; operators: alice, carol'
	press carol '/deop alice' Enter
	expect_row carol '* carol took operator from alice'
	say alice '/mode locked off'
	expect_line alice '! you are no operator of #dev'
	press carol '/ignore alice' Enter '/ignore' Enter '/unignore alice' Enter
	expect_row carol '* you ignore alice now'
	expect_row carol '* you ignore: alice'
	expect_row carol '* you ignore alice no more'
	# All of these were answers: nothing is waited for.
	press carol exit Enter
	expect_end carol 'menu>'
}

@test "Tab completes rooms that were heard of" {
	enter_room '#dev' alice
	enter_room '#Design' bob
	sit_in_public carol
	press carol '/rooms' Enter
	expect_matching_row carol '\* rooms: #.* \(1\), #.* \(1\)'
	press carol '/jo' Tab '#DES' Tab
	expect_end carol 'public> /join #Design'
	press carol Enter
	expect_end carol '#Design>'
	press carol '/msg #d' Tab Tab
	expect_matching_row carol '#Design> /msg #(dev|Design)'
}

@test "joins and leaves are folded, those of each room by themselves" {
	sit_in_public carol
	press carol '/join #dev' Enter
	expect_end carol '#dev>'
	press carol '/join #lobby' Enter
	expect_end carol 'public>'
	enter bob dave
	say bob '/join #dev'
	expect_row carol '#dev * bob joined (2 here)'
	say dave '/join #dev'
	expect_row carol '#dev * bob, dave joined (3 here)'
	say bob '/leave #dev'
	expect_row carol '#dev * bob, dave joined; bob left (2 here)'
	hang_up bob
	expect_end carol '#dev * bob, dave joined; bob left (2 here)
* bob left (2 online)
public>'
}

@test "what came to rooms in another mode is counted by room" {
	enter_room '#dev' alice
	sit_in_public carol
	press carol '/join #dev' Enter
	expect_end carol '#dev>'
	press carol exit Enter
	expect_end carol 'menu>'
	say alice one
	say alice two
	say alice '/join #lobby'
	say alice three
	expect_row carol '#lobby [alice] three'
	press carol 1 Enter
	expect_end carol '* #dev: each line goes to this room; exit goes back to the menu
* 1 public message came while you were elsewhere
* 2 messages came to #dev while you were elsewhere
#dev>'
}

@test "a private chat goes on whatever rooms there are" {
	enter bob
	sit_in_public carol
	press carol '/join #dev' Enter
	expect_end carol '#dev>'
	press carol exit Enter
	expect_end carol 'menu>'
	press carol 2 Enter bob Enter
	expect_end carol 'bob>'
	press carol 'psst' Enter '//me' Enter
	expect_line bob '[carol -> you] psst'
	expect_line bob '[carol -> you] /me'
	press carol '/leave' Enter
	expect_end carol '#dev * carol left (0 here)
bob>'
}

# --- a lost connection ----------------------------------------------------

@test "rooms are entered again, with their keys, and nothing is told twice" {
	enter_room '#dev' alice
	enter_room '#ops' bob
	say bob '/mode key secret'
	expect_match bob '.*set the key.*'
	sit_in_public carol
	press carol '/join #dev' Enter
	expect_end carol '#dev>'
	press carol '/join #ops secret' Enter
	expect_end carol '#ops>'
	press carol '/join #dev' Enter
	expect_end carol '#dev>'
	say alice before
	say bob 'before, too'
	expect_row carol '#ops [bob] before, too'
	kill -KILL "$CHILD"
	expect_row carol '! connection lost: the server closed the connection; trying again in 1 s'
	say alice meanwhile
	say bob 'meanwhile, too'
	expect_row carol '* connected again, as carol; 3 online'
	expect_end carol '#dev>'
	for line in before meanwhile 'before, too' 'meanwhile, too'; do
		equal "$(terminal carol | grep -c "\\] $line\$")" 1 "'$line'"
	done
	not grep -E 'older than these|\* rooms:' <<<"$(terminal carol)"
	press carol 'back in dev' Enter
	expect_line alice '#dev [carol] back in dev'
	say bob 'and here'
	expect_row carol '#ops [bob] and here'
}

@test "more was missed in a room than a newcomer is told: all of it is asked for" {
	stop_server
	start_server --rate 0 --history 2
	enter_room '#dev' alice
	sit_in_public carol
	press carol '/join #dev' Enter
	expect_end carol '#dev>'
	say alice seen
	expect_row carol '[alice] seen'
	kill -KILL "$CHILD"
	expect_row carol '! connection lost: the server closed the connection; trying again in 1 s'
	for n in 1 2 3; do
		say alice "meanwhile $n"
	done
	expect_row carol '* connected again, as carol; 2 online'
	equal "$(terminal carol | grep -cF 'meanwhile')" 3
	not grep -F 'older than these' <<<"$(terminal carol)"
}

@test "where more was missed in a room than the server has, that is said" {
	stop_server
	start_server --rate 0 --history 2
	enter_room '#dev' alice
	make_link
	PORT=$LINK_PORT start_terminal carol 80x24 --name carol
	expect_row carol 'menu>'
	mine=$(children | tail -n 1)
	press carol 1 Enter
	expect_end carol 'public>'
	press carol '/join #dev' Enter
	expect_end carol '#dev>'
	say alice 'seen'
	expect_row carol '[alice] seen'
	cut_link
	kill -KILL "$mine"
	expect_row carol '! connection lost: the server closed the connection; trying again in 1 s'
	fill_history alice
	for n in 1 2 3; do
		say alice "meanwhile $n"
	done
	expect_line alice '#dev [alice] meanwhile 3'
	make_link
	expect_row carol '* messages of #dev older than these may be missing'
	equal "$(terminal carol | grep -cF 'meanwhile')" 3
}

@test "who was in the lobby comes back to it, and is in the rooms" {
	enter_room '#dev' alice
	sit_in_public carol
	press carol '/join #dev' Enter
	expect_end carol '#dev>'
	press carol '/join #lobby' Enter
	expect_end carol 'public>'
	kill -KILL "$CHILD"
	expect_row carol '* connected again, as carol; 2 online'
	expect_end carol 'public>'
	press carol 'to all' Enter
	expect_line alice '[carol] to all'
	say alice 'to dev'
	expect_row carol '#dev [alice] to dev'
}

@test "a room that is closed meanwhile: who was in it talks in the lobby" {
	takes_long
	enter_room '#dev' alice
	enter_room '#ops' bob
	sit_in_public carol
	press carol '/join #ops' Enter
	expect_end carol '#ops>'
	press carol '/join #dev' Enter
	expect_end carol '#dev>'
	say alice '/mode invite'
	expect_row carol '* alice made the room invite only'
	kill -KILL "$CHILD"
	expect_row carol '! #dev is by invitation only'
	expect_row carol '* connected again, as carol; 3 online'
	expect_end carol 'public>'
	press carol 'to all' Enter
	expect_line alice '[carol] to all'
	expect_line bob '[carol] to all'
}

@test "a line that was not confirmed is sent again in its own room alone" {
	enter bob
	enter_room '#dev' alice
	sit_in_public carol
	kill -STOP "$CHILD"
	press carol 'for all' Enter
	expect_end carol 'public>'
	kill -KILL "$CHILD"
	expect_row carol '! not confirmed: for all'
	expect_row carol '* not confirmed: 1 of the lines sent; C-x sends them again'
	mine=$(comm -13 <(sort <<<"$CHILD") <(children | sort) | tail -n 1)
	press carol '/join #dev' Enter
	expect_end carol '#dev>'
	press carol C-x
	expect_end carol '* 1 of other rooms not sent: C-x there sends them again
#dev>'
	kill -STOP "$mine"
	press carol 'for dev' Enter '/me waves' Enter
	expect_end carol '#dev>'
	kill -KILL "$mine"
	expect_row carol '! not confirmed: /msg #dev for dev'
	expect_row carol '* not confirmed: 3 of the lines sent; C-x sends them again'
	expect_end carol '#dev>'
	press carol '/join #lobby' Enter
	expect_end carol 'public>'
	press carol C-x
	expect_end carol '* 1 of other rooms not sent: C-x there sends them again
[carol] for all
#dev [carol] for dev
public>'
	expect_line bob '[carol] for all'
	expect_line alice '#dev [carol] for dev'
	press carol '/join #dev' Enter
	expect_end carol '#dev>'
	press carol C-x
	expect_row carol '[* carol] waves'
	caught_up bob bob
	never_match bob '.*(for dev|waves)'
}

@test "a line typed behind /join is for that room, or stays where it was typed" {
	enter bob
	enter_room '#dev' alice
	sit_in_public carol
	kill -STOP "$CHILD"
	press carol '/join #dev' Enter 'for dev alone' Enter
	expect_end carol 'public> for dev alone'
	kill -KILL "$CHILD"
	expect_row carol '! not confirmed: /join #dev'
	expect_row carol '* connected again, as carol; 3 online'
	expect_end carol 'public> for dev alone'
	not grep -F 'not confirmed: for dev' <<<"$(terminal carol)"
	press carol C-u C-x
	expect_end carol '#dev>'
	press carol 'for dev alone' Enter
	expect_line alice '#dev [carol] for dev alone'
	caught_up bob bob
	never_match bob '.*for dev alone'
}

# --- at the start, and for scripts ----------------------------------------

@test "--room: public chat begins there" {
	enter_room '#dev' alice
	say alice 'before you'
	expect_line alice '#dev [alice] before you'
	for room in dev '#dev'; do
		sit_down carol 80x24 --name carol --room "$room"
		expect_row carol '#dev * carol joined (2 here)'
		expect_matching_row carol '\[alice [0-9]+ s ago\] before you'
		press carol 1 Enter
		expect_end carol '* #dev: each line goes to this room; exit goes back to the menu
#dev>'
		press carol C-c C-c
		expect_row carol 'status 0'
		terminals kill-session -t carol
	done
	sit_down carol 80x24 --name carol --room lobby
	press carol 1 Enter
	expect_end carol 'public>'
}

@test "--room that one may not enter: told, and public chat is for all" {
	enter_room '#dev' alice
	say alice '/mode invite'
	expect_match alice '.*invite only.*'
	sit_down carol 80x24 --name carol --room dev
	expect_row carol '! #dev is by invitation only'
	press carol 1 Enter
	expect_end carol 'public>'
}

@test "--send --room: said there, and nowhere else" {
	enter bob
	enter_room '#dev' alice
	run_client --name ci --room dev --send $'build passed\n/join #ops' \
		--send - <<<'who'
	equal "$status" 0 "$stderr"
	equal "$output$stderr" ''
	expect_line alice '#dev [ci] build passed'
	expect_line alice '#dev [ci] /join #ops'
	expect_line alice '#dev [ci] who'
	expect_match alice '#dev \* ci left \(1 here\)'
	caught_up bob bob
	never_match bob '.*(passed|join|who)'
	run_client --name ci --room '#lobby' --send 'for all' </dev/null
	equal "$status" 0 "$stderr"
	expect_line bob '[ci] for all'
}

@test "--send --room: who may not enter, or talk, sends nothing: 65" {
	enter bob
	enter_room '#dev' alice
	say alice '/mode moderated'
	expect_match alice '.*moderated.*'
	run_client --name ci --room dev --send one --send two </dev/null
	equal "$status" 65
	contains "$stderr" '#dev is moderated'
	contains "$stderr" '2 of 2 lines were not confirmed'
	say alice '/mode invite'
	expect_match alice '.*invite only.*'
	run_client --name ci --room dev --send one </dev/null
	equal "$status" 65
	equal "$stderr" 'chatclient: #dev is by invitation only'
	caught_up bob bob
	never_match bob '.*(one|two)'
}

@test "--listen --room: what happens there, and nothing else" {
	enter bob
	enter_room '#dev' alice
	seat carol "$CLIENT" -Port "$PORT" --name carol --listen --room dev
	expect_line alice '#dev * carol joined (2 here)'
	seat dave "$CLIENT" -Port "$PORT" --name dave --listen --events --room dev
	expect_match alice '#dev \* dave joined \(.*'
	say bob 'for all'
	say alice hello
	say alice '/topic now'
	expect_line carol '[alice] hello'
	expect_line carol '* alice set the topic: now'
	expect_event dave public alice '#dev' hello
	expect_event dave topic alice '#dev' now
	for name in carol dave; do
		never_match "$name" '.*for all'
		never_match "$name" '.*welcome.*'
	done
	say alice '/kick carol enough'
	expect_exit carol 65
	expect_line carol '#dev * alice kicked carol: enough'
	expect_line carol 'chatclient: not in #dev any more'
}

@test "--room: by the rule of names, and not for every use" {
	for room in '' '#' 'a b' '#a|b' '##dev' \
		123456789012345678901234567890123; do
		run_client --room "$room" --send x </dev/null
		equal "$status" 64 "'$room'"
		contains "$stderr" "--room '$room': "
	done
	run_client --room dev --to bob --send x </dev/null
	equal "$status" 64
	equal "$stderr" 'chatclient: --to and --room exclude each other'
	run_client --room dev --who </dev/null
	equal "$status" 64
	contains "$stderr" '--room requires --send or --listen'
}

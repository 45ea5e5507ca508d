#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# People at a browser: they talk with each other and with who comes by nc, and
# go on after whatever happens to the network and the server.

load lib/helpers
load lib/browsers
load lib/administration

# The server's place, where another program can be put.
start_replaceable_server() {
	PLACE=$BATS_TEST_TMPDIR/chatserver
	cp "$SERVER" "$PLACE"
	SERVER=$PLACE start_server
}

logged() { # NUMBER PATTERN
	(($(grep -cE -- "$2" "$SERVER_LOG") >= $1))
}

@test "two browsers and a terminal talk: publicly, privately, in a room" {
	start_server
	come_as carol
	browse alice
	browse bob
	expect_line carol '* alice joined (2 online)'
	expect_line carol '* bob joined (3 online)'
	expect_here alice alice bob carol

	talk alice 'hello, all of you: ä 😀'
	expect_said bob alice 'hello, all of you: ä 😀'
	expect_said alice alice 'hello, all of you: ä 😀'
	expect_line carol '[alice] hello, all of you: ä 😀'
	say carol 'hello, <b>browsers</b>'
	expect_said alice carol 'hello, <b>browsers</b>'
	expect_said bob carol 'hello, <b>browsers</b>'
	talk bob '/me waves'
	expect_line carol '[* bob] waves'
	keep_picture alice talk-public

	# Private talk is between two.
	turn_to_user bob alice
	say carol 'this is for all'
	browser wait bob 'that one line waits' \
		"document.title.startsWith('(1) alice ')"
	talk bob 'psst'
	turn_to alice bob
	expect_said alice bob 'psst'
	talk alice 'what is it?'
	expect_said bob alice 'what is it?'
	say carol '/msg alice me too'
	turn_to alice carol
	expect_said alice carol 'me too'
	talk alice 'you too'
	expect_line carol '[alice -> you] you too'
	never_match carol '.*psst.*'
	keep_picture alice talk-private

	# Another name, for all.
	talk bob '/nick robert'
	expect_line carol '* bob is now robert'
	expect_here alice alice carol robert

	# A room.
	go_to_room alice '#tea'
	say carol '/join #tea'
	expect_line carol '#tea * carol joined (2 here)'
	say carol 'with milk?'
	expect_said alice carol 'with milk?'
	talk alice 'and sugar'
	expect_line carol '#tea [alice] and sugar'
	say carol '/topic <i>two</i> spoons'
	expect_page alice '<i>two</i> spoons'
	keep_picture alice talk-room

	nothing_wrong alice
	nothing_wrong bob
}

@test "an upgrade of the server: nobody in the page notices, each line comes once" {
	start_replaceable_server
	come_as carol
	browse alice
	say carol 'before'
	expect_said alice carol before
	[[ -z ${UPGRADES-} ]] || cp "$UPGRADES/chatserver-next" "$PLACE.new"
	[[ -n ${UPGRADES-} ]] || cp "$PLACE" "$PLACE.new"
	mv "$PLACE.new" "$PLACE"
	kill -HUP "$SERVER_PID"
	eventually "$PATIENCE" logged 1 'upgrade version='
	say carol 'after'
	expect_said alice carol after
	talk alice 'still here'
	expect_line carol '[alice] still here'
	never_match carol '\* alice (left|joined).*\(1 online\)'
	said_times alice carol before 1
	said_times alice carol after 1
	# The new program serves the page, too.
	browse bob
	expect_said bob carol after
	nothing_wrong alice
	nothing_wrong bob
}

@test "the server is killed and started again: all come back by themselves" {
	start_server
	browse alice
	browse bob
	go_to_room alice '#tea'
	talk alice 'before the end'
	expect_said alice alice 'before the end'
	murder_server
	expect_page alice '^Not connected: '
	expect_page bob '^Not connected: '
	keep_picture alice reconnecting
	launch_server -Port "$PORT" --greet-after "$SILENCE"
	await_server 1
	expect_connected alice
	expect_connected bob
	come_as carol
	expect_who carol alice bob carol
	expect_here bob alice bob carol
	# In the rooms where they were, with what they had read.
	say carol '/join #tea'
	expect_line carol '#tea * carol joined (2 here)'
	say carol 'welcome back'
	expect_said alice carol 'welcome back'
	said_times alice alice 'before the end' 1
	nothing_wrong alice
	nothing_wrong bob
}

@test "the network is cut and comes back: nothing is lost, and nobody notices" {
	start_server
	come_as carol
	browse alice
	say carol 'before'
	expect_said alice carol before
	browser network alice offline
	for n in 1 2 3; do
		say carol "meanwhile $n"
	done
	expect_line carol '[carol] meanwhile 3'
	browser network alice online
	# By a new connection: who knows whether the old one is any good.
	eventually "$PATIENCE" logged 1 ' resume slot='
	for n in 1 2 3; do
		expect_said alice carol "meanwhile $n"
		said_times alice carol "meanwhile $n" 1
	done
	expect_connected alice
	talk alice 'here I am'
	expect_line carol '[alice] here I am'
	never_match carol '\* .*(alice|guest).* (left|is now) .*'
	copies_are 1 carol '* alice joined (2 online)'
	nothing_wrong alice
}

@test "a connection that is cut goes on by another one, and nobody notices" {
	start_server
	come_as carol
	lay_cable
	browse alice
	say carol 'before'
	expect_said alice carol before
	cable_is cut
	expect_page alice '^Not connected: '
	for n in 1 2 3; do
		say carol "meanwhile $n"
	done
	expect_line carol '[carol] meanwhile 3'
	cable_is mend
	eventually "$PATIENCE" logged 1 ' resume slot='
	for n in 1 2 3; do
		expect_said alice carol "meanwhile $n"
		said_times alice carol "meanwhile $n" 1
	done
	talk alice 'here I am'
	expect_line carol '[alice] here I am'
	never_match carol '\* .*(alice|guest).* (left|is now) .*'
	copies_are 1 carol '* alice joined (2 online)'
	nothing_wrong alice
}

is_disconnected() { # NAME
	browser evaluate "$1" 'document.body.dataset.state'
	[[ $BROWSER_ANSWER == ended ]]
}

@test "warned before being idle; after it one click comes back under the name" {
	start_server --idle-timeout 10
	browse alice
	browser there alice button 'Stay'
	expect_page alice 'You will be disconnected in [1-5] s'
	keep_picture alice idle-warning
	stayed=$(now_ms)
	browser click alice button 'Stay'
	browser absent alice button 'Stay'
	eventually "$PATIENCE" is_disconnected alice
	(($(now_ms) - stayed > 9000))
	expect_text alice 'You were disconnected: idle for 10 s'
	keep_picture alice idle
	come_as carol
	browser click alice button 'Come back'
	expect_connected alice
	expect_line carol '* alice joined (2 online)'
	nothing_wrong alice
}

@test "who was kicked is told why, and does not come back by itself" {
	start_server
	come_as carol
	browse alice
	expect_line carol '* alice joined (2 online)'
	wipe carol
	ask --kick alice 'no <b>caps</b>'
	expect_text alice 'You were disconnected: kicked: no <b>caps</b>'
	browser there alice button 'Come back'
	# The page would have tried again by now, as after a lost connection.
	throughout 2 not has_line carol '* alice joined (2 online)'
	nothing_wrong alice
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# chatclient whose link was cut, while the server holds it for whole: it goes on
# where it was, and nobody else sees anything.

# shellcheck disable=SC2034,SC2153,SC2317 # what the helpers set and read; called by
# name
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

# carol, in public chat, behind a link.
carol_sits_down() {
	make_link
	PORT=$LINK_PORT start_terminal carol 80x24 --name carol
	expect_row carol 'menu>'
	press carol 1 Enter
	expect_end carol 'public>'
}

# Cuts it; what the command does meanwhile, carol misses.
away_during() { # COMMAND...
	cut_link
	expect_row carol '! connection lost: the server closed the connection; trying again in 1 s'
	"$@"
	make_link
}

times_on() { # NAME TEXT
	terminal "$1" | grep -cF -e "$2"
}

@test "a cut link: name and place are kept, what was missed comes once, nobody hears of it" {
	enter alice bob
	carol_sits_down
	say alice before
	expect_row carol '[alice] before'
	meanwhile() {
		for n in 1 2 3; do
			say alice "public $n"
			say bob "to|carol|private $n"
		done
		caught_up alice bob
	}
	wipe alice
	away_during meanwhile
	expect_row carol '* connected again, as carol; 3 online'
	for n in 1 2 3; do
		equal "$(times_on carol "[alice] public $n")" 1
		equal "$(times_on carol "[bob -> you] private $n")" 1
	done
	equal "$(times_on carol '[alice] before')" 1
	expect_end carol 'public>'
	press carol 'I am back' Enter
	expect_line alice '[carol] I am back'
	expect_row carol '[carol] I am back'
	never_match alice '\* .*carol.*'
	not has_row carol '! no such session'
}

@test "lines that the server has not had are said again, those that it had are not" {
	enter alice
	carol_sits_down
	press carol one Enter
	expect_row carol '[carol] one'
	# Nothing goes through any more, and the client does not know it yet.
	kill -STOP "$LINK_END"
	press carol lost Enter
	press carol '/me waves' Enter
	press carol 'to|alice|psst' Enter
	cut_link
	expect_row carol '! not confirmed: lost'
	make_link
	expect_row carol '* connected again, as carol; 2 online'
	expect_line alice '[carol] lost'
	expect_line alice '[* carol] waves'
	expect_line alice '[carol -> you] psst'
	press carol last Enter
	expect_line alice '[carol] last'
	equal "$(screen alice | grep -cE 'one|lost|waves|psst|last')" 5
	equal "$(times_on carol '[carol] lost')" 1
	not has_row carol '* not confirmed: 1 of the lines sent; C-x sends them again'
}

@test "lines that the server had, and whose echo was lost, are not said again" {
	enter alice
	carol_sits_down
	# Its way back is stopped before it has gone.
	kill -STOP "${LINKS[0]}"
	press carol 'heard by all' Enter
	eventually "$PATIENCE" link_is_loaded
	kill -STOP "$LINK_END"
	kill -CONT "${LINKS[0]}"
	expect_line alice '[carol] heard by all'
	not has_row carol '[carol] heard by all'
	cut_link
	expect_row carol '! not confirmed: heard by all'
	make_link
	expect_row carol '* connected again, as carol; 2 online'
	press carol 'and that' Enter
	expect_line alice '[carol] and that'
	equal "$(screen alice | grep -cF 'heard by all')" 1
	equal "$(times_on carol '[carol] heard by all')" 1
	equal "$(times_on carol 'C-x')" 0
}

@test "a link that is silent: its end is not told to the server before all is as it was" {
	takes_long
	enter alice
	carol_sits_down
	old=$LINK_END
	kill -STOP "$old"
	press carol 'said once' Enter
	eventually 60 has_matching_row carol '! connection lost: the server does not answer.*'
	wipe alice
	# It is no longer silent.
	kill -CONT "$old"
	expect_line alice '[carol] said once'
	PERSON_PID[old]=$old
	not disconnected old
	make_link
	expect_row carol '* connected again, as carol; 2 online'
	eventually "$PATIENCE" disconnected old
	unset 'PERSON_PID[old]'
	press carol 'back' Enter
	expect_line alice '[carol] back'
	equal "$(times_on carol '] said once')" 1
	equal "$(times_on carol 'C-x')" 0
	never_match alice '\* carol .*'
}

@test "rooms, and where one talks, are kept" {
	enter alice
	say alice '/join #dev'
	expect_match alice '#dev \* alice joined .*'
	carol_sits_down
	press carol '/join #dev' Enter
	expect_end carol '#dev>'
	meanwhile() {
		say alice 'in the room'
		caught_up alice
	}
	wipe alice
	away_during meanwhile
	expect_row carol '* connected again, as carol; 2 online'
	expect_end carol '#dev>'
	equal "$(times_on carol '[alice] in the room')" 1
	press carol here Enter
	expect_line alice '#dev [carol] here'
	never_match alice '#dev \* carol .*'
}

@test "cut again and again: each line once" {
	enter alice
	carol_sits_down
	for round in 1 2 3; do
		meanwhile() {
			say alice "missed $round"
			caught_up alice
		}
		away_during meanwhile
		press carol Enter
		eventually "$PATIENCE" has_row carol "[alice] missed $round"
		press carol "back $round" Enter
		expect_line alice "[carol] back $round"
	done
	for round in 1 2 3; do
		equal "$(times_on carol "[alice] missed $round")" 1
		equal "$(times_on carol "[carol] back $round")" 1
	done
}

@test "taken over by another client: that is told, and the session not taken back" {
	carol_sits_down
	token=$(sed -n 's/.* token=\([0-9a-f]*\).*/\1/p' "$LINK_SEEN")
	seat prog nc 127.0.0.1 "$PORT"
	say prog "/events 1"$'\n'"/resume $token 1"
	expect_match prog 'welcome.*taken=.*'
	expect_row carol '! disconnected: taken over by your new connection; Enter connects again,'
	make_link
	throughout 2 not has_matching_row carol '.*connected again.*'
	# Asked for, it is had back.
	press carol Enter
	expect_row carol '* connected again, as carol; 1 online'
	expect_match prog 'bye.*taken over by your new connection'
	press carol '/who' Enter
	expect_row carol '* online: carol (1)'
}

@test "a session that has ended meanwhile: all that was said is asked for, and comes once" {
	stop_server
	start_server --rate 0 --history 2
	enter alice
	make_link
	PORT=$LINK_PORT start_terminal carol 80x700 --name carol
	expect_row carol 'menu>'
	press carol 1 Enter
	expect_end carol 'public>'
	CHILD=$(children | tail -n 1)
	say alice '/join #dev'
	expect_match alice '#dev \* alice joined .*'
	say alice '/msg #lobby before'
	press carol '/join #dev' Enter
	expect_end carol '#dev>'
	say alice 'before in the room'
	expect_row carol '[alice] before in the room'
	cut_link
	expect_row carol '! connection lost: the server closed the connection; trying again in 1 s'
	kill -KILL "$CHILD"
	expect_match alice '\* carol left .*'
	for n in $(seq 250); do
		printf '/msg #lobby lobby %s\nroom %s\n' "$n" "$n"
	done >&"${INPUT[alice]}"
	expect_line alice '#dev [alice] room 250'
	make_link
	expect_row carol '* connected again, as carol; 2 online'
	equal "$(terminal carol | grep -oE '\] lobby [0-9]+' | cut -d' ' -f3)" \
		"$(seq 250)"
	equal "$(terminal carol | grep -oE '\] room [0-9]+' | cut -d' ' -f3)" \
		"$(seq 250)"
	equal "$(times_on carol '] before')" 2
	equal "$(times_on carol 'may be missing')" 0
	expect_end carol '#dev>'
	say alice 'now in the room'
	expect_row carol '[alice] now in the room'
}

@test "a script's lines have no secret" {
	seat watcher "$CLIENT" -Port "$PORT" --name watcher --listen --events
	expect_match watcher 'welcome.*'
	never_match watcher '.*token.*'
	equal "$(screen watcher | grep -a welcome | awk -F '\t' '{ print NF, $6 }')" '6 1'
}

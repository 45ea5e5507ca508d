#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a newcomer is told of what was said before.

load lib/helpers

AGE='[0-9]+ (s|min|h|d)'

@test "a newcomer sees the last public lines and actions, marked as old" {
	start_server
	enter alice bob
	say alice 'hello bob'
	expect_line bob '[alice] hello bob'
	say bob '/me waves'
	caught_up bob alice
	connect carol
	expect_match carol "\[alice $AGE ago\] hello bob"
	expect_match carol "\[\* bob $AGE ago\] waves"
	# In order, after the welcome, and each once.
	equal "$(screen carol | grep -aoE 'welcome|hello bob|waves' | tr '\n' ' ')" \
		'welcome hello bob waves '
	say alice 'hello carol'
	expect_line carol '[alice] hello carol'
	never_line carol '[alice] hello bob'
}

@test "private lines and errors are never told again" {
	start_server
	enter alice bob
	say alice 'to|bob|a secret'
	expect_line bob '[alice -> you] a secret'
	say alice /nonsense
	expect_match alice '! .*'
	caught_up alice bob
	connect carol
	expect_match carol "\[alice $AGE ago\] mark.*"
	caught_up bob carol
	never_match carol '.*secret.*'
	never_match carol '.*nonsense.*'
}

# Whoever comes when N lines have been said is told those from FIRST on.
newcomer_is_told() { # N FIRST
	local n
	enter alice
	for n in $(seq 1 "$1"); do
		say alice "line $n"
	done
	expect_line alice "[alice] line $1"
	connect bob
	expect_match bob "\[alice $AGE ago\] line $1"
	equal "$(screen bob | sed -nE "s/^\[alice $AGE ago\] line //p")" \
		"$(seq "$2" "$1")"
}

@test "twenty lines are told again where nothing else is asked for" {
	start_server --rate 0
	newcomer_is_told 30 11
}

@test "--history N tells N lines" {
	start_server --rate 0 --history 3
	newcomer_is_told 5 3
}

@test "presence lines do not push what was said out of the history" {
	start_server --rate 0 --history 1
	enter alice
	say alice 'remember me'
	expect_line alice '[alice] remember me'
	seq -f '/nick alice%g' 1 30 >&"${INPUT[alice]}"
	expect_line alice '* alice29 is now alice30'
	for n in 1 2 3; do
		connect guest
		hang_up guest
	done
	connect bob
	expect_match bob "\[alice $AGE ago\] remember me"
}

@test "--history 0 tells nothing" {
	start_server --history 0
	enter alice
	say alice 'long ago'
	expect_line alice '[alice] long ago'
	connect bob
	caught_up alice bob
	never_match bob '.*long ago.*'
}

@test "a line longer ago is told with its age" {
	start_server
	enter alice
	say alice 'old line'
	expect_line alice '[alice] old line'
	old_enough() {
		connect bob
		expect_match bob "\[alice $AGE ago\] old line"
		has_match bob '\[alice [12] s ago\] old line'
	}
	eventually 5 old_enough
}

@test "a program gets history as events no newer than its welcome" {
	start_server
	enter alice
	say alice 'hello'
	expect_line alice '[alice] hello'
	connect_events prog
	expect_event prog public alice - hello
	screen prog | awk -F '\t' '
		$1 == "welcome" { welcome = $2 }
		$1 == "public" && $6 == "hello" { old = $2 }
		END { exit !(old != "" && old + 0 <= welcome + 0) }'
	wipe prog
	say alice 'new'
	expect_event prog public alice - new
}

# --- what people ask for --------------------------------------------------

# What somebody reads of the past: the texts, and how it ends.
past_of() { # NAME
	screen "$1" | sed -nE "s/^(#[a-z]+ )?\[[^]]*ago[^]]*\] //p; s/^(#[a-z]+ )?\* (no|end of) history/\2/p" |
		tr '\n' ' '
}

# LINE is typed, and what comes of it is this.
tells_past() { # NAME LINE EXPECTED
	wipe "$1"
	say "$1" "$2"
	expect_match "$1" '(#[a-z]+ )?\* (no|end of) history.*'
	equal "$(past_of "$1")" "$3 " "$2"
}

@test "/history: the last lines, with their age; how many can be said" {
	start_server --rate 0 --history 3
	enter alice bob
	tells_past alice /history no
	for word in a b c d e; do
		say alice "$word"
	done
	expect_line bob '[alice] e'
	tells_past bob /history 'c d e end of; there is more'
	expect_match bob "\[alice $AGE ago\] e"
	tells_past bob '/history 2' 'd e end of; there is more'
	tells_past bob '/HISTORY 100' 'a b c d e end of'
	tells_past bob '/history 99999' 'a b c d e end of'
	say bob '/history some'
	say bob '/history 0'
	expect_line bob '! usage: /history [#ROOM|NAME] [N]'
	never_match alice '.*ago.*'
}

@test "/since 2h: what was said in that time" {
	start_server --rate 0
	enter alice
	say alice early
	expect_line alice '[alice] early'
	tells_past alice '/since 2h' 'early end of'
	tells_past alice '/since 90 min' 'early end of'
	tells_past alice '/since 3d' 'early end of'
	is_past() {
		wipe alice
		say alice '/since 1s'
		expect_match alice '\* (no|end of) history'
		has_match alice '\* no history'
	}
	eventually 20 is_past
	say alice '/since yesterday'
	expect_line alice '! usage: /since [#ROOM|NAME] TIME (2h, 90m)'
}

@test "/since tells a hundred lines, and that there are more" {
	start_server --rate 0
	enter alice
	for n in $(seq 120); do
		say alice "line $n"
	done
	expect_line alice '[alice] line 120'
	tells_past alice '/since 1h' \
		"$(seq -f 'line %g' -s ' ' 21 120) end of; there is more"
}

@test "/history of rooms: where one talks, or by name; for those in it" {
	start_server --rate 0
	enter alice bob
	say alice lobby
	expect_line bob '[alice] lobby'
	say alice '/join #dev'
	expect_match alice '#dev \* alice joined .*'
	say alice 'in the room'
	expect_line alice '#dev [alice] in the room'
	tells_past alice /history 'in the room end of'
	expect_match alice "#dev \[alice $AGE ago\] in the room"
	expect_line alice '#dev * end of history'
	tells_past alice '/history #lobby' 'lobby end of'
	tells_past bob '/history' 'lobby end of'
	say bob '/history #dev'
	expect_line bob '! you are not in #dev'
	say bob '/since #nowhere 1h'
	expect_line bob '! no such room: #nowhere'
	wipe bob
	say bob '/join #dev'
	expect_match bob "#dev \[alice $AGE ago\] in the room"
	tells_past bob '/since #dev 1h' 'in the room end of'
}

@test "/history NAME: what two have told each other, for them alone" {
	start_server --rate 0
	enter alice bob carol
	say alice 'to|bob|to bob'
	expect_line bob '[alice -> you] to bob'
	say bob 'to|alice|to alice'
	expect_line alice '[bob -> you] to alice'
	tells_past alice '/history bob' 'to bob to alice end of'
	expect_match alice "\[you $AGE ago -> bob\] to bob"
	expect_match alice "\[bob $AGE ago -> you\] to alice"
	tells_past bob '/since alice 1h' 'to bob to alice end of'
	tells_past carol '/history bob' no
	# Whoever takes a name takes nothing with it.
	hang_up bob
	expect_match carol '\* bob left .*'
	say carol '/nick bob'
	expect_line carol '* carol is now bob'
	tells_past carol '/history alice' no
}

@test "lines of users whom one ignores are left out" {
	start_server --rate 0
	enter alice bob carol
	say alice one
	expect_line carol '[alice] one'
	say bob two
	expect_line carol '[bob] two'
	say carol '/ignore bob'
	expect_line carol '* you ignore bob now'
	tells_past carol /history 'one end of'
}

@test "--history 0: what was said since one came can be asked for" {
	start_server --rate 0 --history 0
	enter alice
	say alice 'long ago'
	expect_line alice '[alice] long ago'
	enter bob
	tells_past bob /history no
	tells_past bob '/since 1h' no
	say alice now
	expect_line bob '[alice] now'
	tells_past bob /history 'now end of'
	tells_past alice /history 'long ago now end of'
}

@test "a program gets the past between two events, and all of it in parts" {
	start_server --rate 0
	enter alice
	for n in $(seq 250); do
		say alice "line $n"
	done
	expect_line alice '[alice] line 250'
	connect_events prog
	wipe prog
	say prog '/history 2'
	expect_event prog history-end - - '2 more'
	equal "$(screen prog | cut -f 1,4-)" "history	-	-	2 more
public	alice	-	line 249
public	alice	-	line 250
history-end	-	-	2 more"
	# From a time on, again and again, as long as there are more.
	from=0 all=$BATS_TEST_TMPDIR/all
	for part in 1 2 3 4; do
		wipe prog
		say prog "/since @$from"
		expect_match prog $'history-end\t.*'
		screen prog | awk -F '\t' '$1 == "public"' >>"$all"
		from=$(tail -n 1 "$all" | awk -F '\t' '{ print $3 ":" $2 }')
		screen prog | grep -q 'more$' || break
	done
	equal "$part" 3
	equal "$(cut -f 6 "$all")" "$(seq -f 'line %g' 250)"
	# And back again: the last ones up to a time, that of a line included.
	from=$(awk -F '\t' 'NR == 101 { print $3 }' "$all")
	wipe prog
	say prog "/history 30 @$from"
	expect_event prog history-end - - '30 more'
	equal "$(screen prog | awk -F '\t' '$1 == "public"')" \
		"$(awk -F '\t' -v ms="$from" '$3 <= ms' "$all" | tail -n 30)"
}

@test "a relay that is killed: what was said before can still be asked for" {
	start_server --rate 0
	enter alice
	say alice before
	expect_line alice '[alice] before'
	kill -KILL "$(relay_pid)"
	say alice after
	expect_line alice '[alice] after'
	tells_past alice /history 'before after end of'
}

@test "chatclient: /history shows lines with their age, and counts nothing twice" {
	start_server --rate 0
	enter alice
	say alice 'hello carol'
	expect_line alice '[alice] hello carol'
	seat carol "$CLIENT" -Port "$PORT" --name carol
	expect_line carol '0. Exit'
	say carol 1
	say carol 'mine'
	expect_line carol '[carol] mine'
	wipe carol
	say carol /history
	expect_line carol '* end of history'
	equal "$(screen carol | sed -E "s/$AGE ago/AGE/")" \
		'[alice AGE] hello carol
[carol AGE] mine
* end of history'
	wipe carol
	say carol '/history nobody'
	expect_line carol '* no history'
	say carol 'goes on'
	expect_line alice '[carol] goes on'
	expect_line carol '[carol] goes on'
}

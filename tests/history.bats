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

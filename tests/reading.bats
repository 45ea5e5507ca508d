#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# chatclient on a terminal: what arrives, as it is read.

load lib/helpers
load lib/tmux

setup() {
	start_server --rate 0
}

teardown() {
	leave_terminals
	clean_up
}

@test "who comes and goes is one line while nothing else is said" {
	sit_down carol 80x24 --name carol
	enter alice bob
	expect_end carol '* guest-1 joined (2 online)
* guest-1 is now alice
* guest-1 joined (3 online)
* guest-1 is now bob
menu>'
	hang_up bob
	expect_row carol '* bob left (2 online)'
	connect dave
	expect_row carol '* guest-1 joined; bob left (3 online)'
	connect erin
	hang_up dave
	expect_row carol '* guest-1, guest-2 joined; bob, guest-1 left (3 online)'
	press carol C-l
	say alice 'a word'
	expect_row carol '[alice] a word'
	hang_up erin
	expect_end carol '* guest-1, guest-2 joined; bob, guest-1 left (3 online)
[alice] a word
* guest-2 left (2 online)
menu>'
}

@test "at 40 columns lines are wrapped at words, under their text" {
	enter alice
	sit_down carol 40x12 --name carol
	press carol 1 Enter
	expect_end carol 'public>'
	say alice 'a line that is longer than the terminal is wide and has a-word-that-is-longer-than-a-row-by-itself'
	expect_end carol '[alice] a line that is longer than
      the terminal is wide and has
      a-word-that-is-longer-than-a-row-b
      y-itself
public>'
	resize carol 30x12
	expect_end carol '[alice] a line that is
      longer than the terminal
      is wide and has
      a-word-that-is-longer-th
      an-a-row-by-itself
public>'
	resize carol 26x12
	expect_end carol '[alice] a line that is
longer than the terminal
is wide and has
a-word-that-is-longer-than
-a-row-by-itself
public>'
}

@test "what is typed survives what arrives" {
	enter alice
	sit_down carol 40x10 --name carol
	press carol 1 Enter 'half a 日本 li'
	expect_end carol 'public> half a 日本 li'
	for n in $(seq 1 30); do
		say alice "line $n"
	done
	expect_end carol '[alice] line 29
[alice] line 30
public> half a 日本 li'
	press carol Left Left 'x' End 'ne' Enter
	expect_line alice '[carol] half a 日本 xline'
	expect_end carol '[carol] half a 日本 xline
public>'
}

@test "names have colours of their own, mentions and private lines stand out" {
	enter alice bob
	sit_down carol 80x24 --name carol
	press carol 1 Enter
	expect_end carol 'public>'
	E=$'\033'
	say alice 'nothing special'
	say bob 'nothing special either'
	say bob 'is Carol there?'
	say bob 'carolina is not'
	say alice '/msg carol psst'
	expect_row carol '[alice -> you] psst'
	rows=$(terminal_colours carol)
	# The last control function before a word, if it is right there.
	colour() { # WORD ROW-PATTERN
		grep -e "$2" <<<"$rows" | head -n 1 |
			sed -nE "s/^.*$E\\[([0-9;]*)m$1.*/\\1/p"
	}
	[[ -n $(colour alice 'nothing special$') && -n $(colour bob nothing.*either) ]]
	not equal "$(colour alice 'nothing special$')" "$(colour bob nothing.*either)"
	[[ -n $(colour 'is Carol' 'is Carol') && -n $(colour psst psst) ]]
	equal "$(colour carolina carolina)$(colour nothing 'nothing special$')" ''
	equal "$(colour bob 'is Carol')" "$(colour bob nothing.*either)"
}

@test "NO_COLOR and --color never: no colours" {
	enter alice
	NO_COLOR=1 sit_down carol 80x24 --name carol
	sit_down dave 80x24 --name dave --color never
	say alice 'hello carol, hello dave'
	for name in carol dave; do
		expect_row "$name" '[alice] hello carol, hello dave'
		equal "$(terminal_colours "$name" | grep -c $'\033')" 0 "colours"
	done
}

@test "the bell rings for what it is to ring for" {
	takes_long
	local bell rings kind name line
	enter alice
	# the option, and what of: public, mention, private
	while read -r bell rings; do
		for kind in public mention private; do
			name=$kind-$bell
			sit_down "$name" 80x24 --name "$name" --bell "$bell"
			count_bells "$name"
			case $kind in
			public) line="nothing for $name-x" ;;
			mention) line="for you, $name" ;;
			private) line="/msg $name for you" ;;
			esac
			say alice "$line"
			expect_row "$name" "$(case $kind in
			private) echo '[alice -> you] for you' ;;
			*) echo "[alice] $line" ;;
			esac)"
			line=0
			if [[ $rings == *$kind* ]]; then
				line=1
			fi
			eventually "$PATIENCE" bells_are "$line" "$name" ||
				fail "--bell $bell, $kind: $(bells "$name") bells"
		done
	done <<-'END'
		off -
		mention mention
		private mention private
		all public mention private
	END
}

# Says one more line; whether it has rung more often by now.
rings_more_than() { # NUMBER NAME
	say alice "/msg $2 again"
	(($(bells "$2") > $1))
}

@test "many lines in a moment ring once, and later ones again" {
	local since seconds
	enter alice
	sit_down carol 80x24 --name carol
	count_bells carol
	since=$SECONDS
	type_bytes alice "$(printf '/msg carol hey %d\\n' {1..30})"
	expect_row carol '[alice -> you] hey 30'
	eventually "$PATIENCE" rings_more_than 0 carol
	seconds=$((SECONDS - since))
	(($(bells carol) <= seconds + 1)) ||
		fail "$(bells carol) bells in $seconds s"
	eventually "$PATIENCE" rings_more_than "$(bells carol)" carol
}

@test "what came while one was elsewhere is counted" {
	enter alice
	sit_down carol 80x24 --name carol
	press carol 1 Enter
	expect_end carol 'public>'
	say alice 'seen'
	expect_row carol '[alice] seen'
	press carol exit Enter
	expect_end carol '0. Exit
menu>'
	say alice one
	say alice two
	say alice '/msg carol three'
	expect_row carol '[alice -> you] three'
	press carol 1 Enter
	expect_end carol '* public chat: each line goes to everyone; exit goes back to the menu
* 2 public messages came while you were elsewhere
public>'
	press carol C-c
	expect_end carol 'menu>'
	press carol 2 Enter
	expect_end carol 'name>'
	press carol 'al' Tab Enter
	expect_end carol '* private chat: each line goes to alice; exit goes back to choosing a name
* 1 message came from alice while you were elsewhere
alice>'
	say alice '/nick alicia'
	expect_end carol '* alice is now alicia
alicia>'
	press carol 'still you' Enter
	expect_line alice '[carol -> you] still you'
	hang_up alice
	expect_row carol '! alicia is gone; choose again'
	expect_end carol '* private chat: type a name; exit goes back to the menu
name>'
}

@test "escape sequences of others reach no terminal" {
	enter alice
	sit_down carol 80x24 --name carol
	press carol 1 Enter draft
	expect_end carol 'public> draft'
	type_bytes alice '\033[2J\033[H\033]0;evil\007x\xc2\x9b31my\xe2\x80\xae!\n'
	expect_end carol '[alice] [2J[H]0;evilx31my!
public> draft'
}

@test "--bell off: nothing rings, no key and no loss" {
	sit_down carol 80x24 --bell off
	count_bells carol
	press carol 1 Enter zz Tab C-u
	expect_end carol 'public>'
	stop_server
	expect_end carol 'offline>'
	bells_are 0 carol
}

@test "Tab offers who spoke last, and not oneself" {
	enter alice bob
	sit_down carol 80x24 --name carol
	press carol 1 Enter
	expect_end carol 'public>'
	press carol Tab
	expect_end carol 'public> alice:'
	press carol C-u
	say bob 'a word'
	expect_row carol '[bob] a word'
	press carol 'another' Enter
	expect_row carol '[carol] another'
	press carol Tab
	expect_end carol 'public> bob:'
}

@test "a prompt that says the name of a user says nothing else" {
	enter menu public alice
	sit_down carol 80x24 --name carol
	press carol 2 Enter
	expect_end carol 'name>'
	press carol 'pub' Tab
	expect_end carol 'name> @public'
	press carol Enter
	expect_end carol '@public>'
	press carol 'for you alone' Enter
	expect_line public '[carol -> you] for you alone'
	say public '/nick pub'
	expect_end carol 'pub>'
	say menu '/nick menus'
	expect_line alice '* menu is now menus'
	say public '/nick menu'
	expect_end carol '@menu>'
}

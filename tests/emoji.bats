#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# chatclient on terminals that do not make the same of emoji: the cursor is
# where the next character will be.  tmux joins a sequence, GNU screen does not.

load lib/helpers
load lib/tmux

export LC_ALL=C.UTF-8

FAMILY=👨‍👩‍👧

setup() {
	start_server --rate 0
	enter alice
}

teardown() {
	if [[ -d $BATS_TEST_TMPDIR/screens ]]; then
		export SCREENDIR=$BATS_TEST_TMPDIR/screens
		command screen -S carol -X quit \
			>/dev/null || true
	fi
	leave_terminals
	clean_up
}

# In GNU screen in tmux, as far as PLACE says so; in public chat.
sit_at() { # PLACE COLUMNSxROWS
	if [[ $1 == screen ]]; then
		mkdir -m 700 "$BATS_TEST_TMPDIR/screens"
		# shellcheck disable=SC2034 # for start_terminal
		INSIDE=(env "SCREENDIR=$BATS_TEST_TMPDIR/screens"
			screen -U -c /dev/null -S carol)
	fi
	sit_down carol "$2" --name carol
	press carol 1 Enter
	expect_end carol 'public>'
}

cursor_column() { # NAME
	terminals display-message -p -t "$1" '#{cursor_x}'
}

cursor_is_at() { # NAME COLUMN
	[[ $(cursor_column "$1") == "$2" ]]
}

# What is typed, and the column of the cursor.
expect_typed() { # NAME TEXT COLUMN
	expect_end "$1" "$2" || return 1
	eventually "$PATIENCE" cursor_is_at "$1" "$3" || fail \
		"the cursor was in column $(cursor_column "$1") and not $3:" \
		"$2"
}

# What is typed, what is shown of it, and how many columns that is.
CLUSTERS='
👨‍👩‍👧 👨👩👧 6
👩‍🚀 👩🚀 4
🏳️‍🌈 🏳🌈 3
👍🏽 👍 2
👩🏽‍❤️‍👨🏿 👩❤👨 5
🇩🇪 🇩🇪 2
❤️ ❤ 1
1️⃣ 1⃣ 1
🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴 2
क्‍ष क्ष 2
日 日 2
é é 1
'

type_clusters() {
	local cluster shown columns
	while read -r cluster shown columns; do
		[[ -n $cluster ]] || continue
		press carol C-u a "$cluster" bc
		expect_typed carol "public> a${shown}bc" $((11 + columns))
		press carol Left Left
		expect_typed carol "public> a${shown}bc" $((9 + columns))
		press carol Left
		expect_typed carol "public> a${shown}bc" 9
		press carol x
		expect_typed carol "public> ax${shown}bc" 10
		press carol Right Right y Left BSpace
		expect_typed carol "public> ax${shown}yc" $((10 + columns))
		press carol BSpace
		expect_typed carol "public> axyc" 10
		press carol "$cluster" Enter
		expect_line alice "[carol] ax${cluster}yc"
	done <<<"$CLUSTERS"
}

@test "tmux: the cursor is right behind each cluster" {
	takes_long
	sit_at tmux 60x20
	type_clusters
}

@test "GNU screen: the cursor is right behind each cluster" {
	takes_long
	sit_at screen 60x20
	type_clusters
}

@test "GNU screen: clusters at the end of a row" {
	sit_at screen 30x20
	press carol 0123456789abcdefghi "$FAMILY" "$FAMILY" z
	expect_typed carol 'public> 0123456789abcdefghi👨
👩👧👨👩👧z' 11
	press carol Left Left
	expect_typed carol 'public> 0123456789abcdefghi👨
👩👧👨👩👧z' 4
	press carol Left x
	expect_typed carol 'public> 0123456789abcdefghix👨
👩👧👨👩👧z' 28
	say alice 'something else'
	expect_end carol '[alice] something else
public> 0123456789abcdefghix👨
👩👧👨👩👧z'
}

@test "GNU screen: a search shows clusters as the typed line does" {
	sit_at screen 60x20
	press carol "hi $FAMILY" Enter
	expect_line alice "[carol] hi $FAMILY"
	press carol C-r "$FAMILY"
	expect_typed carol "(search '👨👩👧') hi 👨👩👧" 27
}

# What tmux knows no width of, it leaves out.
@test "tmux: emoji newer than the terminal" {
	sit_at tmux 60x20
	press carol 'a' 🫩 'b'
	expect_typed carol 'public> a  b' 12
	press carol Left Left x
	expect_typed carol 'public> ax  b' 10
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What lasts is copied while the server runs, as its manual says, and read by
# another server.

load lib/helpers

setup() {
	STATE=$BATS_TEST_TMPDIR/state
	COPY=$BATS_TEST_TMPDIR/copy
	mkdir -m 700 "$COPY"
}

newest_first() {
	(cd "$STATE" && ls -r chat-*.log)
}

newest_is_not() { # FILE
	[[ $(newest_first | head -n 1) != "$1" ]]
}

# The disk's process begins a file of its own.
another_file_begins() {
	local newest
	newest=$(newest_first | head -n 1)
	kill -KILL "$(processes "$SERVER_PID" chat-disk)"
	eventually "$PATIENCE" newest_is_not "$newest"
}

say_and_read() { # TEXT
	say alice "$1"
	expect_line alice "[alice] $1"
}

# By another server, which has the copy for its own.
read_copy() {
	stop_server
	chown -R --reference="$STATE" "$COPY"
	start_server --rate 0 --history 100 --state "$COPY"
	connect bob
}

@test "copied while it runs, the newest file first: all up to some line is there" {
	local n files
	start_server --rate 0 --state "$STATE"
	enter alice
	for n in 1 2; do
		say_and_read "in file $n"
		another_file_begins
	done
	say_and_read 'in the last file'
	mapfile -t files < <(newest_first)
	cp "$STATE/${files[0]}" "$COPY/"
	# It ends meanwhile, with more in it than the copy has.
	say_and_read 'behind its copy'
	another_file_begins
	say_and_read 'in another one'
	(cd "$STATE" && cp "${files[@]:1}" "$COPY/")
	read_copy
	for n in 'file 1' 'file 2' 'the last file'; do
		expect_match bob "\\[alice [^]]*ago\\] in $n"
	done
	not grep -E 'state-(aside|hole|unreadable)' "$SERVER_LOG"
}

@test "a copy on another machine goes on with its numbers" {
	start_server --rate 0 --state "$STATE"
	enter alice
	say_and_read 'before the move'
	say alice '/join #dev'
	expect_line alice '#dev * alice joined (1 here)'
	say alice '/topic of two machines'
	expect_line alice '#dev * alice set the topic: of two machines'
	# A clean end keeps rooms that somebody is in.
	stop_server
	cp "$STATE"/chat-*.log "$COPY/"
	chown -R --reference="$STATE" "$COPY"
	start_server --rate 0 --history 100 --state "$COPY"
	connect bob
	expect_match bob '\[alice [^]]*ago\] before the move'
	say bob '/join #dev'
	expect_line bob '#dev * topic: of two machines'
	not grep -E 'state-(cut|aside|hole|unreadable)' "$SERVER_LOG"
}

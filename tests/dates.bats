#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# chatclient on a terminal: a line with the date where the day changes.  What
# plays the server says of each line when it was said.

load lib/helpers
load lib/tmux

teardown() {
	leave_terminals
	clean_up
}

ms() { # DATE
	date -ud "$1" +%s000
}

event() { # KIND SEQ DATE FROM TO TEXT
	local when=$3
	set -- "$1" "$2" "$(ms "$when")" "${@:4}"
	(
		IFS=$'\t'
		say clock "$*"
	)
}

# The server; what is to be scrollback comes from standard input, as lines of
# the arguments of event, with | between them.
open_server() { # SEQ OF THE WELCOME
	local line
	seat clock nc -nvl 127.0.0.1 0
	expect_match clock 'Listening on .*'
	# shellcheck disable=SC2034 # for start_terminal
	PORT=$(screen clock | sed -n 's/^Listening on .* //p')
	say clock "$(printf 'welcome\t%s\t%s\t-\tcarol\t1' "$1" "$(ms now)")"
	while IFS='|' read -ra line; do
		event "${line[@]}"
	done
}

# Comes in by the client, which asks who is there.
come_in() { # [OPTION...]
	start_terminal "$@"
	[[ " $* " == *' --plain '* ]] || expect_line clock /who
	event who - now carol - -
	event who-end - now - - 1
	expect_row "$1" 'menu>'
}

dates() { # NAME
	terminal "$1" | grep -E '^\* [A-Z][a-z]+day, '
}

@test "scrollback of other days has their dates, and then comes today" {
	open_server 3 <<-END
		public|1|2024-02-28 23:59:59 UTC|alice|-|before midnight
		public|2|2024-02-29 00:00:00 UTC|alice|-|at midnight
		public|3|2024-02-29 12:00:00 UTC|bob|-|at noon
	END
	come_in carol 80x24 --name carol
	today=$(date -u '+* %A, %F')
	contains "$(terminal carol | sed -E 's/ [0-9,]+ d ago//')" \
		"* Wednesday, 2024-02-28
[alice] before midnight
* Thursday, 2024-02-29
[alice] at midnight
[bob] at noon
$today
* welcome, carol; 1 online; /help for help
1. Public"
	press carol C-l 1 Enter
	expect_end carol 'public>'
	equal "$(dates carol)" "* Wednesday, 2024-02-28
* Thursday, 2024-02-29
$today" "the dates, painted anew"
}

@test "midnight: the date comes before the next line, and is one line" {
	open_server 1 <<-END
		public|1|now|alice|-|today
	END
	come_in carol 80x24 --name carol
	equal "$(dates carol)" ''
	press carol 1 Enter draft
	event public 2 'tomorrow 00:10' alice - 'the day after'
	expect_end carol "$(date -ud tomorrow '+* %A, %F')
[alice] the day after
public> draft"
	event public 3 'tomorrow 00:11' alice - 'and a word more'
	expect_end carol '[alice] the day after
[alice] and a word more
public> draft'
}

@test "who came before midnight is not told as of the day after" {
	open_server 1 <<-END
		public|1|now|alice|-|today
	END
	come_in carol 80x24 --name carol
	event join 2 'tomorrow 23:58' dave - 2
	event join 3 'tomorrow 23:59' erin - 3
	event join 4 'tomorrow 24 hours 00:01' frank - 4
	event leave 5 'tomorrow 24 hours 00:02' erin - 3
	expect_end carol "* dave, erin joined (3 online)
$(date -ud 'tomorrow 24 hours' '+* %A, %F')
* frank joined; erin left (3 online)
menu>"
}

@test "the day is that of the reader's time zone" {
	# shellcheck disable=SC2034 # for start_terminal
	ZONE=Asia/Tokyo
	open_server 2 <<-END
		public|1|2024-02-29 14:59:59 UTC|alice|-|before midnight
		public|2|2024-02-29 15:00:00 UTC|alice|-|at midnight
	END
	come_in carol 80x24 --name carol
	contains "$(terminal carol)" '* Thursday, 2024-02-29'
	contains "$(terminal carol | sed -E 's/ [0-9,]+ d ago//')" \
		'[alice] before midnight
* Friday, 2024-03-01
[alice] at midnight'
}

@test "plain output has no times, and no dates" {
	open_server 1 <<-END
		public|1|2024-02-28 12:00 UTC|alice|-|long ago
	END
	come_in carol 80x24 --name carol --plain
	event public 2 now alice - 'now'
	expect_row carol '[alice] now'
	equal "$(dates carol)" ''
}

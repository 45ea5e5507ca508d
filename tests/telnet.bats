#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Debian's telnet on a terminal, by lines and by characters.

load lib/helpers
load lib/tmux

setup() {
	start_server
	enter alice
}

teardown() {
	leave_terminals
	local status=0
	clean_up || status=1
	return "$status"
}

# Seats somebody at telnet on a terminal.
dial() { # NAME
	(bare tmux -S "$TMUX_SOCKET" -f /dev/null new-session -d -s "$1" \
		-x 80 -y 24 telnet 127.0.0.1 "$PORT") 3>&-
	expect_row "$1" "Escape character is '^]'."
	eventually "$PATIENCE" greeted "$1"
}

greeted() { # NAME
	terminal "$1" | grep -q '^\* welcome, '
}

telnet_does() { # NAME COMMAND
	press "$1" C-]
	eventually "$PATIENCE" at_prompt "$1"
	press "$1" "$2" Enter
}

by_characters() { # NAME
	telnet_does "$1" 'mode character'
}

at_prompt() { # NAME
	terminal "$1" | grep -q '^telnet>'
}

@test "by characters: Enter ends a line, BS erases, TAB is a blank" {
	dial tom
	by_characters tom
	press tom 'helo' BSpace 'lo there' Enter
	expect_match alice '\[guest-1\] hello there'
	press tom 'g' ü BSpace 'ut' Enter
	expect_match alice '\[guest-1\] gut'
	press tom '12' Tab 'file.c' Enter
	expect_match alice '\[guest-1\] 12 file.c'
	press tom 'not this' C-u 'but this' Enter
	expect_match alice '\[guest-1\] but this'
	press tom '/msgg' BSpace ' alice psst' Enter
	expect_line alice '[guest-1 -> you] psst'
	press tom '/quit' Enter
	expect_match alice '\* guest-1 left .*'
}

@test "by lines: C-c drops what was typed, and what comes is still shown" {
	dial tom
	press tom 'half a li'
	expect_row tom 'half a li'
	press tom C-c
	press tom 'and all of one' Enter
	expect_match alice '\[guest-1\] and all of one'
	say alice 'do you read me?'
	expect_row tom '[alice] do you read me?'
	never_match alice '.*half.*'
}

@test "telnet's own commands: synch eats no letter, AYT is answered" {
	dial tom
	telnet_does tom 'send synch'
	press tom 'hello' Enter
	expect_match alice '\[guest-1\] hello'
	telnet_does tom 'send ayt'
	expect_row tom '* yes'
	press tom 'thanks' Enter
	expect_match alice '\[guest-1\] thanks'
}

@test "keys that telnet sends one by one, as bytes" {
	connect bob
	type_bytes bob '/nick bob\r\0'
	expect_line bob "* ${NICK[bob]} is now bob"
	type_bytes bob 'one\r\0two\r\nthree\nfo\x7fiv\x08\x08our\r\0'
	for line in one two three four; do
		expect_line alice "[bob] $line"
	done
	type_bytes bob '\x08\x7f\x08x\r\0'
	expect_line alice '[bob] x'
	type_bytes bob '\xE6\x9D\x8E\xE9\x9B\xB7\x08\r\0'
	expect_line alice '[bob] 李'
	# Interrupt, erase a character, erase the line, as commands.
	type_bytes bob 'a\xFF\xF4b\xFF\xF8cd\xFF\xF7e\r\0'
	expect_line alice '[bob] ce'
}

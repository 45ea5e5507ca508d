#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What shows nothing in front of a command, typed into the client.

load lib/helpers

BLANKS=(' ' $'\xC2\xA0' $'\xEF\xBB\xBF' $'\xE2\x80\x8B' $'\t')

setup() {
	start_server
	connect bob
	rename bob bob
	connect eve
}

@test "a private command behind blanks stays private, in every mode" {
	local blank mode
	for mode in menu public private; do
		connect_client alice --name alice
		case $mode in
		public) say alice 1 ;;
		private)
			say alice 2
			expect_match alice '.*type a name.*'
			say alice ' bob '
			expect_match alice '.*each line goes to bob.*'
			;;
		esac
		for blank in "${BLANKS[@]}"; do
			wipe alice bob
			say alice "$blank/msg bob secret"
			expect_line bob '[alice -> you] secret'
			expect_line alice '[you -> bob] secret'
		done
		say alice $'\xEF\xBB\xBF /quit'
		expect_exit alice 0
	done
	not has_match eve '.*secret.*'
}

@test "exit behind blanks leaves a mode" {
	local blank
	connect_client alice --name alice
	for blank in "${BLANKS[@]}"; do
		say alice "${blank}1"
		expect_match alice '.*public chat: each line.*'
		wipe alice
		say alice "${blank}exit$blank"
		expect_line alice '0. Exit'
		wipe alice
	done
	not has_match eve '.*exit.*'
}

@test "--send says a text behind blanks as a text, whatever it looks like" {
	local blank
	for blank in "${BLANKS[@]}"; do
		wipe bob eve
		printf '%s/msg bob hi\n' "$blank" |
			"$CLIENT" -Port "$PORT" --name alice --send -
		expect_line eve '[alice] /msg bob hi'
		expect_line bob '[alice] /msg bob hi'
		expect_match bob '\* alice left.*'
		run -64 "$CLIENT" -Port "$PORT" --send "${blank}rename|x"
		not has_match eve '.*is now x.*'
	done
}

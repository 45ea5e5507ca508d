#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Coming under one's name: the first line says it, and the others read one line.

load lib/helpers

# Nobody is taken for a person here because the machine is slow.
setup() {
	start_server --greet-after 10000
	come_as alice
	wipe alice
}

@test "a first line with a name joins under it" {
	local line
	for line in '/nick bob' 'rename|bob' ' /nick bob' '/events 1 bob'; do
		seat bob nc 127.0.0.1 "$PORT"
		say bob "$line"
		expect_match bob '(\* welcome, bob; 2 online; /help for help|welcome	.*	bob	2 token=[0-9a-f]{32})'
		hang_up bob
		expect_line alice '* bob left (1 online)'
		equal "$(screen alice)" "* bob joined (2 online)
* bob left (1 online)" "what alice has read of $line"
		wipe alice
	done
}

@test "all in one write: the name, a line, the end" {
	printf '/nick bob\nthe build is green\n/quit\n' |
		timeout "$PATIENCE" nc 127.0.0.1 "$PORT" >"$BATS_TEST_TMPDIR/out"
	expect_line alice '* bob left (1 online)'
	equal "$(screen alice)" '* bob joined (2 online)
[bob] the build is green
* bob left (1 online)'
	equal "$(cat "$BATS_TEST_TMPDIR/out")" '* welcome, bob; 2 online; /help for help
[bob] the build is green
* goodbye'
}

@test "a name that another has: a guest, who reads why after the welcome" {
	local line
	for line in '/nick ALICE' 'rename|alice' '/events 1 alice'; do
		seat bob nc 127.0.0.1 "$PORT"
		say bob "$line"
		expect_match bob '(! name in use: (alice|ALICE)|error	.*	name in use: alice)'
		equal "$(screen bob | head -n 1 | grep -Eo '^(\* )?welcome')" \
			"$(screen bob | grep -Eom 1 '^(\* )?welcome')" "the first line"
		hang_up bob
		expect_line alice '* guest-1 left (1 online)'
		wipe alice
	done
}

@test "a name that is none: a guest, who reads why" {
	for name in you server 'a b' 'аlice-b' '/x'; do
		seat bob nc 127.0.0.1 "$PORT"
		say bob "/events 1 $name"
		expect_match bob 'error	.*	bad name: .*'
		hang_up bob
	done
	seat bob nc 127.0.0.1 "$PORT"
	say bob '/nick you'
	expect_match bob '\* welcome, guest-.*'
	expect_match bob '! bad name: .*'
}

@test "/events 1 /who answers without joining" {
	wipe alice
	run timeout "$PATIENCE" nc 127.0.0.1 "$PORT" <<<'/events 1 /who'
	equal "$(cut -f 1,4,6 <<<"$output")" $'who\talice\t-\nwho-end\t-\t1'
	say alice 'quiet here'
	expect_line alice '[alice] quiet here'
	equal "$(screen alice)" '[alice] quiet here' "what alice has read"
}

@test "/events 1 /who answers and ends, too, where it comes after the welcome" {
	stop_server
	start_server
	enter alice
	connect bob
	say bob '/events 1 /who'
	expect_disconnected bob
	equal "$(screen bob | tail -n +2 | cut -f 1,4)" \
		$'who\talice\nwho\tguest-1\nwho-end\t-' "what bob has read"
	expect_line alice '* guest-1 left (1 online)'
}

@test "and tells 200 names to one who reads slowly" {
	stop_server
	start_server --greet-after 10000 --max-users 300
	local fds=() fd n
	for n in $(seq 200); do
		exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
		printf '/nick somebody-with-a-long-name-%s\n' "$n" >&"$fd"
		fds+=("$fd")
	done
	all_are_here() {
		[[ $(nc 127.0.0.1 "$PORT" <<<'/events 1 /who' |
			grep -c '^who	') == 200 ]]
	}
	eventually "$PATIENCE" all_are_here
	for fd in "${fds[@]}"; do
		exec {fd}>&-
	done
}

@test "what nobody may be called: the server's own words" {
	for name in server Server SERVER you everyone chat Chat; do
		wipe alice
		say alice "/nick $name"
		expect_match alice '! bad name: .*own words'
	done
	say alice '/join #chat'
	expect_line alice '#chat * alice joined (1 here)'
}

@test "what people make never looks like a line of the server" {
	come_as bob
	wipe alice bob
	say bob '/me left: kicked (2 online)'
	expect_line alice '[* bob] left: kicked (2 online)'
	say bob '/me is now alice'
	expect_line alice '[* bob] is now alice'
	say bob '* carol joined (3 online)'
	expect_line alice '[bob] * carol joined (3 online)'
	say bob '! disconnected: idle for 300 s'
	expect_line alice '[bob] ! disconnected: idle for 300 s'
	say bob '//nick carol'
	expect_line alice '[bob] /nick carol'
	for name in alice bob; do
		never_match "$name" '[*!] .*'
	done
}

@test "a blank, or what nobody sees, in front of a command hides it not" {
	come_as bob
	come_as carol
	wipe alice bob carol
	local before
	for before in ' ' '\t' '  \t ' '\xC2\xA0' '\xEF\xBB\xBF' '\xE2\x80\x8B' \
		'\xE3\x80\x80' '\x1B' '\xE2\x80\xAE'; do
		type_bytes bob "$before/msg alice secret\n"
		type_bytes bob "${before}to|alice|secret\n"
	done
	eventually "$PATIENCE" copies_are 18 alice '[bob -> you] secret'
	type_bytes bob ' who\n'
	expect_match bob '\* online: alice, bob, carol \(3\)'
	type_bytes bob ' /foo\n'
	expect_match bob '! unknown command: /foo.*'
	type_bytes bob '/Msg alice and this\n'
	expect_line alice '[bob -> you] and this'
	type_bytes bob '   indented\n'
	expect_line alice '[bob]    indented'
	never_match carol '.*(secret|msg|to\||foo).*'
	type_bytes bob '\xC2\xA0/quit\n'
	expect_line bob '* goodbye'
}

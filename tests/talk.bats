#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Lines that people type, and what they and others get to see for them.

load lib/helpers

setup() {
	start_server --rate 0
	enter alice bob carol
}

@test "a line goes to all online users, the sender included" {
	say alice 'hello there'
	for reader in alice bob carol; do
		expect_line "$reader" '[alice] hello there'
	done
	caught_up bob alice bob carol
	for reader in alice bob carol; do
		equal "$(copies "$reader" '[alice] hello there')" 1 "$reader has it"
	done
}

@test "spaces, tabs' neighbours and UTF-8 in a line stay as they are" {
	say alice '  two  spaces, "quotes", %s %n \n {x} |a|b  '
	expect_line bob '[alice]   two  spaces, "quotes", %s %n \n {x} |a|b  '
	say alice 'grüße, привет, 你好, 😀'
	expect_line bob '[alice] grüße, привет, 你好, 😀'
}

@test "who and /who list who is online, to the asker alone" {
	say alice who
	expect_match alice '\* online: .* \(3\)'
	equal "$(roster alice)" $'alice\nbob\ncarol'
	wipe alice
	say alice /who
	expect_match alice '\* online: .* \(3\)'
	equal "$(roster alice)" $'alice\nbob\ncarol'
	caught_up alice bob carol
	for reader in bob carol; do
		never_match "$reader" '.*online:.*'
		never_match "$reader" '.*who.*'
	done
}

@test "words that only begin like who are said" {
	say alice 'who is there?'
	expect_line bob '[alice] who is there?'
	say alice 'whoever'
	expect_line bob '[alice] whoever'
}

@test "rename|NAME and /nick NAME tell everyone" {
	say alice 'rename|alicia'
	for reader in alice bob carol; do
		expect_line "$reader" '* alice is now alicia'
	done
	say alice '/nick al'
	for reader in alice bob carol; do
		expect_line "$reader" '* alicia is now al'
	done
	say alice 'it is me'
	expect_line bob '[al] it is me'
	expect_who bob al bob carol
}

@test "to|NAME|TEXT and /msg NAME TEXT reach that one user" {
	say alice 'to|bob|hi | there'
	expect_line bob '[alice -> you] hi | there'
	expect_line alice '[you -> bob] hi | there'
	say bob '/msg alice hi   yourself'
	expect_line alice '[bob -> you] hi   yourself'
	expect_line bob '[you -> alice] hi   yourself'
	caught_up alice carol
	caught_up bob carol
	never_match carol '.*hi.*'
}

@test "a private line finds a name whatever its case" {
	say alice 'to|BOB|psst'
	expect_line bob '[alice -> you] psst'
	expect_line alice '[you -> bob] psst'
}

@test "a private line to a new name reaches it, to the old one does not" {
	rename bob robert bob
	say alice 'to|bob|old'
	expect_line alice '! no such user: bob'
	say alice 'to|robert|new'
	expect_line bob '[alice -> you] new'
	never_match bob '.*old.*'
}

@test "a private line to nobody is an error to its sender" {
	say alice 'to|nobody|hi'
	expect_line alice '! no such user: nobody'
	say alice '/msg nobody2 hi'
	expect_line alice '! no such user: nobody2'
	caught_up alice bob carol
	never_match bob '.*nobody.*'
	never_match carol '.*nobody.*'
}

@test "malformed commands tell how they are meant" {
	for line in 'to|bob' 'to|bob|' 'to||hi' '/msg bob' '/msg' 'to|'; do
		wipe alice
		say alice "$line"
		expect_match alice '! .+'
		equal "$(matches alice '! .*')" 1 "errors for $line"
	done
	wipe alice
	say alice 'to|bob'
	expect_line alice '! usage: to|NAME|TEXT'
	for line in 'rename|' '/nick' '/nick ' '/me' '/me '; do
		wipe alice
		say alice "$line"
		expect_match alice '! .+'
	done
	caught_up alice bob carol
	equal "$(screen bob | grep -c .)" 1 "bob's lines"
}

@test "/me TEXT is an action" {
	say alice '/me waves at all'
	for reader in alice bob carol; do
		expect_line "$reader" '[* alice] waves at all'
	done
}

@test "/help tells every command, to the asker alone" {
	say alice /help
	for word in who rename nick to msg me help quit; do
		expect_match alice "(.*[^a-z])?$word([^a-z].*)?"
	done
	caught_up alice bob
	equal "$(screen bob | grep -c .)" 1 "bob's lines"
	# Every line of it is recognizable as the server's own.
	equal "$(screen alice | grep -avc '^[*!] ')" 1 \
		"alice's lines that are not the server's"
}

@test "/quit says goodbye and ends the connection" {
	say alice /quit
	expect_line alice '* goodbye'
	expect_disconnected alice
	expect_line bob '* alice left (2 online)'
	expect_line carol '* alice left (2 online)'
}

@test "what is sent after /quit is not said" {
	type_bytes alice '/quit\nstill here\n'
	expect_disconnected alice
	expect_line bob '* alice left (2 online)'
	never_match bob '.*still here.*'
}

@test "//TEXT says /TEXT" {
	say alice '//etc/passwd'
	for reader in alice bob carol; do
		expect_line "$reader" '[alice] /etc/passwd'
	done
}

@test "any other /word is an error and nothing is broadcast" {
	say alice '/foo bar'
	expect_line alice '! unknown command: /foo; /help lists them'
	for word in /w /whoo /NICK2 /mee / '/ x' '/who|x'; do
		wipe alice
		say alice "$word"
		expect_match alice '! .*'
	done
	caught_up alice bob carol
	equal "$(screen bob | grep -c .)" 1 "bob's lines"
	equal "$(screen carol | grep -c .)" 1 "carol's lines"
}

@test "an unknown command is told without its control characters" {
	type_bytes alice '/f\033[31moo\n'
	expect_match alice '! .*'
	equal "$(LC_ALL=C tr -dc '\000-\011\013-\037\177' \
		<"$(screen_file alice)" | wc -c)" 0 "control bytes"
}

@test "empty lines are ignored" {
	type_bytes alice '\n\r\n\n'
	caught_up alice alice bob
	equal "$(screen bob | grep -c '')" 1 "bob's lines"
	equal "$(screen alice | grep -c '')" 1 "alice's lines"
}

@test "lines may end with CR LF" {
	type_bytes alice 'hello\r\nwho\r\n/me waves\r\nto|bob|psst\r\n'
	expect_line bob '[alice] hello'
	expect_line bob '[* alice] waves'
	expect_line bob '[alice -> you] psst'
	expect_match alice '\* online: .* \(3\)'
	equal "$(tr -dc '\r' <"$(screen_file bob)" | wc -c)" 0 "carriage returns"
}

@test "telnet negotiation is ignored" {
	type_bytes alice '\377\375\001\377\373\037\377\372\037\000\120\000\030\377\360hi\r\n'
	expect_line bob '[alice] hi'
	type_bytes alice 'one\377\371 line\r\n'
	expect_line bob '[alice] one line'
}

# All that was written to the socket has been read at the other end.
all_read() { # LOCAL-PORT
	local hex
	hex=$(printf ':%04X ' "$PORT")
	awk -v port="$hex" '
		$4 != "01" { next }
		$2 " " ~ port && $5 !~ /:00000000$/ { unread = 1 }
		$3 " " ~ port && $5 !~ /^00000000:/ { unread = 1 }
		END { exit unread }' /proc/net/tcp
}

@test "a line cut in three segments is one message" {
	exec {SOCKET}<>"/dev/tcp/127.0.0.1/$PORT"
	expect_line bob '* guest-1 joined (4 online)'
	for piece in 'one mes' 'sage in thr' $'ee pieces\n'; do
		never_match bob '.*one mes.*'
		printf '%s' "$piece" >&"$SOCKET"
		eventually "$PATIENCE" all_read
	done
	expect_line bob '[guest-1] one message in three pieces'
	exec {SOCKET}>&-
	expect_line bob '* guest-1 left (3 online)'
	equal "$(matches bob '.guest-1. .*')" 1 "messages"
}

@test "a UTF-8 character cut in two segments stays whole" {
	exec {SOCKET}<>"/dev/tcp/127.0.0.1/$PORT"
	for piece in 'caf\303' '\251 \360\237' '\230\200\n'; do
		# shellcheck disable=SC2059
		printf "$piece" >&"$SOCKET"
		eventually "$PATIENCE" all_read
	done
	expect_line bob '[guest-1] café 😀'
	exec {SOCKET}>&-
}

@test "three lines in one segment are three messages" {
	type_bytes alice 'one\ntwo\nthree\n'
	for reader in alice bob carol; do
		expect_line "$reader" '[alice] three'
		equal "$(screen "$reader")" $'[alice] one\n[alice] two\n[alice] three'
	done
}

@test "all commands in one segment are answered, each in its turn" {
	type_bytes alice 'who\nwho\n/nick al\n/who\nto|bob|psst\n/foo\nhello\n'
	expect_line bob '[al] hello'
	expect_line bob '[al -> you] psst'
	expect_line alice '[al] hello'
	expect_line alice '[you -> bob] psst'
	expect_match alice '! unknown command: .*'
	equal "$(matches alice '\* online: .*\(3\)')" 3 "answers to who"
}

@test "a line of 4,096 bytes arrives, one of 4,097 is an error" {
	local most
	most=$(printf '%4096s' '' | tr ' ' x)
	say alice "$most"
	expect_line bob "[alice] $most"
	say alice "${most}x"
	expect_line alice '! line too long: at most 4,096 bytes; the rest was thrown away'
	type_bytes alice "${most}\r\n"
	eventually "$PATIENCE" copies_are 2 bob "[alice] $most"
	say alice short
	expect_line bob '[alice] short'
	equal "$(matches bob '.*xxx.*')" 2 "long lines"
	equal "$(matches alice '! .*')" 1 "errors"
}

@test "a million bytes without a newline: one error, and the user can go on" {
	head -c 1000000 /dev/zero | tr '\0' y >&"${INPUT[alice]}"
	expect_line alice '! line too long: at most 4,096 bytes; the rest was thrown away'
	say alice ''
	say alice 'here I am'
	expect_line bob '[alice] here I am'
	equal "$(matches alice '! .*')" 1 "errors"
	equal "$(screen bob)" '[alice] here I am' "bob's screen"
}

@test "invalid UTF-8 becomes U+FFFD" {
	type_bytes alice 'a\200b\303(c\300\257d\355\240\200e\364\220\200\200f\376g\n'
	expect_line bob '[alice] a�b�(c��d���e����f�g'
	caught_up alice alice bob carol
	iconv -f UTF-8 -t UTF-8 "$(screen_file bob)" >/dev/null
}

@test "escape sequences reach nobody's terminal" {
	type_bytes alice 'a\033[2Jb\033]0;title\007c\177d\001e\bf\tg\vh\fi\rj\n'
	type_bytes alice '/me \033[31mred\n'
	type_bytes alice 'to|bob|\033[1mprivate\n'
	expect_match bob '\[alice\] a\[2Jb\]0;titledf ghij'
	expect_line bob '[* alice] [31mred'
	expect_line bob '[alice -> you] [1mprivate'
	caught_up alice alice bob carol
	for reader in alice bob carol; do
		equal "$(LC_ALL=C tr -dc '\000-\010\013-\037\177' \
			<"$(screen_file "$reader")" | wc -c)" 0 \
			"$reader's control bytes"
	done
}

@test "C1 controls and bidi overrides are removed" {
	type_bytes alice 'a\302\233b\302\200c\302\237d\342\200\256e\342\200\252f\342\201\246g\342\201\251h\n'
	expect_line bob '[alice] abcdefgh'
}

@test "a NUL byte ends nothing" {
	type_bytes alice 'before\000after\n'
	expect_line bob '[alice] beforeafter'
}

@test "a line of nothing but controls shows nobody anything odd" {
	type_bytes alice '\033\033\001\n'
	caught_up alice bob
	equal "$(screen bob | grep -ac '\[alice\]')" 1 "alice's lines"
}

@test "nobody can fake another's line or the server's" {
	type_bytes alice 'x\r[bob] I agree\n'
	type_bytes alice '* bob left (2 online)\n'
	expect_line carol '[alice] x[bob] I agree'
	expect_line carol '[alice] * bob left (2 online)'
	never_line carol '[bob] I agree'
	never_line carol '* bob left (2 online)'
}

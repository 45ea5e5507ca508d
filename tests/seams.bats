#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The seams: a server with one more dialect and one more transport, which are
# in tests/seams alone, serves them beside text, and with every hook they have.

load lib/helpers

setup() {
	[[ -n ${SEAMS-} ]] || skip "make test builds it"
	# shellcheck disable=SC2034 # for the helpers
	SERVER=$SEAMS
}

# Says lines as netstrings.
strings() { # NAME LINE...
	local name=$1 line
	shift
	for line in "$@"; do
		printf '%d:%s,' "${#line}" "$line" >&"${INPUT[$name]}"
	done
}

# Sits down at nc and says first what its protocol begins with.
sit() { # NAME FIRST-BYTES
	seat "$1" nc 127.0.0.1 "$PORT"
	type_bytes "$1" "$2"
}

# Bob speaks netstrings; he says something every now and then.
sit_bob() {
	sit bob 'NS1\n'
	expect_line bob '12:who are you?,'
	strings bob 'I am bob'
	expect_line bob '11:you are bob,'
}

@test "another dialect on another transport, and text: one room" {
	start_server
	come_as alice
	wipe alice
	sit_bob
	expect_line bob '7:come in,'
	expect_line alice '* bob joined (2 online)'
	strings bob 'say hello' 'do wave' 'say too mucx^h'
	expect_line alice '[bob] hello'
	expect_line alice '[* bob] wave'
	expect_line alice '[bob] too much'
	say alice 'hello bob'
	expect_line bob '20:alice says hello bob,'
	expect_line bob '13:bob does wave,'
	strings bob 'who'
	expect_line bob '15:here: alice bob,'
	strings bob 'call me robert'
	expect_line bob '18:bob becomes robert,'
	expect_line alice '* bob is now robert'
	say alice /quit
	expect_line bob '10:out: alice,'
}

@test "however bytes are cut, lines are the same" {
	start_server --greet-after 10000
	come_as alice
	seat bob nc 127.0.0.1 "$PORT"
	for byte in N S 1 '\n' 8 : I ' ' a m ' ' b o b ',' 8 : s a y ' ' s l o w ','; do
		type_bytes bob "$byte"
	done
	expect_line alice '[bob] slow'
}

@test "nobody is let in who does not say who they are" {
	start_server
	come_as alice
	wipe alice
	sit bob 'NS1\n'
	expect_line bob '12:who are you?,'
	strings bob 'good morning' 'let me in'
	expect_line bob '26:good morning, who are you?,'
	expect_line bob '15:no 24 I am NAME,'
	expect_who alice alice
	strings bob 'I am a/b'
	# As in every dialect: a guest, who is told why.
	expect_line bob '15:you are guest-1,'
	expect_match bob '6:no 20 ,'
}

@test "one who insists on a name gets it, or may try another" {
	start_server --greet-after 10000
	come_as alice
	wipe alice
	sit bob 'NS1\n'
	strings bob 'I must be Alice'
	expect_line bob '10:no 2 Alice,'
	strings bob 'I must be a/b'
	expect_line bob '6:no 20 ,'
	expect_who alice alice
	strings bob 'I must be bob'
	expect_line bob '11:you are bob,'
	expect_line alice '* bob joined (2 online)'
	run ! grep -q guest <(screen alice)
}

@test "one who is greeted first, and then insists on a name" {
	start_server --greet-after 0
	connect alice
	say alice '/nick alice'
	expect_line alice '* guest-1 is now alice'
	connect dave
	say dave 'knock'
	say dave 'I must be alice'
	expect_line dave 'no 2 alice'
	say dave 'I must be dave'
	expect_line dave 'you are guest-1'
	expect_line dave 'guest-1 becomes dave'
	expect_line alice '* guest-1 is now dave'
	# It was never anybody else's meanwhile.
	say alice '/nick dave'
	expect_line alice '! name in use: dave'
}

@test "one who insists on names that are taken does not do so for ever" {
	start_server --greet-after 10000
	come_as alice
	sit bob 'NS1\n'
	for _ in {1..64}; do
		strings bob 'I must be alice'
	done
	expect_match bob '.*no 2 alice,'
	strings bob 'I must be alice'
	expect_disconnected bob
}

@test "an answer in parts: all of it, in order, before that of the next line" {
	local end
	start_server
	come_as alice
	sit carol 'knock\n'
	say carol 'I am carol'
	expect_line carol 'you are carol'
	say carol 'count to 20000'
	say carol 'count'
	expect_line carol '4 lines'
	end=$(screen carol | sed -n '/^1$/,$p')
	equal "$end" "$(seq 20000; echo '4 lines')"
}

@test "an answer in parts to one who does not read costs itself" {
	local fd
	start_server
	come_as alice
	exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
	printf 'knock\nI am carol\n' >&"$fd"
	for _ in {1..20}; do echo 'count to 20000'; done >&"$fd"
	expect_line alice '* carol joined (2 online)'
	say alice 'still here'
	expect_line alice '[alice] still here'
	exec {fd}>&-
	expect_line alice '* carol left (1 online)'
}

@test "a line that becomes several requests, each with its answer" {
	start_server
	come_as alice
	sit carol 'knock\n'
	say carol 'I am carol'
	expect_line carol 'you are carol'
	say carol 'tell alice nobody alice,hello'
	say carol 'count'
	expect_line carol '4 lines'
	equal "$(screen carol | sed -n '/tells you\|told\|no 1 \|lines/p')" \
		"$(printf '%s\n' 'carol tells you hello' told 'no 1 nobody' \
			told 'carol tells you hello' told '4 lines')"
	copies_are 2 alice '[carol -> you] hello'
	# Nothing is left of this text, and nothing answers it.
	say carol $'tell alice,\a'
	expect_line carol 'not told'
}

@test "a line that becomes several requests takes as many turns" {
	start_server --rate 1 --burst 4
	come_as alice
	sit carol 'knock\n'
	say carol 'I am carol'
	expect_line carol 'you are carol'
	# The next line waits for the turns that were taken in advance.
	say carol $'tell alice alice alice alice alice,hello\ncount'
	expect_line carol '4 lines'
	expect_line carol 'mind 22'
	copies_are 5 alice '[carol -> you] hello'
}

@test "a dialect has a longest line of its own" {
	start_server
	come_as alice
	sit carol 'knock\n'
	say carol 'I am carol'
	expect_line carol 'you are carol'
	printf 'say %04996d\n' 1 >&"${INPUT[carol]}"
	# Not more of it than any line has.
	expect_match carol 'carol says 0{4096}'
	printf 'say %04997d\n' 1 >&"${INPUT[carol]}"
	expect_line carol 'no 21 at most 5000'
	copies_are 1 alice "[carol] $(printf '%04096d' 0)"
}

@test "who only asks who is there joins nobody" {
	start_server
	come_as alice
	wipe alice
	sit bob 'NS1\n'
	strings bob 'who is there'
	expect_line bob '11:here: alice,'
	expect_line bob '-end 0-'
	expect_disconnected bob
	say alice 'quiet here'
	expect_line alice '[alice] quiet here'
	equal "$(screen alice)" '[alice] quiet here'
}

@test "what is no line is answered by the transport" {
	start_server
	sit_bob
	type_bytes bob '0:,'
	expect_line bob '0:,'
	type_bytes bob '1:!,'
	expect_line bob '-end 0-'
	expect_disconnected bob
}

@test "bytes that make no sense end the connection, with its last words" {
	start_server
	come_as alice
	sit_bob
	type_bytes bob '5:hello!'
	expect_line bob '-bad-'
	expect_line bob '-end 0-'
	expect_disconnected bob
	expect_line alice '* bob left (1 online)'
}

@test "the transport's timer: who gives no sign of life is let go" {
	start_server
	come_as alice
	sit_bob
	type_bytes bob '0:,'
	expect_line bob '-there?-'
	type_bytes bob '0:,'
	expect_line bob '-dead-'
	expect_disconnected bob
	expect_line alice '* bob left (1 online)'
}

@test "the transport's timer before the welcome, too" {
	start_server
	sit bob 'NS1\n0:,'
	expect_line bob '-there?-'
	expect_line bob '-dead-'
	expect_line bob '-end 0-'
	expect_disconnected bob
}

@test "a flood of nonsense before the welcome, answers unread, costs itself" {
	local fd
	start_server
	exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
	printf 'knock\n' >&"$fd"
	yes x | head -c 4000000 >&"$fd" || true
	eventually "$PATIENCE" grep -q 'reason=not-joined' "$SERVER_LOG"
	exec {fd}>&-
	run ! grep 'reason=died' "$SERVER_LOG"
}

@test "much that makes sense before the welcome is no line that is too long" {
	start_server
	sit bob 'knock\n'
	for _ in {1..20}; do
		printf 'good morning %4000s\n' '' >&"${INPUT[bob]}"
	done
	say bob 'I am bob'
	expect_line bob 'you are bob'
	run ! grep -q 'no 21' <(screen bob)
}

@test "the dialect's timer: it wakes, and it puts out" {
	start_server
	sit_bob
	strings bob 'wake me' 'count'
	expect_line bob '7:3 lines,'
	expect_line bob '7:wake up,'
	strings bob 'put me out'
	expect_line bob '12:out with you,'
	expect_line bob '5:bye 1,'
	expect_line bob '-end 1-'
	expect_disconnected bob
}

@test "the server's end is told in the dialect's words, and the transport's" {
	start_server
	sit_bob
	stop_server
	expect_line bob '5:bye 3,'
	expect_line bob '-end 3-'
}

@test "another relay: each event once, whatever frames it" {
	start_server
	come_as alice
	sit_bob
	kill -KILL "$(relay_pid)"
	say alice 'still here'
	expect_line bob '21:alice says still here,'
	strings bob 'say so am I'
	expect_line alice '[bob] so am I'
	copies_are 1 bob '21:alice says still here,'
}

@test "one dialect on two transports" {
	start_server
	sit carol 'knock\n'
	expect_line carol 'who are you?'
	say carol 'I am carol'
	expect_line carol 'you are carol'
	say carol 'say hi'
	expect_line carol 'carol says hi'
}

@test "who was greeted as one who types may speak another dialect yet" {
	start_server --greet-after 0
	connect carol
	say carol 'KNOCK'
	say carol 'knock'
	expect_line carol "[${NICK[carol]}] KNOCK"
	hang_up carol
	connect dave
	say dave 'knock'
	say dave 'I am dave'
	expect_line dave 'you are guest-1'
	expect_line dave 'guest-1 becomes dave'
}

@test "a listener that is fixed: text alone, or the other alone" {
	launch_server --listen text:127.0.0.1:0 --listen test:127.0.0.1:0
	await_server 2
	use_listener 1
	sit alice '/nick alice\n'
	expect_match alice '\* welcome, alice; .*'
	# What begins the other is but a line here.
	sit carol 'NS1\n'
	expect_line alice '[guest-1] NS1'
	use_listener 2
	sit_bob
	expect_line alice '* bob joined (3 online)'
	# One who is silent is asked, and joins nobody.
	seat erin nc 127.0.0.1 "$PORT"
	expect_line erin '12:who are you?,'
	expect_who alice alice bob guest-1
	# And a line is nothing there.
	sit dave 'hello\n'
	expect_line dave '-bad-'
	expect_disconnected dave
}

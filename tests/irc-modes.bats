#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What IRC's operators set in a room, and what others meet by it.

load lib/helpers
load lib/irc

setup() {
	start_server --greet-after 10000 --rate 0 --history 0
}

joins() { # IRC-USER ROOM
	say "$1" "JOIN #$2"
	expect_match "$1" "(@[^ ]+ )?:chat 366 $1 #$2 :.*"
}

# Alice reads text and is in the room of bob, its operator.
alice_and_bob() {
	gather alice -- bob carol
	joins bob dev
	say alice '/join #dev'
	expect_line alice '#dev * alice joined (2 here)'
	wipe alice bob
}

@test "+b bans and kicks nobody; KICK does" {
	alice_and_bob
	joins carol dev
	say bob 'MODE #dev +b carol!*@*'
	expect_line alice '#dev * bob banned carol'
	expect_match carol "$(by bob) MODE #dev \\+b carol!\\*@\\*"
	say carol 'PRIVMSG #dev :still here'
	expect_match carol ':chat 404 carol #dev :.*'
	done_by bob
	never_match bob '.* KICK .*'
	say bob 'KICK #dev carol'
	expect_match carol "$(by bob) KICK #dev carol :.*"
	say carol 'JOIN #dev'
	expect_match carol ':chat 474 carol #dev :.*'
	say alice '/bans'
	expect_line alice '#dev * banned: carol'
}

@test "lists: who has set what, and when" {
	alice_and_bob
	say bob 'MODE #dev +b m:mal*'
	say bob 'MODE #dev +bb eve m:trudy!*@*'
	say bob 'MODE #dev +e e?e!*@*'
	say bob 'MODE #dev +I carol'
	expect_line alice '#dev * bob muted mal*'
	expect_line alice '#dev * bob exempted e?e from bans'
	say bob 'MODE #dev b'
	expect_match bob ':chat 368 bob #dev :.*'
	expect_match bob ':chat 367 bob #dev m:mal\*!\*@\* bob [0-9]{10}'
	expect_match bob ':chat 367 bob #dev eve!\*@\* bob [0-9]{10}'
	expect_match bob ':chat 367 bob #dev m:trudy!\*@\* bob [0-9]{10}'
	say bob 'MODE #dev +e'
	expect_match bob ':chat 349 bob #dev :.*'
	expect_match bob ':chat 348 bob #dev e\?e!\*@\* bob [0-9]{10}'
	say bob 'MODE #dev I'
	expect_match bob ':chat 347 bob #dev :.*'
	expect_match bob ':chat 346 bob #dev carol!\*@\* bob [0-9]{10}'
	say bob 'MODE #dev +b *!*@192.0.2.1'
	expect_match bob ':chat 696 bob #dev b \*!\*@192.0.2.1 :.*'
	say bob 'MODE #dev -b m:MAL*'
	expect_line alice '#dev * bob unmuted MAL*'
	equal "$(matches bob ':chat 367 .*')" 3 "bans"
	wipe bob
	say bob 'MODE #dev beIbeIeeeb'
	done_by bob
	for end in 368 349 347; do
		equal "$(matches bob ":chat $end bob #dev :.*")" 1 "$end"
	done
}

@test "lists outlive the relay" {
	alice_and_bob
	say bob 'MODE #dev +be car* CAROL'
	say bob 'MODE #dev +s'
	expect_line alice '#dev * bob made the room secret'
	kill -KILL "$(relay_pid)"
	say alice '/bans'
	expect_line alice '#dev * banned: car*'
	expect_line alice '#dev * exempt from bans: CAROL'
	joins carol dev
}

@test "+s: LIST, NAMES, WHO, WHOIS, TOPIC and MODE know no such room" {
	alice_and_bob
	say bob 'MODE #dev +s'
	expect_match bob "$(by bob) MODE #dev \\+s"
	for line in LIST 'NAMES #dev' 'WHO #dev' 'WHOIS bob' 'TOPIC #dev' \
		'MODE #dev' 'PRIVMSG #dev :hi' 'INVITE dave #dev'; do
		say carol "$line"
	done
	done_by carol
	expect_match carol ':chat 366 carol #dev :.*'
	expect_match carol ':chat 319 carol bob :#lobby'
	expect_match carol ':chat 318 carol bob :.*'
	never_match carol ':chat (322|353|352|324|331|332) carol .*dev.*'
	say bob 'NAMES #dev'
	expect_match bob ':chat 353 bob @ #dev :.*@bob.*'
	say bob 'LIST'
	expect_match bob ':chat 322 bob #dev 2 :.*'
	say bob 'MODE #dev'
	expect_match bob ':chat 324 bob #dev \+ns'
	joins carol dev
	say carol 'WHOIS bob'
	expect_match carol ':chat 319 carol bob :#lobby @#dev'
}

@test "-n: messages from outside, in both dialects" {
	alice_and_bob
	say carol 'PRIVMSG #dev :knock'
	expect_match carol ':chat 404 carol #dev :.*'
	say bob 'MODE #dev -n'
	expect_line alice \
		'#dev * bob opened the room to messages from outside'
	expect_match bob "$(by bob) MODE #dev -n"
	say carol 'PRIVMSG #dev :hello in there'
	expect_line alice '#dev [carol] hello in there'
	expect_match bob "$(by carol) PRIVMSG #dev :hello in there"
	say bob 'MODE #dev'
	expect_match bob ':chat 324 bob #dev \+'
	say bob 'MODE #lobby -n'
	expect_match bob ':chat 482 bob #lobby :.*'
}

@test "@#room and +#room: for the operators, for those with voice" {
	alice_and_bob
	joins carol dev
	say carol 'PRIVMSG @#dev :psst'
	expect_match bob "$(by carol) PRIVMSG @#dev :psst"
	say bob 'MODE #dev +v alice'
	expect_line alice '#dev * bob gave voice to alice'
	say carol 'NOTICE +#dev :pssst'
	expect_match bob "$(by carol) NOTICE \\+#dev :pssst"
	expect_line alice '#dev [carol -> +#dev] pssst'
	say alice '/msg @#dev now me'
	expect_match bob "$(by alice) PRIVMSG @#dev :now me"
	done_by bob carol
	never_match carol "$(by alice) .*now me"
	never_match alice '.* psst'
	say carol 'PRIVMSG @#lobby :x'
	expect_match carol ':chat 404 carol #lobby :.*'
}

@test "INVITE alone, NAMES of several, and when a room was made" {
	alice_and_bob
	joins bob ops
	say alice '/invite carol'
	expect_match carol "$(by alice) INVITE carol #dev"
	say bob 'INVITE carol #dev'
	expect_match carol "$(by bob) INVITE carol #dev"
	say carol 'INVITE'
	expect_match carol ':chat 336 carol #dev'
	expect_match carol ':chat 337 carol :.*'
	say carol 'NAMES #dev,#ops'
	expect_match carol ':chat 366 carol #dev,#ops :.*'
	expect_match carol ':chat 353 carol = #dev :.*'
	expect_match carol ':chat 353 carol = #ops :@bob'
	say carol 'MODE #ops'
	expect_match carol ':chat 329 carol #ops [0-9]{10}'
	say carol 'LIST C>5'
	expect_match carol ':chat 323 carol :.*'
	never_match carol ':chat 322 .*'
	say carol 'LIST C<5'
	expect_match carol ':chat 322 carol #ops 1 :.*'
}

@test "several modes of a line are one MODE, and a line of text each" {
	alice_and_bob
	say bob 'MODE #dev +is-n+m'
	expect_match bob "$(by bob) MODE #dev \\+is-n\\+m"
	expect_line alice '#dev * bob made the room invite only'
	expect_line alice '#dev * bob made the room secret'
	expect_line alice '#dev * bob opened the room to messages from outside'
	expect_line alice '#dev * bob made the room moderated'
	say bob 'MODE #dev -im+vt alice'
	expect_match bob "$(by bob) MODE #dev -im"
	expect_match bob "$(by bob) MODE #dev \\+v alice"
	expect_match bob "$(by bob) MODE #dev \\+t"
	say bob 'MODE #dev'
	expect_match bob ':chat 324 bob #dev \+st'
}

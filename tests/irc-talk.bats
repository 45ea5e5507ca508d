#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# IRC users and text users in the same rooms: what one says, the other reads;
# and an IRC client's lists of who is where equal NAMES at all times.

load lib/helpers
load lib/irc

setup() {
	start_server --greet-after 10000 --rate 0 --history 0
}

# A text user enters a room; somebody sees it.
enters() { # NAME ROOM
	say "$1" "/join #$2"
	expect_match "$1" "#$2 \\* $1 joined .*"
}

joins() { # IRC-USER ROOM
	say "$1" "JOIN #$2"
	expect_match "$1" "(@[^ ]+ )?:chat 366 $1 #$2 :.*"
}

@test "talk: public, /me, private, private /me, notices" {
	gather alice -- bob carol
	say bob 'PRIVMSG #lobby :hello all'
	expect_line alice '[bob] hello all'
	expect_match carol "$(by bob) PRIVMSG #lobby :hello all"
	say alice 'hello bob'
	expect_match bob "$(by alice) PRIVMSG #lobby :hello bob"
	say alice '/me waves'
	expect_match bob "$(by alice) PRIVMSG #lobby :"$'\x01'"ACTION waves"$'\x01'
	say alice '/msg bob a secret'
	expect_match bob "$(by alice) PRIVMSG bob :a secret"
	say bob 'PRIVMSG ALICE :another'
	expect_line alice '[bob -> you] another'
	type_bytes bob 'PRIVMSG alice :\x01ACTION nods\x01\r\n'
	expect_line alice '[* bob -> you] nods'
	say bob 'PRIVMSG carol :from irc to irc'
	expect_match carol "$(by bob) PRIVMSG carol :from irc to irc"
	say bob 'NOTICE #lobby :for your information'
	expect_match carol "$(by bob) NOTICE #lobby :for your information"
	expect_match alice '\[bob\] for your information'
	done_by carol bob
	never_match carol '.*(a secret|another|nods).*'
	# Without echo-message nobody reads their own lines.
	never_match bob "$(by bob) (PRIVMSG|NOTICE) .*"
}

@test "what begins like a command in one dialect is a text in the other" {
	gather alice -- bob
	say bob 'PRIVMSG #lobby :/nick mallory'
	expect_line alice '[bob] /nick mallory'
	say bob 'PRIVMSG #lobby :rename|mallory'
	expect_line alice '[bob] rename|mallory'
	say alice 'PRIVMSG #lobby :hi'
	expect_match bob "$(by alice) PRIVMSG #lobby :PRIVMSG #lobby :hi"
	say alice ':colon'
	expect_match bob "$(by alice) PRIVMSG #lobby ::colon"
}

@test "a text user's longest line: several of IRC's, split at characters" {
	gather alice -- bob
	local part text
	text=$(printf 'żółw %.0s' {1..480})ende
	say alice "$text"
	expect_match bob "$(by alice) PRIVMSG #lobby :.*ende"
	tr -d '\r' <"$(screen_file bob)" | LC_ALL=C grep -a '^[^ ]* PRIVMSG' \
		>"$BATS_TEST_TMPDIR/lines"
	(($(wc -l <"$BATS_TEST_TMPDIR/lines") > 1)) || fail "in one line"
	while IFS= read -r part; do
		(($(LC_ALL=C; echo "${#part}") <= 510)) || fail "too long: $part"
		iconv -f UTF-8 -t UTF-8 <<<"$part" >"$BATS_TEST_TMPDIR/iconv"
	done <"$BATS_TEST_TMPDIR/lines"
	equal "$(sed -E 's/^[^ ]+ PRIVMSG #lobby ://' "$BATS_TEST_TMPDIR/lines" |
		tr -d ' \n')" "${text// /}" "the words"
}

@test "renames, both ways, and those of rooms are told once" {
	gather alice -- bob carol
	enters alice dev
	joins bob dev
	joins carol dev
	wipe alice bob carol
	say alice '/nick alicia'
	expect_match bob "$(by alice) NICK :?alicia"
	say bob 'NICK robert'
	expect_line alice '* bob is now robert'
	expect_match carol "$(by bob) NICK :?robert"
	expect_match bob "$(by bob) NICK :?robert"
	say carol 'PRIVMSG #dev :who are you'
	expect_match bob "$(by carol) PRIVMSG #dev :who are you"
	equal "$(matches carol '.* NICK .*')" 2 "renames"
	expect_lists carol '#dev' alicia carol robert
	expect_lists carol '#lobby' alicia carol robert
}

@test "a room: entered, talked in, left, from both sides" {
	gather alice -- bob carol
	enters alice dev
	joins bob dev
	expect_line alice '#dev * bob joined (2 here)'
	expect_match bob ':chat 353 bob = #dev :.*@alice.*'
	say bob 'PRIVMSG #dev :from irc'
	expect_line alice '#dev [bob] from irc'
	say alice 'from text'
	expect_match bob "$(by alice) PRIVMSG #dev :from text"
	say carol 'PRIVMSG #dev :knock'
	expect_match carol ':chat (404|442) carol #dev :.*'
	say bob 'PART #dev :lunch'
	expect_line alice '#dev * bob left: lunch (1 here)'
	expect_match bob "$(by bob) PART #dev :?.*"
	joins carol dev
	joins bob dev
	expect_match carol "$(by bob) JOIN :?#dev"
	say alice '/leave #dev'
	expect_match bob "$(by alice) PART :?#dev.*"
	done_by carol bob
	never_match alice '.*knock.*'
	expect_lists bob '#dev' bob carol
	expect_lists carol '#lobby' alice bob carol
}

@test "topics: read, set, removed, locked" {
	gather alice -- bob carol
	enters alice dev
	say alice '/topic release at noon'
	expect_line alice '#dev * alice set the topic: release at noon'
	joins bob dev
	expect_match bob ':chat 332 bob #dev :release at noon'
	expect_match bob ':chat 333 bob #dev alice[^ ]* :?[0-9]+'
	say bob 'TOPIC #dev :at one'
	expect_line alice '#dev * bob set the topic: at one'
	expect_match bob "$(by bob) TOPIC #dev :at one"
	say bob 'TOPIC #dev :'
	expect_match bob "$(by bob) TOPIC #dev :"
	say bob 'TOPIC #dev'
	expect_match bob ':chat 331 bob #dev :.*'
	say alice '/mode locked on'
	expect_match bob "$(by alice) MODE #dev \\+t"
	say bob 'MODE #dev'
	expect_match bob ':chat 324 bob #dev \+[a-z]*t[a-z]*.*'
	say bob 'TOPIC #dev :mine'
	expect_match bob ':chat 482 bob #dev :.*'
}

@test "KICK, from both sides, and the room goes on" {
	gather alice -- bob carol
	joins bob dev
	joins carol dev
	enters alice dev
	say carol 'KICK #dev bob :no'
	expect_match carol ':chat 482 carol #dev :.*'
	say bob 'KICK #dev carol :too loud'
	expect_match carol "$(by bob) KICK #dev carol :too loud"
	expect_line alice '#dev * bob kicked carol: too loud'
	say carol 'PRIVMSG #dev :still here?'
	expect_match carol ':chat (404|442) carol #dev :.*'
	say bob 'KICK #dev nobody :x'
	expect_match bob ':chat (401|441) bob .*nobody.* :.*'
	say bob 'KICK #dev alice'
	expect_line alice '#dev * bob kicked alice'
	expect_lists bob '#dev' bob
	expect_lists carol '#lobby' alice bob carol
}

@test "operators and modes: given in one dialect, seen in the other" {
	gather alice -- bob carol
	enters alice dev
	joins bob dev
	joins carol dev
	say alice '/op bob'
	expect_match carol "$(by alice) MODE #dev \\+o bob"
	say bob 'MODE #dev +k sesame'
	expect_match carol "$(by bob) MODE #dev \\+k .*"
	say carol 'PART #dev'
	expect_match carol "$(by carol) PART :?#dev.*"
	say carol 'JOIN #dev'
	expect_match carol ':chat 475 carol #dev :.*'
	wipe carol
	say carol 'JOIN #dev sesame'
	expect_match carol ':chat 366 carol #dev :.*'
	say bob 'MODE #dev -k+i sesame'
	expect_line alice '#dev * bob removed the key'
	expect_line alice '#dev * bob made the room invite only'
	say carol 'MODE #dev +o carol'
	expect_match carol ':chat 482 carol #dev :.*'
	say bob 'MODE #dev +b carol!*@*'
	say bob 'MODE #dev +b'
	expect_match bob ':chat 368 bob #dev :.*'
	expect_match bob ':chat 367 bob #dev carol!\*@\* ?.*'
	say bob 'MODE #dev +Q'
	expect_match bob ':chat 472 bob Q :.*'
	say bob 'MODE bob +i'
	done_by bob
	say bob 'MODE alice +i'
	expect_match bob ':chat 502 bob :.*'
}

@test "an invitation lets somebody into a room that is +i" {
	gather alice -- bob carol
	joins bob dev
	say bob 'MODE #dev +i'
	expect_match bob "$(by bob) MODE #dev \\+i"
	say carol 'JOIN #dev'
	expect_match carol ':chat 473 carol #dev :.*'
	say bob 'INVITE carol #dev'
	expect_match bob ':chat 341 bob carol :?#dev'
	expect_match carol "$(by bob) INVITE carol :?#dev"
	say carol 'JOIN #dev'
	expect_match carol ':chat 366 carol #dev :.*'
	say bob 'INVITE alice #dev'
	expect_match alice '.*bob.*#dev.*'
}

@test "nobody leaves the lobby, and JOIN 0 leaves all else" {
	gather alice -- bob
	joins bob dev
	joins bob ops
	wipe bob
	say bob 'PART #lobby'
	done_by bob
	never_match bob "$(by bob) PART :?#lobby.*"
	say bob 'JOIN #lobby'
	say bob 'JOIN 0'
	expect_match bob "$(by bob) PART :?#dev.*"
	expect_match bob "$(by bob) PART :?#ops.*"
	say bob 'PRIVMSG #lobby :here I am'
	expect_line alice '[bob] here I am'
	expect_lists bob '#lobby' alice bob
}

@test "several rooms and people in one line" {
	gather alice -- bob carol
	say bob 'JOIN #one,#two,#three'
	expect_match bob ':chat 366 bob #three :.*'
	say carol 'JOIN #two'
	expect_match carol ':chat 366 carol #two :.*'
	say bob 'PRIVMSG alice,carol,#two :to all of you'
	expect_line alice '[bob -> you] to all of you'
	expect_match carol "$(by bob) PRIVMSG carol :to all of you"
	expect_match carol "$(by bob) PRIVMSG #two :to all of you"
	say bob 'PART #one,#two :bye'
	expect_match carol "$(by bob) PART #two :bye"
	say bob 'WHOIS bob'
	expect_match bob ':chat 319 bob bob :.*#three.*'
	never_match bob ':chat 319 bob bob :.*#one.*'
}

@test "many come and go at once: digests for text, lists for IRC" {
	gather alice -- bob
	joins bob dev
	come_by_irc carol
	start_many() { # FIRST LAST
		local n
		for n in $(seq "$1" "$2"); do
			seat "p$n" nc 127.0.0.1 "$PORT"
			say "p$n" "/nick p$n"
		done
	}
	kill -STOP "$(relay_pid)"
	start_many 1 40
	eventually "$PATIENCE" children_are 43
	kill -CONT "$(relay_pid)"
	for n in $(seq 40); do
		expect_match "p$n" "\\* welcome, p$n; .*"
		say "p$n" '/join #dev'
	done
	# shellcheck disable=SC2046
	expect_lists bob '#dev' bob $(seq -f 'p%g' 40)
	# shellcheck disable=SC2046
	expect_lists bob '#lobby' alice bob carol $(seq -f 'p%g' 40)
	# shellcheck disable=SC2046
	expect_lists carol '#lobby' alice bob carol $(seq -f 'p%g' 40)
	relay=$(relay_pid)
	kill -STOP "$relay"
	# shellcheck disable=SC2046
	hang_up $(seq -f 'p%g' 2 40)
	kill -CONT "$relay"
	expect_lists bob '#dev' bob p1
	expect_lists bob '#lobby' alice bob carol p1
	expect_lists carol '#lobby' alice bob carol p1
	# No digest has reached a client of IRC.
	not grep -qaE '\* .*(joined|left)' "$(screen_file bob)"
}

@test "the relay is killed: lists and talk go on" {
	gather alice -- bob carol
	joins bob dev
	enters alice dev
	old=$(relay_pid)
	kill -KILL "$old"
	come_by_irc dave
	joins dave dev
	say alice 'are you there?'
	expect_match dave "$(by alice) PRIVMSG #dev :are you there\\?"
	hang_up carol
	expect_match bob "$(by carol) QUIT .*"
	expect_lists bob '#dev' alice bob dave
	expect_lists bob '#lobby' alice bob dave
	expect_lists dave '#lobby' alice bob dave
	joined_twice() {
		(($(matches "$1" "$(by alice) JOIN :?#dev") > 1))
	}
	not joined_twice bob
}

@test "the child of an IRC user is killed: a QUIT, and its name is free" {
	gather alice -- carol
	local before child
	before=$(children)
	come_by_irc bob
	child=$(comm -13 <(sort <<<"$before") <(children | sort))
	kill -KILL "$child"
	expect_disconnected bob
	expect_match carol "$(by bob) QUIT .*"
	expect_match alice '\* bob left.*'
	come_by_irc bob
	expect_lists carol '#lobby' alice bob carol
}

@test "an upgrade of the server: IRC users stay, and so do their lists" {
	gather alice -- bob carol
	joins bob dev
	kill -HUP "$SERVER_PID"
	eventually "$PATIENCE" grep -q 'upgrade version=' "$SERVER_LOG"
	say alice 'after the upgrade'
	expect_match bob "$(by alice) PRIVMSG #lobby :after the upgrade"
	joins carol dev
	expect_match bob "$(by carol) JOIN :?#dev"
	expect_lists bob '#lobby' alice bob carol
	expect_lists bob '#dev' bob carol
}

@test "a newcomer reads what was said, with its time where it asks for it" {
	stop_server
	start_server --greet-after 10000 --rate 0 --history 5
	come_as alice
	for n in $(seq 7); do
		say alice "line $n"
	done
	expect_line alice '[alice] line 7'
	come_by_irc bob
	expect_match bob '.* PRIVMSG #lobby :.*line 7'
	equal "$(matches bob '.* PRIVMSG #lobby :.*line [0-9]')" 5 "old lines"
	come_by_irc carol server-time
	expect_match carol "@[^ ]*time=[^ ]+Z[^ ]* $(by alice) PRIVMSG #lobby :line 7"
}

@test "echo-message, msgid and labels: a client knows its own lines" {
	gather alice -- bob
	come_by_irc carol 'echo-message message-tags labeled-response batch server-time'
	say carol '@label=abc PRIVMSG #lobby :mine'
	expect_match carol "@[^ ]*label=abc[^ ]* $(by carol) PRIVMSG #lobby :mine"
	expect_match carol "@[^ ]*msgid=[^; ]+[^ ]* $(by carol) PRIVMSG #lobby :mine"
	say carol '@label=def PING x'
	expect_match carol '@[^ ]*label=def[^ ]* :chat PONG chat :?x'
	say carol '@label=ghi PRIVMSG nobody :hi'
	expect_match carol '@[^ ]*label=ghi[^ ]* :chat 401 carol nobody :.*'
	say carol '@label=jkl PONG x'
	expect_match carol '@[^ ]*label=jkl[^ ]* :chat ACK'
	expect_match bob "$(by carol) PRIVMSG #lobby :mine"
	never_match bob '@.*'
}

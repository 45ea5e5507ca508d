#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# CHATHISTORY: what was said in a room, or between two, is there for those whom
# it concerns; by msgid and by time.

load lib/helpers
load lib/irc

CAPS='batch draft/chathistory labeled-response message-tags server-time'

setup() {
	start_server --greet-after 10000 --rate 0
}

joins() { # IRC-USER ROOM
	say "$1" "JOIN #$2"
	expect_match "$1" "(@[^ ]+ )?:chat 366 $1 #$2 :.*"
}

# Alice and bob are in a room where six lines were said.
begin_room() {
	come_by_irc alice "$CAPS"
	come_by_irc bob "$CAPS"
	joins alice dev
	joins bob dev
	talk_in '#dev' a b c d e f
	wipe alice bob
}

# Alice says these, one after the other.
talk_in() { # TARGET WORD...
	local word
	for word in "${@:2}"; do
		say alice "PRIVMSG $1 :$word"
		[[ $1 != '#'* ]] ||
			expect_match bob "@[^ ]+ $(by alice) PRIVMSG $1 :$word"
	done
	remember bob
}

# What somebody knows of each line: "WORD MSGID TIME".
remember() { # NAME
	tr -d '\r' <"$(screen_file "$1")" |
		LC_ALL=C sed -nE 's/^@time=([^;]+);msgid=([^ ]+) [^ ]+ PRIVMSG [^ ]+ :(.*)$/\3 \2 \1/p' \
			>"$BATS_TEST_TMPDIR/lines"
}

msgid() { # WORD
	awk -v w="$1" '$1 == w { print "msgid=" $2; exit }' "$BATS_TEST_TMPDIR/lines"
}

time_of() { # WORD
	awk -v w="$1" '$1 == w { print "timestamp=" $3; exit }' \
		"$BATS_TEST_TMPDIR/lines"
}

# Asks, and prints the words of the batch in their order; what stands outside of
# it is an error.
asks() { # NAME PARAMETERS
	wipe "$1"
	say "$1" "CHATHISTORY $2"
	done_by "$1" || return 1
	screen "$1" | LC_ALL=C awk '
		/ PONG / { next }
		/^(@[^ ]+ )?:chat BATCH \+[^ ]+ (chathistory|draft\/chathistory-targets)/ {
			sub(/^@[^ ]+ /, "")
			batch = substr($3, 2)
			next
		}
		/^:chat BATCH -/ { if ("-" batch == $3) batch = ""; next }
		batch == "" || index($1 ";", "batch=" batch ";") == 0 {
			print "outside:", $0
			next
		}
		/ CHATHISTORY TARGETS / { print $5; next }
		$1 ~ /time=/ && $1 ~ /msgid=/ { sub(/^.* PRIVMSG [^ ]+ :/, ""); print }' |
		paste -sd' '
}

expect_found() { # NAME PARAMETERS WORDS
	equal "$(asks "$1" "$2")" "$3" "$1: CHATHISTORY $2"
}

@test "LATEST, BEFORE, AFTER, AROUND and BETWEEN, by msgid" {
	begin_room
	expect_found alice 'LATEST #dev * 100' 'a b c d e f'
	expect_found alice 'LATEST #dev * 2' 'e f'
	expect_found alice "LATEST #dev $(msgid d) 100" 'e f'
	expect_found alice "BEFORE #dev $(msgid d) 2" 'b c'
	expect_found alice "BEFORE #dev $(msgid a) 2" ''
	expect_found bob "AFTER #dev $(msgid b) 2" 'c d'
	expect_found bob "AROUND #DEV $(msgid c) 3" 'b c d'
	expect_found bob "BETWEEN #dev $(msgid a) $(msgid f) 3" 'b c d'
	expect_found bob "BETWEEN #dev $(msgid f) $(msgid a) 3" 'c d e'
	# Of a server before this one: older than all that there is.
	expect_found bob 'AFTER #dev msgid=1-7 2' 'a b'
	expect_found bob 'BEFORE #dev msgid=1-7 2' ''
}

@test "the same by time" {
	come_by_irc alice "$CAPS"
	come_by_irc bob "$CAPS"
	joins alice dev
	joins bob dev
	local word
	for word in a b c d; do
		talk_in '#dev' "$word"
		# The clock has moved on since.
		done_by alice bob alice bob
	done
	expect_found alice "LATEST #dev $(time_of b) 100" 'c d'
	expect_found alice "BEFORE #dev $(time_of c) 100" 'a b'
	expect_found alice "AFTER #dev $(time_of a) 2" 'b c'
	expect_found alice "BETWEEN #dev $(time_of d) $(time_of a) 9" 'b c'
	contains "$(asks alice "AROUND #dev $(time_of c) 3")" c
	expect_found alice 'AFTER #dev timestamp=1970-01-01T00:00:00.000Z 9' 'a b c d'
	expect_found alice 'AFTER #dev timestamp=2999-12-31T23:59:60.999Z 9' ''
}

@test "history is as the line was: notice, action, a renamed sender" {
	come_by_irc alice "$CAPS"
	come_by_irc bob "$CAPS"
	type_bytes bob 'PRIVMSG #lobby :\x01ACTION waves\x01\r\nNOTICE #lobby :note\r\nNICK rob\r\n'
	expect_match alice "@[^ ]+ $(by bob) NICK :?rob"
	screen alice | grep -aE ' (PRIVMSG|NOTICE) #lobby ' \
		>"$BATS_TEST_TMPDIR/live"
	wipe alice
	say alice 'CHATHISTORY LATEST #lobby * 9'
	done_by alice
	equal "$(screen alice | grep -a '^@batch=' |
		sed 's/^@batch=[0-9]*;/@/')" "$(cat "$BATS_TEST_TMPDIR/live")"
}

@test "private messages: only their two users find them" {
	gather -- alice bob carol
	for name in alice bob carol; do
		say "$name" "CAP REQ :$CAPS"
		done_by "$name"
	done
	say alice 'PRIVMSG bob :to-bob'
	done_by alice
	say bob 'PRIVMSG alice :to-alice'
	done_by bob
	say carol 'PRIVMSG alice :from-carol'
	done_by carol alice
	expect_found alice 'LATEST bob * 9' 'to-bob to-alice'
	expect_found bob 'LATEST ALICE * 9' 'to-bob to-alice'
	expect_found carol 'LATEST bob * 9' ''
	expect_found carol 'LATEST alice * 9' 'from-carol'
	# Whoever takes a name has nothing of what its last user had.
	say bob 'QUIT'
	expect_match alice "@[^ ]+ $(by bob) QUIT .*"
	say carol 'NICK bob'
	expect_match carol "@[^ ]+ $(by carol) NICK :?bob"
	expect_found carol 'LATEST alice * 9' 'from-carol'
	come_by_irc dave "$CAPS"
	say dave 'NICK carol'
	expect_match dave "@[^ ]+ $(by dave) NICK :?carol"
	expect_found dave 'LATEST alice * 9' ''
	expect_found dave \
		'TARGETS timestamp=1999-01-01T00:00:00.000Z timestamp=2999-01-01T00:00:00.000Z 9' ''
}

@test "TARGETS: where and with whom, by the last line" {
	begin_room
	say bob 'PRIVMSG alice :hello'
	done_by bob alice
	local since=timestamp=1999-01-01T00:00:00.000Z
	local until=timestamp=2999-01-01T00:00:00.000Z
	expect_found alice "TARGETS $since $until 9" '#dev bob'
	expect_found alice "TARGETS $until $since 1" 'bob'
	expect_found alice "TARGETS $since $until 1" '#dev'
	expect_found alice "TARGETS $until $until 9" ''
}

@test "a room: for those in it, and nothing of the room before it" {
	begin_room
	come_by_irc carol "$CAPS"
	contains "$(asks carol 'LATEST #dev * 9')" \
		'outside: :chat FAIL CHATHISTORY INVALID_TARGET LATEST #dev :'
	joins carol dev
	expect_found carol 'LATEST #dev * 9' 'a b c d e f'
	for name in alice bob carol; do
		say "$name" 'PART #dev'
		expect_match "$name" "@[^ ]+ $(by "$name") PART #dev.*"
	done
	joins carol dev
	expect_found carol 'LATEST #dev * 9' ''
}

@test "who can ask gets no scrollback; who cannot does" {
	begin_room
	come_by_irc asking "$CAPS"
	come_by_irc bot draft/chathistory
	come_by_irc plain
	say alice 'PRIVMSG #lobby :lobby'
	expect_match plain "$(by alice) PRIVMSG #lobby :lobby"
	for name in asking bot plain; do
		wipe "$name"
		joins "$name" dev
		done_by "$name"
	done
	expect_match plain "$(by alice) PRIVMSG #dev :f"
	never_match asking '.* PRIVMSG .*'
	never_match bot '.* PRIVMSG .*'
	come_by_irc late draft/chathistory
	done_by late
	never_match late '.* PRIVMSG .*'
	come_by_irc later
	expect_match later "$(by alice) PRIVMSG #lobby :lobby"
	# Without batch nobody sees where an answer ends.
	say bot 'CHATHISTORY LATEST #dev * 2'
	expect_match bot ':chat .*CHATHISTORY.*:The capability batch is needed'
	never_match bot '.* PRIVMSG .*'
}

@test "--history 0: newcomers find nothing of before" {
	stop_server
	start_server --greet-after 10000 --rate 0 --history 0
	begin_room
	come_by_irc carol "$CAPS"
	joins carol dev
	talk_in '#dev' g
	expect_match carol "@[^ ]+ $(by alice) PRIVMSG #dev :g"
	expect_found carol 'LATEST #dev * 9' 'g'
	expect_found alice 'LATEST #dev * 9' 'a b c d e f g'
}

@test "a label is the batch's; the PONG of a later PING comes behind it" {
	begin_room
	wipe alice
	type_bytes alice '@label=x7 CHATHISTORY LATEST #dev * 2\r\nPING done\r\n'
	expect_match alice '(@[^ ]+ )?:chat PONG chat :?done'
	equal "$(screen alice |
		sed -E 's/time=[^;]*;msgid=[^ ]*/T/; s/![^ ]*//')" \
		'@label=x7 :chat BATCH +1 chathistory #dev
@batch=1;T :alice PRIVMSG #dev :e
@batch=1;T :alice PRIVMSG #dev :f
:chat BATCH -1
:chat PONG chat :done'
	wipe alice
	say alice '@label=x8 CHATHISTORY LATEST #nowhere * 2'
	expect_match alice \
		'@label=x8 :chat FAIL CHATHISTORY INVALID_TARGET LATEST #nowhere :.*'
}

@test "what cannot be asked" {
	come_by_irc alice "$CAPS"
	come_by_irc bob
	say bob 'CHATHISTORY LATEST #lobby * 9'
	expect_match bob ':chat 421 bob CHATHISTORY :.*'
	refuses() { # PARAMETERS CODE
		contains "$(asks alice "$1")" "outside: :chat FAIL CHATHISTORY $2"
	}
	refuses 'EARLIEST #lobby * 9' 'INVALID_PARAMS EARLIEST :'
	refuses 'LATEST #lobby *' 'INVALID_PARAMS LATEST :'
	refuses 'LATEST #lobby * 9 9' 'INVALID_PARAMS LATEST :'
	refuses 'BEFORE #lobby * 9' 'INVALID_PARAMS BEFORE * :'
	refuses 'LATEST #lobby * 0' 'INVALID_PARAMS LATEST 0 :'
	refuses 'LATEST #lobby * many' 'INVALID_PARAMS LATEST many :'
	refuses 'BEFORE #lobby timestamp=yesterday 9' \
		'INVALID_PARAMS BEFORE timestamp=yesterday :'
	refuses 'BEFORE #lobby timestamp=2026-13-01T00:00:00.000Z 9' \
		'INVALID_PARAMS BEFORE timestamp=2026-13-'
	refuses 'BEFORE #lobby msgid=99zzzzzzzzz-1 9' 'INVALID_PARAMS BEFORE msgid='
	refuses 'BEFORE #lobby msgid=7 9' 'INVALID_PARAMS BEFORE msgid=7 :'
	refuses 'BEFORE #lobby uid=7 9' 'INVALID_MSGREFTYPE BEFORE #lobby :'
	refuses 'LATEST a!b * 9' 'INVALID_TARGET LATEST a!b :'
	refuses 'TARGETS msgid=1-1 msgid=1-2 9' 'INVALID_MSGREFTYPE TARGETS'
	done_by alice
	# More than there can be is as many as there can be.
	expect_found alice 'LATEST #lobby * 999999' ''
	expect_match bob ':chat 005 bob .*CHATHISTORY=100 .*'
	expect_match bob ':chat 005 bob .*MSGREFTYPES=msgid,timestamp .*'
}

@test "topics and kicks for who has asked for event-playback" {
	begin_room
	say alice 'TOPIC #dev :news'
	expect_match bob "@[^ ]+ $(by alice) TOPIC #dev :news"
	wipe alice
	say alice 'CHATHISTORY LATEST #dev * 1'
	done_by alice
	never_match alice '.* TOPIC .*'
	say bob 'CAP REQ :draft/event-playback'
	wipe bob
	say bob 'CHATHISTORY LATEST #dev * 2'
	expect_match bob "@batch=[0-9]+;[^ ]+ $(by alice) TOPIC #dev :news"
}

@test "a relay that is killed between two pages changes nothing" {
	begin_room
	expect_found alice 'LATEST #dev * 3' 'd e f'
	kill -KILL "$(relay_pid)"
	expect_found alice "BEFORE #dev $(msgid d) 9" 'a b c'
	talk_in '#dev' g
	expect_found bob 'LATEST #dev * 2' 'f g'
}

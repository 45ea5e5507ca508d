#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Messages of several lines: IRC's batches of draft/multiline, and what everyone
# else reads of them.

load lib/helpers
load lib/irc

MULTILINE='message-tags batch draft/multiline'

setup() {
	start_server --greet-after 10000 --rate 0 --history 0
}

# Bob and carol have batches, dave has not; alice is a text user.
come() {
	come_as alice
	come_by_irc bob "$MULTILINE echo-message labeled-response"
	come_by_irc carol "$MULTILINE"
	come_by_irc dave message-tags
	expect_match bob "(@[^ ]+ )?$(by dave) JOIN #lobby"
	expect_match carol "(@[^ ]+ )?$(by dave) JOIN #lobby"
	expect_match alice '\* dave joined .*'
	wipe alice bob carol dave
}

# The lines of one message, with a label; "+LINE" goes on with the one before.
send_lines() { # NAME TARGET LINE...
	local name=$1 target=$2 line
	say "$name" "@label=l;+tag=1 BATCH +x draft/multiline $target"
	for line in "${@:3}"; do
		if [[ $line == +* ]]; then
			say "$name" "@batch=x;draft/multiline-concat PRIVMSG $target :${line#+}"
		else
			say "$name" "@batch=x PRIVMSG $target :$line"
		fi
	done
	say "$name" 'BATCH -x'
}

# What is on the screen, from its first line with this on, without CRs.
lines_from() { # NAME PATTERN
	screen "$1" | tr -d '\r' | awk -v p="$2" 'index($0, p) { on = 1 } on' |
		sed -E 's/msgid=[^ ;]+/msgid=ID/; s/(batch=|BATCH [+-])m[0-9]+/\1REF/; s/![^ ]+@/!U@/'
}

@test "one message of several lines: for batches, for lines, for people" {
	come
	send_lines bob '#lobby' one '' 'two ' +three
	expect_line alice '[bob] two three'
	equal "$(screen alice)" "[bob] one
[bob] two three" 'what alice reads'
	expect_match carol ':chat BATCH -m[0-9]+'
	equal "$(lines_from carol msgid)" "@msgid=ID;+tag=1 :bob!U@chat BATCH +REF draft/multiline #lobby
@batch=REF :bob!U@chat PRIVMSG #lobby :one
@batch=REF :bob!U@chat PRIVMSG #lobby :
@batch=REF :bob!U@chat PRIVMSG #lobby :two 
@batch=REF;draft/multiline-concat :bob!U@chat PRIVMSG #lobby :three
:chat BATCH -REF" 'what carol gets'
	expect_match dave '.* :three'
	equal "$(lines_from dave msgid)" "@msgid=ID;+tag=1 :bob!U@chat PRIVMSG #lobby :one
@+tag=1 :bob!U@chat PRIVMSG #lobby :two 
@+tag=1 :bob!U@chat PRIVMSG #lobby :three" 'what dave gets'
	expect_match bob ':chat BATCH -m[0-9]+'
	equal "$(lines_from bob msgid | grep -c label=)" 1 'lines with a label'
	equal "$(lines_from bob msgid | head -n 1)" \
		'@label=l;msgid=ID;+tag=1 :bob!U@chat BATCH +REF draft/multiline #lobby' \
		'the first line of the echo'
}

@test "to one user, as a notice, and as what somebody does" {
	come
	send_lines bob alice one two
	expect_line alice '[bob -> you] two'
	expect_line alice '[bob -> you] one'
	say bob 'BATCH +n draft/multiline #lobby'
	say bob '@batch=n NOTICE #lobby :first'
	say bob '@batch=n NOTICE #lobby :second'
	say bob 'BATCH -n'
	expect_match carol "@batch=[^ ]+ $(by bob) NOTICE #lobby :second"
	expect_line alice '[bob] second'
	say bob 'BATCH +a draft/multiline #lobby'
	type_bytes bob '@batch=a PRIVMSG #lobby :\x01ACTION waves\r\n'
	type_bytes bob '@batch=a PRIVMSG #lobby :and nods\x01\r\n'
	say bob 'BATCH -a'
	expect_line alice '[* bob] and nods'
	expect_line alice '[* bob] waves'
	send_lines bob nobody one two
	expect_match bob '(@label=l )?:chat 401 bob nobody :.*'
}

@test "a message counts once, and programs read each line" {
	come
	connect_events eve
	wipe eve
	send_lines bob '#lobby' one two
	done_by bob
	say alice three
	expect_match eve $'public\t.*\tthree'
	numbers=$(screen eve | awk -F '\t' '$1 == "public" { print $2, $6 }')
	first=${numbers%% *}
	equal "$numbers" "$first one
$first two
$((first + 1)) three" 'the numbers'
}

@test "a text user's long line is one message for IRC" {
	come
	text=$(printf 'word %.0s' {1..800})end
	say alice "$text"
	expect_match carol ':chat BATCH -m[0-9]+'
	equal "$(lines_from carol msgid | sed -nE 's/^@batch=REF(;draft.multiline-concat)? [^ ]+ PRIVMSG #lobby ://p' | tr -d '\n')" \
		"$text" 'the text'
	equal "$(lines_from carol msgid | grep -c 'BATCH +')" 1 'batches'
	equal "$(lines_from carol msgid | grep '^@batch=REF' |
		grep -vc concat)" 1 'lines that are no continuation'
}

@test "nobody is forged by a newline, and none is in any other text" {
	come
	send_lines bob '#lobby' x '* alice left (1 online)' '[alice] I agree'
	expect_line alice '[bob] [alice] I agree'
	expect_line alice '[bob] * alice left (1 online)'
	never_match alice '\* alice left.*'
	never_match alice '\[alice\].*'
	expect_match dave "(@[^ ]+ )?$(by bob) PRIVMSG #lobby :\\[alice\\] I agree"
}

@test "what is wrong with a batch is told, and nothing of it is sent" {
	come
	say bob 'BATCH +1 draft/multiline #lobby'
	say bob '@batch=1 PRIVMSG #lobby :lost'
	say bob '@batch=1 PRIVMSG #other :lost'
	say bob '@batch=1 PRIVMSG #lobby :lost'
	say bob 'BATCH -1'
	expect_match bob ':chat FAIL BATCH MULTILINE_INVALID_TARGET #lobby #other :.*'
	say bob '@label=b BATCH +2 draft/multiline #lobby'
	for _ in {1..33}; do
		say bob '@batch=2 PRIVMSG #lobby :lost'
	done
	say bob 'BATCH -2'
	expect_match bob '@label=b :chat FAIL BATCH MULTILINE_MAX_LINES 32 :.*'
	long=$(printf 'lost %.0s' {1..84})
	say bob 'BATCH +3 draft/multiline #lobby'
	for _ in {1..10}; do
		say bob "@batch=3 PRIVMSG #lobby :$long"
	done
	say bob 'BATCH -3'
	expect_match bob ':chat FAIL BATCH MULTILINE_MAX_BYTES 4096 :.*'
	say bob 'BATCH +4 draft/multiline #lobby'
	say bob '@batch=4 PRIVMSG #lobby :lost'
	say bob '@batch=4 TOPIC #lobby :lost'
	say bob 'BATCH -4'
	expect_match bob ':chat FAIL BATCH MULTILINE_INVALID :Only .*'
	say bob 'BATCH -5'
	expect_match bob ':chat FAIL BATCH MULTILINE_INVALID :No such .*'
	type_bytes bob 'BATCH +6 draft/multiline #lobby\r\n@batch=6 PRIVMSG #lobby :lost\r\n@batch=6 PRIVMSG #lobby :\xe4\r\nBATCH -6\r\n'
	expect_match bob ':chat FAIL PRIVMSG INVALID_UTF8 :.*'
	done_by bob
	# All is well afterwards.
	send_lines bob '#lobby' good
	expect_line alice '[bob] good'
	equal "$(screen alice)" '[bob] good' 'what alice reads'
	never_match carol '.*lost.*'
}

@test "the most that fits: 4,096 bytes, 32 lines" {
	come
	lines=()
	for i in {1..31}; do
		lines+=("$(printf '%0127d' "$i")")
	done
	lines+=("$(printf '%0128d' 32)")
	send_lines bob '#lobby' "${lines[@]}"
	expect_line alice "[bob] ${lines[31]}"
	equal "$(screen alice | wc -l)" 32 'lines'
	expect_match carol "@batch=[^ ]+ $(by bob) PRIVMSG #lobby :${lines[31]}"
	# Continuations cost no byte.
	wipe alice
	text=$(printf 'x%.0s' {1..400})
	send_lines bob '#lobby' "$text" "+$text" "+$text" "+$text" "+$text" \
		"+$text" "+$text" "+$text" "+$text" "+$text" "+${text:0:96}"
	expect_match alice '\[bob\] x{4096}'
}

@test "the capability says what fits, to who can read it" {
	seat bob nc 127.0.0.1 "$PORT"
	say bob 'CAP LS 302'
	expect_match bob ':chat CAP \* LS :.*draft/multiline=max-bytes=4096,max-lines=32( .*)?'
	seat carol nc 127.0.0.1 "$PORT"
	say carol 'CAP LS'
	expect_match carol ':chat CAP \* LS :(.* )?draft/multiline( .*)?'
	# Who has not asked for it has no such command.
	come_by_irc dave 'message-tags batch'
	say dave 'BATCH +1 draft/multiline #lobby'
	expect_match dave ':chat 421 dave BATCH :.*'
}

@test "the chat log has a line for each" {
	stop_server
	start_server --greet-after 10000 --rate 0 --log-chat \
		"$BATS_TEST_TMPDIR/chat"
	come_by_irc bob "$MULTILINE"
	send_lines bob '#lobby' one '' 'two ' +three
	done_by bob
	come_as alice
	equal "$(grep -F '[bob]' "$BATS_TEST_TMPDIR/chat" | cut -d ' ' -f 2-)" "[bob] one
[bob] two three" 'the log'
	equal "$(cut -d ' ' -f 1 "$BATS_TEST_TMPDIR/chat" |
		grep -cvE '^20[0-9-]+T[0-9:]+Z$')" 0 'lines without a time'
	# And who comes later reads it as one message.
	expect_match alice '\[bob 0 s ago\] two three'
}

@test "a message of many lines costs the rate as many lines" {
	stop_server
	start_server --greet-after 10000 --rate 1 --burst 10
	come_by_irc bob "$MULTILINE"
	send_lines bob '#lobby' {1..12}
	expect_match bob '.*NOTICE bob :.*(too fast|lines a second).*'
}

@test "the past: a batch in the batch" {
	stop_server
	start_server --greet-after 10000 --rate 0
	come_by_irc bob "$MULTILINE"
	send_lines bob '#lobby' one two
	done_by bob
	come_by_irc carol "$MULTILINE draft/chathistory"
	wipe carol
	say carol 'CHATHISTORY LATEST #lobby * 10'
	expect_match carol ':chat BATCH -[^m].*'
	equal "$(screen carol | tr -d '\r' |
		sed -E 's/msgid=[^ ;]+/msgid=ID/; s/(batch=|BATCH [+-])m[0-9]+/\1REF/; s/(batch=|BATCH [+-])[0-9a-z-]+/\1PAST/; s/![^ ]+@/!U@/')" \
		":chat BATCH +PAST chathistory #lobby
@batch=PAST;msgid=ID;+tag=1 :bob!U@chat BATCH +REF draft/multiline #lobby
@batch=REF :bob!U@chat PRIVMSG #lobby :one
@batch=REF :bob!U@chat PRIVMSG #lobby :two
@batch=PAST :chat BATCH -REF
:chat BATCH -PAST" 'what carol gets'
}

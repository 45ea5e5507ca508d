#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Tags that IRC clients add for each other: typing, replies, reactions.

load lib/helpers
load lib/irc

setup() {
	start_server --greet-after 10000 --rate 0 --history 0
}

# Bob and carol have tags; dave has none, and alice is a text user.
come() {
	come_as alice
	come_by_irc bob 'message-tags echo-message'
	come_by_irc carol message-tags
	come_by_irc dave server-time
	expect_match bob "(@[^ ]+ )?$(by dave) JOIN #lobby"
	expect_match carol "(@[^ ]+ )?$(by dave) JOIN #lobby"
	wipe alice bob carol dave
}

@test "a message goes with its tags, to those who have asked for tags" {
	come
	say bob '@+draft/reply=1-2;account=x;label=y PRIVMSG #lobby :yes'
	expect_match carol "@msgid=[^ ;]+;[+]draft/reply=1-2 $(by bob) PRIVMSG #lobby :yes"
	expect_match bob "@msgid=[^ ;]+;[+]draft/reply=1-2 $(by bob) PRIVMSG #lobby :yes"
	expect_match dave "@time=[^ ;]+ $(by bob) PRIVMSG #lobby :yes"
	expect_line alice '[bob] yes'
	say bob '@+a=b NOTICE carol :ping'
	expect_match carol "@msgid=[^ ;]+;[+]a=b $(by bob) NOTICE carol :ping"
	type_bytes bob '@+a=b PRIVMSG carol :\x01ACTION nods\x01\r\n'
	expect_match carol "@msgid=[^ ;]+;[+]a=b $(by bob) PRIVMSG carol :"$'\x01'"ACTION nods"$'\x01'
	# Who has not asked for tags cannot send any.
	say dave '@+a=b PRIVMSG #lobby :from dave'
	expect_match carol "@msgid=[^ ;]+ $(by dave) PRIVMSG #lobby :from dave"
}

@test "who types: TAGMSG reaches those with tags, and nobody else" {
	come
	say bob '@+typing=active TAGMSG #lobby'
	expect_match carol "@msgid=[^ ;]+;[+]typing=active $(by bob) TAGMSG #lobby"
	expect_match bob "@msgid=[^ ;]+;[+]typing=active $(by bob) TAGMSG #lobby"
	say bob '@+typing=done TAGMSG carol,alice,dave'
	expect_match carol "@msgid=[^ ;]+;[+]typing=done $(by bob) TAGMSG carol"
	done_by bob
	say alice 'done'
	expect_match dave "(@[^ ]+ )?$(by alice) PRIVMSG #lobby :done"
	never_match dave '.* TAGMSG .*'
	equal "$(screen alice)" '[alice] done' 'what alice reads'
	# To whom it cannot go.
	say bob '@+typing=active TAGMSG nobody'
	expect_match bob ':chat 401 bob nobody :.*'
	say bob '@+typing=active TAGMSG #nowhere'
	expect_match bob ':chat 403 bob #nowhere :.*'
	# Without tags for others nothing is sent, and no error is told.
	wipe carol
	say bob '@typing=active TAGMSG carol'
	done_by bob carol
	never_match carol '.* TAGMSG .*'
}

@test "who types counts nothing: no number, no scrollback, no line of the log" {
	stop_server
	start_server --greet-after 10000 --rate 0 --log-chat \
		"$BATS_TEST_TMPDIR/chat"
	come_by_irc bob 'message-tags echo-message'
	connect_events eve
	say bob 'PRIVMSG #lobby :one'
	expect_match eve $'public\t.*\tone'
	for i in {1..5}; do
		say bob "@+typing=$i TAGMSG #lobby"
	done
	expect_match bob "@[^ ]*[+]typing=5 .*"
	say bob 'PRIVMSG #lobby :two'
	expect_match eve $'public\t.*\ttwo'
	first=$(screen eve | awk -F '\t' '$6 == "one" { print $2 }')
	second=$(screen eve | awk -F '\t' '$6 == "two" { print $2 }')
	equal "$second" $((first + 1)) 'the number of the next line'
	come_by_irc carol message-tags
	expect_match carol "@[^ ]+ $(by bob) PRIVMSG #lobby :two"
	never_match carol '.* TAGMSG .*'
	not grep -q typing "$BATS_TEST_TMPDIR/chat"
}

@test "in a room: typing is for who is in it; ignored users are not seen" {
	come
	for name in bob carol; do
		say "$name" 'JOIN #dev'
		expect_match "$name" "(@[^ ]+ )?:chat 366 $name #dev :.*"
	done
	come_by_irc erin message-tags
	say bob '@+typing=active TAGMSG #dev'
	expect_match carol "@msgid=[^ ;]+;[+]typing=active $(by bob) TAGMSG #dev"
	say bob '@+typing=active TAGMSG #lobby'
	expect_match erin "@msgid=[^ ;]+;[+]typing=active $(by bob) TAGMSG #lobby"
	never_match erin '.*TAGMSG #dev'
	# To its operators, of whom carol is none.
	say bob '@+typing=paused TAGMSG @#dev'
	expect_match bob "@msgid=[^ ;]+;[+]typing=paused $(by bob) TAGMSG @#dev"
	done_by carol
	never_match carol '.*paused.*'
	# Where only some may talk, no others may type.
	say bob 'MODE #dev +m'
	expect_match carol "(@[^ ]+ )?$(by bob) MODE #dev \\+m"
	say carol '@+typing=active TAGMSG #dev'
	expect_match carol ':chat 404 carol #dev :.*'
}

@test "no tag can end the tags, the line, or take a tag of the server's" {
	come
	type_bytes bob '@+a=1;time=x;+b=\x1b;+c=\xe4;msgid=y;+d\x01=2;+e=3;batch=1 PRIVMSG #lobby :hi\r\n'
	expect_match carol "@msgid=[^ ;]+;[+]a=1;[+]e=3 $(by bob) PRIVMSG #lobby :hi"
	# As many as there can be.
	long=$(printf 'x%.0s' {1..4088})
	say bob "@+abcd=$long PRIVMSG #lobby :long"
	expect_match carol "@msgid=[^ ;]+;[+]abcd=x+ $(by bob) PRIVMSG #lobby :long"
	say bob "@+abcde=$long PRIVMSG #lobby :longer"
	expect_match bob ':chat 417 bob :.*'
	done_by bob carol
	never_match carol '.*longer'
}

@test "labels: the echo of a TAGMSG has it, or else ACK" {
	come_by_irc bob 'message-tags echo-message labeled-response batch'
	come_by_irc carol 'message-tags labeled-response batch'
	say bob '@label=one;+typing=active TAGMSG #lobby'
	expect_match bob "@label=one;msgid=[^ ;]+;[+]typing=active $(by bob) TAGMSG #lobby"
	say carol '@label=two;+typing=active TAGMSG bob'
	expect_match carol '@label=two :chat ACK'
	expect_match bob "@msgid=[^ ;]+;[+]typing=active $(by carol) TAGMSG bob"
	never_match carol '.*TAGMSG #lobby.*label.*'
}

@test "a TAGMSG costs the rate as any line does" {
	stop_server
	start_server --greet-after 10000 --rate 1 --burst 3
	come_by_irc bob message-tags
	for _ in {1..6}; do
		say bob '@+typing=active TAGMSG #lobby'
	done
	expect_match bob '.*NOTICE bob :.*(too fast|lines a second).*'
}

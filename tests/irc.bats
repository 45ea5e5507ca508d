#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# IRC, typed by hand: registration, what is refused and how, what there is to
# ask.

load lib/helpers
load lib/irc

# Nobody is taken for a person of few words because the machine is slow.
setup() {
	start_server --greet-after 10000 --rate 0 --history 0
}

# Connects and says nothing.
call() { # NAME
	seat "$1" nc 127.0.0.1 "$PORT"
}

@test "NICK and USER: a welcome, the lobby, and all see one join" {
	come_as alice
	wipe alice
	call bob
	say bob 'NICK bob'
	say bob 'USER bob 0 * :Bob Example'
	expect_match bob ':chat 366 bob #lobby :.*'
	expect_match bob ':chat 001 bob :.*bob.*'
	expect_match bob ':chat 005 bob .*CASEMAPPING=ascii.* :.*'
	expect_match bob "$(by bob) JOIN :?#lobby"
	expect_match bob ':chat 353 bob = #lobby :.*alice.*'
	contains "$(commands_of bob)" '001 002 003 004 005'
	contains "$(commands_of bob)" '422 JOIN 353 366'
	expect_line alice '* bob joined (2 online)'
	equal "$(screen alice)" '* bob joined (2 online)'
	expect_who alice alice bob
}

@test "USER before NICK, PASS before both, lower case, and trailing words" {
	call bob
	say bob 'pass :of another server'
	say bob 'user bob 0 * bob'
	say bob 'nick :bob'
	expect_match bob ':chat 366 bob #lobby :.*'
}

@test "CAP holds the registration until CAP END; nobody hears before" {
	come_as alice
	call bob
	type_bytes bob 'CAP LS 302\r\nNICK bob\r\nUSER bob 0 * :Bob\r\n'
	expect_match bob ':chat CAP (\*|bob) LS :.*server-time.*'
	say bob 'CAP REQ :server-time message-tags'
	expect_match bob ':chat CAP (\*|bob) ACK :server-time message-tags ?'
	say bob 'CAP REQ :server-time no-such-thing'
	expect_match bob ':chat CAP (\*|bob) NAK :server-time no-such-thing ?'
	say bob 'CAP LIST'
	expect_match bob ':chat CAP (\*|bob) LIST :.*server-time.*'
	say bob 'CAP nonsense'
	expect_match bob ':chat 410 (\*|bob) nonsense :.*'
	expect_who alice alice
	never_match bob '.* 001 .*'
	say bob 'CAP END'
	expect_match bob '(@[^ ]+ )?:chat 001 bob :.*'
	expect_line alice '* bob joined (2 online)'
	say alice 'hello'
	expect_match bob "@[^ ]*time=[0-9-]+T[0-9:]+\\.[0-9]{3}Z[^ ]* :alice![^ ]+ PRIVMSG #lobby :hello"
}

@test "irssi's first JOIN, and other commands before the registration: 451" {
	call bob
	type_bytes bob 'CAP LS 302\r\nJOIN :\r\nPRIVMSG #lobby :hi\r\nWHO x\r\n'
	expect_match bob ':chat 451 \* (JOIN )?:.*'
	eventually "$PATIENCE" matches_are 3 bob ':chat 451 .*'
	never_match bob ':chat 461 .*'
	say bob 'NICK bob'
	say bob 'USER bob 0 * :Bob'
	say bob 'CAP END'
	expect_match bob ':chat 366 bob #lobby :.*'
	say bob 'USER bob 0 * :Bob'
	expect_match bob ':chat 462 bob :.*'
}

@test "a name that is taken: 433, and another one is welcome" {
	come_as alice
	call bob
	say bob 'NICK Alice'
	say bob 'USER bob 0 * :Bob'
	expect_match bob ':chat 433 \* Alice :.*'
	never_match bob '.* 001 .*'
	say bob 'NICK bob'
	expect_match bob ':chat 366 bob #lobby :.*'
	say bob 'NICK alice'
	expect_match bob ':chat 433 bob alice :.*'
	say alice '/nick bob'
	expect_line alice '! name in use: bob'
	expect_who alice alice bob
}

@test "two who want one name at the same time: one has it, one reads 433" {
	call one
	call two
	say one 'NICK same'
	say two 'NICK same'
	say one 'USER a 0 * :a'
	say two 'USER b 0 * :b'
	either_has() { # NUMERIC
		has_match one ":chat $1 .*" || has_match two ":chat $1 .*"
	}
	eventually "$PATIENCE" either_has 001
	eventually "$PATIENCE" either_has 433
}

@test "names that cannot be: 431 and 432" {
	call bob
	say bob 'NICK :'
	expect_match bob ':chat 431 \* :.*'
	say bob 'NICK #lobby'
	expect_match bob ':chat 432 \* #lobby :.*'
	say bob NICK
	eventually "$PATIENCE" matches_are 2 bob ':chat 431 \* :.*'
	for name in chat CHAT 'a!b' 'a@b' "$(printf '\xc3(')" "$(printf 'x%.0s' {1..200})"; do
		wipe bob
		say bob "NICK $name"
		expect_match bob '(:chat )?(432 \*|FAIL NICK INVALID_UTF8) .*'
	done
	say bob 'USER bob 0 * :Bob'
	say bob 'NICK bob'
	expect_match bob ':chat 366 bob #lobby :.*'
	# The server's own name is nobody's.
	say bob 'NICK Chat'
	expect_match bob ':chat 432 bob Chat :.*'
	say bob 'JOIN #chat'
	expect_match bob ':chat 366 bob #chat :.*'
}

@test "names of other scripts, both ways" {
	come_as alice
	call bob
	say bob 'NICK Łukasz'
	say bob 'USER łukasz 0 * :Łukasz Żak'
	expect_match bob ':chat 366 Łukasz #lobby :.*'
	expect_line alice '* Łukasz joined (2 online)'
	say alice '/nick 阿丽'
	expect_match bob "$(by alice) NICK :?阿丽"
	say alice 'привет'
	expect_match bob "$(by 阿丽) PRIVMSG #lobby :привет"
	say bob 'PRIVMSG 阿丽 :cześć'
	expect_line alice '[Łukasz -> you] cześć'
}

@test "orders that are none, and orders without what they need" {
	come_by_irc bob
	wipe bob
	say bob 'FROBNICATE now'
	expect_match bob ':chat 421 bob FROBNICATE :.*'
	for order in JOIN PART KICK 'KICK #dev' 'INVITE bob' TOPIC; do
		wipe bob
		say bob "$order"
		expect_match bob ":chat 461 bob ${order%% *} :.*"
	done
	wipe bob
	say bob 'PRIVMSG'
	expect_match bob ':chat (411|461) bob .*'
	say bob 'PRIVMSG #lobby'
	expect_match bob ':chat (412|461) bob .*'
	say bob 'PRIVMSG nobody :hello'
	expect_match bob ':chat 401 bob nobody :.*'
	say bob 'PRIVMSG #none :hello'
	expect_match bob ':chat (401|403) bob #none :.*'
	say bob 'PART #none'
	expect_match bob ':chat (403|442) bob #none :.*'
	say bob 'OPER bob secret'
	expect_match bob ':chat 491 bob :.*'
	# A notice is never answered, not even by an error.
	wipe bob
	say bob 'NOTICE nobody :hello'
	done_by bob
	equal "$(matches bob '.* 40[0-9] .*')" 0 "errors"
}

@test "empty lines, bare newlines, blanks, and lines in pieces" {
	come_as alice
	call bob
	type_bytes bob '\r\n\r\nNICK bob\nUSER bob 0 * :B'
	type_bytes bob 'ob\n\n   \r\n'
	expect_match bob ':chat 366 bob #lobby :.*'
	type_bytes bob ':bob PRIVMSG'
	type_bytes bob ' #lobby :one\r'
	type_bytes bob '\n  PRIVMSG   #lobby   :two  words\r\n\r\n'
	expect_line alice '[bob] one'
	expect_line alice '[bob] two  words'
}

@test "a line that is too long: 417, and the connection lives" {
	come_as alice
	come_by_irc bob
	say bob "PRIVMSG #lobby :$(printf 'x%.0s' {1..600})"
	expect_match bob ':chat 417 bob :.*'
	say bob 'PRIVMSG #lobby :short'
	expect_line alice '[bob] short'
	never_match alice '.*xxxx.*'
}

@test "formatting codes and controls are removed, as everyone's are" {
	come_as alice
	come_by_irc bob
	wipe alice
	type_bytes bob 'PRIVMSG #lobby :a\x02bold\x0f \x1b[2Jend\r\n'
	expect_match alice '\[bob\] a.*bold.*end'
	equal "$(screen alice | LC_ALL=C tr -d '[:print:]\n')" '' "controls"
}

@test "bytes that are no UTF-8 are refused, and nobody reads them" {
	come_as alice
	come_by_irc bob
	type_bytes bob 'PRIVMSG #lobby :caf\xe9!\r\n'
	expect_match bob '(:chat )?FAIL PRIVMSG INVALID_UTF8 :.*'
	say bob 'PRIVMSG #lobby :café!'
	expect_line alice '[bob] café!'
	equal "$(matches alice '.*caf.*')" 1 "lines"
}

@test "nobody sees what another one has forged" {
	gather alice -- bob carol
	say bob ':alice!alice@chat PRIVMSG #lobby :it was me'
	expect_line alice '[bob] it was me'
	expect_match carol "$(by bob) PRIVMSG #lobby :it was me"
	type_bytes alice ':chat 353 carol = #lobby :nobody\r:chat 001 carol :hi\n'
	type_bytes alice 'x\x00:chat NOTICE carol :y\n'
	expect_match carol "$(by alice) PRIVMSG #lobby :x.*y"
	type_bytes bob '@time=1970-01-01T00:00:00.000Z;msgid=1 PRIVMSG #lobby :tags\r\n'
	expect_match carol "$(by bob) PRIVMSG #lobby :tags"
	say bob 'PRIVMSG carol :x'$'\r'':chat KILL carol'
	done_by bob carol
	never_match carol ':chat (353|001|NOTICE|KILL) .*'
	never_match carol "$(by alice) PRIVMSG #lobby :it was me"
	expect_lists carol '#lobby' alice bob carol
}

@test "CTCP: an action is one; the rest goes nowhere, and its sender is told" {
	gather alice -- bob carol
	type_bytes bob 'PRIVMSG #lobby :\x01ACTION waves\x01\r\n'
	expect_line alice '[* bob] waves'
	expect_match carol "$(by bob) PRIVMSG #lobby :"$'\x01'"ACTION waves"$'\x01'
	wipe bob carol
	type_bytes bob 'PRIVMSG carol :\x01VERSION\x01\r\n'
	done_by bob carol
	expect_match bob ':chat (NOTICE|4[0-9][0-9]) .*'
	never_match carol '.*VERSION.*'
}

@test "who is it: WHO, WHOIS, USERHOST, ISON, AWAY" {
	gather alice -- bob carol
	say bob 'WHO #lobby'
	expect_match bob ':chat 315 bob #lobby :.*'
	expect_match bob ':chat 352 bob #lobby [^ ]+ chat chat alice H[^ ]* :0 .*'
	say bob 'WHOIS Carol'
	expect_match bob ':chat 318 bob [Cc]arol :.*'
	expect_match bob ':chat 311 bob carol carol chat \* :carol itself'
	say bob 'WHOIS nobody'
	expect_match bob ':chat 401 bob nobody :.*'
	expect_match bob ':chat 318 bob nobody :.*'
	say bob 'ISON alice nobody carol'
	expect_match bob ':chat 303 bob :alice carol ?'
	say carol 'AWAY :at lunch'
	expect_match carol ':chat 306 carol :.*'
	say bob 'USERHOST carol alice'
	expect_match bob ':chat 302 bob :carol=-[^ ]*@chat alice=\+[^ ]*@chat ?'
	say bob 'PRIVMSG carol :hungry?'
	expect_match bob ':chat 301 bob carol :at lunch'
	expect_match carol "$(by bob) PRIVMSG carol :hungry\\?"
	say carol 'AWAY'
	expect_match carol ':chat 305 carol :.*'
}

@test "away-notify: each is told once that somebody is away" {
	gather -- bob carol
	say bob 'AWAY :at lunch'
	expect_match bob ':chat 306 bob :.*'
	come_by_irc dave away-notify
	for name in carol dave; do
		say "$name" 'JOIN #dev'
		expect_match "$name" ":chat 366 $name #dev :.*"
	done
	say bob 'JOIN #dev'
	expect_match dave "$(by bob) AWAY :at lunch"
	wipe dave
	say bob 'PART #dev'
	say bob 'JOIN #dev'
	say bob 'AWAY :at tea'
	expect_match dave "$(by bob) AWAY :at tea"
	say bob 'JOIN #ops'
	say dave 'JOIN #ops'
	expect_match dave ':chat 366 dave #ops :.*'
	say bob 'PART #ops'
	say bob 'JOIN #ops'
	expect_match dave "$(by bob) JOIN #ops"
	say bob 'AWAY'
	expect_match dave "$(by bob) AWAY"
	equal "$(screen dave | grep -c ' AWAY')" 2
	# Its slot, and its name, are another's then.
	say bob 'AWAY :for ever'
	expect_match dave "$(by bob) AWAY :for ever"
	hang_up bob
	expect_match dave "$(by bob) QUIT :.*"
	wipe dave
	come_by_irc bob
	say bob 'JOIN #ops'
	say bob 'AWAY :again'
	expect_match dave "$(by bob) AWAY :again"
	equal "$(screen dave | grep -c ' AWAY')" 1
	never_match carol '.* AWAY.*'
}

@test "WHOWAS: who has left or was renamed, the last one first" {
	gather alice -- bob carol
	say bob 'WHOWAS carol'
	expect_match bob ':chat 406 bob carol :.*'
	expect_match bob ':chat 369 bob carol :.*'
	say carol 'SETNAME :Carol Example'
	say carol 'NICK dora'
	expect_match bob "$(by carol) NICK :?dora"
	kill -KILL "$(relay_pid)"
	say carol 'QUIT'
	expect_match bob "$(by dora) QUIT .*"
	come_by_irc Carol
	hang_up Carol
	expect_match bob "$(by Carol) QUIT .*"
	hang_up alice
	expect_match bob "$(by alice) QUIT .*"
	wipe bob
	say bob 'WHOWAS CAROL'
	say bob 'WHOWAS dora 5'
	say bob 'WHOWAS carol 1'
	say bob 'WHOWAS alice'
	expect_match bob ':chat 369 bob alice :.*'
	equal "$(screen bob | sed -E 's/ 312 .*/ 312/; s/ :End.*//')" \
		":chat 314 bob Carol Carol chat * :Carol itself
:chat 312
:chat 314 bob carol carol chat * :Carol Example
:chat 312
:chat 369 bob CAROL
:chat 314 bob dora carol chat * :Carol Example
:chat 312
:chat 369 bob dora
:chat 314 bob Carol Carol chat * :Carol itself
:chat 312
:chat 369 bob carol
:chat 314 bob alice user chat * :alice
:chat 312
:chat 369 bob alice"
	expect_match bob ':chat 312 bob dora chat :20[0-9-]+T[0-9:.]+Z'
}

@test "a program says so: MODE +B, WHOIS, WHO, and a tag on what it says" {
	gather alice -- bob
	come_by_irc carol message-tags
	say bob 'MODE bob +iB'
	expect_match bob "$(by bob) MODE bob \\+B"
	say bob 'MODE bob'
	expect_match bob ':chat 221 bob \+B'
	say carol 'WHOIS bob'
	expect_match carol ':chat 335 carol bob :.*'
	say carol 'WHO bob'
	expect_match carol ':chat 352 carol \* [^ ]+ chat chat bob HB :0 .*'
	say bob 'PRIVMSG #lobby :beep'
	expect_match carol "@([^ ]*;)?bot $(by bob) PRIVMSG #lobby :beep"
	say alice 'hello'
	expect_match carol "@[^ ]* $(by alice) PRIVMSG #lobby :hello"
	never_match carol "@([^ ]*;)?bot $(by alice) .*"
	say carol 'MODE bob -B'
	expect_match carol ':chat 502 carol :.*'
	say bob 'MODE bob -B'
	expect_match bob "$(by bob) MODE bob -B"
	say bob 'MODE bob +Q'
	expect_match bob ':chat 501 bob :.*'
	wipe carol
	say carol 'WHOIS bob'
	expect_match carol ':chat 318 carol bob :.*'
	never_match carol ':chat 335 .*'
	# Who comes next with that name, and into its slot, is none.
	say bob 'MODE bob +B'
	hang_up bob
	expect_match carol "(@[^ ]+ )?$(by bob) QUIT .*"
	come_by_irc bob
	say carol 'WHOIS bob'
	say carol 'PING done'
	expect_match carol ':chat PONG chat :done'
	never_match carol ':chat 335 .*'
}

@test "about the server: LUSERS, MOTD, VERSION, TIME, INFO, ADMIN, LIST" {
	gather alice -- bob
	for pair in LUSERS:255 MOTD:422 VERSION:351 TIME:391 INFO:374 \
		LIST:323; do
		say bob "${pair%:*}"
		expect_match bob ":chat ${pair#*:} bob .*" ||
			fail "the answer to ${pair%:*}"
	done
	say bob ADMIN
	expect_match bob ':chat (256|423) bob .*'
	expect_match bob ':chat 322 bob #lobby 2 :.*'
}

@test "QUIT: an ERROR, the end, and all read it" {
	gather alice -- bob carol
	say bob 'QUIT :going home'
	expect_match bob 'ERROR :.*'
	expect_disconnected bob
	expect_match carol "$(by bob) QUIT :Quit: going home"
	# As for all who leave; and nobody can make up the server's reasons.
	expect_line alice '* bob left (2 online)'
	expect_lists carol '#lobby' alice carol
	come_by_irc dave
	say dave 'QUIT'
	expect_match carol "$(by dave) QUIT :Quit"
	come_by_irc dave
	say dave "QUIT :$(printf 'ż%.0s' {1..240})"
	expect_match carol "$(by dave) QUIT :Quit: (ż){195}"
}

@test "who is silent is asked, and answers; who does not answer leaves" {
	stop_server
	start_server --greet-after 10000 --idle-timeout 2
	come_by_irc bob
	come_by_irc carol
	answered=0
	answer() {
		while (($(matches bob '(:chat )?PING .*') > answered)); do
			answered=$((answered + 1))
			say bob 'PONG :chat'
		done
		has_match carol 'ERROR :.*'
	}
	eventually "$PATIENCE" answer
	expect_disconnected carol
	((answered > 0)) || fail "bob was never asked"
	done_by bob
}

@test "on a slow line: greeted as a person of few words, IRC all the same" {
	stop_server
	start_server --rate 0
	call bob
	expect_match bob '\* welcome, guest-1; .*'
	type_bytes bob 'CAP LS 302\r\n'
	expect_match bob ':chat CAP [^ ]+ LS :.*'
	type_bytes bob 'NICK bob\r\nUSER bobby 0 * :Bob\r\nCAP END\r\n'
	# It is called bob from the welcome on, or at once behind it.
	expect_match bob '(:chat 001 bob|:guest-1![^ ]+ NICK :?bob).*'
	come_by_irc carol
	expect_lists carol '#lobby' bob carol
	expect_lists bob '#lobby' bob carol
	say carol 'WHOIS bob'
	expect_match carol ':chat 311 carol bob bobby .*:Bob'
	type_bytes bob 'PRIVMSG carol :hi\r\n'
	expect_match carol ':bob!bobby@chat PRIVMSG carol :hi'
}

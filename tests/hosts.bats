#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Three hosts joined by a bus are one chat: what people read and do there is what
# they would on one server.  With ONE_HOST=yes they are on one server.

load lib/helpers
load lib/irc
load lib/hosts

setup() {
	need_engine
	keep_hosts a b c
}

teardown() {
	leave_hosts
}

teardown_file() {
	end_kept_hosts
}

# --- talk ------------------------------------------------------------------

@test "a public line and an action are read on all hosts, once" {
	meet alice@a bob@b carol@c
	say alice 'hello, grüße'
	say bob '/me waves'
	all_read '[alice] hello, grüße' alice bob carol
	all_read '[* bob] waves' alice bob carol
	caught_up carol alice bob carol
	for name in alice bob carol; do
		equal "$(screen "$name" | LC_ALL=C sort)" "[* bob] waves
[alice] hello, grüße
[carol] mark $MARKS." "what $name has read"
	done
}

@test "many talk on three hosts: all read one order" {
	local n name
	meet p1@a p2@b p3@c p4@a p5@b p6@c reader@b
	for n in $(seq 1 40); do
		for name in p1 p2 p3 p4 p5 p6; do
			say "$name" "line $n"
		done
	done
	for name in p1 p2 p3 p4 p5 p6; do
		all_read "[$name] line 40" p1 p2 p3 p4 p5 p6 reader
	done
	same_talk reader p1 p2 p3 p4 p5 p6
	equal "$(talk_of reader | wc -l)" 240 'the number of lines'
	for name in p1 p2 p3 p4 p5 p6; do
		equal "$(talk_of reader | grep -aF "[$name]" | head -c -1)" \
			"$(seq -f "[$name] line %g" 40)" "the lines of $name"
	done
}

@test "a user's lines and doings keep their order on another host" {
	meet alice@a bob@b
	type_bytes alice 'one\n/nick al\ntwo\n/join #dev\nthree\n/leave\nfour\n'
	expect_line bob '[al] four'
	equal "$(screen bob)" '[alice] one
* alice is now al
[al] two
[al] four'
}

@test "a line in pieces, the longest one, and what is no text" {
	meet alice@a bob@b
	local long
	long=$(printf 'x%.0s' {1..4000})
	say alice "$long"
	expect_line bob "[alice] $long"
	type_bytes alice 'a\033[31mb\177\n'
	expect_match bob '\[alice\] a\[31m'
	type_bytes alice '[bob] \xe2\x80\xaefake\n'
	expect_line bob '[alice] [bob] fake'
}

@test "who comes and who goes is told on all hosts, with one count" {
	meet alice@a bob@b
	come carol@c
	all_read '* carol joined (3 online)' alice bob
	say carol /quit
	all_read '* carol left (2 online)' alice bob
	wipe alice bob
	come carol@b
	all_read '* carol joined (3 online)' alice bob
	hang_up carol
	all_read '* carol left (2 online)' alice bob
}

@test "a crowd on another host: a digest, and who lists all" {
	local n names=()
	meet alice@a bob@b
	hold b
	for n in $(seq 1 20); do
		seat_at "p$n@b" nc -U "$(host_socket b)"
		say "p$n" "/nick p$n"
		names+=("p$n")
	done
	let_go b
	expect_names 'a b c' alice bob "${names[@]}"
	expect_match alice '\* .* joined \(22 online\)'
	(($(matches alice '.* joined .*') < 15)) ||
		fail 'one line for each:' "$(screen alice)"
	hold b
	hang_up "${names[@]}"
	let_go b
	expect_names 'a b c' alice bob
	expect_match alice '\* .* left \(2 online\)'
	(($(matches alice '.* left .*') < 15)) ||
		fail 'one line for each:' "$(screen alice)"
}

@test "who, on each host: all of them" {
	meet alice@a bob@b carol@c dave@c
	for name in alice bob carol; do
		expect_who "$name" alice bob carol dave
	done
	wipe alice
	say alice /who
	expect_match alice '\* online: .* \(4\)'
}

@test "a newcomer is told how many are online everywhere, and the last lines" {
	meet alice@a bob@b
	come carol@c
	expect_line carol '* welcome, carol; 3 online; /help for help'
	come guest@a
	expect_line guest '* welcome, guest; 4 online; /help for help'
}

# --- private talk ----------------------------------------------------------

@test "/msg across hosts, both ways, with its echo; nobody else reads it" {
	meet alice@a bob@b carol@b dave@c
	say alice '/msg bob psst'
	expect_line bob '[alice -> you] psst'
	expect_line alice '[you -> bob] psst'
	say bob 'to|ALICE|yes?'
	expect_line alice '[bob -> you] yes?'
	expect_line bob '[you -> alice] yes?'
	say carol '/msg dave and we'
	expect_line dave '[carol -> you] and we'
	caught_up alice alice bob carol dave
	never_match carol '.*(psst|yes).*'
	never_match dave '.*(psst|yes).*'
	equal "$(matches alice '.*(psst|yes).*')" 2 'what alice has read'
	equal "$(matches bob '.*(psst|yes).*')" 2 'what bob has read'
}

# A private line takes another way, and what is public later may overtake it.
@test "/msg after a public line comes after it, and before the next one" {
	local n
	meet alice@a bob@b
	for n in $(seq 1 20); do
		type_bytes alice "public $n\n/msg bob private $n\n"
	done
	expect_line bob '[alice -> you] private 20'
	equal "$(screen bob | grep -aoE '(public|private) [0-9]+')" \
		"$(for n in $(seq 1 20); do
			printf 'public %s\nprivate %s\n' "$n" "$n"
		done)" 'the order'
}

@test "/msg to nobody: no such user; to who has left on another host, too" {
	meet alice@a bob@b
	say alice '/msg nobody-here hi'
	expect_line alice '! no such user: nobody-here'
	say bob /quit
	expect_line alice '* bob left (1 online)'
	say alice '/msg bob hi'
	expect_line alice '! no such user: bob'
}

@test "/ignore holds for who is on another host, and for their next name" {
	meet alice@a bob@b carol@c
	say alice '/ignore bob'
	expect_line alice '* you ignore bob now'
	say bob 'not for alice'
	say bob '/msg alice nor this'
	expect_line bob '[you -> alice] nor this'
	say bob '/nick robert'
	expect_line alice '* bob is now robert'
	say bob 'nor that'
	expect_line carol '[robert] nor that'
	caught_up carol alice
	equal "$(screen alice)" "* you ignore bob now
* bob is now robert
[carol] mark $MARKS." 'what alice has read'
	say alice '/unignore robert'
	expect_line alice '* you ignore robert no more'
	say bob 'but this'
	expect_line alice '[robert] but this'
}

# --- names -----------------------------------------------------------------

@test "a rename is told on all hosts, and the old name is free" {
	meet alice@a bob@b carol@c
	say alice '/nick al'
	all_read '* alice is now al' alice bob carol
	say bob '/nick alice'
	all_read '* bob is now alice' alice bob carol
	say carol '/msg alice which one'
	expect_line bob '[carol -> you] which one'
	expect_names 'a b c' al alice carol
}

@test "a name that somebody on another host has is refused" {
	meet alice@a bob@b
	say bob '/nick alice'
	expect_line bob '! name in use: alice'
	say bob '/nick ALICE'
	expect_line bob '! name in use: ALICE'
	# And to a newcomer, who is a guest.
	seat_at carol@c nc -U "$(host_socket c)"
	say carol '/nick alice'
	expect_match carol '\* welcome, guest-1; .*'
	expect_line carol '! name in use: alice'
	caught_up bob alice
	expect_names 'a b c' alice bob guest-1
	never_match alice '.* is now .*'
}

@test "guests have different names on all hosts" {
	local host
	for host in a b c; do
		seat_at "one-$host@$host" nc -U "$(host_socket "$host")"
		say "one-$host" '/help'
		seat_at "two-$host@$host" nc -U "$(host_socket "$host")"
		say "two-$host" '/help'
	done
	expect_names 'a b c' guest-1 guest-2 guest-3 guest-4 guest-5 guest-6
}

@test "guests who come to three hosts at one moment: each has a name of their own" {
	local host
	hold a b c
	for host in a b c; do
		seat_at "p$host@$host" nc -U "$(host_socket "$host")"
		say "p$host" '/help'
	done
	let_go a b c
	for host in a b c; do
		expect_match "p$host" '\* welcome, guest-[0-9]+; .*'
	done
	expect_names 'a b c' guest-1 guest-2 guest-3
}

@test "one name asked for on two hosts at one moment: one has it, the other is told" {
	meet alice@a bob@b carol@c
	hold a b
	say alice '/nick king'
	say bob '/nick king'
	let_go a b
	all_match '(\* alice is now king|! name in use: king)' alice
	all_match '(\* bob is now king|! name in use: king)' bob
	if has_line alice '* alice is now king'; then
		expect_line bob '! name in use: king'
		all_read '* alice is now king' bob carol
		expect_names 'a b c' king bob carol
		never_match carol '\* bob is now .*'
	else
		expect_line alice '! name in use: king'
		all_read '* bob is now king' alice carol
		expect_names 'a b c' king alice carol
		never_match carol '\* alice is now .*'
	fi
	# It is one person that is meant.
	say carol '/msg king your majesty'
	expect_match carol '\[you -> king\] your majesty'
	eventually "$PATIENCE" has_match alice '.*your majesty' ||
		expect_match bob '.*your majesty'
	equal "$(($(matches alice '.*your majesty') +
		$(matches bob '.*your majesty')))" 1 'how many have read it'
}

@test "two come to two hosts under one name at one moment: one has it, one is a guest, told why" {
	local name winners=0
	meet carol@c
	hold a b
	for name in alice@a bob@b; do
		seat_at "$name" nc -U "$(host_socket "${name#*@}")"
		say "${name%@*}" '/nick king'
	done
	let_go a b
	for name in alice bob; do
		expect_match "$name" '\* welcome, [^;]+; .*'
	done
	expect_names 'a b c' carol guest-1 king
	for name in alice bob; do
		say "$name" "who is $name"
	done
	for name in alice bob; do
		expect_match carol "\\[(king|guest-1)\\] who is $name"
		if has_line carol "[king] who is $name"; then
			winners=$((winners + 1))
			never_match "$name" '! .*'
		else
			expect_match "$name" '! .*king.*'
		fi
	done
	equal "$winners" 1 'how many have the name'
}

# --- rooms -----------------------------------------------------------------

@test "a room has members of all hosts, who talk there" {
	meet alice@a bob@b carol@c dave@c
	enters alice dev
	enters bob dev alice
	enters carol dev alice bob
	expect_line alice '#dev * carol joined (3 here)'
	say bob 'in the room'
	say carol '/me nods'
	all_read '#dev [bob] in the room' alice bob carol
	all_read '#dev [* carol] nods' alice bob carol
	expect_here bob dev alice bob carol
	expect_here dave dev alice bob carol
	say dave '/rooms'
	expect_line dave '* rooms: #dev (3)'
	say carol '/leave #dev lunch'
	all_read '#dev * carol left: lunch (2 here)' alice bob
	say bob /quit
	expect_line alice '#dev * bob left (1 here)'
	expect_line alice '* bob left (3 online)'
	caught_up dave dave
	never_match dave '#dev \[.*'
}

@test "one order in a room, too" {
	local n name
	meet p1@a p2@b p3@c
	for name in p1 p2 p3; do
		enters "$name" dev
	done
	all_match '#dev \* p3 joined .*' p1 p2
	for n in $(seq 1 30); do
		for name in p1 p2 p3; do
			say "$name" "line $n"
		done
	done
	for name in p1 p2 p3; do
		all_read "#dev [$name] line 30" p1 p2 p3
	done
	same_talk p1 p2 p3
}

@test "a topic is set on one host, and read on another by who comes later" {
	meet alice@a bob@b carol@c
	enters alice dev
	say alice '/topic release at noon'
	expect_line alice '#dev * alice set the topic: release at noon'
	say bob '/join #dev'
	expect_line bob '#dev * topic: release at noon'
	say bob '/topic at one'
	all_read '#dev * bob set the topic: at one' alice bob
	say carol '/rooms'
	expect_line carol '* rooms: #dev (2) at one'
	say alice '/topic -'
	expect_line bob '#dev * alice removed the topic'
}

@test "who makes a room is its operator everywhere: kick across hosts" {
	meet alice@a bob@b carol@c
	enters alice dev
	enters bob dev alice
	enters carol dev alice bob
	say bob '/kick carol'
	expect_line bob '! you are no operator of #dev'
	say alice '/kick bob be nice'
	all_read '#dev * alice kicked bob: be nice' alice bob carol
	say bob 'in the lobby'
	expect_line alice '[bob] in the lobby'
	say bob '/msg #dev hello'
	expect_line bob '! you are not in #dev'
	wipe alice
	say bob '/join #dev'
	expect_line alice '#dev * bob joined (3 here)'
}

@test "two hosts make one room at one moment: one operator, both members" {
	meet alice@a bob@b
	hold a b
	say alice '/join #dev'
	say bob '/join #dev'
	let_go a b
	all_match '#dev \* (alice|bob) joined \(2 here\)' alice bob
	say alice /mode
	say bob /mode
	all_match '#dev \* modes: none; operators: (alice|bob)' alice bob
	equal "$(screen alice | grep -ao 'operators: .*')" \
		"$(screen bob | grep -ao 'operators: .*')" 'the operator'
}

@test "a ban across hosts holds where the banned one comes from" {
	meet alice@a bob@b carol@c
	enters alice dev
	enters bob dev alice
	say alice '/ban bob spam'
	all_read '#dev * alice banned bob: spam' alice bob
	say bob '/join #dev'
	expect_line bob '! you are banned from #dev'
	say bob '/nick robert'
	expect_line alice '* bob is now robert'
	wipe bob
	say bob '/join #dev'
	expect_line bob '! you are banned from #dev'
	say alice '/ban mal*'
	expect_line alice '#dev * alice banned mal*'
	say carol '/nick mallory'
	expect_line alice '* carol is now mallory'
	say carol '/join #dev'
	expect_line carol '! you are banned from #dev'
	say alice '/unban mal*'
	expect_line alice '#dev * alice unbanned mal*'
	say carol '/join #dev'
	expect_line alice '#dev * mallory joined (2 here)'
}

@test "an operator leaves: the oldest member, on whatever host, is one" {
	meet alice@a bob@b carol@c
	enters alice dev
	enters bob dev alice
	enters carol dev alice bob
	say alice /leave
	all_read '#dev * bob is an operator now' bob carol
	say bob /quit
	expect_line carol '#dev * carol is an operator now'
	say carol '/mode'
	expect_line carol '#dev * modes: none; operators: carol'
}

@test "an operator is made on another host, and does what operators do" {
	meet alice@a bob@b carol@c
	enters alice dev
	enters bob dev alice
	enters carol dev alice bob
	say alice '/op bob'
	all_read '#dev * alice made bob an operator' alice bob carol
	say bob '/kick carol'
	all_read '#dev * bob kicked carol' alice bob carol
	say bob '/deop alice'
	all_read '#dev * bob took operator from alice' alice bob
	say alice '/mode locked'
	expect_line alice '! you are no operator of #dev'
}

@test "a moderated room: who has voice talks, from whatever host" {
	meet alice@a bob@b
	enters alice dev
	enters bob dev alice
	say alice '/mode moderated'
	expect_line bob '#dev * alice made the room moderated'
	say bob 'may I'
	expect_line bob '! #dev is moderated: operators and those with voice talk'
	say alice '/voice bob'
	expect_line bob '#dev * alice gave voice to bob'
	say bob 'thank you'
	expect_line alice '#dev [bob] thank you'
	never_match alice '.*may I'
}

@test "a room with a key, by invitation, full: on another host, too" {
	meet alice@a bob@b carol@c
	enters alice dev
	say alice '/mode key pa55word'
	expect_line alice '#dev * alice set the key'
	say bob '/join #dev'
	expect_line bob '! #dev needs its key: /join #dev KEY'
	say bob '/join #dev pa55word'
	all_read '#dev * bob joined (2 here)' alice bob
	say alice '/mode key off'
	say alice '/mode invite'
	expect_line bob '#dev * alice made the room invite only'
	say carol '/join #dev'
	expect_line carol '! #dev is by invitation only'
	say alice '/invite carol'
	expect_line carol '* alice invites you to #dev: /join #dev'
	expect_line alice '* you invited carol to #dev'
	say carol '/join #dev'
	expect_line alice '#dev * carol joined (3 here)'
	say alice '/mode invite off'
	say alice '/mode limit 3'
	expect_line carol '#dev * alice set the limit: 3'
	come dave@b
	say dave '/join #dev'
	expect_line dave '! #dev is full: at most 3'
}

# --- IRC -------------------------------------------------------------------

@test "IRC and text users of different hosts talk, in public and in private" {
	meet alice@a -- bob@b carol@c
	say bob 'PRIVMSG #lobby :hello all'
	expect_line alice '[bob] hello all'
	expect_match carol "$(by bob) PRIVMSG #lobby :hello all"
	say alice 'hello bob'
	expect_match bob "$(by alice) PRIVMSG #lobby :hello bob"
	say alice '/me waves'
	expect_match bob "$(by alice) PRIVMSG #lobby :"$'\x01'"ACTION waves"$'\x01'
	say alice '/msg bob a secret'
	expect_match bob "$(by alice) PRIVMSG bob :a secret"
	expect_line alice '[you -> bob] a secret'
	say bob 'PRIVMSG ALICE :another'
	expect_line alice '[bob -> you] another'
	say bob 'PRIVMSG carol :from irc to irc'
	expect_match carol "$(by bob) PRIVMSG carol :from irc to irc"
	say bob 'PRIVMSG nobody :hi'
	expect_match bob ':chat 401 bob nobody :.*'
	done_by carol bob
	never_match carol '.*(a secret|another).*'
}

@test "an IRC client's lists are NAMES, whoever comes and goes on other hosts" {
	meet alice@a -- bob@b carol@c
	joins bob dev
	joins carol dev
	enters alice dev
	expect_lists bob '#lobby' alice bob carol
	expect_lists bob '#dev' alice bob carol
	expect_lists carol '#dev' alice bob carol
	say alice '/nick al'
	expect_match bob "$(by alice) NICK :?al"
	say carol 'PART #dev :lunch'
	expect_match bob "$(by carol) PART #dev :?lunch"
	come dave@c
	expect_match bob "$(by dave) JOIN :?#lobby.*"
	enters dave dev
	expect_match bob "$(by dave) JOIN :?#dev.*"
	expect_lists bob '#lobby' al bob carol dave
	expect_lists bob '#dev' al bob dave
	say carol 'QUIT :bye'
	expect_match bob "$(by carol) QUIT :.*"
	say alice '/quit'
	expect_match bob "$(by al) QUIT :?.*"
	expect_lists bob '#lobby' bob dave
	expect_lists bob '#dev' bob dave
}

@test "MODE, KICK, TOPIC and INVITE across hosts" {
	meet alice@a -- bob@b carol@c
	enters alice dev
	joins bob dev
	joins carol dev
	say alice '/op bob'
	expect_match carol "$(by alice) MODE #dev \\+o bob"
	say bob 'TOPIC #dev :at noon'
	expect_match carol "$(by bob) TOPIC #dev :at noon"
	say bob 'MODE #dev +m'
	expect_match carol "$(by bob) MODE #dev \\+m"
	say carol 'PRIVMSG #dev :may I'
	expect_match carol ':chat 404 carol #dev :.*'
	say bob 'KICK #dev carol :too loud'
	expect_match carol "$(by bob) KICK #dev carol :too loud"
	expect_line alice '#dev * bob kicked carol: too loud'
	say bob 'MODE #dev +i-m'
	expect_match alice '#dev \* bob made the room invite only'
	say carol 'JOIN #dev'
	expect_match carol ':chat 473 carol #dev :.*'
	say bob 'INVITE carol #dev'
	expect_match bob ':chat 341 bob carol :?#dev'
	expect_match carol "$(by bob) INVITE carol :?#dev"
	wipe carol
	joins carol dev
	expect_match carol ':chat 332 carol #dev :at noon'
	expect_lists carol '#dev' alice bob carol
}

@test "NICK: 433 for a name of another host; WHO and WHOIS of who is there" {
	meet alice@a -- bob@b carol@c
	say bob 'NICK alice'
	expect_match bob ':chat 433 bob alice :.*'
	say bob 'WHO alice'
	expect_match bob ':chat 352 bob [^ ]+ [^ ]+ [^ ]+ [^ ]+ alice [HG].*'
	expect_match bob ':chat 315 bob alice :.*'
	say bob 'WHO #lobby'
	expect_match bob ':chat 352 bob #lobby carol chat chat carol H[^ ]* :0 carol itself'
	say bob 'WHOIS carol'
	expect_match bob ':chat 311 bob carol carol chat \* :carol itself'
	expect_match bob ':chat 317 bob carol [0-9]+ [0-9]+ :.*'
	expect_match bob ':chat 318 bob carol :.*'
	say bob 'ISON alice carol nobody'
	expect_match bob ':chat 303 bob :alice carol ?'
	say bob 'USERHOST carol'
	expect_match bob ':chat 302 bob :carol=\+carol@chat ?'
	say bob 'LUSERS'
	expect_match bob ':chat 251 bob :.*3 .*'
	joins carol dev
	say bob 'LIST'
	expect_match bob ':chat 322 bob #dev 1 :?.*'
}

@test "AWAY and SETNAME are seen on another host" {
	come_irc bob@b 'away-notify setname'
	come_irc carol@c setname
	expect_match bob "$(by carol) JOIN :?#lobby.*"
	say carol 'AWAY :gone to lunch'
	expect_match carol ':chat 306 carol :.*'
	expect_match bob "$(by carol) AWAY :gone to lunch"
	say bob 'WHOIS carol'
	expect_match bob ':chat 301 bob carol :gone to lunch'
	say bob 'PRIVMSG carol :are you there'
	eventually "$PATIENCE" matches_are 2 bob ':chat 301 bob carol :gone to lunch'
	say bob 'WHO carol'
	expect_match bob ':chat 352 bob .* carol G.*'
	say carol AWAY
	expect_match bob "$(by carol) AWAY"
	say carol 'SETNAME :Carol of C'
	expect_match bob "$(by carol) SETNAME :Carol of C"
	say bob 'WHOIS carol'
	expect_match bob ':chat 311 bob carol carol chat \* :Carol of C'
}

@test "WHOWAS of who was on another host" {
	meet alice@a -- bob@b carol@c
	say carol 'QUIT :bye'
	expect_match bob "$(by carol) QUIT :.*"
	say bob 'WHOWAS carol'
	expect_match bob ':chat 314 bob carol carol chat \* :carol itself'
	expect_match bob ':chat 369 bob carol :.*'
}

@test "MONITOR: who comes and goes on another host" {
	meet -- bob@b
	say bob 'MONITOR + alice'
	expect_match bob ':chat 731 bob :alice'
	come alice@a
	expect_match bob ':chat 730 bob :alice(!.*)?'
	say alice /quit
	eventually "$PATIENCE" matches_are 2 bob ':chat 731 bob :alice'
}

# --- programs --------------------------------------------------------------

@test "the events dialect: the same events, and one number after the other" {
	meet alice@a bob@b
	seat_at prog@c nc -U "$(host_socket c)"
	say prog '/events 1 prog'
	expect_joined prog prog 3
	all_match '\* prog joined .*' alice bob
	say alice 'hello'
	say bob '/me waves'
	expect_event prog public alice - hello
	expect_event prog action bob - waves
	say alice '/msg prog psst'
	expect_event prog private alice prog psst
	say alice '/nick al'
	expect_event prog rename alice al '?'
	say bob /quit
	expect_event prog leave bob '?' '?'
}

@test "chatclient --who lists all hosts" {
	meet alice@a bob@b carol@c
	at b
	run within b "$CLIENT" -Port "$PORT" --who
	equal "$status" 0
	equal "$(LC_ALL=C sort <<<"$output")" $'alice\nbob\ncarol'
}

@test "the menu: public, private with who is on another host, a new name" {
	meet alice@a
	come_client bob@b
	expect_line alice '* bob joined (2 online)'
	say bob 1
	say bob 'hello from the menu'
	expect_line alice '[bob] hello from the menu'
	say alice 'hello bob'
	expect_line bob '[alice] hello bob'
	say bob exit
	say bob 2
	expect_line bob '* you can write to: alice (1)'
	say bob alice
	say bob 'between us'
	expect_line alice '[bob -> you] between us'
	say bob exit
	say bob exit
	say bob 3
	say bob alice
	expect_match bob '.*name in use: alice.*'
	say bob 3
	say bob robert
	expect_line alice '* bob is now robert'
	say bob 0
	expect_line alice '* robert left (1 online)'
}

@test "chatclient --send: said on all hosts" {
	meet alice@a bob@b
	at c
	run within c "$CLIENT" -Port "$PORT" --name carol --send 'from a script'
	equal "$status" 0
	all_read '[carol] from a script' alice bob
	run within c "$CLIENT" -Port "$PORT" --name carol --send psst --to alice
	equal "$status" 0
	expect_line alice '[carol -> you] psst'
}

# --- administrators --------------------------------------------------------

@test "--kick ends who is on that host, and all read why" {
	meet alice@a bob@b carol@b
	ask_host b --kick carol 'be nice'
	expect_line carol '! disconnected: kicked: be nice'
	all_read '* carol left: kicked (2 online)' alice bob
}

@test "--status: the bus, the hosts, and one's own users alone have a process" {
	[[ -z ${ONE_HOST-} ]] || skip 'there is one host'
	local host
	meet alice@a bob@b carol@c
	for host in a b c; do
		ask_host "$host" --status >"$BATS_TEST_TMPDIR/status"
		cat "$BATS_TEST_TMPDIR/status"
		grep -qF "connected to nats://127.0.0.1:" "$BATS_TEST_TMPDIR/status"
		ask_host "$host" --status --json | jq -e . >"$BATS_TEST_TMPDIR/json"
		ask_host "$host" --status --metrics >"$BATS_TEST_TMPDIR/metrics"
	done
}

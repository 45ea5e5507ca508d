#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --trusted-proxy: people who come by a proxy have their own addresses, and
# nobody else can claim one.
# shellcheck disable=SC2034,SC2154 # what others use; what run sets

load lib/helpers
load lib/administration
load lib/resume
load lib/proxies

start() { # [OPTION...]
	start_server --trusted-proxy 127.0.0.1,192.0.2.0/24 "$@"
}

# --- the addresses ------------------------------------------------------------

@test "text users come from where the proxy says, by both versions of the header" {
	start
	connect_by_proxy alice "$(header_v1 203.0.113.7 5001)"
	connect_by_proxy bob "$(header_v2 203.0.113.8 65535)"
	connect_by_proxy carol "$(header_v1 2001:db8::9 0)"
	comes_from alice 203.0.113.7:5001
	comes_from bob 203.0.113.8:65535
	# A port that is not known is none.
	comes_from carol '[2001:db8::9]'
	expect_about "${NICK[alice]}" '.via | startswith("127.0.0.1:")'
	# What they read begins with the welcome; the header is nobody's line.
	say alice 'it is me'
	expect_line bob "[${NICK[alice]}] it is me"
	never_match bob '.*PROXY.*|.*QUIT.*'
	equal "$(proxied_in_log)" \
		$'203.0.113.7:5001\n203.0.113.8:65535\n[2001:db8::9]'
	# Text is for people, too.
	done_by --status
	contains "$output" ' 203.0.113.7:5001 '
}

@test "a program and an IRC client behind a proxy" {
	start
	seat_by_proxy prog "$(header_v2 203.0.113.7)/events 1 prog\n"
	expect_joined prog prog 1
	comes_from prog 203.0.113.7:5123 prog
	seat_by_proxy irc "$(header_v1 203.0.113.8)NICK irc\r\nUSER irc 0 * :i\r\n"
	expect_match irc ':chat 366 irc #lobby :.*'
	comes_from irc 203.0.113.8:5123 irc
	# Others do not read it.
	say irc 'WHOIS prog'
	expect_match irc ':chat 318 irc prog :.*'
	never_match irc '.*203\.0\.113\..*|.*127\.0\.0\.1.*'
}

@test "a connection of the proxy itself, and one of nobody knows whom" {
	start
	seat_by_proxy alice 'PROXY UNKNOWN ::1 ::1 1 2\r\n'
	expect_welcome alice
	seat_by_proxy bob '\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x03abc'
	expect_welcome bob
	for name in alice bob; do
		expect_about "${NICK[$name]}" \
			'(.address | startswith("127.0.0.1:")) and .via == null'
	done
	equal "$(proxied_in_log)" ''
}

@test "what a proxy tells beside the address is skipped" {
	start
	connect_by_proxy alice "$(header_v2 203.0.113.7 5123 \
		'\x04\x00\x03abc\x20\x00\x02\n\n' 11)"'hello\n'
	comes_from alice 203.0.113.7:5123
	expect_line alice "[${NICK[alice]}] hello"
	equal "$(screen alice | wc -l)" 2
}

@test "one proxy behind another: the client is who the last of them names" {
	start
	seat_by_proxy alice "$(header_v1 192.0.2.5)$(header_v2 203.0.113.7)"
	expect_welcome alice
	comes_from alice 203.0.113.7:5123
	expect_about "${NICK[alice]}" '.via | startswith("127.0.0.1:")'
	equal "$(proxied_in_log)" $'192.0.2.5:5123\n203.0.113.7:5123'
	# Who is no proxy names nobody: it is text, of another protocol.
	seat_by_proxy bob "$(header_v1 203.0.113.7)$(header_v1 203.0.113.9)"
	expect_match bob '! the PROXY protocol is for trusted proxies: .*'
	expect_disconnected bob
	equal "$(proxied_in_log | tail -n 1)" 203.0.113.7:5123
}

@test "--trusted-proxy unix: who comes by a UNIX socket" {
	local path=$BATS_TEST_TMPDIR/chat
	start_server --trusted-proxy unix --listen "unix:$path"
	use_listener 2
	connect_by_proxy alice "$(header_v1 203.0.113.7)" -U "$path"
	comes_from alice 203.0.113.7:5123
	equal "$(about "${NICK[alice]}" .via)" "unix:uid=$(id -u)"
	# Nobody else.
	seat_by_proxy bob "$(header_v1 203.0.113.7)"
	expect_match bob '! the PROXY protocol is for trusted proxies: .*'
}

# --- the header ---------------------------------------------------------------

# People whose header comes in two parts, cut at each place, and for longer than
# a client that says nothing waits for its welcome.
all_cuts() { # HEADER LENGTH
	local header=$BATS_TEST_TMPDIR/header length=$2 at log
	printf '%b' "$1" >"$header"
	for ((at = 1; at < length; at++)); do
		# shellcheck disable=SC2016 # for the shell that is started
		seat "p$at" bash -c '{ head -c "$1" "$0"; sleep "$3"
			tail -c "+$(($1 + 1))" "$0"; exec cat; } |
			exec nc 127.0.0.1 "$2"' "$header" "$at" "$PORT" \
			"0.$((SILENCE + 200))"
	done
	for ((at = 1; at < length; at++)); do
		expect_welcome "p$at"
	done
	for log in "$(addresses)" "$(proxied_in_log)"; do
		equal "$(sort <<<"$log" | uniq -c | tr -s ' ')" \
			" $((length - 1)) 203.0.113.7:5123"
	done
}

@test "a header, version 1, cut at every place" {
	start --max-per-address 0
	all_cuts "$(header_v1 203.0.113.7)" 43
}

@test "a header, version 2, cut at every place" {
	start --max-per-address 0
	all_cuts "$(header_v2 203.0.113.7)" 28
}

@test "a header that breaks the rules is refused, and nobody hears of it" {
	start
	come_as alice
	wipe alice
	for header in 'PROXY TCP4 203.0.113.7 127.0.0.1 5123\r\n' \
		'PROXY TCP4 203.0.113.07 127.0.0.1 5123 8888\r\n' \
		'PROXY wars\r\n' 'PROXY UNKNOWN\nhello\n' \
		'\r\n\r\n\x00\r\nQUIT\n\x31\x11\x00\x0c' \
		'\r\n\r\n\x00\r\nQUIT\n\x21\x11\xff\xff'; do
		seat_by_proxy bob "$header"
		expect_line bob '! bad PROXY header'
		expect_disconnected bob
		equal "$(screen bob | wc -l)" 1
	done
	say alice 'all quiet'
	expect_line alice '[alice] all quiet'
	equal "$(screen alice)" '[alice] all quiet'
	equal "$(proxied_in_log)" ''
}

@test "from a proxy's host without a header: after a while, or at the first line" {
	start --greet-after 0
	seat part nc 127.0.0.1 "$PORT"
	type_bytes part 'PROXY TCP4 203.'
	seat none nc 127.0.0.1 "$PORT"
	come_as alice
	expect_about alice '.address | startswith("127.0.0.1:")'
	expect_welcome none
	# A part of a header is none, and not talk either.
	expect_line part '! bad PROXY header'
	expect_disconnected part
	# And then it is too late for one.
	type_bytes none "$(header_v1 203.0.113.7)"
	expect_match none '! the PROXY protocol is for trusted proxies: .*'
	expect_disconnected none
	equal "$(proxied_in_log)" ''
}

@test "from a proxy's host without a word: as from anywhere" {
	launch_server --trusted-proxy 127.0.0.1 \
		--listen web:127.0.0.1:0 --listen irc:127.0.0.1:0
	await_server 2
	seat web nc 127.0.0.1 "$PORT"
	use_listener 2
	seat irc nc 127.0.0.1 "$PORT"
	expect_match web 'HTTP/1.1 408 .*'
	# It has been silent for as long as a header may take, too.
	hang_up irc web
	eventually 5 children_are 0
}

@test "a browser's silent connections by a proxy are no users before three seconds" {
	local begin
	start
	seat_by_proxy page "$(header_v1 203.0.113.7)GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Mozilla/5.0 (X11)\r\n\r\n"
	expect_match page 'HTTP/1.1 200 OK.*'
	expect_disconnected page
	eventually "$PATIENCE" children_are 0
	begin=$(now_ms)
	connect_by_proxy ahead "$(header_v1 203.0.113.7 5124)"
	(($(now_ms) - begin > 2900)) || fail "after $(($(now_ms) - begin)) ms"
}

@test "who is no trusted proxy claims nothing" {
	start
	come_as alice
	wipe alice
	for header in "$(header_v1 203.0.113.7)" "$(header_v2 203.0.113.7)"; do
		seat_by_proxy eve "$header" -s 127.0.0.2 127.0.0.1 "$PORT"
		expect_match eve '! the PROXY protocol is for trusted proxies: .*'
		expect_disconnected eve
	done
	# Nor is it kept waiting.
	connect eve -s 127.0.0.2 127.0.0.1 "$PORT"
	expect_about "${NICK[eve]}" '.address | startswith("127.0.0.2:")'
	expect_line alice "* ${NICK[eve]} joined (2 online)"
	equal "$(screen alice | wc -l)" 1
	equal "$(proxied_in_log)" ''
}

# --- limits and bans ------------------------------------------------------------

@test "--max-per-address counts where people come from, not the proxy" {
	start --max-per-address 2
	for name in alice bob; do
		connect_by_proxy "$name" "$(header_v1 203.0.113.7)"
	done
	for name in erin frank grace; do
		connect_by_proxy "$name" "$(header_v1 "203.0.113.1${#name}")"
	done
	# Each in its own protocol; nobody hears of it.
	wipe alice
	seat_by_proxy carol "$(header_v2 203.0.113.7)"
	expect_line carol '! too many connections from your address'
	expect_disconnected carol
	seat_by_proxy carol "$(header_v2 203.0.113.7)NICK carol\r\n"
	expect_line carol \
		'ERROR :Closing link: too many connections from your address'
	expect_disconnected carol
	seat_by_proxy carol "$(header_v2 203.0.113.7)/events 1 carol\n"
	expect_line carol '! too many connections from your address'
	expect_disconnected carol
	equal "$(screen alice)" ''
	expect_counter refused_total 3
	# An IPv6 home is its /64.
	connect_by_proxy dave "$(header_v1 2001:db8::1)"
	connect_by_proxy dora "$(header_v1 2001:db8::2)"
	seat_by_proxy dina "$(header_v1 2001:db8::3)"
	expect_line dina '! too many connections from your address'
	# A seat that was left is free.
	hang_up bob
	expect_line alice "* ${NICK[bob]} left (6 online)"
	connect_by_proxy carol "$(header_v1 203.0.113.7)"
	# Loopback is nobody's address, whoever names it.
	for name in h1 h2 h3; do
		connect_by_proxy "$name" "$(header_v1 127.0.0.7)"
	done
}

@test "a ban is of where people come from: who is here, and who comes" {
	start
	connect_by_proxy alice "$(header_v1 203.0.113.7)"
	connect_by_proxy bob "$(header_v1 203.0.113.8)"
	seat_by_proxy carol "$(header_v2 203.0.113.7)NICK carol\r\nUSER c 0 * :c\r\n"
	expect_match carol ':chat 366 carol #lobby :.*'
	done_by --ban 203.0.113.7
	equal "$output" '203.0.113.7: banned; connections ended: 2'
	expect_line alice '! disconnected: kicked: banned'
	expect_line carol 'ERROR :Closing link: kicked: banned'
	expect_line bob "* carol left: kicked (1 online)"
	wipe bob
	seat_by_proxy alice "$(header_v1 203.0.113.7)"
	expect_line alice '! you are banned from this server'
	expect_disconnected alice
	seat_by_proxy carol "$(header_v2 203.0.113.7)CAP LS 302\r\n"
	expect_line carol 'ERROR :Closing link: you are banned from this server'
	expect_disconnected carol
	contains "$(cat "$SERVER_LOG")" \
		'refuse address=203.0.113.7:5123 reason=banned by=127.0.0.1:'
	# Of the proxy it says nothing.
	connect_by_proxy dave "$(header_v1 203.0.113.9)"
	expect_line bob "* ${NICK[dave]} joined (2 online)"
	equal "$(screen bob | wc -l)" 1
	done_by --unban 203.0.113.7
	connect_by_proxy alice "$(header_v1 203.0.113.7)"
}

@test "a ban from a room is of where its user comes from" {
	start
	seat_by_proxy alice "$(header_v1 203.0.113.6)/nick alice\n"
	expect_match alice '\* welcome, alice; .*'
	seat_by_proxy bob "$(header_v1 203.0.113.7)/nick bob\n"
	expect_match bob '\* welcome, bob; .*'
	say alice '/join #dev'
	expect_line alice '#dev * alice joined (1 here)'
	say bob '/join #dev'
	expect_line alice '#dev * bob joined (2 here)'
	say alice '/ban bob'
	expect_match bob '#dev .*ban.*'
	hang_up bob
	expect_match alice '.*bob left.*'
	seat_by_proxy bob "$(header_v1 203.0.113.7 6000)/nick robert\n"
	expect_match bob '\* welcome, robert; .*'
	say bob '/join #dev'
	expect_line bob '! you are banned from #dev'
	seat_by_proxy carol "$(header_v1 203.0.113.8)/nick carol\n"
	say carol '/join #dev'
	expect_line alice '#dev * carol joined (2 here)'
}

# --- sessions that go on ------------------------------------------------------------

@test "who goes on by another connection comes from there" {
	start
	seat_by_proxy alice "$(header_v1 203.0.113.7)/events 1 alice\n"
	expect_joined alice alice 1
	TOKEN[alice]=$(token_of alice)
	comes_from alice 203.0.113.7:5123 alice
	seat_by_proxy second "$(header_v1 203.0.113.8 5124)"
	type_bytes second "/events 1\n/resume ${TOKEN[alice]} $(had alice)\n"
	expect_resumed second alice "${TOKEN[alice]}"
	eventually "$PATIENCE" comes_from second 203.0.113.8:5124 alice
	contains "$(cat "$SERVER_LOG")" \
		'resume slot=0 address=203.0.113.8:5124 by='
	# Its old address is nobody's, and its new one counts.
	done_by --ban 203.0.113.7
	equal "$output" '203.0.113.7: banned; connections ended: 0'
	# By itself, without the proxy.
	seat third nc 127.0.0.1 "$PORT"
	type_bytes third "/events 1\n/resume ${TOKEN[alice]}\n"
	expect_resumed third alice "${TOKEN[alice]}"
	expect_about alice '(.address | startswith("127.0.0.1:")) and .via == null'
	done_by --ban 203.0.113.8
	equal "$output" '203.0.113.8: banned; connections ended: 0'
}

# --- kills ------------------------------------------------------------------------

another_relay() { # OLD-PID
	local pid
	pid=$(relay_pid)
	[[ -n $pid && $pid != "$1" ]]
}

@test "kill -9 of the relay before it has passed on the address: the next one does" {
	local relay
	start
	come_as alice
	relay=$(relay_pid)
	kill -STOP "$relay"
	seat_by_proxy bob "$(header_v1 203.0.113.7)"
	eventually "$PATIENCE" children_are 2
	kill -KILL "$relay"
	expect_welcome bob
	comes_from bob 203.0.113.7:5123
	equal "$(proxied_in_log)" 203.0.113.7:5123
	expect_line alice "* ${NICK[bob]} joined (2 online)"
}

@test "kill -9 of the relay while it waits for the verdict" {
	local relay n
	start
	connect_by_proxy alice "$(header_v1 203.0.113.6)"
	relay=$(relay_pid)
	kill -STOP "$relay"
	seat_by_proxy bob "$(header_v1 203.0.113.7)"
	eventually "$PATIENCE" children_are 2
	# The parent has no time for a verdict.
	kill -STOP "$SERVER_PID"
	kill -CONT "$relay"
	# What is said goes by the relay, behind what it was asked.
	for n in 1 2 3; do
		say alice "line $n"
		expect_line alice "[${NICK[alice]}] line $n"
	done
	kill -KILL "$relay"
	kill -CONT "$SERVER_PID"
	expect_welcome bob
	comes_from bob 203.0.113.7:5123
	# Whoever asked, and however often: it is judged as one.
	equal "$(proxied_in_log)" $'203.0.113.6:5123\n203.0.113.7:5123'
	expect_line alice "* ${NICK[bob]} joined (2 online)"
}

@test "kill -9 of a child that waits for the verdict: its seat is free" {
	local child before
	start --max-users 2 --max-per-address 1
	connect_by_proxy alice "$(header_v1 203.0.113.6)"
	kill -STOP "$(relay_pid)"
	before=$(children)
	seat_by_proxy bob "$(header_v1 203.0.113.7)"
	eventually "$PATIENCE" children_are 2
	child=$(comm -13 <(echo "$before" | sort) <(children | sort))
	kill -KILL "$child"
	eventually "$PATIENCE" children_are 1
	kill -CONT "$(relay_pid)"
	expect_disconnected bob
	connect_by_proxy carol "$(header_v1 203.0.113.7)"
	comes_from carol 203.0.113.7:5123
}

@test "SIGHUP while somebody waits for the verdict" {
	start
	connect_by_proxy alice "$(header_v1 203.0.113.6)"
	kill -STOP "$(relay_pid)"
	seat_by_proxy bob "$(header_v1 203.0.113.7)"
	eventually "$PATIENCE" children_are 2
	kill -HUP "$SERVER_PID"
	expect_welcome bob
	comes_from bob 203.0.113.7:5123
	comes_from alice 203.0.113.6:5123
	# The new program knows whose address is whose.
	done_by --ban 203.0.113.6
	equal "$output" '203.0.113.6: banned; connections ended: 1'
	expect_line alice '! disconnected: kicked: banned'
}

@test "many at once, and the relay is killed again and again" {
	local n relay
	start --max-per-address 3 --max-users 64
	for n in {1..40}; do
		seat_by_proxy "p$n" "$(header_v1 "203.0.113.$n" "$((5000 + n))")"
		if ((n % 10 == 5)); then
			relay=$(relay_pid)
			kill -KILL "$relay"
			eventually "$PATIENCE" another_relay "$relay"
		fi
	done
	for n in {1..40}; do
		expect_welcome "p$n"
	done
	equal "$(addresses | sort)" \
		"$(for n in {1..40}; do
			echo "203.0.113.$n:$((5000 + n))"
		done | sort)"
	equal "$(proxied_in_log | sort | uniq -d)" ''
}

# --- the option ---------------------------------------------------------------------

@test "--trusted-proxy: what it takes, and what is said of anything else" {
	local list
	for list in '' localhost 127.0.0.1:80 '[::1]' 10.0.0.1/8 0.0.0.0/0 ::/0 \
		127.0.0.1,,::1 'unix,x'; do
		run "$SERVER" -Port 0 --trusted-proxy "$list"
		equal "$status" 64 "the status for '$list'"
		contains "$output" "--trusted-proxy: '"
	done
	run "$SERVER" -Port 0 --trusted-proxy 10.0.0.1/8
	contains "$output" 'the range is 10.0.0.0/8'
}

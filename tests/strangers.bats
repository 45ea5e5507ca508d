#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Programs at the wrong door: what speaks another protocol, or nothing, is
# answered in its own words where there are some, and nobody hears of it.

load lib/helpers

# Nobody is taken for a person here because the machine is slow.
setup() {
	start_server --greet-after 10000
	come_as alice
	wipe alice
}

# Alice has read nothing since she was wiped, and there is nobody but her.
undisturbed() {
	say alice 'quiet here'
	expect_line alice '[alice] quiet here'
	equal "$(screen alice)" '[alice] quiet here' "what alice has read"
	expect_who alice alice
	wipe alice
}

# Sends bytes, by printf's escapes, and keeps what comes back in ANSWER.
send_bytes() { # FORMAT
	# shellcheck disable=SC2059
	ANSWER=$(printf -- "$1" | timeout "$PATIENCE" nc -N 127.0.0.1 "$PORT")
}

nobody_else() {
	children_are 1
}

@test "curl gets a status that fits, whatever it asks for and sends" {
	local arguments code
	url=http://127.0.0.1:$PORT/
	while IFS='|' read -r arguments code; do
		# shellcheck disable=SC2086
		printf 'line one\n/me is here\n' |
			curl -s -m "$PATIENCE" -o "$BATS_TEST_TMPDIR/body" \
				-w '%{http_code}' $arguments "$url" \
				>"$BATS_TEST_TMPDIR/code" || true
		# One that speaks HTTP/2 alone does not understand the answer.
		[[ $arguments == *http2* ]] ||
			equal "$(cat "$BATS_TEST_TMPDIR/code")" "$code" "curl $arguments"
	done <<-'END'
		|200
		-I|200
		-X POST --data-binary @-|405
		-X DELETE|405
		-X OPTIONS|204
		-X PROPFIND|501
		-T -|405
		--http2-prior-knowledge|505
	END
	run curl -s -m "$PATIENCE" "$url"
	contains "$output" '<!doctype html>'
	undisturbed
}

@test "the answer outlives a body of 4 MB that nobody reads" {
	head -c 4000000 /dev/zero >"$BATS_TEST_TMPDIR/body"
	for _ in 1 2 3; do
		run curl -s -m "$PATIENCE" -o /dev/null -w '%{http_code}' \
			-H 'Expect:' --data-binary "@$BATS_TEST_TMPDIR/body" \
			"http://127.0.0.1:$PORT/"
		equal "$output" 405
	done
	undisturbed
}

@test "a page in a browser cannot speak in the room" {
	# What fetch() and a form send, without and with a preflight.
	send_bytes 'POST / HTTP/1.1\r\nHost: x\r\nOrigin: http://evil.example\r\nContent-Type: text/plain\r\nContent-Length: 20\r\n\r\n/nick mallory\nhello\n'
	contains "$ANSWER" '405 Method Not Allowed'
	send_bytes 'OPTIONS / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.example\r\nAccess-Control-Request-Method: PUT\r\n\r\n'
	contains "$ANSWER" '204 No Content'
	not contains "$ANSWER" 'Access-Control-Allow' 2>/dev/null
	# And as a WebSocket.
	send_bytes 'GET /chat HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\nhello\n'
	contains "$ANSWER" '403 Forbidden'
	# Its host's name, which means us now.
	send_bytes 'GET /chat HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\nhello\n'
	contains "$ANSWER" '421 Misdirected Request'
	# STUN by TCP, as of a TURN server's address.
	send_bytes '\x00\x03\x00\x08\x21\x12\xA4\x42hello\nworld\n'
	contains "$ANSWER" '! this is a chat'
	undisturbed
}

@test "IRC clients that do not register join nobody, and passwords stay their own" {
	for first in 'CAP LS 302\r\nPASS secret\r\nNICK bob\r\nUSER bob 0 * :b\r\n' \
		'PASS secret\r\nNICK bob\r\n' 'nick bob\r\n' \
		'USER bob 0 * :b\r\n' 'PASS secret\r\nJOIN #a\r\nPRIVMSG #lobby :x\r\n'; do
		send_bytes "$first"
		not contains "$ANSWER" ' 001 ' 2>/dev/null
	done
	undisturbed
}

@test "openssl s_client: one line says that there is no TLS" {
	run timeout "$PATIENCE" openssl s_client -connect "127.0.0.1:$PORT" \
		</dev/null
	contains "$output" 'wrong version number'
	send_bytes '\x16\x03\x01\x02\x00\x01\x00\n\nhello\n'
	equal "${ANSWER%%:*}" '! no TLS here'
	undisturbed
}

@test "a PROXY header, of both versions, is refused" {
	send_bytes 'PROXY TCP4 192.0.2.1 192.0.2.2 5000 8888\r\nhello\r\n'
	contains "$ANSWER" '! the PROXY protocol'
	send_bytes 'PROXY UNKNOWN\r\nhello\r\n'
	contains "$ANSWER" '! the PROXY protocol'
	send_bytes '\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\x7f\x00\x00\x01\x7f\x00\x00\x01\x13\x88\x22\xb8hello\n'
	contains "$ANSWER" '! the PROXY protocol'
	undisturbed
}

@test "ssh, and protocols that look like HTTP" {
	for first in 'SSH-2.0-OpenSSH_9.2p1\r\n' \
		'DESCRIBE rtsp://x/ RTSP/1.0\r\n\r\n' \
		'REGISTER sip:x SIP/2.0\r\nVia: y\r\n\r\n' \
		'\x03\x00\x00\x2a%%\xe0\x00\x00Cookie: mstshash=root\r\n'; do
		send_bytes "$first"
		contains "$ANSWER" '! this is a chat for lines of text'
	done
	undisturbed
}

@test "a port scan is heard by nobody" {
	for _ in 1 2 3 4 5; do
		nc -z 127.0.0.1 "$PORT"
		nc -z -w 1 127.0.0.1 "$PORT"
	done
	# An empty line, or half a line, is nothing that was said.
	for first in '' '\n' '\r\n\r\n' 'half a line' '/quit\n'; do
		send_bytes "$first"
	done
	eventually "$PATIENCE" nobody_else
	undisturbed
	eventually "$PATIENCE" grep -q 'reason=not-joined' "$SERVER_LOG"
}

@test "one who said something and closed at once is heard" {
	printf 'just this\n' | nc -N 127.0.0.1 "$PORT" >/dev/null
	expect_match alice '\[guest-[0-9]+\] just this'
	expect_match alice '\* guest-[0-9]+ left \(1 online\)'
}

@test "a first word that comes after the welcome is none of a person's" {
	takes_long
	local first
	stop_server
	start_server
	enter alice
	for first in 'GET / HTTP/1.1\r\n' 'PASS secret\r\n' \
		'NICK bob\r\n' '\x16\x03\x01\x02\x00\n\nhello\n' \
		'PROXY TCP4 192.0.2.1 192.0.2.2 5000 8888\r\n'; do
		connect late
		type_bytes late "$first"
		expect_disconnected late
		# He is gone, and alice has not read what he sent.
		expect_match alice '\* guest-[0-9]+ left \(1 online\)'
		never_match alice '.*(GET|secret|bob|hello|PROXY).*'
		wipe alice
	done
	# A person may well begin so.
	connect late
	say late 'pass the salt, please'
	expect_match alice '\[guest-[0-9]+\] pass the salt, please'
	say late 'GET / HTTP/1.1'
	expect_match alice '\[guest-[0-9]+\] GET / HTTP/1.1'
}

@test "bytes that come one by one are the same" {
	seat slow nc 127.0.0.1 "$PORT"
	for byte in P A S S ' ' s e c r e t; do
		type_bytes slow "$byte"
	done
	type_bytes slow '\r\nQUIT\r\n'
	expect_match slow 'ERROR :.*'
	expect_disconnected slow
	never_match alice '.*secret.*'
}

@test "silence for --greet-after, and then the welcome" {
	stop_server
	start_server --greet-after 3000
	enter_slowly() { # before the silence is over
		say "$1" "/nick $1"
		expect_line "$1" "* welcome, $1; 1 online; /help for help"
	}
	seat alice nc 127.0.0.1 "$PORT"
	enter_slowly alice
	before=$(now_ms)
	seat bob nc 127.0.0.1 "$PORT"
	eventually "$PATIENCE" children_are 2
	# He is connected, and nobody knows.
	expect_who alice alice
	expect_match bob '\* welcome, guest-1; 2 online; /help for help'
	(($(now_ms) - before >= 2900)) || fail "greeted too soon"
	expect_line alice '* guest-1 joined (2 online)'
}

@test "--greet-after 0: a welcome at once, and the wrong door is still one" {
	stop_server
	start_server --greet-after 0
	connect alice
	wipe alice
	run curl -s -m "$PATIENCE" -o /dev/null -w '%{http_code}' --http0.9 \
		"http://127.0.0.1:$PORT/"
	expect_match alice '\* guest-2 left \(1 online\)'
	never_match alice '.*(GET|Host|curl).*'
}

@test "the limit for an address counts those who have said nothing" {
	stop_server
	start_server --greet-after 10000 --max-users 3
	for name in one two three; do
		seat "$name" nc 127.0.0.1 "$PORT"
	done
	eventually "$PATIENCE" children_are 3
	seat four nc 127.0.0.1 "$PORT"
	expect_line four '! server full'
	hang_up one
	eventually "$PATIENCE" children_are 2
	seat five nc 127.0.0.1 "$PORT"
	say five '/nick five'
	expect_line five '* welcome, five; 1 online; /help for help'
}

@test "kill -9 of one that listens, a kick of all, an end: nobody hears" {
	stop_server
	start_server --greet-after 10000
	seat alice nc 127.0.0.1 "$PORT"
	say alice '/nick alice'
	expect_match alice '\* welcome, alice.*'
	first=$(children)
	wipe alice
	seat bob nc 127.0.0.1 "$PORT"
	eventually "$PATIENCE" children_are 2
	kill -KILL "$(children | grep -vx "$first")"
	expect_disconnected bob
	undisturbed
	# The relay dies meanwhile: who joins then attaches to the next.
	seat carol nc 127.0.0.1 "$PORT"
	eventually "$PATIENCE" children_are 2
	kill -KILL "$(relay_pid)"
	say carol '/nick carol'
	expect_match carol '\* welcome, carol; 2 online; /help for help'
	expect_line alice '* carol joined (2 online)'
	# An upgrade, too.
	seat erin nc 127.0.0.1 "$PORT"
	eventually "$PATIENCE" children_are 3
	kill -HUP "$SERVER_PID"
	eventually "$PATIENCE" grep -q 'upgrade version=' "$SERVER_LOG"
	say erin '/nick erin'
	expect_match erin '\* welcome, erin; 3 online; /help for help'
	expect_line alice '* erin joined (3 online)'
	seat dave nc 127.0.0.1 "$PORT"
	eventually "$PATIENCE" children_are 4
	stop_server
	equal "$(screen dave)" '' "what dave has read"
}

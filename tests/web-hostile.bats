#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Programs that mean no good at the port of the web: each costs only itself, and
# nobody in the room hears of it.

# shellcheck disable=SC2030,SC2031 # run and request set them for their caller
load lib/helpers

# Alice is there, and nobody else is taken for a person.
setup() {
	start_server --greet-after 10000 --rate 0
	come_as alice
	wipe alice
}

# Alice still talks, and has read of nobody else; all others' processes are
# gone, none of which has died.
undisturbed() {
	say alice 'quiet here'
	expect_line alice '[alice] quiet here'
	equal "$(screen alice)" '[alice] quiet here' "what alice has read"
	eventually "$PATIENCE" children_are 1
	run ! grep 'reason=died' "$SERVER_LOG"
	wipe alice
}

# Sends bytes, by printf's escapes, closes that side, and keeps what comes back
# in ANSWER, up to the end of the connection.
request() { # FORMAT
	# shellcheck disable=SC2059
	ANSWER=$(env printf -- "$1" | timeout "$PATIENCE" nc -N 127.0.0.1 "$PORT" |
		tr -d '\0\r')
}

# The answer is one, with this status, and says that it is the last one.
answered() { # STATUS WHAT
	local heads last=$'\nConnection: (Upgrade, )?close\n'
	heads=$(grep -ac '^HTTP/1\.1 ' <<<"$ANSWER" || true)
	[[ $ANSWER == "HTTP/1.1 $1 "* && $heads == 1 ]] ||
		fail "$2 was answered by $heads: $ANSWER" || return 1
	[[ $1 == 101 || $ANSWER =~ $last ]] ||
		fail "$2 does not end the connection: $ANSWER"
}

HOST='Host: localhost\r\n'
GET="GET / HTTP/1.1\\r\\n$HOST"

# --- how it comes -----------------------------------------------------------

@test "a head that comes byte by byte is answered after 5 s, whole or not" {
	local fd start=$SECONDS head='GET / HTTP/1.1_Host: localhost_X: ' at=0
	exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
	# Until the server has answered.
	while ! read -rt 0 -u "$fd" && ((SECONDS < start + PATIENCE)); do
		printf %s "${head:at++ < ${#head} ? at - 1 : 0:1}" >&"$fd" || break
		nap 99
	done
	ANSWER=$(timeout "$PATIENCE" cat <&"$fd" | tr -d '\r')
	exec {fd}>&-
	answered 408 'a slow head'
	((SECONDS - start >= 4)) || fail "after $((SECONDS - start)) s"
	undisturbed
}

@test "a head without an end is answered once it has 8 KiB" {
	local fd
	request "$GET$(printf 'X-%04d: aaaaaaaaaaaaaaaaaaaaaaaa\\r\\n' {1..400})"
	answered 431 'a head of 13 KB'
	request "GET /$(printf '%09000d' 0)"
	answered 431 'a long first line'
	# One that goes on for ever is let go while it sends.
	exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
	(bare yes 'X: y') >"/proc/self/fd/$fd" 2>/dev/null 3>&- &
	exec {fd}>&-
	eventually "$PATIENCE" ended $!
	undisturbed
}

@test "requests one behind the other: one answer, the others are dropped" {
	request "$GET\\r\\n$GET\\r\\n"'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n'
	answered 200 'the first of three'
	request "GET /health HTTP/1.1\\r\\n$HOST\\r\\n/nick mallory\\r\\nhello\\r\\n"
	answered 200 'a request with lines behind it'
	equal "${ANSWER##*$'\n\n'}" ok
	# As much as no buffer holds, and the answer still arrives.
	env printf "$GET\\r\\n" >"$BATS_TEST_TMPDIR/flood"
	yes hello | head -c 4000000 >>"$BATS_TEST_TMPDIR/flood"
	ANSWER=$(timeout "$PATIENCE" nc 127.0.0.1 "$PORT" \
		<"$BATS_TEST_TMPDIR/flood" | tr -d '\r')
	answered 200 'a request with 4 MB behind it'
	undisturbed
}

@test "what two readers may take for two things is refused" {
	local status what head
	# A status, the words for it, and the head without its last line.
	while IFS='|' read -r status what head; do
		request "$head\\r\\n0\\r\\n\\r\\nGET /health HTTP/1.1\\r\\n$HOST\\r\\n"
		answered "$status" "$what" || return 1
		[[ $ANSWER != *$'\nok' ]] || fail "$what: the rest was answered"
	done <<-END
		400|a body on GET|${GET}Content-Length: 5\\r\\n
		400|a chunked GET|${GET}Transfer-Encoding: chunked\\r\\n
		400|both|${GET}Content-Length: 0\\r\\nTransfer-Encoding: chunked\\r\\n
		400|two lengths|${GET}Content-Length: 0\\r\\nContent-Length: 0\\r\\n
		400|a list of lengths|${GET}Content-Length: 0, 0\\r\\n
		400|a length with a sign|${GET}Content-Length: +0\\r\\n
		400|a blank before the colon|${GET}Content-Length : 5\\r\\n
		400|another coding|${GET}Transfer-Encoding: xchunked\\r\\n
		400|a line that goes on|${GET}X: a\\r\\n b\\r\\n
		400|the first one does|GET / HTTP/1.1\\r\\n X: a\\r\\n$HOST
		400|a bare CR in a field|${GET}X: a\\rTransfer-Encoding: chunked\\r\\n
		400|a bare CR in a query|GET /?\\rHost: a HTTP/1.1\\r\\n$HOST
		400|a NUL in a field|${GET}X: \\0\\r\\n
		400|a NUL in a name|${GET}X\\0: a\\r\\n
		400|a NUL in the target|GET /\\0 HTTP/1.1\\r\\n$HOST
		400|a field without a name|${GET}: a\\r\\n
		400|a field without a colon|${GET}hello\\r\\n
		400|two hosts|${GET}Host: localhost\\r\\n
		400|two other hosts|${GET}host: example.org\\r\\n
		400|no host|GET / HTTP/1.1\\r\\n
		400|a target of another host|GET http://example.org/ HTTP/1.1\\r\\n$HOST
		400|a blank more|GET  / HTTP/1.1\\r\\n$HOST
		400|a blank behind|GET / HTTP/1.1 \\r\\n$HOST
		400|no version|GET /\\r\\n$HOST
		400|HTTP in small letters|GET / http/1.1\\r\\n$HOST
		505|HTTP/2|GET / HTTP/2.0\\r\\n$HOST
		400|no path|GET chat HTTP/1.1\\r\\n$HOST
		405|a body on POST|POST / HTTP/1.1\\r\\n${HOST}Content-Length: 5\\r\\nTransfer-Encoding: chunked\\r\\n
		405|CONNECT|CONNECT localhost:22 HTTP/1.1\\r\\n$HOST
		404|a way out of the page|GET /../etc/passwd HTTP/1.1\\r\\n$HOST
		404|the same, encoded|GET /%%2e%%2e/etc/passwd HTTP/1.1\\r\\n$HOST
		404|a second slash|GET //chat.js HTTP/1.1\\r\\n$HOST
		404|other case|GET /CHAT.JS HTTP/1.1\\r\\n$HOST
	END
	undisturbed
}

# --- who asks ---------------------------------------------------------------

UPGRADE='Upgrade: websocket\r\nConnection: Upgrade\r\n'
KEY='Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
VERSION='Sec-WebSocket-Version: 13\r\n'

@test "an upgrade with garbage is none" {
	local status what head
	local chat="GET /chat HTTP/1.1\\r\\n$HOST"
	request "$chat$UPGRADE$KEY$VERSION\\r\\n\\x88\\x80\\0\\0\\0\\0"
	answered 101 'a sound upgrade'
	while IFS='|' read -r status what head; do
		request "$head\\r\\n/nick mallory\\r\\n"
		answered "$status" "$what" || return 1
	done <<-END
		426|no upgrade|$chat$KEY$VERSION
		426|another upgrade|${chat}Upgrade: h2c\\r\\nConnection: Upgrade\\r\\n$KEY$VERSION
		426|a connection that is kept|${chat}Upgrade: websocket\\r\\nConnection: keep-alive\\r\\n$KEY$VERSION
		426|no version|$chat$UPGRADE$KEY
		426|version 8|$chat$UPGRADE${KEY}Sec-WebSocket-Version: 8\\r\\n
		426|version 12|$chat$UPGRADE${KEY}Sec-WebSocket-Version: 12\\r\\n
		426|version 013|$chat$UPGRADE${KEY}Sec-WebSocket-Version: 013\\r\\n
		426|two versions in one|$chat$UPGRADE${KEY}Sec-WebSocket-Version: 13, 8\\r\\n
		400|two versions|$chat$UPGRADE$KEY$VERSION$VERSION
		400|no key|$chat$UPGRADE$VERSION
		400|two keys|$chat$UPGRADE$KEY$KEY$VERSION
		400|a short key|$chat$UPGRADE${VERSION}Sec-WebSocket-Key: dGhlIHNhbXBsZQ==\\r\\n
		400|a long key|$chat$UPGRADE${VERSION}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZTE=\\r\\n
		400|a key that is no Base64|$chat$UPGRADE${VERSION}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ!==\\r\\n
		400|bits behind the key|$chat$UPGRADE${VERSION}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR==\\r\\n
		400|other subprotocols|$chat$UPGRADE$KEY${VERSION}Sec-WebSocket-Protocol: chat, mqtt\\r\\n
		405|POST|POST /chat HTTP/1.1\\r\\n$HOST$UPGRADE$KEY$VERSION
		400|a body|$chat$UPGRADE$KEY${VERSION}Content-Length: 5\\r\\n
	END
	undisturbed
}

@test "a name that is not ours, a page of others: no chat, and no page" {
	local status path host origin
	while read -r status path host origin; do
		origin=${origin:+Origin: $origin\\r\\n}
		request "GET $path HTTP/1.1\\r\\nHost: $host\\r\\n$origin$UPGRADE$KEY$VERSION\\r\\n\\x88\\x80\\0\\0\\0\\0"
		answered "$status" "$path of $host for ${origin:-nobody}" ||
			return 1
	done <<-END
		421 / evil.example
		421 /chat.js evil.example
		403 / localhost:$PORT http://evil.example
		403 /chat.js localhost:$PORT http://evil.example
		200 / localhost:$PORT http://localhost:$PORT
		421 /chat evil.example
		421 /chat evil.example http://evil.example
		421 /chat evil.example:$PORT http://evil.example:$PORT
		421 /chat localhost.evil.example
		421 /chat 127.0.0.1.evil.example
		421 /chat evil.example@127.0.0.1
		421 /chat 127.0.0.1@evil.example
		421 /chat notlocalhost
		421 /chat 127.1
		421 /chat 2130706433
		421 /chat 0x7f000001
		421 /chat localhost:80:80
		421 /chat localhost:http
		421 /chat [::1
		421 /chat [evil.example]
		403 /chat localhost:$PORT http://evil.example
		403 /chat localhost:$PORT http://localhost
		403 /chat localhost:$PORT http://localhost:1
		403 /chat localhost:$PORT http://localhost:$PORT.evil.example
		403 /chat localhost:$PORT http://evil.example/http://localhost:$PORT
		403 /chat localhost:$PORT null
		403 /chat localhost:$PORT file://
		403 /chat localhost:$PORT chrome-extension://localhost:$PORT
		101 /chat localhost:$PORT http://localhost:$PORT
		101 /chat 127.0.0.1:$PORT http://127.0.0.1:$PORT
		101 /chat [::1]:$PORT http://[::1]:$PORT
		101 /chat chat.localhost https://chat.localhost
		101 /chat 10.1.2.3
	END
	undisturbed
}

# --- what a connection does then ----------------------------------------------

# Talks by a script; the cases in it must all go well.
converse() { # SCRIPT
	[[ -n ${WEBSOCKET-} ]] || skip "WEBSOCKET is not set"
	run "$WEBSOCKET/converse" "$PORT" - <<<"$1"
	equal "$status" 0 "the status of converse" || fail "$output"
}

# Nanoseconds of processor time of all of the server's processes so far.
processor_time() {
	local pid sum=0 run rest
	for pid in $(processes "$SERVER_PID"); do
		{ read -r run rest <"/proc/$pid/schedstat"; } 2>/dev/null ||
			continue
		((sum += run))
	done
	echo "$sum"
}

@test "frames that are too long are refused by their header" {
	converse 'case 2^63 bytes
		header 9223372036854775808 text
		fail 1002
	case 2^64 - 1 bytes, binary
		header 18446744073709551615 binary
		fail 1002
	case 2^62 bytes
		header 4611686018427387904 text
		fail 1009
	case a ping of 2^32 bytes
		header 4294967296 ping
		fail 1002
	case 65537 bytes
		header 65537 text
		fail 1009'
	undisturbed
}

@test "10,000 pings, and 10,000 frames of nothing" {
	local before
	before=$(processor_time)
	converse 'case 10,000 pings, each with its answer
		times 10000
		send ping ""
		again
		times 10000
		expect pong ""
		again
		alive
		bye
	case 10,000 pongs
		times 10000
		send pong ""
		again
		alive
		bye
	case a text in 10,000 frames of nothing
		send part text ""
		times 10000
		send part cont ""
		again
		alive
		send cont ""
		alive
		bye
	case 10,000 texts of nothing
		times 10000
		send text ""
		again
		alive
		bye'
	undisturbed
	# What is left are the parent, the relay and alice's process, which have
	# had nothing to do.
	(($(processor_time) - before < 1000000000)) ||
		fail "$(($(processor_time) - before)) ns"
}

@test "a reset at any time: in the handshake, amid a frame, amid an answer" {
	[[ -n ${WEBSOCKET-} ]] || skip "WEBSOCKET is not set"
	local script='' fd n
	for n in {1..50}; do
		script+="case at once $n
			reset
		case amid a frame $n
			header 100 text
			raw \"Hello\"
			reset
		case amid answers $n
			times 100
			send ping \"0123456789\"
			again
			reset
		"
	done
	converse "$script"
	# Closed with an answer unread, the kernel resets the connection.
	for n in {1..50}; do
		exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
		env printf "GET /chat HTTP/1.1\\r\\n$HOST$UPGRADE$KEY$VERSION\\r\\n" >&"$fd"
		((n % 2)) || eventually "$PATIENCE" read -rt 0 -u "$fd"
		exec {fd}>&-
	done
	undisturbed
}

@test "who closes one side still gets the answer, and on WebSocket is gone" {
	request "$GET\\r\\n"
	answered 200 'a request whose sender has closed'
	request "$GET"
	equal "$ANSWER" '' 'the answer to half a head'
	request "GET /chat HTTP/1.1\\r\\n$HOST$UPGRADE$KEY$VERSION\\r\\n"
	answered 101 'an upgrade whose sender has closed'
	undisturbed
}

@test "one who never reads costs others nothing" {
	local fd n
	exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
	# Joins by a text in a frame whose mask is zeros.
	env printf "GET /chat HTTP/1.1\\r\\n$HOST$UPGRADE$KEY$VERSION\\r\\n\\x81\\x89\\0\\0\\0\\0/nick bob" >&"$fd"
	expect_line alice '* bob joined (2 online)'
	wipe alice
	# As many as neither the socket nor the child holds.
	(for n in {1..60}; do env printf '%0.s\x89\xfd\0\0\0\0'"$(printf '%0125d' 0)" {1..500}; done) \
		>&"$fd" 2>/dev/null 3>&- &
	for n in {1..20}; do
		say alice "line $n $(printf '%03000d' 0)"
		expect_match alice "\\[alice\\] line $n 0+"
	done
	kill $! 2>/dev/null || true
	exec {fd}>&-
	expect_line alice '* bob left (1 online)'
	wipe alice
	undisturbed
}

@test "1,000 connections that only ask for the page" {
	local n codes=$BATS_TEST_TMPDIR/codes
	(bare curl -s -Z --parallel-max 10 -o /dev/null -w '%{http_code}\n' \
		"http://127.0.0.1:$PORT/?[1-1000]") >"$codes" 3>&- &
	for n in {1..100}; do
		say alice "line $n"
		nap 20
	done
	wait $!
	equal "$(sort "$codes" | uniq -c | tr -s ' ')" ' 1000 200' 'all answers'
	expect_line alice '[alice] line 100'
	equal "$(screen alice)" "$(printf '[alice] line %d\n' {1..100})" \
		'what alice has read'
	wipe alice
	undisturbed
}

@test "100 connections at once that never finish their request" {
	local fds=() fd n
	for n in {1..100}; do
		exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
		env printf 'GET / HTTP/1.1\r\nHost: ' >&"$fd"
		fds+=("$fd")
	done
	say alice 'still here'
	expect_line alice '[alice] still here'
	# After 5 s all are let go, whether they close or not.
	eventually "$PATIENCE" children_are 1
	for fd in "${fds[@]}"; do
		exec {fd}>&-
	done
	wipe alice
	undisturbed
}

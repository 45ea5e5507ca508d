#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a browser asks for by HTTP: the page, WebSocket, and nothing else.

load lib/helpers

# Asks, and keeps what comes in HEAD and BODY.
ask() { # PATH CURL-ARGUMENT...
	local path=$1
	shift
	: >"$BATS_TEST_TMPDIR/body"
	HEAD=$(curl -s -m "$PATIENCE" -D - -o "$BATS_TEST_TMPDIR/body" "$@" \
		"http://127.0.0.1:$PORT$path" | tr -d '\r')
	BODY=$(tr -d '\0' <"$BATS_TEST_TMPDIR/body")
}

has_status() { # STATUS
	equal "$(head -n 1 <<<"$HEAD")" "HTTP/1.1 $1"
}

field() { # NAME
	sed -n "s/^$1: //ip" <<<"$HEAD"
}

@test "the page and its files: what they are, and what they may do" {
	start_server
	come_as alice
	wipe alice
	local path type
	while read -r path type; do
		ask "$path"
		has_status '200 OK'
		equal "$(field Content-Type)" "$type" "the type of $path"
		equal "$(field Content-Length)" "$(wc -c <"$BATS_TEST_TMPDIR/body")"
		contains "$(field Content-Security-Policy)" "default-src 'none'; script-src 'self'"
		not contains "$(field Content-Security-Policy)" unsafe 2>/dev/null
		equal "$(field X-Content-Type-Options)" nosniff
		equal "$(field Connection)" close
		equal "$(field Cache-Control)" no-cache
		not contains "$(field Access-Control-Allow-Origin)" '*' 2>/dev/null
	done <<-'END'
		/ text/html; charset=utf-8
		/?from=here text/html; charset=utf-8
		/chat.css text/css; charset=utf-8
		/chat.js text/javascript; charset=utf-8
		/icon.svg image/svg+xml
	END
	say alice 'quiet here'
	expect_line alice '[alice] quiet here'
	equal "$(screen alice)" '[alice] quiet here' "what alice has read"
}

@test "a page that has not changed is not sent again" {
	start_server
	ask /
	local etag
	etag=$(field ETag)
	for seen in "$etag" "W/$etag" "\"x\", $etag" '*'; do
		ask / -H "If-None-Match: $seen"
		has_status '304 Not Modified'
		equal "$BODY" ''
		equal "$(field ETag)" "$etag"
	done
	ask / -H 'If-None-Match: "x"'
	has_status '200 OK'
}

@test "HEAD, OPTIONS, other methods, other paths, health" {
	start_server
	ask / -I
	has_status '200 OK'
	(($(field Content-Length) > 100)) || fail "$HEAD"
	ask / -X OPTIONS
	has_status '204 No Content'
	equal "$(field Allow)" 'GET, HEAD, OPTIONS'
	ask / -X DELETE
	has_status '405 Method Not Allowed'
	equal "$(field Allow)" 'GET, HEAD, OPTIONS'
	ask / -X BREW
	has_status '501 Not Implemented'
	for path in /nothing /chat.html /../etc/passwd /%2e%2e/ //; do
		ask "$path" --path-as-is
		has_status '404 Not Found'
	done
	ask /chat
	has_status '426 Upgrade Required'
	equal "$(field Upgrade)" websocket
	ask /health -H 'Host: anything.example'
	has_status '200 OK'
	equal "$BODY" ok
}

@test "a host that is not ours, a page of others; --web-host, --web-origin" {
	start_server
	ask / -H 'Host: evil.example'
	has_status '421 Misdirected Request'
	contains "$BODY" '--web-host'
	ask / -H 'Origin: http://evil.example'
	has_status '403 Forbidden'
	contains "$BODY" '--web-origin'
	for host in 192.0.2.1:80 '[2001:db8::1]:80' localhost a.localhost:1; do
		ask / -H "Host: $host" -H "Origin: https://$host"
		has_status '200 OK'
	done
	stop_server
	start_server --web-host chat.example,c.example \
		--web-origin https://app.example
	ask / -H 'Host: c.example' -H 'Origin: https://app.example'
	has_status '200 OK'
	ask / -H 'Host: app.example'
	has_status '421 Misdirected Request'
	ask / -H 'Host: chat.example' -H 'Origin: http://app.example'
	has_status '403 Forbidden'
}

@test "options that mean nothing are refused" {
	local wrong
	while read -r wrong; do
		# shellcheck disable=SC2086
		run "$SERVER" $wrong
		equal "$status" 64 "the status of $wrong"
		contains "$output" "${wrong%% *}"
	done <<-'END'
		--web-host http://chat.example
		--web-host chat.example:80
		--web-host chat.example,,b
		--web-origin chat.example
		--web-origin https://chat.example/
		--no-web --web-host chat.example
		--no-web --listen web:127.0.0.1:0
	END
}

@test "--no-web: what a browser gets says who may come" {
	start_server --no-web
	ask /
	has_status '426 Upgrade Required'
	contains "$BODY" 'a chat server for lines of text'
	ask /health
	has_status '426 Upgrade Required'
}

# A connection that says nothing, from where a browser has come: it may be one
# that the browser has opened ahead.
@test "a browser's silent connections are no users before three seconds" {
	local begin next
	start_server
	come_as alice
	wipe alice
	ask / -A 'Mozilla/5.0 (X11; Linux x86_64)'
	has_status '200 OK'
	eventually "$PATIENCE" children_are 1
	begin=$(now_ms)
	exec {next}<>"/dev/tcp/127.0.0.1/$PORT"
	expect_line alice '* guest-1 joined (2 online)'
	(($(now_ms) - begin > 2900)) || fail "after $(($(now_ms) - begin)) ms"
	exec {next}>&-
	# One that is used is no user.
	expect_line alice '* guest-1 left (1 online)'
	wipe alice
	exec {next}<>"/dev/tcp/127.0.0.1/$PORT"
	printf 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n' >&"$next"
	contains "$(timeout "$PATIENCE" head -n 1 <&"$next")" '200 OK'
	exec {next}>&-
	eventually "$PATIENCE" children_are 1
	equal "$(screen alice)" ''
}

@test "nobody else waits: curl is no browser" {
	start_server --greet-after 200
	ask /
	seat bob nc 127.0.0.1 "$PORT"
	local begin
	begin=$(now_ms)
	expect_line bob '* welcome, guest-1; 1 online; /help for help'
	(($(now_ms) - begin < 2500)) || fail "after $(($(now_ms) - begin)) ms"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The first bytes of programs, as these programs sent them: each is answered as
# what it is, and heard by nobody.

load lib/helpers

setup() {
	start_server --greet-after 10000
	come_as alice
	wipe alice
}

# What a program begins with, by printf's escapes, and what its first line of
# answer is; "": none.
recorded() {
	cat <<-'END'
		curl 8.14|GET / HTTP/1.1\r\nHost: 127.0.0.1:8888\r\nUser-Agent: curl/8.14.1\r\nAccept: */*\r\n\r\n|HTTP/1.1 200 OK
		Chromium|GET /chat HTTP/1.1\r\nHost: 127.0.0.1:8888\r\nConnection: Upgrade\r\nPragma: no-cache\r\nUpgrade: websocket\r\nOrigin: http://127.0.0.1:8888\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n|HTTP/1.1 101 Switching Protocols
		Firefox, https|\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03|! no TLS here: connect without it, or to the TLS proxy in front of this server
		openssl s_client|\x16\x03\x01\x01\x30\x01\x00\x01\x2c\x03\x03|! no TLS here: connect without it, or to the TLS proxy in front of this server
		irssi 1.4.3|CAP LS 302\r\nJOIN :\r\n|:chat CAP * LS :away-notify batch cap-notify draft/chathistory echo-message draft/event-playback extended-join extended-monitor labeled-response message-tags draft/multiline=max-bytes=4096,max-lines=32 multi-prefix server-time setname standard-replies userhost-in-names
		WeeChat 3.8|CAP LS 302\r\nNICK alice\r\nUSER alice 0 * :alice\r\n|:chat CAP * LS :away-notify batch cap-notify draft/chathistory echo-message draft/event-playback extended-join extended-monitor labeled-response message-tags draft/multiline=max-bytes=4096,max-lines=32 multi-prefix server-time setname standard-replies userhost-in-names
		HexChat, a password|PASS secret\r\nNICK alice\r\n|:chat 433 * alice :Nickname is already in use
		nmap: GetRequest|GET / HTTP/1.0\r\n\r\n|HTTP/1.1 200 OK
		nmap: HTTPOptions|OPTIONS / HTTP/1.0\r\n\r\n|HTTP/1.1 204 No Content
		nmap: RTSPRequest|OPTIONS / RTSP/1.0\r\n\r\n|HTTP/1.1 400 Bad Request
		nmap: RPCCheck|\x80\x00\x00(r\xfe\x1d\x13\x00\x00\x00\x00\x00\x00\x00\x02|! this is a chat for lines of text: join with chatclient, nc or telnet
		nmap: DNSVersionBindReqTCP|\x00\x1e\x00\x06\x01\x00\x00\x01|! this is a chat for lines of text: join with chatclient, nc or telnet
		nmap: SMBProgNeg|\x00\x00\x00\xa4\xffSMBr\x00\x00\x00\x00|! this is a chat for lines of text: join with chatclient, nc or telnet
		nmap: TerminalServerCookie|\x03\x00\x00*%%\xe0\x00\x00\x00\x00\x00Cookie: mstshash=nmap\r\n|! this is a chat for lines of text: join with chatclient, nc or telnet
		nmap: GenericLines|\r\n\r\n|
		nmap: NULL||
		HAProxy, PROXY v1|PROXY TCP4 192.0.2.1 192.0.2.2 50000 8888\r\n|! the PROXY protocol is for trusted proxies: turn it off in this one, or name it by --trusted-proxy
		HAProxy, PROXY v2|\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c|! the PROXY protocol is for trusted proxies: turn it off in this one, or name it by --trusted-proxy
		HAProxy, option httpchk|OPTIONS / HTTP/1.0\r\n\r\n|HTTP/1.1 204 No Content
		curl, dict://|CLIENT libcurl 7.88.1\r\nDEFINE ! x\r\nQUIT\r\n|! this is a chat for lines of text: join with chatclient, nc or telnet
		a mailer in a hurry|EHLO x\r\nMAIL FROM:<a@example.org>\r\n|! this is a chat for lines of text: join with chatclient, nc or telnet
		ssh|SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n|! this is a chat for lines of text: join with chatclient, nc or telnet
		nc -z||
		telnet, to another port|\xff\xfd\x03\xff\xfb\x18\xff\xfb\x1f|
	END
}

@test "first bytes as recorded: each in its own words, and nobody joins" {
	local program bytes answer first
	while IFS='|' read -r program bytes answer; do
		# shellcheck disable=SC2059
		first=$(printf "$bytes" | timeout "$PATIENCE" \
			nc -N 127.0.0.1 "$PORT" | tr -d '\0\r' | head -n 1)
		equal "$first" "$answer" "the answer to $program"
	done < <(recorded)
	say alice 'quiet here'
	expect_line alice '[alice] quiet here'
	equal "$(screen alice)" '[alice] quiet here' "what alice has read"
	expect_who alice alice
}

# Bytes in two parts, each read alone, and the answer's first line.
in_parts() {
	cat <<-'END'
		a method|PROPFIND /x HT|TP/1.1\r\nHost: 127.0.0.1\r\n\r\n|HTTP/1.1 501 Not Implemented
		SIP|MESSAGE sip:a|@b SIP/2.0\r\n|! this is a chat for lines of text: join with chatclient, nc or telnet
		a NUL|he|l\x00lo\n|! this is a chat for lines of text: join with chatclient, nc or telnet
		telnet, then HTTP|\xff\xfd\x03|GET / HTTP/1.1\r\n\r\n|HTTP/1.1 426 Upgrade Required
		telnet, then IRC|\xff\xfd\x03|PASS secret\r\nCAP LIST\r\n|:chat CAP * LIST :
		both at once||\xff\xfd\x03PASS secret\r\nJOIN #a\r\n|:chat 451 * :You have not registered
	END
}

@test "a first line is known when it is whole, and without telnet's part in it" {
	takes_long
	local program one two answer first
	while IFS='|' read -r program one two answer; do
		# shellcheck disable=SC2059
		first=$({ printf "$one"; throughout 1 true; printf "$two"; } |
			timeout "$PATIENCE" nc -N 127.0.0.1 "$PORT" |
			tr -d '\0\r' | head -n 1)
		equal "$first" "$answer" "the answer to $program"
	done < <(in_parts)
	say alice 'quiet here'
	expect_line alice '[alice] quiet here'
	equal "$(screen alice)" '[alice] quiet here' "what alice has read"
}

@test "events: negotiation may come first" {
	seat bob nc 127.0.0.1 "$PORT"
	type_bytes bob '\xff\xfd\x03/events 1 bob\n'
	expect_line alice '* bob joined (2 online)'
	expect_match bob $'welcome\t.*'
}

@test "events: the name may come late" {
	stop_server
	start_server --greet-after 50
	come_as alice
	wipe alice
	seat bob nc 127.0.0.1 "$PORT"
	type_bytes bob '/events 1 bo'
	throughout 1 true
	type_bytes bob 'b\n'
	expect_line alice '* bob joined (2 online)'
}

@test "events: a first line that is too long makes no name of the next one" {
	local x
	stop_server
	start_server --greet-after 50
	come_as alice
	printf -v x '%5000s' ''
	seat bob nc 127.0.0.1 "$PORT"
	expect_match bob '\* welcome, .*'
	type_bytes bob "/events 1 ${x// /x}\nhello\n"
	expect_line alice '[guest-1] hello'
}

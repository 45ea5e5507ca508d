#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# An IRC client of others in a real browser: npm's irc-framework, by WebSocket,
# in a page of another origin.

load lib/helpers
load lib/browsers

: "${NPM:=$(realpath "$BATS_TEST_DIRNAME/..")/build/npm}"
BUNDLE=$NPM/irc-framework@4.14.0/dist/browser/static/browser.js

setup() {
	need_browser
	[[ -e $BUNDLE ]] || skip "there is no irc-framework here"
	serve_client
}

# The page comes from a server of its own.
serve_client() {
	local site=$BATS_TEST_TMPDIR/site
	cp -r "$BATS_TEST_DIRNAME/browser/irc" "$site"
	cp "$BUNDLE" "$site/browser.js"
	serve_folder "$site"
}

open_client() { # NAME SUBPROTOCOL
	browser create "$1"
	# shellcheck disable=SC2153 # serve_folder sets it
	browser allow "$1" "$SITE" "http://127.0.0.1:$PORT/chat"
	browser go "$1" "$SITE/"
	browser evaluate "$1" "connect($PORT, '$1', '$2')"
}

expect_heard() { # NAME LINE
	browser wait "$1" "$2" "[...document.querySelectorAll('#heard li')]
		.some((item) => item.textContent === '$2')" || {
		browser evaluate "$1" 'document.body.innerText'
		echo "$BROWSER_ANSWER"
		return 1
	}
}

irc_says() { # NAME JAVASCRIPT
	browser evaluate "$1" "void irc.$2"
}

talk() { # SUBPROTOCOL
	start_server --web-origin "$SITE"
	come_as alice
	open_client web "$1"
	expect_heard web 'registered web'
	expect_heard web 'join web #lobby'
	expect_line alice '* web joined (2 online)'
	expect_heard web "userlist #lobby alice,web"

	say alice 'hello, browser: ä 😀'
	expect_heard web "privmsg alice #lobby hello, browser: ä 😀"
	irc_says web "say('#lobby', 'hello, terminal: ß 🦆')"
	expect_line alice '[web] hello, terminal: ß 🦆'
	irc_says web "action('#lobby', 'waves')"
	expect_line alice '[* web] waves'

	irc_says web "say('alice', 'psst')"
	expect_line alice '[web -> you] psst'
	say alice '/msg web what is it?'
	expect_heard web "privmsg alice web what is it?"

	say alice '/join #tea'
	irc_says web "join('#tea')"
	expect_line alice '#tea * web joined (2 here)'
	irc_says web "say('#tea', 'with milk')"
	expect_line alice '#tea [web] with milk'
	say alice '/topic two sugars'
	expect_heard web 'topic #tea two sugars'

	irc_says web "changeNick('duck')"
	expect_line alice '* web is now duck'
	expect_heard web 'nick web duck'
	irc_says web "quit('bye')"
	expect_match alice '\* duck left.*\(1 online\)'
	expect_heard web closed
	nothing_wrong web
}

@test "irc-framework in Chromium talks by text.ircv3.net" {
	talk text.ircv3.net
}

@test "a page of an origin that is not allowed gets no connection" {
	start_server --web-origin http://127.0.0.1:1
	come_as alice
	open_client web text.ircv3.net
	expect_heard web closed
	wipe alice
	who_says alice "alice"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What people could say to harm who reads it in a browser is text and nothing
# else; the page's own policy forbids what it does not need; and it is accessible.

load lib/helpers
load lib/browsers

: "${NPM:=$(realpath "$BATS_TEST_DIRNAME/..")/build/npm}"
AXE=$NPM/axe-core@4.14.1/axe.min.js

hostile() { # lines|names
	python3 -B "$BATS_TEST_DIRNAME/browser/hostile.py" "$1"
}

# What somebody has read behind that beginning of a line, as a list in
# JavaScript.  Not by jq, whose version 1.6 breaks characters of long texts.
texts_read() { # NAME BEGINNING
	python3 -c 'import json, sys
begin = sys.argv[2]
with open(sys.argv[1], encoding="utf-8") as screen:
    lines = screen.read().split("\n")
print(json.dumps([each[len(begin):] for each in lines
                  if each.startswith(begin)]))' "$(screen_file "$1")" "$2"
}

# One of the functions of texts.js.
in_page() { # NAME CALL
	browser evaluate "$1" "(() => {
		$(<"$BATS_TEST_DIRNAME/browser/texts.js")
		return $2;
	})()"
}

# The page shows each of these texts, to the letter, by nothing but text.
shows_texts() { # NAME LIST
	in_page "$1" "missing($2)"
	equal "$BROWSER_ANSWER" '[]' "what the page does not show as it was said"
}

only_text() { # NAME
	in_page "$1" 'strangers()'
	equal "$BROWSER_ANSWER" '[]' "elements and attributes made of texts"
}

@test "hostile lines are text: no element, no request, no dialog" {
	start_server --rate 0 --history 0
	come_as carol
	come_as mallory
	browse alice
	wipe carol
	hostile lines >"$BATS_TEST_TMPDIR/lines"
	cat "$BATS_TEST_TMPDIR/lines" >&"${INPUT[mallory]}"
	caught_up mallory carol
	expect_said alice mallory "mark $MARKS."
	list=$(texts_read carol '[mallory] ')
	# All but what is empty without what the server removes.
	(($(jq length <<<"$list") > $(wc -l <"$BATS_TEST_TMPDIR/lines") - 3))
	shows_texts alice "$list"
	only_text alice
	keep_picture alice texts-end
	nothing_wrong alice
}

@test "hostile lines are text in a private talk, in a room, its topic, and a reason" {
	start_server --rate 0 --history 0
	come_as carol
	come_as mallory
	browse alice
	turn_to_user alice mallory
	hostile lines >"$BATS_TEST_TMPDIR/lines"
	wipe mallory
	grep -v '^.\{4000\}' "$BATS_TEST_TMPDIR/lines" |
		sed 's/^/to|alice|/' >&"${INPUT[mallory]}"
	say mallory 'to|alice|this is all'
	expect_said alice mallory 'this is all'
	only_text alice
	expect_line mallory '[you -> alice] this is all'
	shows_texts alice "$(texts_read mallory '[you -> alice] ')"

	go_to_room alice '#tea'
	say mallory '/join #tea'
	expect_line mallory '#tea * mallory joined (2 here)'
	talk alice '/op mallory'
	for text in '<img src=x onerror=alert(1)>' \
		'"><script>alert(1)</script>' 'javascript:alert(1)'; do
		say mallory "/me $text"
		say mallory "/topic $text"
		expect_text alice "set the topic: $text"
		browser wait alice "the topic $text" \
			"document.getElementById('topic').textContent ===
				$(quoted "$text")"
	done
	only_text alice
	say mallory '/kick alice <iframe src=javascript:alert(1)>'
	expect_page alice '<iframe src=javascript:alert\(1\)>'
	only_text alice
	# What the server answers to one's own line.
	talk alice '/<img/src=x/onerror=alert(1)>'
	expect_page alice 'unknown command: /<img/src=x/onerror=alert\(1\)>'
	nothing_wrong alice
}

@test "names like those of JavaScript's own things are names" {
	start_server --rate 0 --history 0 --max-per-address 0
	come_as carol
	browse alice
	mapfile -t names < <(hostile names)
	seat crowd python3 -B "$BATS_TEST_DIRNAME/browser/crowd.py" "$PORT" \
		"${names[@]}"
	# shellcheck disable=SC2034 # teardown reads it
	CROWD=yes
	expect_line crowd 'all are here'
	expect_here alice alice carol "${names[@]}"
	say crowd 'good morning'
	browser wait alice 'a line of each of them' "
		new Set([...document.querySelectorAll('#lines .line')]
			.filter((line) => line.querySelector('.text')
				.textContent === 'good morning')
			.map((line) => line.querySelector('.who').textContent))
			.size === ${#names[@]}"
	say crowd 'to|alice|psst'
	for name in "${names[@]:0:12}"; do
		turn_to alice "$name"
		expect_said alice "$name" psst
	done
	# Rooms of such names.
	for name in "${names[@]:0:6}"; do
		say carol "/join #$name"
		go_to_room alice "#$name"
		say carol "in the room of $name"
		expect_said alice carol "in the room of $name"
	done
	only_text alice
	keep_picture alice texts-names
	nothing_wrong alice
	hang_up crowd
	expect_here alice alice carol
}

@test "a script that somebody got into the page does not run" {
	start_server
	browse alice
	browser evaluate alice "window.ran = [];
		document.body.insertAdjacentHTML('beforeend',
			'<img src=/icon.svg onload=\"ran.push(1)\">' +
			'<svg onload=\"ran.push(2)\"></svg>' +
			'<button id=trap onclick=\"ran.push(3)\">x</button>' +
			'<a id=trap2 href=\"javascript:ran.push(4)\">x</a>' +
			'<iframe srcdoc=\"<script>parent.ran.push(5)</script>\"></iframe>' +
			'<iframe src=\"http://127.0.0.1:1/\"></iframe>' +
			'<object data=\"data:text/html,x\"></object>');
		const script = document.createElement('script');
		script.textContent = 'ran.push(6)';
		document.body.append(script);
		const other = document.createElement('script');
		other.src = 'data:text/javascript,ran.push(7)';
		document.body.append(other);
		document.getElementById('trap').click();
		document.getElementById('trap2').click();
		new Promise((done) => setTimeout(done, 200))"
	browser strict alice "try { eval('ran.push(8)') } catch { }
		try { new Function('ran.push(9)')() } catch { }
		try { setTimeout('ran.push(10)') } catch { }
		new Promise((done) => setTimeout(() => done(ran.join()), 200))"
	equal "$BROWSER_ANSWER" '' "what has run"
	# It could tell nobody, either.
	browser evaluate alice "Promise.all([
		fetch('http://127.0.0.1:1/').catch(() => 'no'),
		fetch('https://example.com/').catch(() => 'no'),
		new Promise((done) => {
			const image = new Image();
			image.onerror = () => done('no');
			image.src = 'http://127.0.0.1:1/?secret';
		}),
		new Promise((done) => {
			const socket = new WebSocket('ws://127.0.0.1:1/');
			socket.onerror = () => done('no');
		})]).then((all) => all.join())"
	equal "$BROWSER_ANSWER" no,no,no,no "what could be asked for"
	browser wrong alice
	for directive in script-src-attr script-src-elem img-src connect-src \
		frame-src object-src; do
		contains "$BROWSER_ANSWER" "csp: $directive" "what Chromium has told"
	done
}

@test "no other page has ours in a frame" {
	start_server
	mkdir "$BATS_TEST_TMPDIR/site"
	echo '<!doctype html><title>A trap</title>' \
		>"$BATS_TEST_TMPDIR/site/index.html"
	serve_folder "$BATS_TEST_TMPDIR/site"
	browser create mallory
	browser go mallory "$SITE/"
	browser evaluate mallory "new Promise((done) => {
		const frame = document.createElement('iframe');
		frame.onload = () => done(1);
		frame.src = 'http://127.0.0.1:$PORT/';
		document.body.append(frame);
	})"
	browser wrong mallory
	contains "$BROWSER_ANSWER" 'frame-ancestors' "what Chromium has told"
	# And its scripts are no other page's.
	equal "$(curl -sI "http://127.0.0.1:$PORT/chat.js" | tr -d '\r' |
		sed -n 's/^Cross-Origin-Resource-Policy: //ip')" same-origin
}

# What axe-core finds that is serious or critical.
accessible() { # NAME WHERE
	browser inject "$1" "$AXE"
	browser evaluate "$1" "axe.run().then((found) => found.violations
		.filter((each) => /serious|critical/.test(each.impact))
		.map((each) => each.id + ': ' + each.nodes.map((node) =>
			node.html + ' ' + node.failureSummary).join('; '))
		.join('\n'))"
	equal "$BROWSER_ANSWER" '' "what axe-core says of $2"
}

@test "axe-core finds nothing serious: light, dark, wide and narrow" {
	[[ -e $AXE ]] || skip "there is no axe-core here"
	start_server --rate 0
	come_as carol
	come_as bob
	open_page alice
	for scheme in light dark; do
		browser look alice 1000 "$scheme"
		accessible alice "the first page, $scheme"
		keep_picture alice "first-$scheme"
	done
	come_in alice
	go_to_room alice '#tea'
	say carol '/join #tea'
	say carol 'see https://example.org/, alice'
	say carol '/me waves'
	say carol '/topic two spoons'
	say bob '/msg alice psst'
	talk alice '/foo'
	talk alice 'of all my lines'
	expect_said alice alice 'of all my lines'
	for scheme in light dark; do
		for width in 1600 800 360; do
			browser look alice "$width" "$scheme"
			accessible alice "the chat, $scheme, $width pixels"
			keep_picture alice "chat-$scheme-$width"
			# Nothing is wider than the window.
			browser evaluate alice \
				'document.documentElement.scrollWidth <= innerWidth'
			equal "$BROWSER_ANSWER" true "that all is as wide as $width pixels"
		done
	done
	nothing_wrong alice
}

@test "1,000 names and 5,000 lines: the page stays quick, and forgets old lines" {
	takes_long
	start_server --rate 0 --max-users 1100 --max-per-address 0
	come_as carol
	browse alice
	seat crowd python3 -B "$BATS_TEST_DIRNAME/browser/crowd.py" "$PORT" \
		1000 somebody-
	# shellcheck disable=SC2034 # teardown reads it
	CROWD=yes
	expect_line crowd 'all are here'
	expect_page alice '^1,002 here'
	browser processor alice
	before=$BROWSER_ANSWER
	say crowd 'one of a thousand'
	seq -f 'line %.0f of carol' 4000 >&"${INPUT[carol]}"
	expect_said alice carol 'line 4000 of carol'
	keep_picture alice texts-crowd
	browser processor alice
	((BROWSER_ANSWER - before < 15000)) ||
		fail "5,000 lines took $((BROWSER_ANSWER - before)) ms"
	echo "# 5,000 lines: $((BROWSER_ANSWER - before)) ms" >&3
	browser evaluate alice \
		'document.querySelectorAll("[role=log] *").length < 30000'
	equal "$BROWSER_ANSWER" true 'that old lines are gone'
	nothing_wrong alice
	hang_up crowd
	eventually "$PATIENCE" children_are 2
}

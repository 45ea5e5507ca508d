#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The browser's client without a browser: its parts, run by node, and what the
# server has of it.

load lib/helpers

setup_file() {
	WEB=$BATS_FILE_TMPDIR/web
	export WEB
	mkdir "$WEB"
	cp "$BATS_TEST_DIRNAME/.."/client/web/* "$WEB"
	# Node takes a file for a module by this alone.
	echo '{"type": "module"}' >"$WEB/package.json"
}

needs_node() {
	command -v node >/dev/null || skip "no node here"
}

parts_work() { # NAME
	needs_node
	node --test "$BATS_TEST_DIRNAME/../tests/web/$1.test.mjs" >"$BATS_TEST_TMPDIR/out" ||
		fail "$(cat "$BATS_TEST_TMPDIR/out")"
}

@test "text: events, names, colours, links" {
	parts_work text
}

@test "conversations: each line once, in its place, unread or not" {
	parts_work talks
}

@test "the session: from one connection to the next" {
	parts_work session
}

# What scripts/make-page makes of the sources.
made() { # PATH FILE...
	"$BATS_TEST_DIRNAME/../scripts/make-page" --serve "$@"
}

@test "what is served is what was written, without what means nothing" {
	start_server
	local path
	curl -sS --fail "http://127.0.0.1:$PORT/chat.js" |
		cmp - <(made /chat.js "$WEB"/*.js)
	for path in / /chat.css /icon.svg; do
		curl -sS --fail "http://127.0.0.1:$PORT$path" |
			cmp - <(made "$path" "$WEB/${path/%\//index.html}")
	done
}

@test "the modules are one script, each behind those that it imports" {
	made /chat.js "$WEB"/*.js >"$BATS_TEST_TMPDIR/chat.mjs"
	not grep -nE '^(import|export) ' "$BATS_TEST_TMPDIR/chat.mjs"
	if command -v node >/dev/null; then
		node --check "$BATS_TEST_TMPDIR/chat.mjs"
	fi
	echo "import { b } from './b.js';" >"$BATS_TEST_TMPDIR/a.js"
	echo 'const a = 2 * b;' >>"$BATS_TEST_TMPDIR/a.js"
	echo 'export const b = 1;' >"$BATS_TEST_TMPDIR/b.js"
	run made /chat.js "$BATS_TEST_TMPDIR"/{a,b}.js
	equal "$output" $'const b=1;\nconst a=2*b;'
	echo 'const b = 1;' >>"$BATS_TEST_TMPDIR/a.js"
	run made /chat.js "$BATS_TEST_TMPDIR"/{a,b}.js
	equal "$status" 1
	contains "$output" 'two modules define b'
}

@test "the modules that the page loads are there, and all are loaded" {
	local wanted there
	wanted=$(sed -nE "s,.*(from|src=)[ \"']*\.?/([a-z]+\.js).*,\2,p" \
		"$BATS_TEST_DIRNAME/.."/client/web/*.{html,js} | sort -u)
	there=$(cd "$BATS_TEST_DIRNAME/../client/web" && printf '%s\n' *.js)
	equal "$wanted" "$there"
}

@test "the page may not become too big, and that is said" {
	head -c 61441 /dev/zero >"$BATS_TEST_TMPDIR/index.html"
	run "$BATS_TEST_DIRNAME/../scripts/make-page" "$BATS_TEST_TMPDIR/index.html"
	equal "$status" 1
	contains "$output" 'more than 61440'
	touch "$BATS_TEST_TMPDIR/chat.php"
	run "$BATS_TEST_DIRNAME/../scripts/make-page" "$BATS_TEST_TMPDIR/chat.php"
	equal "$status" 1
	contains "$output" 'a kind of file that is not served'
}

@test "what would make HTML of a text is found" {
	mkdir -p "$BATS_TEST_TMPDIR/client" "$BATS_TEST_TMPDIR/tests"
	cp -r "$BATS_TEST_DIRNAME/../client/web" "$BATS_TEST_TMPDIR/client"
	cp -r "$BATS_TEST_DIRNAME/../tests/web" "$BATS_TEST_TMPDIR/tests"
	"$BATS_TEST_DIRNAME/../scripts/check-page" "$BATS_TEST_TMPDIR"
	local wrong
	for wrong in "x.innerHTML = y;" "eval(x);" "x.setAttribute('style', y);" \
		"import y from 'https://example.org/x.js';" 'let x = ;'; do
		command -v node >/dev/null || [[ $wrong != 'let x = ;' ]] || continue
		echo "$wrong" >"$BATS_TEST_TMPDIR/client/web/more.js"
		run "$BATS_TEST_DIRNAME/../scripts/check-page" "$BATS_TEST_TMPDIR"
		equal "$status" 1 "of $wrong: the status"
	done
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --log-chat: what was public, in a file.
# shellcheck disable=SC2154 # what run sets

load lib/helpers

setup() {
	CHAT=$BATS_TEST_TMPDIR/chat.log
}

# The file without its times, which are times.
chat() {
	not grep -qvE '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z ' \
		"$CHAT"
	cut -d ' ' -f 2- "$CHAT"
}

@test "what everybody can read is there, and nothing else" {
	start_server --rate 0 --log-chat "$CHAT"
	connect alice
	rename alice alice
	connect bob
	rename bob bob
	say alice 'hello, all'
	say alice '/me waves'
	say alice '/msg bob a secret'
	expect_line bob '[alice -> you] a secret'
	type_bytes alice 'a \033[2J line\n'
	caught_up alice bob
	hang_up bob
	expect_line alice '* bob left (1 online)'
	equal "$(chat)" "* guest-1 joined
* guest-1 is now alice
* guest-1 joined
* guest-1 is now bob
[alice] hello, all
[* alice] waves
[alice] a [2J line
[alice] mark $MARKS.
* bob left"
	equal "$(stat -c %a "$CHAT")" 600
	# And the times are those of a clock that knows its calendar.
	written=$(date -d "$(tail -n 1 "$CHAT" | cut -d ' ' -f 1)" +%s)
	((EPOCHSECONDS - written >= 0 && EPOCHSECONDS - written < 20))
}

@test "it goes on after the relay's death, and after an upgrade in a new file" {
	start_server --rate 0 --log-chat "$CHAT"
	enter alice
	relay=$(relay_pid)
	kill -KILL "$relay"
	say alice 'after a kill'
	expect_line alice '[alice] after a kill'
	contains "$(chat)" '[alice] after a kill'
	mv "$CHAT" "$CHAT.1"
	kill -HUP "$SERVER_PID"
	eventually "$PATIENCE" grep -q 'upgrade version=' "$SERVER_LOG"
	say alice 'in the new one'
	expect_line alice '[alice] in the new one'
	equal "$(chat)" '[alice] in the new one'
}

@test "a full disk costs lines there and nothing else" {
	start_server --rate 0 --log-chat /dev/full
	enter alice bob
	say alice 'on no disk'
	expect_line bob '[alice] on no disk'
	eventually "$PATIENCE" grep -q 'chat-log-lost error="No space left' \
		"$SERVER_LOG"
	# What would not be there anyway is no success.
	say alice '/msg bob a secret'
	say alice 'on no disk either'
	expect_line bob '[alice] on no disk either'
	equal "$(grep -c chat-log-lost "$SERVER_LOG")" 1 "how often it is said"
}

@test "nor does a file that may not grow" {
	head -c 200000 /dev/zero >"$CHAT"
	start_server --rate 0 --log-chat "$CHAT"
	prlimit --pid "$SERVER_PID" --fsize=100000
	enter alice
	kill -9 "$(relay_pid)" # the next one has the limit, too
	eventually "$PATIENCE" grep -q relay-resume "$SERVER_LOG"
	say alice 'too much'
	expect_line alice '[alice] too much'
	eventually "$PATIENCE" grep -q 'chat-log-lost error="File too large"' \
		"$SERVER_LOG"
	equal "$(grep -c relay-restart "$SERVER_LOG")" 1 "relays that ended"
}

@test "a line that is taken in part is ended before the next" {
	local line reader
	mkfifo "$CHAT"
	# A pipe that nobody reads is a disk that gets full.
	exec {HELD}<>"$CHAT"
	start_server --rate 0 --log-chat "$CHAT"
	connect alice
	line=$(printf '%04090d' 0)
	for _ in {1..20}; do
		say alice "$line"
	done
	eventually "$PATIENCE" grep -q 'chat-log-lost error="Resource' \
		"$SERVER_LOG"
	caught_up alice alice
	(bare cat "$CHAT") >"$CHAT.read" 3>&- &
	reader=$!
	exec {HELD}>&-
	eventually "$PATIENCE" test -s "$CHAT.read"
	say alice 'all of this'
	eventually "$PATIENCE" grep -qE '^[^ ]{20} \[guest-1\] all of this$' \
		"$CHAT.read"
	kill "$reader"
	not grep -E 'T[0-9:]{8}Z .*T[0-9:]{8}Z ' "$CHAT.read"
}

# The next relay has the limit that its parent has.
limit_next_relay() { # BYTES
	local before
	before=$(grep -c relay-resume "$SERVER_LOG") || true
	prlimit --pid "$SERVER_PID" --fsize="$1:"
	kill -KILL "$(relay_pid)"
	eventually "$PATIENCE" resumed_more_than "$before"
}

resumed_more_than() { # TIMES
	(($(grep -c relay-resume "$SERVER_LOG") > $1))
}

# A file that may not grow takes a part of a line, like a full disk.
cut_a_line_short() {
	limit_next_relay "$(($(stat -c %s "$CHAT") + 30))"
	say alice 'this does not fit'
	expect_line alice '[alice] this does not fit'
	eventually "$PATIENCE" grep -q chat-log-lost "$SERVER_LOG"
	[[ $(tail -c 1 "$CHAT") != '' ]] || fail "the line is whole"
}

@test "a line that was taken in part is ended by the next relay, and server" {
	# Larger than the server's own log, which has the limit, too.
	seq -f '2026-11-24T08:15:00Z [old] %g' 1 5000 >"$CHAT"
	start_server --rate 0 --log-chat "$CHAT"
	enter alice
	cut_a_line_short
	limit_next_relay unlimited
	say alice 'a line of its own'
	expect_line alice '[alice] a line of its own'
	chat | grep -qx '\[alice\] a line of its own'
	cut_a_line_short
	stop_server
	start_server --rate 0 --log-chat "$CHAT"
	connect alice
	say alice 'another one'
	expect_line alice '[guest-1] another one'
	chat | grep -qx '\[guest-1\] another one'
	not grep -qx '' "$CHAT"
}

@test "a file that cannot be opened: no start" {
	run --separate-stderr timeout 5 "$SERVER" -Port 0 \
		--log-chat "$BATS_TEST_TMPDIR/none/chat" </dev/null
	equal "$status" 73
	contains "$stderr" '--log-chat: cannot open'
}

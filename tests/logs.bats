#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the server logs: a line for each event, its name and key=value.
# shellcheck disable=SC2016,SC2153,SC2154 # for the shell that is started; what run sets

load lib/helpers
load lib/administration

# An event and its fields; what is between quotes has neither quotes nor
# backslashes of its own without a backslash before them.
field='[a-z-]+=("([^"\\]|\\.)*"|[^" ]+)'
event="[a-z-]+( $field)*"

logged() { # EXTENDED-REGULAR-EXPRESSION
	eventually "$PATIENCE" grep -qxE "$1" "$SERVER_LOG" ||
		fail "no log line that matches $1 in:" "$(cat "$SERVER_LOG")"
}

@test "each event is one line of its name and key=value" {
	start_server --max-users 2
	enter alice bob
	seat carol nc 127.0.0.1 "$PORT"
	expect_line carol '! server full'
	done_by --say 'a "notice" \ of = everything'
	hang_up bob
	kill -9 "$(relay_pid)"
	logged 'chatserver: connect slot=0 address=127\.0\.0\.1:[0-9]+ pid=[0-9]+'
	logged 'chatserver: refuse address=127\.0\.0\.1:[0-9]+ reason=full users=2'
	logged 'chatserver: control uid=[0-9]+ verb=say text="server: a \\"notice\\" \\\\ of = everything" result="done"'
	logged 'chatserver: disconnect slot=1 reason=left'
	logged 'chatserver: relay-restart signal=9'
	logged 'chatserver: relay-resume event=[0-9]+ users=1'
	kill -9 "$(children)"
	logged 'chatserver: disconnect slot=0 reason=died signal=9'
	stop_server
	logged 'chatserver: shutdown users=0'
	equal "$(grep -vxE "chatserver: $event" "$SERVER_LOG")" '' "other lines"
}

@test "a process that cannot begin: its end has a name" {
	strace -o /dev/null true 2>/dev/null || skip "strace cannot be used here"
	start_server
	strace -f -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=close_range \
		-e inject=close_range:error=EINVAL:when=1 \
		-p "$SERVER_PID" 3>&- 2>/dev/null &
	tracer=$!
	traced() { grep -q '^TracerPid:.*[1-9]' "/proc/$SERVER_PID/status"; }
	eventually "$PATIENCE" traced
	seat carol nc 127.0.0.1 "$PORT"
	logged 'chatserver: disconnect slot=0 reason=spawn-failed'
	kill -9 "$(relay_pid)"
	logged 'chatserver: relay-restart signal=9'
	logged 'chatserver: relay-restart reason=spawn-failed'
	kill "$tracer"
	wait "$tracer" || true
	enter alice
}

@test "a client's bytes are escaped, and start no line of their own" {
	start_server
	connect alice
	type_bytes alice '/nick \033[2J\nchatserver: forged\n'
	expect_line alice '[guest-1] chatserver: forged'
	hang_up alice
	eventually "$PATIENCE" children_are 0
	equal "$(grep -vc '^chatserver: ' "$SERVER_LOG")" 0 "other lines"
	equal "$(LC_ALL=C tr -dc '\000-\011\013-\037\177' <"$SERVER_LOG" |
		wc -c)" 0 "control bytes"
	not grep forged "$SERVER_LOG"
}

@test "nor do an administrator's, where it does not start" {
	local words
	for words in $'--listen=1\nforged' \
		$'--log-chat=/none/\nforged\033[2J' $'--bogus\nforged' \
		$'--listen=x\nforged\xC2\x9B2J\xE2\x80\xAE:1'; do
		run --separate-stderr timeout 5 "$SERVER" -Port 0 "$words" \
			</dev/null
		((status >= 64)) || fail "$status"
		not contains "$stderr" $'\nforged'
		# A path is refused whole, the rest is escaped.
		[[ $words == --listen* ]] || contains "$stderr" '\x0a'
		not contains "$stderr" $'\033'
		not contains "$stderr" $'\xC2\x9B'
		not contains "$stderr" $'\xE2\x80\xAE'
	done
}

# A server whose JOURNAL_STREAM is what a command prints, in which descriptor 2
# is the server's.
start_with_stream() { # COMMAND...
	local server=$BATS_TEST_TMPDIR/journaled
	printf '#!/bin/sh\nJOURNAL_STREAM=$(%s) exec "%s" "$@"\n' \
		"$*" "$SERVER" >"$server"
	chmod +x "$server"
	SERVER=$server start_server
}

@test "the journal gets priorities in place of the program's name" {
	start_with_stream stat -Lc %d:%i /proc/self/fd/2
	connect alice
	logged '<6>connect slot=0 .*'
	kill -9 "$(children)"
	logged '<4>disconnect slot=0 reason=died signal=9'
	equal "$(grep -vxE "<[46]>$event" "$SERVER_LOG")" '' "other lines"
}

@test "a standard error that is not the journal's gets no priorities" {
	start_with_stream echo 1:2
	connect alice
	logged 'chatserver: connect slot=0 .*'
	not grep '^<' "$SERVER_LOG"
}

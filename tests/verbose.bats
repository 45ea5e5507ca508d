#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Debug lines in the log: asked for by -v, turned on and off by SIGUSR2, of the
# parent, the relay and the children, and never what anybody says.

load lib/helpers

field='[a-z-]+=("([^"\\]|\\.)*"|[^" ]+)'
event="[a-z-]+( $field)*"

logged() { # EXTENDED-REGULAR-EXPRESSION
	eventually "$PATIENCE" grep -qxE "chatserver: $1" "$SERVER_LOG" ||
		fail "no log line that matches $1 in:" "$(cat "$SERVER_LOG")"
}

debug_lines() {
	grep -c '^chatserver: debug-' "$SERVER_LOG" || true
}

child_logged() { # PHASE DIALECT
	local text="phase=$1 dialect=$2 lines=[0-9]+ queued=[0-9]+"
	logged "debug-child pid=[0-9]+ text=\"$text\""
}

@test "-v: what the parent, the relay and a child do" {
	local flag
	for flag in -v --verbose; do
		start_server "$flag"
		enter alice
		hang_up alice
		logged "debug-listen descriptor=[0-9]+ address=127\.0\.0\.1:$PORT"
		logged "debug-accept listener=127\.0\.0\.1:$PORT address=127\.0\.0\.1:[0-9]+"
		logged 'debug-fork slot=0 pid=[0-9]+ generation=1'
		logged 'debug-attach slot=0 generation=1 seen=0 missed=0'
		child_logged greet text
		child_logged talk text
		child_logged over text
		logged 'debug-reap pid=[0-9]+ slot=0 status=0'
		equal "$(grep -vxE "chatserver: $event" "$SERVER_LOG")" '' "other lines"
		stop_server
	done
}

@test "without it, no debug line" {
	start_server
	enter alice bob
	hang_up alice
	kill -9 "$(relay_pid)"
	logged 'relay-resume .*'
	stop_server
	equal "$(debug_lines)" 0 "debug lines"
}

@test "SIGUSR2 turns them on and off, also for who is there" {
	start_server
	enter alice
	kill -USR2 "$SERVER_PID"
	logged 'verbose state=on'
	hang_up alice
	child_logged over text
	logged 'debug-reap pid=[0-9]+ slot=0 status=0'
	kill -USR2 "$SERVER_PID"
	logged 'verbose state=off'
	before=$(debug_lines)
	enter bob
	hang_up bob
	gone() { (($(grep -c 'disconnect slot=0' "$SERVER_LOG") == 2)); }
	eventually "$PATIENCE" gone
	kill -USR2 "$SERVER_PID"
	turned_on_twice() { (($(grep -c 'verbose state=on' "$SERVER_LOG") == 2)); }
	eventually "$PATIENCE" turned_on_twice
	equal "$(debug_lines)" "$before" "debug lines while they were off"
}

@test "SIGUSR2 to every process, as of a service manager: all stay" {
	start_server
	enter alice bob
	relay=$(relay_pid)
	children=$(children)
	# shellcheck disable=SC2086 # several
	kill -USR2 $relay $children "$SERVER_PID"
	logged 'verbose state=on'
	say alice 'still here'
	expect_line bob '[alice] still here'
	equal "$(relay_pid)" "$relay" "the relay"
	equal "$(children)" "$children" "the children"
}

@test "what somebody says or is called is in no debug line" {
	start_server -v
	enter alice bob
	say alice 'heard by all'
	say alice '/msg bob for bob alone'
	expect_line bob '[alice -> you] for bob alone'
	type_bytes alice 'raw \033[2J\200\n'
	expect_match bob '\[alice\] raw .*'
	hang_up alice
	logged 'disconnect slot=0 reason=left'
	child_logged over text
	not grep -qE 'heard|alone|raw|alice|\\x' "$SERVER_LOG"
}

@test "rounds with many bytes, and who is behind" {
	local fd writer
	start_server -v --rate 0
	# It takes nothing: when its buffers are full the cursor stays behind.
	exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
	echo '/nick bob' >&"$fd"
	logged 'debug-attach slot=0 generation=1 seen=0 missed=0'
	(bare seq -f '%01000g' 1 12000 | bare nc 127.0.0.1 "$PORT" >/dev/null) 3>&- &
	writer=$!
	logged 'debug-round bytes=[0-9]{5,} runs=[0-9]+ rooms=[0-9]+'
	logged 'debug-lagging slot=0 bytes=[0-9]+'
	exec {fd}>&-
	stop_server
	wait "$writer" || true
}

@test "an upgrade goes on as it was, with who was there before" {
	[[ -n ${UPGRADES-} ]] || skip "UPGRADES is not set"
	cp "$SERVER" "$BATS_TEST_TMPDIR/chatserver"
	SERVER=$BATS_TEST_TMPDIR/chatserver
	start_server
	enter alice
	kill -USR2 "$SERVER_PID"
	logged 'verbose state=on'
	cp "$UPGRADES/chatserver-next" "$BATS_TEST_TMPDIR/new"
	mv "$BATS_TEST_TMPDIR/new" "$SERVER"
	kill -HUP "$SERVER_PID"
	logged 'upgrade version=.*-next users=1'
	hang_up alice
	child_logged over text
	logged 'debug-reap pid=[0-9]+ slot=0 status=0'
}

@test "a child has a socket for them, and nothing else" {
	[[ $(id -u) == 0 ]] || skip "only root may look at processes that are locked in"
	start_server -v
	enter alice
	[[ $(readlink "/proc/$(children)/fd/2") == socket:* ]] ||
		skip "it has no sandbox"
	equal "$(find "/proc/$(children)/fd" -mindepth 1 -printf '%f\n' | sort -n | xargs)" \
		'0 1 2 3 4'
}

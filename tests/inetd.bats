#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# `chatserver --inetd`, the front: its descriptors 0 and 1 are one user of a
# server that runs, or is started for that.
# shellcheck disable=SC2016 # for the shells that are started

load lib/helpers
load lib/deployments

setup() {
	need_programs socat
	# Says who it is and how it ended, and is run as inetd would: standard
	# error is the client's, too.
	cat >"$BATS_TEST_TMPDIR/front" <<-'END'
		#!/bin/sh
		file=$1 control=$2
		shift 2
		sh -c 'echo $$ >"$0.pid" && exec "$@"' "$file" \
			"$SERVER" --inetd --control "$control" "$@" 2>&1
		echo $? >"$file.status"
	END
	chmod 755 "$BATS_TEST_TMPDIR/front"
	export SERVER
}

come() { # HOW NAME [OPTION...]
	local how=$1 name=$2
	local front=("$BATS_TEST_TMPDIR/front" "$BATS_TEST_TMPDIR/$name"
		"$CONTROL" "${@:3}")
	rm -f "$BATS_TEST_TMPDIR/$name".{pid,status}
	case $how in
	socket) seat "$name" socat -lf "$BATS_TEST_TMPDIR/socat.log" - "EXEC:${front[*]}" ;;
	terminal) seat "$name" socat -lf "$BATS_TEST_TMPDIR/socat.log" - \
		"EXEC:${front[*]},pty,setsid,ctty,echo=0" ;;
	pipe) seat "$name" bash -c '"$@" | cat' pipe "${front[@]}" ;;
	esac
}

front_of() { # NAME
	cat "$BATS_TEST_TMPDIR/$1.pid"
}

front_ends() { # NAME STATUS
	eventually "$PATIENCE" test -s "$BATS_TEST_TMPDIR/$1.status" || {
		fail "the front of $1 still runs"
		return 1
	}
	equal "$(cat "$BATS_TEST_TMPDIR/$1.status")" "$2" \
		"the status of $1's front"
}

# All that this person has got, to the byte.
got() { # NAME TEXT
	equal "$(cat "$(screen_file "$1")"; echo .)" "$2." "what $1 got"
}

start_server_alone() { # [OPTION...]
	start_server --control "$CONTROL" "$@"
}

# --- talking -----------------------------------------------------------------

@test "people talk through sockets, pipes and a terminal" {
	declare -A HOW=([alice]=socket [bob]=pipe [carol]=terminal [dave]=pipe)
	deploy() {
		OPTIONS=("$@")
	}
	reach() {
		come "${HOW[$1]}" "$1" "${OPTIONS[@]}"
	}
	# The server's children are not ours: what tells is the front.
	gone() {
		front_ends "$1" 0
	}
	talk_through_it
	eventually "$PATIENCE" fronts_are 0
}

@test "a server that runs is joined, and those of its listeners are met" {
	start_server_alone
	connect alice
	come socket bob --name bob
	expect_line alice '* bob joined (2 online)'
	say bob 'hello, alice'
	expect_line alice '[bob] hello, alice'
	rename alice alice
	expect_line bob '* guest-1 is now alice'
	equal "$(server_says pid)" "$SERVER_PID" "the server"
	hang_up bob
	expect_line alice '* bob left (1 online)'
}

@test "a name that is given is the first, and one that is taken is told" {
	come socket alice --name bob
	expect_match alice '\* welcome, bob; 1 online; .*'
	come pipe bob --name Bob
	expect_line bob '! name in use: Bob'
	got bob $'* welcome, guest-1; 2 online; /help for help\n! name in use: Bob\n'
}

# --- refusals ----------------------------------------------------------------

@test "of wrong usage the client gets to see nothing" {
	takes_long
	local n=0 options
	for options in --bogus -bogus '--rate many' '--name a|b' '--name=' \
		'--name you' '--status' '--listen' 'word' '--name bob --say hi'; do
		n=$((n + 1))
		# shellcheck disable=SC2086
		come pipe "u$n" $options
		front_ends "u$n" 64
		got "u$n" ''
	done
	# Nor by the short form of the option, nor where it has a value.
	for options in -ine --inetd=yes; do
		"$SERVER" "$options" --bogus </dev/null \
			>"$BATS_TEST_TMPDIR/said" 2>&1 || equal "$?" 64
		equal "$(cat "$BATS_TEST_TMPDIR/said")" '' "what it said"
	done
	[[ -z $(server_says pid) ]]
}

@test "descriptors that cannot be a user's are no user" {
	local status=0
	"$SERVER" --inetd --control "$CONTROL" <&- 2>&1 |
		cat >"$BATS_TEST_TMPDIR/said"
	equal "${PIPESTATUS[0]}" 64
	equal "$(cat "$BATS_TEST_TMPDIR/said")" ''
	"$SERVER" --inetd --control "$CONTROL" </dev/null \
		>"$BATS_TEST_TMPDIR/said" 2>&1 || status=$?
	equal "$status" 64
	equal "$(cat "$BATS_TEST_TMPDIR/said")" ''
	[[ -z $(server_says pid) ]]
}

@test "a full server is told in a line, also by one that was started" {
	come socket alice --max-users 1
	expect_match alice '\* welcome, guest-1; .*'
	come pipe bob
	front_ends bob 69
	got bob $'! server full\n'
	come terminal carol
	front_ends carol 69
	equal "$(screen carol)" '! server full'
}

@test "where no server can be had, the client is told to come later" {
	local later=$'! the chat cannot be reached now; try again later\n'
	CONTROL=$BATS_TEST_TMPDIR/control-not/here come pipe alice
	front_ends alice 71
	got alice "$later"
	# One that cannot start.
	start_server
	come pipe bob --listen "127.0.0.1:$PORT"
	front_ends bob 69
	got bob "$later"
}

@test "wrong options: the front's own, not a word; those of a server, come later" {
	local later=$'! the chat cannot be reached now; try again later\n' n=0 options
	for options in '--listen nonsense' '--listen 192.0.2.1:0' \
		'--user no-such-user'; do
		n=$((n + 1))
		# shellcheck disable=SC2086 # as words
		come pipe "u$n" $options
		front_ends "u$n" 69
		got "u$n" "$later"
	done
	CONTROL=/$(printf '%200s' '' | tr ' ' x) come pipe alice
	front_ends alice 64
	got alice "$later"
	# Where a server runs they are nobody's.
	start_server_alone
	come pipe bob --listen nonsense
	expect_match bob '\* welcome, .*'
}

# A syslogd with such a socket, where this test alone can see it.
run_syslogd() { # ADDRESS OF SOCAT
	unshare -m true 2>/dev/null ||
		skip "mount namespaces are not permitted here"
	DEV=$BATS_TEST_TMPDIR/dev
	mkdir -p "$DEV/shm"
	: >"$DEV/null"
	unshare -m bash -c '
		cd "$1" && mount --bind /dev/null null &&
		mount --bind /dev/shm shm && mount --rbind "$1" /dev &&
		exec socat -u "$2" OPEN:"$1.said",creat,append' \
		syslogd "$DEV" "$1" 3>&- &
	DAEMON_PIDS+=($!)
	eventually "$PATIENCE" test -S "$DEV/log"
}

# Whatever ends a message there, as a line's end.
told_syslog() { # REGULAR EXPRESSION
	[[ -e $DEV.said ]] &&
		tr '\0' '\n' <"$DEV.said" | grep -qE "^<[0-9]+>chatserver\[[0-9]+\]: $1"
}

tells_syslog_of_bad_options() {
	nsenter -t "${DAEMON_PIDS[0]}" -m \
		"$SERVER" --inetd --rate many </dev/null 2>&1 |
		cat >"$BATS_TEST_TMPDIR/said"
	equal "${PIPESTATUS[0]}" 64
	equal "$(cat "$BATS_TEST_TMPDIR/said")" ''
	eventually "$PATIENCE" told_syslog "--rate: 'many' is not a number"
}

@test "what is wrong goes to syslog" {
	run_syslogd UNIX-RECV:/dev/log,unlink-close
	tells_syslog_of_bad_options
	grep -q '^<27>' "$DEV.said"
}

@test "also where syslog's socket is a stream, with all that is logged" {
	run_syslogd UNIX-LISTEN:/dev/log,fork,unlink-close
	tells_syslog_of_bad_options
	local program=$SERVER
	SERVER=$BATS_TEST_TMPDIR/inside
	printf '#!/bin/sh\nexec nsenter -t %s -m %s "$@"\n' \
		"${DAEMON_PIDS[0]}" "$program" >"$SERVER"
	chmod 755 "$SERVER"
	start_server_alone --log syslog
	connect alice
	eventually "$PATIENCE" told_syslog 'connect slot=0 .*'
	stop_server
	eventually "$PATIENCE" told_syslog 'shutdown users=1$'
}

# --- the server that is started ----------------------------------------------

@test "twenty who come at once with no server start one" {
	local i
	mkfifo "$BATS_TEST_TMPDIR/in"
	exec {HELD}<>"$BATS_TEST_TMPDIR/in"
	(bare strace -f -qq --seccomp-bpf -e trace=execve \
		-o "$BATS_TEST_TMPDIR/trace" bash -c '
		for i in $(seq 20); do
			"$SERVER" --inetd --control "$1" --end-when-empty 1 \
				<"$2/in" | cat >"$2/out-$i" &
		done
		wait' all "$CONTROL" "$BATS_TEST_TMPDIR") 3>&- &
	eventually "$PATIENCE" server_has 20
	for i in $(seq 20); do
		eventually "$PATIENCE" \
			grep -q '^\* welcome, ' "$BATS_TEST_TMPDIR/out-$i"
	done
	exec {HELD}>&-
	rm "$BATS_TEST_TMPDIR/in"
	# Until the server has ended, too.
	eventually "$PATIENCE" ended $!
	equal "$(grep -c 'execve("/proc/self/exe"' "$BATS_TEST_TMPDIR/trace")" 1 \
		"servers that were started"
}

@test "who holds the folder's lock keeps nobody from a server that runs" {
	flock "$BATS_TEST_TMPDIR" tail -f /dev/null 3>&- &
	holder=$!
	held() {
		! flock -n "$BATS_TEST_TMPDIR" true
	}
	eventually "$PATIENCE" held
	come pipe alice
	start_server_alone
	expect_match alice '\* welcome, guest-1; .*'
	kill "$(pgrep -P "$holder")"
	wait "$holder" || true
}

@test "a started server ends when nobody is left, as the options say" {
	come pipe alice --end-when-empty 1
	expect_match alice '\* welcome, guest-1; .*'
	adopt_server
	hang_up alice
	eventually 5 ended "$SERVER_PID"
	eventually 1 no_process_of "$SERVER_PID"
	[[ ! -e $CONTROL ]]
}

@test "options go to the started server, but for the front's own" {
	come pipe alice -name=bob --max-users 7 --listen 127.0.0.1:0 -na alice
	expect_match alice '\* welcome, alice; .*'
	equal "$(server_says users_max)" 7
	adopt_server
	not grep -qa alice "/proc/$SERVER_PID/cmdline"
	[[ $(server_says listeners) == 127.0.0.1:* ]]
}

@test "--state: what was said is there when the next one starts a server" {
	local state=(--state "$BATS_TEST_TMPDIR/state" --end-when-empty 1)
	come pipe alice "${state[@]}" --name alice
	expect_match alice '\* welcome, alice; 1 online; .*'
	adopt_server
	say alice 'is anybody here'
	expect_line alice '[alice] is anybody here'
	hang_up alice
	eventually 5 no_process_of "$SERVER_PID"
	come pipe bob "${state[@]}"
	expect_match bob '\* welcome, guest-1; .*'
	# Of the same login: it was there when that was said.
	say bob /history
	expect_match bob '\[alice [^]]*ago\] is anybody here'
	adopt_server
}

not_yet_welcome() { # NAME
	[[ ! -s $(screen_file "$1") ]]
}

@test "who comes just when an empty server ends gets another" {
	start_server_alone --end-when-empty 1
	local first=$SERVER_PID
	spare_server
	kill -STOP "$first"
	come pipe alice
	# It waits in the backlog, and the server's time runs out.
	throughout 1 not_yet_welcome alice
	kill -CONT "$first"
	expect_match alice '\* welcome, guest-1; .*'
	eventually 3 ended "$first"
	not equal "$(server_says pid)" "$first"
}

# --- the end -----------------------------------------------------------------

@test "kill -9 of the front ends the user" {
	start_server_alone
	connect alice
	# Nothing else tells the child: its pipes stay.
	come pipe bob --name bob
	expect_line alice '* bob joined (2 online)'
	kill -KILL "$(front_of bob)"
	expect_line alice '* bob left (1 online)'
	eventually 2 children_are 1
}

has_sent() { # PID
	ss -Hxp | awk -v pid="pid=$1," '
		index($0, pid) && $4 > 0 { found = 1 }
		END { exit !found }'
}

@test "who is gone before the server has looked is no user" {
	start_server_alone
	connect alice
	kill -STOP "$SERVER_PID"
	come terminal bob
	eventually "$PATIENCE" test -s "$BATS_TEST_TMPDIR/bob.pid"
	eventually "$PATIENCE" has_sent "$(front_of bob)"
	kill -KILL "$(front_of bob)"
	eventually "$PATIENCE" ended "$(front_of bob)"
	kill -CONT "$SERVER_PID"
	equal "$(server_says connects_total)" 1
	never_match bob '\* .*'
}

@test "kill -9 of the child ends the front" {
	start_server_alone
	come socket bob
	expect_match bob '\* welcome, .*'
	kill -KILL "$(children)"
	front_ends bob 0
}

@test "SIGHUP is for the server: killall -HUP ends no front" {
	start_server_alone
	for how in socket pipe terminal; do
		come "$how" bob --name bob
		expect_match bob '\* welcome, bob; .*'
		kill -HUP "$(front_of bob)"
		say bob 'still here'
		expect_line bob '[bob] still here'
		not test -e "$BATS_TEST_TMPDIR/bob.status"
		hang_up bob
		eventually "$PATIENCE" ended "$(front_of bob)"
	done
}

@test "a front that is asked to end says goodbye first" {
	start_server_alone
	for how in socket pipe terminal; do
		come "$how" bob --name bob
		expect_match bob '\* welcome, bob; .*'
		kill -TERM "$(front_of bob)"
		front_ends bob 0
		expect_line bob '* goodbye'
		never_match bob '! .*'
		eventually 2 children_are 0
	done
}

@test "the server's end ends the front" {
	start_server_alone
	come pipe alice
	expect_match alice '\* welcome, .*'
	stop_server
	front_ends alice 0
	expect_line alice '! disconnected: server is shutting down'
	equal "$(screen alice | wc -l)" 2 "alice's lines"
}

@test "so does its kill -9, and the next one finds the place" {
	come pipe alice
	expect_match alice '\* welcome, .*'
	adopt_server
	kill -KILL "$SERVER_PID"
	front_ends alice 0
	come pipe bob
	expect_match bob '\* welcome, guest-1; 1 online; .*'
}

# Runs the front on a terminal whose flags are written down before and behind.
on_terminal() { # NAME [OPTION...]
	local name=$1
	shift
	cat >"$BATS_TEST_TMPDIR/flags" <<-END
		#!/bin/sh
		grep flags: /proc/self/fdinfo/0 >"$BATS_TEST_TMPDIR/before"
		"$BATS_TEST_TMPDIR/front" "$BATS_TEST_TMPDIR/$name" "$CONTROL" $*
		grep flags: /proc/self/fdinfo/0 >"$BATS_TEST_TMPDIR/behind"
	END
	chmod 755 "$BATS_TEST_TMPDIR/flags"
	rm -f "$BATS_TEST_TMPDIR/"{before,behind}
	seat "$name" socat -lf "$BATS_TEST_TMPDIR/socat.log" - \
		"EXEC:$BATS_TEST_TMPDIR/flags,pty,setsid,ctty,echo=0"
}

same_flags() {
	eventually "$PATIENCE" test -s "$BATS_TEST_TMPDIR/behind"
	equal "$(cat "$BATS_TEST_TMPDIR/behind")" \
		"$(cat "$BATS_TEST_TMPDIR/before")" "the terminal's flags"
}

@test "a terminal is given back as it was" {
	takes_long
	on_terminal alice --max-users 1
	expect_match alice '\* welcome, .*'
	on_terminal bob
	expect_line bob '! server full'
	same_flags
	on_terminal carol --control "$BATS_TEST_TMPDIR/not/here"
	expect_match carol '! the chat cannot be reached.*'
	same_flags
	hang_up alice
	eventually "$PATIENCE" server_has 0
	for end in quit TERM INT KILL; do
		on_terminal alice
		expect_match alice '\* welcome, .*'
		# Others may use it meanwhile.
		equal "$(grep flags: "/proc/$(front_of alice)/fdinfo/0")" \
			"$(cat "$BATS_TEST_TMPDIR/before")"
		if [[ $end == quit ]]; then
			say alice /quit
		else
			kill -"$end" "$(front_of alice)"
		fi
		expect_line alice '* goodbye'
		same_flags
		eventually "$PATIENCE" server_has 0
	done
}

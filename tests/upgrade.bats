#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# SIGHUP: another program in the place of the one that runs, and nobody
# notices.

load lib/helpers

setup() {
	[[ -n ${STRESS-} && -n ${UPGRADES-} ]] ||
		skip "STRESS and UPGRADES are not set"
	# The server's place, where a newer one can be put.
	PLACE=$BATS_TEST_TMPDIR/chatserver
	FIRST=$SERVER
	install_server "$FIRST"
	SERVER=$PLACE
	start_server --rate 0
}

# As a package manager does it: a new file under the old name.
install_server() { # PROGRAM
	cp "$1" "$PLACE.new"
	mv "$PLACE.new" "$PLACE"
}

logged() { # NUMBER PATTERN
	(($(grep -cE -- "$2" "$SERVER_LOG") >= $1))
}

expect_log() { # NUMBER PATTERN
	eventually "$PATIENCE" logged "$1" "$2" ||
		fail "there should be $1 log lines: $2"
}

# In the server's place: a program that says nothing until this test says go,
# and then is the next version.
install_slow() {
	cat >"$PLACE.new" <<-END
		#!/bin/bash
		until [[ -e $BATS_TEST_TMPDIR/go ]]; do read -rt 0.01 <> <(:); done
		exec "$UPGRADES/chatserver-next" "\$@"
	END
	chmod 755 "$PLACE.new"
	mv "$PLACE.new" "$PLACE"
}

# What is asked whether it would take over has the name of its program, too.
nobody_is_asked() {
	[[ $(processes "$SERVER_PID" chatserver) == "$SERVER_PID" ]]
}

somebody_is_asked() {
	! nobody_is_asked
}

# The server becomes the program that is in its place.
upgrade() { # NUMBER-SO-FAR
	kill -HUP "$SERVER_PID"
	expect_log "$1" 'upgrade version='
}

# How many the parent has.
descriptors() {
	find "/proc/$SERVER_PID/fd" -type l | wc -l
}

descriptors_are() { # NUMBER
	[[ $(descriptors) == "$1" ]]
}

version() {
	"$PLACE" --status --json -Port "$PORT" |
		sed -nE 's/.*"version":"([^"]*)".*/\1/p'
}

# Whether a user's process runs the program that is in the server's place.
runs_what_is_there() { # PID
	[[ $(readlink "/proc/$1/exe") == "$PLACE" ]]
}

@test "another version takes over: nobody is disturbed, who is new gets the new one" {
	enter alice bob
	pid=$SERVER_PID
	first=$(version)
	children >"$BATS_TEST_TMPDIR/before"
	install_server "$UPGRADES/chatserver-next"
	upgrade 1
	equal "$(version)" "$first-next"
	not ended "$pid"
	equal "$(children)" "$(cat "$BATS_TEST_TMPDIR/before")" "the children"
	say alice 'still here?'
	expect_line bob '[alice] still here?'
	say bob '/msg alice yes'
	expect_line alice '[bob -> you] yes'
	connect carol
	say carol hello
	expect_line alice "[${NICK[carol]}] hello"
	# Only root may look at processes that are locked in.
	if (($(id -u) == 0)); then
		while read -r child; do
			not runs_what_is_there "$child"
		done <"$BATS_TEST_TMPDIR/before"
		runs_what_is_there "$(children |
			grep -vxFf "$BATS_TEST_TMPDIR/before")"
	fi
	# And back.
	install_server "$FIRST"
	upgrade 2
	equal "$(version)" "$first"
	expect_who alice alice bob "${NICK[carol]}"
	connect dave
	# It knows whose process is whose.
	equal "$("$PLACE" --status -Port "$PORT" | awk '
		/^ *[0-9]+ +[0-9]+ / { print $1, $NF }')" \
		$'0 alice\n1 bob\n2 '"${NICK[carol]}"$'\n3 '"${NICK[dave]}"
	hang_up dave
	rename bob robert bob
	hang_up carol
	expect_line alice "* ${NICK[carol]} left (2 online)"
	eventually "$PATIENCE" children_are 2
}

@test "ten upgrades under load: nothing lost, doubled or out of order" {
	before=$(descriptors)
	run "$STRESS/storm-relay" "$PORT" "$SERVER_PID" 10 upgrade
	echo "$output"
	equal "$status" 0 "the status of storm-relay"
	expect_log 10 'upgrade version='
	eventually "$PATIENCE" children_are 0
	equal "$(descriptors)" "$before" "the parent's descriptors"
	connect alice
	equal "${NICK[alice]}" guest-1
}

@test "started by its name alone, through links: the newer one behind them" {
	stop_server
	mkdir "$BATS_TEST_TMPDIR/v1" "$BATS_TEST_TMPDIR/v2"
	cp "$FIRST" "$BATS_TEST_TMPDIR/v1/chatserver"
	cp "$UPGRADES/chatserver-next" "$BATS_TEST_TMPDIR/v2/chatserver"
	ln -s v1 "$BATS_TEST_TMPDIR/current"
	SERVER=chatserver
	PATH=/nonexistent:$BATS_TEST_TMPDIR/current:$PATH start_server
	enter alice
	ln -sfn v2 "$BATS_TEST_TMPDIR/current"
	rm -r "$BATS_TEST_TMPDIR/v1"
	kill -HUP "$SERVER_PID"
	expect_log 1 'upgrade version=.*-next'
	say alice 'still here'
	expect_line alice '[alice] still here'
}

@test "what cannot take over does not: the old one goes on and says so" {
	takes_long
	enter alice bob
	first=$(version)
	say_no() { # NUMBER-SO-FAR
		kill -HUP "$SERVER_PID"
		expect_log "$1" 'upgrade-refuse version=.* (status|signal)=[0-9]+$'
	}
	rm "$PLACE"
	say_no 1
	expect_log 1 'upgrade-fail program=.* error="No such file or directory"'
	cp "$FIRST" "$PLACE"
	chmod 644 "$PLACE"
	say_no 2
	expect_log 1 'upgrade-fail program=.* error="Permission denied"'
	echo 'no program' >"$PLACE"
	chmod 755 "$PLACE"
	say_no 3
	install_server /bin/false
	say_no 4
	# One that hangs is not waited for.
	printf '#!/bin/sh\nexec tail -f /dev/null\n' >"$PLACE"
	say_no 5
	install_server "$FIRST"
	equal "$(version)" "$first"
	say alice 'as if nothing had been'
	expect_line bob '[alice] as if nothing had been'
	upgrade 1
}

@test "a chat log that cannot be opened any more: the old one goes on" {
	stop_server
	mkdir "$BATS_TEST_TMPDIR/folder"
	start_server --log-chat "$BATS_TEST_TMPDIR/folder/chat"
	enter alice
	mv "$BATS_TEST_TMPDIR/folder" "$BATS_TEST_TMPDIR/elsewhere"
	kill -HUP "$SERVER_PID"
	expect_log 1 'upgrade-refuse version=.* status=73$'
	expect_log 1 '--log-chat: cannot open .*: No such file or directory'
	say alice 'still here'
	expect_line alice '[alice] still here'
	mv "$BATS_TEST_TMPDIR/elsewhere" "$BATS_TEST_TMPDIR/folder"
	upgrade 1
	say alice 'and now'
	expect_line alice '[alice] and now'
	eventually "$PATIENCE" grep -q '\[alice\] and now' \
		"$BATS_TEST_TMPDIR/folder/chat"
}

@test "who was kicked before, and does not go, is ended after it" {
	takes_long
	enter alice bob
	kill -STOP "$("$PLACE" --status --json -Port "$PORT" |
		jq '.online[] | select(.name == "bob") | .pid')"
	"$PLACE" --kick bob -Port "$PORT"
	upgrade 1
	expect_log 0 kick-late
	eventually 12 has_line alice '* bob left (1 online)'
	expect_log 1 'kick-late slot=1'
}

@test "a program with other frames: who is here is told, and can come again" {
	enter alice
	install_server "$UPGRADES/chatserver-other"
	upgrade 1
	expect_line alice '! the server cannot go on with this connection; connect again'
	expect_disconnected alice
	eventually "$PATIENCE" children_are 0
	connect bob
	say bob 'all is well'
	expect_line bob "[${NICK[bob]}] all is well"
}

# Alice makes a room, and bob enters it.
make_a_room() {
	enter alice bob
	say alice '/join #dev'
	expect_line alice '#dev * alice joined (1 here)'
	say bob '/join #dev'
	expect_line alice '#dev * bob joined (2 here)'
}

@test "rooms: their members, topics, powers and keys live on" {
	make_a_room
	say alice '/topic until noon'
	expect_line bob '#dev * alice set the topic: until noon'
	say alice '/mode key sesame'
	expect_line bob '#dev * alice set the key'
	install_server "$UPGRADES/chatserver-next"
	upgrade 1
	equal "$("$PLACE" --status --json -Port "$PORT" | jq -c '.rooms[1]')" \
		'{"room":1,"name":"#dev","members":2,"topic":"until noon"}'
	say bob 'still here?'
	expect_line alice '#dev [bob] still here?'
	say bob '/topic'
	expect_line bob '#dev * topic: until noon'
	say bob '/mode locked'
	expect_line bob '! you are no operator of #dev'
	say alice '/mode locked'
	expect_line bob '#dev * alice locked the topic'
	connect carol
	say carol '/join #dev'
	expect_line carol '! #dev needs its key: /join #dev KEY'
	say carol '/join #dev sesame'
	expect_line bob "#dev * ${NICK[carol]} joined (3 here)"
}

@test "a program with other frames: rooms end with those who were in them" {
	make_a_room
	install_server "$UPGRADES/chatserver-other"
	upgrade 1
	expect_disconnected alice
	expect_disconnected bob
	connect carol
	say carol '/rooms'
	expect_line carol '* rooms: none; /join #NAME makes one'
	say carol '/join #dev'
	expect_line carol "#dev * ${NICK[carol]} joined (1 here)"
	say carol '/topic afternoon'
	expect_line carol "#dev * ${NICK[carol]} set the topic: afternoon"
}

@test "a program that takes another number of users or rooms: the old one goes on" {
	local n=0 option
	enter alice
	for option in '--max-users 9' '--max-rooms 9'; do
		printf '#!/bin/sh\nexec %s "$@" %s\n' \
			"$UPGRADES/chatserver-next" "$option" >"$PLACE.new"
		chmod 755 "$PLACE.new"
		mv "$PLACE.new" "$PLACE"
		kill -HUP "$SERVER_PID"
		expect_log $((++n)) 'upgrade-refuse version=.* status=78$'
		expect_log "$n" 'reads the options differently: restart instead'
	done
	say alice 'still here'
	expect_line alice '[alice] still here'
}

@test "bans, limits and listeners live on" {
	stop_server
	start_server --listen 127.0.0.1:0 --listen "unix:$BATS_TEST_TMPDIR/sock"
	"$PLACE" --ban 192.0.2.1 -Port "$PORT"
	connect alice -U "$BATS_TEST_TMPDIR/sock"
	upgrade 1
	run "$PLACE" --unban 192.0.2.1 -Port "$PORT"
	equal "$status" 0 "$output"
	connect bob -U "$BATS_TEST_TMPDIR/sock"
	connect carol
	stop_server
	not test -e "$BATS_TEST_TMPDIR/sock"
}

@test "who has connected to the control socket before is answered behind it" {
	[[ -n ${ATTACK-} ]] || skip "ATTACK is not set"
	local before
	before=$(descriptors)
	seat crowd "$ATTACK" "$XDG_RUNTIME_DIR/chatserver-$PORT.sock" late 3
	expect_line crowd ready
	eventually "$PATIENCE" descriptors_are $((before + 3))
	upgrade 1
	say crowd now
	eventually "$PATIENCE" ended "${PERSON_PID[crowd]}"
	equal "$(screen crowd)" $'ready\ndone: \ndone: \ndone: '
	eventually "$PATIENCE" descriptors_are "$before"
}

has_become_another() {
	grep -qzs '^CHATSERVER_UPGRADE=' "/proc/$SERVER_PID/environ"
}

@test "what the administrator has said before is heard behind it" {
	local relay
	connect alice
	relay=$(relay_pid)
	kill -STOP "$relay" # it has much to do
	"$PLACE" -Port "$PORT" --say 'a newer version in a moment'
	kill -HUP "$SERVER_PID"
	eventually "$PATIENCE" has_become_another
	kill -CONT "$relay"
	expect_line alice '* server: a newer version in a moment'
	expect_log 1 'upgrade version='
}

@test "a log that nobody reads any more keeps no program from taking over" {
	stop_server
	# What the sandbox's absence makes each of them say.
	printf '#!/bin/bash\nexec %s --no-sandbox "$@" 2> >(exec head -n 1 >/dev/null)\n' \
		"$PLACE" >"$BATS_TEST_TMPDIR/unread"
	chmod 755 "$BATS_TEST_TMPDIR/unread"
	SERVER=$BATS_TEST_TMPDIR/unread start_server
	heard() {
		[[ -z $(processes "$SERVER_PID" head) ]]
	}
	eventually "$PATIENCE" heard
	kill -HUP "$SERVER_PID"
	upgraded() {
		[[ $("$PLACE" --status --json -Port "$PORT" |
			jq .upgrades_total) == 1 ]]
	}
	eventually "$PATIENCE" upgraded
}

@test "a server that is told to end while it looks at another ends" {
	printf '#!/bin/sh\nexec tail -f /dev/null\n' >"$PLACE.new"
	chmod 755 "$PLACE.new"
	mv "$PLACE.new" "$PLACE"
	connect alice
	kill -HUP "$SERVER_PID"
	expect_log 1 'upgrade-check '
	stop_server
	expect_disconnected alice
}

@test "told to end in the moment when the other has said yes, it ends" {
	install_slow
	connect alice
	kill -HUP "$SERVER_PID"
	expect_log 1 'upgrade-check '
	kill -STOP "$SERVER_PID"
	: >"$BATS_TEST_TMPDIR/go"
	eventually "$PATIENCE" nobody_is_asked
	spare_server
	kill -TERM "$SERVER_PID"
	kill -CONT "$SERVER_PID"
	eventually 2 ended "$SERVER_PID"
	expect_line alice '! disconnected: server is shutting down'
}

@test "all of its processes are sent another SIGHUP while it looks: it looks again" {
	local first
	first=$(version)
	connect alice
	install_slow
	kill -HUP "$SERVER_PID"
	expect_log 1 'upgrade-check '
	eventually "$PATIENCE" somebody_is_asked
	# shellcheck disable=SC2046 # as numbers
	kill -HUP $(processes "$SERVER_PID")
	: >"$BATS_TEST_TMPDIR/go"
	expect_log 1 'upgrade version='
	expect_log 2 'upgrade-check '
	not grep upgrade-refuse "$SERVER_LOG"
	equal "$(version)" "$first-next"
	say alice 'still here'
	expect_line alice '[guest-1] still here'
}

@test "what is put in its place while it looks at another is looked at first" {
	install_slow
	kill -HUP "$SERVER_PID"
	expect_log 1 'upgrade-check '
	install_server /bin/false
	: >"$BATS_TEST_TMPDIR/go"
	expect_log 1 'upgrade-refuse version=.* status=1$'
	connect alice
	say alice 'as if nothing had been'
	expect_line alice "[${NICK[alice]}] as if nothing had been"
}

@test "a program that is content with anything is no answer" {
	install_server /bin/true
	kill -HUP "$SERVER_PID"
	expect_log 1 'upgrade-refuse version=.* status=0$'
	connect alice
}

# Servers whose relays take their time to start.
with_slow_relays() {
	strace -o /dev/null true 2>/dev/null || skip "strace cannot be used here"
	cat >"$BATS_TEST_TMPDIR/start" <<-END
		#!/bin/bash
		exec strace -f -D -qq -o '$BATS_TEST_TMPDIR/trace' -e signal=none \
			-e trace=epoll_create1 \
			-e inject=epoll_create1:delay_enter=200ms '$PLACE' "\$@"
	END
	chmod 755 "$BATS_TEST_TMPDIR/start"
	SERVER=$BATS_TEST_TMPDIR/start
}

@test "relays that the next upgrade overtakes are no failure" {
	stop_server
	# The leak check is a tracer, as strace is.
	export ASAN_OPTIONS=detect_leaks=0
	with_slow_relays
	start_server
	for n in 1 2 3 4 5 6; do
		upgrade "$n"
	done
	connect alice
	not grep -E 'fail|died|restart' "$SERVER_LOG"
}

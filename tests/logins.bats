#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --reserve-logins: names that are logins of this host are for their users, by
# whatever way somebody else asks for them.

load lib/helpers
load lib/irc
load lib/deployments

ALICE=1001 BOB=1002

setup() {
	(($(id -u) == 0)) || skip "only root can be somebody else"
	unshare -m true 2>/dev/null || skip "nothing can be mounted here"
	# Where others than root can go.
	FOLDER=$(mktemp -d)
	chmod 755 "$FOLDER"
	cp "$SERVER" "$CLIENT" "$FOLDER"
	PROGRAM=$FOLDER/chatserver
	mkdir "$FOLDER/etc"
	logins_are alice:$ALICE bob:$BOB
	# From here on, servers have an /etc of their own.
	cat >"$FOLDER/start" <<-END
		#!/bin/sh
		exec unshare -m sh -c 'mount --bind "\$0" /etc && exec "\$@"' \
			"$FOLDER/etc" "$PROGRAM" "\$@"
	END
	chmod 755 "$FOLDER/start"
	SERVER=$FOLDER/start
}

teardown() {
	local status=0
	clean_up || status=1
	rm -rf "$FOLDER"
	tail -n 20 "$SERVER_LOG"
	return "$status"
}

write_logins() { # FILE LOGIN:UID...
	printf '%s::x:/:/bin/sh\n' root:x:0:0 daemon:x:1:1 nobody:x:65534:65534 \
		>"$1"
	local login
	for login in "${@:2}"; do
		echo "${login%:*}:x:${login#*:}:100::/:/bin/sh" >>"$1"
	done
}

# As useradd and vipw do it: a new file under the old name.
logins_are() { # LOGIN:UID...
	write_logins "$FOLDER/etc/passwd.new" "$@"
	mv "$FOLDER/etc/passwd.new" "$FOLDER/etc/passwd"
}

start() { # [OPTION...]
	start_server --reserve-logins --rate 0 --control "$FOLDER/control" \
		--listen "unix:$FOLDER/chat" --unix-mode 0666 \
		--listen 127.0.0.1:0 "$@"
	use_listener 3
	chmod 666 "$FOLDER/control"
}

as() { # UID COMMAND...
	bare setpriv --reuid "$1" --regid "$1" --clear-groups "${@:2}"
}

# Comes by the UNIX socket, as the user with that uid.
connect_as() { # NAME UID
	seat "$1" setpriv --reuid "$2" --regid "$2" --clear-groups \
		nc -U "$FOLDER/chat"
	is_welcome "$1"
}

# Comes by --inetd, through a pipe, as sshd has it.
connect_by_stub() { # NAME UID WISH
	# shellcheck disable=SC2016 # for the shell that is started
	seat "$1" bash -c 'setpriv --reuid "$0" --regid "$0" --clear-groups \
		"$1" --inetd --name "$2" --control "$3" | cat' \
		"$2" "$PROGRAM" "$3" "$FOLDER/control"
	is_welcome "$1"
}

# By whatever name.
is_welcome() { # NAME
	expect_match "$1" '\* welcome, .*'
	NICK[$1]=$(sed -nE 's/^\* welcome, ([^;]*);.*/\1/p' "$(screen_file "$1")")
}

logged() { # NUMBER PATTERN
	(($(grep -cE -- "$2" "$SERVER_LOG") >= $1))
}

A_LOGIN='is a login of this host: come by ssh or the UNIX socket'

# Each of these asks for it, and does not get it.
refused() { # NAME WISH [WORDS]
	local words=${3:-'(.* is a login of .*|.* looks like .*|bad name: .*)'}
	wipe "$1"
	say "$1" "/nick $2"
	expect_match "$1" "! $words" || return 1
	say "$1" "rename|$2"
	eventually "$PATIENCE" matches_are 2 "$1" "! $words" ||
		fail "$2: $(screen "$1")"
	never_match "$1" '.* is now .*'
}

# Who is online, by a look at the table.
nobody_is() { # NAME...
	local name
	for name in "$@"; do
		not grep -qi " $name\$" <<<"$("$PROGRAM" --status \
			--control "$FOLDER/control")"
	done
}

@test "a login is its user's: others read so, in each dialect" {
	start
	connect eve
	refused eve alice "alice $A_LOGIN"
	refused eve ALICE "ALICE $A_LOGIN"
	refused eve daemon "daemon $A_LOGIN"
	refused eve root "root $A_LOGIN"
	say eve '/nick eve'
	expect_line eve "* ${NICK[eve]} is now eve"

	# By the first line.
	seat mallory nc 127.0.0.1 "$PORT"
	say mallory '/nick alice'
	expect_match mallory '\* welcome, guest-.*'
	expect_line mallory "! alice $A_LOGIN"
	seat events nc 127.0.0.1 "$PORT"
	say events '/events 1 alice'
	expect_match events $'welcome\t.*\tguest-[0-9]+\t.*'
	expect_match events $'error\t.*\t'"alice $A_LOGIN"
	say events '/nick alice'
	eventually "$PATIENCE" matches_are 2 events $'error\t.*\t'"alice $A_LOGIN"
	nobody_is alice root daemon
}

@test "IRC clients are to take another name, before and after they register" {
	start
	seat carol nc 127.0.0.1 "$PORT"
	say carol 'NICK alice'
	say carol 'USER alice 0 * :Alice'
	expect_line carol ":chat 433 * alice :alice $A_LOGIN"
	say carol 'NICK a1ice'
	expect_line carol \
		':chat 433 * a1ice :a1ice looks like alice, a login of this host'
	never_match carol ':chat 001 .*'
	say carol 'NICK carol'
	expect_match carol ':chat 001 carol .*'
	say carol 'NICK alice'
	expect_line carol ":chat 433 carol alice :alice $A_LOGIN"
	done_by carol
	never_match carol '.* NICK .*'
	# To a user of text who turns out to be one.
	connect dave
	say dave 'NICK alice'
	say dave 'USER alice 0 * :Alice'
	expect_match dave ":chat 433 .* alice :alice $A_LOGIN"
	nobody_is alice
	connect_as alice "$ALICE"
	rename alice alice
}

@test "the client and --inetd get no login by a network" {
	need_programs socat
	start
	connect_client carol --name alice
	expect_match carol ".*alice $A_LOGIN.*"
	# What inetd, xinetd and systemd do: the stub is somebody's, who may even
	# be alice, its user comes by a network.
	local stub=(setpriv --reuid "$ALICE" --regid "$ALICE" --clear-groups
		"$PROGRAM" --inetd --name alice --control "$FOLDER/control")
	socat -d -d -lf "$FOLDER/socat.log" TCP-LISTEN:0,bind=127.0.0.1,fork \
		"EXEC:${stub[*]},nofork" </dev/null >/dev/null 2>&1 3>&- &
	local gate=$!
	eventually "$PATIENCE" grep -qs 'listening on' "$FOLDER/socat.log"
	seat mallory nc 127.0.0.1 \
		"$(sed -n 's/.*listening on .*://p' "$FOLDER/socat.log" | head -n 1)"
	expect_match mallory '\* welcome, guest-.*'
	expect_line mallory "! alice $A_LOGIN"
	kill "$gate"
	nobody_is alice
}

@test "names that look like a login are refused" {
	start
	connect eve
	local name
	# Case, digits, pairs, marks.
	for name in AL1CE aIice al1ce alIce b0b BOB B0B r00t ro0t daern0n; do
		refused eve "$name" || return 1
	done
	# Letters of other scripts: Cyrillic, Greek, Lisu, Cherokee, fullwidth,
	# mathematical.
	for name in $'\u0430lice' $'\u0410\u0406\u0456\u0441\u0435' \
		$'\u0412\u041e\u0412' $'\u0392\u039f\u0392' \
		$'\ua4ee\ua4e1\ua4f2\ua4da\ua4f0' \
		$'\u13aa\u13de\u13a5\u13df\u13ac' \
		$'\uff41\uff4c\uff49\uff43\uff45' $'\U1d41a\U1d425ice'; do
		refused eve "$name" || return 1
	done
	# Zero width, soft hyphen, bidi, blanks, accents by themselves (NFD).
	for name in $'al\u200bice' $'alice\u200d' $'al\u00adice' $'\ufeffbob' \
		$'a\u202elice' $'al\u2060ice' $'alice\u0301' $'b\u034fob' \
		$'bob\u3164'; do
		refused eve "$name" || return 1
	done
	refused eve a1ice 'a1ice looks like alice, a login of this host'
	# And what does not.
	for name in alicia bobby allison Zo$'\u00eb' rot; do
		wipe eve
		say eve "/nick $name"
		expect_match eve "\\* .* is now $name"
	done
}

@test "its user has it by the UNIX socket, and no other's" {
	start
	connect_as a "$ALICE"
	rename a alice
	rename a Alice alice
	refused a a1ice 'a1ice looks like alice, a login of this host'
	refused a bob "bob $A_LOGIN"
	refused a root "root $A_LOGIN"
	connect_as b "$BOB"
	refused b alice "alice $A_LOGIN"
	say b '/nick bob'
	expect_match b '\* .* is now bob'
	# Root is one of them: no more.
	connect_as r 0
	refused r alice "alice $A_LOGIN"
	say r '/nick root'
	expect_match r '\* .* is now root'
	# A service stands for whom it serves.
	connect_as s 1
	refused s daemon "daemon $A_LOGIN"
	connect_as n 65534
	refused n nobody "nobody $A_LOGIN"
	# A login may have no account here.
	connect_as x 4711
	refused x alice "alice $A_LOGIN"
	rename x carol
	expect_who x Alice bob root carol "${NICK[s]}" "${NICK[n]}"
}

@test "its user has it by the stub, as under ssh; a service has none" {
	start
	connect_by_stub a "$ALICE" alice
	equal "${NICK[a]}" alice
	connect_by_stub b "$BOB" alice
	expect_line b "! alice $A_LOGIN"
	connect_by_stub r 0 root
	equal "${NICK[r]}" root
	connect_by_stub s 1 daemon
	expect_line s "! daemon $A_LOGIN"
	connect eve
	expect_who eve alice root "${NICK[b]}" "${NICK[s]}" "${NICK[eve]}"
}

@test "no kill of the relay, upgrade or restart lets one through" {
	start
	connect eve
	local i wishes
	wishes=$(printf '/nick alice\\nrename|bob\\n%.0s' {1..50})
	for i in 1 2 3; do
		type_bytes eve "$wishes"
		kill -KILL "$(relay_pid)"
		type_bytes eve "$wishes"
		caught_up eve eve
	done
	for i in 1 2; do
		type_bytes eve "$wishes"
		kill -HUP "$SERVER_PID"
		eventually "$PATIENCE" logged "$i" 'upgrade version='
		type_bytes eve "$wishes"
		caught_up eve eve
	done
	equal "$(matches eve "! (alice|bob) $A_LOGIN")" 1000
	never_match eve '.* is now .*'
	# Its user keeps it through all that.
	connect_as a "$ALICE"
	rename a alice
	kill -KILL "$(relay_pid)"
	kill -HUP "$SERVER_PID"
	eventually "$PATIENCE" logged 3 'upgrade version='
	caught_up a eve
	expect_line eve "[alice] mark $MARKS."
	# The first that a new server meets.
	stop_server
	start --greet-after 0
	seat mallory nc 127.0.0.1 "$PORT"
	say mallory '/nick alice'
	expect_line mallory "! alice $A_LOGIN"
}

@test "of two hundred who race for it none has it" {
	start --max-users 300
	local fds=() fd line i
	for i in {1..200}; do
		exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
		fds+=("$fd")
	done
	for fd in "${fds[@]}"; do
		printf '/nick alice\n' >&"$fd"
	done
	connect_as a "$ALICE"
	rename a alice
	for fd in "${fds[@]}"; do
		while read -rt "$PATIENCE" line <&"$fd"; do
			[[ $line != '! '* ]] || break
		done
		equal "$line" "! alice $A_LOGIN" || return 1
		exec {fd}>&-
	done
}

@test "a new login is reserved soon, one that is gone is free" {
	start
	connect carol
	rename carol carol
	logins_are alice:$ALICE carol:1003 dave:1004
	connect eve
	taken() { # NAME
		wipe eve
		say eve "/nick $1"
		say eve '/nick eve'
		caught_up eve eve
		has_match eve "! $1 $A_LOGIN"
	}
	eventually "$PATIENCE" taken dave
	# Who has the name keeps it until it has another.
	expect_who eve carol eve
	say carol '/nick other'
	expect_line carol '* carol is now other'
	refused carol carol "carol $A_LOGIN"
	wipe eve
	say eve '/nick bob'
	expect_match eve '\* .* is now bob'
	# Written in its place.
	write_logins "$FOLDER/etc/passwd" alice:$ALICE frank:1005
	say eve '/nick eve'
	eventually "$PATIENCE" taken frank
}

@test "while the logins change none of them is free" {
	start
	connect eve
	local i wishes
	wishes=$(printf '/nick alice\\n%.0s' {1..20})
	renewed() { # NUMBER
		type_bytes eve "$wishes"
		caught_up eve eve
		logged "$1" 'logins count='
	}
	for i in 2 3 4; do
		logins_are alice:$ALICE "user$i:$((2000 + i))"
		eventually "$PATIENCE" renewed "$i"
	done
	never_match eve '.* is now alice'
}

@test "a list that cannot be read replaces none" {
	start
	connect eve
	: >"$FOLDER/etc/passwd"
	eventually "$PATIENCE" logged 1 'logins-keep reason="no logins"'
	refused eve alice "alice $A_LOGIN"
	rm "$FOLDER/etc/passwd"
	eventually "$PATIENCE" logged 1 'logins-keep reason="No such file'
	refused eve alice "alice $A_LOGIN"
	logins_are bob:$BOB
	eventually "$PATIENCE" logged 2 'logins count='
	say eve '/nick alice'
	expect_match eve '\* .* is now alice'
	equal "$(grep -c logins-keep "$SERVER_LOG")" 2 "what was told"
}

@test "a server that cannot know the logins does not start" {
	local n
	launch_server --reserve-logins -Port 0
	await_server 1
	stop_server
	rm "$FOLDER/etc/passwd"
	fails_with '--reserve-logins: /etc/passwd: No such file or directory'
	: >"$FOLDER/etc/passwd"
	fails_with '--reserve-logins: /etc/passwd: no logins'
	# shellcheck disable=SC2046 # as words
	logins_are $(seq -f 'user%g:1000' 4094)
	fails_with '--reserve-logins: /etc/passwd: more than 4096 logins'
	# shellcheck disable=SC2046 # as words
	logins_are $(seq -f 'user%g:1000' 4093)
	start
	connect eve
	refused eve user4093 "user4093 $A_LOGIN"
}

fails_with() { # WORDS
	local status=0
	launch_server --reserve-logins --no-sandbox -Port 0
	spare_server
	eventually "$PATIENCE" ended "$SERVER_PID"
	wait "$SERVER_PID" || status=$?
	equal "$status" 78
	contains "$(cat "$SERVER_LOG")" "$1"
}

@test "guests' names are never reserved" {
	logins_are guest-1:1001 guest-x:1002
	start
	connect a
	equal "${NICK[a]}" guest-1
	connect b
	rename b guest-7
	refused b guest-x "guest-x $A_LOGIN"
}

@test "without the option a login is a name as any other" {
	start_server
	connect eve
	rename eve alice
	rename eve root alice
}

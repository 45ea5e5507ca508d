#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# chatclient: its menu and modes, its one-shot uses, its exit codes.

load lib/helpers

stderr='' # set by run

MENU='1. Public Chat Mode
2. Private Chat Mode
3. Update Username
0. Exit'

setup() {
	start_server --rate 0
}

# How often the whole menu is on the screen, its four lines together.
menus() { # NAME
	screen "$1" | MENU=$MENU awk '
		{ last = l3 "\n" l2 "\n" l1 "\n" $0; l3 = l2; l2 = l1; l1 = $0 }
		last == ENVIRON["MENU"] { n++ }
		END { print n + 0 }'
}

menus_are() { # NUMBER NAME
	[[ $(menus "$2") == "$1" ]]
}

expect_menus() { # NUMBER NAME
	eventually "$PATIENCE" menus_are "$1" "$2" || {
		fail "there should be $1 menus on the screen of $2:"$'\n' \
			"$(screen "$2")"
		return 1
	}
}

# Runs the client with what is on standard input, to its end.
run_client() { # OPTION...
	run --separate-stderr timeout 20 "$CLIENT" -Port "$PORT" "$@" 3>&-
}

@test "the menu, exactly" {
	connect_client carol
	expect_line carol '* welcome, guest-1; 1 online; /help for help'
	expect_menus 1 carol
}

@test "1: what is typed is public, until exit" {
	enter alice
	connect_client carol --name carol
	expect_menus 1 carol
	say carol 1
	say carol 'hello from the menu'
	expect_line alice '[carol] hello from the menu'
	expect_line carol '[carol] hello from the menu'
	say alice 'hello back'
	expect_line carol '[alice] hello back'
	say carol 2
	expect_line alice '[carol] 2'
	say carol exit
	expect_menus 2 carol
	caught_up alice carol
	never_match alice '\[carol\] (1|exit)'
}

@test "2: shows who is there, asks for the name; exit goes back, and again" {
	enter alice bob
	connect_client carol --name carol
	expect_who alice alice bob carol
	wipe carol
	say carol 2
	expect_match carol '.*alice, bob.*'
	say carol bob
	say carol 'psst, bob'
	expect_line bob '[carol -> you] psst, bob'
	expect_line carol '[you -> bob] psst, bob'
	say carol 'again'
	expect_line bob '[carol -> you] again'
	wipe carol
	say carol exit
	expect_match carol '.*alice, bob.*'
	say carol alice
	say carol 'psst, alice'
	expect_line alice '[carol -> you] psst, alice'
	wipe carol
	say carol exit
	expect_match carol '.*alice, bob.*'
	equal "$(menus carol)" 0 "menus before the second exit"
	say carol exit
	expect_menus 1 carol
	caught_up alice bob
	never_match bob '.*psst, alice.*'
	never_match bob '\[carol\] .*'
}

@test "2: a name that nobody has is told" {
	enter alice
	connect_client carol --name carol
	say carol 2
	say carol nobody
	say carol 'hello?'
	expect_match carol '! .*nobody.*'
	caught_up alice carol
	never_match alice '\[carol\].*'
	never_match alice '\[carol -> .*'
}

@test "2: users called like a word of the client can be written to" {
	takes_long
	enter exit menu 0 1 public
	connect_client carol --name carol
	say carol 2
	expect_line carol '* private chat: type a name; exit goes back to the menu, @exit is the user of that name'
	for name in exit menu 0 1 public; do
		wipe carol "$name"
		say carol "@$name"
		expect_match carol "\\* private chat: each line goes to $name; .*"
		say carol "psst, $name"
		expect_line "$name" "[carol -> you] psst, $name"
		say carol exit
		expect_match carol '\* private chat: type a name; .*'
	done
	for name in menu 0 1 public; do
		wipe carol
		say carol "$name"
		expect_match carol "\\* private chat: each line goes to $name; .*"
		say carol exit
		expect_match carol '\* private chat: type a name; .*'
	done
	say carol '/msg exit by command'
	expect_line exit '[carol -> you] by command'
	wipe carol
	say carol exit
	expect_menus 1 carol
	hang_up exit
	say carol 2
	expect_line carol '* private chat: type a name; exit goes back to the menu'
	say carol @exit
	expect_line carol '! no such user: exit'
}

@test "3: exit is a name, too, behind the mark" {
	enter alice
	connect_client carol --name carol
	say carol 3
	say carol @exit
	expect_line carol '* you are exit now'
	expect_line alice '* carol is now exit'
}

@test "3: asks for the new name and says what came of it" {
	enter alice
	connect_client carol
	expect_line alice '* guest-1 joined (2 online)'
	say carol 3
	say carol caroline
	expect_line alice '* guest-1 is now caroline'
	expect_match carol '.*caroline.*'
	say carol 3
	say carol alice
	expect_match carol '.*name in use: alice.*'
	say carol 3
	say carol 'no good'
	expect_match carol '! .*'
	expect_who alice alice caroline
}

@test "0 leaves, with status 0" {
	enter alice
	connect_client carol --name carol
	expect_line alice '* carol joined (2 online)'
	say carol 0
	expect_exit carol 0
	expect_line alice '* carol left (1 online)'
}

@test "the end of the input leaves, with status 0" {
	enter alice
	connect_client carol --name carol
	expect_line alice '* carol joined (2 online)'
	close_input carol
	expect_exit carol 0
	expect_line alice '* carol left (1 online)'
}

@test "what is no choice is told, and the menu is there again" {
	connect_client carol
	for choice in 4 hello 11; do
		wipe carol
		say carol "$choice"
		expect_menus 1 carol
		expect_match carol "! .*"
	done
	never_match carol '\[.*'
}

@test "commands work in the menu and in every mode" {
	enter alice bob
	connect_client carol --name carol
	expect_who alice alice bob carol
	for mode in menu public private update; do
		case $mode in
		public) say carol 1 ;;
		private)
			say carol exit
			say carol 2
			say carol bob
			;;
		update)
			say carol exit
			say carol exit
			say carol 3
			;;
		esac
		wipe alice bob carol
		say carol /who
		expect_match carol '\* online: .*'
		say carol "/msg alice from $mode"
		expect_line alice "[carol -> you] from $mode"
		say carol "/me is in $mode"
		expect_line alice "[* carol] is in $mode"
		say carol "/nick carol-$mode"
		expect_line alice "* carol is now carol-$mode"
		say carol /nick\ carol
		expect_line alice "* carol-$mode is now carol"
		say carol /help
		expect_match carol '.*/msg.*'
		say carol /nonsense
		expect_match carol '! .*/nonsense.*'
		never_match bob '.*nonsense.*'
		never_match bob '\[carol.*'
	done
	say carol /quit
	expect_exit carol 0
	expect_line alice '* carol left (2 online)'
}

@test "a whole session from a pipe, the output plain" {
	enter alice
	run_client --name carol <<-'END'
		1
		hello from a pipe
		/me waves
		exit
		2
		alice
		psst
		exit
		exit
		3
		caroline
		0
	END
	equal "$status" 0
	equal "$stderr" ''
	expect_line alice '[carol] hello from a pipe'
	expect_line alice '[* carol] waves'
	expect_line alice '[carol -> you] psst'
	expect_line alice '* carol is now caroline'
	expect_line alice '* caroline left (1 online)'
	contains "$output" "$MENU"
	equal "$(LC_ALL=C tr -dc '\000-\011\013-\037\177' <<<"$output" | wc -c)" \
		0 "control bytes"
}

@test "a newcomer's client shows what was said before as old" {
	enter alice
	say alice 'long ago'
	expect_line alice '[alice] long ago'
	connect_client carol
	expect_match carol '\[alice [0-9]+ s ago\] long ago'
	caught_up alice carol
}

@test "on a terminal what arrives appears at once, without a key" {
	enter alice
	seat carol env TERM=xterm script -qfec \
		"'$CLIENT' -Port $PORT --name carol --color never" /dev/null
	expect_match carol '.*0\. Exit.*'
	expect_line alice '* carol joined (2 online)'
	say alice 'do you see me'
	expect_match carol '.*\[alice\] do you see me.*'
	type_bytes carol '1\r'
	type_bytes carol 'half a li'
	say alice 'in between'
	expect_match carol '.*\[alice\] in between.*'
	type_bytes carol 'ne\r'
	expect_line alice '[carol] half a line'
	type_bytes carol 'exit\r'
	type_bytes carol '0\r'
	expect_exit carol 0
	expect_line alice '* carol left (1 online)'
}

@test "--name sets the name; a bad one is a usage error, a taken one refused" {
	enter alice
	connect_client carol --name carol
	expect_line alice '* carol joined (2 online)'
	run_client --name 'a b' </dev/null
	equal "$status" 64
	contains "$stderr" 'a b'
	run_client --name alice --send hello </dev/null
	equal "$status" 65
	contains "$stderr" 'alice'
	caught_up alice carol
	never_match carol '.*hello.*'
}

@test "--send says it and ends" {
	enter alice bob
	run_client --name carol --send 'hello, all' --send '/not a command' </dev/null
	equal "$status" 0
	equal "$output" ''
	equal "$stderr" ''
	expect_line alice '[carol] hello, all'
	expect_line alice '[carol] /not a command'
	expect_line bob '* carol left (2 online)'
}

@test "--send to one, and to nobody" {
	enter alice bob
	run_client --name carol --to bob --send 'for bob' </dev/null
	equal "$status" 0
	equal "$output" ''
	expect_line bob '[carol -> you] for bob'
	run_client --to nobody --send 'for nobody' </dev/null
	equal "$status" 65
	contains "$stderr" nobody
	caught_up bob alice
	never_match alice '.*for bob.*'
	never_match alice '.*for nobody.*'
}

@test "--send - says the lines of standard input" {
	enter alice
	seq -f 'line %g' 1 200 >"$BATS_TEST_TMPDIR/lines"
	run_client --name carol --send - <"$BATS_TEST_TMPDIR/lines"
	equal "$status" 0
	expect_line alice '* carol left (1 online)'
	equal "$(screen alice | sed -n 's/^\[carol\] line //p')" "$(seq 1 200)" \
		"what alice got"
}

@test "--who prints the names" {
	enter alice bob
	run_client --who </dev/null
	equal "$status" 0
	equal "$(sort <<<"$output")" $'alice\nbob'
	equal "$stderr" ''
	# Nobody hears of it.
	caught_up alice bob
	not grep -E 'guest-|joined|left' <<<"$(screen alice)"
}

@test "--listen prints what arrives, --events as fields" {
	enter alice
	seat reader "$CLIENT" -Port "$PORT" --listen
	seat program "$CLIENT" -Port "$PORT" --listen --events
	expect_match alice '\* guest-2 joined .*'
	say alice 'to the listeners'
	expect_line reader '[alice] to the listeners'
	expect_event program public alice - 'to the listeners'
	never_line reader '0. Exit'
	equal "$(screen program | awk -F '\t' 'NF != 6' | wc -l)" 0 "other lines"
	stop_server
	expect_exit reader 69
	expect_exit program 69
}

@test "wrong usage is 64, and says what was wrong" {
	for wrong in --bogus -x extra '--to bob' --events --send \
		'-Port abc' '-Port 70000' -Port --name '--who --listen'; do
		# shellcheck disable=SC2086
		run_client $wrong </dev/null
		equal "$status" 64 "the status of $wrong"
		equal "$output" '' "the output of $wrong"
		contains "$stderr" chatclient: "the message of $wrong"
		contains "$stderr" "${wrong%% *}" "the message of $wrong"
	done
	run_client -Port 70000 </dev/null
	contains "$stderr" 70000
}

@test "CHAT_SERVER and CHAT_NAME stand for options" {
	connect alice
	run_from() { # CHAT_SERVER CHAT_NAME OPTION...
		local server=$1 name=$2
		shift 2
		run --separate-stderr env CHAT_SERVER="$server" CHAT_NAME="$name" \
			timeout 20 "$CLIENT" "$@" </dev/null 3>&-
	}
	run_from "127.0.0.1:$PORT" carol --send 'by its port'
	equal "$status" 0 "$stderr"
	expect_line alice '[carol] by its port'
	# Options come first.
	run_from '127.0.0.1:1' carol -Port "$PORT" --name dave --send 'by mine'
	equal "$status" 0 "$stderr"
	expect_line alice '[dave] by mine'
	run_from "192.0.2.1:$PORT" '' -Ip 127.0.0.1 --send 'half and half'
	equal "$status" 0 "$stderr"
	expect_match alice '\[guest-[0-9]+\] half and half'
	for wrong in : :1 127.0.0.1: 127.0.0.1:0 127.0.0.1:x '[::1' '[]:1' \
		'[::1]1' '[::1]:70000'; do
		run_from "$wrong" '' --who
		equal "$status" 64 "the status of $wrong"
		contains "$stderr" "CHAT_SERVER '$wrong'"
	done
	run_from "127.0.0.1:$PORT" 'b b' --who
	equal "$status" 64
	contains "$stderr" "CHAT_NAME 'b b'"
}

@test "CHAT_SERVER: IPv6, with and without a port" {
	[[ -e /proc/net/if_inet6 && $(</proc/net/if_inet6) == *' lo'* ]] ||
		skip "no IPv6 here"
	stop_server
	start_server --listen '[::1]:0'
	for server in "[::1]:$PORT" ::1 '[::1]'; do
		CHAT_SERVER=$server run --separate-stderr timeout 20 "$CLIENT" \
			-Port "$PORT" --who </dev/null 3>&-
		equal "$status" 0 "$server: $stderr"
	done
}

@test "-h and -V" {
	run_client -h </dev/null
	equal "$status" 0
	for word in -Ip -Port --name --send --to --who --listen --events; do
		contains "$output" "$word"
	done
	run_client -V </dev/null
	equal "$status" 0
	[[ $output =~ ^chatclient\ [^[:space:]]+$ ]]
}

@test "nobody at that port: 69 and a message" {
	stop_server
	run_client </dev/null
	equal "$status" 69
	contains "$stderr" "$PORT"
	contains "$stderr" refused
	run_client --who </dev/null
	equal "$status" 69
}

@test "the server ends: 69 and a message" {
	connect_client carol
	stop_server
	expect_exit carol 69
	expect_match carol '.*server is shutting down.*'
}

@test "idle: 75 and a message" {
	stop_server
	start_server --idle-timeout 1
	connect_client carol
	expect_exit carol 75
	expect_match carol '.*idle for 1 s.*'
}

on_full_disk() { # OPTION...
	timeout 20 "$CLIENT" -Port "$PORT" "$@" >/dev/full
}

without_output() { # OPTION...
	timeout 20 "$CLIENT" -Port "$PORT" "$@" <&- >&-
}

@test "an output that cannot be written: 74, unless none is wanted" {
	local use
	connect alice
	for use in --who --listen --help --version; do
		run --separate-stderr on_full_disk "$use" 3>&-
		equal "$status" 74 "$use, with a full disk"
		contains "$stderr" chatclient:
		run --separate-stderr without_output "$use" 3>&-
		equal "$status" 74 "$use, with a closed output"
	done
	run --separate-stderr without_output --send hello 3>&-
	equal "$status" 0
}

@test "--send -: what is told of a line that cannot be sent is text" {
	local escape=$'\033'
	run_client --send - < <(printf '\033[2Jto|%05000d\nto|\033[31mbob|x\n' 0)
	equal "$status" 65
	contains "$stderr" 'not sent: the server would read this as a command'
	contains "$stderr" 'to|[31mbob|x'
	not contains "$stderr" "$escape"
}

@test "a full server: 69 and a message" {
	stop_server
	start_server --max-users 1
	connect alice
	run_client </dev/null
	equal "$status" 69
	contains "$output$stderr" 'server full'
}

@test "-Ip takes a host name and IPv6" {
	run_client -Ip localhost --who </dev/null
	equal "$status" 0
	grep -q '^00000000000000000000000000000001 ' /proc/net/if_inet6 ||
		skip "this machine has no ::1"
	launch_server --listen '[::1]:0'
	await_server 1
	connect alice -6 ::1 "$PORT"
	rename alice alice
	run_client -Ip ::1 --who </dev/null
	equal "$status" 0
	equal "$output" alice
}

@test "--send -: every byte of its input counts, whatever telnet means by it" {
	enter alice
	printf 'hello\377\nsecond\n\377\373\1third\nfo\377\377urth\r\n' |
		"$CLIENT" -Port "$PORT" --name carol --send -
	for line in $'hello\uFFFD' second $'\uFFFD\uFFFDthird' \
		$'fo\uFFFD\uFFFDurth'; do
		expect_line alice "[carol] $line"
	done
}

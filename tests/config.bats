#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The client's options, wherever they come from: the command line, the
# environment, the configuration file, who one is on this machine.

load lib/helpers

stderr='' # set by run

setup() {
	mkdir -p "$XDG_CONFIG_HOME/chatclient"
	CONFIG=$XDG_CONFIG_HOME/chatclient/config
}

# Writes the configuration, a line each.
configure() { # LINE...
	printf '%s\n' "$@" >"$CONFIG"
}

# Runs the client to its end, with nothing typed.
client() { # OPTION...
	run --separate-stderr timeout 20 "$CLIENT" "$@" </dev/null 3>&-
}

# The client says no more than that, and ends before it sends anything.
refused() { # MESSAGE
	equal "$stderr" "chatclient: $1" "what the client says"
	equal "$status" 64 "the status"
	equal "$output" '' "the output"
}

# It says so of the configuration, which has these lines.
wrong() { # PLACE-AND-MESSAGE LINE...
	local message=$1
	shift
	configure "$@"
	client --who
	refused "$CONFIG$message"
}

# Nobody listens at port 1, and the client says where it went.
tried() { # ADDRESS-AND-PORT
	equal "$status" 69 "the status; it said: $stderr"
	contains "$stderr" "cannot connect to $1: "
}

# No byte of it moves a terminal's cursor but its line end.
lacks_controls() { # TEXT
	equal "$(LC_ALL=C tr -d '[:print:]\200-\377' <<<"$1")" '' 'controls'
	not grep -qF -e $'\xC2\x9B' -e $'\xE2\x80\xAE' <<<"$1"
}

# --- the command line ------------------------------------------------------

@test "--bell and --color: their values and no others" {
	for value in off mention private all; do
		client -Port 1 --who --bell "$value"
		tried 127.0.0.1:1
	done
	for value in auto always never; do
		client -Port 1 --send hello "--color=$value"
		tried 127.0.0.1:1
	done
	for value in x '' ALL privat privately; do
		client -Port 1 --bell "$value"
		refused "--bell '$value': must be off, mention, private or all"
		client -Port 1 "--color=$value"
		refused "--color '$value': must be auto, always or never"
	done
	client --bell
	refused '--bell requires a value, such as --bell mention'
	client --color
	refused '--color requires a value, such as --color never'
}

@test "--plain and --no-reconnect take no value" {
	client -Port 1 --plain --no-reconnect --listen
	tried 127.0.0.1:1
	for flag in --plain --no-reconnect; do
		client -Port 1 "$flag=yes"
		refused "$flag takes no value"
	done
}

@test "-h tells all of it" {
	client -h
	equal "$status" 0
	for word in '--bell WHEN' '--color WHEN' --plain --no-reconnect NO_COLOR \
		CHAT_SERVER CHAT_NAME chatclient/config; do
		contains "$output" "$word"
	done
}

@test "a script does as without them" {
	start_server
	enter alice
	client -Port "$PORT" --name bob --bell all --color always --plain \
		--no-reconnect --send hello
	equal "$status" 0
	equal "$output" ''
	equal "$stderr" ''
	expect_line alice '[bob] hello'
	client -Port "$PORT" --color always --bell all --who
	equal "$status" 0
	equal "$output" alice
}

# --- the configuration file ------------------------------------------------

@test "no configuration file is fine" {
	client -Port 1
	tried 127.0.0.1:1
	rmdir "$XDG_CONFIG_HOME/chatclient"
	client -Port 1
	tried 127.0.0.1:1
	touch "$XDG_CONFIG_HOME/chatclient"
	client -Port 1
	tried 127.0.0.1:1
	# A relative folder might be anybody's.
	cd "$BATS_TEST_TMPDIR"
	mkdir -p relative/.config/chatclient
	echo nonsense >relative/.config/chatclient/config
	for nothing in HOME= HOME=relative XDG_CONFIG_HOME=; do
		run --separate-stderr env -u HOME -u XDG_CONFIG_HOME "$nothing" \
			timeout 20 "$CLIENT" -Port 1 </dev/null 3>&-
		tried 127.0.0.1:1
	done
}

@test "the words, with white space or =, comments and blank lines" {
	start_server
	enter alice
	printf '%s\n' '# where I chat' '' '   ' $'ip\t127.0.0.1' \
		$'  port = '"$PORT"$'  # since spring\r' $'name=carol\r' \
		'bell mention' 'color =never' 'plain # no frills' \
		$'\tno-reconnect\t' >"$CONFIG"
	client --send 'from a file'
	equal "$stderr" ''
	equal "$status" 0
	expect_line alice '[carol] from a file'
}

@test "a file from another system: a byte-order mark, CR LF" {
	start_server
	enter alice
	printf '\xEF\xBB\xBFname carol\r\n\r\n# x\r\nplain\r\nport = %s\r\n' \
		"$PORT" >"$CONFIG"
	client --send 'from afar'
	equal "$stderr" ''
	equal "$status" 0
	expect_line alice '[carol] from afar'
	printf '\xEF\xBB\xBF' >"$CONFIG"
	client -Port 1
	tried 127.0.0.1:1
	# Anywhere else it is no white space, and the line has its number.
	printf '\xEF\xBB\xBF\r\nport x\r\n' >"$CONFIG"
	client
	refused "$CONFIG:2: port 'x': must be a number from 1 to 65535"
}

@test "the last line needs no line end, and the last of two counts" {
	printf 'port 9\nport 1' >"$CONFIG"
	client
	tried 127.0.0.1:1
	: >"$CONFIG"
	client -Port 1
	tried 127.0.0.1:1
}

@test "an unknown keyword is told with its line" {
	local words='ip, port, name, bell, color, plain or no-reconnect'
	wrong ":1: unknown keyword 'nick': must be $words" 'nick bob'
	wrong ":3: unknown keyword 'Port': must be $words" '# x' '' 'Port 1'
	wrong ":2: unknown keyword '--port': must be $words" 'plain' '--port 1'
	wrong ":1: unknown keyword '': must be $words" '= x'
	wrong ":1: unknown keyword 'h': must be $words" 'h'
	wrong ":1: unknown keyword 'portal': must be $words" 'portal 1'
	wrong ":1: unknown keyword 'por': must be $words" 'por 1'
	wrong ":1: unknown keyword 'plain#': must be $words" 'plain#'
}

@test "a word for the command line only is told as such" {
	for word in send to who listen events help version; do
		wrong ":1: $word is an option of the command line only: --$word" "$word x"
		wrong ":2: $word is an option of the command line only: --$word" '' "$word"
	done
}

@test "a missing or wrong value is told" {
	wrong ':1: port requires a value, such as port 8888' port
	wrong ':1: port requires a value, such as port 8888' 'port = '
	wrong ':1: name requires a value, such as name alice' 'name # bob'
	wrong ':1: ip requires a value, such as ip 127.0.0.1' 'ip='
	wrong ':1: bell requires a value, such as bell mention' bell
	wrong ':1: color requires a value, such as color never' color
	for value in 0 65536 x 8o -1 '1 2'; do
		wrong ":1: port '$value': must be a number from 1 to 65535" \
			"port $value"
	done
	wrong ":1: ip '127.0.0.1 8888': must be an address or a host name" \
		'ip 127.0.0.1 8888'
	wrong ":1: bell 'loud': must be off, mention, private or all" \
		'bell loud'
	wrong ":1: color 'yes': must be auto, always or never" 'color=yes'
	wrong ':1: plain takes no value' 'plain yes'
	wrong ':2: no-reconnect takes no value' \
		'port 1' 'no-reconnect ='
	configure 'name b b'
	client --who
	equal "$status" 64
	contains "$stderr" "chatclient: $CONFIG:1: name 'b b': a name "
}

@test "what is wrong is told even where something else is taken" {
	configure 'port x'
	client -Port 1
	refused "$CONFIG:1: port 'x': must be a number from 1 to 65535"
	configure 'bell x'
	client -Port 1 --bell all
	refused "$CONFIG:1: bell 'x': must be off, mention, private or all"
}

@test "a long line, a large file, a byte that is no text" {
	local long
	long=$(printf '# %510s' '')
	configure 'port 1' "$long"
	client
	tried 127.0.0.1:1
	wrong ':2: line too long (at most 512 bytes)' \
		'port 1' "$long "
	yes '#2345678901234567890123456789#1' | head -c 16377 >"$CONFIG"
	printf '\nport 1' >>"$CONFIG"
	equal "$(wc -c <"$CONFIG")" 16384
	client
	tried 127.0.0.1:1
	echo >>"$CONFIG"
	client
	refused "$CONFIG: file too long (at most 16384 bytes)"
	printf 'port 1\nport 1\0\n' >"$CONFIG"
	client
	refused "$CONFIG:2: the line has a NUL byte"
}

@test "a file that cannot be read is told" {
	mkdir "$CONFIG"
	client -Port 1
	refused "cannot read $CONFIG: Is a directory"
	rmdir "$CONFIG"
	ln -s config "$CONFIG"
	client -Port 1
	refused "cannot read $CONFIG: Too many levels of symbolic links"
}

@test "what is wrong is shown without its control characters" {
	takes_long
	local odd=$'\e[31mred\e]0;title\a\tx\xC2\x9By\xE2\x80\xAEz\xFF'
	local shown='[31mred]0;title xyz'$'\uFFFD'
	local there=$'/nowhere\e[2J/chatclient/config'
	for word in --bell --color --port --ip; do
		client -Port 1 "$word" "$odd x"
		contains "$stderr" "$word '$shown x': "
		lacks_controls "$stderr"
	done
	for word in --name --to; do
		client "$word" "$odd" --send hello
		contains "$stderr" "$word '$shown': a name "
		lacks_controls "$stderr"
	done
	client "--$odd"
	refused "unknown option '--$shown'; chatclient --help lists them"
	client "$odd"
	contains "$stderr" "unexpected argument '$shown'; "
	lacks_controls "$stderr"
	client --send "to|$odd"
	contains "$stderr" "--send 'to|${shown%zx*}"
	lacks_controls "$stderr"
	CHAT_NAME=$odd client
	contains "$stderr" "CHAT_NAME '$shown': a name "
	lacks_controls "$stderr"
	CHAT_SERVER=[$odd client
	contains "$stderr" "CHAT_SERVER '[$shown': "
	lacks_controls "$stderr"
	client -Port 1 --ip "${odd//$'\t'/}"
	contains "$stderr" "cannot connect to ${shown// /}:1: "
	lacks_controls "$stderr"
	for line in "name $odd" "$odd" "bell $odd" "plain $odd"; do
		configure "$line"
		client
		contains "$stderr" "$CONFIG:1: "
		lacks_controls "$stderr"
	done
	mkdir -p "$BATS_TEST_TMPDIR$there"
	XDG_CONFIG_HOME=$BATS_TEST_TMPDIR${there%/*/*} client
	refused "cannot read $BATS_TEST_TMPDIR${there//$'\e'/}: Is a directory"
}

@test "-h and -V work whatever the file says" {
	configure 'nonsense'
	for option in -h --help -V --version; do
		client "$option"
		equal "$status" 0 "the status of $option"
		equal "$stderr" ''
		contains "$output" chatclient
	done
	client --bogus
	refused "unknown option '--bogus'; chatclient --help lists them"
}

@test "nothing is sent where the file is wrong" {
	start_server
	enter alice
	configure "port $PORT" 'name carol' 'color blue'
	client --send 'not to be seen'
	refused "$CONFIG:3: color 'blue': must be auto, always or never"
	caught_up alice alice
	never_match alice '.*(joined|carol|not to be seen).*'
}

# --- where the file is -----------------------------------------------------

@test "XDG_CONFIG_HOME, and else .config in HOME" {
	export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/xdg
	mkdir -p "$XDG_CONFIG_HOME/chatclient"
	configure 'port 2'
	echo 'port 1' >"$XDG_CONFIG_HOME/chatclient/config"
	client
	tried 127.0.0.1:1
	# A relative one is to be ignored, an empty one is none.
	cd "$BATS_TEST_TMPDIR"
	for folder in xdg ./xdg ''; do
		XDG_CONFIG_HOME=$folder client
		tried 127.0.0.1:2
	done
	unset XDG_CONFIG_HOME
	client
	tried 127.0.0.1:2
}

# --- the order -------------------------------------------------------------

@test "the command line, then the environment, then the file" {
	start_server
	connect alice
	configure 'ip 192.0.2.1' "port $PORT" 'name from-file'
	client -Ip 127.0.0.1 --send one
	equal "$status" 0 "$stderr"
	expect_line alice '[from-file] one'
	export CHAT_SERVER=127.0.0.1
	CHAT_NAME=from-environment client --send two
	equal "$status" 0 "$stderr"
	expect_line alice '[from-environment] two'
	CHAT_NAME=from-environment client --name from-options --send three
	equal "$status" 0 "$stderr"
	expect_line alice '[from-options] three'
	# The port of CHAT_SERVER comes before the file's.
	CHAT_SERVER=127.0.0.1:1 client --who
	tried 127.0.0.1:1
	CHAT_SERVER=192.0.2.1:1 client -Ip 127.0.0.1 --who
	tried 127.0.0.1:1
	CHAT_SERVER=192.0.2.1:2 client -Ip 127.0.0.1 -Port 1 --who
	tried 127.0.0.1:1
}

@test "an empty variable says nothing" {
	configure 'port 1' 'ip 127.0.0.1'
	CHAT_SERVER='' CHAT_NAME='' client
	tried 127.0.0.1:1
}

# --- who one is on this machine --------------------------------------------

# Joins at a terminal, as that user.
sit_down() { # PERSON USER [OPTION...]
	local person=$1 user=$2
	shift 2
	seat "$person" env TERM=xterm USER="$user" script -qfec \
		"'$CLIENT' -Port $PORT $*" /dev/null
	expect_match "$person" '.*0\. Exit.*'
}

@test "on a terminal the name is USER's, where nothing else gives one" {
	takes_long
	start_server
	enter alice
	sit_down carol carol
	expect_line alice '* carol joined (2 online)'
	sit_down dave dave --name david
	expect_line alice '* david joined (3 online)'
	configure 'name erika'
	sit_down eric eric
	expect_line alice '* erika joined (4 online)'
	rm "$CONFIG"
	CHAT_NAME=frederica sit_down fred fred
	expect_line alice '* frederica joined (5 online)'
}

@test "USER that is no name is not used, nor is it in a script or a pipe" {
	takes_long
	start_server
	enter alice
	sit_down carol 'DOMAIN\carol'
	expect_line alice '* guest-1 joined (2 online)'
	hang_up carol
	expect_line alice '* guest-1 left (1 online)'
	wipe alice
	sit_down carol ''
	expect_match alice '\* guest-1 joined \(2 online\)'
	hang_up carol
	export USER=carol
	client -Port "$PORT" --send hello
	equal "$status" 0
	expect_line alice '[guest-1] hello'
	# The output alone is a terminal, and then the input alone.
	seat bob script -qfec "'$CLIENT' -Port $PORT </dev/null" /dev/null
	expect_exit bob 0
	seat bob script -qfec "'$CLIENT' -Port $PORT | cat" /dev/null
	expect_match bob '.*0\. Exit.*'
	say bob 0
	expect_exit bob 0
	caught_up alice alice
	never_match alice '.*carol.*'
	wipe alice
	seat bob env TERM=xterm script -qfec "'$CLIENT' -Port $PORT --listen" \
		/dev/null
	expect_line alice '* guest-1 joined (2 online)'
	hang_up bob
	caught_up alice alice
	never_match alice '.*carol.*'
}

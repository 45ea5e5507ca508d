#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The IRC clients that people have, as they are installed: irssi, WeeChat,
# HexChat, and catgirl through a TLS proxy.

load lib/helpers
load lib/tmux
load lib/irc
load lib/irc_clients

setup() {
	start_server --greet-after 10000 --history 5
	come_as alice
	say alice 'said before'
	expect_line alice '[alice] said before'
	wipe alice
}

teardown() {
	local status=0
	[[ -z ${STOPPED-} ]] || kill -CONT "$STOPPED" 2>/dev/null || true
	leave_clients
	clean_up || status=1
	[[ ! -s $SERVER_LOG ]] || tail -n 20 "$SERVER_LOG"
	return "$status"
}

# What everyone does in a chat, with alice at nc.
scenario() { # NAME
	local me=$1

	expect_line alice "* $me joined (2 online)"
	turn_to "$me" '#lobby'
	expect_shown "$me" '#lobby' "$(said_by alice 'said before')"
	enter_line "$me" 'hello all'
	expect_line alice "[$me] hello all"
	say alice 'hello żółw'
	expect_shown "$me" '#lobby' "$(said_by alice 'hello żółw')"

	enter_line "$me" '/me waves'
	expect_line alice "[* $me] waves"
	say alice '/me nods'
	expect_shown "$me" '#lobby' 'alice nods'

	enter_line "$me" '/msg alice a secret'
	expect_line alice "[$me -> you] a secret"
	say alice "/msg $me another"
	turn_to "$me" alice
	expect_shown "$me" alice "$(said_by alice another)"

	turn_to "$me" '#lobby'
	enter_line "$me" "/nick $me-2"
	expect_line alice "* $me is now $me-2"
	me=$me-2
	say alice '/nick alicia'
	expect_line alice '* alice is now alicia'
	expect_shown "$1" '#lobby' 'alice .*alicia'

	enter_line "$1" '/join #dev'
	eventually "$PATIENCE" room_has 1
	say alice '/join #dev'
	expect_line alice '#dev * alicia joined (2 here)'
	turn_to "$1" '#dev'
	expect_shown "$1" '#dev' 'alicia.* joined|alicia arrives'
	enter_line "$1" 'in here'
	expect_line alice "#dev [$me] in here"
	say alice 'me too'
	expect_shown "$1" '#dev' "$(said_by alicia 'me too')"
	enter_line "$1" '/topic release at noon'
	expect_line alice "#dev * $me set the topic: release at noon"
	say alice '/topic at one'
	expect_shown "$1" '#dev' 'at one'
	enter_line "$1" '/op alicia'
	expect_line alice "#dev * $me made alicia an operator"
	enter_line "$1" '/kick alicia too loud'
	expect_line alice "#dev * $me kicked alicia: too loud"
	say alice '/join #dev'
	eventually "$PATIENCE" copies_are 2 alice '#dev * alicia joined (2 here)'
	enter_line "$1" '/op alicia'
	eventually "$PATIENCE" copies_are 2 alice \
		"#dev * $me made alicia an operator"
	say alice "/kick $me enough"
	expect_shown "$1" '#dev' 'enough'
	expect_line alice "#dev * alicia kicked $me: enough"
	turn_to "$1" '#lobby'
	say alice '/msg #lobby still here?'
	expect_shown "$1" '#lobby' "$(said_by alicia 'still here\?')"
}

room_has() { # NUMBER
	wipe alice
	say alice '/rooms'
	eventually 1 has_line alice "* rooms: #dev ($1)"
}

# The process of somebody's connection.
process_of() { # NAME
	"$SERVER" --control "$BATS_TEST_TMPDIR/chatserver-$PORT.sock" --status |
		awk -v name="$1" '$NF == name { print $2 }'
}

# A server that does not answer its PING is shown by the client as a lag, which
# is over once that is answered.
shows_lag() { # NAME WHERE
	local shown='Lag: *[0-9]'
	STOPPED=$(process_of "$1")
	not shown "$1" "$2" "$shown"
	kill -STOP "$STOPPED"
	eventually 60 shown "$1" "$2" "$shown"
	kill -CONT "$STOPPED"
	STOPPED=
	eventually 60 not shown "$1" "$2" "$shown"
	say alice 'as quick as ever'
	turn_to "$1" '#lobby'
	expect_shown "$1" '#lobby' "$(said_by alice 'as quick as ever')"
}

# The connection is cut; the client comes back by itself.
reconnects() { # NAME
	kill -KILL "$(process_of "$1")"
	expect_match alice "\\* $1 left.*"
	expect_match alice "\\* $1 joined \\(2 online\\)"
	say alice 'welcome back'
	turn_to "$1" '#lobby'
	expect_shown "$1" '#lobby' "$(said_by 'alic(e|ia)' 'welcome back')"
}

@test "irssi: join, talk, private, rename, rooms, topics, kicks" {
	need tmux irssi
	sit_at_irssi iris
	scenario iris
}

@test "WeeChat: join, talk, private, rename, rooms, topics, kicks" {
	takes_long
	need tmux weechat
	sit_at_weechat wendy
	scenario wendy
}

@test "catgirl, by TLS: join, talk, private, rename, rooms, topics, kicks" {
	takes_long
	need tmux catgirl socat openssl
	sit_at_catgirl cathy
	scenario cathy
}

@test "HexChat: join, talk, private, rename, rooms, topics, kicks" {
	takes_long
	need Xvfb xdotool hexchat
	sit_at_hexchat hex
	scenario hex
}

@test "irssi comes back by itself" {
	takes_long
	need tmux irssi
	sit_at_irssi iris
	expect_line alice '* iris joined (2 online)'
	reconnects iris
}

@test "WeeChat comes back by itself" {
	takes_long
	need tmux weechat
	sit_at_weechat wendy
	expect_line alice '* wendy joined (2 online)'
	reconnects wendy
}

@test "HexChat comes back by itself" {
	takes_long
	need Xvfb xdotool hexchat
	sit_at_hexchat hex
	expect_line alice '* hex joined (2 online)'
	reconnects hex
}

@test "catgirl ends with the connection, says why, and comes back by hand" {
	takes_long
	need tmux catgirl socat openssl
	sit_at_catgirl cathy
	expect_line alice '* cathy joined (2 online)'
	turn_to cathy '#lobby'
	kill -KILL "$(process_of cathy)"
	expect_match alice '\* cathy left.*'
	# Its screen is left as it was, with that below.
	expect_shown cathy '' 'catgirl: (server closed connection|.*tls.*)'
	terminals kill-session -t cathy
	wipe alice
	sit_at_catgirl cathy
	expect_line alice '* cathy joined (2 online)'
	say alice 'welcome back'
	turn_to cathy '#lobby'
	expect_shown cathy '#lobby' "$(said_by alice 'welcome back')"
}

@test "irssi shows how slow the server is" {
	takes_long
	need tmux irssi
	sit_at_irssi iris
	expect_line alice '* iris joined (2 online)'
	enter_line iris '/set lag_check_time 1s'
	shows_lag iris ''
}

@test "WeeChat shows how slow the server is" {
	takes_long
	need tmux weechat
	sit_at_weechat wendy
	expect_line alice '* wendy joined (2 online)'
	turn_to wendy '#lobby'
	enter_line wendy '/set irc.network.lag_check 1'
	turn_to wendy '#lobby'
	shows_lag wendy '#lobby'
}

@test "WeeChat tells who comes and goes, of those it is to look out for" {
	takes_long
	need tmux weechat
	sit_at_weechat wendy
	expect_line alice '* wendy joined (2 online)'
	turn_to wendy '#lobby'
	enter_line wendy '/notify add bob'
	enter_line wendy '/buffer 1'
	expect_shown wendy '' 'bob is offline'
	come_as bob
	expect_shown wendy '' 'bob (\(.*\) )?has connected'
	hang_up bob
	expect_shown wendy '' 'bob (\(.*\) )?has quit'
}

@test "a name that is taken: each client finds another by itself" {
	need tmux irssi weechat
	sit_at_irssi alice
	expect_match alice '\* alice[_1]+ joined \(2 online\)'
	sit_at other weechat -d "$(client_home other)" "irc://alice@127.0.0.1:$PORT/"
	expect_match alice '\* .* joined \(3 online\)'
}

@test "who is here, as a client's list shows it after people came and went" {
	need tmux weechat
	sit_at_weechat wendy
	expect_line alice '* wendy joined (2 online)'
	turn_to wendy '#lobby'
	come_as bob
	come_by_irc carol
	say alice '/nick zoe'
	hang_up bob
	expect_match alice '\* bob left.*'
	# The list stands at the right, one name a row.
	expect_shown wendy '#lobby' '│.?carol *$'
	expect_shown wendy '#lobby' '│.?wendy *$'
	expect_shown wendy '#lobby' '│.?zoe *$'
	not shown wendy '#lobby' '│.?(bob|alice) *$'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --state, for those who come back: logins read what they have missed, IRC
# clients ask by a msgid of before, and an upgrade keeps all of it.

load lib/helpers
load lib/lasting
load lib/irc

CAPS='batch draft/chathistory message-tags server-time'
ALICE=1001 BOB=1002

setup() {
	[[ -n ${STATE_TESTS-} ]] || skip 'STATE_TESTS is not set'
}

teardown() {
	local status=0
	clean_up || status=1
	[[ -z ${FOLDER-} ]] || rm -rf "$FOLDER"
	if ((status != 0)) || [[ -z ${BATS_TEST_COMPLETED-} ]]; then
		tail -n 30 "$SERVER_LOG"
	fi
	return "$status"
}

# --- logins ------------------------------------------------------------------

# A UNIX socket that all may come to, before the port.
start_for_logins() { # [OPTION...]
	((EUID == 0)) || skip 'only root can be somebody else'
	[[ -n ${FOLDER-} ]] || FOLDER=$(mktemp -d)
	chmod 755 "$FOLDER"
	start_server --rate 0 --state "$KEPT" --listen "unix:$FOLDER/chat" \
		--unix-mode 0666 --listen 127.0.0.1:0 "$@"
	use_listener 3
}

comes_home() { # NAME UID
	seat "$1" setpriv --reuid "$2" --regid "$2" --clear-groups \
		nc -U "$FOLDER/chat"
	expect_welcome "$1"
}

says() { # NAME LINE...
	local line
	for line in "${@:2}"; do
		say "$1" "$line"
		expect_match "$1" "\\[[^]]+\\] $line"
	done
}

leaves() { # NAME WATCHER
	wipe "$2"
	hang_up "$1"
	expect_match "$2" '\* .* left \(.*'
}

# The lines that somebody was told when coming.
was_told() { # NAME
	screen "$1" | sed -nE "s/^\\[[^]]+ $AGE ago\\] //p" | paste -sd ' '
}

@test "a login reads how much it has missed, and only that, after any end" {
	local how
	for how in end_lasting kill_all_processes; do
		rm -rf "$KEPT"
		start_for_logins
		connect guest
		comes_home alice "$ALICE"
		says guest 'before 1' 'before 2'
		leaves alice guest
		says guest one two
		"$how"
		start_for_logins
		connect guest
		says guest three
		comes_home alice "$ALICE"
		expect_match alice '\* 3 messages since you left at [0-9]{2}:[0-9]{2}'
		expect_match alice "\\[guest-1 $AGE ago\\] three"
		equal "$(was_told alice)" 'one two three'
		# Another login was never here: it reads all.
		comes_home bob "$BOB"
		expect_match bob "\\[guest-1 $AGE ago\\] three"
		equal "$(was_told bob)" 'before 1 before 2 one two three'
		never_match bob '.*since you left.*'
		end_lasting
	done
}

@test "a login that was here when the server was killed has missed nothing before" {
	start_for_logins
	connect guest
	comes_home alice "$ALICE"
	says guest one two
	expect_match alice '\[guest-1\] two'
	kill_all_processes
	start_for_logins
	connect guest
	says guest three
	comes_home alice "$ALICE"
	expect_match alice '\* 1 message since you left at [0-9]{2}:[0-9]{2}'
	equal "$(was_told alice)" three
	# And what was not missed is told to nobody twice.
	leaves alice guest
	comes_home alice "$ALICE"
	caught_up guest alice
	never_match alice '.*since you left.*'
	equal "$(was_told alice)" ''
}

@test "when a login was here is known after several starts, and a full count" {
	start_for_logins --history 3
	connect guest
	comes_home alice "$ALICE"
	leaves alice guest
	end_lasting
	start_for_logins --history 3
	connect guest
	for n in 1 2 3 4 5 6 7; do
		says guest "line $n"
	done
	for how in end_lasting kill_all_processes end_lasting; do
		"$how"
		# The one that has the leave: the state of the next one says it.
		rm -f "$(file_number 1)"
		start_for_logins --history 3
	done
	comes_home alice "$ALICE"
	expect_match alice '\* 7 messages since you left at [0-9]{2}:[0-9]{2}'
	equal "$(was_told alice)" 'line 5 line 6 line 7'
}

# --- IRC ---------------------------------------------------------------------

# The msgid of a line that somebody has read.
msgid() { # NAME TEXT
	tr -d '\r' <"$(screen_file "$1")" | LC_ALL=C sed -nE \
		"s/^@([^ ]*;)?msgid=([^; ]+)[; ].* PRIVMSG #lobby :$2\$/\\2/p" |
		tail -n 1
}

asks() { # NAME PARAMETERS
	wipe "$1"
	say "$1" "CHATHISTORY $2"
	done_by "$1" || return 1
	screen "$1" | sed -nE 's/^@batch=.* PRIVMSG #lobby :(.*)$/\1/p' |
		paste -sd ' '
}

@test "a msgid of before the restart names the same line after it" {
	local how a b c
	start_lasting --greet-after 10000
	come_by_irc alice "$CAPS echo-message"
	for line in a b c; do
		say alice "PRIVMSG #lobby :$line"
	done
	expect_match alice "@.* PRIVMSG #lobby :c"
	a=$(msgid alice a) b=$(msgid alice b) c=$(msgid alice c)
	[[ $a && $b && $c ]]
	for how in end_lasting kill_all_processes; do
		again "$how" --greet-after 10000
		come_by_irc alice "$CAPS echo-message"
		say alice 'PRIVMSG #lobby :new'
		expect_match alice '@.* PRIVMSG #lobby :new'
		equal "$(asks alice "AFTER #lobby msgid=$a 2")" 'b c'
		equal "$(asks alice "BEFORE #lobby msgid=$c 9")" 'a b'
		equal "$(asks alice "LATEST #lobby msgid=$c 9" | cut -c1-3)" new
		asks alice 'LATEST #lobby * 9' >/dev/null
		equal "$(msgid alice a) $(msgid alice b) $(msgid alice c)" "$a $b $c"
	done
	# None was given twice.
	equal "$(screen alice | grep -aoE 'msgid=[^; ]+' | sort | uniq -d)" ''
}

# --- an upgrade --------------------------------------------------------------

upgrades_to() { # PROGRAM
	[[ -n ${UPGRADES-} ]] || skip 'UPGRADES is not set'
	cp "$SERVER" "$BATS_TEST_TMPDIR/program"
	SERVER=$BATS_TEST_TMPDIR/program
	start_lasting
	enter alice bob
	say alice 'line 1'
	expect_line bob '[alice] line 1'
	say bob '/join #dev'
	expect_line bob '#dev * bob joined (1 here)'
	say bob '/topic until noon'
	expect_line bob '#dev * bob set the topic: until noon'
	cp "$UPGRADES/$1" "$SERVER.new"
	mv "$SERVER.new" "$SERVER"
	kill -HUP "$SERVER_PID"
	expect_log 'upgrade version='
}

told_all_the_same() { # LINE...
	connect carol
	expect_match carol "\\[alice $AGE ago\\] ${*: -1}"
	equal "$(was_told carol)" "$*"
	say carol '/join #dev'
	expect_line carol '#dev * topic: until noon'
	log_lines_are 0 'state-(cut|aside|hole|lost|fail|behind)'
}

@test "an upgrade: what was said before and after it lasts" {
	upgrades_to chatserver-next
	say alice 'line 2'
	expect_line bob '[alice] line 2'
	again kill_all_processes
	told_all_the_same 'line 1' 'line 2'
}

@test "an upgrade to other frames: the history and the rooms are there" {
	upgrades_to chatserver-other
	expect_disconnected alice
	expect_disconnected bob
	told_all_the_same 'line 1'
	again kill_all_processes
	told_all_the_same 'line 1'
}

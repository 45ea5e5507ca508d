#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --state: what was said, the rooms and the bans are there again after the
# server's end, whichever it was.

load lib/helpers
load lib/lasting
load lib/administration

setup() {
	[[ -n ${STATE_TESTS-} ]] || skip 'STATE_TESTS is not set'
}

# --- what was said -----------------------------------------------------------

# Alice and bob have talked, in the lobby and in a room that bob stays in.
talk() {
	enter alice bob
	say alice 'hello bob'
	expect_line bob '[alice] hello bob'
	say bob '/me waves'
	expect_line alice '[* bob] waves'
	say bob '/join #dev'
	expect_line bob '#dev * bob joined (1 here)'
	say bob 'said in dev'
	say bob '/topic release at noon'
	expect_line bob '#dev * bob set the topic: release at noon'
	say bob '/msg #lobby good night'
	expect_line alice '[bob] good night'
}

# A newcomer reads that, each line once and in its order.
talk_is_told() {
	connect carol
	expect_match carol "\[bob $AGE ago\] good night"
	equal "$(screen carol | grep -aoE 'hello bob|waves|good night' |
		tr '\n' ' ')" 'hello bob waves good night '
	has_match carol "\[alice $AGE ago\] hello bob"
	has_match carol "\[\* bob $AGE ago\] waves"
	say carol '/rooms'
	expect_line carol '* rooms: #dev (0) release at noon'
	say carol '/join #dev'
	expect_match carol "#dev \[bob $AGE ago\] said in dev"
	expect_line carol '#dev * topic: release at noon'
}

@test "after a clean end, what was said is told again, and rooms are there" {
	start_lasting
	talk
	again end_lasting
	talk_is_told
	log_lines_are 1 'state-recover .* clean=yes'
	log_lines_are 0 'state-(cut|aside|hole|lost|fail)'
}

@test "and after kill -9 of all processes" {
	start_lasting
	talk
	again kill_all_processes
	talk_is_told
	log_lines_are 1 'state-recover .* clean=no'
	log_lines_are 0 'state-(cut|aside|hole|lost|fail)'
}

@test "and after kill -9 of the parent alone" {
	start_lasting
	talk
	murder_server
	eventually 2 no_process_of "$SERVER_PID"
	hang_up_all
	start_lasting
	talk_is_told
	log_lines_are 0 'state-(cut|aside|hole|lost|fail)'
}

# Kills the process of a role; the one that follows it serves.
kill_role() { # ROLE
	local pid
	pid=$(role_pid "$1")
	kill -KILL "$pid"
	eventually "$PATIENCE" role_is_new "$1" "$pid"
}

@test "kill -9 of the disk, the sync or the relay: nothing is lost or doubled" {
	start_lasting
	enter alice bob
	for role in disk sync relay disk disk relay; do
		say alice "before the $role"
		expect_line bob "[alice] before the $role"
		kill_role "$role"
		say alice "after the $role"
		expect_line bob "[alice] after the $role"
	done
	again kill_all_processes
	log_lines_are 0 'state-(cut|aside|hole|lost|fail)'
	connect carol
	expect_match carol "\[alice $AGE ago\] after the relay"
	equal "$(screen carol | sed -nE "s/^\[alice $AGE ago\] //p")" \
		"$(for role in disk sync relay disk disk relay; do
			echo "before the $role"
			echo "after the $role"
		done)"
}

@test "kill -9 of the relay, and an upgrade, behind a restart" {
	start_lasting
	enter alice bob
	say alice 'to all'
	expect_line bob '[alice] to all'
	# Its number is in no file: the lines that are told begin before a hole.
	say alice '/msg bob to one'
	expect_line bob '[alice -> you] to one'
	again end_lasting
	enter carol
	for way in 'kill_role relay' upgrade; do
		say carol "before: $way"
		expect_line carol "[carol] before: $way"
		$way
		say carol "after: $way"
		expect_line carol "[carol] after: $way"
	done
	connect dave
	expect_match dave "\[alice $AGE ago\] to all"
	expect_match dave "\[carol $AGE ago\] after: upgrade"
}

upgrade() {
	kill -HUP "$SERVER_PID"
	expect_log ' upgrade version='
}

@test "kill -9 of the disk, the sync or the relay of the next server, too" {
	start_lasting
	talk
	again end_lasting
	enter alice bob
	for role in relay disk relay sync relay; do
		say alice "before the $role"
		expect_line bob "[alice] before the $role"
		kill_role "$role"
		say alice "after the $role"
		expect_line bob "[alice] after the $role"
	done
	never_match bob '.*(left|missed).*'
	talk_is_told
	log_lines_are 0 'relay-fail'
}

@test "the numbers of events go on" {
	start_lasting
	connect_events reader
	say reader 'one'
	expect_event reader public '?' '?' one
	local before
	before=$(screen reader | awk -F '\t' '$6 == "one" { print $2 }')
	again kill_all_processes
	connect_events reader
	expect_event reader public '?' '?' one
	say reader 'two'
	expect_event reader public '?' '?' two
	equal "$(screen reader | awk -F '\t' '$6 == "one" { print $2 }')" "$before"
	(($(screen reader | awk -F '\t' '$6 == "two" { print $2 }') > before)) ||
		fail "$(screen reader)"
}

@test "/history tells what was said before the restart" {
	start_lasting --history 2
	enter alice
	for n in 1 2 3 4 5 6; do
		say alice "line $n"
	done
	expect_line alice '[alice] line 6'
	again end_lasting --history 2
	enter bob
	say bob 'line 7'
	expect_line bob '[bob] line 7'
	wipe bob
	say bob '/history 5'
	expect_match bob '\* end of history.*'
	equal "$(screen bob | sed -nE "s/^\[[a-z]+ $AGE ago\] //p" | tr '\n' ' ')" \
		'line 3 line 4 line 5 line 6 line 7 '
}

@test "private messages and invitations are in no file" {
	start_lasting
	enter alice bob
	say alice '/msg bob a secret word'
	expect_line bob '[alice -> you] a secret word'
	say alice '/join #hidden'
	expect_line alice '#hidden * alice joined (1 here)'
	say alice '/invite bob'
	expect_line bob '* alice invites you to #hidden: /join #hidden'
	say alice '/msg #lobby not a secret'
	expect_line bob '[alice] not a secret'
	end_lasting
	grep -qF 'not a secret' "$KEPT"/*
	not grep -rqF 'a secret word' "$KEPT"
	not has_record "hidden.*	bob	"
	not has_record "	bob	"
}

# --- rooms -------------------------------------------------------------------

@test "a room that has ended does not come again, nor do its lines" {
	start_lasting
	enter alice bob
	say alice '/join #dev'
	expect_line alice '#dev * alice joined (1 here)'
	say alice 'in the first one'
	say alice '/topic the first one'
	say alice '/leave'
	expect_line alice '#dev * alice left (0 here)'
	say alice '/join #ops'
	expect_line alice '#ops * alice joined (1 here)'
	again kill_all_processes
	enter carol
	say carol '/rooms'
	expect_line carol '* rooms: #ops (0)'
	say carol '/join #dev'
	expect_line carol '#dev * carol joined (1 here)'
	caught_up carol carol
	never_match carol '.*first one.*'
}

@test "modes, key, limit, topic and lists of a room last" {
	start_lasting
	enter alice bob eve
	say alice '/join #dev'
	expect_line alice '#dev * alice joined (1 here)'
	for line in '/mode locked on' '/mode moderated on' '/mode secret on' \
		'/mode key sesame' '/mode limit 2' '/topic what we do' \
		'/ban eve' '/mute mallory'; do
		say alice "$line"
	done
	expect_match alice '#dev .*mallory.*'
	again kill_all_processes
	enter bob eve
	say eve '/join #dev sesame'
	expect_match eve '! .*#dev.*'
	say bob '/join #dev'
	expect_match bob '! .*#dev.*'
	say bob '/join #dev sesame'
	expect_line bob '#dev * bob joined (1 here)'
	expect_line bob '#dev * topic: what we do'
	say bob '/mode'
	expect_match bob '#dev .*locked.*'
	for word in locked moderated secret 'key' 'limit 2'; do
		contains "$(screen bob | grep -a '^#dev .*locked')" "$word"
	done
	say bob '/bans'
	expect_match bob '#dev .*eve.*'
	expect_match bob '#dev .*mallory.*'
	# Who wakes a room is its operator.
	say bob '/topic mine'
	expect_line bob '#dev * bob set the topic: mine'
}

@test "what was undone before the end stays undone" {
	start_lasting
	enter alice
	say alice '/join #dev'
	expect_line alice '#dev * alice joined (1 here)'
	for line in '/mode key sesame' '/mode key off' '/mode limit 9' \
		'/mode limit off' '/mode locked on' '/mode locked off' \
		'/topic gone' '/topic -' '/mute eve' '/unmute eve'; do
		say alice "$line"
	done
	say alice 'all undone'
	expect_line alice '#dev [alice] all undone'
	# Twice: by its events, then by the state that the next file begins with.
	for how in kill_all_processes end_lasting; do
		again "$how"
		enter alice
		say alice '/rooms'
		expect_line alice '* rooms: #dev (0)'
		hang_up alice
	done
	enter bob
	say bob '/join #dev'
	expect_line bob '#dev * bob joined (1 here)'
	say bob '/bans'
	expect_match bob '#dev \* .*no.*'
}

@test "a room to which nobody could come any more is gone" {
	start_lasting
	enter alice
	for room in shut open; do
		say alice "/join #$room"
		expect_line alice "#$room * alice joined (1 here)"
		say alice '/mode invite on'
		expect_match alice "#$room .*invite.*"
	done
	say alice '/admit bob'
	expect_match alice '#open .*bob.*'
	again kill_all_processes
	enter bob
	say bob '/rooms'
	expect_line bob '* rooms: #open (0)'
	say bob '/join #open'
	expect_line bob '#open * bob joined (1 here)'
}

@test "a room of the name of one that is gone is another one" {
	start_lasting
	enter alice
	say alice '/join #shut'
	expect_line alice '#shut * alice joined (1 here)'
	say alice '/topic the first one'
	say alice '/mode invite on'
	expect_match alice '#shut .*invite.*'
	again kill_all_processes
	enter bob
	say bob '/join #shut'
	expect_line bob '#shut * bob joined (1 here)'
	say bob 'in the second one'
	expect_line bob '#shut [bob] in the second one'
	# Twice: by its events, then by the state that the next file begins with.
	for how in kill_all_processes end_lasting; do
		again "$how"
		connect carol
		say carol '/rooms'
		expect_line carol '* rooms: #shut (0)'
	done
	say carol '/join #shut'
	expect_match carol "#shut \[bob $AGE ago\] in the second one"
}

@test "fewer rooms than before, and a lobby of another name" {
	start_lasting
	enter alice
	for room in one two three; do
		say alice "/join #$room"
		expect_line alice "#$room * alice joined (1 here)"
		say alice "said in $room"
	done
	expect_line alice '#three [alice] said in three'
	say alice '/msg #lobby said in the lobby'
	expect_line alice '[alice] said in the lobby'
	again kill_all_processes --max-rooms 2
	log_lines_are 1 'state-rooms dropped=1'
	connect bob
	expect_match bob "\[alice $AGE ago\] said in the lobby"
	say bob '/rooms'
	expect_match bob '\* rooms: #[a-z]+ \(0\), #[a-z]+ \(0\)'
	again end_lasting --lobby two
	connect carol
	expect_match carol "\[alice $AGE ago\] said in the lobby"
	caught_up carol carol
	never_match carol '.*said in two'
	say carol '/rooms'
	expect_match carol '\* rooms: #[a-z]+ \(0\).*'
	never_match carol '\* rooms: .*#two.*'
}

# --- who was here ------------------------------------------------------------

# Alice comes with the uid of this test.
alice_comes() {
	seat alice nc -U "$BATS_TEST_TMPDIR/chat"
	expect_match alice '\* welcome, .*'
	NICK['alice']=$(sed -nE 's/^\* welcome, ([^;]*);.*/\1/p' \
		"$(screen_file alice)")
}

bob_says() { # LINE...
	local line
	for line in "$@"; do
		say bob "$line"
		expect_line bob "[bob] $line"
	done
}

@test "who was here at the end of a server, and leaves the next one, has left" {
	((EUID == 0 || EUID >= 1000)) || skip 'the tests are run by a service'
	local listen=(--listen 127.0.0.1:0 --listen "unix:$BATS_TEST_TMPDIR/chat")
	start_lasting "${listen[@]}"
	enter bob
	alice_comes
	bob_says one
	again kill_all_processes "${listen[@]}"
	enter bob
	bob_says two
	alice_comes
	expect_match alice '\* 1 message since you left at .*'
	kill_role disk
	hang_up alice
	expect_line bob "* ${NICK[alice]} left (1 online)"
	bob_says three four
	again kill_all_processes "${listen[@]}"
	alice_comes
	expect_match alice '\* 2 messages since you left at .*'
	expect_match alice "\[bob $AGE ago\] four"
	never_match alice '.*two'
}

# --- bans --------------------------------------------------------------------

@test "the host's bans last, with their ends" {
	start_lasting
	done_by --ban 192.0.2.0/24
	done_by --ban 198.51.100.7 --for 3600
	done_by --ban 203.0.113.9 --for 3600
	done_by --unban 203.0.113.9
	done_by --bans
	local before=$output
	# At once: none waits for the next file.
	again end_lasting
	log_lines_are 1 'state-recover .* clean=yes'
	done_by --bans
	equal "$output" "$before"
	equal "$(cut -d ' ' -f 1 <<<"$output")" 'RANGE
192.0.2.0/24
198.51.100.7'
	done_by --unban 192.0.2.0/24
	eventually "$PATIENCE" bans_kept_are 198.51.100.7
	again kill_all_processes
	done_by --bans
	equal "$output" "$(grep -v ^192 <<<"$before")"
	expect_counter banned 1
}

# In the last file.
bans_kept_are() { # RANGE...
	local file
	file=$(kept_files | tail -n 1)
	[[ $("$STATE_TESTS/dump" "$file" |
		awk -F "\t" '$1 == 15 && $8 != "-" { print $8 }') == "$*" ]]
}

# --- the start ---------------------------------------------------------------

# The process that reads the files, once there is one; it may be over already.
recover_pid() {
	RECOVERING=$(role_pid recover)
	[[ $RECOVERING =~ ^[0-9]+$ ]] || is_over_or_serves
}

is_over_or_serves() {
	ended "$SERVER_PID" || [[ -s $SERVER_READY ]]
}

# False: it was too fast for us, and the server serves.
kill_what_reads() {
	launch_server -Port 0 --state "$KEPT"
	eventually "$PATIENCE" recover_pid
	kill -KILL "$RECOVERING" 2>/dev/null || true
	eventually "$PATIENCE" is_over_or_serves
	[[ ! -s $SERVER_READY ]] || { stop_server && false; }
}

@test "kill -9 of what reads the files: no server, and the next one reads all" {
	local RECOVERING='' status=0
	"$STATE_TESTS/past" "$KEPT" 1 140000
	((EUID != 0)) || chown -R nobody "$KEPT"
	for _ in {1..20}; do
		! kill_what_reads || break
	done
	equal "$(cat "$SERVER_READY")" ''
	spare_server
	wait "$SERVER_PID" || status=$?
	equal "$status" 66
	contains "$(cat "$SERVER_LOG")" "what is kept in $KEPT cannot be read"
	start_lasting
	connect alice
	expect_match alice "\[ancient $AGE ago\] old line 140000"
}

# --- nothing asked for -------------------------------------------------------

@test "without --state there is no such process, and nothing is said of it" {
	cd "$BATS_TEST_TMPDIR"
	start_server
	enter alice
	say alice hello
	expect_line alice '[alice] hello'
	for role in disk sync recover; do
		equal "$(role_pid "$role")" ''
	done
	equal "$("$SERVER" -Port "$PORT" --status | grep -ciE 'state|disk|sync')" 0
	log_lines_are 0 'state|disk|sync'
	# Nor a file but those of the test.
	for file in * .[!.]*; do
		case $file in
		server-* | person-* | chatserver-*.sock | '.[!.]*') ;;
		*) fail "a new file: $file" ;;
		esac
	done
}

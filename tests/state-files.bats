#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --state where the directory or its files are not as they should be: nothing is
# overwritten, the log says what was met, and how long files are kept.

# shellcheck disable=SC2030,SC2031 # KEPT is each test's own

load lib/helpers
load lib/lasting
load lib/administration

setup() {
	[[ -n ${STATE_TESTS-} ]] || skip 'STATE_TESTS is not set'
}

teardown() {
	local status=0
	clean_up || status=1
	unmount_kept || status=1
	if ((status != 0)) || [[ -z ${BATS_TEST_COMPLETED-} ]]; then
		tail -n 30 "$SERVER_LOG" 2>/dev/null || true
	fi
	return "$status"
}

# --- the directory -----------------------------------------------------------

# The server does not start with it: exit status, and a message that says why.
refused() { # STATUS PART-OF-MESSAGE
	local status=0
	launch_server -Port 0 --state "$KEPT"
	spare_server
	eventually "$PATIENCE" ended "$SERVER_PID" ||
		fail 'the server runs' || return 1
	wait "$SERVER_PID" || status=$?
	equal "$status" "$1" 'the exit status' || fail "$(cat "$SERVER_LOG")" ||
		return 1
	contains "$(cat "$SERVER_LOG")" "$2" 'the message'
	equal "$(cat "$SERVER_READY")" ''
}

@test "a directory that is not there is made, for its user alone" {
	start_lasting
	equal "$(stat -c %a "$KEPT")" 700
	for file in "$KEPT"/*; do
		equal "$(stat -c %a "$file")" 600 "the mode of $file"
	done
}

@test "directories that cannot serve: each is refused with a reason" {
	KEPT=$BATS_TEST_TMPDIR/no/such/place
	refused 73 "cannot make $KEPT: No such file"
	KEPT=$BATS_TEST_TMPDIR/file
	echo mine >"$KEPT"
	refused 73 "cannot open $KEPT: Not a directory"
	equal "$(cat "$KEPT")" mine
	KEPT=$BATS_TEST_TMPDIR/open
	mkdir "$KEPT"
	((EUID != 0)) || chown nobody "$KEPT"
	chmod 777 "$KEPT"
	refused 78 "others can write to $KEPT"
	chmod 500 "$KEPT"
	refused 78 "its owner cannot read, write and search $KEPT"
	equal "$(ls -A "$KEPT")" ''
	if ((EUID == 0)); then
		chmod 700 "$KEPT"
		chown 12345 "$KEPT"
		refused 78 "$KEPT belongs to uid 12345"
	fi
}

@test "a directory that another server has is refused, until that one ends" {
	start_lasting
	local first=$SERVER_PID log=$SERVER_LOG
	refused 75 "another server uses $KEPT"
	SERVER_PID=$first SERVER_LOG=$log
	stop_server
	start_lasting
}

@test "a directory on a disk that cannot be written is refused" {
	as_root
	mount_kept tmpfs size=1m
	chown nobody "$KEPT"
	chmod 700 "$KEPT"
	mount -o remount,ro "$KEPT"
	refused 73 "Read-only file system"
}

@test "a lock that is a link to a file of another's: refused, and left alone" {
	local file=$BATS_TEST_TMPDIR/file
	mkdir -m 700 "$KEPT"
	echo mine >"$file"
	ln "$file" "$KEPT/lock"
	((EUID != 0)) || chown nobody "$KEPT"
	refused 78 "lock in $KEPT is no regular file of one name"
	equal "$(stat -c %u "$file")" "$EUID"
	rm "$KEPT/lock"
	start_lasting
}

# --- its files ---------------------------------------------------------------

# A server has said this and ended cleanly.
said_before() { # LINE...
	local line
	start_lasting
	enter alice
	for line in "$@"; do
		say alice "$line"
		expect_line alice "[alice] $line"
	done
	end_lasting
}

# Another bit in the byte at this place.
flip() { # FILE OFFSET
	local byte
	byte=$(od -An -tu1 -j "$2" -N 1 "$1")
	printf '%b' "\\x$(printf %x $((byte ^ 4)))" |
		dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

write_at() { # FILE OFFSET BYTES
	printf '%b' "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# It was set aside, as it was; the server says so, serves, and keeps again.
set_aside() { # FILE REASON SUM [NAME]
	local as=${4-${1##*/}.bad}
	start_lasting
	log_lines_are 1 "state-aside file=\"?${1##*/}\"? reason=$2 as=\"?$as\"?$"
	equal "$(cksum <"$KEPT/$as")" "$3" 'what was set aside'
	enter bob
	say bob 'a new line'
	expect_line bob '[bob] a new line'
	again kill_all_processes
	connect carol
	expect_match carol "\[bob $AGE ago\] a new line"
	equal "$(cksum <"$KEPT/$as")" "$3" 'what was set aside'
	end_lasting
}

# Makes of a good file one that has this fault.
damage() { # FAULT FILE
	case $1 in
	foreign) write_at "$2" 0 'ELF not us' ;;
	other-version) write_at "$2" 12 '\x63' ;;
	byte-order) write_at "$2" 8 '\x01\x02\x03\x04' ;;
	short) truncate -s 40 "$2" ;;
	empty) truncate -s 0 "$2" ;;
	damaged) flip "$2" 30 ;;
	esac
}

@test "what is none of its files, or of another kind, is set aside and kept" {
	local fault file=$BATS_TEST_TMPDIR/one first
	first=$(file_number 1)
	said_before one two
	cp -p "$first" "$file"
	for fault in foreign other-version byte-order short empty damaged; do
		rm "$KEPT"/chat-*
		cp -p "$file" "$first"
		damage "$fault" "$first"
		set_aside "$first" "$fault" "$(cksum <"$first")"
	done
}

@test "a directory, a link, a pipe with the name of a file: set aside" {
	mkdir -m 700 "$KEPT"
	mkdir "$(file_number 1)"
	ln -s /etc/passwd "$(file_number 2)"
	mkfifo "$(file_number 3)"
	echo 'what was being made' >"$KEPT/chat-00000009.new"
	echo 'mine' >"$KEPT/chat-1.log"
	echo 'an older one' >"$KEPT/chat-00000002.log.bad"
	((EUID != 0)) || chown nobody "$KEPT"
	start_lasting
	for n in 1 3; do
		log_lines_are 1 "reason=no-regular-file as=\"?chat-0000000$n.log.bad\"?$"
	done
	log_lines_are 1 'reason=no-regular-file as="?chat-00000002.log.bad-2"?$'
	equal "$(readlink "$KEPT/chat-00000002.log.bad-2")" /etc/passwd
	equal "$(cat "$KEPT/chat-00000002.log.bad")" 'an older one'
	equal "$(cat "$KEPT/chat-1.log")" mine
	[[ -d $KEPT/chat-00000001.log.bad && -p $KEPT/chat-00000003.log.bad ]]
	[[ ! -e $KEPT/chat-00000009.new ]]
	enter alice
	say alice hello
	expect_line alice '[alice] hello'
	again end_lasting
	told_are hello
}

@test "a broken record of the last file: what is before it is told" {
	local file at
	said_before one two three
	file=$(file_number 1)
	at=$(grep -abo two "$file" | head -n 1 | cut -d: -f1)
	flip "$file" "$at"
	start_lasting
	log_lines_are 1 'state-cut file="?chat-00000001.log"? bytes=[0-9]+'
	log_lines_are 1 'state-recover .* clean=no'
	told_are one
	enter bob
	say bob four
	expect_line bob '[bob] four'
	again kill_all_processes
	told_are one four
}

@test "a file that ends in the middle of a record: what is before it is told" {
	local file at
	said_before one two three
	file=$(file_number 1)
	at=$(grep -abo three "$file" | head -n 1 | cut -d: -f1)
	truncate -s "$((at + 2))" "$file"
	start_lasting
	log_lines_are 1 'state-cut'
	told_are one two
}

@test "a broken record of an earlier file: it is set aside, with a hole" {
	local file sum
	said_before one
	said_before two
	said_before three
	file=$(file_number 2)
	flip "$file" "$(grep -abo two "$file" | head -n 1 | cut -d: -f1)"
	sum=$(cksum <"$file")
	start_lasting
	log_lines_are 1 'state-aside file="?chat-00000002.log"? reason=damaged'
	log_lines_are 1 'state-hole file="?chat-00000003.log"?'
	equal "$(cksum <"$file.bad")" "$sum"
	[[ -e $(file_number 1) ]]
	told_are three
}

@test "an earlier file that is missing: what is behind it is told" {
	said_before one
	said_before two
	said_before three
	rm "$(file_number 2)"
	start_lasting
	log_lines_are 1 'state-hole file="?chat-00000003.log"?'
	told_are three
}

# --- how long it is kept -----------------------------------------------------

past() { # DAYS LINES...
	"$STATE_TESTS/past" "$KEPT" "$@"
	((EUID != 0)) || chown -R nobody "$KEPT"
}

@test "files whose lines are all older than --keep go; 0 keeps them for ever" {
	past 50 3 40 3 20 3
	start_lasting --keep 0
	eventually "$PATIENCE" numbers_are 1 2 3 4
	end_lasting
	start_lasting
	# The second has lines up to when the third was begun.
	eventually "$PATIENCE" numbers_are 2 3 4 5
	told_are 'old line '{1..9}
	end_lasting
	start_lasting --keep 10
	eventually "$PATIENCE" numbers_are 3 4 5 6
}

@test "the oldest files go while all are larger than --keep-size" {
	# Each of 10 MB or so.
	past 9 100000 8 100000 7 100000
	start_lasting --keep-size 32
	# That of now is allocated in advance.
	eventually "$PATIENCE" numbers_are 2 3 4
	told_are 'old line '{299901..300000}
}

@test "a file of 8 MiB is followed by another one, and no line is lost" {
	start_lasting
	fill_file 1 2090
	fill_file 2091 2120
	numbers_are 1 2
	(($(stat -c %s "$(file_number 1)") < 9000000))
	again kill_all_processes
	same_lines "$(records | grep -aoE '	line [0-9]+ ' | tr -dc '0-9\n')" \
		"$(seq 2120)"
	connect reader
	expect_match reader "\[guest-1 $AGE ago\] line 2120 x+"
	# From both files.
	wipe reader
	say reader '/history 100'
	expect_match reader '\* end of history.*'
	same_lines "$(screen reader | grep -aoE 'line [0-9]+ ' |
		tr -dc '0-9\n')" "$(seq 2021 2120)"
}

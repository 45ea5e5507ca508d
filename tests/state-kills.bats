#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --state: all processes of a server are killed at random moments while people
# talk.  What anybody has read is in the history of the next server, once and in
# that order, with nothing that nobody said.

load lib/helpers
load lib/lasting

WRITERS=10

setup() {
	[[ -n ${STATE_TESTS-} ]] || skip 'STATE_TESTS is not set'
}

# Ten writers say "ROUND WRITER N", N from 1 on, as fast as the server lets them.
talk_begins() { # ROUND
	local w
	TALKERS=()
	for ((w = 1; w <= WRITERS; w++)); do
		(bare nc 127.0.0.1 "$PORT" \
			< <(seq -f "$1 $w %.0f" 1 1000000 2>/dev/null)) \
			>/dev/null 2>&1 3>&- &
		TALKERS+=("$!")
	done
}

# Without a limit there would be a million lines in each round.
start_talk() {
	start_lasting --rate 100 --burst 100 --greet-after 10000
}

talk_ends() {
	kill "${TALKERS[@]}" 2>/dev/null || true
	wait "${TALKERS[@]}" 2>/dev/null || true
}

# One by text, one by events, one by IRC.
readers_come() {
	come_as text
	connect_events events
	seat irc nc 127.0.0.1 "$PORT"
	type_bytes irc 'NICK irc\nUSER irc 0 * :irc\n'
	expect_match irc ':chat 366 irc #lobby :.*'
}

# The lines of this round that a reader has had, whole ones alone.
read_by() { # READER ROUND
	LC_ALL=C sed -nE "s/^(public	[^	]*	[^	]*	[^	]*	[^	]*	|\[guest-[0-9]+\] |:[^ ]+ PRIVMSG #lobby :)($2 [0-9]+ [0-9]+)\r?$/\2/p" \
		"$(screen_file "$1")"
}

# All that is in the files of this round: those of two servers.
kept_of() { # ROUND
	local files
	mapfile -t files < <(kept_files | tail -n 4)
	"$STATE_TESTS/dump" "${files[@]}" | awk -F '\t' -v round="$1" \
		'$1 == 1 && index($8, round " ") == 1 { print $8 }'
}

# Once, each writer's lines from 1 on without a hole; and what each reader has
# read is a part of it, with nothing left out in between.
check_kept() { # ROUND
	local kept=$BATS_TEST_TMPDIR/kept-lines reader
	kept_of "$1" >"$kept"
	awk '
		$3 != ++said[$2] { print "after line " said[$2] - 1 ": " $0; wrong = 1 }
		END { exit wrong }' "$kept" || fail 'doubled, lost or out of order' ||
		return 1
	for reader in text events irc; do
		read_by "$reader" "$1" | awk -v reader="$reader" '
			NR == FNR { at[$0] = FNR; next }
			!($0 in at) { print reader " has read, and it is lost: " $0; wrong = 1; next }
			last && at[$0] != last + 1 { print reader " has read another order: " $0; wrong = 1 }
			{ last = at[$0] }
			END { exit wrong }' "$kept" - || return 1
	done
}

# The next server tells the last lines of that.
check_told() { # ROUND
	local told
	connect_events after
	eventually "$PATIENCE" has_event after public '?' '?' \
		"$(tail -n 1 "$BATS_TEST_TMPDIR/kept-lines")" || return 1
	told=$(screen after | awk -F '\t' -v round="$1" \
		'$1 == "public" && index($6, round " ") == 1 { print $6 }')
	same_lines "$told" "$(tail -n "$(wc -l <<<"$told")" \
		"$BATS_TEST_TMPDIR/kept-lines")"
	hang_up after
}

have_read_of() { # ROUND
	[[ -n $(read_by text "$1" | head -n 1) && -n $(read_by events "$1" |
		head -n 1) && -n $(read_by irc "$1" | head -n 1) ]]
}

kills() { # ROUNDS
	local round
	start_talk
	for ((round = 1; round <= $1; round++)); do
		readers_come
		talk_begins "$round"
		eventually "$PATIENCE" have_read_of "$round"
		nap "$((10 + RANDOM % 90))"
		kill_all_processes || return 1
		talk_ends
		start_talk
		if ! log_lines_are 0 'state-(aside|hole|lost|fail)' ||
			! check_kept "$round" || ! check_told "$round"; then
			fail "in round $round of $1"
			return 1
		fi
	done
}

@test "kill -9 of all processes while people talk: nothing that was read is lost" {
	kills 12
}

@test "and 500 times more" {
	takes_long
	kills 500
}

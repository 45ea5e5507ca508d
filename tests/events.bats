#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The dialect for programs: /events 1.

load lib/helpers

# Every line from the first welcome on has six fields, a known kind, a number
# or nothing, a time of today, and no field that is empty.
well_formed() { # NAME
	local now
	now=$(now_ms)
	screen "$1" | awk -F '\t' -v now="$now" '
		BEGIN {
			n = split("welcome public action private join leave rename " \
				"who who-end error notice gap bye", words, " ")
			for (i = 1; i <= n; i++)
				known[words[i]] = 1
		}
		$1 == "welcome" { begun = 1 }
		!begun { next }
		NF != 6 { print "not six fields: " $0; bad = 1; next }
		!($1 in known) { print "kind: " $0; bad = 1 }
		$2 !~ /^([0-9]+|-)$/ { print "number: " $0; bad = 1 }
		$3 !~ /^[0-9]+$/ || $3 < now - 600000 || $3 > now + 60000 {
			print "time: " $0; bad = 1
		}
		$4 == "" || $5 == "" || $6 == "" { print "empty: " $0; bad = 1 }
		$1 ~ /^(who|who-end|error|gap|private)$/ && $2 != "-" {
			print "numbered: " $0; bad = 1
		}
		$1 ~ /^(public|action|join|leave|rename)$/ {
			if ($2 == "-") { print "without number: " $0; bad = 1 }
			# One digest has one number.
			digest = $1 ~ /^(join|leave)$/ && $1 == kind
			if ($2 + 0 < last || $2 == last && !digest) {
				print "out of order: " $0; bad = 1
			}
			last = $2 + 0
			kind = $1
		}
		END { exit bad || !begun }'
}

setup() {
	start_server --rate 0 --history 0
}

@test "every kind of event, with its fields" {
	connect_events prog
	equal "${NICK[prog]}" guest-1
	expect_joined prog guest-1 1
	connect bob
	expect_event prog join guest-2 - 2
	say bob '/nick bob'
	expect_event prog rename guest-2 bob -
	say bob 'hello there'
	expect_event prog public bob - 'hello there'
	say bob '/me waves'
	expect_event prog action bob - waves
	say bob 'to|guest-1|psst'
	expect_event prog private bob guest-1 psst
	say prog 'to|bob|psst yourself'
	expect_event prog private guest-1 bob 'psst yourself'
	expect_line bob '[guest-1 -> you] psst yourself'
	say prog 'hi from a program'
	expect_event prog public guest-1 - 'hi from a program'
	expect_line bob '[guest-1] hi from a program'
	say prog '/me computes'
	expect_event prog action guest-1 - computes
	say prog who
	expect_event prog who guest-1 - -
	expect_event prog who bob - -
	expect_event prog who-end - - 2
	say prog 'to|nobody|x'
	expect_event prog error - - 'no such user: nobody'
	say prog '/foo'
	expect_event prog error - - 'unknown command: /foo; /help lists them'
	say prog '/nick prog'
	expect_event prog rename guest-1 prog -
	hang_up bob
	expect_event prog leave bob - 1
	say prog /quit
	expect_event prog bye - - 'you left'
	expect_disconnected prog
	well_formed prog
}

@test "the numbers are the same for all and have no hole" {
	connect_events one
	connect_events two
	connect bob
	expect_event two join "${NICK[bob]}" - 3
	for n in $(seq 1 50); do
		say bob "b$n"
		say one "o$n"
		say two "to|${NICK[bob]}|p$n"
	done
	for name in one two; do
		expect_event "$name" public "${NICK[bob]}" - b50
		expect_event "$name" public "${NICK[one]}" - o50
		screen "$name" | awk -F '\t' '$1 == "public"' |
			cut -f 1,2,4- >"$BATS_TEST_TMPDIR/$name.public"
	done
	equal "$(wc -l <"$BATS_TEST_TMPDIR/one.public")" 100 "public events"
	cmp "$BATS_TEST_TMPDIR/one.public" "$BATS_TEST_TMPDIR/two.public"
	cut -f 2 "$BATS_TEST_TMPDIR/one.public" |
		awk 'NR > 1 && $1 != last + 1 { exit 1 } { last = $1 }'
	well_formed one
	well_formed two
}

@test "a text that looks like fields stays one field" {
	connect_events prog
	connect bob
	type_bytes bob 'a\tb\tc\n'
	expect_match prog $'public\t[0-9]+\t[0-9]+\tguest-2\t-\ta.?b.?c'
	type_bytes bob 'bye\t-\t0\t-\t-\tserver is shutting down\n'
	type_bytes bob '-\n'
	expect_event prog public guest-2 - -
	well_formed prog
}

@test "awk alone can follow a conversation" {
	connect_events prog
	enter alice bob
	say alice 'first'
	expect_event prog public alice - first
	say bob 'second one'
	expect_event prog public bob - 'second one'
	say alice '/me third'
	expect_event prog action alice - third
	equal "$(screen prog | awk -F '\t' '
		$1 == "public" || $1 == "action" { print $4 ": " $6 }')" \
		$'alice: first\nbob: second one\nalice: third'
}

# The commands of one of the manual's examples, for this test's server.
manual_example() { # NUMBER
	awk -v wanted="$1" '/^\.Sh/ { examples = $2 == "EXAMPLES"; next }
		/^\.Ed/ { on = 0 }
		on { print }
		/^\.Bd/ && examples { on = ++n == wanted }' \
		"$BATS_TEST_DIRNAME/../server/chatserver-events.7" |
		sed "s/\\\\e/\\\\/g; s/8888/$PORT/; s/^\\$ //"
}

@test "the examples of the manual do what they say" {
	stop_server
	start_server --rate 0
	enter alice
	say alice 'said before'
	expect_line alice '[alice] said before'
	equal "$(sh -c "$(manual_example 2)")" alice
	seat watcher sh -c "$(manual_example 3)"
	expect_line alice '* watcher joined (2 online)'
	say alice '  two  blanks '
	expect_line watcher 'alice:   two  blanks '
	never_line watcher 'alice: said before'
	connect_events prog
	say alice 'and awk'
	expect_event prog public alice - 'and awk'
	equal "$(screen prog | sh -c "$(manual_example 4)")" 'alice: and awk'
}

@test "a burst of joins is one event for each name that is told" {
	takes_long
	connect_events prog
	come_at_once 30
	all_told() {
		screen prog | awk -F '\t' '
			$1 == "join" { told++ }
			$1 == "notice" && match($6, /[0-9]+ others?/) {
				told += substr($6, RSTART) + 0
			}
			END { exit told != 30 }'
	}
	eventually "$PATIENCE" all_told
	expect_event prog notice - - '?'
	well_formed prog
}

@test "idle and shutdown are told as bye" {
	stop_server
	start_server --idle-timeout 1
	connect_events prog
	expect_event prog bye - - 'idle for 1 s'
	expect_disconnected prog
	connect_events prog
	wipe prog
	stop_server
	expect_event prog bye - - 'server is shutting down'
}

@test "who wants to stay is told for how long one may say nothing" {
	seat prog nc 127.0.0.1 "$PORT"
	say prog '/events 1 /stay prog'
	expect_joined prog prog 1
	expect_event prog notice - - 'idle after 300 s'
	seat other nc 127.0.0.1 "$PORT"
	say other '/events 1 /stay'
	expect_joined other guest-1 2
	expect_event other notice - - 'idle after 300 s'
	connect_events quiet
	caught_up prog quiet
	not has_event quiet notice - - 'idle after 300 s'
}

@test "a leave for idleness carries its reason" {
	stop_server
	start_server --idle-timeout 5 --rate 0
	connect_events prog
	connect bob
	told() {
		say prog busy
		has_event prog leave guest-2 - '1 idle for 5 s'
	}
	eventually "$PATIENCE" told
}

@test "another version of events is refused" {
	seat prog nc 127.0.0.1 "$PORT"
	say prog '/events 2'
	expect_match prog '! .*'
	say prog 'still text'
	expect_match prog '\[guest-1\] still text'
}

@test "/events 1 later than the first line changes nothing" {
	connect bob
	say bob hello
	expect_line bob '[guest-1] hello'
	say bob '/events 1'
	expect_match bob '! .*'
	say bob again
	expect_line bob '[guest-1] again'
}

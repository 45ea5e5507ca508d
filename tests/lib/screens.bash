# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What is on the screen of each person, and what should be: lines, lists of who
# is online, events.  A part of the helpers.

# These two are what waiting is made of: they take no process, but for one where
# a screen is too long for bash to look at again and again.
LONG_SCREEN=200

has_line() { # NAME LINE
	local -x LC_ALL=C; local IFS=$'\n' lines all file=$BATS_TEST_TMPDIR/person-$1.screen
	mapfile -tn "$((LONG_SCREEN + 1))" -s "${SEEN[$1]}" lines <"$file"
	if ((${#lines[@]} <= LONG_SCREEN)); then
		all=$'\n'"${lines[*]//$'\r'/}"$'\n'
		[[ $all == *$'\n'"$2"$'\n'* ]]
	else
		SEEN=${SEEN[$1]} LINE=$2 awk '
			NR <= ENVIRON["SEEN"] { next }
			{ gsub(/\r/, "") }
			$0 == ENVIRON["LINE"] { found = 1; exit }
			END { exit !found }' "$file"
	fi
}

has_match() { # NAME REGULAR-EXPRESSION
	local -x LC_ALL=C; local lines line file=$BATS_TEST_TMPDIR/person-$1.screen
	mapfile -tn "$((LONG_SCREEN + 1))" -s "${SEEN[$1]}" lines <"$file"
	if ((${#lines[@]} > LONG_SCREEN)); then
		SEEN=${SEEN[$1]} WANTED="^($2)\$" awk '
			NR <= ENVIRON["SEEN"] { next }
			{ gsub(/\r/, "") }
			$0 ~ ENVIRON["WANTED"] { found = 1; exit }
			END { exit !found }' "$file"
		return
	fi
	for line in "${lines[@]//$'\r'/}"; do
		[[ ! $line =~ ^($2)$ ]] || return 0
	done
	return 1
}

# How often exactly this line is there.
copies() { # NAME LINE
	screen "$1" | LC_ALL=C grep -acFx -e "$2"
}

copies_are() { # NUMBER NAME LINE
	[[ $(copies "$2" "$3") == "$1" ]]
}

# How many lines match.
matches() { # NAME REGULAR-EXPRESSION
	screen "$1" | LC_ALL=C grep -acEx -e "$2"
}

matches_are() { # NUMBER NAME REGULAR-EXPRESSION
	[[ $(matches "$2" "$3") == "$1" ]]
}

expect_line() { # NAME LINE
	eventually "$PATIENCE" has_line "$1" "$2" || {
		fail "awaited on the screen of $1:"$'\n'"$2"$'\n' \
			"but there was:"$'\n'"$(screen "$1")"
		return 1
	}
}

expect_match() { # NAME REGULAR-EXPRESSION
	eventually "$PATIENCE" has_match "$1" "$2" || {
		fail "awaited on the screen of $1, a line that matches:"$'\n' \
			"$2"$'\n'"but there was:"$'\n'"$(screen "$1")"
		return 1
	}
}

# Nothing like it is there now.  Something that was sent later must have been
# seen before this is asked: see caught_up.
never_line() { # NAME LINE
	not has_line "$1" "$2"
}

never_match() { # NAME REGULAR-EXPRESSION
	not has_match "$1" "$2"
}

# The speaker says a new line; once these people see it, they have seen all
# that was public before it.
caught_up() { # SPEAKER NAME...
	local line name
	MARKS=$((MARKS + 1))
	line="mark $MARKS."
	say "$1" "$line"
	shift
	for name in "$@"; do
		expect_match "$name" ".*$line" || return 1
	done
}

# --- who -------------------------------------------------------------------

# The names in the answer to `who`, sorted, one a line.
roster() { # NAME
	screen "$1" | sed -nE '/^\* online: /{
		s/^\* online: //
		s/,? *(\([0-9,]+\))?$//
		s/, /\n/g
		p
	}' | LC_ALL=C sort
}

roster_is() { # NAME NAMES-SORTED
	[[ $(roster "$1") == "$2" ]]
}

# Asks once: whether these and no others are online.
who_says() { # ASKER NAME...
	local asker=$1 names
	shift
	names=$(printf '%s\n' "$@" | LC_ALL=C sort)
	wipe "$asker"
	say "$asker" who
	eventually 1 roster_is "$asker" "$names"
}

# Asks until it is so.
expect_who() { # ASKER NAME...
	local asker=$1
	eventually "$PATIENCE" who_says "$@" || {
		fail "$asker should have seen online: ${*:2}"$'\n' \
			"but there was:"$'\n'"$(screen "$asker")"
		return 1
	}
}

# --- events ----------------------------------------------------------------

# Whether there is an event with these fields, whatever its number and time;
# ? stands for anything.
has_event() { # NAME KIND FROM TO TEXT
	local -x LC_ALL=C; local lines line file=$BATS_TEST_TMPDIR/person-$1.screen
	mapfile -tn "$((LONG_SCREEN + 1))" -s "${SEEN[$1]}" lines <"$file"
	if ((${#lines[@]} > LONG_SCREEN)); then
		has_event_far_down "$@"
		return
	fi
	for line in "${lines[@]//$'\r'/}"; do
		[[ $2 != '?' && $line != "$2"$'\t'* ]] ||
			! is_event "$line" "${@:3}" || return 0
	done
	return 1
}

is_event() { # LINE FROM TO TEXT
	local field
	mapfile -td $'\t' field <<<"$1"
	((${#field[@]} == 6)) && [[ $2 == '?' || $2 == "${field[3]}" ]] &&
		[[ $3 == '?' || $3 == "${field[4]}" ]] &&
		[[ $4 == '?' || $4$'\n' == "${field[5]}" ]]
}

has_event_far_down() { # NAME KIND FROM TO TEXT
	screen "$1" | KIND=$2 FROM=$3 TO=$4 TEXT=$5 awk -F '\t' '
		function is(field, wanted) {
			return wanted == "?" || field == wanted
		}
		NF == 6 && is($1, ENVIRON["KIND"]) && is($4, ENVIRON["FROM"]) &&
		is($5, ENVIRON["TO"]) && is($6, ENVIRON["TEXT"]) { found = 1 }
		END { exit !found }'
}

expect_event() { # NAME KIND FROM TO TEXT
	eventually "$PATIENCE" has_event "$@" || {
		fail "awaited for $1 the event: ${*:2}"$'\n' \
			"but there was:"$'\n'"$(screen "$1")"
		return 1
	}
}

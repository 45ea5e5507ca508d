# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Programs that go on with the session of an older connection; a file loads it
# behind the helpers.

declare -gA CHILD_OF=() # name -> the process that served it first
declare -gA TOKEN=()    # name -> the secret of its session

# A program joins under its name.
join_as() { # NAME [NC ARGUMENT...]
	local name=$1 before
	shift
	if (($# == 0)); then
		set -- 127.0.0.1 "$PORT"
	fi
	before=$(children | sort)
	seat "$name" nc "$@"
	say "$name" "/events 1 $name"
	expect_joined "$name" "$name" '[0-9]+' || return 1
	TOKEN[$name]=$(token_of "$name")
	CHILD_OF[$name]=$(comm -13 <(echo "$before") <(children | sort))
	[[ ${CHILD_OF[$name]} =~ ^[0-9]+$ ]]
}

note_token() { # NAME
	TOKEN[$1]=$(token_of "$1")
}

# How many lines it has had of its session: from the first welcome on.
had() { # NAME
	awk -F '\t' '$1 == "welcome" { begun = 1 } begun { n++ } END { print n + 0 }' \
		"$(screen_file "$1")"
}

# A new connection asks for a session, by the line behind the hello.
ask_for() { # NEW-NAME TOKEN [LINES [NC ARGUMENT...]]
	local name=$1 token=$2 lines=${3-}
	shift "$(($# < 3 ? $# : 3))"
	if (($# == 0)); then
		set -- 127.0.0.1 "$PORT"
	fi
	seat "$name" nc "$@"
	type_bytes "$name" "/events 1\n/resume $token $lines\n"
}

# The same for that of another connection, whose user goes on: with all lines
# that it has had.
go_on() { # NEW-NAME NAME [NICKNAME]
	ask_for "$1" "${TOKEN[$2]}" "$(had "$2")"
	expect_resumed "$1" "${3-$2}" "${TOKEN[$2]}" || return 1
	TOKEN[$1]=${TOKEN[$2]}
}

expect_resumed() { # NAME NICKNAME TOKEN
	expect_match "$1" \
		"welcome"$'\t[0-9]+\t[0-9]+\t-\t'"$2"$'\t'"[0-9]+ token=$3 taken=[0-9]+"
}

expect_refused() { # NAME
	expect_event "$1" error - - 'no such session'
}

# Its events but for the welcomes, without their times.
events_of() { # NAME...
	local name
	for name in "$@"; do
		cat "$(screen_file "$name")"
	done | awk -F '\t' -v OFS='\t' '
		$1 != "welcome" && $1 != "bye" { $3 = "-"; print }'
}

# The two have had the same from this line of the talk on: the first by the
# connections that are named with it.
numbers_have_no_hole() { # NAME...
	local name
	for name in "$@"; do
		cat "$(screen_file "$name")"
	done | awk -F '\t' '
		$1 == "welcome" || $2 == "-" || $5 ~ /^#/ { next }
		last != "" && $2 != last + 1 { print "after " last ": " $0; bad = 1 }
		{ last = $2 }
		END { exit bad }'
}

# The old connection has read why it ends.
expect_parted() { # NAME
	expect_event "$1" bye - - 'taken over by your new connection' || return 1
	expect_disconnected "$1"
}

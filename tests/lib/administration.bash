# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Asking a server that runs, for the bats files about that.
# shellcheck disable=SC2154 # what run sets

# The control socket of the server that was started last.
control_socket() {
	echo "$XDG_RUNTIME_DIR/chatserver-$PORT.sock"
}

# Asks the server: sets output, stderr and status.
ask() { # OPTION...
	run --separate-stderr "$SERVER" -Port "$PORT" "$@"
}

# The same, which must be done.
done_by() { # OPTION...
	ask "$@"
	equal "$status" 0 "the status of: $*" || fail "$stderr" || return 1
	equal "$stderr" '' "standard error of: $*"
}

# It must not be done, with this status and a message that says so.
refused_by() { # STATUS PART-OF-MESSAGE OPTION...
	local wanted=$1 part=$2
	shift 2
	ask "$@"
	equal "$status" "$wanted" "the status of: $*" || return 1
	equal "$output" '' "standard output of: $*" || return 1
	contains "$stderr" "$part" "the message of: $*"
}

# A number of the server's.
counter() { # NAME
	"$SERVER" -Port "$PORT" --status --json | jq ".$1"
}

counter_is() { # NAME NUMBER
	[[ $(counter "$1") == "$2" ]]
}

expect_counter() { # NAME NUMBER
	eventually "$PATIENCE" counter_is "$1" "$2" ||
		fail "$1 should be $2 and is $(counter "$1")"
}

# What is said of one user, as far as the filter asks.
about() { # NICKNAME FILTER
	"$SERVER" -Port "$PORT" --status --json |
		jq -r --arg name "$1" ".online[] | select(.name == \$name) | $2"
}

is_about() { # NICKNAME FILTER
	[[ $(about "$1" "$2") == true ]]
}

expect_about() { # NICKNAME FILTER
	eventually "$PATIENCE" is_about "$1" "$2" ||
		fail "$2 is not so of: $(about "$1" .)"
}

# A server that is none: what it answers is for a terminal.
answer_as() { # WHAT
	FORGED=$BATS_TEST_TMPDIR/forged.sock
	seat forger "$ATTACK" "$FORGED" answer "$1"
	expect_line forger ready
}

# Asks that one; sets status, and has all that was printed in ANSWER, a file.
ask_forged() { # OPTION...
	ANSWER=$BATS_TEST_TMPDIR/answer
	status=0
	"$SERVER" --control "$FORGED" "$@" >"$ANSWER" 2>&1 || status=$?
}

# Not a control, but for line ends; UTF-8; none of the bidi controls.
is_fit_for_terminals() { # FILE
	iconv -f UTF-8 -t UTF-8 "$1" >/dev/null || return 1
	# C0 but LF, DEL; C1; U+2028 to 202E and U+2066 to 2069.
	! LC_ALL=C grep -qaP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]' "$1" ||
		fail "not fit for a terminal:" "$(cat -v "$1")"
}

# Descriptors that a process has open.
descriptors_of() { # PID
	find "/proc/$1/fd" -mindepth 1 | wc -l
}

descriptors_are() { # PID NUMBER
	[[ $(descriptors_of "$1") == "$2" ]]
}

# Processor time that a process has used, in ticks of 10 ms.
ticks_of() { # PID
	local line
	read -r line <"/proc/$1/stat"
	# shellcheck disable=SC2086 # as fields
	set -- ${line##*) }
	echo "$((${12} + ${13}))"
}

# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# People at a terminal: tmux is one that can be typed at, looked at and resized
# without anybody being there.

TMUX_SOCKET=$BATS_TEST_TMPDIR/tmux

terminals() { # TMUX-COMMAND...
	tmux -S "$TMUX_SOCKET" -f /dev/null "$@"
}

declare -ga INSIDE=() # a program that is a terminal inside of a terminal

# Seats a person at the client on a terminal of its own, in the time zone ZONE,
# and waits for nothing.
start_terminal() { # NAME COLUMNSxROWS [OPTION...]
	local name=$1 size=$2
	shift 2
	(bare tmux -S "$TMUX_SOCKET" -f /dev/null new-session -d -s "$name" \
		-x "${size%x*}" -y "${size#*x}" \
		env TZ="${ZONE:-UTC}" bash -c \
		'"$@"; echo "status $?"; exec cat' \
		client "${INSIDE[@]}" "$CLIENT" -Port "$PORT" "$@") 3>&-
}

# The same; CHILD is the process that serves them.
sit_down() { # NAME COLUMNSxROWS [OPTION...]
	local before
	before=$(children)
	start_terminal "$@"
	expect_row "$1" 'menu>' || return 1
	# shellcheck disable=SC2034 # for the tests
	CHILD=$(comm -13 <(sort <<<"$before") <(children | sort))
}

# Keys by their names in tmux; a text is typed as it is.
press() { # NAME KEY...
	local name=$1
	shift
	terminals send-keys -t "$name" "$@"
}

paste_to() { # NAME TEXT
	terminals set-buffer "$2"
	terminals paste-buffer -p -t "$1"
}

resize() { # NAME COLUMNSxROWS
	terminals resize-window -t "$1" -x "${2%x*}" -y "${2#*x}"
}

# What is on the terminal, its times left out, no empty rows at its end.
terminal() { # NAME
	terminals capture-pane -p -t "$1" |
		sed -E 's/^[0-9]{2}:[0-9]{2} //' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}

# The same with its colours.
terminal_colours() { # NAME
	terminals capture-pane -e -p -t "$1"
}

has_row() { # NAME ROW
	terminal "$1" | grep -qxF -e "$2"
}

lacks_row() { # NAME ROW
	! has_row "$1" "$2"
}

ends_with() { # NAME ROWS
	[[ $(terminal "$1") == *"$2" ]]
}

expect_row() { # NAME ROW
	eventually "$PATIENCE" has_row "$1" "$2" || {
		fail "awaited on the terminal of $1:"$'\n'"$2"$'\n' \
			"but there was:"$'\n'"$(terminal "$1")"
		return 1
	}
}

has_matching_row() { # NAME REGULAR-EXPRESSION
	terminal "$1" | grep -qxE -e "$2"
}

expect_matching_row() { # NAME REGULAR-EXPRESSION
	eventually "$PATIENCE" has_matching_row "$1" "$2" || {
		fail "awaited on the terminal of $1, a row that matches:" \
			$'\n'"$2"$'\n'"but there was:"$'\n'"$(terminal "$1")"
		return 1
	}
}

# The last rows are these.
expect_end() { # NAME ROWS
	eventually "$PATIENCE" ends_with "$1" "$2" || {
		fail "the terminal of $1 should have ended with:"$'\n'"$2"$'\n' \
			"but there was:"$'\n'"$(terminal "$1")"
		return 1
	}
}

# From here on bells are counted.
count_bells() { # NAME
	terminals pipe-pane -t "$1" "exec cat >'$BATS_TEST_TMPDIR/bells-$1'"
}

bells() { # NAME
	tr -cd '\a' <"$BATS_TEST_TMPDIR/bells-$1" | wc -c
}

bells_are() { # NUMBER NAME
	[[ $(bells "$2") == "$1" ]]
}

leave_terminals() {
	terminals kill-server 2>/dev/null || true
}

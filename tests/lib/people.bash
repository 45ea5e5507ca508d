# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# People: the program that each of them uses, what they type, and how they come
# and go.  A part of the helpers.

declare -gA INPUT=()      # name -> descriptor of what that person types
declare -gA PERSON_PID=() # name -> the program that the person uses
declare -gA NICK=()       # name -> the first nickname that was given
declare -gA SEEN=()       # name -> lines of the screen that are done with

# Seats a person at a program: what is said goes to its standard input, which
# stays open; what it prints is that person's screen.
seat() { # NAME COMMAND...
	local name=$1 base=$BATS_TEST_TMPDIR/person-$1 fd
	shift
	if [[ -n ${INPUT[$name]-} ]]; then
		hang_up "$name"
	fi
	# A pipe, which has no name to make and to remove.
	exec {fd}<> <(:)
	: >"$base.screen"
	(bare "$@") <"/proc/self/fd/$fd" >"$base.screen" 2>&1 3>&- &
	PERSON_PID[$name]=$!
	INPUT[$name]=$fd
	SEEN[$name]=0
}

# All lines on the screen since the last wipe, telnet's carriage returns left
# out.
screen() { # NAME
	tail -n "+$((SEEN[$1] + 1))" "$BATS_TEST_TMPDIR/person-$1.screen" |
		tr -d '\r'
}

# The bytes, all of them, as they came.
screen_file() { # NAME
	echo "$BATS_TEST_TMPDIR/person-$1.screen"
}

# From here on, what has been on these screens so far does not count.
wipe() { # NAME...
	local name lines file
	for name in "$@"; do
		file=$BATS_TEST_TMPDIR/person-$name.screen
		mapfile -n "$((LONG_SCREEN + 1))" -s "${SEEN[$name]}" lines <"$file"
		if ((${#lines[@]} > LONG_SCREEN)); then
			SEEN[$name]=$(wc -l <"$file")
			continue
		fi
		((SEEN[$name] += ${#lines[@]})) || true
		# A line without its end is still to come.
		((${#lines[@]} == 0)) || [[ ${lines[-1]} == *$'\n' ]] ||
			((SEEN[$name]--)) || true
	done
}

# Says to itself more than the server has room for: 8 MiB, whoever reads it.
fill_history() { # PERSON
	local long n
	long=$(printf 'x%.0s' {1..4000})
	for n in {1..2200}; do
		printf 'to|%s|%s\n' "$1" "$long"
	done >&"${INPUT[$1]}"
}

say() { # NAME LINE
	printf '%s\n' "$2" >&"${INPUT[$1]}"
}

# Bytes as they are, by printf's escapes, and in one write: bash's own printf
# does one for each line.
type_bytes() { # NAME FORMAT
	# shellcheck disable=SC2059
	env printf -- "$2" >&"${INPUT[$1]}"
}

# The other end of the connection closes its side.
close_input() { # NAME
	local fd=${INPUT[$1]}
	exec {fd}>&-
	unset "INPUT[$1]"
}

# Ends the person's program, and so the connection.
hang_up() { # NAME...
	local name fd
	for name in "$@"; do
		fd=${INPUT[$name]-}
		if [[ -n $fd ]]; then
			exec {fd}>&-
			unset "INPUT[$name]"
		fi
		kill "${PERSON_PID[$name]}" 2>/dev/null || true
		# Should the test have stopped it.
		kill -CONT "${PERSON_PID[$name]}" 2>/dev/null || true
		wait "${PERSON_PID[$name]}" 2>/dev/null || true
		PERSON_PID[$name]=''
	done
}

# People by the names of p1 to pN, who come all at once however slow this
# machine is: the relay sleeps until each of them has a process.
come_at_once() { # NUMBER
	local relay before n
	relay=$(relay_pid)
	before=$(children | wc -l)
	kill -STOP "$relay"
	for n in $(seq 1 "$1"); do
		seat "p$n" nc 127.0.0.1 "$PORT"
	done
	eventually "$PATIENCE" children_are "$((before + $1))"
	kill -CONT "$relay"
	for n in $(seq 1 "$1"); do
		expect_welcome "p$n"
	done
}

# And all of them go at once.
go_at_once() { # NUMBER
	local relay pids=() n
	relay=$(relay_pid)
	for n in $(seq 1 "$1"); do
		pids+=("${PERSON_PID[p$n]}")
	done
	kill -STOP "$relay"
	kill "${pids[@]}"
	for n in $(seq 1 "$1"); do
		expect_disconnected "p$n"
	done
	kill -CONT "$relay"
}

# Whether the server has closed the connection.  nc stays until it has
# something to send, so the state of its socket tells.
disconnected() { # NAME
	local pid=${PERSON_PID[$1]}
	ended "$pid" || ! { find "/proc/$pid/fd" -printf '%l\n' 2>/dev/null |
		awk '
			FILENAME == "-" { if (/^socket:/) mine[$0] = 1; next }
			$4 == "01" && "socket:[" $10 "]" in mine { open = 1 }
			END { exit !open }' - "/proc/$pid/net/tcp" "/proc/$pid/net/tcp6"; }
}

expect_disconnected() { # NAME
	eventually "$PATIENCE" disconnected "$1" || {
		fail "$1 is still connected; the screen:" "$(screen "$1")"
		return 1
	}
}

# The person's program ends by itself, with this exit status.
expect_exit() { # NAME STATUS
	local status=0
	eventually "$PATIENCE" ended "${PERSON_PID[$1]}" || {
		fail "$1's program still runs; the screen:" "$(screen "$1")"
		return 1
	}
	wait "${PERSON_PID[$1]}" || status=$?
	equal "$status" "$2" "the exit status of $1's program"
}

expect_welcome() { # NAME
	expect_match "$1" \
		'\* welcome, guest-[0-9]+; [0-9,]+ online; /help for help' ||
		return 1
	local line
	while read -r line; do
		[[ $line == '* welcome, '* ]] || continue
		line=${line#'* welcome, '}
		NICK[$1]=${line%%[,;] *}
		break
	done <"$BATS_TEST_TMPDIR/person-$1.screen"
}

# Connects by nc and waits for the welcome.
connect() { # NAME [NC ARGUMENT...]
	local name=$1
	shift
	if (($# == 0)); then
		set -- 127.0.0.1 "$PORT"
	fi
	seat "$name" nc "$@"
	expect_welcome "$name"
}

# Comes under a name, by the first line: for servers that wait long for it.
come_as() { # NAME
	seat "$1" nc 127.0.0.1 "$PORT"
	say "$1" "/nick $1"
	expect_match "$1" "\\* welcome, $1; .*"
}

# Connects somebody; CHILD is the process that serves them.
connect_noting_child() { # NAME
	local before
	before=$(children)
	connect "$1"
	CHILD=$(comm -13 <(echo "$before" | sort) <(children | sort))
	[[ $CHILD =~ ^[0-9]+$ ]]
}

connect_telnet() { # NAME
	seat "$1" telnet 127.0.0.1 "$PORT"
	expect_welcome "$1"
}

# Starts the project's own client, driven by lines.
connect_client() { # NAME [OPTION...]
	local name=$1
	shift
	seat "$name" "$CLIENT" -Port "$PORT" "$@"
	expect_line "$name" '0. Exit'
}

# The welcome of a program, with its secret.
expect_joined() { # NAME NICKNAME USERS-ONLINE
	expect_match "$1" "welcome"$'\t[0-9]+\t[0-9]+\t-\t'"$2"$'\t'"$3 token=[0-9a-f]{32}"
}

# That secret, or the last one.
token_of() { # NAME
	screen "$1" | sed -nE 's/^welcome\t.* token=([0-9a-f]{32}).*/\1/p' |
		tail -n 1
}

# A program that speaks the events dialect, by nc.
connect_events() { # NAME
	seat "$1" nc 127.0.0.1 "$PORT"
	say "$1" '/events 1'
	expect_joined "$1" 'guest-[0-9]+' '[0-9]+'
	NICK[$1]=$(screen "$1" | awk -F '\t' '$1 == "welcome" { print $5; exit }')
}

rename() { # NAME NICKNAME [OLD NICKNAME]
	say "$1" "/nick $2"
	expect_line "$1" "* ${3:-${NICK[$1]}} is now $2"
}

# Asks for a name until its last owner is really gone.
take_name() { # NAME NICKNAME
	local deadline=$((SECONDS + PATIENCE))
	while ((SECONDS < deadline)); do
		wipe "$1"
		say "$1" "/nick $2"
		expect_match "$1" "(! name in use: $2|\\* .* is now $2)" || return 1
		if has_match "$1" "\\* .* is now $2"; then
			return 0
		fi
		nap
	done
	fail "$1 never got the name $2"
}

# Connects people by nc, each under the name that the test knows them by, and
# wipes their screens once all of them have seen the last one's name.
enter() { # NAME...
	local name last=${*: -1}
	for name in "$@"; do
		connect "$name"
		rename "$name" "$name"
	done
	for name in "$@"; do
		expect_line "$name" "* ${NICK[$last]} is now $last"
	done
	wipe "$@"
}

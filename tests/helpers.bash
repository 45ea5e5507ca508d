# shellcheck shell=bash
# What every bats file loads: a server on a free port, people with a screen
# each, and waiting that polls instead of sleeping.
#
# Each server runs in a session of its own, so whatever it forks is found by
# that session's id, its parent alive or not.  A test ends only processes that
# it has recorded; teardown then asserts that no process of a server and no
# shared memory object is left, and that a server told to end ended well.

bats_require_minimum_version 1.5.0

: "${SERVER:=$BATS_TEST_DIRNAME/../chatserver}"
: "${CLIENT:=$BATS_TEST_DIRNAME/../chatclient}"
: "${PATIENCE:=10}" # seconds for what should take milliseconds

export ASAN_OPTIONS=${ASAN_OPTIONS-detect_leaks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS-print_stacktrace=1}

declare -ga SERVER_PIDS=()  # all that this test has started
declare -gA KILLED=()       # those that the test itself has ended
declare -gA INPUT=()        # name -> descriptor of what that person types
declare -gA PERSON_PID=()   # name -> the program that the person uses
declare -gA NICK=()         # name -> the first nickname that was given
declare -gA SEEN=()         # name -> lines of the screen that are done with
declare -g SERVER_PID='' PORT='' SERVER_LOG='' SERVER_READY='' MARKS=0 NAP

exec {NAP}<> <(:)
# --- waiting ---------------------------------------------------------------

now_ms() {
	local now=${EPOCHREALTIME/[.,]/}
	echo "${now%???}"
}

# A short wait: nobody ever writes to that descriptor.  An interrupt ends the
# test here, its teardown included.
nap() {
	read -rt 0.01 -u "$NAP" || [[ -z ${BATS_INTERRUPTED-} ]] || exit 130
}

# Waits until the command is true, for SECONDS at most.
eventually() { # SECONDS COMMAND...
	local deadline=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
	shift
	until "$@"; do
		((${EPOCHREALTIME/[.,]/} < deadline)) || return 1
		nap
	done
}

# Asserts that the command stays true for SECONDS.
throughout() { # SECONDS COMMAND...
	local deadline=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
	shift
	while ((${EPOCHREALTIME/[.,]/} < deadline)); do
		"$@" || {
			echo "no longer true: $*"
			return 1
		}
		nap
	done
}

# --- asserting -------------------------------------------------------------

fail() { # TEXT...
	printf '%s\n' "$*" >&2
	return 1
}

# `! command` never ends a bats test; this does.
not() { # COMMAND...
	if "$@"; then
		fail "this should have been false: $*"
	fi
}

equal() { # ACTUAL EXPECTED [WHAT]
	[[ $1 == "$2" ]] || fail "${3:-it} was: $1"$'\n'"and should be: $2"
}

contains() { # TEXT PART [WHAT]
	[[ $1 == *"$2"* ]] || fail "${3:-the text} was: $1"$'\n'"without: $2"
}

# --- processes -------------------------------------------------------------

# Runs a program in place of this subshell, with none of bats' and the
# test's descriptors: a daemon that kept one would keep bats from ending,
# a client would keep another one's input open.
bare() { # COMMAND...
	local fd
	for fd in /proc/self/fd/*; do
		fd=${fd##*/}
		if ((fd > 2)); then
			{ exec {fd}>&-; } 2>/dev/null
		fi
	done
	exec "$@"
}

ended() { # PID
	local line
	{ read -r line <"/proc/$1/stat"; } 2>/dev/null || return 0
	[[ ${line##*) } == [ZX]* ]]
}

# The ids of all live processes of one server, or those with that name.
processes() { # SERVER_PID [COMM]
	cat /proc/[0-9]*/stat 2>/dev/null |
		awk -v session="$1" -v wanted="${2-}" '{
			# pid (comm) state parent group session ...
			comm = rest = $0
			sub(/^[^(]*\(/, "", comm)
			sub(/\)[^)]*$/, "", comm)
			sub(/^.*\) /, "", rest)
			split(rest, field, " ")
			if (field[4] == session && field[1] !~ /[ZX]/ &&
			    (wanted == "" || wanted == comm))
				print $1
		}'
}

relay_pid() {
	processes "$SERVER_PID" chat-relay
}

# One process for each person who is connected.
children() {
	processes "$SERVER_PID" chat-child | sort -n
}

children_are() { # NUMBER
	[[ $(children | wc -l) == "$1" ]]
}

no_process_of() { # SERVER_PID
	[[ -z $(processes "$1") ]]
}

# The shared memory objects that carry our name, but for those that carry
# another server's process id as well.
shared_memory() {
	local object
	for object in /dev/shm/*chatserver*; do
		if [[ -e $object && ! ($object =~ chatserver-([0-9]+)- &&
			" ${SERVER_PIDS[*]} " != *" ${BASH_REMATCH[1]} "*) ]]; then
			echo "$object"
		fi
	done
}

no_shared_memory() {
	[[ -z $(shared_memory) ]]
}

# --- the server ------------------------------------------------------------

# Starts a server with exactly these options and waits for nothing.
launch_server() { # OPTION...
	local base=$BATS_TEST_TMPDIR/server-${#SERVER_PIDS[@]}
	SERVER_READY=$base.out
	SERVER_LOG=$base.log
	: >"$SERVER_READY"
	(bare setsid "$SERVER" "$@") \
		</dev/null >"$SERVER_READY" 2>"$SERVER_LOG" 3>&- &
	SERVER_PID=$!
	SERVER_PIDS+=("$SERVER_PID")
}

ready_lines_or_end() { # NUMBER
	(($(grep -c '^chatserver: listening on ' "$SERVER_READY") >= $1)) ||
		ended "$SERVER_PID"
}

# From here on people connect to that listener, by the lines that it printed.
use_listener() { # NUMBER
	PORT=$(sed -n "$1s/.*://p" "$SERVER_READY")
}

# Waits until it listens; sets PORT to the first one.
await_server() { # NUMBER OF LISTENERS
	eventually "$PATIENCE" ready_lines_or_end "$1" || true
	if ended "$SERVER_PID" || [[ ! -s $SERVER_READY ]]; then
		fail "the server did not start; it said:" \
			"$(cat "$SERVER_READY" "$SERVER_LOG")"
		return 1
	fi
	use_listener 1
}

start_server() { # [OPTION...]
	launch_server -Port 0 "$@"
	await_server 1
}

# From here on, how the server ends is the test's own affair.
spare_server() {
	KILLED["$SERVER_PID"]=yes
}

# Sends the signal, waits at most two seconds for the end; the exit status
# is the server's.
stop_server() { # [SIGNAL]
	local status=0
	spare_server
	kill -"${1:-TERM}" "$SERVER_PID"
	eventually 2 ended "$SERVER_PID" ||
		{
			fail "the server still runs 2 s after SIG${1:-TERM}"
			return 99
		}
	wait "$SERVER_PID" || status=$?
	return "$status"
}

# kill -9 of the parent itself.
murder_server() {
	spare_server
	kill -KILL "$SERVER_PID"
	wait "$SERVER_PID" 2>/dev/null || true
}

# --- people ----------------------------------------------------------------

# Seats a person at a program: what is said goes to its standard input, which
# stays open; what it prints is that person's screen.
seat() { # NAME COMMAND...
	local name=$1 base=$BATS_TEST_TMPDIR/person-$1 fd
	shift
	if [[ -n ${INPUT[$name]-} ]]; then
		hang_up "$name"
	fi
	rm -f "$base.in"
	mkfifo "$base.in"
	exec {fd}<>"$base.in"
	: >"$base.screen"
	(bare "$@") <"$base.in" >"$base.screen" 2>&1 3>&- &
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
	local name
	for name in "$@"; do
		SEEN[$name]=$(wc -l <"$BATS_TEST_TMPDIR/person-$name.screen")
	done
}

say() { # NAME LINE
	printf '%s\n' "$2" >&"${INPUT[$1]}"
}

# Bytes as they are, by printf's escapes.
type_bytes() { # NAME FORMAT
	# shellcheck disable=SC2059
	printf -- "$2" >&"${INPUT[$1]}"
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
	NICK[$1]=$(awk -F '[,;] ' '/^\* welcome, / { print $2; exit }' \
		"$(screen_file "$1")")
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

# A program that speaks the events dialect, by nc.
connect_events() { # NAME
	seat "$1" nc 127.0.0.1 "$PORT"
	say "$1" '/events 1'
	expect_match "$1" $'welcome\t[0-9]+\t[0-9]+\t-\tguest-[0-9]+\t[0-9]+'
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

# --- what is on a screen ---------------------------------------------------

# These two are what waiting is made of, so they take one process and not the
# three that they would take by way of screen.
has_line() { # NAME LINE
	LC_ALL=C SEEN=${SEEN[$1]} LINE=$2 awk '
		NR <= ENVIRON["SEEN"] { next }
		{ gsub(/\r/, "") }
		$0 == ENVIRON["LINE"] { found = 1; exit }
		END { exit !found }' "$BATS_TEST_TMPDIR/person-$1.screen"
}

has_match() { # NAME REGULAR-EXPRESSION
	LC_ALL=C SEEN=${SEEN[$1]} WANTED="^($2)\$" awk '
		NR <= ENVIRON["SEEN"] { next }
		{ gsub(/\r/, "") }
		$0 ~ ENVIRON["WANTED"] { found = 1; exit }
		END { exit !found }' "$BATS_TEST_TMPDIR/person-$1.screen"
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

# --- the end ---------------------------------------------------------------

# Ends what the test has left running and says what should not have been.
clean_up() {
	local name pid left status wrong=0
	for name in "${!PERSON_PID[@]}"; do
		if [[ -n ${PERSON_PID[$name]} ]]; then
			hang_up "$name"
		fi
	done
	for pid in "${SERVER_PIDS[@]}"; do
		[[ -z ${KILLED[$pid]-} ]] || continue
		status=0
		if ended "$pid"; then
			echo "the server ended by itself"
			wrong=1
			continue
		fi
		kill -TERM "$pid"
		if ! eventually 2 ended "$pid"; then
			echo "the server still runs 2 s after SIGTERM"
			kill -KILL "$pid"
			wrong=1
		fi
		wait "$pid" || status=$?
		if ((status != 0)); then
			echo "the server ended with status $status"
			wrong=1
		fi
	done
	for pid in "${SERVER_PIDS[@]}"; do
		eventually 2 no_process_of "$pid" && continue
		for left in $(processes "$pid"); do
			echo "left behind: $(tr '\0' ' ' <"/proc/$left/comm")"
			kill -KILL "$left"
		done
		wrong=1
	done
	if ! eventually 2 no_shared_memory; then
		echo "left in /dev/shm: $(shared_memory)"
		wrong=1
	fi
	if grep -sE 'Sanitizer|runtime error:' \
		"$BATS_TEST_TMPDIR"/server-*.log; then
		wrong=1
	fi
	return "$wrong"
}

teardown() {
	local status=0 file
	clean_up || status=1
	# bats shows this only where the test has failed.
	for file in "$SERVER_READY" "$SERVER_LOG"; do
		if [[ -s $file ]]; then
			echo "--- ${file##*/}"
			tail -n 20 "$file"
		fi
	done
	return "$status"
}

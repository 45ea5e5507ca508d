# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What every bats file loads: a server on a free port, people with a screen
# each, and waiting that polls instead of sleeping.
#
# Each server runs in a session of its own, so whatever it forks is found by
# that session's id, its parent alive or not.  A test ends only processes that
# it has recorded; teardown then asserts that no process of a server, no shared
# memory object and no control socket is left, and that a server told to end ended
# well.

bats_require_minimum_version 1.5.0

: "${SERVER:=$(realpath "${BASH_SOURCE[0]%/*}/../..")/chatserver}"
: "${CLIENT:=$(realpath "${BASH_SOURCE[0]%/*}/../..")/chatclient}"
# Seconds for what should take milliseconds: waiting for long costs nothing
# where things go well, and sanitizers on a busy machine are slow.
case $SERVER in
*/san/*) : "${PATIENCE:=60}" ;;
*) : "${PATIENCE:=30}" ;;
esac

# The client asks these who one is and what one likes; whoever runs the tests
# is not to answer.  A folder that is not there has no configuration.
unset CHAT_SERVER CHAT_NAME NO_COLOR USER
export HOME=${BATS_TEST_TMPDIR-/nonexistent}/home
export XDG_CONFIG_HOME=$HOME/.config

export ASAN_OPTIONS=${ASAN_OPTIONS-detect_leaks=1}
# Control sockets of their own.
export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR

export UBSAN_OPTIONS=${UBSAN_OPTIONS-print_stacktrace=1}

declare -ga SERVER_PIDS=() # all that this test has started
declare -gA KILLED=()      # those that the test itself has ended
declare -g MURDERED=''     # one of them could not clean up
declare -g SERVER_PID='' PORT='' SERVER_LOG='' SERVER_READY='' MARKS=0 NAP

exec {NAP}<> <(:)

# shellcheck source=tests/lib/people.bash
. "${BASH_SOURCE[0]%/*}/people.bash"
# shellcheck source=tests/lib/screens.bash
. "${BASH_SOURCE[0]%/*}/screens.bash"

# --- waiting ---------------------------------------------------------------

now_ms() {
	local now=${EPOCHREALTIME/[.,]/}
	echo "${now%???}"
}

# A short wait: nobody ever writes to that descriptor.  An interrupt ends the
# test here, its teardown included.
nap() { # [MILLISECONDS, 10 to 99]
	read -rt "0.0${1:-10}" -u "$NAP" || [[ -z ${BATS_INTERRUPTED-} ]] ||
		exit 130
}

# bats traces each command, for its reports, at the price of several: not what
# is asked again and again, nor what reports by itself.  Waiting would take the
# processor from what it waits for.

# Waits until the command is true, for SECONDS at most; what takes long is asked
# less often.
eventually() { # SECONDS COMMAND...
	local -
	set +T
	local deadline=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000)) pause=10
	shift
	until "$@"; do
		((${EPOCHREALTIME/[.,]/} < deadline)) || return 1
		nap "$pause"
		((pause = pause < 80 ? pause * 5 / 4 : 99))
	done
}

# Asserts that the command stays true for SECONDS.
throughout() { # SECONDS COMMAND...
	local -
	set +T
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

# First in a test that is long by what it shows: `make check` runs it.
takes_long() {
	[[ -n ${LONG-} ]] || skip "make check runs it"
}

# First in a setup that takes seconds: such a test is skipped before it.
skip_what_takes_long() {
	[[ $(declare -f "$BATS_TEST_NAME") != *takes_long* ]] || takes_long
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
	set +T
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
	local line comm file
	for file in /proc/[0-9]*/stat; do
		{ read -r line <"$file"; } 2>/dev/null || continue
		# pid (comm) state parent group session ...
		[[ ${line##*) } == [!ZX]\ +([0-9])\ +([0-9])\ "$1 "* ]] || continue
		comm=${line#*(}
		[[ -n ${2-} && $2 != "${comm%)*}" ]] || echo "${line%% *}"
	done
}

# Its process of this role, once it runs.
role_pid() { # ROLE
	processes "$SERVER_PID" "chat-$1"
}

relay_pid() {
	role_pid relay
}

# One process for each person who is connected.
children() {
	processes "$SERVER_PID" chat-child | sort -n
}

children_are() { # NUMBER
	local pids
	mapfile -t pids < <(processes "$SERVER_PID" chat-child)
	((${#pids[@]} == $1))
}

# Its session is one group of processes: without that there is none to look for.
no_process_of() { # SERVER_PID
	! kill -0 -- "-$1" 2>/dev/null || [[ -z $(processes "$1") ]]
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
	! compgen -G '/dev/shm/*chatserver*' >/dev/null ||
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
	local line ready=0
	while read -r line; do
		[[ $line != 'chatserver: listening on '* ]] || ((++ready))
	done <"$SERVER_READY"
	((ready >= $1)) || ended "$SERVER_PID"
}

# From here on people connect to that listener, by the lines that it printed.
use_listener() { # NUMBER
	local lines
	mapfile -t lines <"$SERVER_READY"
	PORT=${lines[$1 - 1]##*:}
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

# People in tests wait in silence for their welcome, as people do: a shorter
# silence than the server's own saves minutes, where programs are as fast as
# usual.
case $SERVER in
*/san/*) SILENCE=300 ;;
*) SILENCE=100 ;;
esac

start_server() { # [OPTION...]
	launch_server -Port 0 --greet-after "$SILENCE" "$@"
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
	MURDERED=yes
	spare_server
	kill -KILL "$SERVER_PID"
	wait "$SERVER_PID" 2>/dev/null || true
}

# --- the end ---------------------------------------------------------------

# What sanitizers have said, in the server's logs.
no_sanitizer_speaks() {
	local file words
	for file in "$BATS_TEST_TMPDIR"/server-*.log; do
		[[ -s $file ]] || continue
		mapfile -d '' words <"$file"
		# One pattern with both takes minutes for a log of 2,000 lines.
		if [[ ${words[*]} == *Sanitizer* ||
			${words[*]} == *'runtime error:'* ]]; then
			grep -aE 'Sanitizer|runtime error:' "$file"
			return 1
		fi
	done
}

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
	for left in "$BATS_TEST_TMPDIR"/chatserver-*.sock; do
		if [[ -e $left && -z $MURDERED ]]; then
			echo "left behind: $left"
			wrong=1
		fi
	done
	no_sanitizer_speaks || wrong=1
	return "$wrong"
}

teardown() {
	local - status=0 file
	set +T
	clean_up || status=1
	# bats shows this only where the test has failed.
	((status != 0)) || [[ -z ${BATS_TEST_COMPLETED-} ]] || return 0
	for file in "$SERVER_READY" "$SERVER_LOG"; do
		if [[ -s $file ]]; then
			echo "--- ${file##*/}"
			tail -n 20 "$file"
		fi
	done
	return "$status"
}

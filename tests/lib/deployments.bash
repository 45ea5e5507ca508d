# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Ways of deployment: daemons that run or feed a chat server, and the one
# conversation that is held through each of them.  Loaded behind the helpers.
#
# A file that loads this defines
#   deploy [OPTION...]   sets its way up, for a server with these options
#   reach NAME           seats somebody who comes that way
# Servers and fronts (chatserver --inetd) carry CONTROL in their command line,
# so whatever is left of them is found at the end, whoever's child it was.

: "${PROGRAMS:=$(realpath "${BASH_SOURCE[0]%/*}/../..")/build/programs}"

declare -g CONTROL=$BATS_TEST_TMPDIR/control DAEMON_PORT=''
declare -ga DAEMON_PIDS=()

# Daemons' configurations have no place for blanks in a path.
if [[ $SERVER == *[[:space:]]* && -d ${BATS_TEST_TMPDIR-} ]]; then
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	ln -sf "$SERVER" "$BATS_TEST_TMPDIR/bin/chatserver"
	SERVER=$BATS_TEST_TMPDIR/bin/chatserver
fi

# --- programs --------------------------------------------------------------

# Where a program is that scripts/setup-tests has unpacked, or that is there.
program() { # NAME
	local place
	for place in "$PROGRAMS"/usr/{sbin,bin} /usr/sbin /sbin; do
		if [[ -x $place/$1 ]]; then
			realpath "$place/$1"
			return
		fi
	done
	command -v "$1"
}

need_programs() { # NAME...
	local name
	for name in "$@"; do
		[[ -n $(program "$name") ]] || skip "there is no $name here"
	done
}

# Runs one with the libraries that were unpacked beside it.
with_libraries() { # COMMAND...
	LD_LIBRARY_PATH=$(printf '%s:' "$PROGRAMS"/{usr/,}lib/*-linux-gnu \
		"$PROGRAMS"/usr/lib/*-linux-gnu/systemd) "$@"
}

# Other users run some of these programs' parts.
open_folder() {
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$BATS_TEST_TMPDIR"
}

# --- daemons ---------------------------------------------------------------

# Whether somebody listens on that TCP port.
listens() { # PORT
	awk -v port="$(printf ':%04X' "$1")" '
		$4 == "0A" && substr($2, length($2) - 4) == port { found = 1 }
		END { exit !found }' /proc/net/tcp /proc/net/tcp6
}

# A port that nobody has, below those that the kernel gives out by itself.
choose_port() {
	DAEMON_PORT=$((10240 + SRANDOM % 20000))
	while listens "$DAEMON_PORT"; do
		DAEMON_PORT=$((10240 + SRANDOM % 20000))
	done
}

daemon_log() {
	echo "$BATS_TEST_TMPDIR/daemon-$((${#DAEMON_PIDS[@]} - 1)).log"
}

listens_or_ended() { # PORT PID
	listens "$1" || ended "$2"
}

# Runs a daemon in the foreground, and waits until it listens.
launch_daemon() { # PORT COMMAND...
	local port=$1
	shift
	(with_libraries bare setsid "$@") </dev/null 3>&- \
		>"$BATS_TEST_TMPDIR/daemon-${#DAEMON_PIDS[@]}.log" 2>&1 &
	DAEMON_PIDS+=("$!")
	eventually "$PATIENCE" listens_or_ended "$port" "${DAEMON_PIDS[-1]}" ||
		true
	if ended "${DAEMON_PIDS[-1]}" || ! listens "$port"; then
		fail "it does not listen: $*" "$(cat "$(daemon_log)")"
	fi
}

# --- what is ours ----------------------------------------------------------

# All processes that have a control socket's path in their command line, or
# those of that name.  The path comes from a file: grep is not to find itself.
ours() { # [COMM]
	local pid
	echo "$BATS_TEST_TMPDIR/control" >"$BATS_TEST_TMPDIR/wanted"
	# shellcheck disable=SC2013 # no path has blanks
	for pid in $(grep -lsaF -f "$BATS_TEST_TMPDIR/wanted" \
		/proc/[0-9]*/cmdline); do
		pid=${pid#/proc/}
		pid=${pid%/cmdline}
		if ! ended "$pid" && { (($# == 0)) ||
			[[ $(cat "/proc/$pid/comm" 2>/dev/null) == "$1" ]]; }; then
			echo "$pid"
		fi
	done
}

none_is_ours() {
	[[ -z $(ours) ]]
}

# What the server's status says first under that key; nothing, if none runs.
server_says() { # KEY
	"$SERVER" --control "$CONTROL" --status --json 2>/dev/null |
		grep -o "\"$1\":[^,}]*" | head -n 1 | cut -d: -f2- | tr -d '"'
}

# The server that a front has started is the test's from here on.
adopt_server() {
	SERVER_PID=$(server_says pid)
	[[ -n $SERVER_PID ]] || {
		fail "no server runs"
		return 1
	}
	SERVER_PIDS+=("$SERVER_PID")
	spare_server # it is nobody's child
}

server_has() { # NUMBER OF USERS
	[[ $(server_says users) == "$1" ]]
}

# The fronts: they are of the same name as a server, and --inetd.
fronts() {
	local pid
	for pid in $(ours chatserver); do
		if tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null |
			grep -qx -e --inetd; then
			echo "$pid"
		fi
	done
}

fronts_are() { # NUMBER
	[[ $(fronts | wc -l) == "$1" ]]
}

# --- the end ---------------------------------------------------------------

# Ends people, daemons and servers, and says what is left when it should not be.
end_deployment() {
	local name pid wrong=0
	for name in "${!PERSON_PID[@]}"; do
		if [[ -n ${PERSON_PID[$name]} ]]; then
			hang_up "$name"
		fi
	done
	for pid in "${DAEMON_PIDS[@]}"; do
		kill -TERM "$pid" 2>/dev/null || true
		if ! eventually 3 ended "$pid"; then
			echo "a daemon still runs 3 s after SIGTERM"
			kill -KILL "$pid"
			wrong=1
		fi
		wait "$pid" 2>/dev/null || true
	done
	for pid in "${SERVER_PIDS[@]}"; do
		if [[ -z ${KILLED[$pid]-} ]] && ! ended "$pid"; then
			stop_one "$pid" || wrong=1
		fi
	done
	# Those that a front has started would stay for a while.
	for CONTROL in "$BATS_TEST_TMPDIR"/control*; do
		pid=$(server_says pid)
		if [[ -n $pid ]]; then
			kill -TERM "$pid"
		fi
	done
	CONTROL=$BATS_TEST_TMPDIR/control
	if ! eventually 3 none_is_ours; then
		for pid in $(ours); do
			echo "left behind: $(tr '\0' ' ' <"/proc/$pid/cmdline")"
			kill -KILL "$pid"
		done
		wrong=1
	fi
	if [[ -n $(find "$BATS_TEST_TMPDIR" -type s) ]]; then
		echo "left behind: $(find "$BATS_TEST_TMPDIR" -type s)"
		wrong=1
	fi
	DAEMON_PIDS=()
	return "$wrong"
}

# A server that this test started itself.
stop_one() { # PID
	SERVER_PID=$1
	stop_server
}

teardown() {
	local status=0 file
	end_deployment || status=1
	clean_up || status=1
	for file in "$BATS_TEST_TMPDIR"/{daemon,server}-*.{log,out}; do
		if [[ -s $file ]]; then
			echo "--- ${file##*/}"
			tail -n 20 "$file"
		fi
	done
	return "$status"
}

# --- the conversation ------------------------------------------------------

# The welcome of somebody under any name, who then has this one.
arrive() { # NAME
	expect_match "$1" '\* welcome, [^ ;]+; [0-9]+ online; /help for help' ||
		return 1
	NICK[$1]=$(screen "$1" | awk -F '[,;] ' '
		/^\* welcome, / { print $2; exit }')
	if [[ ${NICK[$1]} != "$1" ]]; then
		rename "$1" "$1"
	fi
}

# The server has closed that person's connection.
gone() { # NAME
	eventually "$PATIENCE" disconnected "$1" || {
		fail "$1 is still there; the screen:" "$(screen "$1")"
		return 1
	}
}

# What this person has got is talk from the first byte to the last, and no log;
# but for lines of ALSO_HEARD, which a terminal has echoed.
heard_talk_only() { # NAME
	local other
	other=$(tr -d '\r' <"$(screen_file "$1")" |
		grep -avE "^(\[[^]]+\] |\* |! ${ALSO_HEARD:+|$ALSO_HEARD})" || true)
	equal "$other" '' "what $1 should not have got"
}

# A machine of its own has others' ids for its processes.
relay_of_server() {
	pgrep -x -P "$(server_says pid)" chat-relay
}

conversation() {
	local name
	for name in alice bob carol; do
		reach "$name"
		arrive "$name"
	done
	expect_match alice '\* (carol joined|.* is now carol).*'

	say alice 'hello, grüße'
	for name in alice bob carol; do
		expect_line "$name" '[alice] hello, grüße'
	done
	say bob 'to|alice|psst'
	expect_line alice '[bob -> you] psst'
	expect_line bob '[you -> alice] psst'
	caught_up bob carol
	never_match carol '.*psst.*'
	kill -KILL "$(relay_of_server)"
	say carol '/nick caroline'
	for name in alice bob carol; do
		expect_line "$name" '* carol is now caroline'
	done
	expect_who bob alice bob caroline

	# Who came first has started the server, in some ways, which goes on.
	say alice /quit
	expect_line alice '* goodbye'
	gone alice
	expect_line bob '* alice left (2 online)'
	hang_up carol
	expect_line bob '* caroline left (1 online)'
	say bob 'all alone'
	expect_line bob '[bob] all alone'
	hang_up bob
	for name in alice bob carol; do
		heard_talk_only "$name"
	done
}

# On top of that somebody comes to a second server, says nothing, and has to go.
talk_through_it() {
	CONTROL=$BATS_TEST_TMPDIR/control-idle
	deploy --idle-timeout 1
	reach dave
	CONTROL=$BATS_TEST_TMPDIR/control
	deploy
	conversation
	expect_line dave '! disconnected: idle for 1 s'
	gone dave
}

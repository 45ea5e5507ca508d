# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Many hosts and one chat: three servers, the engine that joins them, and people
# on each.  Loaded behind the helpers and irc.
#
# A person is written NAME@HOST where it matters, and by NAME alone afterwards.
# With ONE_HOST=yes all hosts are one server without a bus: what users read is
# the same.

# shellcheck source=tests/lib/host_networks.bash
. "${BASH_SOURCE[0]%/*}/host_networks.bash"
# shellcheck source=tests/lib/engine_hosts.bash
. "${BASH_SOURCE[0]%/*}/engine_hosts.bash"

declare -gA HOST_PID=()   # host -> its first process
declare -gA HOST_PORT=()  # host -> its port
declare -gA HOST_LOG=()   # host -> its log
declare -gA HOST_READY=() # host -> what it has printed
declare -gA HOST_RUN=()   # host -> where its control socket is
declare -gA HOST_OF=()    # person -> host
declare -g LOAD_LINES=0
# Logs, control sockets, and what the engine has on its disk.
declare -g HOSTS_DIR=${BATS_TEST_TMPDIR-}

# What a server of these tests is told beside where the bus is.
HOST_OPTIONS=(--greet-after 10000 --rate 0 --history 0)

# --- hosts -----------------------------------------------------------------

# From here on, or for this command: people come to that host, it is asked, its
# processes are meant.
# shellcheck disable=SC2034 # the helpers read them
at() { # HOST [COMMAND...]
	local host=$1
	shift
	[[ -z ${ONE_HOST-} ]] || host=a
	PORT=${HOST_PORT[$host]}
	SERVER_PID=${HOST_PID[$host]}
	SERVER_LOG=${HOST_LOG[$host]}
	SERVER_READY=${HOST_READY[$host]}
	export XDG_RUNTIME_DIR=${HOST_RUN[$host]}
	(($# == 0)) || "$@"
}

# The UNIX socket of a host, by which one comes from everywhere.
host_socket() { # HOST
	[[ -z ${ONE_HOST-} ]] || set -- a
	echo "${HOST_RUN[$1]}/$1.sock"
}

# Starts the server of a host, and waits for nothing.
host_launch() { # HOST [OPTION...]
	local host=$1 base=$HOSTS_DIR/server-$1-${#SERVER_PIDS[@]} bus=()
	local WITHIN=()
	shift
	: "${HOST_PORT[$host]:=$(free_port)}"
	HOST_RUN[$host]=$HOSTS_DIR
	HOST_READY[$host]=$base.out
	HOST_LOG[$host]=$base.log
	[[ -n ${ONE_HOST-} ]] || bus=(--bus "$(engine_urls)" --bus-host "$host")
	: >"$base.out"
	choose_place "$host"
	(XDG_RUNTIME_DIR=$HOSTS_DIR bare setsid "${WITHIN[@]}" "$SERVER" -Port "${HOST_PORT[$host]}" \
		--listen "unix:$HOSTS_DIR/$host.sock" \
		"${HOST_OPTIONS[@]}" "${bus[@]}" "$@") \
		</dev/null >"$base.out" 2>"$base.log" 3>&- &
	HOST_PID[$host]=$!
	SERVER_PIDS+=("$!")
	at "$host"
}

# Starts it, and waits until people can come.
host_start() { # HOST [OPTION...]
	local port
	if [[ -n ${ONE_HOST-} && $1 != a ]]; then
		HOST_PID[$1]=${HOST_PID[a]}
		return 0
	fi
	host_launch "$@"
	port=$PORT
	await_server 2 || return 1
	PORT=$port
}

# Ends it as an administrator does.
host_stop() { # HOST
	at "$1" stop_server
}

# kill -9 of its first process, and so of all that it has.
host_kill() { # HOST
	at "$1" murder_server
	eventually 2 no_process_of "${HOST_PID[$1]}"
}

# One engine and these hosts, which have found each other.
hosts_start() { # HOST... [-- OPTION...]
	local host hosts=()
	while (($# > 0)) && [[ $1 != -- ]]; do
		hosts+=("$1")
		shift
	done
	shift || true
	[[ -n ${ENGINE_PID[*]} ]] || engine_start '' || return 1
	for host in "${hosts[@]}"; do
		host_start "$host" "$@" || return 1
	done
	hosts_together "${hosts[@]}"
}

three_hosts_start() { # [OPTION...]
	hosts_start a b c -- "$@"
}

# Three hosts and the engine's nodes, each in a network of its own.
three_hosts_start_in_network() { # [OPTION...]
	network_start a b c node1
	three_hosts_start "$@"
}

three_hosts_start_in_cluster() { # [OPTION...]
	cluster_start
	three_hosts_start --bus-replicas 3 "$@"
}

# --- who is there ----------------------------------------------------------

# The names that a host says are online, sorted, one a line; nobody joins.
names_at() { # HOST
	timeout 5 nc -U "$(host_socket "$1")" <<<'/events 1 /who' 2>/dev/null |
		awk -F '\t' '$1 == "who" { print $4 }' | LC_ALL=C sort
}

# Each of these hosts says that these people are online, and nobody else.
names_are() { # HOSTS-IN-ONE-WORD [NAME...]
	local host names
	names=$(printf '%s\n' "${@:2}" | LC_ALL=C sort)
	for host in $1; do
		[[ $(names_at "$host") == "$names" ]] || return 1
	done
}

expect_names() { # HOSTS-IN-ONE-WORD [NAME...]
	local host
	eventually "$PATIENCE" names_are "$@" || {
		for host in $1; do
			echo "online by $host: $(names_at "$host" | paste -sd ' ')"
		done
		fail "they should have been: ${*:2}"
		return 1
	}
}

# All of these say the same of who is online.
hosts_agree() { # HOST...
	local host names
	names=$(names_at "$1")
	for host in "${@:2}"; do
		[[ $(names_at "$host") == "$names" ]] || return 1
	done
}

probes_are_known() { # HOST...
	local host names
	names=$'\n'$(names_at "$1")$'\n'
	for host in "$@"; do
		[[ $names == *$'\n'"probe-$host"$'\n'* ]] || return 1
	done
	hosts_agree "$@"
}

probes_are_gone() { # HOST...
	[[ $(names_at "$1") != *probe-* ]] && hosts_agree "$@"
}

# Hosts have found each other when somebody who comes to one is known to all.
# People who are there already read of that.
hosts_together() { # HOST...
	local host probes=()
	for host in "$@"; do
		seat "probe-$host" nc -U "$(host_socket "$host")"
		say "probe-$host" "/events 1 probe-$host"
		probes+=("probe-$host")
	done
	eventually $((2 * PATIENCE)) probes_are_known "$@" || {
		for host in "$@"; do
			echo "online by $host: $(names_at "$host" | paste -sd ' ')"
			ask_host "$host" --status | head -n 20
		done
		fail "these hosts have not found each other: $*"
		return 1
	}
	hang_up "${probes[@]}"
	eventually "$PATIENCE" probes_are_gone "$@"
}

# Asks a host as its administrator does.
ask_host() { # HOST OPTION...
	local port host=$1
	shift
	[[ -z ${ONE_HOST-} ]] || host=a
	port=${HOST_PORT[$host]}
	XDG_RUNTIME_DIR=${HOST_RUN[$host]} "$SERVER" -Port "$port" "$@"
}

# --- people ----------------------------------------------------------------

# Seats somebody beside their server, at a program that is told where it is.
seat_at() { # NAME@HOST COMMAND...
	local name=${1%@*} host=${1#*@} WITHIN=()
	shift
	HOST_OF[$name]=$host
	choose_place "$host"
	at "$host"
	seat "$name" "${WITHIN[@]}" "$@"
}

# Text users come under their names.
come() { # NAME@HOST...
	local one name
	for one in "$@"; do
		name=${one%@*}
		at "${one#*@}"
		seat_at "$one" nc 127.0.0.1 "$PORT"
		say "$name" "/nick $name"
		expect_match "$name" "\\* welcome, $name; .*" || return 1
	done
}

# And IRC users, with these capabilities.
come_irc() { # NAME@HOST [CAPABILITIES]
	local name=${1%@*}
	at "${1#*@}"
	seat_at "$1" nc 127.0.0.1 "$PORT"
	if [[ -n ${2-} ]]; then
		say "$name" "CAP REQ :$2"
		expect_match "$name" ":chat CAP [^ ]+ ACK :$2 ?" || return 1
	fi
	say "$name" "NICK $name"
	say "$name" "USER $name 0 * :$name itself"
	[[ -z ${2-} ]] || say "$name" 'CAP END'
	expect_match "$name" "(@[^ ]+ )?:chat 366 $name #lobby :.*"
}

# The project's own client, driven by lines.
come_client() { # NAME@HOST [OPTION...]
	local one=$1
	shift
	at "${one#*@}"
	seat_at "$one" "$CLIENT" -Port "$PORT" --name "${one%@*}" "$@"
	expect_line "${one%@*}" '0. Exit'
}

# Text users and, behind --, IRC users, each of whom has seen the last one come.
meet() { # NAME@HOST... [-- NAME@HOST...]
	local one name last=${*: -1} how=come text=() irc=()
	last=${last%@*}
	for one in "$@"; do
		if [[ $one == -- ]]; then
			how=come_irc
			continue
		fi
		"$how" "$one" || return 1
		[[ $how == come ]] && text+=("${one%@*}") || irc+=("${one%@*}")
	done
	for name in "${text[@]}"; do
		[[ $name == "$last" ]] || expect_match "$name" \
			"\\* (.* and )?$last joined .*" ||
			return 1
	done
	for name in "${irc[@]}"; do
		[[ $name == "$last" ]] || expect_match "$name" \
			"(@[^ ]+ )?$(by "$last") JOIN :?#lobby.*" || return 1
	done
	wipe "${text[@]}" "${irc[@]}"
}

# All of them read that line.
all_read() { # LINE NAME...
	local line=$1 name
	shift
	for name in "$@"; do
		expect_line "$name" "$line" || return 1
	done
}

all_match() { # REGULAR-EXPRESSION NAME...
	local wanted=$1 name
	shift
	for name in "$@"; do
		expect_match "$name" "$wanted" || return 1
	done
}

# A text user enters a room, which these people read, too.
enters() { # NAME ROOM [NAME...]
	local name=$1 room=$2
	shift 2
	say "$name" "/join #$room"
	all_match "#$room \\* $name joined .*" "$name" "$@"
}

joins() { # IRC-USER ROOM
	say "$1" "JOIN #$2"
	expect_match "$1" "(@[^ ]+ )?:chat 366 $1 #$2 :.*"
}

# Asks once who is in a room: these, in whatever order.
room_says() { # ASKER ROOM NAME...
	local asker=$1 room=$2 names
	shift 2
	names=$(printf '%s\n' "$@" | LC_ALL=C sort)
	wipe "$asker"
	say "$asker" "/who #$room"
	expect_match "$asker" "#$room \\* here: .*" || return 1
	[[ $(screen "$asker" | sed -nE "/^#$room \* here: /{
		s/^#$room \* here: //
		s/ \(.*//
		s/, /\n/g
		p
	}" | LC_ALL=C sort) == "$names" ]]
}

expect_here() { # ASKER ROOM NAME...
	eventually "$PATIENCE" room_says "$@" || {
		fail "$1 should have read that these are in $2: ${*:3}"$'\n' \
			"but there was:"$'\n'"$(screen "$1")"
		return 1
	}
}

# What people have said to all, as this person has read it.
talk_of() { # NAME
	screen "$1" | LC_ALL=C grep -a '^\(#[^ ]* \)\{0,1\}\['
}

# They have read the same, in one order.
same_talk() { # NAME...
	local first name
	first=$(talk_of "$1")
	for name in "${@:2}"; do
		equal "$(talk_of "$name")" "$first" "what $name has read" || return 1
	done
}

# A line that was said when the reader could not hear it.
late() { # NAME TEXT
	echo "\\[$1 [^]]*ago[^]]*\\] $2"
}

# --- processes -------------------------------------------------------------

bus_pid() { # HOST
	[[ -n ${ONE_HOST-} ]] || processes "${HOST_PID[$1]}" chat-bus
}

relay_pid_at() { # HOST
	processes "${HOST_PID[$1]}" chat-relay
}

# The process that serves that person, as their server says.
child_of() { # NAME [HOST]
	ask_host "${2:-${HOST_OF[$1]}}" --status --json |
		jq --arg name "$1" '.online[] | select(.name == $name) | .pid'
}

is_another() { # OLD-PID COMMAND...
	local pid
	pid=$("${@:2}")
	[[ $pid =~ ^[0-9]+$ && $pid != "$1" ]]
}

# kill -9, and there is a new one.
kill_bus() { # HOST
	local pid
	pid=$(bus_pid "$1")
	kill -KILL "$pid"
	eventually "$PATIENCE" is_another "$pid" bus_pid "$1"
}

kill_relay() { # HOST
	local pid
	pid=$(relay_pid_at "$1")
	kill -KILL "$pid"
	eventually "$PATIENCE" is_another "$pid" relay_pid_at "$1"
}

# Nothing goes between these hosts and the engine, until let_go: what people do
# meanwhile on several hosts is done at one moment.
hold() { # HOST...
	local host
	for host in "$@"; do
		kill -STOP "$(doorkeeper "$host")"
	done
}

let_go() { # HOST...
	local host
	for host in "$@"; do
		kill -CONT "$(doorkeeper "$host")"
	done
}

# By which all goes.
doorkeeper() { # HOST
	if [[ -n ${ONE_HOST-} ]]; then
		relay_pid_at a
	else
		bus_pid "$1"
	fi
}

# Lets time pass, for kills at different moments.
pass() { # MILLISECONDS
	local end=$(($(now_ms) + $1))
	while (($(now_ms) < end)); do
		nap
	done
}

# --- load ------------------------------------------------------------------

# Senders on each of these hosts, and somebody on each who only reads; they talk
# without a pause from here on: see hosts/load.py.
load_start() { # SENDERS-ON-EACH HOST...
	local host senders=$1 sockets=()
	shift
	for host in "$@"; do
		sockets+=("$host=$(host_socket "$host")")
	done
	seat load python3 "$BATS_TEST_DIRNAME/hosts/load.py" \
		--senders "$senders" --record "$BATS_TEST_TMPDIR/load" \
		"${sockets[@]}"
	expect_line load 'all are here'
	load_goes_on 5
}

# Each sender who is still there has so many more lines acknowledged.
load_goes_on() { # LINES
	LOAD_LINES=$((LOAD_LINES + 1))
	say load "more $1 $LOAD_LINES"
	eventually $((2 * PATIENCE)) has_line load "done $LOAD_LINES" || {
		say load state
		expect_match load 'state: .*' || true
		fail "the talk does not go on:" "$(screen load)"
		return 1
	}
}

# Senders come to a host that has been started again.
load_returns() { # HOST
	say load "return $1"
	expect_line load "$1 is back"
}

# All end, and it is checked that each acknowledged line has been read once, in
# one order, by all but those whose connection had to end.
load_ends() { # [CONNECTIONS THAT HAVE ENDED]
	say load end
	eventually $((3 * PATIENCE)) has_match load '(right|wrong): .*' || {
		fail "the talk does not end:" "$(screen load)"
		return 1
	}
	has_match load 'right: .*' || {
		fail "$(screen load)" "what each has read: $(
			tail -n 5 "$BATS_TEST_TMPDIR"/load/*)"
		return 1
	}
	equal "$(screen load | grep -c '^ended: ')" "${1:-0}" \
		"the number of ended connections" || return 1
	screen load | sed -n 's/^right: /# /p' >&3
	expect_exit load 0
}

# --- the end ---------------------------------------------------------------

# Stopped processes could not end.
let_all_go() {
	local pid all
	for pid in "${SERVER_PIDS[@]}"; do
		all=$(processes "$pid")
		# shellcheck disable=SC2086 # one word each
		[[ -z $all ]] || kill -CONT $all 2>/dev/null || true
	done
}

hosts_end() {
	local status=0 file
	let_all_go
	clean_up || status=1
	engines_end || status=1
	network_end
	((status != 0)) || [[ -z ${BATS_TEST_COMPLETED-} ]] || return 0
	for file in "$BATS_TEST_TMPDIR"/server-*.log; do
		if [[ -s $file ]]; then
			echo "--- ${file##*/}"
			tail -n 20 "$file"
		fi
	done
	return "$status"
}

teardown() {
	local -
	set +T
	hosts_end
}

# --- hosts for all tests of a file -----------------------------------------

KEPT_HOSTS=(HOST_PID HOST_PORT HOST_LOG HOST_READY HOST_RUN ENGINE_PID
	ENGINE_URL ENGINE_ENDED)

# Starting takes seconds: a file whose tests leave the hosts as they were has
#	setup() { keep_hosts a b c; }
#	teardown() { leave_hosts; }
#	teardown_file() { end_kept_hosts; }
# The first test starts them, and each that comes after a failed one.
keep_hosts() { # HOST...
	local status=0
	HOSTS_DIR=$BATS_FILE_TMPDIR
	if [[ -e $HOSTS_DIR/kept ]]; then
		# shellcheck source=/dev/null
		. "$HOSTS_DIR/kept"
		! kept_hosts_are_fit "$@" || return 0
		end_kept_hosts >/dev/null
	fi
	hosts_start "$@" || status=$?
	SERVER_PIDS=()
	declare -p "${KEPT_HOSTS[@]}" | sed 's/^declare -A/declare -gA/' \
		>"$HOSTS_DIR/kept"
	return "$status"
}

# Nobody is there, and no room is.
kept_hosts_are_fit() { # HOST...
	local host
	for host in "$@"; do
		! ended "${HOST_PID[$host]}" || return 1
	done
	eventually 5 names_are "$*"
}

leave_hosts() {
	local - status=0 file
	set +T
	clean_up || status=1
	((status != 0)) || [[ -z ${BATS_TEST_COMPLETED-} ]] || return 0
	for file in "$BATS_FILE_TMPDIR"/server-*.log; do
		if [[ -s $file ]]; then
			echo "--- ${file##*/}"
			tail -n 20 "$file"
		fi
	done
	# What has gone wrong is not to be the next one's trouble.
	end_kept_hosts
	return "$status"
}

end_kept_hosts() {
	local pid left wrong=0
	HOSTS_DIR=$BATS_FILE_TMPDIR
	[[ -e $HOSTS_DIR/kept ]] || return 0
	# shellcheck source=/dev/null
	. "$HOSTS_DIR/kept"
	rm "$HOSTS_DIR/kept"
	SERVER_PIDS=("${HOST_PID[@]}")
	let_all_go
	SERVER_PIDS=()
	for pid in "${HOST_PID[@]}"; do
		kill -TERM "$pid" 2>/dev/null || true
	done
	for pid in "${HOST_PID[@]}"; do
		eventually 3 no_process_of "$pid" && continue
		for left in $(processes "$pid"); do
			echo "left behind: $(tr '\0' ' ' <"/proc/$left/comm")"
			kill -KILL "$left"
		done
		wrong=1
	done
	engines_end || wrong=1
	HOST_PID=() ENGINE_PID=() ENGINE_URL=() ENGINE_ENDED=()
	return "$wrong"
}

# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Starts and stops one server at a time, ours or another's, or three hosts of
# ours with what joins them, each with its limits off and on a free port of
# 127.0.0.1; measures it; prints medians.
# Sourced by scripts/bench and those whose names begin like it.
#
# Environment:
#   SERVER, BENCH   our server, and the folder of the bench programs
#   BENCH_SECONDS   how long throughput and latency are measured each time
#   BENCH_CLIENTS   how many clients, one number or several
#   BENCH_ROUNDS    how often; the medians count
#   BENCH_ROOMS     how many rooms they are in, each in one; none: one of all
#   BENCH_SENDERS   how many of each room talk
#   BENCH_VERBS     what else is measured: reach, who, newcomers
#   BENCH_KINDS     not empty: what each kind of process takes
#   BENCH_BEFORE    another chatserver, for what is called before: an older one,
#                   or the same, which shows what is noise
#   BENCH_STATE     a folder on the disk that keeps what lasts, for what is
#                   called state
#   BENCH_RAW       a file for all single figures: ROUND SERVER CLIENTS KEY VALUE

: "${SERVER:?}" "${BENCH:?}"
folder=$(mktemp -d)
chmod 755 "$folder" # who started as root reads it with fewer rights
state=${BENCH_STATE:-$folder}/bench-state-$$
pids=()        # of all that runs
ports=()       # where clients come
server_pid=''  # of what is being started, and the rest
server_port=''
log=''
ready=''
ulimit -n "$(ulimit -Hn)"

# A pause without a process.
pause() { # SECONDS
	read -r -t "$1" <> <(:) || true
}

stop_server() {
	((${#pids[@]} > 0)) || return 0
	kill "${pids[@]}" 2>/dev/null || true
	wait "${pids[@]}" 2>/dev/null || true
	pids=()
	ports=()
}

# shellcheck disable=SC2317 # the trap calls it
clean_up() {
	stop_server
	rm -rf "$folder" "$state"
}
trap clean_up EXIT

listens() { # PORT
	(: <>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

free_port() {
	local port
	while port=$((20000 + RANDOM % 10000)); do
		listens "$port" || break
	done
	echo "$port"
}

# For those that print where they listen.
await_line() {
	until grep -q ': listening on ' "$ready"; do
		kill -0 "$server_pid" || { cat "$log" >&2; return 1; }
		pause 0.05
	done
	server_port=$(sed 's/.*://' "$ready")
}

# For the others.
await_port() {
	until listens "$server_port"; do
		kill -0 "$server_pid" || { cat "$log" >&2; return 1; }
		pause 0.05
	done
}

inspircd_config() {
	cat <<-EOF
		<server name="bench.localhost" description="bench" network="bench" id="001">
		<admin name="bench" nick="bench" email="bench@localhost">
		<bind address="127.0.0.1" port="$server_port" type="clients">
		<path configdir="$folder" datadir="$folder" logdir="$folder" runtimedir="$folder">
		<pid file="$folder/inspircd.pid">
		<connect name="all" allow="*" timeout="600" pingfreq="600"
			sendq="1073741824" recvq="1048576"
			softsendq="1073741824" hardsendq="1073741824"
			commandrate="1000000000" fakelag="no" threshold="1000000"
			localmax="1000000" globalmax="1000000" maxconnwarn="no"
			resolvehostnames="no" useident="no" limit="100000">
		<performance somaxconn="4096" netbuffersize="65536" softlimit="100000"
			quietbursts="yes" nouserdns="yes" clonesonconnect="no">
		<options prefixquit="" allowmismatch="no" defaultmodes="n">
		<limits maxnick="30" maxchan="64">
		<channels users="20" opers="20">
		<log method="file" type="* -USERINPUT -USEROUTPUT" level="default" target="inspircd.log">
	EOF
}

ngircd_config() {
	cat <<-EOF
		[Global]
		Name = bench.localhost
		Info = bench
		Listen = 127.0.0.1
		Ports = $server_port
		ServerUID = nobody
		ServerGID = nogroup
		[Limits]
		MaxConnections = 0
		MaxConnectionsIP = 0
		MaxJoins = 0
		MaxPenaltyTime = 0
		PingTimeout = 600
		[Options]
		DNS = no
		Ident = no
		PAM = no
	EOF
}

redis_config() {
	cat <<-EOF
		bind 127.0.0.1
		port $server_port
		dir $folder
		save ""
		appendonly no
		maxclients 19000
		tcp-backlog 4096
		client-output-buffer-limit pubsub 0 0 0
		loglevel warning
	EOF
}

nats_config() {
	cat <<-EOF
		listen: "127.0.0.1:$server_port"
		jetstream { store_dir: "$folder/store-$server_port" }
		max_connections: 100000
		max_pending: 1073741824
		write_deadline: "60s"
		ping_interval: "10m"
	EOF
}

# Sets dialect, adds to pids and ports, and sets pending: how many may connect
# at once.  ngIRCd lets ten wait; what comes on top waits for the kernel, which
# tries again after seconds.  What follows the name are options of ours.
#
# chatserver[-events|-irc], plain-fanout, inspircd, ngircd, redis, nats
start_server() { # NAME [OPTION...]
	server_port=$(free_port)
	log=$folder/log-${#pids[@]}
	ready=$folder/ready-${#pids[@]}
	pending=1000
	: >"$ready"
	case $1 in
	chatserver*)
		dialect=text
		[[ $1 == chatserver ]] || dialect=${1#chatserver-}
		"$SERVER" -Port 0 --rate 0 --idle-timeout 0 --max-users 15000 \
			"${@:2}" </dev/null >"$ready" 2>"$log" &
		;;
	plain-fanout)
		dialect=plain
		"$BENCH/plain-fanout" </dev/null >"$ready" &
		;;
	inspircd)
		dialect=irc
		inspircd_config >"$folder/inspircd.conf"
		inspircd --nofork --nopid --runasroot \
			--config="$folder/inspircd.conf" </dev/null >"$log" 2>&1 &
		;;
	ngircd)
		dialect=irc
		pending=8
		ngircd_config >"$folder/ngircd.conf"
		ngircd -n -f "$folder/ngircd.conf" </dev/null >"$log" 2>&1 &
		;;
	redis)
		dialect=redis
		redis_config >"$folder/redis.conf"
		redis-server "$folder/redis.conf" </dev/null >"$log" 2>&1 &
		;;
	nats)
		dialect=nats
		nats_config >"$folder/nats.conf"
		nats-server -c "$folder/nats.conf" </dev/null >"$log" 2>&1 &
		;;
	*)
		echo "no such server: $1" >&2
		return 1
		;;
	esac
	server_pid=$!
	pids+=("$server_pid")
	case $1 in
	chatserver* | plain-fanout) await_line ;;
	*) await_port ;;
	esac
	ports+=("$server_port")
}

# The next host is one of so many when it says so.
await_hosts() { # NUMBER
	local i
	for ((i = 0; i < 600; i++)); do
		! grep -q "hosts-together hosts=$1 " "$log" || return 0
		kill -0 "$server_pid" || break
		pause 0.05
	done
	cat "$log" >&2
	return 1
}

# Three of ours, one after another, and the engine that joins them, which no
# client comes to.
start_hosts() {
	local n url
	start_server nats
	url=nats://127.0.0.1:$server_port
	ports=()
	for n in 1 2 3; do
		start_server chatserver --bus "$url" --bus-host "host-$n" \
			--bus-users 15000
		await_hosts "$n"
	done
}

# A host that was alone for a while may have brought all that it had to, late.
hosts_stayed() {
	! grep -s hosts-alone "$folder"/log-* >&2
}

# hosts: three of ours; one-third: ours with a third of the clients; before:
# what BENCH_BEFORE names; state: with --state, state-sync-0: and the disk has
# each line before it is told.
start_named() { # NAME
	case $1 in
	hosts) start_hosts ;;
	one-third) start_server chatserver ;;
	state) start_server chatserver --state "$state" ;;
	state-sync-0) start_server chatserver --state "$state" --sync 0 ;;
	before*) SERVER=$BENCH_BEFORE start_server "chatserver${1#before}" ;;
	*) start_server "$1" ;;
	esac
}

list() { # WORD...
	local IFS=,
	echo "$*"
}

# --- measuring ---------------------------------------------------------------

# Appends the figures of one server with so many clients to $folder/raw; false
# where a delivery was lost or doubled.
measure() { # ROUND SERVER CLIENTS VERB...
	local round=$1 server=$2 clients=$3 users=$3 status=0
	shift 3
	[[ $server != one-third ]] || users=$((clients / 3))
	start_named "$server"
	"$BENCH/bench" -n "$users" -t "$BENCH_SECONDS" -q "$pending" \
		${BENCH_ROOMS:+-R "$BENCH_ROOMS" -s "$BENCH_SENDERS"} \
		${BENCH_KINDS:+-k} "$dialect" "$(list "${ports[@]}")" \
		"$(list "${pids[@]}")" "$@" \
		>"$folder/figures" || status=$?
	hosts_stayed || status=1
	stop_server
	rm -rf "$folder"/{log,ready,store}-* "$state"
	((status == 0)) ||
		echo "$server with $clients clients failed in round $round" >&2
	sed "s/^/$round $server $clients /; s/=/ /" "$folder/figures" >>"$folder/raw"
	return "$status"
}

# All servers one after the other, then all again from the last to the first:
# what else the machine does strikes them alike, and so does coming behind
# another.
measure_all() { # SERVER...
	local round clients server turn=() status=0
	for ((round = 1; round <= BENCH_ROUNDS; round++)); do
		turn=("$@")
		if ((round % 2 == 0)); then
			mapfile -t turn < <(printf '%s\n' "$@" | tac)
		fi
		for clients in $BENCH_CLIENTS; do
			for server in "${turn[@]}"; do
				# shellcheck disable=SC2086 # verbs are words
				measure "$round" "$server" "$clients" throughput \
					latency $BENCH_VERBS || status=1
			done
		done
	done
	[[ -z ${BENCH_RAW:-} ]] || cp "$folder/raw" "$BENCH_RAW"
	return "$status"
}

# A column for each server; those of the others have a second number, ours
# divided by theirs.
print_medians() { # SERVER...
	awk -v servers="$*" -f "$(dirname "${BASH_SOURCE[0]}")/medians.awk" \
		"$folder/raw"
}

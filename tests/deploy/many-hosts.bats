#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The samples of three hosts: the cluster of NATS servers that they make, and
# three chat servers with the options of the unit.

load ../lib/helpers
load ../lib/irc
load ../lib/hosts

SAMPLES=$BATS_TEST_DIRNAME/../../scripts/deploy/many-hosts
ASK=$BATS_TEST_DIRNAME/../hosts/engine.py

setup() {
	need_engine
	# Loopback has as many addresses; nobody else has these.
	NET=127.$((1 + SRANDOM % 250)).$((SRANDOM % 250))
	export LOGIN=chat:secret
}

# What the sample says with these addresses, this password and this disk.
sample() { # FILE HOST
	sed -e "s/192\.0\.2\./$NET./g; s/CHANGE-ME/secret/g" \
		-e "s,/var/lib/nats,$BATS_TEST_TMPDIR/disk-$2," "$SAMPLES/$1"
}

host_number() { # HOST
	case $1 in
	chat-a) echo 1 ;;
	chat-b) echo 2 ;;
	chat-c) echo 3 ;;
	esac
}

# shellcheck disable=SC2034 # hosts.bash reads them
node_start() { # HOST
	local base=$BATS_TEST_TMPDIR/nats-$1 address
	address=$NET.$(host_number "$1")
	sample nats-server.conf "$1" >"$base.conf"
	(bare env CHAT_HOST="$1" CHAT_ADDRESS="$address" setsid \
		"$(engine_program)" -c "$base.conf") \
		</dev/null >"$base.log" 2>&1 3>&- &
	ENGINE_PID[$1]=$!
	ENGINE_ENDED[$1]=''
	ENGINE_URL[$1]=$address:4222
}

three_nodes_start() {
	local host
	if grep -q ': 00000000:107E 0*:0000 0A' /proc/net/tcp; then
		skip "another NATS server has all addresses"
	fi
	for host in chat-a chat-b chat-c; do
		node_start "$host"
	done
	for host in chat-a chat-b chat-c; do
		asks "$host" ready 3 "$PATIENCE" || {
			fail "$host is not ready:" \
				"$(tail -n 20 "$BATS_TEST_TMPDIR/nats-$host.log")"
			return 1
		}
	done
}

asks() { # HOST VERB...
	local host=$1
	shift
	python3 "$ASK" "${ENGINE_URL[$host]}" "$@"
}

@test "the cluster keeps three copies, on disk, and lets nobody in without the password" {
	three_nodes_start
	LOGIN=chat:wrong run python3 "$ASK" "${ENGINE_URL[chat-a]}" ready 1 0
	equal "$status" 1
	contains "$output" 'Authorization Violation'
	LOGIN='' run python3 "$ASK" "${ENGINE_URL[chat-b]}" ready 1 0
	equal "$status" 1
	for host in chat-a chat-b chat-c; do
		[[ -d $BATS_TEST_TMPDIR/disk-$host/jetstream ]]
		grep -q 'Listening for client connections on '"$NET" \
			"$BATS_TEST_TMPDIR/nats-$host.log"
	done
}

@test "one node is killed: the other two go on, and it comes back" {
	three_nodes_start
	engine_kill chat-b
	asks chat-a ready 1 "$PATIENCE"
	asks chat-c ready 1 "$PATIENCE"
	node_start chat-b
	asks chat-b ready 3 "$PATIENCE"
}

# What the unit starts, as words.
unit_command() { # HOST
	sample chatserver.service.d/many-hosts.conf "$1" |
		sed -e ':a; /\\$/{N; s/\\\n//; ba}' |
		sed -n 's/^ExecStart=\([^ ]\)/\1/p' |
		sed -e "s/\${CHAT_HOST}/$1/; s/\${CHAT_ADDRESS}/$NET.$(host_number "$1")/" \
			-e "s,\${CREDENTIALS_DIRECTORY},$BATS_TEST_TMPDIR," \
			-e "s,%S/chatserver,$BATS_TEST_TMPDIR/state-$1," \
			-e "s/\*:8888/$NET.$(host_number "$1"):8888/"
}

has_many_hosts() {
	"$SERVER" --help | grep -q -e '--bus-replicas' ||
		skip "this server has no --bus"
}

@test "three servers with the unit's options are one chat" {
	local host words at=()
	has_many_hosts
	three_nodes_start
	(umask 077 && echo "$LOGIN" >"$BATS_TEST_TMPDIR/bus-login")
	for host in chat-a chat-b chat-c; do
		read -ra words < <(unit_command "$host")
		equal "${words[0]}" /usr/local/sbin/chatserver
		launch_server "${words[@]:1}" --control "$BATS_TEST_TMPDIR/$host" \
			--listen "unix:$BATS_TEST_TMPDIR/$host.sock"
		await_server 2
	done
	for host in chat-a chat-b chat-c; do
		at=("$NET.$(host_number "$host")" 8888)
		seat "$host" nc "${at[@]}"
		say "$host" "/nick $host"
		expect_match "$host" "\\* welcome, $host; .*"
	done
	eventually "$PATIENCE" all_three_are_known
	say chat-b 'from b'
	all_read '[chat-b] from b' chat-a chat-b chat-c
	equal "$(asks chat-a info CHAT_CHAT | jq .config.num_replicas)" 3
}

all_three_are_known() {
	local host
	for host in chat-a chat-b chat-c; do
		who_says "$host" chat-a chat-b chat-c || return 1
	done
}

@test "systemd finds no fault with the units" {
	local unit
	command -v systemd-analyze >/dev/null || skip "there is no systemd-analyze"
	for unit in chatserver nats-server; do
		mkdir -p "$BATS_TEST_TMPDIR/units/$unit.service.d"
		sample "$unit.service.d/many-hosts.conf" chat-a |
			sed 's,/usr/local/sbin/chatserver,/bin/true,' \
				>"$BATS_TEST_TMPDIR/units/$unit.service.d/many-hosts.conf"
		printf '%s\n' '[Service]' 'ExecStart=/bin/true' \
			>"$BATS_TEST_TMPDIR/units/$unit.service"
	done
	run systemd-analyze verify --man=no \
		"$BATS_TEST_TMPDIR"/units/{chatserver,nats-server}.service
	equal "$status" 0 || fail "$output"
	not grep -E 'many-hosts|Unknown' <<<"$output"
}

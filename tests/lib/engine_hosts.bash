# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The engine that joins hosts: a real nats-server, or three of them as a cluster,
# each where it may have a network of its own.  A part of hosts.bash.

# shellcheck source=tests/lib/nats.bash
source "${BASH_SOURCE[0]%/*}/nats.bash"

declare -gA ENGINE_PID=()  # node -> process
declare -gA ENGINE_URL=()  # node -> HOST:PORT for clients
declare -gA ENGINE_ENDED=() # node -> the test itself has ended it
declare -g ENGINE_COPIES=1

# A port that nobody has, below those that the kernel gives out by itself.
free_port() {
	local port
	while port=$((10240 + SRANDOM % 20000)); do
		if ! grep -qi "$(printf ':%04X 0*:0000 0A' "$port")" \
			/proc/net/tcp /proc/net/tcp6; then
			echo "$port"
			return
		fi
	done
}

# Asks the node.
engine_asks() { # NODE VERB [ARGUMENT...]
	local node=$1
	shift
	within "$node" python3 "$BATS_TEST_DIRNAME/hosts/engine.py" \
		"${ENGINE_URL[$node]}" "$@"
}

# Where a node of the network is; without one all are on loopback.
engine_address() { # NODE
	echo "${ADDRESS_OF[$1]-127.0.0.1}"
}

engine_launch() { # NODE
	local base=$HOSTS_DIR/engine-$1
	choose_place "$1"
	(bare setsid "${WITHIN[@]}" "$(engine_program)" -c "$base.conf") \
		</dev/null >>"$base.log" 2>&1 3>&- &
	ENGINE_PID[$1]=$!
	ENGINE_ENDED[$1]=''
}

# Names a node's place, and writes what it is to know.
engine_configure() { # NODE [LINE OF THE CONFIGURATION...]
	local node=$1
	shift
	: "${ENGINE_URL[$node]:=$(engine_address "$node"):$(free_port)}"
	printf '%s\n' "server_name: $node" "listen: \"${ENGINE_URL[$node]}\"" \
		"jetstream { store_dir: \"$HOSTS_DIR/store-$node\" }" \
		"$@" >"$HOSTS_DIR/engine-$node.conf"
}

# Waits until streams can be made, by each node that runs.
engine_ready() { # NODE...
	local node
	for node in "$@"; do
		engine_asks "$node" ready "$ENGINE_COPIES" "$PATIENCE" || {
			fail "the engine is not ready; $node says:" \
				"$(tail -n 20 "$HOSTS_DIR/engine-$node.log")"
			return 1
		}
	done
}

# One node, on its own.
engine_start() { # [LINE OF THE CONFIGURATION...]
	[[ -z ${ONE_HOST-} ]] || return 0
	engine_configure node1 "$@"
	engine_launch node1
	engine_ready node1
}

# Three nodes, and three copies of all.
cluster_start() {
	[[ -z ${ONE_HOST-} ]] || return 0
	local node routes='' place=()
	for node in node1 node2 node3; do
		place+=("$(engine_address "$node"):$(free_port)")
		routes+=" nats://${place[-1]}"
	done
	ENGINE_COPIES=3
	for node in node1 node2 node3; do
		engine_configure "$node" "cluster { name: chat" \
			"listen: \"${place[${node#node} - 1]}\"" \
			"routes: [$(sed 's/^ //; s/ /, /g' <<<"$routes")] }"
		engine_launch "$node"
	done
	engine_ready node1 node2 node3
}

# What a server is told after --bus.
engine_urls() {
	local node urls=''
	for node in $(printf '%s\n' "${!ENGINE_URL[@]}" | sort); do
		urls+=,nats://${ENGINE_URL[$node]}
	done
	echo "${urls#,}"
}

engine_kill() { # NODE [SIGNAL]
	ENGINE_ENDED[$1]=yes
	kill -"${2:-KILL}" "${ENGINE_PID[$1]}"
	eventually "$PATIENCE" ended "${ENGINE_PID[$1]}"
	wait "${ENGINE_PID[$1]}" 2>/dev/null || true
}

# The same node, with what it has on its disk.
engine_again() { # NODE
	engine_launch "$1"
	engine_ready "$1"
}

# The node that leads the stream of the hosts.
cluster_leader() {
	local node
	for node in "${!ENGINE_URL[@]}"; do
		[[ -z ${ENGINE_ENDED[$node]-} ]] || continue
		engine_asks "$node" leader CHAT_CHAT
		return
	done
}

# All copies of it are up to date.
cluster_is_whole() {
	engine_asks "$(cluster_leader)" current CHAT_CHAT 3 "$PATIENCE"
}

# Ends all nodes; says which ended by themselves.
engines_end() {
	local node wrong=0
	for node in "${!ENGINE_PID[@]}"; do
		[[ -z ${ENGINE_ENDED[$node]-} ]] || continue
		if ended "${ENGINE_PID[$node]}"; then
			echo "the engine $node has ended by itself"
			tail -n 20 "$HOSTS_DIR/engine-$node.log"
			wrong=1
			continue
		fi
		kill -KILL "${ENGINE_PID[$node]}"
		eventually 2 ended "${ENGINE_PID[$node]}" || wrong=1
		wait "${ENGINE_PID[$node]}" 2>/dev/null || true
	done
	ENGINE_PID=()
	return "$wrong"
}

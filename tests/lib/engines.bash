# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What bats files that need a NATS server load beside helpers: one engine with
# JetStream, or a cluster of three, on ports of loopback, ended by their pids.
#
# An engine is known by its number, from 0 on; its files are in
# $BATS_TEST_TMPDIR/engine-NUMBER, and stay there while it is away.

declare -ga ENGINE_PID=() ENGINE_PORT=() ENGINE_ROUTE=()

# shellcheck source=tests/lib/nats.bash
source "${BASH_SOURCE[0]%/*}/nats.bash"

# So many ports of loopback that nobody uses now, each once.
free_ports() { # NUMBER
	python3 -c '
import socket, sys
taken = [socket.socket() for i in range(int(sys.argv[1]))]
for s in taken:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in taken))' "$1"
}

engine_answers() { # NUMBER
	local line=''
	{ exec {ENGINE_FD}<>"/dev/tcp/127.0.0.1/${ENGINE_PORT[$1]}"; } 2>/dev/null ||
		return 1
	read -rt 5 -u "$ENGINE_FD" line || true
	exec {ENGINE_FD}>&-
	[[ $line == INFO* ]]
}

# Starts what engine-NUMBER/conf says, and waits until it takes connections.
engine_run() { # NUMBER
	local base=$BATS_TEST_TMPDIR/engine-$1
	(bare setsid "$(engine_program)" -c "$base/conf") \
		</dev/null >>"$base/log" 2>&1 3>&- &
	ENGINE_PID[$1]=$!
	eventually "$PATIENCE" engine_answers "$1" ||
		fail "engine $1 does not answer: $(tail -n 5 "$base/log")"
}

# Writes the configuration; more lines of it on standard input.
engine_configure() { # NUMBER
	local base=$BATS_TEST_TMPDIR/engine-$1
	mkdir -p "$base"
	{
		echo "listen: 127.0.0.1:${ENGINE_PORT[$1]}"
		echo "server_name: engine-$1"
		cat
	} >"$base/conf"
}

# Engine 0 or another one by itself.  Standard input: lines of its
# configuration instead of those that give it JetStream.
engine_start() { # [NUMBER [-]]
	local n=${1:-0}
	need_engine
	ENGINE_PORT[n]=${ENGINE_PORT[n]-$(free_ports 1)}
	if [[ ${2-} == - ]]; then
		engine_configure "$n"
	else
		engine_configure "$n" \
			<<<"jetstream { store_dir: \"$BATS_TEST_TMPDIR/engine-$n/store\" }"
	fi
	engine_run "$n"
}

# Engines 0, 1 and 2, each with its part of a cluster's JetStream.
cluster_start() {
	local n ports
	need_engine
	read -ra ports < <(free_ports 6)
	for n in 0 1 2; do
		ENGINE_PORT[n]=${ports[n]}
		ENGINE_ROUTE[n]=${ports[n + 3]}
	done
	for n in 0 1 2; do
		engine_configure "$n" <<-END
			jetstream { store_dir: "$BATS_TEST_TMPDIR/engine-$n/store" }
			cluster {
				name: engines
				listen: 127.0.0.1:${ENGINE_ROUTE[n]}
				routes: [ nats://127.0.0.1:${ENGINE_ROUTE[0]},
					nats://127.0.0.1:${ENGINE_ROUTE[1]},
					nats://127.0.0.1:${ENGINE_ROUTE[2]} ]
			}
		END
	done
	for n in 0 1 2; do
		engine_run "$n"
	done
}

# What --bus is given: one engine, or several.
engine_urls() { # [NUMBER...]
	local n list=''
	for n in "${@:-0}"; do
		list+=",nats://127.0.0.1:${ENGINE_PORT[n]}"
	done
	echo "${list#,}"
}

engine_end() { # [NUMBER [SIGNAL]]
	local n=${1:-0}
	[[ -n ${ENGINE_PID[n]-} ]] || return 0
	kill -"${2:-TERM}" "${ENGINE_PID[n]}" 2>/dev/null || true
	kill -CONT "${ENGINE_PID[n]}" 2>/dev/null || true
	if ! eventually 5 ended "${ENGINE_PID[n]}"; then
		kill -KILL "${ENGINE_PID[n]}"
	fi
	wait "${ENGINE_PID[n]}" 2>/dev/null || true
	ENGINE_PID[n]=''
}

engine_kill() { # [NUMBER]
	engine_end "${1:-0}" KILL
}

# One question to JetStream, such as STREAM.DELETE.CHAT_CHAT; prints the JSON.
engine_ask() { # NUMBER SUBJECT [BODY]
	python3 "${BASH_SOURCE[0]%/*}/../bus/engine.py" ask \
		"${ENGINE_PORT[$1]}" "\$JS.API.$2" "${3-}"
}

# Publishes messages of these sizes.
engine_publish() { # NUMBER SUBJECT SIZE...
	python3 "${BASH_SOURCE[0]%/*}/../bus/engine.py" publish \
		"${ENGINE_PORT[$1]}" "${@:2}"
}

# The number of the engine that leads the stream.
stream_leader() { # STREAM
	local n name
	for n in "${!ENGINE_PID[@]}"; do
		[[ -n ${ENGINE_PID[n]} ]] || continue
		name=$(engine_ask "$n" "STREAM.INFO.$1" | jq -r '.cluster.leader // empty')
		[[ -z $name ]] || {
			echo "${name#engine-}"
			return
		}
	done
	return 1
}

end_engines() {
	local n
	for n in "${!ENGINE_PID[@]}"; do
		engine_end "$n"
	done
}

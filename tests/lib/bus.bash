# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the bats files of the bus load beside helpers and engines: relays that are
# played by tests/bus/relay.c, each with a bus, known by the name of its host;
# and programs that stand in the engine's place (tests/bus/engine.py).

setup() {
	[[ -n ${BUS_RELAY-} ]] || skip "BUS_RELAY is not set"
	need_engine
	declare -gA BUS_IN=() OUTSIDE_IN=()
	declare -ga BUS_PIDS=()
}

teardown() {
	local fd pid status=0 log
	for fd in "${BUS_IN[@]}" "${OUTSIDE_IN[@]}"; do
		{ exec {fd}>&-; } 2>/dev/null || true
	done
	for pid in "${BUS_PIDS[@]}"; do
		eventually 5 ended "$pid" || {
			echo "process $pid does not end"
			kill -KILL "$pid"
			status=1
		}
	done
	end_engines
	clean_up || status=1
	for log in "$BATS_TEST_TMPDIR"/bus-*.{out,log}; do
		[[ ! -s $log ]] || { echo "--- ${log##*/}" && tail -n 20 "$log"; }
	done
	return "$status"
}

# --- a relay with a bus, by the name of its host -------------------------------

bus_start() { # HOST URLS [NAME [LOGIN [REPLICAS]]]
	local base=$BATS_TEST_TMPDIR/bus-$1 fd
	: >"$base.out"
	mkfifo "$base.in"
	exec {fd}<>"$base.in"
	BUS_IN[$1]=$fd
	(bare "$BUS_RELAY" "$2" "${3:-test}" "$1" "${4-}" "${5:-1}") \
		<"$base.in" >"$base.out" 2>>"$base.log" 3>&- {fd}>&- &
	BUS_PIDS+=("$!")
}

# The fifo is read and written by us: only so is its end ours to say.
tell() { # HOST COMMAND...
	echo "${*:2}" >&"${BUS_IN[$1]}"
}

out_of() { # HOST
	cat "$BATS_TEST_TMPDIR/bus-$1.out"
}

says() { # HOST PATTERN [TIMES]
	(($(grep -cE -- "$2" "$BATS_TEST_TMPDIR/bus-$1.out") >= ${3:-1}))
}

expect() { # HOST PATTERN [TIMES]
	eventually "$PATIENCE" says "$@" ||
		fail "bus $1 does not say '$2'; it said: $(tail -n 20 \
			"$BATS_TEST_TMPDIR/bus-$1.out")"
}

logs() { # HOST PATTERN
	grep -qE -- "$2" "$BATS_TEST_TMPDIR/bus-$1.log"
}

expect_log() { # HOST PATTERN
	eventually "$PATIENCE" logs "$@" ||
		fail "bus $1 does not log '$2'; it logged: $(cat \
			"$BATS_TEST_TMPDIR/bus-$1.log")"
}

# What the last line with this word says.
last() { # HOST WORD
	grep "^$2 " "$BATS_TEST_TMPDIR/bus-$1.out" | tail -n 1
}

# The numbers that stand behind "entries=".
counted() { # HOST ENTRIES
	tell "$1" count
	[[ $(last "$1" count) == "count entries=$2 "* ]]
}

expect_all() { # HOST ENTRIES
	eventually "$PATIENCE" counted "$1" "$2" ||
		fail "bus $1 has: $(last "$1" count), not $2"
	[[ $(last "$1" count) == *" holes=0 wrong=0 "* ]] ||
		fail "not in order: $(last "$1" count)"
}

memory_of() { # HOST
	local before
	before=$(grep -c '^memory' "$BATS_TEST_TMPDIR/bus-$1.out") || true
	tell "$1" memory
	expect "$1" '^memory' "$((before + 1))"
	last "$1" memory | cut -d' ' -f2
}

# --- others in the engine's place ----------------------------------------------

outside_start() { # NAME COMMAND...
	local base=$BATS_TEST_TMPDIR/outside-$1 fd
	mkfifo "$base.in"
	exec {fd}<>"$base.in"
	OUTSIDE_IN[$1]=$fd
	: >"$base.out"
	(bare python3 "$BATS_TEST_DIRNAME/bus/engine.py" "${@:2}") \
		<"$base.in" >"$base.out" 2>>"$base.log" 3>&- {fd}>&- &
	BUS_PIDS+=("$!")
	eventually "$PATIENCE" test -s "$base.out"
}

# Where it listens.
outside_url() { # NAME
	echo "nats://127.0.0.1:$(head -n 1 "$BATS_TEST_TMPDIR/outside-$1.out")"
}

# The proxy has heard it.
lose() { # NAME WORD
	echo "$2" >&"${OUTSIDE_IN[$1]}"
	eventually "$PATIENCE" loses "$@"
}

loses() { # NAME WORD
	[[ $2 == nothing ]] && set -- "$1" ''
	grep -q "^loses.*$2" "$BATS_TEST_TMPDIR/outside-$1.out"
}

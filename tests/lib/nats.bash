# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The program of the engine: as scripts/setup-tests has unpacked it, or the
# host's own.  A part of engines.bash and of engine_hosts.bash.

: "${PROGRAMS:=$(realpath "${BASH_SOURCE[0]%/*}/../..")/build/programs}"

engine_program() {
	local place
	for place in "$PROGRAMS/usr/sbin/nats-server" /usr/sbin/nats-server; do
		if [[ -x $place ]]; then
			echo "$place"
			return
		fi
	done
	command -v nats-server
}

need_engine() {
	[[ -z ${ONE_HOST-} ]] || return 0
	[[ -n $(engine_program) ]] || skip "there is no nats-server here"
	command -v python3 >/dev/null || skip "there is no python3 here"
}

# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Links between clients and the server that can be cut on the client's side: the
# server's side stays connected, and nobody there knows.

declare -ga LINKS=() # processes
declare -g LINK_PORT=0 LINK_END='' LINK_UP='' LINK_SEEN=''

# Makes one to the server from LINK_PORT, which is a free one at first; the one
# before stays as it is.
make_link() {
	local base=$BATS_TEST_TMPDIR/link-${#LINKS[@]} up down
	mkfifo "$base.up" "$base.down"
	# Held open: where one end is gone the other one does not notice.
	# shellcheck disable=SC2034
	exec {up}<>"$base.up" {down}<>"$base.down"
	LINK_UP=$up
	LINK_SEEN=$base.seen # all that has come from the server
	: >"$base.log"
	# To the server once somebody comes, who is not to be silent for long.
	(
		eventually 600 grep -q received "$base.log"
		bare nc 127.0.0.1 "$PORT"
	) <"$base.up" 2>/dev/null 3>&- \
		> >(exec tee "$LINK_SEEN" >"$base.down" 3>&-) &
	LINKS+=($!)
	(bare nc -nvl 127.0.0.1 "$LINK_PORT") <"$base.down" >"$base.up" \
		2>"$base.log" 3>&- &
	LINK_END=$!
	LINKS+=("$LINK_END")
	eventually "$PATIENCE" grep -q Listening "$base.log"
	LINK_PORT=$(awk '/Listening/ { print $NF }' "$base.log")
}

# Whether something waits on the way to the server, whose end is stopped.
link_is_loaded() {
	read -rt 0 -u "$LINK_UP"
}

cut_link() {
	kill -KILL "$LINK_END"
	wait "$LINK_END" 2>/dev/null || true
}

# The ends at the server are closed at last, too.
remove_links() {
	local pid
	for pid in "${LINKS[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}

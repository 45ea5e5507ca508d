# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2153 # of the helpers
# People who come by a proxy that says where they come from.  Loaded behind the
# helpers and `administration`.

# Headers as a proxy writes them, by printf's escapes.
header_v1() { # ADDRESS [PORT]
	local family=TCP4 to=127.0.0.1
	[[ $1 != *:* ]] || family=TCP6 to=::1
	printf '%s' "PROXY $family $1 $to ${2-5123} 8888\\r\\n"
}

in_hex() { # BYTE...
	printf '\\x%02x' "$@"
}

# What a proxy tells beside the addresses counts, too: OTHER, by escapes.
header_v2() { # IPV4-ADDRESS [PORT [OTHER BYTES-OF-IT]]
	local port=${2-5123} size=$((12 + ${4-0}))
	printf '%s' '\r\n\r\n\x00\r\nQUIT\n\x21\x11'
	# shellcheck disable=SC2086 # four numbers
	in_hex 0 "$size" ${1//./ } 127 0 0 1 $((port / 256)) $((port % 256)) \
		34 184
	printf '%s' "${3-}"
}

# Sends this first, and then what the person types; waits for nothing.
seat_by_proxy() { # NAME HEADER [NC ARGUMENT...]
	local name=$1 header=$2
	shift 2
	(($# > 0)) || set -- 127.0.0.1 "$PORT"
	seat "$name" nc "$@"
	type_bytes "$name" "$header"
}

# A text user; waits for the welcome.
connect_by_proxy() { # NAME HEADER [NC ARGUMENT...]
	seat_by_proxy "$@"
	expect_welcome "$1"
}

# The server has that person under this address.
comes_from() { # NAME ADDRESS:PORT [NICKNAME]
	local nick=${3-${NICK[$1]}}
	equal "$(about "$nick" .address)" "$2" "where $1 comes from"
}

# Where all who are online come from.
addresses() {
	"$SERVER" -Port "$PORT" --status --json | jq -r '.online[].address'
}

# All that the log says of where clients come from: the addresses.
proxied_in_log() {
	sed -n 's/.* proxied slot=[0-9]* address=\([^ ]*\) by=.*/\1/p' \
		"$SERVER_LOG"
}

# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# People who come with IRC, typed by hand, and what a client of theirs would
# believe.  Loaded behind the helpers; servers wait long for a first line, so
# text users come by come_as.

# Who sent it: `:nick!user@chat`, for a regular expression.
by() { # NICK
	echo ":$1![^ ]+@chat"
}

# Connects by nc and registers, with these capabilities; waits until the list of
# who is in the lobby has come.
come_by_irc() { # NAME [CAPABILITIES]
	seat "$1" nc 127.0.0.1 "$PORT"
	if [[ -n ${2-} ]]; then
		say "$1" "CAP REQ :$2"
		expect_match "$1" ":chat CAP [^ ]+ ACK :$2 ?" || return 1
	fi
	say "$1" "NICK $1"
	say "$1" "USER $1 0 * :$1 itself"
	[[ -z ${2-} ]] || say "$1" 'CAP END'
	expect_match "$1" "(@[^ ]+ )?:chat 366 $1 #lobby :.*"
}

# Text users and IRC users, each of whom has seen the last one come.
gather() { # TEXT-USERS -- IRC-USERS
	local name last=${*: -1} how=come_as text=() irc=()
	for name in "$@"; do
		if [[ $name == -- ]]; then
			how=come_by_irc
			continue
		fi
		"$how" "$name" || return 1
		[[ $how == come_as ]] && text+=("$name") || irc+=("$name")
	done
	for name in "${text[@]}"; do
		[[ $name == "$last" ]] || expect_match "$name" "\\* $last joined .*" ||
			return 1
	done
	for name in "${irc[@]}"; do
		[[ $name == "$last" ]] || expect_match "$name" \
			"(@[^ ]+ )?$(by "$last") JOIN :?#lobby.*" || return 1
	done
	wipe "${text[@]}" "${irc[@]}"
}

# All that they have sent has been carried out.
done_by() { # IRC-USER...
	local name
	for name in "$@"; do
		MARKS=$((MARKS + 1))
		say "$name" "PING mark-$MARKS"
		expect_match "$name" "(@[^ ]+ )?:chat PONG chat :?mark-$MARKS" ||
			return 1
	done
}

# All lines that have come, from the first one on, as a client would keep lists:
# who is in this room by JOIN, PART, QUIT, NICK, KICK and the NAMES of its own
# JOIN.  And then, after a dash, what the last NAMES that was asked for said.
lists_of() { # NAME ROOM
	tr -d '\r' <"$(screen_file "$1")" | LC_ALL=C awk -v room="$2" '
		function forget(nick) {
			delete here[nick]
		}
		function bare(name) {
			sub(/^[@+]+/, "", name)
			sub(/!.*/, "", name)
			return name
		}
		function same(a, b) {
			return tolower(a) == tolower(b)
		}
		{ sub(/^@[^ ]+ /, "") }
		$1 !~ /^:/ { next }
		{
			nick = substr($1, 2)
			sub(/!.*/, "", nick)
			to = $3
			sub(/^:/, "", to)
		}
		$2 == "001" { me = $3 }
		$2 == "JOIN" && same(to, room) {
			if (nick == me) {
				split("", here)
				entering = 1
			}
			here[nick] = 1
		}
		$2 == "PART" && same(to, room) { forget(nick) }
		$2 == "QUIT" { forget(nick) }
		$2 == "KICK" && same(to, room) {
			sub(/^:/, "", $4)
			forget($4)
		}
		$2 == "NICK" {
			if (nick in here) {
				forget(nick)
				here[to] = 1
			}
			if (nick == me)
				me = to
		}
		$2 == "353" && same($5, room) {
			if (!entering && !answering) {
				answering = 1
				split("", told)
			}
			sub(/^[^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ :?/, "")
			n = split($0, names, " ")
			for (i = 1; i <= n; i++) {
				if (entering)
					here[bare(names[i])] = 1
				else
					told[bare(names[i])] = 1
			}
		}
		$2 == "366" && same($4, room) { entering = answering = 0 }
		END {
			sorted = "sort"
			for (nick in here)
				print nick | sorted
			close(sorted)
			print "-"
			fflush()
			for (nick in told)
				print nick | sorted
			close(sorted)
		}'
}

# Asks for NAMES: they are what the client believes, and both are these.
lists_are() { # IRC-USER ROOM NAMES-SORTED
	say "$1" "NAMES $2"
	done_by "$1" && [[ $(lists_of "$1" "$2") == "$3"$'\n-\n'"$3" ]]
}

expect_lists() { # IRC-USER ROOM NAME...
	local names
	names=$(printf '%s\n' "${@:3}" | LC_ALL=C sort)
	eventually "$PATIENCE" lists_are "$1" "$2" "$names" || {
		fail "$1 should believe that these are in $2, and read it:" \
			"${*:3}"$'\n'"but it is:"$'\n'"$(lists_of "$1" "$2")"
		return 1
	}
}

# The numerics and commands that have come, in their order, each once.
commands_of() { # NAME
	screen "$1" | sed -E 's/^@[^ ]+ //; s/^:[^ ]+ //; s/ .*//' | uniq |
		paste -sd ' '
}

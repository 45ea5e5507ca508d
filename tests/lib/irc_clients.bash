# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# People at real IRC clients: irssi, WeeChat and catgirl on a terminal, HexChat
# on a display that nobody sees.  Loaded behind the helpers and tmux.

declare -gA SITS_AT=() # name -> the client
declare -g TLS_PORT='' TLS_PID='' DISPLAY_PID='' HEXCHAT_PID=''

need() { # COMMAND...
	local command
	for command in "$@"; do
		command -v "$command" >/dev/null || skip "there is no $command here"
	done
}

client_home() { # NAME
	local home=$BATS_TEST_TMPDIR/home-$1
	mkdir -p "$home"
	echo "$home"
}

# Seats a person at a client on a terminal.
sit_at() { # NAME CLIENT ARGUMENT...
	local name=$1 home
	home=$(client_home "$1")
	SITS_AT[$name]=${2##*/}
	shift
	(bare tmux -u -S "$TMUX_SOCKET" -f /dev/null new-session -d -s "$name" \
		-x 120 -y 40 env HOME="$home" LC_ALL=C.UTF-8 TZ=UTC "$@") 3>&-
}

sit_at_irssi() { # NAME
	local home
	home=$(client_home "$1")
	cat >"$home/config" <<-EOF
		settings = {
			"core" = {
				server_reconnect_time = "1s";
				server_connect_timeout = "10s";
			};
		};
	EOF
	sit_at "$1" irssi --home="$home" -c 127.0.0.1 -p "$PORT" -n "$1"
}

sit_at_weechat() { # NAME
	sit_at "$1" weechat -d "$(client_home "$1")" \
		-r '/set irc.server_default.autoreconnect_delay 1' \
		"irc://$1@127.0.0.1:$PORT/"
}

# A TLS proxy in front of the server, as catgirl speaks nothing else.
start_tls() {
	local base=$BATS_TEST_TMPDIR/tls
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2 \
		-keyout "$base.key" -out "$base.crt" 2>"$base.openssl"
	cat "$base.crt" "$base.key" >"$base.pem"
	TLS_PORT=$((10240 + SRANDOM % 20000))
	(bare socat "openssl-listen:$TLS_PORT,bind=127.0.0.1,fork,cert=$base.pem,verify=0" \
		"tcp:127.0.0.1:$PORT") </dev/null >"$base.log" 2>&1 3>&- &
	TLS_PID=$!
	eventually "$PATIENCE" nc -z 127.0.0.1 "$TLS_PORT"
}

sit_at_catgirl() { # NAME
	[[ -n $TLS_PID ]] || start_tls
	# Its last words stay on the terminal.
	# shellcheck disable=SC2016 # for that shell
	sit_at "$1" sh -c '"$@"; exec cat' sh \
		catgirl -h localhost -p "$TLS_PORT" \
		-t "$BATS_TEST_TMPDIR/tls.crt" -n "$1" -u "$1"
	SITS_AT[$1]=catgirl
}

# HexChat does not run as root.  What it shows is read from its logs.
sit_at_hexchat() { # NAME
	local home as=() number=$((100 + SRANDOM % 10000))
	home=$(client_home "$1")
	SITS_AT[$1]=hexchat
	(bare Xvfb ":$number" -screen 0 1000x700x24 -nolisten tcp) \
		</dev/null >"$home/xvfb.log" 2>&1 3>&- &
	DISPLAY_PID=$!
	export DISPLAY=:$number
	cat >"$home/hexchat.conf" <<-EOF
		version = 2.16.1
		gui_slist_skip = 1
		gui_join_dialog = 0
		gui_single = 1
		irc_logging = 1
		irc_logmask = %c.log
		irc_nick1 = $1
		irc_user_name = $1
		irc_real_name = $1
		net_reconnect_delay = 1
		stamp_log = 0
		text_replay = 0
	EOF
	if (($(id -u) == 0)); then
		chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* \
			"$BATS_TEST_TMPDIR"
		chown -R nobody "$home"
		as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	fi
	eventually "$PATIENCE" test -S "/tmp/.X11-unix/X$number"
	(cd "$home" && bare env HOME="$home" XDG_RUNTIME_DIR="$home" \
		LC_ALL=C.UTF-8 "${as[@]}" hexchat -d "$home" \
		"irc://127.0.0.1:$PORT/") \
		</dev/null >"$home/hexchat.log" 2>&1 3>&- &
	HEXCHAT_PID=$!
	eventually "$PATIENCE" window_is '#[a-z]+'
}

# HexChat's window, which has the keyboard from now on, shows this.
window_is() { # WHERE
	local window
	window=$(xdotool search --name "$1 - HexChat\$" 2>/dev/null | tail -n 1)
	[[ -n $window ]] && xdotool windowfocus --sync "$window" 2>/dev/null
}

# A line is typed.
enter_line() { # NAME TEXT
	if [[ ${SITS_AT[$1]} == hexchat ]]; then
		xdotool type --delay 2 -- "$2"
		xdotool key Return
	else
		terminals send-keys -t "$1" -l -- "$2"
		terminals send-keys -t "$1" Enter
	fi
}

# Asks for the window of a room or private talk; tells whether it is there now.
turned_to() { # NAME WHERE
	local title
	case ${SITS_AT[$1]} in
	irssi)
		enter_line "$1" "/window goto $2"
		title="^ \\[[0-9:]+\\] .*/$2[](]"
		;;
	weechat)
		enter_line "$1" "/buffer $2"
		title="\\[irc/[^ ]*\\] [0-9]+:$2([ (]|$)"
		;;
	catgirl)
		enter_line "$1" "/window $2"
		title="^ [0-9]+ $2( |$)"
		;;
	hexchat)
		# A private talk has a title of its own, and its log is enough.
		[[ $2 == '#'* ]] || return 0
		window_is "$2" || xdotool key ctrl+Page_Down
		eventually 1 window_is "$2"
		return
		;;
	esac
	eventually 1 shown "$1" "$2" "$title"
}

turn_to() { # NAME WHERE
	eventually "$PATIENCE" turned_to "$1" "$2" || {
		fail "$1 never got to $2; there was:"$'\n'"$(window_of "$1" "$2")"
		return 1
	}
}

window_of() { # NAME WHERE
	if [[ ${SITS_AT[$1]} == hexchat ]]; then
		cat "$(client_home "$1")/logs/$2.log" 2>/dev/null || true
	else
		terminals capture-pane -p -t "$1"
	fi
}

# What there is now is shown, in that room or private talk.
shown() { # NAME WHERE REGULAR-EXPRESSION
	window_of "$1" "$2" | grep -qE -e "$3"
}

expect_shown() { # NAME WHERE REGULAR-EXPRESSION
	eventually "$PATIENCE" shown "$@" || {
		fail "$1 should have seen in $2:"$'\n'"$3"$'\n'"but there was:" \
			$'\n'"$(window_of "$1" "$2")"
		return 1
	}
}

# What somebody has said, as each of the clients shows it.
said_by() { # NICK TEXT
	echo "$1>?[[:space:]|]+$2"
}

leave_clients() {
	local pid
	leave_terminals
	for pid in $HEXCHAT_PID $DISPLAY_PID $TLS_PID; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}

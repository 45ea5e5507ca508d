#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The samples of proxies, as they are: people come by TLS, and the server knows
# where from.
# shellcheck disable=SC2016,SC2034 # for another shell; what others use

load ../lib/helpers
load ../lib/administration
load ../lib/namespaces
load ../lib/proxies
load ../lib/deployments

SAMPLES=$BATS_TEST_DIRNAME/../../scripts/deploy/proxies

# The addresses of lib/namespaces: the proxies' host, and people's.
HOST=192.0.2.1

setup() {
	need_namespaces
	need_programs openssl socat
	[[ -d /etc/ssl/private ]] || skip "there is no /etc/ssl/private"
	mkdir "$BATS_TEST_TMPDIR/private"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		-nodes -days 1 -subj /CN=chat.example.org \
		-keyout "$BATS_TEST_TMPDIR/key" \
		-out "$BATS_TEST_TMPDIR/cert" 2>/dev/null
	cat "$BATS_TEST_TMPDIR"/{cert,key} >"$BATS_TEST_TMPDIR/private/chat.pem"
	in_server_namespace
	launch_server --trusted-proxy 127.0.0.1 --greet-after "$SILENCE" \
		--max-per-address 2 --web-host chat.example.org
	await_server 1
}

answers() { # PORT
	ip netns exec "$CLIENT_SIDE" nc -z "$HOST" "$1"
}

# Runs a proxy in the server's network, where all ports of the samples are free,
# with our certificate in the place of the host's.
launch_proxy() { # PORT COMMAND...
	local port=$1 log=$BATS_TEST_TMPDIR/daemon-${#DAEMON_PIDS[@]}.log
	shift
	(with_libraries bare setsid ip netns exec "$SERVER_SIDE" unshare -m \
		sh -c 'mount --bind "$0" /etc/ssl/private && exec "$@"' \
		"$BATS_TEST_TMPDIR/private" "$@") </dev/null >"$log" 2>&1 3>&- &
	DAEMON_PIDS+=("$!")
	eventually "$PATIENCE" answers "$port" ||
		fail "it does not listen: $*" "$(cat "$log")"
}

# By TLS, from one of the addresses of the other side.
seat_by_tls() { # NAME ADDRESS PORT
	seat "$1" ip netns exec "$CLIENT_SIDE" socat - \
		"OPENSSL:$HOST:$3,bind=$2,verify=0,snihost=${TLS_NAME-chat.example.org}"
}

# People who type lines, and IRC: each has its own address, and its limits.
talk_by_tls() { # PORT
	seat_by_tls alice 192.0.2.11 "$1"
	expect_welcome alice
	seat_by_tls bob 192.0.2.12 "$1"
	say bob $'NICK bob\r\nUSER bob 0 * :b\r'
	expect_match bob ':chat 366 bob #lobby :.*'
	say alice hello
	expect_match bob ':[^ ]+ PRIVMSG #lobby :hello'
	expect_about "${NICK[alice]}" '.address | startswith("192.0.2.11:")'
	expect_about "${NICK[alice]}" '.via | startswith("127.0.0.1:")'
	expect_about bob '.address | startswith("192.0.2.12:")'
	seat_by_tls a2 192.0.2.11 "$1"
	expect_welcome a2
	seat_by_tls a3 192.0.2.11 "$1"
	expect_line a3 '! too many connections from your address'
	done_by --ban 192.0.2.11
	contains "$output" '192.0.2.11: banned; connections ended: 2'
	expect_line alice '! disconnected: kicked: banned'
	seat_by_tls alice 192.0.2.11 "$1"
	expect_line alice '! you are banned from this server'
	say bob 'PRIVMSG #lobby :still here'
	say bob 'PING on'
	expect_match bob ':chat PONG chat :?on'
}

# A browser's request, by printf's escapes; and a line, in a frame.
request() { # HOST PATH [FIELD]...
	local host=$1 path=$2
	shift 2
	printf '%s' "GET $path HTTP/1.1\\r\\nHost: $host\\r\\n" "${@/%/\\r\\n}" \
		'\r\n'
}

handshake() { # HOST [FIELD]...
	request "$1" /chat "Origin: https://$1" 'Connection: Upgrade' \
		'Upgrade: websocket' 'Sec-WebSocket-Version: 13' \
		'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==' "${@:2}"
}

frame() { # LINE
	printf '\\x81\\x%02x\\x00\\x00\\x00\\x00%s' "$((128 + ${#1}))" "$1"
}

expect_bytes() { # NAME REGEX
	eventually "$PATIENCE" grep -qaE -- "$2" "$(screen_file "$1")" ||
		fail "$1 should have read: $2" "$(cat -v "$(screen_file "$1")")"
}

# The page, and people at it: what they say of themselves counts for nothing.
browse_by_tls() { # PORT HOST [FIELD]...
	local port=$1 host=$2
	shift 2
	seat_by_tls page 192.0.2.12 "$port"
	type_bytes page "$(request "$host" / 'Connection: close')"
	expect_bytes page '^HTTP/1\.1 200 OK'
	expect_bytes page '<title>'
	seat_by_tls carol 192.0.2.13 "$port"
	type_bytes carol "$(handshake "$host" 'X-Forwarded-For: 203.0.113.66')"
	expect_bytes carol '^HTTP/1\.1 101 Switching Protocols'
	type_bytes carol "$(frame '/nick carol')"
	expect_bytes carol '\* (welcome, carol|guest-1 is now carol)'
	type_bytes carol "$(frame 'hello from the web')"
	expect_bytes carol '\[carol\] hello from the web'
	expect_about carol '.address | startswith("192.0.2.13")'
	expect_about carol '.via | startswith("127.0.0.1:")'
	done_by --ban 192.0.2.13
	expect_bytes carol 'kicked: banned'
	seat_by_tls carol 192.0.2.13 "$port"
	type_bytes carol "$(handshake "$host")"
	expect_bytes carol '^HTTP/1\.1 403 Forbidden'
	expect_bytes carol 'you are banned from this server'
}

start_nginx() { # PORT CONTEXT-AND-SAMPLE
	local modules=/usr/lib/nginx/modules dir=$BATS_TEST_TMPDIR/nginx
	need_programs nginx
	[[ ! -d $PROGRAMS$modules ]] || modules=$PROGRAMS$modules
	mkdir -p "$dir"
	{
		echo "daemon off; pid $dir/pid; error_log stderr; user root;"
		if [[ $2 == stream* ]]; then
			[[ -f $modules/ngx_stream_module.so ]] ||
				skip "nginx has no module for streams here"
			echo "load_module $modules/ngx_stream_module.so;"
		fi
		echo 'events {}'
		case $2 in
		stream*) echo "include $SAMPLES/nginx-stream.conf;" ;;
		web*)
			echo 'http { access_log off;'
			printf '%s_temp_path %s;\n' client_body "$dir/1" \
				proxy "$dir/2" fastcgi "$dir/3" uwsgi "$dir/4" \
				scgi "$dir/5"
			echo "include $SAMPLES/nginx-web.conf; }"
			;;
		esac
	} >"$dir/nginx.conf"
	launch_proxy "$1" "$(program nginx)" -e stderr -p "$dir" \
		-c "$dir/nginx.conf"
}

@test "haproxy.cfg: people who type, and IRC" {
	need_programs haproxy
	launch_proxy 6697 "$(program haproxy)" -db -f "$SAMPLES/haproxy.cfg"
	talk_by_tls 6697
}

@test "haproxy.cfg: browsers" {
	need_programs haproxy
	launch_proxy 443 "$(program haproxy)" -db -f "$SAMPLES/haproxy.cfg"
	browse_by_tls 443 chat.example.org
}

@test "nginx-stream.conf: people who type, and IRC" {
	start_nginx 6697 stream
	talk_by_tls 6697
}

@test "nginx-web.conf: browsers" {
	start_nginx 443 web
	browse_by_tls 443 chat.example.org
}

@test "stunnel.conf: people who type, and IRC" {
	need_programs stunnel4
	mkdir "$BATS_TEST_TMPDIR/conf"
	ln -s "$(realpath "$SAMPLES/stunnel.conf")" "$BATS_TEST_TMPDIR/conf/10"
	printf '%s\n' 'foreground = yes' 'syslog = no' 'pid =' \
		"include = $BATS_TEST_TMPDIR/conf" >"$BATS_TEST_TMPDIR/all.conf"
	launch_proxy 6697 "$(program stunnel4)" "$BATS_TEST_TMPDIR/all.conf"
	talk_by_tls 6697
}

@test "Caddyfile: browsers" {
	need_programs caddy
	# Names below localhost are certified by Caddy itself, which is not to
	# tell this machine that it may.
	printf '%s\n' '{' skip_install_trust '}' "import $SAMPLES/Caddyfile" \
		>"$BATS_TEST_TMPDIR/Caddyfile"
	launch_proxy 443 env CHAT_HOST=chat.localhost HOME="$BATS_TEST_TMPDIR" \
		XDG_DATA_HOME="$BATS_TEST_TMPDIR" \
		XDG_CONFIG_HOME="$BATS_TEST_TMPDIR" \
		"$(program caddy)" run --adapter caddyfile \
		--config "$BATS_TEST_TMPDIR/Caddyfile"
	TLS_NAME=chat.localhost
	browse_by_tls 443 chat.localhost
}

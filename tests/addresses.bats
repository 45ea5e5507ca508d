#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Where a server can be besides a host and a port: at the path of a UNIX socket,
# and on one interface alone.
# shellcheck disable=SC2154 # what run sets

load lib/helpers
load lib/tmux
load lib/namespaces

setup() {
	P=$BATS_TEST_TMPDIR/chat.sock
}

teardown() {
	leave_terminals
	clean_up
}

serve() { # PATH
	launch_server --listen "unix:$1" --rate 0
	await_server 1
}

configure() { # LINE...
	mkdir -p "$XDG_CONFIG_HOME/chatclient"
	printf '%s\n' "$@" >"$XDG_CONFIG_HOME/chatclient/config"
}

# Connected, but for the place, by what stands before or in the file.
comes_in() { # OPTION...
	run --separate-stderr "$CLIENT" "$@" --who
	equal "$status$stderr" 0 "the status, and standard error, of: $*"
}

refused() { # STATUS MESSAGE OPTION...
	run --separate-stderr "$CLIENT" "${@:3}" --who
	equal "$stderr" "chatclient: $2" "standard error of: ${*:3}" || return 1
	equal "$status" "$1" "the status of: ${*:3}"
}

@test "unix:PATH: the option, the environment, the configuration file" {
	serve "$P"
	seat alice "$CLIENT" --ip "unix:$P" --name alice --listen
	expect_line alice '* welcome, alice; 1 online; /help for help'
	"$CLIENT" -Ip="unix:$P" --name bob --send 'by the option'
	CHAT_SERVER=unix:$P "$CLIENT" --name bob --send 'by the environment'
	configure "ip = unix:$P"
	"$CLIENT" --name bob --send 'by the file'
	for way in option environment file; do
		expect_line alice "[bob] by the $way"
	done
	seat carol "$CLIENT" --name carol
	expect_line carol '0. Exit'
	say carol /who
	expect_line carol '* online: alice, carol (2)'
}

@test "a path with blanks, a relative one, and the longest that there is" {
	local path="$BATS_TEST_TMPDIR/a b.sock"
	serve "$path"
	comes_in --ip "unix:$path"
	CHAT_SERVER=unix:$path comes_in
	configure "ip unix:$path"
	comes_in
	cd "$BATS_TEST_TMPDIR"
	comes_in --ip 'unix:a b.sock'
	stop_server
	cd "$(mktemp -d)"
	path=$(printf '%0107d' 0)
	serve "$path"
	comes_in --ip "unix:$path"
	rm -r "$PWD"
}

@test "a path that is no server's: which, and why" {
	local long
	long=$(printf '%0108d' 0)
	refused 69 "cannot connect to unix:$P: No such file or directory" \
		--ip "unix:$P"
	: >"$P"
	refused 69 "cannot connect to unix:$P: not a socket" --ip "unix:$P"
	rm "$P"
	serve "$P"
	murder_server
	refused 69 "cannot connect to unix:$P: no server listens at this path" \
		--ip "unix:$P"
	refused 64 "--ip: the path after 'unix:' must have 1 to 107 bytes, not 108" \
		--ip "unix:$long"
	CHAT_SERVER=unix: refused 64 "CHAT_SERVER: the path after 'unix:' must have 1 to 107 bytes, not 0"
	configure "ip unix:$long"
	refused 64 "$XDG_CONFIG_HOME/chatclient/config:1: ip: the path after 'unix:' must have 1 to 107 bytes, not 108"
}

@test "a queue that is full is told" {
	perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0) and
		bind(S, sockaddr_un($ARGV[0])) and listen(S, 0) or die;
		socket(C, AF_UNIX, SOCK_STREAM, 0) and
		connect(C, sockaddr_un($ARGV[0])) or die;
		$| = 1; print "ready\n"; select undef, undef, undef, undef' "$P" \
		>"$BATS_TEST_TMPDIR/full" 3>&- &
	full=$!
	eventually "$PATIENCE" grep -q ready "$BATS_TEST_TMPDIR/full"
	refused 69 "cannot connect to unix:$P: the server's backlog is full" \
		--ip "unix:$P"
	kill "$full"
	wait "$full" || true
}

@test "a path has no port: one beside it is refused, one further down ignored" {
	serve "$P"
	local wrong="'unix:$P' has no port: remove port 9, or give --ip an address"
	refused 64 "$wrong" --ip "unix:$P" -Port 9
	refused 64 "$wrong" -Port 9 --ip "unix:$P"
	CHAT_SERVER=unix:$P refused 64 "$wrong" --port 9
	configure "ip unix:$P" 'port 9'
	refused 64 "$wrong"
	CHAT_SERVER=unix:$P comes_in
	comes_in --ip "unix:$P"
	CHAT_SERVER=127.0.0.1:9 comes_in --ip "unix:$P"
}

@test "the server's own -Ip takes no path, and names the option that does" {
	run --separate-stderr "$SERVER" --ip "unix:$P"
	equal "$status" 64
	contains "$stderr" "-Ip: 'unix:$P' is not an IP address; use --listen"
}

@test "a connection by a path that is lost comes back, name and all" {
	serve "$P"
	connect alice -U "$P"
	(bare tmux -S "$TMUX_SOCKET" -f /dev/null new-session -d -s carol \
		-x 80 -y 24 env TZ=UTC "$CLIENT" --ip "unix:$P" --name carol) 3>&-
	expect_row carol 'menu>'
	press carol 1 Enter
	expect_end carol 'public>'
	murder_server
	expect_row carol '! connection lost: the server closed the connection; trying again in 1 s'
	expect_row carol '! cannot connect: no server listens at this path; trying again in 2 s'
	serve "$P"
	press carol Enter
	expect_row carol '* connected again, as carol; 1 online'
	connect alice -U "$P"
	press carol 'here I am' Enter
	expect_line alice '[carol] here I am'
}

# --- one interface --------------------------------------------------------

in_client_namespace() { # COMMAND...
	ip netns exec "$CLIENT_SIDE" "$@"
}

@test "[fe80::1%if]:PORT: a server, and clients in every way" {
	need_namespaces
	in_server_namespace
	ip -n "$SERVER_SIDE" addr replace fe80::1/64 dev cable nodad
	ip -n "$CLIENT_SIDE" addr replace fe80::2/64 dev cable nodad
	launch_server --listen '[fe80::1%cable]:0' --rate 0
	await_server 1
	contains "$(cat "$SERVER_READY")" 'listening on [fe80::1%cable]:'
	seat alice ip netns exec "$CLIENT_SIDE" "$CLIENT" \
		--ip 'fe80::1%cable' -Port "$PORT" --name alice --listen
	expect_line alice '* welcome, alice; 1 online; /help for help'
	in_client_namespace "$CLIENT" --ip '[fe80::1%cable]' -Port "$PORT" \
		--name bob --send 'by the option'
	CHAT_SERVER="[fe80::1%cable]:$PORT" in_client_namespace "$CLIENT" \
		--name bob --send 'by the environment'
	configure 'ip fe80::1%cable' "port $PORT"
	in_client_namespace "$CLIENT" --name bob --send 'by the file'
	for way in option environment file; do
		expect_line alice "[bob] by the $way"
	done
	hang_up alice
	stop_server
	launch_server -Ip 'fe80::1%cable' -Port 0
	await_server 1
}

@test "an interface that is not there, or is not named: which, and why" {
	need_namespaces
	in_server_namespace
	refused 69 "cannot connect to [fe80::1%nosuch]:8888: no such interface: nosuch" \
		--ip fe80::1%nosuch
	CHAT_SERVER='[fe80::1%nosuch]:9' refused 69 \
		"cannot connect to [fe80::1%nosuch]:9: no such interface: nosuch"
	refused 69 "cannot connect to [fe80::1%4000000000]:8888: no such interface: 4000000000" \
		--ip fe80::1%4000000000
	refused 69 "cannot connect to [fe80::1]:8888: a link-local address needs its interface, as in fe80::1%eth0" \
		--ip fe80::1
	run --separate-stderr "$SERVER" --listen '[fe80::1%nosuch]:0'
	equal "$status" 71
	contains "$stderr" 'chatserver: cannot listen on [fe80::1%nosuch]:0: no such interface'
	run --separate-stderr "$SERVER" --listen '[fe80::1]:0'
	equal "$status" 71
	contains "$stderr" 'chatserver: cannot listen on [fe80::1]:0: a link-local address needs its interface, as in [fe80::1%eth0]:8888'
	run --separate-stderr "$SERVER" --listen '[fe80::x%lo]:0'
	equal "$status" 64
}

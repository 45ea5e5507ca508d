#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The units under systemd itself, in a machine of its own.

load ../lib/helpers
load ../lib/deployments
load ../lib/machines

SAMPLES=$BATS_TEST_DIRNAME/../../scripts/deploy

setup_file() {
	export MACHINE=''
	# The units have memory that is never code, which sanitizers need.
	! grep -q __asan_init "$SERVER" || return 0
	make_machine
	[[ -n $MACHINE ]] || return 0
	local unit
	for unit in "$SAMPLES"/*.service "$SAMPLES"/*.socket; do
		carry "$unit" "/etc/systemd/system/${unit##*/}"
	done
}

teardown_file() {
	drop_machine
}

setup() {
	! grep -q __asan_init "$SERVER" || skip "sanitizers cannot live in the units"
	need_machine
	inside mkdir -p /usr/local/sbin
	install_program "$SERVER"
	inside rm -rf /etc/systemd/system/chatserver{,-inetd@}.service.d \
		/var/lib/chatserver /var/lib/private/chatserver
	inside systemctl daemon-reload
}

teardown() {
	local status=0
	[[ -n $MACHINE ]] || return 0
	clean_up || status=1
	inside systemctl stop chatserver.socket chatserver-inetd.socket \
		chatserver.service 'chatserver-inetd@*.service' || status=1
	if ! eventually "$PATIENCE" nothing_is_left; then
		inside ps -ef | grep chat
		inside ls -lR /run/chatserver /dev/shm
		status=1
	fi
	if ((status != 0)) || [[ -z ${BATS_TEST_COMPLETED-} ]]; then
		inside journalctl -q --no-pager -u 'chatserver*' | tail -n 20
	fi
	return "$status"
}

nothing_is_left() {
	! inside pgrep chatserver >/dev/null &&
		[[ -z $(inside find /dev/shm /run/chatserver -type f -o -type s \
			2>/dev/null) ]]
}

# As an update does, which never writes into a program that runs.
install_program() { # FILE
	carry "$1" /usr/local/sbin/new
	inside chmod 755 /usr/local/sbin/new
	inside mv /usr/local/sbin/new /usr/local/sbin/chatserver
}

# Options are for whoever runs the machine, by what `systemctl edit` writes.
edit() { # UNIT OPTION...
	local unit=$1
	shift
	inside mkdir -p "/etc/systemd/system/$unit.d"
	printf '[Service]\nExecStart=\nExecStart=%s %s\n' \
		/usr/local/sbin/chatserver "$*" |
		inside tee "/etc/systemd/system/$unit.d/override.conf" >/dev/null
	inside systemctl daemon-reload
}

property() { # UNIT NAME
	inside systemctl show -P "$2" "$1"
}

property_is() { # UNIT NAME VALUE
	[[ $(property "$1" "$2") == "$3" ]]
}

# As the conversation asks for it.
relay_of_server() {
	pgrep --ns "$MACHINE" --nslist pid -x chat-relay
}

reach() { # NAME
	seat_inside "$1" nc 127.0.0.1 8888
}

@test "chatserver.service: people talk, and the idle have to go" {
	edit chatserver.service --idle-timeout 1
	inside systemctl start chatserver
	reach dave
	expect_line dave '! disconnected: idle for 1 s'
	gone dave
	edit chatserver.service
	inside systemctl restart chatserver
	conversation
	equal "$(property chatserver.service StatusText)" \
		'listening on 127.0.0.1:8888'
}

@test "reload: the new program takes over, and nobody is disconnected" {
	inside systemctl start chatserver
	reach alice
	arrive alice
	pid=$(property chatserver.service MainPID)
	install_program "$UPGRADES/chatserver-next"
	inside systemctl reload chatserver
	version_is_next() {
		inside chatserver --status --json | grep -q -e -next
	}
	eventually "$PATIENCE" version_is_next
	say alice 'still here'
	expect_line alice '[alice] still here'
	equal "$(property chatserver.service MainPID)" "$pid"
	property_is chatserver.service ActiveState active
	# And the manager hears signs of life from it.
	reach bob
	arrive bob
}

@test "killed: it is started again" {
	inside systemctl start chatserver
	pid=$(property chatserver.service MainPID)
	inside kill -9 "$pid"
	# shellcheck disable=SC2317 # called by name
	back() {
		property_is chatserver.service ActiveState active &&
			! property_is chatserver.service MainPID "$pid"
	}
	eventually "$PATIENCE" back
	reach alice
	arrive alice
}

@test "what was said is there after a restart, and after a kill of all" {
	inside systemctl start chatserver
	reach alice
	arrive alice
	say alice 'before the restart'
	expect_line alice '[alice] before the restart'
	inside systemctl restart chatserver
	reach bob
	expect_match bob '\[alice [^]]*ago\] before the restart'
	arrive bob
	say bob 'before the kill'
	expect_line bob '[bob] before the kill'
	inside systemctl kill --signal=KILL --kill-who=all chatserver
	back() {
		(($(inside systemctl show -P NRestarts chatserver) > 0)) &&
			property_is chatserver.service ActiveState active
	}
	eventually "$PATIENCE" back
	reach carol
	expect_match carol '\[bob [^]]*ago\] before the kill'
	arrive carol
	equal "$(inside stat -L -c %a /var/lib/chatserver)" 700
}

@test "an address that comes late: it is tried until it is there" {
	edit chatserver.service -Ip 192.0.2.1
	not inside systemctl start chatserver
	eventually 20 has_been_tried 7
	inside ip address add 192.0.2.1/32 dev lo
	eventually "$PATIENCE" inside systemctl is-active -q chatserver
	seat_inside alice nc 192.0.2.1 8888
	expect_welcome alice
	inside ip address del 192.0.2.1/32 dev lo
}

has_been_tried() { # TIMES
	(($(inside systemctl show -P NRestarts chatserver) >= $1))
}

@test "chatserver.socket: who comes starts it, and again after its end" {
	inside systemctl start chatserver.socket
	property_is chatserver.service ActiveState inactive
	conversation
	property_is chatserver.service ActiveState active
	reach alice
	arrive alice
	inside systemctl stop chatserver.service
	expect_line alice '! disconnected: server is shutting down'
	gone alice
	reach bob
	arrive bob
}

@test "chatserver-inetd.socket: a front for each, one server, no log lines" {
	edit chatserver-inetd@.service --inetd --end-when-empty 1
	inside systemctl start chatserver-inetd.socket
	reach alice
	arrive alice
	reach bob
	arrive bob
	# Who came first has started the server, which does not go with them.
	hang_up alice
	expect_line bob '* alice left (1 online)'
	front_has_gone() {
		equal "$(inside systemctl list-units --plain --no-legend \
			'chatserver-inetd@*.service' | wc -l)" 1 >/dev/null
	}
	eventually "$PATIENCE" front_has_gone
	reach carol
	arrive carol
	say carol 'the same room'
	expect_line bob '[carol] the same room'
	equal "$(screen bob | grep -c chatserver)" 0
	hang_up carol bob
	eventually "$PATIENCE" nothing_is_left
}

@test "the journal has each event, with its priority" {
	inside systemctl start chatserver
	reach alice
	arrive alice
	inside pkill -KILL chat-child
	journal() { # PRIORITY EVENT
		inside journalctl -q -u chatserver -p "$1..$1" -o cat | grep -q "^$2"
	}
	eventually "$PATIENCE" journal info 'connect slot=0 '
	eventually "$PATIENCE" journal warning 'disconnect slot=0 reason=died signal=9'
}

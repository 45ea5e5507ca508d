#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# sshd in front: who has a key, or an account, comes in under their name; with
# a terminal and without.
# shellcheck disable=SC2016,SC2034,SC2119,SC2120,SC2317 # for other shells; for deployments.bash, and called there, too

load ../lib/helpers
load ../lib/deployments

setup() {
	need_programs sshd ssh ssh-keygen
	# Root's are in a namespace where all is well.
	if (($(id -u) != 0)); then
		[[ $(getent passwd "$(id -u)") != */@(nologin|false) ]] ||
			skip "this user has no shell"
		[[ $(passwd -S 2>/dev/null) != *' L '* ]] ||
			skip "this user's account is locked"
	fi
	SSH_DIR=$BATS_TEST_TMPDIR/ssh
	mkdir -m 700 "$SSH_DIR"
	open_folder
}

make_keys() { # NAME...
	local name
	for name in "$@"; do
		ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$SSH_DIR/$name"
	done
}

# Started by root, sshd wants a user of its own and /run/sshd, and writes down who
# logs in: in a namespace where it may, whatever this machine has.
launch_sshd() {
	local sshd
	sshd=$(program sshd)
	if (($(id -u) != 0)); then
		launch_daemon "$DAEMON_PORT" "$sshd" -D -e -f "$SSH_DIR/config-$DAEMON_PORT"
		return
	fi
	unshare -m true 2>/dev/null ||
		skip "mount namespaces are not permitted here"
	{
		grep -vE '^(sshd|alice|bob|carol|dave):' /etc/passwd
		echo sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin
		printf '%s::/:/bin/sh\n' alice:x:64101:64101 bob:x:64102:64102 \
			carol:x:64103:64103 dave:x:64104:64104
	} >"$SSH_DIR/passwd-$DAEMON_PORT"
	launch_daemon "$DAEMON_PORT" unshare -m sh -c "
		mount --bind '$SSH_DIR/passwd-$DAEMON_PORT' /etc/passwd &&
		mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd &&
		mount -t tmpfs tmpfs /var/log && : >/var/log/lastlog &&
		exec '$sshd' -D -e -f '$SSH_DIR/config-$DAEMON_PORT'"
}

# Keys are made first: what they may do is read when somebody comes.
deploy_sshd() { # LINE OF CONFIGURATION...
	local part path
	choose_port
	if [[ ! -e $SSH_DIR/known_hosts ]]; then
		make_keys host alice bob carol dave
		echo "chat $(cat "$SSH_DIR/host.pub")" >"$SSH_DIR/known_hosts"
	fi
	# Later versions run other programs for each connection, without the
	# variables that they were given.
	for part in session auth; do
		path=$PROGRAMS/usr/lib/openssh/sshd-$part
		[[ -x $path ]] || continue
		printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' \
			"$(with_libraries printenv LD_LIBRARY_PATH)" \
			"$(realpath "$path")" >"$SSH_DIR/$part"
		chmod 755 "$SSH_DIR/$part"
		set -- "Sshd${part^}Path $SSH_DIR/$part" "$@"
	done
	printf '%s\n' "ListenAddress 127.0.0.1:$DAEMON_PORT" \
		"HostKey $SSH_DIR/host" \
		"AuthorizedKeysFile $SSH_DIR/keys-$DAEMON_PORT" \
		'PidFile none' 'UsePAM no' 'PasswordAuthentication no' \
		'StrictModes no' 'MaxStartups 100' \
		"$@" >"$SSH_DIR/config-$DAEMON_PORT"
	launch_sshd
}

# A key each, which decides the name.
deploy() { # [OPTION...]
	deploy_sshd 'PermitRootLogin forced-commands-only'
	for name in alice bob carol dave; do
		printf '%s %s\n' \
			"restrict,pty,command=\"$SERVER --inetd --control $CONTROL --name $name $*\"" \
			"$(cat "$SSH_DIR/$name.pub")"
	done >"$SSH_DIR/keys-$DAEMON_PORT"
}

# The same command for all, with the name that this variable has.
deploy_by_command() { # VARIABLE
	deploy_sshd 'PermitRootLogin yes' 'AcceptEnv CHAT_NAME' \
		"ForceCommand exec $SERVER --inetd --control $CONTROL --name \"\$$1\""
	cat "$SSH_DIR"/{alice,bob,carol,dave}.pub >"$SSH_DIR/keys-$DAEMON_PORT"
}

ssh_as() { # NAME OPTION...
	local name=$1
	shift
	seat "$name" ssh -F none -p "$DAEMON_PORT" -i "$SSH_DIR/$name" \
		-o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes \
		-o HostKeyAlias=chat -o UserKnownHostsFile="$SSH_DIR/known_hosts" \
		-o StrictHostKeyChecking=yes -o LogLevel=ERROR \
		"$@" "${LOGIN:-$(id -un)}@127.0.0.1"
}

reach() { # NAME
	ssh_as "$1" -T
}

@test "people talk through ssh, each by the name of their key" {
	talk_through_it
	equal "${NICK[*]}" "${!NICK[*]}" "the first names of ${!NICK[*]}"
}

@test "people talk through ssh on a terminal" {
	reach() {
		ssh_as "$1" -tt
	}
	ALSO_HEARD='hello|to\||/|all|mark|who$'
	deploy
	conversation
}

@test "ssh: who logs in has the name of the login" {
	deploy_by_command USER
	ssh_as alice -T
	expect_match alice "\\* welcome, $(id -un); .*"
	ssh_as bob -T
	expect_line bob "! name in use: $(id -un)"
}

# Their accounts are in the namespace alone.  They may join the server, which is
# another user's, by the mode of its control socket.
@test "people talk through ssh, each by the name of their account" {
	(($(id -u) == 0)) || skip "only root can be somebody else"
	chmod 755 "$SSH_DIR"
	cp "$SERVER" "$BATS_TEST_TMPDIR/chatserver"
	SERVER=$BATS_TEST_TMPDIR/chatserver
	deploy() {
		start_server --control "$CONTROL" "$@"
		chmod 666 "$CONTROL"
		deploy_by_command USER
	}
	reach() {
		LOGIN=$1 ssh_as "$1" -T
	}
	talk_through_it
	equal "${NICK[*]}" "${!NICK[*]}" "the first names of ${!NICK[*]}"
	contains "$(cat "$SERVER_LOG")" address=inetd:uid=64101
}

@test "ssh: a name that the client sends, and its exit status" {
	deploy_by_command CHAT_NAME
	ssh_as alice -tt -o SetEnv=CHAT_NAME=ally
	expect_match alice '\* welcome, ally; .*'
	ssh_as bob -T -o SetEnv=CHAT_NAME=ally
	expect_line bob '! name in use: ally'
	expect_match bob '\* welcome, guest-1; .*'
	# It may be anything, and says nothing then.
	ssh_as carol -T -o 'SetEnv="CHAT_NAME=$(id); --no-sandbox"'
	expect_exit carol 64
	equal "$(wc -c <"$(screen_file carol)")" 0 "bytes for carol"
	say alice /quit
	expect_exit alice 0
	say bob /quit
	expect_exit bob 0
}

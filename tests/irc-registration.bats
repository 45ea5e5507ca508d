#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# IRC: a flood of connections that begin a registration and never end it.

load lib/helpers
load lib/irc

setup() {
	start_server --greet-after 10000 --rate 0 --history 0
}

# What each of them says, of four kinds.
HALVES=('NICK half-%d\r\n' 'CAP LS 302\r\n' 'USER half 0 * :Half\r\n'
	'CAP LS 302\r\nNICK half-%d\r\nUSER half 0 * :Half\r\n')

# Opens connections that say half of it; their descriptors are in CALLS.
flood() { # NUMBER
	local i fd
	CALLS=()
	for ((i = 0; i < $1; i++)); do
		exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
		# shellcheck disable=SC2059 # a format of ours
		printf "${HALVES[i % 4]}" "$i" >&"$fd"
		CALLS+=("$fd")
	done
}

# All of them have a process.
all_connected() {
	(($(grep -c ' connect ' "$SERVER_LOG") > ${#CALLS[@]}))
}

# The last line of a connection, once it has ended.
last_words() { # DESCRIPTOR
	local line last=''
	while IFS= read -r -t 40 line <&"$1"; do
		last=$line
	done
	echo "${last%$'\r'}"
}

@test "200 half registrations end after 30 s, told why, heard of by nobody" {
	local fd begin=$SECONDS
	takes_long
	come_as alice
	flood 200
	eventually "$PATIENCE" all_connected
	expect_who alice alice
	come_by_irc carol
	say carol 'WHO *'
	expect_match carol ':chat 315 carol \* :.*'
	equal "$(screen carol | grep -c ' 352 ')" 2
	expect_lists carol '#lobby' alice carol
	say carol 'LUSERS'
	expect_match carol ':chat 255 carol :I have 2 clients .*'
	# A name is nobody's before the registration is complete.
	say alice '/nick half-0'
	expect_line alice '* alice is now half-0'
	say alice '/nick alice'
	expect_line alice '* half-0 is now alice'
	wipe alice carol
	for fd in "${CALLS[@]}"; do
		equal "$(last_words "$fd")" \
			'ERROR :Closing link: Registration timed out'
		exec {fd}>&-
	done
	((SECONDS - begin >= 25)) || fail "after $((SECONDS - begin)) s"
	say alice 'still quiet'
	expect_match carol "$(by alice) PRIVMSG #lobby :still quiet"
	equal "$(screen alice)" '[alice] still quiet'
	equal "$(screen carol | wc -l)" 1
	come_by_irc half-3
}

@test "half registrations that are cut are heard of by nobody" {
	local fd
	come_as alice
	wipe alice
	flood 40
	eventually "$PATIENCE" all_connected
	for fd in "${CALLS[@]}"; do
		exec {fd}>&-
	done
	come_by_irc half-3
	expect_line alice '* half-3 joined (2 online)'
	equal "$(screen alice)" '* half-3 joined (2 online)'
}

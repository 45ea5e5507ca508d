#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A server that cannot be together with the others as it is: it says why in its
# log and serves its own people, and the others go on.

load lib/helpers
load lib/irc
load lib/hosts

setup() {
	[[ -z ${ONE_HOST-} ]] || skip "there is one host"
	need_engine
}

says_unfit() { # HOST REASON
	eventually "$PATIENCE" \
		grep -qF "hosts-unfit reason=\"$2\"" "${HOST_LOG[$1]}" || {
		fail "$1 should have logged: $2"
		return 1
	}
}

# Two hosts are together, with alice and bob; a third one comes.
c_comes() { # [OPTION...]
	hosts_start a b
	meet alice@a bob@b
	host_start c "$@"
}

# Before that, people of c are alone.
c_is_together() {
	eventually "$PATIENCE" grep -q '^chatserver: hosts-together' \
		"${HOST_LOG[c]}"
}

c_is_apart() {
	come carol@c
	expect_line carol '* welcome, carol; 1 online; /help for help'
	say carol 'hello'
	expect_line carol '[carol] hello'
	say alice 'still here'
	all_read '[alice] still here' alice bob
	never_match bob '.*carol.*'
	never_match carol '.*still here'
	expect_names 'a b' alice bob
	equal "$(names_at c)" carol 'who is online on c'
}

@test "another --max-rooms" {
	c_comes --max-rooms 7
	says_unfit c 'other hosts have another --max-rooms'
	c_is_apart
}

@test "another --lobby" {
	takes_long
	c_comes --lobby hall
	says_unfit c 'other hosts have another --lobby'
	c_is_apart
}

@test "no room for the users of others" {
	takes_long
	c_comes --bus-users 1
	says_unfit c 'more users on other hosts than --bus-users'
	c_is_apart
}

@test "no room any more: one user too many comes to another host" {
	c_comes --bus-users 2
	c_is_together
	come carol@c
	expect_line carol '* welcome, carol; 3 online; /help for help'
	come dave@a
	expect_line carol \
		'* other hosts cannot be reached; 2 people are out of hearing'
	says_unfit c 'more users on other hosts than --bus-users'
	say carol 'hello'
	expect_line carol '[carol] hello'
	say alice 'still here'
	all_read '[alice] still here' alice bob dave
	# It reads the stream all the same, and what others say there.
	expect_match carol "$(late alice 'still here')"
	never_match alice '.*carol.*hello.*'
}

@test "a second server of one name: the later one is together with the others" {
	hosts_start a b
	meet alice@a bob@b
	# Of other options the last one counts.
	host_start c --bus-host b
	says_unfit b 'another server has the same --bus-host'
	expect_line bob \
		'* other hosts cannot be reached; 1 person is out of hearing'
	c_is_together
	come carol@c
	expect_line carol '* welcome, carol; 2 online; /help for help'
	say carol 'hello'
	all_read '[carol] hello' alice carol
	never_match bob '.*hello'
	expect_names 'a c' alice carol
	say bob 'I am here'
	expect_line bob '[bob] I am here'
	equal "$(names_at b)" bob 'who is online on b'
}

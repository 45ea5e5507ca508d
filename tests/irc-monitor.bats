#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# IRC: who comes and goes, of those whom a client has asked to be told of.

load lib/helpers
load lib/irc

setup() {
	start_server --greet-after 10000 --rate 0 --history 0
}

@test "MONITOR: told of names that come, are renamed and go" {
	gather alice -- bob
	say bob 'MONITOR + Alice,carol,dora'
	expect_match bob ':chat 730 bob :alice![^ ]+@chat'
	expect_match bob ':chat 731 bob :carol,dora'
	come_as carol
	expect_match bob ':chat 730 bob :carol![^ ]+@chat'
	wipe bob
	say alice '/nick dora'
	expect_match bob ':chat 731 bob :alice'
	expect_match bob ':chat 730 bob :dora![^ ]+@chat'
	say alice '/nick DORA'
	expect_match bob "$(by dora) NICK :?DORA"
	hang_up carol
	expect_match bob ':chat 731 bob :carol'
	say alice '/nick somebody'
	expect_match bob ':chat 731 bob :DORA'
	done_by bob
	equal "$(screen bob | grep -cE ' 73[01] ')" 4
}

@test "MONITOR: the list is shown, asked about, shortened and cleared" {
	gather alice -- bob
	say bob 'MONITOR + alice,carol'
	say bob 'MONITOR + carol'
	say bob 'MONITOR L'
	expect_match bob ':chat 732 bob :alice,carol'
	expect_match bob ':chat 733 bob :.*'
	wipe bob
	say bob 'MONITOR S'
	expect_match bob ':chat 730 bob :alice![^ ]+@chat'
	expect_match bob ':chat 731 bob :carol'
	say bob 'MONITOR - ALICE,nobody'
	say bob 'monitor l'
	expect_match bob ':chat 732 bob :carol'
	say bob 'MONITOR C'
	wipe bob
	say bob 'MONITOR L'
	expect_match bob ':chat 733 bob :.*'
	come_as carol
	hang_up alice
	expect_match bob "$(by alice) QUIT .*"
	done_by bob
	never_match bob ':chat 73[012] .*'
}

@test "MONITOR: masks and nonsense are refused, and so are more than a hundred" {
	come_by_irc bob
	say bob 'MONITOR + *!x@chat,ca*l,carol'
	expect_match bob ':chat 432 bob \*!x@chat :.*'
	expect_match bob ':chat 432 bob ca\*l :.*'
	expect_match bob ':chat 731 bob :carol'
	say bob MONITOR
	say bob 'MONITOR +'
	eventually "$PATIENCE" matches_are 2 bob ':chat 461 bob MONITOR :.*'
	say bob 'MONITOR x'
	expect_match bob ':chat NOTICE bob :MONITOR .*'
	wipe bob
	say bob "MONITOR + $(printf 'n%s,' {1..90})"
	say bob "MONITOR + $(printf 'm%s,' {1..9})last,more"
	expect_match bob ':chat 734 bob 100 last,more :.*'
	say bob 'MONITOR - n1'
	say bob 'MONITOR + last'
	expect_match bob ':chat 731 bob :last'
}

@test "MONITOR: a new connection begins with no list" {
	gather -- bob carol
	say bob 'MONITOR + carol'
	expect_match bob ':chat 730 bob :carol!.*'
	hang_up bob
	expect_match carol "$(by bob) QUIT .*"
	come_by_irc bob
	wipe bob
	say bob 'MONITOR L'
	done_by bob
	never_match bob ':chat 732 .*'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Three hosts and an engine of three nodes, of which one may be killed: seconds
# pass at most, and nothing is lost.

load lib/helpers
load lib/irc
load lib/hosts

setup() {
	skip_what_takes_long
	[[ -z ${ONE_HOST-} ]] || skip "there is one host"
	need_engine
	three_hosts_start_in_cluster
}

# A node that does not lead the stream.
follower() {
	local leader node
	leader=$(cluster_leader)
	for node in node1 node2 node3; do
		if [[ $node != "$leader" ]]; then
			echo "$node"
			return
		fi
	done
}

@test "three copies of the stream, and people talk" {
	engine_asks node1 info CHAT_CHAT | jq -e '.config.num_replicas == 3'
	meet alice@a bob@b carol@c
	say alice 'hello'
	all_read '[alice] hello' alice bob carol
}

@test "kill -9 of a node that does not lead: the talk goes on" {
	takes_long
	local node
	meet alice@a bob@b
	load_start 2 a b c
	wipe alice bob
	node=$(follower)
	engine_kill "$node"
	load_goes_on 50
	engine_again "$node"
	cluster_is_whole
	load_goes_on 10
	load_ends
	never_match alice '\* bob left.*'
	hosts_together a b c
}

@test "kill -9 of the leader: each line once, in one order" {
	takes_long
	local node
	load_start 2 a b c
	node=$(cluster_leader)
	engine_kill "$node"
	load_goes_on 50
	engine_again "$node"
	cluster_is_whole
	load_goes_on 10
	hosts_together a b c
	load_ends
}

@test "two of three nodes away: each host alone, until one is back" {
	takes_long
	local node other
	meet alice@a alan@a bob@b
	node=$(cluster_leader)
	other=$(follower)
	engine_kill "$node"
	engine_kill "$other"
	all_match '\* other hosts cannot be reached; .* out of hearing' alice bob
	say alice 'on a'
	expect_line alan '[alice] on a'
	ENGINE_COPIES=1 engine_again "$other"
	hosts_together a b c
	expect_match bob "$(late alice 'on a')"
	engine_again "$node"
	say bob 'together'
	all_read '[bob] together' alice alan bob
}

@test "each node in turn, under load" {
	takes_long
	local node
	load_start 2 a b c
	for node in node1 node2 node3; do
		engine_kill "$node"
		load_goes_on 30
		engine_again "$node"
		cluster_is_whole
		load_goes_on 10
	done
	hosts_together a b c
	load_ends
}

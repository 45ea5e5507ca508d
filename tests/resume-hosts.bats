#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# One's own ghost where several hosts are one chat: a session goes on by another
# connection to its host, and no host hears of it.

load lib/helpers
load lib/irc
load lib/hosts
load lib/resume

setup() {
	need_engine
	keep_hosts a b
}

teardown() {
	leave_hosts
}

teardown_file() {
	end_kept_hosts
}

join_at() { # NAME@HOST
	local name=${1%@*}
	seat_at "$1" nc -U "$(host_socket "${1#*@}")"
	say "$name" "/events 1 $name"
	expect_joined "$name" "$name" '[0-9]+'
	# shellcheck disable=SC2004 # by name
	TOKEN[$name]=$(token_of "$name")
}

go_on_at() { # NEW-NAME@HOST NAME
	local new=${1%@*}
	seat_at "$1" nc -U "$(host_socket "${1#*@}")"
	type_bytes "$new" "/events 1\n/resume ${TOKEN[$2]} $(had "$2")\n"
}

@test "a session goes on, each line once, and other hosts hear of nothing" {
	meet bob@b
	join_at prog@a
	say prog '/join #dev'
	expect_event prog join prog '#dev' 1
	say bob '/join #dev'
	expect_event prog join bob '#dev' 2
	say bob 'one'
	say bob '/msg prog psst'
	expect_event prog private bob prog psst
	wipe bob
	go_on_at prog2@a prog
	expect_resumed prog2 prog "${TOKEN[prog]}"
	expect_parted prog
	say prog2 'two'
	expect_line bob '#dev [prog] two'
	say bob '/msg prog again'
	expect_event prog2 private bob prog again
	equal "$(screen bob | grep -cE 'prog (joined|left)')" 0
	not has_event prog2 public bob '#dev' one
}

@test "a token is of its host alone" {
	meet bob@b
	join_at prog@a
	go_on_at other@b prog
	expect_refused other
	say prog 'still here'
	expect_line bob '[prog] still here'
}

@test "while no entry comes back: what was said waits, and is said once" {
	meet bob@b
	join_at prog@a
	hold a
	say prog 'on its way'
	go_on_at prog2@a prog
	expect_resumed prog2 prog "${TOKEN[prog]}"
	say prog2 'behind it'
	let_go a
	expect_line bob '[prog] on its way'
	expect_line bob '[prog] behind it'
	expect_event prog2 public prog - 'behind it'
	equal "$(events_of prog prog2 | grep -c 'on its way')" 1
	equal "$(screen bob | grep -c 'on its way')" 1
	equal "$(screen bob | grep -cE 'prog (joined|left)')" 1
}

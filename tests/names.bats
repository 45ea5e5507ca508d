#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Names as people meet them: the rule, uniqueness, and guests.

load lib/helpers

setup() {
	start_server --rate 0
}

accepted() { # NAME
	wipe alice
	say alice "/nick $1"
	expect_match alice "\* .* is now $1"
}

refused() { # NAME
	wipe alice
	say alice "/nick $1"
	expect_match alice '! bad name: .+' || {
		echo "the name: $1"
		return 1
	}
	say alice "rename|$1"
	# A name with a bar has too many fields here.
	eventually "$PATIENCE" matches_are 2 alice '! .+' || {
		echo "the name: $1"
		return 1
	}
	never_match alice '.*is now.*'
}

@test "letters, digits, _ - . and other scripts make names" {
	enter alice
	for name in a A-b_c.d 1st x9 Zoë Ольга 李雷 Σωκράτης \
		abcdefghijklmnopqrstuvwxyz012345; do
		accepted "$name"
	done
}

@test "the wrong characters are refused, and the old name stays" {
	enter alice bob
	for name in 'a b' 'a,b' 'a|b' 'a:b' 'a/b' 'a*b' '[a]' '!a' 'a@b' '(a)' \
		'a>b' "a'b" 'a"b' '—' '😀'; do
		refused "$name"
	done
	say alice 'still me'
	expect_line bob '[alice] still me'
	equal "$(screen bob)" '[alice] still me' "bob's screen"
}

@test "names that are too long are refused" {
	enter alice
	refused abcdefghijklmnopqrstuvwxyz0123456
	refused "$(printf '%2000s' '' | tr ' ' x)"
	# The limit counts bytes: sixteen and a half two-byte letters.
	accepted ββββββββββββββββ
	refused βββββββββββββββββ
}

@test "names that nobody can tell apart are refused" {
	enter alice
	# Latin with Cyrillic, Latin with Greek.
	refused $'\u0430lice'
	refused $'b\u03bfb'
	# Zero width, bidi, soft hyphen, no-break space, combining mark.
	refused $'al\u200bice'
	refused $'al\u200dice'
	refused $'al\u202eice'
	refused $'al\u2066ice'
	refused $'al\u00adice'
	refused $'al\u00a0ice'
	refused $'al\ufeffice'
	refused $'ali\u0301ce'
}

@test "control characters in a name are refused" {
	enter alice bob
	for bytes in 'a\033b' 'a\001b' 'a\tb' 'a\302\233b' 'a\300\257b'; do
		wipe alice
		type_bytes alice "/nick $bytes\n"
		expect_match alice '! .*'
		never_match alice '.*is now.*'
	done
	caught_up alice bob
	never_match bob '.*is now.*'
}

@test "a name is one user's, without regard to ASCII case" {
	enter alice bob
	for name in alice ALICE Alice; do
		wipe bob
		say bob "/nick $name"
		expect_line bob "! name in use: $name"
	done
	say bob 'rename|aLICE'
	expect_line bob '! name in use: aLICE'
	expect_who bob alice bob
	caught_up bob alice
	never_match alice '.*is now.*'
}

@test "one may change the case of one's own name" {
	enter alice bob
	rename alice Alice alice
	expect_line bob '* alice is now Alice'
	expect_who bob Alice bob
}

@test "a name is free again when its user renames or leaves" {
	enter alice bob
	rename alice carol alice
	rename bob alice bob
	hang_up alice
	expect_line bob '* carol left (1 online)'
	take_name bob carol
	expect_who bob carol
}

@test "a user who left and one who comes under the name: left is told first" {
	enter alice
	for n in 1 2 3 4 5; do
		connect bob
		take_name bob bob
		expect_match alice '\* .* is now bob'
		wipe alice
		hang_up bob
		connect carl
		take_name carl bob
		expect_match alice '\* .* is now bob'
		equal "$(screen alice | grep -oE 'bob left|is now bob')" \
			$'bob left\nis now bob' "round $n"
		hang_up carl
		expect_match alice '\* bob left .*'
		wipe alice
	done
}

@test "of ten who want one name at once, one gets it" {
	takes_long
	for n in 0 1 2 3 4 5 6 7 8 9; do
		connect "p$n"
	done
	for n in 0 1 2 3 4 5 6 7 8 9; do
		say "p$n" '/nick king'
	done
	winners=0
	for n in 0 1 2 3 4 5 6 7 8 9; do
		expect_match "p$n" "(! name in use: king|\* ${NICK[p$n]} is now king)"
		if has_line "p$n" "* ${NICK[p$n]} is now king"; then
			winners=$((winners + 1))
		fi
	done
	equal "$winners" 1 "the number of winners"
}

@test "guest-N gets the smallest free N, used again when free" {
	connect a
	connect b
	connect c
	connect d
	equal "${NICK[a]} ${NICK[b]} ${NICK[c]} ${NICK[d]}" \
		'guest-1 guest-2 guest-3 guest-4'
	hang_up b
	expect_line a '* guest-2 left (3 online)'
	connect e
	equal "${NICK[e]}" guest-2
	rename a anna
	connect f
	equal "${NICK[f]}" guest-1
	connect g
	equal "${NICK[g]}" guest-5
}

@test "a guest's name that somebody has taken is not given" {
	connect a
	rename a guest-2
	connect b
	equal "${NICK[b]}" guest-1
	connect c
	equal "${NICK[c]}" guest-3
}

# Whom the children of the server serve, as ps tells.
shown() { # ARGS...
	[[ $(ps -ww -o args= -p "$(children | paste -sd ,)" | sort) == \
		"$(printf '%s\n' "$@" | sort)" ]]
}

expect_shown() { # ARGS...
	eventually "$PATIENCE" shown "$@" ||
		fail "ps shows:" "$(ps -ww -o pid=,args= --ppid "$SERVER_PID")"
}

# Where the kernel lets no process say where its command line is, ps shows the
# server's.
need_titles() {
	if zgrep -qs '^# CONFIG_CHECKPOINT_RESTORE is not set' /proc/config.gz
	then
		skip "this kernel has no PR_SET_MM_MAP"
	fi
}

@test "ps shows whom each child serves" {
	need_titles
	enter alice bob
	connect carol
	expect_shown 'chat-child: alice' 'chat-child: bob' 'chat-child: guest-1'
	rename alice al alice
	rename bob abcdefghijklmnopqrstuvwxyz012345 bob
	expect_shown 'chat-child: al' 'chat-child: guest-1' \
		'chat-child: abcdefghijklmnopqrstuvwxyz012345'
	rename alice bob al
	say bob '/nick bob'
	expect_line bob '! name in use: bob'
	expect_shown 'chat-child: bob' 'chat-child: guest-1' \
		'chat-child: abcdefghijklmnopqrstuvwxyz012345'
	contains "$(ps -ww -o args= -p "$SERVER_PID")" "$SERVER" "the parent"
	equal "$(ps -ww -o args= -p "$(relay_pid)")" chat-relay "the relay"
	hang_up carol
	kill "$(ps -o pid=,args= --ppid "$SERVER_PID" |
		awk '$2 == "chat-child:" && $3 == "bob" { print $1 }')"
	disconnected alice
	expect_shown 'chat-child: abcdefghijklmnopqrstuvwxyz012345'
}

@test "ps shows names escaped, and nothing of what stood there before" {
	need_titles
	enter alice
	rename alice Zoë alice
	expect_shown 'chat-child: Zo\xc3\xab'
	rename alice ββββββββββββββββ Zoë
	expect_shown "chat-child: $(printf '\\xce\\xb2%.0s' {1..16})"
	rename alice x ββββββββββββββββ
	expect_shown 'chat-child: x'
	equal "$(tr '\0' '\n' <"/proc/$(children)/cmdline")" 'chat-child: x'
}

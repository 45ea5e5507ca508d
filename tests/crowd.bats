#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Many at once.

load lib/helpers

@test "40 users online: who names all of them, in lines of at most 400 bytes" {
	takes_long
	start_server --rate 0
	local names=() name n
	for n in $(seq 1 40); do
		name=$(printf 'somebody-with-a-long-name-no-%04d' "$n")
		connect "$name"
		names+=("$name")
	done
	for name in "${names[@]}"; do
		say "$name" "/nick ${name#somebody-}"
	done
	names=("${names[@]#somebody-}")
	expect_who "somebody-${names[0]}" "${names[@]}"
	longest=$(screen "somebody-${names[0]}" | LC_ALL=C awk '
		/^\* online: / { n++; if (length($0) > max) max = length($0) }
		END { print max, n }')
	((${longest% *} <= 400))
	((${longest#* } >= 2))
	expect_match "somebody-${names[0]}" '\* online: .* \(40\)'
	# And a program gets them one a line.
	connect_events program
	say program who
	expect_event program who-end - - 41
	equal "$(screen program | grep -c '^who'$'\t')" 41 "who events"
}

@test "50 clients, 200 lines each: one sequence for all, every line once" {
	[[ -n ${STRESS-} ]] || skip "STRESS is not set"
	start_server --rate 0
	run "$STRESS/order" "$PORT" 50 200
	echo "$output"
	equal "$status" 0 "the status of order"
}

@test "30 who join at once are told in a digest" {
	takes_long
	start_server
	enter alice
	come_at_once 30
	expect_match alice '\* .* joined \(31 online\)'
	expect_match alice \
		'\* guest-[0-9]+(, guest-[0-9]+)* and [0-9]+ others? joined \([0-9]+ online\)'
	# Far fewer lines than people, and the people add up.
	(($(matches alice '\* .* joined .*') < 30))
	equal "$(screen alice | awk '
		/ joined \([0-9]+ online\)$/ {
			others = 0
			line = $0
			if (match(line, / and [0-9]+ others? joined/)) {
				others = substr(line, RSTART + 5) + 0
				line = substr(line, 1, RSTART - 1)
			}
			sum += others + gsub(/guest-/, "", line)
		}
		END { print sum }')" 30 "those who joined"

	wipe alice
	go_at_once 30
	expect_match alice '\* .* left \(1 online\)'
	expect_match alice '\* .* and [0-9]+ others? left \([0-9]+ online\)'
	(($(matches alice '\* .* left .*') < 30))
	expect_who alice alice
}

@test "a few who join one after the other are told one by one" {
	start_server
	enter alice
	local n
	for n in 2 3 4 5; do
		connect "p$n"
		expect_line alice "* ${NICK[p$n]} joined ($n online)"
	done
	for n in 5 4 3 2; do
		hang_up "p$n"
		expect_line alice "* ${NICK[p$n]} left ($((n - 1)) online)"
	done
}

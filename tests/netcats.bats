#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The programs that people have for a bare connection: netcat of three makes and
# socat.  All of them talk, leave well, and can look at the port
# without being heard.

load lib/helpers

setup() {
	start_server --greet-after 500
	enter alice
}

# Seats somebody at one of them.
seat_at() { # NAME MAKE
	case $2 in
	socat) seat "$1" socat - "TCP:127.0.0.1:$PORT" ;;
	*) seat "$1" "$2" 127.0.0.1 "$PORT" ;;
	esac
}

@test "each make: a welcome, a line, a private line, the end" {
	takes_long
	local make
	for make in nc.openbsd nc.traditional ncat socat; do
		seat_at bob "$make"
		expect_match bob '\* welcome, guest-1; 2 online; /help for help'
		say bob '/nick bob'
		expect_line bob '* guest-1 is now bob'
		say bob "by $make"
		expect_line alice "[bob] by $make"
		expect_line bob "[bob] by $make"
		say alice '/msg bob psst'
		expect_line bob '[alice -> you] psst'
		hang_up bob
		expect_line alice '* bob left (1 online)'
		wipe alice
	done
}

@test "each make in a pipe: what was said before the end is heard" {
	# Those that end their side when their input ends.
	in_a_pipe() {
		printf '/nick bob\nfrom a pipe\n' |
			timeout "$PATIENCE" "$@" >/dev/null
		expect_line alice '[bob] from a pipe'
		expect_line alice '* bob left (1 online)'
		wipe alice
	}
	in_a_pipe nc.openbsd -N 127.0.0.1 "$PORT"
	in_a_pipe nc.traditional -q 2 127.0.0.1 "$PORT"
	in_a_pipe ncat 127.0.0.1 "$PORT"
	in_a_pipe socat -t 2 - "TCP:127.0.0.1:$PORT"
}

@test "each make's look at the port is heard by nobody" {
	nc.openbsd -z 127.0.0.1 "$PORT"
	nc.traditional -z 127.0.0.1 "$PORT"
	ncat -z 127.0.0.1 "$PORT"
	socat -u OPEN:/dev/null "TCP:127.0.0.1:$PORT"
	(exec 5<>"/dev/tcp/127.0.0.1/$PORT")
	eventually "$PATIENCE" children_are 1
	say alice 'quiet here'
	expect_line alice '[alice] quiet here'
	equal "$(screen alice)" '[alice] quiet here' "what alice has read"
}

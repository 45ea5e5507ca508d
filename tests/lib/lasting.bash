# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Servers with --state: started again and again on one directory, each on a port
# of its own; ended cleanly, or all of their processes killed at once.  Loaded
# behind the helpers.
# shellcheck disable=SC2034 # what the tests use

KEPT=$BATS_TEST_TMPDIR/kept
AGE='[0-9]+ (s|min|h|d)'

# Starts a server on the directory; the first one makes it.
start_lasting() { # [OPTION...]
	start_server --rate 0 --state "$KEPT" "$@"
}

# The server ends cleanly, whoever is there.
end_lasting() {
	stop_server
	hang_up_all
}

hang_up_all() {
	local name
	for name in "${!PERSON_PID[@]}"; do
		[[ -z ${PERSON_PID[$name]} ]] || hang_up "$name"
	done
}

# SIGKILL to the parent first, so that it restarts nothing, and then to all
# others, which have no time to end by themselves.
kill_all_processes() {
	local pids
	mapfile -t pids < <(processes "$SERVER_PID")
	MURDERED=yes
	spare_server
	kill -KILL "$SERVER_PID" "${pids[@]}" 2>/dev/null || true
	wait "$SERVER_PID" 2>/dev/null || true
	eventually "$PATIENCE" no_process_of "$SERVER_PID"
	hang_up_all
}

# The server ends in that way, and another one begins.
again() { # HOW-IT-ENDS [OPTION...]
	"$1" || fail "$1 has failed" || return 1
	start_lasting "${@:2}"
}

logged() { # REGULAR-EXPRESSION
	grep -qE -- "$1" "$SERVER_LOG"
}

expect_log() { # REGULAR-EXPRESSION
	eventually "$PATIENCE" logged "$1" ||
		fail "not in the log: $1"$'\n'"$(cat "$SERVER_LOG")"
}

log_lines_are() { # NUMBER REGULAR-EXPRESSION
	equal "$(grep -cE -- "$2" "$SERVER_LOG")" "$1" \
		"the number of log lines $2" || fail "$(cat "$SERVER_LOG")"
}

role_is_new() { # ROLE OLD-PID
	local pid
	pid=$(role_pid "$1")
	[[ $pid =~ ^[0-9]+$ && $pid != "$2" ]]
}

# The files, the oldest first.
kept_files() {
	local files=("$KEPT"/chat-*.log)
	[[ ! -e ${files[0]} ]] || printf '%s\n' "${files[@]}"
}

# All records, one a line: see tests/state/dump.c.
records() {
	local files
	mapfile -t files < <(kept_files)
	"$STATE_TESTS/dump" "${files[@]}"
}

has_record() { # REGULAR-EXPRESSION
	records | grep -qE -- "$1"
}

expect_record() { # REGULAR-EXPRESSION
	eventually "$PATIENCE" has_record "$1" ||
		fail "no record: $1"$'\n'"$(records)"
}

# Where the one with this number is.
file_number() { # N
	printf '%s/chat-%08d.log' "$KEPT" "$1"
}

# Their numbers.
numbers_are() { # NUMBER...
	local file numbers=()
	for file in $(kept_files); do
		file=${file##*/chat-}
		numbers+=("$((10#${file%.log}))")
	done
	[[ ${numbers[*]} == "$*" ]]
}

# Somebody comes and reads these lines of before, and no others.
told_are() { # LINE...
	connect reader
	expect_who reader guest-1
	wipe reader
	say reader '/history 100'
	expect_match reader '\* (end of|no) history.*'
	same_lines "$(screen reader | sed -nE "s/^\[[a-z]+ $AGE ago\] //p")" \
		"$(printf '%s\n' "$@")" || return 1
	hang_up reader
}

# Without printing thousands.
same_lines() { # LINES LINES-EXPECTED
	[[ $1 == "$2" ]] || fail "other lines than expected:" \
		"$(diff <(echo "$1") <(echo "$2") | head -n 20)"
}

# Lines of nearly 4 KiB, more than a file takes.
fill_file() {
	local filler
	printf -v filler '%3950s' ''
	connect writer
	wipe writer
	seq -f "line %g ${filler// /x}" "$1" "$2" >&"${INPUT[writer]}"
	eventually "$PATIENCE" has_record "	line $2 x"
	hang_up writer
}

# --- file systems ------------------------------------------------------------

as_root() {
	((EUID == 0)) || skip 'only root can do that'
}

# A file system of its own as the directory.
mount_kept() { # TYPE OPTIONS [SOURCE]
	mkdir -p "$KEPT"
	mount -t "$1" -o "$2" "${3-none}" "$KEPT" ||
		skip 'no file system can be mounted here'
	MOUNTED=$KEPT
	chmod 700 "$KEPT"
	chown nobody "$KEPT"
}

freeze_kept() {
	fsfreeze -f "$KEPT"
	FROZEN=$KEPT
}

# However the test has ended.
thaw_kept() {
	[[ -z ${FROZEN-} ]] || fsfreeze -u "$FROZEN"
	FROZEN=''
}

unmount_kept() {
	[[ -n ${MOUNTED-} ]] || return 0
	eventually 10 umount "$MOUNTED"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --state where the disk is full, broken or hangs: the chat goes on, and what
# was said is kept as soon as that is possible.

load lib/helpers
load lib/lasting
load lib/administration

setup() {
	[[ -n ${STATE_TESTS-} ]] || skip 'STATE_TESTS is not set'
}

teardown() {
	local status=0
	thaw_kept
	clean_up || status=1
	unmount_kept || status=1
	if ((status != 0)) || [[ -z ${BATS_TEST_COMPLETED-} ]]; then
		tail -n 30 "$SERVER_LOG" 2>/dev/null || true
	fi
	return "$status"
}

# --- the disk ----------------------------------------------------------------

@test "a full disk: said once, the chat goes on, and catches up" {
	as_root
	mount_kept tmpfs size=16m
	dd if=/dev/zero of="$KEPT/filler" bs=1M count=16 status=none || true
	start_lasting
	enter alice bob
	for n in 1 2 3; do
		say alice "line $n"
		expect_line bob "[alice] line $n"
	done
	expect_log 'state-fail .*No space left'
	# It has tried again by now, and more than once.
	throughout 3 has_line bob '[alice] line 3'
	log_lines_are 1 'state-fail'
	log_lines_are 0 'state-resume'
	rm "$KEPT/filler"
	expect_log 'state-resume'
	say alice 'line 4'
	expect_line bob '[alice] line 4'
	again kill_all_processes
	log_lines_are 0 'state-lost'
	told_are 'line '{1..4}
}

@test "a disk that is full when another file should begin" {
	as_root
	mount_kept tmpfs size=14m
	start_lasting
	enter alice
	fill_file 1 2300
	expect_log 'state-roll-fail .*No space left'
	say alice 'still here'
	expect_line alice '[alice] still here'
	expect_record 'still here'
	throughout 3 has_line alice '[alice] still here'
	log_lines_are 1 'state-roll-fail'
	log_lines_are 0 'state-(fail|lost|behind)'
	numbers_are 1
	again kill_all_processes
	equal "$(records | grep -ac '	line [0-9]* x')" 2300
	has_record 'still here'
}

# A disk that can be frozen: a file system in a file.
mount_disk() {
	local image=$BATS_TEST_TMPDIR/image
	as_root
	command -v mkfs.ext4 fsfreeze >/dev/null || skip 'no ext4 here'
	truncate -s 64M "$image"
	mkfs.ext4 -qF "$image"
	mount_kept ext4 loop "$image"
	rmdir "$KEPT/lost+found"
	fsfreeze -f "$KEPT" || skip 'file systems cannot be frozen here'
	fsfreeze -u "$KEPT"
}

# The process waits in the kernel for what no signal can end.
hangs() { # PID
	local line
	{ read -r line <"/proc/$1/stat"; } 2>/dev/null &&
		[[ ${line##*) } == D* ]]
}

@test "a disk that hangs: the chat goes on after a second, and catches up" {
	local disk before
	mount_disk
	start_lasting
	enter alice bob
	say alice 'before'
	expect_line bob '[alice] before'
	disk=$(role_pid disk)
	freeze_kept
	before=$(now_ms)
	say alice 'line 1'
	expect_line bob '[alice] line 1'
	(($(now_ms) - before >= 900)) || fail 'it has not waited for the disk'
	eventually "$PATIENCE" hangs "$disk"
	expect_log 'state-behind'
	# From here on it does not wait.
	before=$(now_ms)
	for n in 2 3 4 5 6 7 8 9; do
		say alice "line $n"
		expect_line bob "[alice] line $n"
	done
	(($(now_ms) - before < 4000)) || fail 'each line has waited'
	expect_counter state_ok 0
	log_lines_are 1 'state-behind'
	thaw_kept
	expect_log 'state-caught-up'
	expect_counter state_ok 1
	equal "$(role_pid disk)" "$disk"
	again kill_all_processes
	log_lines_are 0 'state-(lost|cut)'
	told_are before 'line '{1..9}
}

@test "SIGTERM while the disk hangs: the server ends, none begins before it goes on" {
	local disk sync
	mount_disk
	start_lasting
	enter alice
	say alice 'said before'
	expect_line alice '[alice] said before'
	disk=$(role_pid disk)
	sync=$(role_pid sync)
	freeze_kept
	say alice 'said while it hangs'
	expect_line alice '[alice] said while it hangs'
	eventually "$PATIENCE" hangs "$disk"
	local before
	before=$(now_ms)
	stop_server
	expect_log "stuck pid=$disk"
	# Nothing is left but what hangs.
	eventually 2 ended "$sync" || hangs "$sync"
	for pid in $(processes "$SERVER_PID"); do
		[[ $pid == "$disk" || $pid == "$sync" ]] ||
			fail "left: $(cat "/proc/$pid/comm")"
	done
	hang_up_all
	local first=$SERVER_PID status=0
	launch_server -Port 0 --state "$KEPT"
	spare_server
	eventually 5 ended "$SERVER_PID"
	wait "$SERVER_PID" || status=$?
	equal "$status" 75
	contains "$(cat "$SERVER_LOG")" "another server uses $KEPT"
	thaw_kept
	eventually "$PATIENCE" ended "$disk"
	eventually "$PATIENCE" no_process_of "$first"
	# What was said while the log had "state-behind" is lost.
	start_lasting
	told_are 'said before'
}

@test "an upgrade while the disk hangs: the chat goes on, and is kept later" {
	local disk
	[[ -n ${UPGRADES-} ]] || skip 'UPGRADES is not set'
	mount_disk
	start_lasting
	enter alice bob
	disk=$(role_pid disk)
	freeze_kept
	say alice 'said while it hangs'
	expect_line bob '[alice] said while it hangs'
	eventually "$PATIENCE" hangs "$disk"
	kill -HUP "$SERVER_PID"
	expect_log 'upgrade version='
	say alice 'said after the upgrade'
	expect_line bob '[alice] said after the upgrade'
	thaw_kept
	expect_log 'state-caught-up'
	eventually "$PATIENCE" ended "$disk"
	again kill_all_processes
	told_are 'said while it hangs' 'said after the upgrade'
}

# --- errors ------------------------------------------------------------------

# Calls of a process fail, or are written down, until it ends.
trace() { # PID STRACE-OPTION...
	command -v strace >/dev/null || skip 'no strace here'
	TRACE=$BATS_TEST_TMPDIR/trace
	seat strace strace -f -o "$TRACE" -p "$@"
	eventually "$PATIENCE" is_traced "$1" || skip 'nothing can be traced here'
}

is_traced() { # PID
	grep -q '^TracerPid:[[:space:]]*[1-9]' "/proc/$1/status"
}

@test "a disk that breaks while it is written: another file, and nothing lost" {
	# A call that strace has fail has no number that the sandbox would know.
	start_lasting --no-sandbox
	enter alice bob
	say alice 'line 1'
	expect_line bob '[alice] line 1'
	trace "$(role_pid disk)" -e trace=pwrite64 \
		-e inject=pwrite64:error=EIO:when=1..2
	for n in 2 3 4; do
		say alice "line $n"
		expect_line bob "[alice] line $n"
	done
	expect_log 'state-fail .*Input/output error'
	expect_log 'state-resume'
	hang_up strace
	say alice 'line 5'
	expect_line bob '[alice] line 5'
	again kill_all_processes --no-sandbox
	log_lines_are 0 'state-(lost|hole|aside)'
	told_are 'line '{1..5}
}

@test "a sync that fails: what the disk may have lost is written again" {
	start_lasting --no-sandbox
	enter alice bob
	say alice 'line 1'
	expect_line bob '[alice] line 1'
	trace "$(role_pid sync)" -e trace=fdatasync \
		-e inject=fdatasync:error=EIO:when=1
	say alice 'line 2'
	expect_line bob '[alice] line 2'
	expect_log 'sync-fail .*Input/output error'
	hang_up strace
	say alice 'line 3'
	expect_line bob '[alice] line 3'
	eventually "$PATIENCE" numbers_are 1 2
	say alice 'line 4'
	expect_line bob '[alice] line 4'
	again kill_all_processes --no-sandbox
	log_lines_are 0 'state-(lost|hole|aside)'
	told_are 'line '{1..4}
}

@test "a directory that cannot be read at a restart of the disk: it tries again" {
	local disk
	as_root
	start_lasting
	enter alice bob
	say alice 'line 1'
	expect_line bob '[alice] line 1'
	# No descriptor is left for its files.
	disk=$(role_pid disk)
	mv "$(file_number 1)" "$BATS_TEST_TMPDIR/away"
	cp "$BATS_TEST_TMPDIR/away" "$(file_number 1)"
	chown root "$(file_number 1)"
	chmod 600 "$(file_number 1)"
	kill -KILL "$disk"
	expect_log 'state-fail .*Permission denied'
	say alice 'line 2'
	expect_line bob '[alice] line 2'
	chown nobody "$(file_number 1)"
	expect_log 'state-resume'
	again kill_all_processes
	told_are 'line 1' 'line 2'
}

@test "--sync 0: each line is on the disk before anybody reads it" {
	start_lasting --sync 0
	equal "$(role_pid sync)" ''
	enter alice bob
	trace "$(role_pid disk)" -e trace=pwrite64,fdatasync,sendto
	for n in 1 2 3 4 5; do
		say alice "line $n"
		expect_line bob "[alice] line $n"
	done
	hang_up strace
	# Written, synced, and only then the relay is told.
	equal "$(sed -nE 's/^[0-9]+ +([a-z0-9]+)\(.*/\1/p' "$TRACE" | uniq |
		head -n 15 | paste -sd ' ')" "$(for n in 1 2 3 4 5; do
		echo pwrite64 fdatasync sendto
	done | paste -sd ' ')"
	again kill_all_processes
	told_are 'line '{1..5}
}

# What --status says of the disk.
condition_is() { # WORD
	[[ $("$SERVER" --status --json -Port "$PORT" |
		jq -r .state_condition) == "$1" ]]
}

@test "a disk that hangs: the chat goes on, and --status says so until it is back" {
	local disk
	start_lasting
	enter alice bob
	for way in goes_on relay_is_killed is_killed; do
		disk=$(role_pid disk)
		kill -STOP "$disk"
		say alice "hangs: $way"
		expect_line bob "[alice] hangs: $way"
		condition_is behind
		"$way" "$disk"
		eventually "$PATIENCE" condition_is ok
	done
	log_lines_are 3 state-behind
	again kill_all_processes
	told_are 'hangs: goes_on' 'hangs: relay_is_killed' 'hangs: is_killed'
}

goes_on() { # DISK
	kill -CONT "$1"
	eventually "$PATIENCE" condition_is ok
}

relay_is_killed() { # DISK
	local relay
	relay=$(role_pid relay)
	kill -KILL "$relay"
	eventually "$PATIENCE" role_is_new relay "$relay"
	kill -CONT "$1"
}

is_killed() { # DISK
	kill -KILL "$1"
	eventually "$PATIENCE" role_is_new disk "$1"
}

@test "an upgrade to a program with other frames goes on to keep" {
	[[ -n ${UPGRADES-} ]] || skip 'UPGRADES is not set'
	local place=$BATS_TEST_TMPDIR/program
	cp "$SERVER" "$place"
	SERVER=$place start_lasting
	enter alice dave
	say alice 'before'
	# The log is longer than the one that is made of the files.
	for n in 1 2 3 4 5 6 7 8 9; do
		say alice "/msg dave $n"
	done
	expect_line dave '[alice -> you] 9'
	cp "$UPGRADES/chatserver-other" "$place.new"
	mv "$place.new" "$place"
	kill -HUP "$SERVER_PID"
	expect_log ' upgrade version='
	expect_disconnected alice
	enter bob
	say bob 'behind it'
	expect_line bob '[bob] behind it'
	again kill_all_processes
	connect carol
	expect_match carol "\[alice $AGE ago\] before"
	expect_match carol "\[bob $AGE ago\] behind it"
}

/* SPDX-License-Identifier: MIT */
/* Tests of ipc/eventlog.c: whenever its writer is killed, the log is whole.
 * Runs in: nothing but tests. */
#include "ipc/eventlog.h"

#include <signal.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "tests/unit/eventlog_rig.h"
#include "tests/unit/processes.h"
#include "tests/unit/unit.h"

/* Of the writer that is killed. */
static struct shared {
	_Atomic uint64_t done; /* ids up to this have been returned */
	_Atomic uint32_t ready;
} * shared;

static pid_t start_writer(void)
{
	pid_t pid;

	atomic_store(&shared->ready, 0);
	pid = fork_child();
	if (pid != 0)
		return pid;
	if (eventlog_open(&elog, fd, SLOTS, &rooms) == -1)
		_exit(1);
	atomic_store(&shared->ready, 1);
	while (append())
		atomic_store(&shared->done, elog.next_id - 1);
	_exit(1);
}

/* A writer that appends as fast as it can, until it is killed somewhere. */
static void kill_writer(bool early)
{
	int64_t until = clock_monotonic_ms() + 20000;
	uint64_t done = atomic_load(&shared->done);
	int status;
	pid_t pid;

	eventlog_close(&elog);
	pid = start_writer();
	CHECK(pid > 0);
	while (!early && atomic_load(&shared->done) == done &&
		waitpid(pid, &status, WNOHANG) == 0) {
		CHECK(clock_monotonic_ms() < until);
		nap();
	}
	spin(chance(early ? 300000 : 30000));
	kill(pid, SIGKILL);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECKF(WIFSIGNALED(status), "the writer gave up: %d", status);

	CHECK(eventlog_open(&elog, fd, SLOTS, &rooms) == 0);
	/* What it had been told is in the log is there, and at most the one
	 * it was about to be told of. */
	done = atomic_load(&shared->done);
	CHECKF(elog.next_id == done + 1 || elog.next_id == done + 2,
		"next id %llu after %llu", (unsigned long long)elog.next_id,
		(unsigned long long)done);
	check_state();
	if (!UNIT_FAILED)
		check_entries(early);
	atomic_store(&shared->done, elog.next_id - 1);
}

/* So many rounds; on a busy machine fewer, but enough to hit all there is. */
static void kills(enum sizes s, int rounds)
{
	int64_t until = clock_monotonic_ms() + 2500;
	uint64_t before;
	int i = 0;

	begin(s);
	while (eventlog_tail(&elog) == 0) /* each append gives up old ones */
		CHECK(append());
	before = elog.next_id;
	atomic_store(&shared->done, before - 1);
	for (; i < rounds && !UNIT_FAILED; i++) {
		if (i >= 50 && clock_monotonic_ms() >= until)
			break;
		kill_writer(i % 10 == 9);
	}
	printf("# %d writers killed\n", i);
	CHECK(elog.next_id - before > (uint64_t)i);
}

static void killed_writers(void)
{
	kills(SIZES_ALL, 200);
}

static void killed_small_writers(void)
{
	kills(SIZES_SMALL, 500);
}

int main(void)
{
	alarm(90); /* instead of waiting for ever */
	make_noise();
	shared = shared_memory(sizeof(*shared));

	RUN(killed_writers, "killed writers, entries of all sizes");
	RUN(killed_small_writers, "killed writers, small entries");
	end();
	return unit_end();
}

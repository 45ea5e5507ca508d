/* SPDX-License-Identifier: MIT */
/* Tests of ipc/table.c: slots that are processes, which race and are killed.
 * Runs in: nothing but tests. */
#include "ipc/table.h"

#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "tests/unit/chance.h"
#include "tests/unit/processes.h"
#include "tests/unit/table_rig.h"
#include "tests/unit/unit.h"

#define CROWD   8
#define VICTIMS 3

/* What processes share besides the table. */
static struct shared {
	_Atomic uint32_t round;   /* that may begin */
	_Atomic uint32_t done;    /* how many are through with it */
	_Atomic uint32_t winners; /* of it */
	_Atomic uint32_t entered;
	_Atomic uint32_t actions[VICTIMS];
} * shared;

static bool begin_shared(uint32_t capacity)
{
	if (shared == NULL)
		shared = shared_memory(sizeof(*shared));
	if (shared == NULL)
		return false;
	memset(shared, 0, sizeof(*shared));
	return begin(capacity);
}

/* Forks a child into a slot. */
static pid_t start(void (*run)(uint32_t slot), uint32_t slot)
{
	pid_t pid;

	table_assign(&t, slot, "x");
	pid = fork_child();
	if (pid == 0) {
		if (table_enter(&t, slot) == -1)
			_exit(1);
		atomic_fetch_add(&shared->entered, 1);
		run(slot);
		_exit(0);
	}
	return pid;
}

/* What the parent does about a death. */
static bool bury(pid_t pid, uint32_t slot)
{
	bool held;

	await_death(pid);
	held = lock_repair(t.lock, slot + 1);
	table_release(&t, slot);
	waitpid(pid, NULL, 0);
	return held;
}

static void write_own(uint32_t slot)
{
	char buf[NAME_MAX_BYTES];

	table_join(&t, slot, "", 0, buf);
	table_claim(&t, slot, "alice", 5);
	table_settle(&t, slot, true);
}

static void write_roster(uint32_t slot)
{
	signal(SIGSEGV, SIG_DFL);
	atomic_store(&t.roster[slot].pid, 1);
}

static void write_high(uint32_t slot)
{
	(void)slot;
	signal(SIGSEGV, SIG_DFL);
	atomic_store(t.high, 1);
}

static void enter(void)
{
	static void (*const writes[])(uint32_t) = {write_roster, write_high};
	int64_t until = clock_monotonic_ms() + 20;
	int status;
	pid_t pid;

	CHECK(begin_shared(10));
	pid = start(write_own, 3);
	/* Not before its pid is there. */
	while (clock_monotonic_ms() < until) {
		CHECK_EQ(atomic_load(&shared->entered), 0);
		nap();
	}
	table_set_pid(&t, 3, pid + 1);
	for (until += 10; clock_monotonic_ms() < until;) {
		CHECK_EQ(atomic_load(&shared->entered), 0);
		nap();
	}
	table_set_pid(&t, 3, pid);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	CHECK(lists("alice"));

	for (int i = 0; i < 2; i++) {
		pid = start(writes[i], 4);
		table_set_pid(&t, 4, pid);
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	}
	CHECK(atomic_load(&t.roster[4].pid) == pid);
	CHECK_EQ(atomic_load(t.high), 5);
}

#define RACES 500

/* Claims the name of each round at the same moment as the others, in a case
 * of its own. */
static void race(uint32_t slot)
{
	char buf[NAME_MAX_BYTES];

	table_join(&t, slot, "", 0, buf);
	for (uint32_t round = 1; round <= RACES; round++) {
		char wanted[32];
		bool won;

		snprintf(wanted, sizeof(wanted), slot % 2 ? "r%x" : "R%X",
			round);
		while (atomic_load(&shared->round) < round)
			sched_yield();
		won = claim(slot, wanted);
		if (won)
			atomic_fetch_add(&shared->winners, 1);
		atomic_fetch_add(&shared->done, 1);
		while (atomic_load(&shared->done) < round * CROWD)
			sched_yield();
		if (won)
			table_settle(&t, slot, round % 2 == 0);
	}
}

static void one_race(uint32_t round)
{
	int64_t until = clock_monotonic_ms() + 20000;

	atomic_store(&shared->winners, 0);
	atomic_store(&shared->round, round);
	while (atomic_load(&shared->done) < round * CROWD) {
		CHECKF(clock_monotonic_ms() < until, "round %u", round);
		nap();
	}
	CHECKF(atomic_load(&shared->winners) == 1, "round %u: %u winners",
		round, atomic_load(&shared->winners));
}

static void races(void)
{
	pid_t pids[CROWD];

	/* A large table, so that looking takes long enough to be overtaken. */
	CHECK(begin_shared(USERS_MAX));
	table_assign(&t, USERS_MAX - 1, "x");
	for (uint32_t i = 0; i < CROWD; i++) {
		pids[i] = start(race, i);
		table_set_pid(&t, i, pids[i]);
	}
	for (uint32_t round = 1; round <= RACES && !UNIT_FAILED; round++)
		one_race(round);
	for (uint32_t i = 0; i < CROWD; i++) {
		if (UNIT_FAILED)
			kill(pids[i], SIGKILL);
		bury(pids[i], i);
	}
}

/* Joins, claims and settles for ever; its names are its own, but for one that
 * all of them want. */
static void rename_for_ever(uint32_t slot)
{
	char buf[NAME_MAX_BYTES];

	chance_differ(slot + (uint64_t)getpid() * 7919);
	table_join(&t, slot, "", 0, buf);
	for (;;) {
		uint64_t n = chance(5);

		snprintf(buf, sizeof(buf), "v%u-%u", n == 4 ? 9u : slot,
			(unsigned)n);
		atomic_fetch_add(&shared->actions[slot], 1);
		if (claim(slot, buf))
			table_settle(&t, slot, chance(2) == 0);
	}
}

/* How many times a kill came at a moment that matters. */
static struct {
	unsigned int kills, held, claims;
} hits;

static void kill_one(uint32_t slot, pid_t *pid)
{
	uint32_t begun = atomic_load(&shared->actions[slot]);
	int64_t until = clock_monotonic_ms() + 20000;
	char mine[32];

	while (atomic_load(&shared->actions[slot]) - begun < 3) {
		CHECKF(clock_monotonic_ms() < until, "no progress");
		nap();
	}
	spin(chance(10000));
	kill(*pid, SIGKILL);
	await_death(*pid);
	hits.kills++;
	hits.claims += atomic_load(&t.keys[0][slot]) != 0 &&
		       atomic_load(&t.keys[1][slot]) != 0;
	hits.held += bury(*pid, slot);
	CHECK(atomic_load(&t.keys[0][slot]) == 0);
	CHECK(atomic_load(&t.keys[1][slot]) == 0);
	for (unsigned n = 0; n < 4; n++) {
		snprintf(mine, sizeof(mine), "V%u-%u", slot, n);
		CHECKF(is_free(VICTIMS, mine), "%s is held", mine);
	}
	*pid = start(rename_for_ever, slot);
	table_set_pid(&t, slot, *pid);
}

static void kills(void)
{
	int64_t began = clock_monotonic_ms(), ms = 0;
	pid_t pids[VICTIMS];

	CHECK(begin_shared(VICTIMS + 1));
	join(VICTIMS); /* the one that looks */
	for (uint32_t i = 0; i < VICTIMS; i++) {
		pids[i] = start(rename_for_ever, i);
		table_set_pid(&t, i, pids[i]);
	}
	/* On a busy machine longer, until it has hit where it hurts. */
	while (hits.kills < 1000 && ms < 20000 && !UNIT_FAILED &&
		(ms < 1500 || hits.kills < 100 || hits.held < 5 ||
			hits.claims < 5)) {
		uint32_t slot = (uint32_t)chance(VICTIMS);

		kill_one(slot, &pids[slot]);
		ms = clock_monotonic_ms() - began;
	}
	for (uint32_t i = 0; i < VICTIMS; i++) {
		kill(pids[i], SIGKILL);
		bury(pids[i], i);
	}
	if (UNIT_FAILED)
		return;
	CHECK_EQ(table_online(&t), 1);
	CHECK(is_free(VICTIMS, "v9-4"));
	CHECK(atomic_load(&t.lock->owner) == 0);
	printf("# %u kills, %u of holders, %u of claimants\n", hits.kills,
		hits.held, hits.claims);
	CHECK(hits.kills >= 100 && hits.held >= 1 && hits.claims >= 5);
}

static void settle_for_ever(uint32_t slot)
{
	char buf[NAME_MAX_BYTES];

	table_join(&t, slot, "", 0, buf);
	for (uint32_t i = 0;; i++) {
		snprintf(buf, sizeof(buf), "name-%u", i % 2);
		if (claim(slot, buf))
			table_settle(&t, slot, true);
		atomic_fetch_add(&shared->actions[slot], 1);
	}
}

/* Who is renamed while somebody looks is there all the same, once. */
static void who_during_renames(void)
{
	int64_t until = clock_monotonic_ms() + 2000;
	uint32_t missing = 0, doubled = 0, uncounted = 0;
	pid_t pid;

	CHECK(begin_shared(2));
	pid = start(settle_for_ever, 0);
	table_set_pid(&t, 0, pid);
	while (atomic_load(&shared->actions[0]) < 1)
		nap();
	while (clock_monotonic_ms() < until &&
		atomic_load(&shared->actions[0]) < 200000) {
		const char *names = list();

		missing += names[0] == '\0';
		doubled += strchr(names, ',') != NULL;
		uncounted += table_online(&t) != 1;
	}
	kill(pid, SIGKILL);
	bury(pid, 0);
	CHECK(atomic_load(&shared->actions[0]) > 100);
	CHECKF(missing == 0 && doubled == 0 && uncounted == 0,
		"%u times not listed, %u twice, %u not counted", missing,
		doubled, uncounted);
}

int main(void)
{
	alarm(60); /* instead of waiting for ever */
	RUN(enter, "a child waits for its pid, and cannot write the roster");
	RUN(races, "8 processes claim one name, 500 times");
	RUN(who_during_renames, "who is renamed is listed all the while");
	RUN(kills, "processes killed while they claim and settle");
	drop_table();
	return unit_end();
}

/* SPDX-License-Identifier: MIT */
/* Tests of ipc/lock.c: whoever is killed, and always somebody, the others go
 * on.
 * Runs in: nothing but tests. */
#include "ipc/lock.h"

#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "tests/unit/chance.h"
#include "tests/unit/lock_rig.h"
#include "tests/unit/unit.h"

#define STORM 4 /* so many are there, and killed */

static pid_t pids[STORM];

/* Holds the lock until it is told to stop. */
static void hold_a_while(uint32_t id)
{
	lock_acquire(&s->lock, id);
	atomic_store(&s->stage, id);
	while (!atomic_load(&s->stop))
		sched_yield();
	lock_release(&s->lock);
}

static void killed_holder(void)
{
	pid_t holder;

	CHECK(begin());
	for (int i = 0; i < 20; i++) {
		atomic_store(&s->stage, 0);
		holder = start(hold, 1);
		CHECK(await_stage(1, 10000));
		/* Somebody else's death takes nothing away from it. */
		CHECK(!lock_repair(&s->lock, 2));
		CHECK_EQ(atomic_load(&s->lock.owner), 1);
		CHECK(kill_and_bury(holder, 1));
		CHECK_EQ(atomic_load(&s->lock.owner), 0);
		CHECK(tokens() == 1);
		CHECK(!lock_repair(&s->lock, 1));
		CHECK(is_usable());
	}
}

static void killed_holder_with_waiters(void)
{
	pid_t holder, waiters[3];

	CHECK(begin());
	for (int i = 0; i < 20; i++) {
		atomic_store(&s->stage, 0);
		atomic_store(&s->rounds, 0);
		holder = start(hold, 1);
		CHECK(await_stage(1, 10000));
		for (uint32_t k = 0; k < 3; k++) {
			waiters[k] = start(visit, 11 + k);
			CHECK(await_state(waiters[k], 'S'));
		}
		CHECK_EQ(atomic_load(&s->rounds), 0);
		CHECK(kill_and_bury(holder, 1));
		for (int64_t until = clock_monotonic_ms() + SOON_MS;
			atomic_load(&s->rounds) < 3;) {
			CHECK(clock_monotonic_ms() < until);
			nap();
		}
		for (uint32_t k = 0; k < 3; k++)
			waitpid(waiters[k], NULL, 0);
		CHECK_EQ(atomic_load(&s->broken), 0);
	}
}

/* One of two who wait is killed while it sleeps, or just as it is woken. */
static void killed_waiter(void)
{
	pid_t holder, victim, other;

	CHECK(begin());
	for (int i = 0; i < 60; i++) {
		bool early = i % 2 == 0;

		atomic_store(&s->stage, 0);
		atomic_store(&s->stop, false);
		holder = start(hold_a_while, 1);
		CHECK(await_stage(1, 10000));
		victim = start(take_once, 2);
		CHECK(await_state(victim, 'S'));
		other = start(take_once, 3);
		CHECK(await_state(other, 'S'));
		CHECK_EQ(atomic_load(&s->stage), 1);
		if (early)
			CHECK(!kill_and_bury(victim, 2));
		atomic_store(&s->stop, true);
		if (!early)
			kill_and_bury(victim, 2);
		CHECKF(await_stage(3, SOON_MS), "round %d", i);
		waitpid(holder, NULL, 0);
		waitpid(other, NULL, 0);
		CHECK(is_usable());
	}
}

/* A waiter that dies with the token in its hands, before it owns the lock. */
static void lost_token(void)
{
	int64_t began;

	CHECK(begin());
	CHECK(sem_trywait(&s->lock.sem) == 0);
	CHECK(!is_usable()); /* or the rest would prove nothing */
	CHECK(!lock_repair(&s->lock, 2));
	CHECK(tokens() == 1);
	CHECK(is_usable());

	/* Without a parent that sees to it: after a second. */
	CHECK(sem_trywait(&s->lock.sem) == 0);
	began = clock_monotonic_ms();
	lock_acquire(&s->lock, 1);
	CHECK(clock_monotonic_ms() - began >= 900);
	lock_release(&s->lock);
	CHECK(tokens() == 1);
}

static void visit_for_ever(uint32_t id)
{
	for (;;)
		visit(id);
}

/* What the journal is for, in this example: the parent puts right what a dead
 * holder has left half done. */
static void undo(uint32_t id)
{
	if (atomic_load(&s->lock.owner) != id)
		return;
	s->second = s->first;
	s->inside = 0;
}

/* Nobody goes on, and nobody could: asleep, one and all. */
static bool is_stuck(uint32_t since)
{
	for (uint32_t i = 0; i < STORM; i++) {
		if (state_of(pids[i]) != 'S')
			return false;
	}
	return atomic_load(&s->rounds) == since;
}

/* Waits until the others have gone on since the last death. */
static void await_progress(uint32_t since)
{
	int64_t began = clock_monotonic_ms();

	while (atomic_load(&s->rounds) - since < STORM) {
		int64_t ms = clock_monotonic_ms() - began;

		CHECKF(ms < SOON_MS || !is_stuck(since), "a deadlock");
		CHECKF(ms < 20000, "no progress");
		nap();
	}
}

/* Whoever holds the lock now, or anybody. */
static uint32_t choose_victim(void)
{
	uint32_t owner = atomic_load(&s->lock.owner);

	return owner != 0 && chance(2) == 0 ? owner - 1
					    : (uint32_t)chance(STORM);
}

static bool kill_one(uint32_t victim)
{
	kill(pids[victim], SIGKILL);
	await_death(pids[victim]);
	undo(victim + 1);
	return bury(pids[victim], victim + 1);
}

static void kill_storm(void)
{
	int64_t began = clock_monotonic_ms(), ms = 0;
	unsigned int kills = 0, held = 0;

	CHECK(begin());
	for (uint32_t i = 0; i < STORM; i++)
		pids[i] = start(visit_for_ever, i + 1);
	/* On a busy machine longer, until it has hit where it hurts. */
	while (kills < 3000 && !UNIT_FAILED && ms < 20000 &&
		(ms < 2500 || kills < 100 || held < 5)) {
		uint32_t victim, since = atomic_load(&s->rounds);

		spin(chance(10000));
		victim = choose_victim();
		held += kill_one(victim);
		kills++;
		pids[victim] = start(visit_for_ever, victim + 1);
		await_progress(since);
		ms = clock_monotonic_ms() - began;
	}
	for (uint32_t i = 0; i < STORM; i++)
		kill_one(i);
	CHECK_EQ(atomic_load(&s->broken), 0);
	CHECK(tokens() == 1 && atomic_load(&s->lock.owner) == 0);
	CHECKF(kills >= 100 && held >= 5, "%u kills, %u of holders", kills,
		held);
	printf("# %u kills, %u of holders\n", kills, held);
}

int main(void)
{
	alarm(60); /* instead of waiting for ever */
	RUN(killed_holder, "a holder is killed");
	RUN(killed_holder_with_waiters, "a holder is killed, others wait");
	RUN(killed_waiter, "a waiter is killed");
	RUN(lost_token, "a token is lost between semaphore and owner");
	RUN(kill_storm, "a storm of kills");
	return unit_end();
}

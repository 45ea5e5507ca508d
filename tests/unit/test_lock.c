/* SPDX-License-Identifier: MIT */
/* Tests of ipc/lock.c: one at a time, and what the parent's tick sees to.
 * Runs in: nothing but tests. */
#include "ipc/lock.h"

#include <signal.h>
#include <unistd.h>

#include "tests/unit/lock_rig.h"
#include "tests/unit/unit.h"

#define CROWD 8

static pid_t pids[CROWD];

/* --- who is inside is alone ---------------------------------------------- */

#define VISITS 5000

static void visit_often(uint32_t id)
{
	for (int i = 0; i < VISITS; i++)
		visit(id);
}

static void alone(void)
{
	CHECK(begin());
	CHECK(tokens() == 1 && atomic_load(&s->lock.owner) == 0);
	lock_acquire(&s->lock, 5);
	CHECK(tokens() == 0 && atomic_load(&s->lock.owner) == 5);
	lock_release(&s->lock);
	CHECK(tokens() == 1 && atomic_load(&s->lock.owner) == 0);
	CHECK_EQ(atomic_load(&s->lock.acquired), 1);
}

static void crowd_is_sound(void)
{
	CHECK_EQ(s->first, CROWD * VISITS);
	CHECK_EQ(s->second, CROWD * VISITS);
	CHECK_EQ(atomic_load(&s->broken), 0);
	CHECK_EQ(atomic_load(&s->lock.acquired), CROWD * VISITS);
	CHECK_EQ(atomic_load(&s->lock.owner), 0);
}

static void crowd(void)
{
	CHECK(begin());
	for (uint32_t i = 0; i < CROWD; i++) {
		pids[i] = start(visit_often, i + 1);
		CHECK(pids[i] > 0);
	}
	for (uint32_t i = 0; i < CROWD; i++)
		waitpid(pids[i], NULL, 0);
	crowd_is_sound();
	CHECK(tokens() == 1);
}

static void visit_and_post(uint32_t id)
{
	for (int i = 0; i < VISITS; i++) {
		visit(id);
		if (i % 5 == 0 && tokens() < 3)
			sem_post(&s->lock.sem);
		if (tokens() > 1)
			atomic_fetch_add(&s->surplus, 1);
	}
}

/* More tokens than one, and a parent that repairs where there is no need. */
static void surplus_tokens(void)
{
	CHECK(begin());
	for (uint32_t i = 0; i < CROWD; i++) {
		pids[i] = start(visit_and_post, i + 1);
		CHECK(pids[i] > 0);
	}
	while (atomic_load(&s->rounds) < CROWD * VISITS) {
		lock_repair(&s->lock, CROWD + 1);
		nap();
	}
	for (uint32_t i = 0; i < CROWD; i++)
		waitpid(pids[i], NULL, 0);
	crowd_is_sound();
	CHECK(atomic_load(&s->surplus) > 100);
}

/* --- the parent's tick --------------------------------------------------- */

static void stopped_holder(void)
{
	struct lock_watch watch = {0};
	pid_t holder;

	CHECK(begin());
	CHECK_EQ(lock_tick(&s->lock, &watch), 0);
	for (int i = 0; i < 3; i++) {
		atomic_store(&s->stage, 0);
		holder = start(hold, 7);
		CHECK(await_stage(7, 10000));
		kill(holder, SIGSTOP);
		CHECK(await_state(holder, 'T'));
		CHECK_EQ(lock_tick(&s->lock, &watch), 0); /* seen */
		CHECK_EQ(lock_tick(&s->lock, &watch), 0); /* one tick */
		CHECK_EQ(lock_tick(&s->lock, &watch), 7); /* two */
		CHECK_EQ(lock_tick(&s->lock, &watch), 7);
		CHECK(kill_and_bury(holder, 7));
		/* The next one, of the same id, starts anew: with a tick
		 * between them, and without. */
		if (i != 1)
			CHECK_EQ(lock_tick(&s->lock, &watch), 0);
		CHECK(is_usable());
	}
}

/* One that moves is not stuck, however often it is found there. */
static void busy_holder(void)
{
	struct lock_watch watch = {0};

	CHECK(begin());
	for (int i = 0; i < 20; i++) {
		lock_acquire(&s->lock, 7);
		CHECK_EQ(lock_tick(&s->lock, &watch), 0);
		if (i % 3 == 0)
			CHECK_EQ(lock_tick(&s->lock, &watch), 0);
		lock_release(&s->lock);
	}
	/* Nor is another that follows it. */
	for (uint32_t id = 1; id <= 20; id++) {
		lock_acquire(&s->lock, id);
		CHECK_EQ(lock_tick(&s->lock, &watch), 0);
		CHECK_EQ(lock_tick(&s->lock, &watch), 0);
		lock_release(&s->lock);
	}
}

static void tick_posts(void)
{
	struct lock_watch watch = {0};

	CHECK(begin());
	for (int i = 0; i < 5; i++) {
		CHECK_EQ(lock_tick(&s->lock, &watch), 0);
		CHECK(tokens() == 1); /* they do not pile up */
	}
	CHECK(sem_trywait(&s->lock.sem) == 0);
	CHECK_EQ(lock_tick(&s->lock, &watch), 0);
	CHECK(tokens() == 1);
	CHECK(is_usable());
	for (int i = 0; i < 5; i++)
		sem_post(&s->lock.sem);
	CHECK_EQ(lock_tick(&s->lock, &watch), 0);
	CHECK(tokens() == 1);
	/* A lock that is held needs no token. */
	lock_acquire(&s->lock, 1);
	CHECK_EQ(lock_tick(&s->lock, &watch), 0);
	CHECK(tokens() == 0);
	lock_release(&s->lock);
}

/* A waiter asleep beside a free lock without a token. */
static void tick_wakes(void)
{
	struct lock_watch watch = {0};
	pid_t waiter;

	CHECK(begin());
	for (int i = 0; i < 20; i++) {
		atomic_store(&s->stage, 0);
		CHECK(sem_trywait(&s->lock.sem) == 0);
		waiter = start(take_once, 2);
		CHECK(await_state(waiter, 'S'));
		CHECK_EQ(atomic_load(&s->stage), 0);
		CHECK_EQ(lock_tick(&s->lock, &watch), 0);
		CHECK(await_stage(2, SOON_MS));
		waitpid(waiter, NULL, 0);
	}
}

int main(void)
{
	alarm(60); /* instead of waiting for ever */
	RUN(alone, "one token, one owner");
	RUN(crowd, "8 processes and a counter that is not atomic");
	RUN(surplus_tokens, "the same with more tokens than one");
	RUN(stopped_holder, "a stopped holder is reported after two ticks");
	RUN(busy_holder, "a holder that moves is not reported");
	RUN(tick_posts, "a tick leaves one token at a free lock");
	RUN(tick_wakes, "a tick wakes a waiter whose token was lost");
	return unit_end();
}

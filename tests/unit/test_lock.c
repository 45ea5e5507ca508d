/* Tests of ipc/lock.c: one at a time, whoever is killed, and always somebody.
 * Runs in: nothing but tests.
 *
 * The parts of the server are played as in it: children acquire and release,
 * the parent repairs after each death and ticks. */
#include "ipc/lock.h"

#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "ipc/clock.h"
#include "tests/unit/chance.h"
#include "tests/unit/processes.h"
#include "tests/unit/unit.h"

#define CROWD 8
#define STORM 4 /* so many are there, and killed */

/* Below the second after which a waiter looks for itself: what takes longer
 * was not woken. */
#define SOON_MS 700

/* What the processes share. */
static struct shared {
	struct lock lock;
	/* Guarded by the lock.  Two counters that are equal outside of it. */
	volatile uint32_t first, second;
	volatile uint32_t inside; /* the id of who is there */
	/* Not guarded. */
	_Atomic uint32_t broken;  /* times that somebody else was there */
	_Atomic uint32_t rounds;  /* of all */
	_Atomic uint32_t surplus; /* times that there were two tokens */
	_Atomic uint32_t stage;   /* how far a child of one's own is */
	_Atomic bool stop;
} * s;

static pid_t pids[CROWD];

static bool begin(void)
{
	if (s == NULL)
		s = shared_memory(sizeof(*s));
	if (s == NULL)
		return false;
	memset(s, 0, sizeof(*s));
	return lock_init(&s->lock) == 0;
}

static int tokens(void)
{
	int n = -1;

	sem_getvalue(&s->lock.sem, &n);
	return n;
}

static pid_t start(void (*run)(uint32_t id), uint32_t id)
{
	pid_t pid = fork_child();

	if (pid != 0)
		return pid;
	run(id);
	_exit(0);
}

/* What the parent does about a death. */
static bool bury(pid_t pid, uint32_t id)
{
	bool held;

	await_death(pid);
	held = lock_repair(&s->lock, id);
	waitpid(pid, NULL, 0);
	return held;
}

static bool kill_and_bury(pid_t pid, uint32_t id)
{
	kill(pid, SIGKILL);
	return bury(pid, id);
}

/* Its state as proc(5) has it: R, S, T, ... */
static char state_of(pid_t pid)
{
	char path[64], state = '?';
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (f == NULL)
		return '?';
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = '?';
	fclose(f);
	return state;
}

static bool await_state(pid_t pid, char state)
{
	int64_t until = clock_monotonic_ms() + 10000;

	while (clock_monotonic_ms() < until) {
		if (state_of(pid) == state)
			return true;
		nap();
	}
	return false;
}

static bool await_stage(uint32_t stage, int64_t ms)
{
	int64_t until = clock_monotonic_ms() + ms;

	while (atomic_load(&s->stage) < stage) {
		if (clock_monotonic_ms() >= until)
			return false;
		nap();
	}
	return true;
}

/* --- who is inside is alone ---------------------------------------------- */

static void visit(uint32_t id)
{
	lock_acquire(&s->lock, id);
	if (s->inside != 0 || s->first != s->second)
		atomic_fetch_add(&s->broken, 1);
	s->inside = id;
	s->first = s->first + 1;
	for (volatile int i = 0; i < 500; i++)
		;
	s->second = s->second + 1;
	if (s->inside != id || atomic_load(&s->lock.owner) != id)
		atomic_fetch_add(&s->broken, 1);
	s->inside = 0;
	lock_release(&s->lock);
	atomic_fetch_add(&s->rounds, 1);
}

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

/* --- who is killed ------------------------------------------------------- */

static void hold(uint32_t id)
{
	lock_acquire(&s->lock, id);
	atomic_store(&s->stage, id);
	for (;;)
		pause();
}

/* Holds the lock until it is told to stop. */
static void hold_a_while(uint32_t id)
{
	lock_acquire(&s->lock, id);
	atomic_store(&s->stage, id);
	while (!atomic_load(&s->stop))
		sched_yield();
	lock_release(&s->lock);
}

static void take_once(uint32_t id)
{
	lock_acquire(&s->lock, id);
	atomic_store(&s->stage, id);
	lock_release(&s->lock);
}

/* Whether somebody new gets the lock, and soon. */
static bool is_usable(void)
{
	pid_t pid;
	bool soon;

	atomic_store(&s->stage, 0);
	pid = start(take_once, 99);
	soon = await_stage(99, SOON_MS);
	if (!soon)
		kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return soon;
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
	RUN(killed_holder, "a holder is killed");
	RUN(killed_holder_with_waiters, "a holder is killed, others wait");
	RUN(killed_waiter, "a waiter is killed");
	RUN(lost_token, "a token is lost between semaphore and owner");
	RUN(kill_storm, "a storm of kills");
	RUN(stopped_holder, "a stopped holder is reported after two ticks");
	RUN(busy_holder, "a holder that moves is not reported");
	RUN(tick_posts, "a tick leaves one token at a free lock");
	RUN(tick_wakes, "a tick wakes a waiter whose token was lost");
	return unit_end();
}

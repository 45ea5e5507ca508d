/* SPDX-License-Identifier: MIT */
/* A lock and those who want it, for the tests of ipc/lock.c.
 * Runs in: nothing but tests.
 *
 * The parts of the server are played as in it: children acquire and release,
 * the parent repairs after each death and ticks. */
#ifndef TESTS_UNIT_LOCK_RIG_H
#define TESTS_UNIT_LOCK_RIG_H

#include "ipc/lock.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "ipc/common/clock.h"
#include "tests/unit/processes.h"

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

static inline bool begin(void)
{
	if (s == NULL)
		s = shared_memory(sizeof(*s));
	if (s == NULL)
		return false;
	memset(s, 0, sizeof(*s));
	return lock_init(&s->lock) == 0;
}

static inline int tokens(void)
{
	int n = -1;

	sem_getvalue(&s->lock.sem, &n);
	return n;
}

static inline pid_t start(void (*run)(uint32_t id), uint32_t id)
{
	pid_t pid = fork_child();

	if (pid != 0)
		return pid;
	run(id);
	_exit(0);
}

/* What the parent does about a death. */
static inline bool bury(pid_t pid, uint32_t id)
{
	bool held;

	await_death(pid);
	held = lock_repair(&s->lock, id);
	waitpid(pid, NULL, 0);
	return held;
}

static inline bool kill_and_bury(pid_t pid, uint32_t id)
{
	kill(pid, SIGKILL);
	return bury(pid, id);
}

/* Its state as proc(5) has it: R, S, T, ... */
static inline char state_of(pid_t pid)
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

static inline bool await_state(pid_t pid, char state)
{
	int64_t until = clock_monotonic_ms() + 10000;

	while (clock_monotonic_ms() < until) {
		if (state_of(pid) == state)
			return true;
		nap();
	}
	return false;
}

static inline bool await_stage(uint32_t stage, int64_t ms)
{
	int64_t until = clock_monotonic_ms() + ms;

	while (atomic_load(&s->stage) < stage) {
		if (clock_monotonic_ms() >= until)
			return false;
		nap();
	}
	return true;
}

/* Goes in, and sees that nobody else is there. */
static inline void visit(uint32_t id)
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

/* Goes in and stays there. */
static inline void hold(uint32_t id)
{
	lock_acquire(&s->lock, id);
	atomic_store(&s->stage, id);
	for (;;)
		pause();
}

static inline void take_once(uint32_t id)
{
	lock_acquire(&s->lock, id);
	atomic_store(&s->stage, id);
	lock_release(&s->lock);
}

/* Whether somebody new gets the lock, and soon. */
static inline bool is_usable(void)
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

#endif

/* SPDX-License-Identifier: MIT */
/* The lock of the user table: a semaphore to queue on, a word to own.
 * Runs in: child (acquire, release), parent (init, repair, tick).
 *
 * Exclusion rests on the compare-and-swap alone, so surplus tokens never
 * break it.  Liveness: where owner is 0, a token is in the semaphore or held by
 * a live process; a death destroys at most one, and the parent posts after each
 * death. */
#include "ipc/lock.h"

#include <errno.h>
#include <time.h>

/* A backstop only, with no known need: the parent posts after each death. */
#define BACKSTOP_SECONDS 1

/* Ticks without a move after which an owner counts as stuck. */
#define STUCK_TICKS 2

/* More tokens than honest processes can leave. */
#define DRAIN_MAX 1024

int lock_init(struct lock *lock)
{
	atomic_store(&lock->owner, 0);
	atomic_store(&lock->acquired, 0);
	return sem_init(&lock->sem, 1, 1);
}

/* Takes a token, or waits for one; continues without after the backstop. */
static void take_token(struct lock *lock)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += BACKSTOP_SECONDS;
	while (sem_clockwait(&lock->sem, CLOCK_MONOTONIC, &until) == -1) {
		if (errno == ETIMEDOUT) {
			/* A token whose wake-up was lost is still there. */
			sem_trywait(&lock->sem);
			return;
		}
	}
}

void lock_acquire(struct lock *lock, uint32_t id)
{
	uint32_t free_owner;

	do {
		take_token(lock);
		free_owner = 0;
		/* Taken and recorded in one instruction.  Where another owns
		 * it this token was surplus: it is dropped, and the owner, or
		 * the parent for it, will post. */
	} while (
		!atomic_compare_exchange_strong(&lock->owner, &free_owner, id));
	atomic_fetch_add_explicit(&lock->acquired, 1, memory_order_relaxed);
}

void lock_release(struct lock *lock)
{
	atomic_store_explicit(&lock->owner, 0, memory_order_release);
	sem_post(&lock->sem);
}

/* One token and one forced wake-up; safe at any time. */
static void repost(struct lock *lock)
{
	/* Surplus tokens do no harm; a compromised child could fill the
	 * semaphore, and must not keep the parent here. */
	for (int i = 0; i < DRAIN_MAX && sem_trywait(&lock->sem) == 0; i++)
		;
	sem_post(&lock->sem);
}

bool lock_repair(struct lock *lock, uint32_t id)
{
	uint32_t owner = id;
	bool held = atomic_compare_exchange_strong(&lock->owner, &owner, 0);

	repost(lock);
	return held;
}

uint32_t lock_tick(struct lock *lock, struct lock_watch *watch)
{
	uint32_t owner = atomic_load(&lock->owner);
	uint32_t acquired = atomic_load(&lock->acquired);

	if (owner == 0) {
		repost(lock);
		watch->ticks = 0;
	} else if (owner == watch->owner && acquired == watch->acquired) {
		watch->ticks++;
	} else {
		watch->ticks = 0;
	}
	watch->owner = owner;
	watch->acquired = acquired;
	return watch->ticks >= STUCK_TICKS ? owner : 0;
}

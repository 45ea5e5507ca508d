/* SPDX-License-Identifier: MIT */
/* The lock as a plain semaphore, which nobody can repair: linked into a server
 * of its own in place of ipc/lock.c, so that the tests can show that they
 * find what it breaks.
 * Runs in: child, parent; never outside the tests. */
#include "ipc/lock.h"

int lock_init(struct lock *lock)
{
	return sem_init(&lock->sem, 1, 1);
}

void lock_acquire(struct lock *lock, uint32_t id)
{
	(void)id;
	while (sem_wait(&lock->sem) == -1)
		;
}

void lock_release(struct lock *lock)
{
	sem_post(&lock->sem);
}

bool lock_repair(struct lock *lock, uint32_t id)
{
	(void)lock;
	(void)id;
	return false;
}

uint32_t lock_tick(struct lock *lock, struct lock_watch *watch)
{
	(void)lock;
	(void)watch;
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* The real lock with a repair that does less than it should.  The tests must
 * find what this breaks, or they would prove nothing about the real one.
 * Runs in: the tests of the lock; never outside them.
 *
 * The environment's MUTANT says which:
 *     no-post       the token and the wake-up are not put back
 *     post-owner    only after the death of who owned the lock
 *     post-missing  only where no token can be seen */
#include "ipc/lock.h"

#include <stdlib.h>
#include <string.h>

/* All else is the real code: its repair has another name here. */
bool real_lock_repair(struct lock *lock, uint32_t id);
#define lock_repair real_lock_repair
#include "ipc/lock.c" /* NOLINT(bugprone-suspicious-include) */
#undef lock_repair

static bool does_post(const char *mutant, struct lock *lock, bool held)
{
	int tokens = 0;

	if (strcmp(mutant, "no-post") == 0)
		return false;
	if (strcmp(mutant, "post-owner") == 0)
		return held;
	if (strcmp(mutant, "post-missing") == 0)
		return sem_getvalue(&lock->sem, &tokens) == 0 && tokens == 0;
	abort();
}

bool lock_repair(struct lock *lock, uint32_t id)
{
	const char *mutant = getenv("MUTANT");
	uint32_t owner = id;
	bool held = atomic_compare_exchange_strong(&lock->owner, &owner, 0);

	if (does_post(mutant != NULL ? mutant : "", lock, held))
		repost(lock);
	return held;
}

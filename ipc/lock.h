/* SPDX-License-Identifier: MIT */
/* A lock between processes of which any may be killed at any instruction.
 *
 * The POSIX semaphore is only the queue; the lock is the word "owner", taken
 * and recorded by one compare-and-swap.  A kill can destroy a token or a
 * wake-up of the semaphore, never the knowledge of who holds the lock; the
 * parent, which sees every death, puts owner and token right again.
 *
 *
 *     acquire(me):  repeat  take a token, waiting at most 1 s
 *                   until   CAS(owner, 0 -> me)
 *     release:      owner = 0; post
 *     repair(d):    CAS(owner, d -> 0), for each child d that died, whoever
 *                   it was; drain all tokens, post one, force one wake-up
 *     tick:         owner is 0: drain and post; owner and count have not
 *                   moved for 2 ticks: the parent kills the owner
 *
 * The parent never acquires the lock, so it can never wait for it.  Whoever
 * holds it only scans and copies memory: no I/O, no logging, no other wait. */
#ifndef IPC_LOCK_H
#define IPC_LOCK_H

#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Lives in shared memory.  Ids are 1 and up; owner 0 means free. */
struct lock {
	sem_t sem;
	_Atomic uint32_t owner;
	_Atomic uint32_t acquired; /* how often: shows that a holder moves */
};

/* What the parent's watchdog saw the last time; starts as zeros. */
struct lock_watch {
	uint32_t owner, acquired;
	unsigned int ticks; /* for which both stood still */
};

/* Before the first fork.  0, or -1 with errno of sem_init(3). */
int lock_init(struct lock *lock);

/* Blocks until the caller, known as id, holds the lock. */
void lock_acquire(struct lock *lock, uint32_t id);

void lock_release(struct lock *lock);

/* The parent, for each child that died, while its pid is still reserved
 * (waitid with WNOWAIT, before waitpid): frees the lock where id held it, and
 * in any case puts one token and one wake-up back.  True if id held it. */
bool lock_repair(struct lock *lock, uint32_t id);

/* The parent, at a steady pace.  Returns the id of an owner that has not moved
 * for two ticks, stopped or stuck: the caller kills it and its death
 * is then repaired as any other.  0: nothing to do. */
uint32_t lock_tick(struct lock *lock, struct lock_watch *watch);

#endif

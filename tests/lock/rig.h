/* SPDX-License-Identifier: MIT */
/* What the tests of the lock have in common: processes that share a lock, the
 * data that it guards, and a parent that repairs as the server's does.
 *
 * The data is like the user table's.  Each process writes its own slot alone:
 * it looks which number no other slot holds and claims it, which one atomic
 * store makes visible.  A check word says who is inside; it is not part of the
 * lock, and finds two who hold it at once. */
#ifndef TESTS_LOCK_RIG_H
#define TESTS_LOCK_RIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ipc/lock.h"

#define RIG_SLOTS 6 /* ids are 1 to this */

#define RIG_BROKEN 1  /* exit status: a promise of the lock is broken */
#define RIG_SKIP   77 /* this machine cannot run the test */

struct rig_slot {
	_Atomic uint32_t key;     /* the number claimed; 0: none */
	uint32_t number, inverse; /* the rest, written before the key */
	_Atomic bool resting;     /* at the gate, which is closed */
};

struct rig {
	struct lock lock;
	_Atomic uint32_t inside;     /* the check word: an id, or 0 */
	_Atomic uint32_t intrusions; /* times that two were inside */
	_Atomic uint32_t torn;       /* times that the data was wrong */
	_Atomic uint32_t visits;     /* of all */
	_Atomic uint32_t stage;      /* for the test: how far they are */
	_Atomic bool gate_closed;    /* for the test: rest outside */
	struct rig_slot slots[RIG_SLOTS + 1]; /* by id; 0 is not used */
};

/* In shared memory, made by rig_create before the first fork. */
extern struct rig *rig;

void rig_create(void);

/* As new.  Nobody may be using it. */
void rig_reset(void);

/* Forks a process that runs, and then exits with 0; it dies with its parent.
 * Fails the test where it cannot. */
pid_t rig_start(void (*run)(uint32_t id), uint32_t id);

/* What the lock guards, for who holds it: claims a number, so many times. */
void rig_critical_section(uint32_t id, uint64_t times);

/* Acquires, does that, releases; rig_visit does it once. */
void rig_long_visit(uint32_t id, uint64_t times);
void rig_visit(uint32_t id);

/* Waits for the death of pid and puts right what it leaves, in the order of
 * the server's parent: repair, free the slot, only then waitpid.  True
 * if it died inside. */
bool rig_bury(pid_t pid, uint32_t id);

/* Kills with SIGKILL, then rig_bury. */
bool rig_kill(pid_t pid, uint32_t id);

/* Looks at all slots.  Nobody may be inside. */
void rig_check_data(void);

/* The state of a process as in proc(5): R, S, T, ...; 'X' if it is gone. */
char rig_state(pid_t pid);

/* Sleeps for so many microseconds at least. */
void rig_nap(uint64_t us);

#endif

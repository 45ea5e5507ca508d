/* SPDX-License-Identifier: MIT */
/* A victim that goes through the lock instruction by instruction, and those who
 * are there with it: the scene of one kill.
 *
 * ptrace(2) steps the victim.  The caller kills it, has it repaired, and sees
 * whether the others get through. */
#ifndef TESTS_LOCK_SCENE_H
#define TESTS_LOCK_SCENE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum scene_situation {
	SCENE_ALONE,    /* acquires, is inside, releases */
	SCENE_HOLDS,    /* is inside and releases, another asleep behind */
	SCENE_WAITS,    /* sleeps; is woken with another asleep behind */
	SCENE_GIVES_UP, /* its wait times out, another stays asleep */
	SCENE_SITUATIONS
};

#define SCENE_VICTIM 1 /* its id */

/* 0 is who is not there. */
struct scene {
	enum scene_situation situation;
	pid_t victim, other, holder;
	bool asleep; /* the victim, which waits for the lock */
	bool stuck;  /* it is, and nobody woke it */
};

/* Once, after rig_create.  The process has a timer and SIGALRM from then on,
 * and one processor. */
void scene_prepare(void);

/* A new lock, a new victim.  Ends the test with RIG_SKIP where a process may
 * not be traced. */
void scene_set(struct scene *s, enum scene_situation situation);

/* The victim goes one instruction on; being woken, and out of the kernel,
 * counts as one too.  False if there is none: it has released the lock, or is
 * stuck. */
bool scene_go_on(struct scene *s);

/* After the victim's death and repair: everybody else, and then somebody new,
 * acquires and releases.  False where they do not; nobody is left. */
bool scene_others_get_through(struct scene *s);

#endif

/* SPDX-License-Identifier: MIT */
/* The deadline of the lock's timed wait, as the tests want it.
 * Runs in: the children of the tests of the lock. */
#include "tests/lock/clockwait.h"

#include <semaphore.h>
#include <time.h>

#define YEAR (365 * 24 * 60 * 60)

enum clockwait clockwait = CLOCKWAIT_AS_IS;

/* The names are given by --wrap, see ld(1). */
int __real_sem_clockwait(
	sem_t *sem, clockid_t clock, const struct timespec *until);
int __wrap_sem_clockwait(
	sem_t *sem, clockid_t clock, const struct timespec *until);

int __wrap_sem_clockwait(
	sem_t *sem, clockid_t clock, const struct timespec *until)
{
	struct timespec other = *until;

	if (clockwait == CLOCKWAIT_ENDLESS)
		other.tv_sec += YEAR;
	else if (clockwait == CLOCKWAIT_EXPIRED)
		other.tv_sec = 0;
	return __real_sem_clockwait(sem, clock, &other);
}

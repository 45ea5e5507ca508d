/* SPDX-License-Identifier: MIT */
/* Between the lock and its timed wait: the tests of the lock are linked with
 * --wrap=sem_clockwait, so that lock.o, which stays as it is, calls
 * __wrap_sem_clockwait.  There the deadline can be changed, and nothing else:
 * the C library's own sem_clockwait does the waiting. */
#ifndef TESTS_LOCK_CLOCKWAIT_H
#define TESTS_LOCK_CLOCKWAIT_H

enum clockwait {
	CLOCKWAIT_AS_IS,
	CLOCKWAIT_ENDLESS, /* the timed wait is off: it never times out */
	CLOCKWAIT_EXPIRED, /* who would have to wait is timed out at once */
};

/* For the calling process and those it forks. */
extern enum clockwait clockwait;

#endif

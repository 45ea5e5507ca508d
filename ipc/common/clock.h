/* SPDX-License-Identifier: MIT */
/* Time: intervals by the monotonic clock, since wall clocks jump; the wall
 * clock only for what people read.  Neither call blocks or fails. */
#ifndef IPC_COMMON_CLOCK_H
#define IPC_COMMON_CLOCK_H

#include <limits.h>
#include <stdint.h>
#include <time.h>

static inline int64_t clock_ms(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static inline int64_t clock_monotonic_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}

static inline int64_t clock_monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline int64_t clock_wall_ms(void)
{
	return clock_ms(CLOCK_REALTIME);
}

/* --- deadlines: points in time of the monotonic clock ------------------- */

#define DEADLINE_NONE INT64_MAX

static inline int64_t deadline_min(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The timeout of poll(2) for it: 0 if it is over, -1 if there is none. */
static inline int deadline_timeout(int64_t deadline, int64_t now)
{
	if (deadline == DEADLINE_NONE)
		return -1;
	if (deadline <= now)
		return 0;
	return deadline - now < INT_MAX ? (int)(deadline - now) : INT_MAX;
}

#endif

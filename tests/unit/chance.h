/* SPDX-License-Identifier: MIT */
/* Chance for unit tests: the same sequence in every run, so that what failed
 * fails again (xorshift64, Marsaglia 2003).
 * Runs in: nothing but tests. */
#ifndef TESTS_UNIT_CHANCE_H
#define TESTS_UNIT_CHANCE_H

#include <stdint.h>

static uint64_t chance_state = 88172645463325252;

/* From 0 to below - 1. */
static inline uint64_t chance(uint64_t below)
{
	chance_state ^= chance_state << 13;
	chance_state ^= chance_state >> 7;
	chance_state ^= chance_state << 17;
	return chance_state % below;
}

/* From here on another sequence, for a process that is not to do what its
 * siblings do. */
static inline void chance_differ(uint64_t by)
{
	chance_state += by;
}

#endif

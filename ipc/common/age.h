/* SPDX-License-Identifier: MIT */
/* Ages in a readable unit: "2 min". */
#ifndef IPC_COMMON_AGE_H
#define IPC_COMMON_AGE_H

#include <stdint.h>

struct age {
	uint64_t n;
	const char *unit; /* s, min, h or d */
};

/* In the largest unit that gives at least 1.  Clocks of two machines may
 * differ: a time in the future is 0 s. */
struct age age_of(int64_t ms, uint64_t at_least);

#endif

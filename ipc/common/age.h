/* SPDX-License-Identifier: MIT */
/* How long ago something was, as people say it: "2 min". */
#ifndef IPC_COMMON_AGE_H
#define IPC_COMMON_AGE_H

#include <stdint.h>

struct age {
	uint64_t n;
	const char *unit; /* s, min, h or d */
};

/* In the largest unit of which there are so many at least.  Two clocks may be
 * two machines': what is yet to come is 0 s. */
struct age age_of(int64_t ms, uint64_t at_least);

#endif

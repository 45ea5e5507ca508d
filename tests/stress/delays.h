/* SPDX-License-Identifier: MIT */
/* How late lines came: kept one by one, since what counts is the slowest few
 * of them. */
#ifndef TESTS_STRESS_DELAYS_H
#define TESTS_STRESS_DELAYS_H

#include <stddef.h>
#include <stdint.h>

/* Zeroed it is empty. */
struct delays {
	uint64_t *all; /* microseconds */
	size_t n, room;
};

void delays_add(struct delays *d, uint64_t delay);
void delays_free(struct delays *d);

/* Prints what they came to under a name and returns the 99th percentile, in
 * microseconds; fails where there are none.  They are sorted afterwards. */
uint64_t delays_report(struct delays *d, const char *name);

#endif

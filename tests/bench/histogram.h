/* SPDX-License-Identifier: MIT */
/* Counts durations in buckets that grow with them: any number of samples in
 * fixed memory, percentiles within 1.6 percent. */
#ifndef TESTS_BENCH_HISTOGRAM_H
#define TESTS_BENCH_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#define HISTOGRAM_FINE 6  /* each power of two is cut into 2^6 buckets */
#define HISTOGRAM_BITS 40 /* what is longer counts as 2^40 ns, 18 minutes */
#define HISTOGRAM_BUCKETS \
	((HISTOGRAM_BITS - HISTOGRAM_FINE + 1) << HISTOGRAM_FINE)

struct histogram {
	uint64_t n, max; /* max is exact */
	uint64_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, uint64_t ns);

/* The middle of the bucket that so many of 1,000 samples do not exceed; 0
 * where there are none. */
uint64_t histogram_at(const struct histogram *h, unsigned permille);

#endif

/* SPDX-License-Identifier: MIT */
/* Durations in buckets.
 * Runs in: any test program. */
#include "tests/bench/histogram.h"

#define FINE (UINT64_C(1) << HISTOGRAM_FINE)

/* Below FINE each number has a bucket of its own.  Above, a number with its
 * highest bit at FINE + shift keeps its FINE + 1 highest bits. */
static size_t bucket_of(uint64_t ns)
{
	unsigned shift;

	if (ns < FINE)
		return (size_t)ns;
	if (ns >> HISTOGRAM_BITS != 0)
		return HISTOGRAM_BUCKETS - 1;
	shift = 63U - (unsigned)__builtin_clzll(ns) - HISTOGRAM_FINE;
	return (size_t)(((uint64_t)shift << HISTOGRAM_FINE) + (ns >> shift));
}

static uint64_t middle_of(size_t bucket)
{
	uint64_t shift, low;

	if (bucket < FINE)
		return bucket;
	shift = (bucket >> HISTOGRAM_FINE) - 1;
	low = bucket - (shift << HISTOGRAM_FINE);
	return (low << shift) + ((UINT64_C(1) << shift) >> 1);
}

void histogram_add(struct histogram *h, uint64_t ns)
{
	h->n++;
	h->buckets[bucket_of(ns)]++;
	if (ns > h->max)
		h->max = ns;
}

uint64_t histogram_at(const struct histogram *h, unsigned permille)
{
	uint64_t seen = 0, wanted = (h->n * permille + 999) / 1000;

	for (size_t i = 0; i < HISTOGRAM_BUCKETS && h->n > 0; i++) {
		seen += h->buckets[i];
		if (seen >= wanted && seen > 0)
			return middle_of(i) < h->max ? middle_of(i) : h->max;
	}
	return 0;
}

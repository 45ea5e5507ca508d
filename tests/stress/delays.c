/* SPDX-License-Identifier: MIT */
/* Keeps and sums up how late lines came.
 * Runs in: a test program. */
#include "tests/stress/delays.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/stress/stress.h"

void delays_add(struct delays *d, uint64_t delay)
{
	d->all = stress_grow(d->all, d->n, &d->room);
	d->all[d->n++] = delay;
}

void delays_free(struct delays *d)
{
	free(d->all);
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

uint64_t delays_report(struct delays *d, const char *name)
{
	uint64_t p50, p99;

	if (d->n == 0)
		stress_fail("nothing was heard in the phase %s", name);
	qsort(d->all, d->n, sizeof(*d->all), compare);
	p50 = d->all[d->n / 2];
	p99 = d->all[d->n * 99 / 100];
	printf("%-7s %8zu lines  p50 %7.3f ms  p99 %7.3f ms  max %8.3f ms\n",
		name, d->n, (double)p50 / MS, (double)p99 / MS,
		(double)d->all[d->n - 1] / MS);
	return p99;
}

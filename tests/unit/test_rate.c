/* SPDX-License-Identifier: MIT */
/* Tests of server/child/rate.c: how many lines, and when.
 * Runs in: nothing but tests. */
#include "server/child/rate.h"

#include <stddef.h>

#include "ipc/common/limits.h"
#include "tests/unit/chance.h"
#include "tests/unit/unit.h"

/* Somewhere in the life of a monotonic clock. */
#define NOW INT64_C(123456789)

static const uint32_t rates[] = {
	1, 2, 3, 5, 7, 60, 333, 999, 1000, 1001, 20000, RATE_MAX};
static const uint32_t bursts[] = {1, 2, 3, 20, 1000, RATE_MAX};

/* How many lines go at this moment, up to a limit. */
static uint32_t take_all(struct rate *r, int64_t now, uint32_t limit)
{
	uint32_t n = 0;

	while (n < limit && rate_take(r, now))
		n++;
	return n;
}

static void no_limit(void)
{
	struct rate r;

	rate_init(&r, 0, 1, NOW);
	CHECK_EQ(take_all(&r, NOW, 100000), 100000);
	CHECK(rate_wait_ms(&r) == 0);
	CHECK(rate_is_full(&r));
	CHECK(rate_take(&r, NOW + 1));
	rate_init(&r, 0, 0, NOW);
	CHECK(rate_take(&r, NOW));
	CHECK(rate_wait_ms(&r) == 0);
}

static void first_burst(void)
{
	for (size_t i = 0; i < COUNT(rates); i++) {
		for (size_t j = 0; j < COUNT(bursts); j++) {
			struct rate r;

			rate_init(&r, rates[i], bursts[j], NOW);
			CHECK(rate_wait_ms(&r) == 0);
			CHECK_EQ(take_all(&r, NOW, UINT32_MAX), bursts[j]);
			CHECK(!rate_take(&r, NOW));
			CHECK(rate_wait_ms(&r) > 0);
		}
	}
}

/* The wait is exact: a millisecond earlier there is no token. */
static void waits(void)
{
	for (size_t i = 0; i < COUNT(rates); i++) {
		struct rate r, early;
		int64_t now = NOW;

		rate_init(&r, rates[i], 1, NOW);
		CHECK(rate_take(&r, now));
		for (int n = 0; n < 1000; n++) {
			int wait;

			CHECK(!rate_take(&r, now));
			wait = rate_wait_ms(&r);
			CHECKF(wait >= 1 && wait <= 1000,
				"%d ms at %u a second", wait, rates[i]);
			early = r;
			CHECKF(!rate_take(&early, now + wait - 1),
				"before %d ms at %u a second", wait, rates[i]);
			now += wait;
			CHECKF(rate_take(&r, now), "after %d ms at %u a second",
				wait, rates[i]);
		}
	}
}

/* Lines that do not fit into milliseconds are not lost to rounding. */
static void long_run(void)
{
	for (uint32_t rate = 1; rate <= 1000; rate++) {
		struct rate r;
		uint32_t taken = 0;

		rate_init(&r, rate, 20, NOW);
		CHECK_EQ(take_all(&r, NOW, UINT32_MAX), 20);
		for (int64_t now = NOW; now < NOW + 10000;) {
			now += rate_wait_ms(&r);
			taken += rate_take(&r, now);
			rate_take(&r, now); /* asks more than it may */
		}
		CHECKF(taken >= 10 * rate - 1 && taken <= 10 * rate + 1,
			"%u lines in 10 s at %u a second", taken, rate);
	}
}

static void refill(void)
{
	struct rate r;

	rate_init(&r, 5, 20, NOW);
	CHECK_EQ(take_all(&r, NOW, 100), 20);
	CHECK_EQ(take_all(&r, NOW + 199, 100), 0);
	CHECK_EQ(take_all(&r, NOW + 200, 100), 1);
	CHECK_EQ(take_all(&r, NOW + 1200, 100), 5);
	/* However long it is quiet, no more than a burst is saved up. */
	CHECK_EQ(take_all(&r, NOW + 1200 + 3999, 100), 19);
	CHECK_EQ(take_all(&r, NOW + 1200 + 3999 + 10000, 100), 20);
	CHECK_EQ(
		take_all(&r, NOW + INT64_C(100) * 365 * 86400 * 1000, 100), 20);

	rate_init(&r, RATE_MAX, RATE_MAX, NOW);
	CHECK_EQ(take_all(&r, NOW, UINT32_MAX), RATE_MAX);
	CHECK_EQ(take_all(&r, NOW + 1, UINT32_MAX), 1000);
	CHECK_EQ(take_all(&r, NOW + INT64_C(100) * 365 * 86400 * 1000,
			 UINT32_MAX),
		RATE_MAX);
}

/* Asking when there is nothing costs nothing. */
static void refusals_are_free(void)
{
	struct rate patient, eager;

	rate_init(&patient, 3, 4, NOW);
	rate_init(&eager, 3, 4, NOW);
	CHECK_EQ(take_all(&patient, NOW, 10), 4);
	CHECK_EQ(take_all(&eager, NOW, 10), 4);
	for (int64_t ms = 0; ms < 333; ms++)
		CHECKF(!rate_take(&eager, NOW + ms), "after %d ms", (int)ms);
	CHECK(rate_wait_ms(&eager) == 2);
	CHECK(rate_take(&eager, NOW + 334));
	CHECK(rate_take(&patient, NOW + 334));
	CHECK(!rate_take(&eager, NOW + 334));
	CHECK(!rate_take(&patient, NOW + 334));
	CHECK(rate_wait_ms(&eager) == rate_wait_ms(&patient));
}

/* After the first line of a new burst, and only then. */
static void full(void)
{
	struct rate r;

	rate_init(&r, 10, 3, NOW);
	CHECK(rate_is_full(&r));
	CHECK(rate_take(&r, NOW) && rate_is_full(&r));
	CHECK(rate_take(&r, NOW) && !rate_is_full(&r));
	CHECK(rate_take(&r, NOW) && !rate_is_full(&r));
	CHECK(!rate_take(&r, NOW) && !rate_is_full(&r));
	/* 0 of 3 is left: 299 ms make 2.99, less the one that is taken. */
	CHECK(rate_take(&r, NOW + 299) && !rate_is_full(&r));
	CHECK(rate_take(&r, NOW + 299 + 101) && rate_is_full(&r));
}

/* What was taken in advance is waited for, behind the burst. */
static void owed(void)
{
	struct rate r;

	rate_init(&r, 10, 3, NOW);
	CHECK(rate_take(&r, NOW));
	for (int i = 0; i < 4; i++)
		rate_owe(&r);
	CHECK(!rate_take(&r, NOW));
	CHECK(rate_wait_ms(&r) == 300);
	CHECK(!rate_take(&r, NOW + 299));
	CHECK(rate_take(&r, NOW + 300));
	rate_init(&r, 0, 1, NOW);
	rate_owe(&r);
	CHECK(rate_is_full(&r) && rate_wait_ms(&r) == 0);
}

/* Against the rule in its plainest form, at random moments. */
static void random_moments(void)
{
	for (int round = 0; round < 200; round++) {
		uint32_t rate = rates[chance(COUNT(rates))];
		uint32_t burst = bursts[chance(4)];
		uint64_t step = 1 + 3000 / rate;
		int64_t now = NOW, level = (int64_t)burst * 1000;
		struct rate r;

		rate_init(&r, rate, burst, now);
		for (int i = 0; i < 2000; i++) {
			int64_t passed = (int64_t)chance(step);
			bool may;

			now += passed;
			level += passed * rate;
			if (level > (int64_t)burst * 1000)
				level = (int64_t)burst * 1000;
			may = level >= 1000;
			if (may)
				level -= 1000;
			CHECKF(rate_take(&r, now) == may,
				"%u a second, burst %u, line %d", rate, burst,
				i);
			CHECK((rate_wait_ms(&r) == 0) == (level >= 1000));
		}
	}
}

int main(void)
{
	RUN(no_limit, "rate 0 is no limit");
	RUN(first_burst, "at once a burst, and no line more");
	RUN(waits, "the wait is exact to the millisecond");
	RUN(long_run, "in the long run the rate is the rate");
	RUN(refill, "quiet time is saved up to one burst");
	RUN(refusals_are_free, "asking too early costs nothing");
	RUN(full, "when a sender is a new case");
	RUN(owed, "lines that are paid later");
	RUN(random_moments, "lines at random moments");
	return unit_end();
}

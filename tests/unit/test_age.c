/* SPDX-License-Identifier: MIT */
/* Tests of ipc/common/age.c.
 * Runs in: nothing but tests. */
#include "ipc/common/age.h"

#include <string.h>

#include "tests/unit/unit.h"

static bool is(int64_t ms, uint64_t at_least, uint64_t n, const char *word)
{
	struct age a = age_of(ms, at_least);

	return a.n == n && strcmp(a.unit, word) == 0;
}

static void one(void)
{
	CHECK(is(0, 1, 0, "s"));
	CHECK(is(999, 1, 0, "s"));
	CHECK(is(59999, 1, 59, "s"));
	CHECK(is(60000, 1, 1, "min"));
	CHECK(is(3599999, 1, 59, "min"));
	CHECK(is(3600000, 1, 1, "h"));
	CHECK(is(86399999, 1, 23, "h"));
	CHECK(is(86400000, 1, 1, "d"));
	CHECK(is(INT64_MAX, 1, UINT64_C(106751991167), "d"));
}

static void two(void)
{
	CHECK(is(119999, 2, 119, "s"));
	CHECK(is(120000, 2, 2, "min"));
	CHECK(is(7199999, 2, 119, "min"));
	CHECK(is(7200000, 2, 2, "h"));
	CHECK(is(172799999, 2, 47, "h"));
	CHECK(is(172800000, 2, 2, "d"));
}

static void future(void)
{
	CHECK(is(-1, 1, 0, "s"));
	CHECK(is(INT64_MIN, 2, 0, "s"));
}

int main(void)
{
	RUN(one, "the largest unit that fits");
	RUN(two, "the largest of which there are two");
	RUN(future, "what is yet to come is now");
	return unit_end();
}

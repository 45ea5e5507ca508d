/* SPDX-License-Identifier: MIT */
/* Tests of the deadlines in ipc/common/clock.h.
 * Runs in: nothing but tests. */
#include "ipc/common/clock.h"

#include <limits.h>

#include "tests/unit/unit.h"

#define NOW INT64_C(123456789)

static void earlier(void)
{
	CHECK(deadline_min(NOW, NOW + 1) == NOW);
	CHECK(deadline_min(NOW + 1, NOW) == NOW);
	CHECK(deadline_min(NOW, DEADLINE_NONE) == NOW);
	CHECK(deadline_min(DEADLINE_NONE, NOW) == NOW);
	CHECK(deadline_min(DEADLINE_NONE, DEADLINE_NONE) == DEADLINE_NONE);
}

static void timeouts(void)
{
	CHECK(deadline_timeout(DEADLINE_NONE, NOW) == -1);
	CHECK(deadline_timeout(NOW + 20, NOW) == 20);
	CHECK(deadline_timeout(NOW, NOW) == 0);
	CHECK(deadline_timeout(NOW - 20, NOW) == 0);
	CHECK(deadline_timeout(0, NOW) == 0);
	CHECK(deadline_timeout(NOW + (INT64_C(1) << 40), NOW) == INT_MAX);
	CHECK(deadline_timeout(DEADLINE_NONE - 1, NOW) == INT_MAX);
}

int main(void)
{
	RUN(earlier, "the earlier of two deadlines, of which none is the last");
	RUN(timeouts, "what poll waits for them");
	return unit_end();
}

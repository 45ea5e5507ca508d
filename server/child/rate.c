/* SPDX-License-Identifier: MIT */
/* The limit on the rate of a client's lines.
 * Runs in: child. */
#include "server/child/rate.h"

#define LINE 1000 /* one line in the unit of the level */

void rate_init(struct rate *r, uint32_t per_second, uint32_t burst, int64_t now)
{
	*r = (struct rate){per_second, burst, (int64_t)burst * LINE, now};
}

bool rate_take(struct rate *r, int64_t now)
{
	if (r->per_second == 0)
		return true;
	/* Lines a second are thousandths of a line a millisecond. */
	r->level += (now - r->filled_ms) * r->per_second;
	r->filled_ms = now;
	if (r->level > (int64_t)r->burst * LINE)
		r->level = (int64_t)r->burst * LINE;
	if (r->level < LINE)
		return false;
	r->level -= LINE;
	return true;
}

void rate_owe(struct rate *r)
{
	if (r->per_second != 0)
		r->level -= LINE;
}

int rate_wait_ms(const struct rate *r)
{
	int64_t missing = LINE - r->level;

	if (r->per_second == 0 || missing <= 0)
		return 0;
	return (int)((missing + r->per_second - 1) / r->per_second);
}

bool rate_is_full(const struct rate *r)
{
	return r->level >= ((int64_t)r->burst - 1) * LINE;
}

/* SPDX-License-Identifier: MIT */
/* When a round is sent: what waits to be told goes with it before the ring
 * overtakes that.
 * Runs in: relay. */
#include "ipc/common/clock.h"
#include "server/relay/state.h"

/* So much is taken in before it is sent on: the ring stays far ahead. */
#define ROUND_BYTES (EVENTLOG_RING / 8)

/* While input is paused, those who are far behind are looked at so often. */
#define LOOK_MS 10

void round_relieve(struct switchboard *s)
{
	if (eventlog_head(&s->log) - s->round_start <= ROUND_BYTES)
		return;
	presence_look(s);
	fanout_flush(s);
}

int64_t round_end(struct switchboard *s, int64_t now)
{
	int64_t next = presence_tick(s, now);

	fanout_flush(s);
	return s->paused ? deadline_min(next, clock_monotonic_ms() + LOOK_MS)
			 : next;
}

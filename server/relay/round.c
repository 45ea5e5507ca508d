/* SPDX-License-Identifier: MIT */
/* When a round is sent.  Pending digests go with it before the ring overtakes
 * the events that they announce.
 * Runs in: relay. */
#include "ipc/common/clock.h"
#include "server/relay/state.h"

/* Cap on bytes per round: a small part of the ring. */
#define ROUND_BYTES (EVENTLOG_RING / 8)

/* The interval of the check of members far behind, while input is paused. */
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

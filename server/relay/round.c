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

/* For how long joins and leaves of a burst gather, for those who watch: each of
 * them wakes all of these.  Nobody notices it. */
#define GATHER_MS 50

/* Whether the round is of nothing else, and more may come. */
static bool gathers(struct switchboard *s, int64_t now)
{
	if (s->hurried || s->ending || eventlog_head(&s->log) == s->round_start)
		return false;
	if (s->round_ms == 0)
		s->round_ms = now + GATHER_MS;
	return now < s->round_ms;
}

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

	if (gathers(s, now))
		next = deadline_min(next, s->round_ms);
	else
		fanout_flush(s);
	return s->paused ? deadline_min(next, clock_monotonic_ms() + LOOK_MS)
			 : next;
}

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

/* Whether the lobby has nothing but joins and leaves for those who watch, each
 * of whom is woken by them: these come with the digest that tells the others.
 * Where few come and go there is none, and nothing waits. */
static bool gathers(struct switchboard *s)
{
	const struct room_state *lobby = &s->room[ROOM_LOBBY];

	return !s->ending && lobby->runs[true].n > 0 &&
	       lobby->runs[false].n == 0 &&
	       presence_is_pending(s, ROOM_LOBBY) &&
	       eventlog_head(&s->log) - s->gather_start <= ROUND_BYTES;
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

	if (gathers(s))
		fanout_flush_others(s);
	else
		fanout_flush(s);
	return s->paused ? deadline_min(next, clock_monotonic_ms() + LOOK_MS)
			 : next;
}

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
 * of whom is woken by them: these wait for the end of the window, which is when
 * a digest tells the others.  Where few come and go, all are told at once. */
static bool gathers(const struct switchboard *s, int64_t now)
{
	const struct room_state *lobby = &s->room[ROOM_LOBBY];

	return !s->ending && !s->hurried && lobby->runs[true].n > 0 &&
	       lobby->runs[false].n == 0 && now < presence_due(s, ROOM_LOBBY) &&
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

	if (gathers(s, now)) {
		fanout_flush_others(s);
		next = deadline_min(next, presence_due(s, ROOM_LOBBY));
	} else {
		fanout_flush(s);
	}
	next = deadline_min(next, disk_due(s));
	return (s->paused & PAUSE_LAGGING) != 0
		       ? deadline_min(next, clock_monotonic_ms() + LOOK_MS)
		       : next;
}

/* SPDX-License-Identifier: MIT */
/* When a round is sent: what waits to be told goes with it before the ring
 * overtakes that.
 * Runs in: relay. */
#include "server/relay/state.h"

/* So much is taken in before it is sent on: the ring stays far ahead. */
#define ROUND_BYTES (EVENTLOG_RING / 8)

void round_relieve(struct switchboard *s)
{
	if (eventlog_head(&s->log) - s->round_start <= ROUND_BYTES)
		return;
	presence_look(s);
	fanout_flush(s);
}

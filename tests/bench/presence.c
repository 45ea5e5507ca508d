/* SPDX-License-Identifier: MIT */
/* Who is online, and what happens when nearly all leave.
 * Runs in: bench. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/bench/histogram.h"
#include "tests/bench/phases.h"
#include "tests/bench/usage.h"

#define WHO_TIMES  20
#define IDLE_CHECK (100 * NS_PER_MS)
#define IDLE_PART  50 /* of one processor's time is idle enough */

/* --- who ----------------------------------------------------------------- */

bool phase_who(struct bench *b)
{
	static struct histogram times;
	const char *list = b->swarm.dialect->list;
	struct swarm *s = &b->swarm;
	uint64_t bytes = s->bytes;

	if (list == NULL)
		return true;
	for (int i = 0; i < WHO_TIMES; i++) {
		uint64_t now = clock_ns(), listed = s->listed;
		swarm_send(s, &s->clients[0], list, strlen(list));
		while (s->listed == listed) {
			swarm_turn(s, 100);
			if (clock_ns() > now + PATIENCE)
				return false;
		}
		histogram_add(&times, clock_ns() - now);
	}
	printf("who_p50_ms=%.3f\n",
		(double)histogram_at(&times, 500) / NS_PER_MS);
	printf("who_max_ms=%.3f\n", (double)times.max / NS_PER_MS);
	printf("who_bytes=%" PRIu64 "\n", (s->bytes - bytes) / WHO_TIMES);
	return true;
}

/* --- leaving ------------------------------------------------------------- */

static void turn_until(struct swarm *s, uint64_t until)
{
	while (clock_ns() < until)
		swarm_turn(s, (int)(IDLE_CHECK / NS_PER_MS / 10));
}

/* When the server had nothing more to do, within IDLE_CHECK, or 0. */
static uint64_t await_idle(struct bench *b, uint64_t until)
{
	struct usage now, last = usage_of(&b->options.servers);
	uint64_t at, last_at = clock_ns(), spent;

	while (last_at < until) {
		turn_until(&b->swarm, last_at + IDLE_CHECK);
		at = clock_ns();
		now = usage_of(&b->options.servers);
		spent = now.tree > last.tree ? now.tree - last.tree
					     : last.tree - now.tree;
		if (now.processes == last.processes &&
			spent < (at - last_at) / IDLE_PART)
			return last_at;
		last = now;
		last_at = at;
	}
	return 0;
}

bool phase_leave(struct bench *b)
{
	struct swarm *s = &b->swarm;
	struct client *stays = &s->clients[0];
	uint64_t lines = stays->lines, begun = clock_ns(), idle;
	bool quiet;

	for (size_t i = 1; i < s->n; i++)
		swarm_close(s, &s->clients[i], false);
	s->heard_at = begun;
	idle = await_idle(b, begun + PATIENCE);
	quiet = swarm_settle(s, QUIET, clock_ns() + PATIENCE);
	printf("leave_lines=%" PRIu64 "\n", stays->lines - lines);
	printf("leave_last_line_ms=%.1f\n",
		(double)(s->heard_at - begun) / NS_PER_MS);
	printf("leave_idle_ms=%.1f\n",
		idle == 0 ? -1.0 : (double)(idle - begun) / NS_PER_MS);
	return quiet && idle != 0;
}

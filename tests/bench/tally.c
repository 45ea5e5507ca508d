/* SPDX-License-Identifier: MIT */
/* Counts deliveries and checks their order.
 * Runs in: bench. */
#include "tests/bench/tally.h"

#include <stdlib.h>
#include <string.h>

#include "tests/stress/stress.h"

#define TURN_MS 10

void tally_init(struct tally *t, struct swarm *s, size_t n)
{
	size_t size = n * SENDERS_MAX * sizeof(*t->last);

	*t = (struct tally){.swarm = s, .n = n};
	t->senders = n < SENDERS_MAX ? n : SENDERS_MAX;
	t->last = malloc(size);
	if (t->last == NULL)
		stress_fail("out of memory");
	memset(t->last, 0, size); /* touched: not the server's memory later */
}

void tally_free(struct tally *t)
{
	free(t->last);
}

static size_t spread(const struct tally *t)
{
	return t->n / t->senders;
}

struct client *tally_sender(const struct tally *t, size_t sender)
{
	return &t->swarm->clients[sender * spread(t)];
}

struct client *tally_observer(const struct tally *t, size_t sender)
{
	size_t next = (sender * spread(t) + 1) % t->n;

	return &t->swarm->clients[next];
}

void tally_say(struct tally *t, size_t sender)
{
	const struct swarm *s = t->swarm;

	t->wanted += t->n - !s->dialect->echoes;
	swarm_say(t->swarm, tally_sender(t, sender), (uint32_t)sender,
		++t->sent[sender]);
}

void tally_take(
	struct tally *t, const struct client *c, const struct payload *p)
{
	uint32_t *last = &t->last[c->id * SENDERS_MAX + p->sender];

	if (c->id >= t->n || p->sender >= t->senders)
		return;
	t->heard++;
	if (p->sequence == *last + 1) {
		*last = p->sequence;
	} else if (p->sequence > *last) {
		t->lost += p->sequence - *last - 1;
		*last = p->sequence;
	} else {
		t->doubled++;
	}
}

bool tally_await(struct tally *t, uint64_t until)
{
	while (t->heard + t->lost < t->wanted + t->doubled) {
		if (clock_ns() > until)
			return false;
		swarm_turn(t->swarm, TURN_MS);
	}
	return true;
}

bool tally_good(struct tally *t)
{
	uint64_t got = t->heard + t->lost - t->doubled;

	if (got < t->wanted)
		t->lost += t->wanted - got;
	else
		t->doubled += got - t->wanted;
	return t->lost == 0 && t->doubled == 0;
}

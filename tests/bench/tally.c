/* SPDX-License-Identifier: MIT */
/* Counts deliveries and checks their order.
 * Runs in: bench. */
#include "tests/bench/tally.h"

#include <stdlib.h>
#include <string.h>

#include "tests/stress/stress.h"

#define TURN_MS 10

static void *zeroed(size_t n)
{
	void *p = malloc(n);

	if (p != NULL) /* touched: not the server's memory later */
		return memset(p, 0, n);
	stress_fail("out of memory");
}

void tally_init(struct tally *t, struct swarm *s, size_t n, size_t each)
{
	size_t most;

	*t = (struct tally){.swarm = s, .n = n, .rooms = 1};
	if (s->rooms > 0)
		t->rooms = s->rooms;
	else
		each = SENDERS_MAX;
	most = n / t->rooms / s->hosts->n;
	t->each = most < each ? most : each;
	t->senders = t->rooms * t->each;
	t->sent = zeroed(t->senders * sizeof(*t->sent));
	t->last = zeroed(n * t->each * sizeof(*t->last));
}

void tally_free(struct tally *t)
{
	free(t->sent);
	free(t->last);
}

/* The clients of one room. */
static size_t members(const struct tally *t)
{
	return t->n / t->rooms;
}

/* A member of a sender's room, counted from the sender on, which is a client of
 * host sender % hosts. */
static struct client *member(const struct tally *t, size_t sender, size_t i)
{
	size_t k = members(t), hosts = t->swarm->hosts->n;
	size_t at = sender / t->rooms * (k / t->each);

	at = at / hosts * hosts + sender % hosts + i;
	return &t->swarm->clients[at % k * t->rooms + sender % t->rooms];
}

struct client *tally_sender(const struct tally *t, size_t sender)
{
	return member(t, sender, 0);
}

struct client *tally_observer(const struct tally *t, size_t sender)
{
	return member(t, sender, 1);
}

bool tally_crosses(const struct tally *t, const struct client *c, size_t sender)
{
	size_t hosts = t->swarm->hosts->n;

	return c->id % hosts != sender % hosts;
}

uint64_t tally_said(const struct tally *t)
{
	uint64_t n = 0;

	for (size_t i = 0; i < t->senders; i++)
		n += t->sent[i];
	return n;
}

void tally_say(struct tally *t, size_t sender)
{
	const struct swarm *s = t->swarm;

	t->wanted += members(t) - !s->dialect->echoes;
	swarm_say(t->swarm, tally_sender(t, sender), (uint32_t)sender,
		++t->sent[sender]);
}

void tally_take(
	struct tally *t, const struct client *c, const struct payload *p)
{
	uint32_t *last;

	if (c->id >= t->n || p->sender >= t->senders)
		return;
	if (c->id % t->rooms != p->sender % t->rooms)
		stress_fail("client %u heard another room", c->id);
	last = &t->last[c->id * t->each + p->sender / t->rooms];
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

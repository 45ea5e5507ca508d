/* SPDX-License-Identifier: MIT */
/* How many deliveries a second, and what one costs the server: some senders,
 * each with a window of messages in flight.  A message is in flight until one
 * certain other client has it.
 * Runs in: bench. */
#include <inttypes.h>
#include <stdio.h>

#include "tests/bench/phases.h"
#include "tests/bench/usage.h"

#define TURN_MS   100
#define WARM_PART 5 /* of the time, before it counts */

struct flow {
	struct tally *tally;
	uint32_t observer[SENDERS_ALL]; /* client */
	bool stopped;
};

static void on_payload(
	void *context, struct client *c, const struct payload *p, uint64_t now)
{
	struct flow *f = context;

	(void)now;
	tally_take(f->tally, c, p);
	if (f->observer[p->sender] == c->id && !f->stopped)
		tally_say(f->tally, p->sender);
}

static void turn_until(struct swarm *s, uint64_t until)
{
	while (clock_ns() < until)
		swarm_turn(s, TURN_MS);
}

static void begin(struct bench *b, struct flow *f)
{
	size_t senders = b->tally.senders;

	if (b->options.rooms == 0 && senders > b->options.senders)
		senders = b->options.senders;
	f->tally = &b->tally;
	f->stopped = false;
	b->swarm.on_payload = on_payload;
	b->swarm.context = f;
	for (size_t i = 0; i < b->tally.senders; i++)
		f->observer[i] = tally_observer(&b->tally, i)->id;
	for (size_t i = 0; i < senders; i++)
		for (size_t j = 0; j < b->options.window; j++)
			tally_say(&b->tally, i);
}

/* What a message costs, whatever number of clients it goes to, by kind of
 * process; those of all hosts together. */
static void print_kinds(const struct usage *before, const struct usage *after,
	uint64_t said, uint64_t ns)
{
	printf("messages_per_s=%.0f\n", (double)said * NS_PER_S / (double)ns);
	for (int i = 0; i < KINDS; i++)
		if (after->kinds[i] > 0)
			printf("%s_us_per_message=%.3f\n", kind_names[i],
				(double)(after->kinds[i] - before->kinds[i]) /
					(double)(said == 0 ? 1 : said) /
					NS_PER_US);
}

bool phase_throughput(struct bench *b)
{
	const struct options *o = &b->options;
	uint64_t time = o->seconds * NS_PER_S, heard, begun, ended;
	uint64_t said, us_before, us_after;
	struct usage before, after;
	static struct flow f;
	bool good;

	begin(b, &f);
	turn_until(&b->swarm, clock_ns() + time / WARM_PART);
	us_before = usage_own();
	before = usage_of(&o->servers);
	heard = b->tally.heard;
	said = tally_said(&b->tally);
	begun = clock_ns();
	turn_until(&b->swarm, begun + time);
	ended = clock_ns();
	heard = b->tally.heard - heard;
	said = tally_said(&b->tally) - said;
	after = usage_of(&o->servers);
	us_after = usage_own();

	f.stopped = true;
	good = tally_await(&b->tally, clock_ns() + PATIENCE);
	heard = heard == 0 ? 1 : heard;
	printf("deliveries_per_s=%.0f\n",
		(double)heard * NS_PER_S / (double)(ended - begun));
	printf("server_us_per_delivery=%.3f\n",
		(double)(after.tree - before.tree) / (double)heard / NS_PER_US);
	printf("generator_us_per_delivery=%.3f\n",
		(double)(us_after - us_before) / (double)heard / NS_PER_US);
	if (o->kinds)
		print_kinds(&before, &after, said, ended - begun);
	return good;
}

/* SPDX-License-Identifier: MIT */
/* How late messages come: at a fixed rate, whatever becomes of the ones before;
 * and until one message has reached all.
 * Runs in: bench. */
#include <inttypes.h>
#include <stdio.h>

#include "tests/bench/histogram.h"
#include "tests/bench/phases.h"
#include "tests/bench/usage.h"
#include "tests/stress/stress.h"

#define REACH_TIMES 20

struct late {
	struct tally *tally;
	struct histogram delays, across; /* of all, and between hosts */
};

static void on_payload(
	void *context, struct client *c, const struct payload *p, uint64_t now)
{
	struct late *l = context;

	tally_take(l->tally, c, p);
	histogram_add(&l->delays, now - p->sent);
	if (tally_crosses(l->tally, c, p->sender))
		histogram_add(&l->across, now - p->sent);
}

static struct late *begin(struct bench *b)
{
	static struct late l;

	l = (struct late){.tally = &b->tally};
	b->swarm.on_payload = on_payload;
	b->swarm.context = &l;
	return &l;
}

static double ms(uint64_t ns)
{
	return (double)ns / NS_PER_MS;
}

static void print(const struct histogram *h, const char *name)
{
	printf("%s_p50_ms=%.3f\n", name, ms(histogram_at(h, 500)));
	printf("%s_p99_ms=%.3f\n", name, ms(histogram_at(h, 990)));
	printf("%s_max_ms=%.3f\n", name, ms(h->max));
}

bool phase_latency(struct bench *b)
{
	uint64_t now = clock_ns(), until = now + b->options.seconds * NS_PER_S;
	uint64_t interval = NS_PER_S / b->options.rate, next = now;
	struct dice dice = {dice_seed()};
	struct late *l = begin(b);
	bool good;

	for (; now < until; now = clock_ns()) {
		for (; next <= now; next += interval)
			tally_say(
				&b->tally, dice_below(&dice, b->tally.senders));
		swarm_flush(&b->swarm);
		swarm_turn(&b->swarm, (int)((next - now) / NS_PER_MS) + 1);
	}
	good = tally_await(&b->tally, clock_ns() + PATIENCE);
	print(&l->delays, "latency");
	if (b->options.hosts.n > 1)
		print(&l->across, "latency_across");
	return good;
}

bool phase_reach(struct bench *b)
{
	static struct histogram times;
	struct dice dice = {dice_seed()};
	bool good = true;

	begin(b);
	for (int i = 0; i < REACH_TIMES && good; i++) {
		uint64_t now = clock_ns();
		tally_say(&b->tally, dice_below(&dice, b->tally.senders));
		good = tally_await(&b->tally, now + PATIENCE);
		histogram_add(&times, clock_ns() - now);
	}
	printf("reach_all_p50_ms=%.3f\n", ms(histogram_at(&times, 500)));
	printf("reach_all_max_ms=%.3f\n", ms(times.max));
	return good;
}

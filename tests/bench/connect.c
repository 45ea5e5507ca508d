/* SPDX-License-Identifier: MIT */
/* What it costs to come: time, processor, memory; for all at once and for the
 * next ones when all are there.
 * Runs in: bench. */
#include <inttypes.h>
#include <stdio.h>

#include "tests/bench/histogram.h"
#include "tests/bench/phases.h"
#include "tests/bench/usage.h"
#include "tests/stress/stress.h"

static double per(uint64_t before, uint64_t after, uint64_t n, uint64_t unit)
{
	return ((double)after - (double)before) / (double)n / (double)unit;
}

/* --- all ----------------------------------------------------------------- */

static void print_memory(const struct bench *b, const struct memory *before,
	uint64_t processes_before)
{
	struct memory after = memory_settled();
	uint64_t processes = memory_of(&b->options.servers);
	uint64_t n = b->swarm.ready;

	printf("memory_used_kb_per_client=%.1f\n",
		per(before->used, after.used, n, 1));
	printf("memory_kb_per_client=%.1f\n",
		per(before->known, after.known, n, 1));
	printf("memory_available_kb_per_client=%.1f\n",
		per(after.available, before->available, n, 1));
	if (processes != 0 && processes_before != 0)
		printf("memory_processes_kb_per_client=%.1f\n",
			per(processes_before, processes, n, 1));
}

static void print_connect(const struct bench *b, const struct usage *before,
	const struct usage *after, uint64_t ns)
{
	uint64_t n = b->swarm.ready;

	printf("connect_ms=%.1f\n", (double)ns / NS_PER_MS);
	printf("connect_us_per_client=%.1f\n",
		(double)ns / NS_PER_US / (double)n);
	printf("connect_server_us_per_client=%.1f\n",
		per(before->tree, after->tree, n, NS_PER_US));
	printf("connect_parent_us_per_client=%.1f\n",
		per(before->own, after->own, n, NS_PER_US));
	printf("connect_bytes_per_client=%" PRIu64 "\n", b->swarm.bytes / n);
	printf("processes=%u\n", after->processes);
}

/* The time is until the last is let in; processor and memory are until
 * everybody has been told of everybody. */
bool phase_connect(struct bench *b)
{
	const struct options *o = &b->options;
	struct swarm *s = &b->swarm;
	struct memory memory = memory_settled();
	uint64_t processes = memory_of(&o->servers), begun, ended;
	struct usage before = usage_of(&o->servers), after;
	bool in_time, quiet;

	begun = clock_ns();
	in_time = swarm_connect(s, 0, o->clients, o->pending,
		begun + PATIENCE + o->clients * PATIENCE_EACH);
	ended = clock_ns();
	quiet = swarm_settle(s, QUIET, clock_ns() + PATIENCE);
	after = usage_of(&o->servers);
	printf("connected=%zu\nrefused=%zu\n", s->ready, s->refused);
	if (s->ready > 0) {
		print_connect(b, &before, &after, ended - begun);
		print_memory(b, &memory, processes);
	}
	if (!in_time || !quiet)
		fprintf(stderr, "%zu of %" PRIu64 " are in, it got late\n",
			s->ready, o->clients);
	return in_time && quiet && s->ready == o->clients;
}

/* --- the next ones ------------------------------------------------------- */

/* One after the other, while all others are there. */
bool phase_newcomers(struct bench *b)
{
	static struct histogram waits;
	const struct options *o = &b->options;
	struct swarm *s = &b->swarm;
	struct usage before = usage_of(&o->servers), after;
	bool good = true;

	for (size_t i = 0; i < NEWCOMERS && good; i++) {
		uint64_t now = clock_ns();
		good = swarm_connect(s, o->clients + i, 1, 1, now + PATIENCE);
		histogram_add(&waits, clock_ns() - now);
	}
	good &= swarm_settle(s, QUIET, clock_ns() + PATIENCE);
	after = usage_of(&o->servers);
	good &= s->refused == 0;
	printf("newcomer_p50_us=%.1f\n",
		(double)histogram_at(&waits, 500) / NS_PER_US);
	printf("newcomer_p99_us=%.1f\n",
		(double)histogram_at(&waits, 990) / NS_PER_US);
	printf("newcomer_parent_us=%.1f\n",
		per(before.own, after.own, NEWCOMERS, NS_PER_US));
	printf("newcomer_server_us=%.1f\n",
		per(before.tree, after.tree, NEWCOMERS, NS_PER_US));
	for (size_t i = 0; i < NEWCOMERS; i++)
		swarm_close(s, &s->clients[o->clients + i], false);
	return swarm_settle(s, QUIET, clock_ns() + PATIENCE) && good;
}

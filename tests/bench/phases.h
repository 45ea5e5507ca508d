/* SPDX-License-Identifier: MIT */
/* What is measured, one verb of the command line each.  All print KEY=VALUE
 * lines; times end with their unit.  False: a delivery was lost, doubled or out
 * of order, or did not come in time. */
#ifndef TESTS_BENCH_PHASES_H
#define TESTS_BENCH_PHASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/bench/swarm.h"
#include "tests/bench/tally.h"
#include "tests/bench/usage.h"

#define NS_PER_S  UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_US UINT64_C(1000)

#define PATIENCE      (60 * NS_PER_S)   /* for what has to come */
#define PATIENCE_EACH (30 * NS_PER_MS)  /* and for each client to come */
#define QUIET         (300 * NS_PER_MS) /* nothing comes any more */
#define NEWCOMERS     100               /* who come when all others are there */

struct options {
	const struct dialect *dialect;
	struct hosts hosts;
	struct servers servers;
	bool kinds; /* processor time is told apart by kind of process */
	uint64_t clients, senders, window, seconds, rate, pending;
	uint64_t rooms; /* 0: all clients are in one */
};

struct bench {
	struct options options;
	struct swarm swarm; /* NEWCOMERS more than options.clients */
	struct tally tally;
};

/* Connects all; comes first, by itself. */
bool phase_connect(struct bench *b);

bool phase_throughput(struct bench *b);
bool phase_latency(struct bench *b);
bool phase_reach(struct bench *b);
bool phase_who(struct bench *b);
bool phase_newcomers(struct bench *b);

/* Leaves one client; nothing can come after. */
bool phase_leave(struct bench *b);

#endif

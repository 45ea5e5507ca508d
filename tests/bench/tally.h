/* SPDX-License-Identifier: MIT */
/* Who has received what: that each client gets each message once and in its
 * sender's order. */
#ifndef TESTS_BENCH_TALLY_H
#define TESTS_BENCH_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/bench/swarm.h"

#define SENDERS_MAX 64

struct tally {
	struct swarm *swarm;
	size_t n;       /* clients that count, the first of the swarm */
	size_t senders; /* spread over the clients, up to SENDERS_MAX */
	uint32_t sent[SENDERS_MAX]; /* messages; their numbers begin with 1 */
	uint32_t *last;  /* [client * SENDERS_MAX + sender]: the last heard */
	uint64_t heard;  /* by all */
	uint64_t wanted; /* of what has been sent, by all */
	uint64_t lost, doubled;
};

/* For the first n clients of the swarm: what others hear is scrollback. */
void tally_init(struct tally *t, struct swarm *s, size_t n);
void tally_free(struct tally *t);

/* The client that a sender is, and the one whose hearing a message ends its
 * flight: the next one, the same for every server. */
struct client *tally_sender(const struct tally *t, size_t sender);
struct client *tally_observer(const struct tally *t, size_t sender);

/* The sender's next message. */
void tally_say(struct tally *t, size_t sender);

/* One has been heard.  Whoever is the swarm's on_payload calls it. */
void tally_take(
	struct tally *t, const struct client *c, const struct payload *p);

/* Turns until all that was sent has been heard; false: not until then (ns). */
bool tally_await(struct tally *t, uint64_t until);

/* Counts what was never heard as lost.  True where nothing was lost, doubled
 * or out of order. */
bool tally_good(struct tally *t);

#endif

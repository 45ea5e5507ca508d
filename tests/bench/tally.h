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
#define ROOMS_MAX   1024
#define SENDERS_ALL 16384

struct tally {
	struct swarm *swarm;
	size_t n;        /* clients that count, the first of the swarm */
	size_t rooms;    /* that they are in; at least 1 */
	size_t each;     /* senders of one room, up to SENDERS_MAX */
	size_t senders;  /* of all, spread over the clients; sender i is in
			    room i % rooms */
	uint32_t *sent;  /* messages; their numbers begin with 1 */
	uint32_t *last;  /* [client * each + sender / rooms]: the last heard */
	uint64_t heard;  /* by all */
	uint64_t wanted; /* of what has been sent, by all of its room */
	uint64_t lost, doubled;
};

/* For the first n clients of the swarm: what others hear is scrollback.  With
 * rooms, each has this many senders, if it has as many members, and n is a
 * multiple of their number.  With several hosts n is a multiple of theirs,
 * there are no rooms, and the senders are of the hosts in turn. */
void tally_init(struct tally *t, struct swarm *s, size_t n, size_t each);
void tally_free(struct tally *t);

/* The client that a sender is, and the one whose hearing a message ends its
 * flight: the next one, the same for every server; with several hosts it is of
 * another one. */
struct client *tally_sender(const struct tally *t, size_t sender);
struct client *tally_observer(const struct tally *t, size_t sender);

/* Whether a client is of another host than a sender. */
bool tally_crosses(
	const struct tally *t, const struct client *c, size_t sender);

/* How many messages all have sent. */
uint64_t tally_said(const struct tally *t);

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

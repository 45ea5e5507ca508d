/* SPDX-License-Identifier: MIT */
/* What is said in several rooms: a ledger for each, and for each pair of users
 * that what one says across rooms comes to the other in its order.
 *
 * Rooms are numbered; the last number is the lobby's.  A line tells how many
 * its sender has said before, in whatever room. */
#ifndef TESTS_STRESS_MINUTES_H
#define TESTS_STRESS_MINUTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/stress/ledger.h"

#define MINUTES_ROOMS 63 /* beside the lobby */
#define MINUTES_LINE  (LEDGER_LINE + 32)

struct minutes {
	size_t rooms;           /* and so the number of the lobby */
	size_t users;           /* whose order is checked; those after the
				   ledgers' senders are its victims */
	struct ledger *ledgers; /* [rooms + 1] */
	uint64_t *last;         /* [user * users + sender]: heard of a sender */
};

/* The room, the sender's number in it, and in all it has said. */
struct minute {
	size_t room, sender;
	uint32_t number;
	uint64_t order; /* from 1 on */
};

void minutes_init(struct minutes *m, uint64_t run, size_t rooms, size_t senders,
	size_t victims);
void minutes_free(struct minutes *m);

/* The room's number, by its name. */
size_t minutes_room(const struct minutes *m, const char *name);

/* The room's name without '#', to name[MINUTES_LINE]. */
void minutes_name(const struct minutes *m, size_t room, char *name);

/* Writes the text of a line, without an end, to where[MINUTES_LINE]. */
void minutes_write(
	const struct minutes *m, char *where, const struct minute *line);

/* A user has heard this text in a room: fails where it is a line of another
 * room, or out of its sender's order.  False where the text is none of ours;
 * rest: what the room's ledger has of it. */
bool minutes_hear(struct minutes *m, size_t user, size_t room, const char *text,
	struct minute *line, const char **rest);

/* The user comes anew, and has heard nothing. */
void minutes_forget(struct minutes *m, size_t user);

#endif

/* SPDX-License-Identifier: MIT */
/* The victims of order-rooms: they are killed, come back, enter rooms, talk
 * there and leave them.  What one says in a life is heard in a room up to some
 * line and no further, and what it hears of a room, from its own join on, is a
 * stretch of what all hear there.  They have rooms of their own, too, in which
 * nobody else is: these end with the last of them, again and again. */
#ifndef TESTS_STRESS_RESTLESS_H
#define TESTS_STRESS_RESTLESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/stress/crowd.h"
#include "tests/stress/minutes.h"
#include "tests/stress/stress.h"
#include "tests/stress/stretch.h"

enum {
	RESTLESS = 12,
	RESTLESS_ROOMS =
		4, /* their own; the i-th may be in i % RESTLESS_ROOMS */
};

struct restless_room {
	bool wants; /* is in it, when all that was sent has been done */
	bool is_in; /* by what it has heard */
	bool known; /* has been in it in this life */
	uint32_t said;
	uint32_t due; /* number of its next line that others hear */
	struct stretch stretch;
};

struct restless_one {
	uint32_t life, said;
	unsigned names;
	size_t wanted; /* rooms */
	bool owns;     /* is in the room of its own kind */
	struct restless_room rooms[MINUTES_ROOMS + 1];
};

/* The minutes know the i-th of them as the sender LEDGER_VICTIM + i. */
struct restless {
	struct crowd *crowd;
	struct minutes *minutes;
	struct dice *dice;
	size_t first; /* of them in the crowd */
	struct restless_one all[RESTLESS];
};

/* Connects the i-th for another life, and it enters rooms. */
void restless_begin(struct restless *r, size_t i);

/* Has the i-th do something, if it is welcomed. */
void restless_act(struct restless *r, size_t i);

/* The i-th has heard something. */
void restless_heard(struct restless *r, size_t i, const struct heard *h);

/* A line of one of them was heard by those who hear all in its room: fails
 * where another was due. */
void restless_check_line(struct restless *r, const struct minute *line);

/* Whether each is in the rooms where it wants to be. */
bool restless_settled(const struct restless *r);

/* When the minutes are complete: how many lines that they heard were
 * checked. */
uint64_t restless_check(const struct restless *r);

void restless_free(struct restless *r);

#endif

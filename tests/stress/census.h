/* SPDX-License-Identifier: MIT */
/* Who is in which room, as the server tells it, and whether that is true. */
#ifndef TESTS_STRESS_CENSUS_H
#define TESTS_STRESS_CENSUS_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/stress/crowd.h"
#include "tests/stress/heard.h"

#define CENSUS_ROOMS 128

struct census {
	struct crowd *crowd;
	struct person *asker; /* speaks the events dialect */
	char asked[STAYS_ROOM];
	struct roll roll, operators; /* of the room asked about */
	size_t rooms_n;
	bool rooms_complete;
	struct {
		char name[STAYS_ROOM];
		unsigned long members;
	} rooms[CENSUS_ROOMS];
};

/* What must be: the names of those who are in a room, where it has any. */
struct census_truth {
	const char *room;
	size_t n;
	const char *const *names;
	const char *leader; /* who must be one; NULL: anybody */
};

/* The asker has heard something. */
void census_heard(struct census *c, const struct heard *h);

/* Asks who is in the room, and waits for the answer. */
void census_ask(struct census *c, const char *room);

/* Asks until the answer is true: of a room that nobody is in there is none.
 * Fails where that takes too long. */
void census_check_room(struct census *c, const struct census_truth *t);

/* The same of the list of rooms: these, without those that nobody is in. */
void census_check_rooms(
	struct census *c, const struct census_truth *all, size_t n);

#endif

/* SPDX-License-Identifier: MIT */
/* The rooms of order-rooms, and who is in them: clients, each in some of them
 * for good, and the restless. */
#ifndef TESTS_STRESS_HALLS_H
#define TESTS_STRESS_HALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/stress/census.h"
#include "tests/stress/crowd.h"
#include "tests/stress/hunt.h"
#include "tests/stress/minutes.h"
#include "tests/stress/restless.h"
#include "tests/stress/stress.h"

enum {
	CLIENTS_MAX = 500,
	ROOMS_MAX = MINUTES_ROOMS,
	STAYS = 4, /* rooms of a client, at most */
};

#define HALLS_TIME (30 * S) /* for all to have come and entered */

struct client {
	size_t rooms[STAYS + 1]; /* the lobby, too */
	size_t n;
	uint64_t order;               /* lines, of all rooms */
	uint32_t said[ROOMS_MAX + 1]; /* of each */
};

struct halls {
	struct crowd crowd;
	struct minutes minutes;
	struct restless restless;
	struct census census;
	struct hunt hunt;
	struct dice talk, kill; /* apart, so that each is the seed's alone */
	size_t clients, rooms;
	struct client client[CLIENTS_MAX];
	char leader[ROOMS_MAX][CROWD_NAME]; /* clients, before the storm */
	uint64_t messages, said, heard;
	uint64_t next_talk, next_kill, heard_at;
	bool over; /* the restless do not come back */
};

/* Clients come first, then the restless. */
struct person *halls_person(struct halls *s, size_t id);

/* Whether client i is in the room. */
bool halls_is_in(const struct halls *s, size_t i, size_t room);

/* Has the clients enter some rooms each, waits until they are there, and notes
 * who of them is an operator then. */
void halls_enter(struct halls *s);

/* Asks until each room has the members that it should have, and an operator:
 * the one that was noted, if any; and there are no other rooms. */
void halls_check(struct halls *s);

#endif

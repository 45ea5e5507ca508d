/* SPDX-License-Identifier: MIT */
/* The rooms that somebody is in, and that what is heard of each has no hole:
 * from the own join on to the own leave, each SEQ is the one before plus one.
 */
#ifndef TESTS_STRESS_STAYS_H
#define TESTS_STRESS_STAYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/stress/heard.h"

#define STAYS_MAX  16 /* rooms that a user can be in */
#define STAYS_ROOM 64

struct long_stay {
	char room[STAYS_ROOM]; /* "": none */
	uint64_t first, last;  /* SEQ of the own join, and of the last event */
	bool counting;         /* last is set */
};

struct stays {
	struct long_stay all[STAYS_MAX];
};

/* Whether somebody is in a room, without '#'. */
bool stays_has(const struct stays *t, const char *room);

/* Takes what client id, who has this name, has heard of a room.  False for
 * scrollback; fails on a hole, and on what is heard of another's room. */
bool stays_hear(
	struct stays *t, size_t id, const char *name, const struct heard *h);

#endif

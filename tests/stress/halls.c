/* SPDX-License-Identifier: MIT */
/* Puts clients into rooms, and checks that they stay there.
 * Runs in: a test program. */
#include "tests/stress/halls.h"

#include <stdio.h>
#include <string.h>

#define TRUTHS (ROOMS_MAX + RESTLESS_ROOMS)

struct person *halls_person(struct halls *s, size_t id)
{
	return &s->crowd.people[id];
}

bool halls_is_in(const struct halls *s, size_t i, size_t room)
{
	for (size_t k = 0; k < s->client[i].n; k++)
		if (s->client[i].rooms[k] == room)
			return true;
	return false;
}

/* --- coming ------------------------------------------------------------- */

/* Each is in the lobby and some rooms, so that each room has somebody. */
static void choose_rooms(struct halls *s, size_t i)
{
	struct client *c = &s->client[i];
	size_t wanted = 1 + dice_below(&s->talk, STAYS);

	c->rooms[c->n++] = s->rooms;
	for (size_t k = 0; k < wanted; k++) {
		size_t room =
			k == 0 ? i % s->rooms : dice_below(&s->talk, s->rooms);
		if (!halls_is_in(s, i, room))
			c->rooms[c->n++] = room;
	}
}

static void enter_rooms(struct halls *s)
{
	uint64_t until = stress_now() + HALLS_TIME;
	char name[MINUTES_LINE];

	for (size_t i = 0; i < s->clients; i++) {
		choose_rooms(s, i);
		for (size_t k = 1; k < s->client[i].n; k++) {
			minutes_name(&s->minutes, s->client[i].rooms[k], name);
			crowd_say(halls_person(s, i), "/join #%s", name);
		}
	}
	for (size_t i = 0; i < s->clients; i++)
		for (size_t k = 1; k < s->client[i].n; k++) {
			minutes_name(&s->minutes, s->client[i].rooms[k], name);
			while (!stays_has(&halls_person(s, i)->stays, name)) {
				if (stress_now() > until)
					stress_fail("not all are in #%s", name);
				crowd_turn(&s->crowd, until);
			}
		}
}

/* Clients that are operators now. */
static void find_leaders(struct halls *s)
{
	char name[MINUTES_LINE];

	for (size_t room = 0; room < s->rooms; room++) {
		minutes_name(&s->minutes, room, name);
		census_ask(&s->census, name);
		for (size_t i = 0; i < s->clients; i++)
			if (roll_has(&s->census.operators,
				    halls_person(s, i)->name))
				snprintf(s->leader[room], CROWD_NAME, "%s",
					halls_person(s, i)->name);
	}
}

void halls_enter(struct halls *s)
{
	enter_rooms(s);
	find_leaders(s);
}

/* --- being there --------------------------------------------------------- */

/* Those who should be in a room, if any. */
static size_t members_of(struct halls *s, size_t room, const char **names)
{
	size_t n = 0;

	for (size_t i = 0; i < s->clients; i++)
		if (halls_is_in(s, i, room))
			names[n++] = halls_person(s, i)->name;
	for (size_t i = 0; i < RESTLESS && !s->over; i++)
		if (s->restless.all[i].rooms[room].wants)
			names[n++] = halls_person(s, s->clients + i)->name;
	return n;
}

/* The same of a room that only the restless are ever in. */
static size_t owners_of(struct halls *s, size_t own, const char **names)
{
	size_t n = 0;

	for (size_t i = own; i < RESTLESS && !s->over; i += RESTLESS_ROOMS)
		if (s->restless.all[i].owns)
			names[n++] = halls_person(s, s->clients + i)->name;
	return n;
}

void halls_check(struct halls *s)
{
	static const char *names[TRUTHS][CLIENTS_MAX + RESTLESS];
	static char rooms[TRUTHS][MINUTES_LINE];
	struct census_truth truths[TRUTHS] = {0};

	for (size_t i = 0; i < s->rooms + RESTLESS_ROOMS; i++) {
		struct census_truth *t = &truths[i];

		t->room = rooms[i];
		t->names = names[i];
		if (i < s->rooms) {
			minutes_name(&s->minutes, i, rooms[i]);
			t->n = members_of(s, i, names[i]);
			t->leader =
				s->leader[i][0] != '\0' ? s->leader[i] : NULL;
		} else {
			snprintf(rooms[i], MINUTES_LINE, "own-%zu",
				i - s->rooms);
			t->n = owners_of(s, i - s->rooms, names[i]);
		}
		census_check_room(&s->census, t);
	}
	census_check_rooms(&s->census, truths, s->rooms + RESTLESS_ROOMS);
}

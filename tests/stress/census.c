/* SPDX-License-Identifier: MIT */
/* Asks who is where, until the answer is true.
 * Runs in: a test program. */
#include "tests/stress/census.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/stress/stress.h"

#define TRUTH_TIME (10 * S) /* a user who is gone may linger for 5 s */
#define ASK_AGAIN  (50 * MS)

static void add_room(struct census *c, const struct heard *h)
{
	if (c->rooms_n == CENSUS_ROOMS)
		stress_fail("more than %d rooms are listed", CENSUS_ROOMS);
	snprintf(c->rooms[c->rooms_n].name, STAYS_ROOM, "%s", h->room);
	c->rooms[c->rooms_n++].members = strtoul(h->text, NULL, 10);
}

void census_heard(struct census *c, const struct heard *h)
{
	struct heard one = *h;

	if (h->kind == HEARD_ROOM)
		add_room(c, h);
	if (h->kind == HEARD_ROOM_END)
		c->rooms_complete = true;
	if (strcmp(h->room, c->asked) != 0)
		return;
	roll_add(&c->roll, h);
	if (h->kind == HEARD_WHO && strcmp(h->text, "operator") == 0)
		roll_add(&c->operators, &one);
	/* there is no such room */
	if (h->kind == HEARD_ERROR)
		c->roll.complete = true;
}

static void wait_for(struct census *c, const bool *done, const char *what)
{
	uint64_t until = stress_now() + TRUTH_TIME;

	while (!*done) {
		if (stress_now() > until)
			stress_fail("no answer to %s", what);
		crowd_turn(c->crowd, until);
	}
}

void census_ask(struct census *c, const char *room)
{
	snprintf(c->asked, sizeof(c->asked), "%s", room);
	c->roll = c->operators = (struct roll){0};
	crowd_say(c->asker, "/who #%s", room);
	wait_for(c, &c->roll.complete, "/who of a room");
}

static bool is_true(const struct census *c, const struct census_truth *t)
{
	if (c->roll.n != t->n || c->roll.count != t->n)
		return false;
	for (size_t i = 0; i < t->n; i++)
		if (!roll_has(&c->roll, t->names[i]))
			return false;
	return t->n == 0 ||
	       (t->leader == NULL ? c->operators.n > 0
				  : roll_has(&c->operators, t->leader));
}

static void pass_time(struct census *c)
{
	uint64_t until = stress_now() + ASK_AGAIN;

	while (stress_now() < until)
		crowd_turn(c->crowd, until);
}

static _Noreturn void fail_room(
	const struct census *c, const struct census_truth *t)
{
	for (size_t i = 0; i < c->roll.n; i++)
		printf("# listed: %s\n", c->roll.names[i]);
	for (size_t i = 0; i < t->n; i++)
		printf("# there: %s\n", t->names[i]);
	stress_fail("%zu are in #%s, but who lists %zu, counts %lu; %zu "
		    "operators, %s should be one",
		t->n, t->room, c->roll.n, c->roll.count, c->operators.n,
		t->leader == NULL ? "anybody" : t->leader);
}

void census_check_room(struct census *c, const struct census_truth *t)
{
	uint64_t until = stress_now() + TRUTH_TIME;

	for (census_ask(c, t->room); !is_true(c, t); census_ask(c, t->room)) {
		if (stress_now() > until)
			fail_room(c, t);
		pass_time(c);
	}
}

static bool lists(const struct census *c, const struct census_truth *t)
{
	for (size_t i = 0; i < c->rooms_n; i++)
		if (strcmp(c->rooms[i].name, t->room) == 0)
			return c->rooms[i].members == t->n;
	return t->n == 0;
}

static bool all_listed(
	const struct census *c, const struct census_truth *all, size_t n)
{
	size_t rooms = 0;

	for (size_t i = 0; i < n; i++) {
		if (!lists(c, &all[i]))
			return false;
		rooms += all[i].n > 0;
	}
	return rooms == c->rooms_n;
}

static void ask_rooms(struct census *c)
{
	c->rooms_n = 0;
	c->rooms_complete = false;
	crowd_say(c->asker, "/rooms");
	wait_for(c, &c->rooms_complete, "/rooms");
}

void census_check_rooms(
	struct census *c, const struct census_truth *all, size_t n)
{
	uint64_t until = stress_now() + TRUTH_TIME;

	for (ask_rooms(c); !all_listed(c, all, n); ask_rooms(c)) {
		if (stress_now() > until) {
			for (size_t i = 0; i < c->rooms_n; i++)
				printf("# listed: %s %lu\n", c->rooms[i].name,
					c->rooms[i].members);
			stress_fail("the list of rooms is not true");
		}
		pass_time(c);
	}
}

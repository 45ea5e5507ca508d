/* SPDX-License-Identifier: MIT */
/* Keeps who is in which room, and checks the SEQs of each.
 * Runs in: any test program. */
#include "tests/stress/stays.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/stress/stress.h"

static struct long_stay *find(struct stays *t, const char *room)
{
	for (size_t i = 0; i < STAYS_MAX; i++)
		if (strcmp(t->all[i].room, room) == 0)
			return &t->all[i];
	return NULL;
}

bool stays_has(const struct stays *t, const char *room)
{
	for (size_t i = 0; i < STAYS_MAX; i++)
		if (strcmp(t->all[i].room, room) == 0)
			return true;
	return false;
}

static void begin(struct stays *t, size_t id, const struct heard *h)
{
	struct long_stay *stay = find(t, "");

	if (stay != NULL) {
		*stay = (struct long_stay){.first = h->seq};
		snprintf(stay->room, sizeof(stay->room), "%s", h->room);
		return;
	}
	stress_fail("client %zu is in more than %d rooms", id, STAYS_MAX);
}

/* The lines of one digest share a number, and a join or leave that others are
 * told of by a digest has that of the event before it. */
static void check(struct long_stay *stay, size_t id, const struct heard *h)
{
	uint64_t last = stay->counting ? stay->last : stay->first;
	bool shared = h->kind == HEARD_JOIN || h->kind == HEARD_LEAVE ||
		      h->kind == HEARD_NOTICE;

	if (h->seq != last + 1 && !(shared && h->seq == last))
		stress_fail("client %zu: SEQ %" PRIu64 " of #%s after %" PRIu64,
			id, h->seq, h->room, last);
	stay->counting = true;
	stay->last = h->seq;
}

static bool is_end(const char *name, const struct heard *h)
{
	size_t n = strlen(name);

	if (h->kind == HEARD_LEAVE)
		return strcmp(h->from, name) == 0;
	return h->kind == HEARD_KICK && strncmp(h->text, name, n) == 0 &&
	       (h->text[n] == '\0' || h->text[n] == ' ');
}

bool stays_hear(
	struct stays *t, size_t id, const char *name, const struct heard *h)
{
	struct long_stay *stay = find(t, h->room);
	bool end = is_end(name, h);

	if (stay == NULL && h->kind == HEARD_JOIN &&
		strcmp(h->from, name) == 0) {
		begin(t, id, h);
		return true;
	}
	if (stay == NULL && h->numbered)
		stress_fail("client %zu hears of #%s, where it is not: %s %s",
			id, h->room, h->from, h->text);
	if (stay == NULL)
		return true;
	if (h->numbered && !stay->counting && h->seq <= stay->first && !end)
		return false;
	if (h->numbered)
		check(stay, id, h);
	if (end)
		stay->room[0] = '\0';
	return true;
}

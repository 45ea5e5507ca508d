/* SPDX-License-Identifier: MIT */
/* Keeps a ledger for each room, and the order of what is said across them.
 * Runs in: a test program. */
#include "tests/stress/minutes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/stress/stress.h"

#define ROOM_NAME "hall-"

void minutes_init(struct minutes *m, uint64_t run, size_t rooms, size_t senders,
	size_t victims)
{
	size_t users = senders + victims;

	*m = (struct minutes){.rooms = rooms, .users = users};
	m->ledgers = calloc(rooms + 1, sizeof(*m->ledgers));
	m->last = calloc(users * users, sizeof(*m->last));
	if (m->ledgers == NULL || m->last == NULL)
		stress_fail("out of memory");
	/* a line of one room is none of another one's run */
	for (size_t i = 0; i <= rooms; i++)
		ledger_init(&m->ledgers[i], run * (MINUTES_ROOMS + 1) + i,
			senders, senders);
}

void minutes_free(struct minutes *m)
{
	for (size_t i = 0; i <= m->rooms; i++)
		ledger_free(&m->ledgers[i]);
	free(m->ledgers);
	free(m->last);
}

size_t minutes_room(const struct minutes *m, const char *name)
{
	size_t room;

	if (name[0] == '\0')
		return m->rooms;
	if (sscanf(name, ROOM_NAME "%zu", &room) != 1 || room >= m->rooms)
		stress_fail("no such room: #%s", name);
	return room;
}

void minutes_name(const struct minutes *m, size_t room, char *name)
{
	if (room == m->rooms)
		snprintf(name, MINUTES_LINE, "lobby");
	else
		snprintf(name, MINUTES_LINE, ROOM_NAME "%zu", room);
}

void minutes_write(
	const struct minutes *m, char *where, const struct minute *line)
{
	char rest[LEDGER_LINE];

	ledger_write(&m->ledgers[line->room], rest, line->sender, line->number);
	snprintf(
		where, MINUTES_LINE, "after %" PRIu64 " %s", line->order, rest);
}

static uint64_t *last_of(struct minutes *m, size_t user, size_t sender)
{
	size_t senders = m->ledgers[0].senders;

	if (sender >= LEDGER_VICTIM)
		sender = sender - LEDGER_VICTIM + senders;
	if (sender >= m->users)
		stress_fail("no such sender: %zu", sender);
	return &m->last[user * m->users + sender];
}

/* What is of this run must not be a line of another room. */
static void check_stray(
	const struct minutes *m, size_t user, size_t room, const char *text)
{
	uint32_t number;
	size_t sender;

	for (size_t i = 0; i <= m->rooms; i++)
		if (ledger_read(&m->ledgers[i], text, &sender, &number))
			stress_fail("client %zu: a line of room %zu came in "
				    "room %zu: %s",
				user, i, room, text);
}

bool minutes_hear(struct minutes *m, size_t user, size_t room, const char *text,
	struct minute *line, const char **rest)
{
	uint64_t *last;
	int at = 0;

	if (sscanf(text, "after %" SCNu64 " %n", &line->order, &at) != 1 ||
		at == 0)
		return false;
	*rest = text + at;
	line->room = room;
	if (!ledger_read(
		    &m->ledgers[room], *rest, &line->sender, &line->number)) {
		check_stray(m, user, room, *rest);
		return false;
	}
	last = last_of(m, user, line->sender);
	if (line->order <= *last)
		stress_fail("client %zu: line %" PRIu64 " of sender %zu came "
			    "after its line %" PRIu64 ", in room %zu",
			user, line->order, line->sender, *last, room);
	*last = line->order;
	return true;
}

void minutes_forget(struct minutes *m, size_t user)
{
	memset(&m->last[user * m->users], 0, m->users * sizeof(*m->last));
}

/* SPDX-License-Identifier: MIT */
/* Drives those who are killed in order-rooms, and checks what is heard of
 * them.
 * Runs in: a test program. */
#include "tests/stress/restless.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LIFE_LINES   4096 /* in one room */
#define WANTED_MAX   8
#define MOVE_ONE_IN  4
#define HASTE_ONE_IN 4 /* leaves and comes back in one breath */

static struct person *person(struct restless *r, size_t i)
{
	return &r->crowd->people[r->first + i];
}

/* --- what they do -------------------------------------------------------- */

static void say_name(
	struct restless *r, size_t i, const char *command, size_t room)
{
	char name[MINUTES_LINE];

	minutes_name(r->minutes, room, name);
	crowd_say(person(r, i), "%s #%s", command, name);
}

/* Nobody has had this name.  The digest of leaves that says one has left may
 * come when one is back: under another name it says so of somebody else. */
static void take_name(struct restless *r, size_t i)
{
	crowd_say(person(r, i), "rename|restless-%zu-%u", i, ++r->all[i].names);
}

static void enter(struct restless *r, size_t i, size_t room)
{
	struct restless_one *one = &r->all[i];
	struct restless_room *place = &one->rooms[room];

	if (place->wants || one->wanted == WANTED_MAX)
		return;
	if (place->known)
		take_name(r, i);
	place->wants = place->known = true;
	one->wanted++;
	say_name(r, i, "/join", room);
}

static void leave(struct restless *r, size_t i, size_t room)
{
	struct restless_one *one = &r->all[i];

	if (room == r->minutes->rooms || !one->rooms[room].wants)
		return;
	one->rooms[room].wants = false;
	one->wanted--;
	say_name(r, i, "/leave", room);
	if (dice_below(r->dice, HASTE_ONE_IN) == 0)
		enter(r, i, room);
}

/* One of the rooms it is in, or the lobby. */
static size_t some_room(struct restless *r, size_t i)
{
	size_t rooms = r->minutes->rooms + 1;
	size_t room = dice_below(r->dice, rooms);

	while (!r->all[i].rooms[room].wants)
		room = (room + 1) % rooms;
	return room;
}

static void speak(struct restless *r, size_t i, size_t room)
{
	struct restless_one *one = &r->all[i];
	struct restless_room *place = &one->rooms[room];
	char name[MINUTES_LINE], text[MINUTES_LINE];
	struct minute line = {.room = room,
		.sender = LEDGER_VICTIM + i,
		.number = one->life * LIFE_LINES + place->said};

	if (place->said == LIFE_LINES)
		return;
	place->said++;
	line.order = (uint64_t)one->life << 32 | ++one->said;
	minutes_name(r->minutes, room, name);
	minutes_write(r->minutes, text, &line);
	crowd_say(person(r, i), "/msg #%s %s", name, text);
}

void restless_begin(struct restless *r, size_t i)
{
	struct restless_one *one = &r->all[i];
	size_t rooms = r->minutes->rooms;

	if (rooms == 0)
		stress_fail("no room to be in");
	if (++one->life == UINT32_MAX / LIFE_LINES)
		stress_fail("too many kills");
	one->said = 0;
	one->wanted = 0;
	for (size_t room = 0; room <= rooms; room++) {
		one->rooms[room].wants = one->rooms[room].is_in = room == rooms;
		one->rooms[room].known = false;
		one->rooms[room].said = 0;
	}
	stretch_begin(&one->rooms[rooms].stretch);
	minutes_forget(r->minutes, r->first + i);
	crowd_connect(r->crowd, person(r, i), crowd_mixed(i));
	take_name(r, i);
	one->owns = dice_below(r->dice, 2) == 0;
	if (one->owns)
		crowd_say(person(r, i), "/join #own-%zu", i % RESTLESS_ROOMS);
	enter(r, i, i % rooms);
	enter(r, i, dice_below(r->dice, rooms));
}

void restless_act(struct restless *r, size_t i)
{
	size_t room;

	if (!person(r, i)->welcomed)
		return;
	room = some_room(r, i);
	if (dice_below(r->dice, MOVE_ONE_IN) != 0)
		speak(r, i, room);
	else if (dice_below(r->dice, 2) == 0)
		leave(r, i, room);
	else
		enter(r, i, dice_below(r->dice, r->minutes->rooms));
}

/* --- what they hear ------------------------------------------------------ */

static void own_move(struct restless_room *place, bool in)
{
	if (in && !place->is_in)
		stretch_begin(&place->stretch);
	place->is_in = in;
}

void restless_heard(struct restless *r, size_t i, const struct heard *h)
{
	const struct person *p = person(r, i);
	struct restless_room *place;
	struct minute line;
	const char *rest;
	size_t room;

	if (!p->welcomed || strncmp(h->room, "own-", 4) == 0)
		return;
	room = minutes_room(r->minutes, h->room);
	place = &r->all[i].rooms[room];
	if (room != r->minutes->rooms &&
		(h->kind == HEARD_JOIN || h->kind == HEARD_LEAVE) &&
		strcmp(h->from, p->name) == 0)
		own_move(place, h->kind == HEARD_JOIN);
	if (h->kind != HEARD_PUBLIC ||
		!minutes_hear(r->minutes, p->id, room, h->text, &line, &rest))
		return;
	if (!place->is_in)
		stress_fail("client %zu hears a line of room %zu, which it is "
			    "not in",
			p->id, room);
	stretch_add(&place->stretch, &r->minutes->ledgers[room], rest);
}

void restless_check_line(struct restless *r, const struct minute *line)
{
	size_t i = line->sender - LEDGER_VICTIM;
	bool known = i < RESTLESS;
	struct restless_one *who = &r->all[known ? i : 0];
	struct restless_room *place = &who->rooms[line->room];
	uint32_t life = line->number / LIFE_LINES;

	/* the due one, or the first of a later life */
	if (!known || life > who->life ||
		(line->number != place->due &&
			(line->number % LIFE_LINES != 0 ||
				line->number < place->due)))
		stress_fail("line %" PRIu32 " of victim %zu in room %zu came "
			    "where %" PRIu32 " was due",
			line->number, i, line->room, place->due);
	place->due = line->number + 1;
}

/* --- the end ------------------------------------------------------------- */

bool restless_settled(const struct restless *r)
{
	for (size_t i = 0; i < RESTLESS; i++) {
		const struct person *p = &r->crowd->people[r->first + i];
		char name[STAYS_ROOM];

		if (!p->welcomed)
			return false;
		snprintf(name, sizeof(name), "own-%zu", i % RESTLESS_ROOMS);
		if (stays_has(&p->stays, name) != r->all[i].owns)
			return false;
		for (size_t room = 0; room < r->minutes->rooms; room++)
			if (r->all[i].rooms[room].is_in !=
				r->all[i].rooms[room].wants)
				return false;
	}
	return true;
}

uint64_t restless_check(const struct restless *r)
{
	uint64_t checked = 0;

	for (size_t i = 0; i < RESTLESS; i++)
		for (size_t room = 0; room <= r->minutes->rooms; room++)
			checked += stretch_check(&r->all[i].rooms[room].stretch,
				&r->minutes->ledgers[room]);
	return checked;
}

void restless_free(struct restless *r)
{
	for (size_t i = 0; i < RESTLESS; i++)
		for (size_t room = 0; room <= r->minutes->rooms; room++)
			stretch_free(&r->all[i].rooms[room].stretch);
}

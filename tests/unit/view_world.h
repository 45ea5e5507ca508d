/* SPDX-License-Identifier: MIT */
/* A view for dialects that look things up (server/child/view.h), made up:
 * WORLD_USERS in WORLD_ROOMS, of which the client, user-0, is in all.  Define
 * both, and WORLD_TOPIC, before it is included.
 * Runs in: nothing but tests. */
#ifndef TESTS_UNIT_VIEW_WORLD_H
#define TESTS_UNIT_VIEW_WORLD_H

#include <stdio.h>
#include <string.h>

#include "server/child/view.h"

static bool joined; /* the client has */

/* The event that has told of everyone who is away. */
#define WORLD_AWAY_ID 5

/* Each look finds other words of a user, where those of the last one were. */
static bool world_changes;

static inline struct span world_text(const char *s)
{
	return (struct span){s, strlen(s)};
}

static inline void world_change(struct person *p)
{
	static char real[32], away[32];
	static size_t n;

	n = n == 20 ? 2 : n == 2 ? 5 : 20;
	memset(memset(real, 0, sizeof(real)), 'r', n);
	memset(memset(away, 0, sizeof(away)), 'a', n);
	p->real = (struct span){real, n};
	p->away = (struct span){away, n};
}

static inline void world_person(uint32_t slot, struct person *p)
{
	static char name[NAME_MAX_BYTES];

	snprintf(name, sizeof(name), "user-%u", slot);
	*p = (struct person){
		.id = {slot, 1},
		.name = world_text(name),
		.user = world_text(slot % 3 == 0 ? "u" : "abcdefghijkl"),
		.real = world_text("Real Name"),
		.away = slot % 4 == 1 ? world_text("out to lunch") : SPAN_EMPTY,
		.away_id = WORLD_AWAY_ID,
		.bot = slot % 2 == 1,
		.connected_ms = 1700000000000,
		.last_line_ms = slot % 2,
	};
	if (world_changes)
		world_change(p);
}

struct audience_user view_me(const struct view *v)
{
	(void)v;
	return (struct audience_user){0, 1};
}

struct span view_my_name(const struct view *v)
{
	(void)v;
	return joined ? world_text("user-0") : SPAN_EMPTY;
}

bool view_user(const struct view *v, struct audience_user id, struct person *p)
{
	(void)v;
	if (id.slot < WORLD_USERS && id.generation == 1)
		world_person(id.slot, p);
	return id.slot < WORLD_USERS && id.generation == 1;
}

void view_about(const struct view *v, struct person *p)
{
	struct span name = p->name;

	if (!view_user(v, p->id, p))
		p->real = name;
	p->name = name;
}

bool view_named(const struct view *v, struct span name, struct person *p)
{
	(void)v;
	for (uint32_t slot = joined ? 0 : 1; slot < WORLD_USERS; slot++) {
		world_person(slot, p);
		if (p->name.n == name.n &&
			memcmp(p->name.p, name.p, name.n) == 0)
			return true;
	}
	return false;
}

/* The client has not read yet that the newcomer has come. */
bool view_has(const struct view *v, struct span name)
{
	struct person p;

	return view_named(v, name, &p) ||
	       (name.n == 8 && memcmp(name.p, "newcomer", 8) == 0);
}

/* Whoever has gone has come and gone often. */
bool view_past(const struct view *v, struct span name, uint64_t *before,
	struct person *p)
{
	(void)v;
	if (*before == 0)
		*before = 257;
	world_person(7, p);
	p->name = world_text("gone");
	return name.n == 4 && memcmp(name.p, "gone", 4) == 0 && --*before > 0;
}

bool view_next(
	const struct view *v, uint32_t room, uint32_t *slot, struct person *p)
{
	for (; *slot < WORLD_USERS; ++*slot) {
		if (!view_is_in(
			    v, (struct audience_user){*slot, 1}, room, NULL))
			continue;
		world_person((*slot)++, p);
		return true;
	}
	return false;
}

bool view_is_in(const struct view *v, struct audience_user id, uint32_t room,
	uint8_t *powers)
{
	(void)v;
	if (powers != NULL)
		*powers = (uint8_t)(id.slot % 4);
	return id.slot % (room % 3 + 1) == 0;
}

struct span view_lobby(const struct view *v)
{
	(void)v;
	return world_text("lobby");
}

bool view_room(const struct view *v, uint32_t number, struct room_view *r)
{
	static const char *const rooms[] = {"lobby", "dev", "ops"};
	static char other[NAME_MAX_BYTES];

	(void)v;
	if (number >= WORLD_ROOMS)
		return false;
	snprintf(other, sizeof(other), "room-%u", number);
	*r = (struct room_view){.number = number,
		.name = world_text(number < 3 ? rooms[number] : other),
		.topic = number > 0 && number != 2 ? WORLD_TOPIC : SPAN_EMPTY,
		.topic_by = world_text("user-1"),
		.modes = number % 3 * 0x50,
		.limit = number};
	return true;
}

uint32_t view_members(const struct view *v, uint32_t number)
{
	(void)v;
	return WORLD_USERS / (number % 3 + 1);
}

bool view_room_named(
	const struct view *v, struct span name, struct room_view *r)
{
	for (uint32_t i = 0; i < WORLD_ROOMS; i++) {
		view_room(v, i, r);
		if (r->name.n == name.n &&
			memcmp(r->name.p, name.p, name.n) == 0)
			return true;
	}
	return false;
}

uint32_t view_room_end(const struct view *v)
{
	(void)v;
	return WORLD_ROOMS;
}

uint32_t view_online(const struct view *v)
{
	(void)v;
	return WORLD_USERS;
}

uint32_t view_users_max(const struct view *v)
{
	(void)v;
	return WORLD_USERS;
}

uint32_t view_idle_timeout(const struct view *v)
{
	(void)v;
	return 300;
}

int64_t view_started_ms(const struct view *v)
{
	(void)v;
	return 1700000000000;
}

bool view_is_mine(const struct view *v, struct span name)
{
	(void)v;
	(void)name;
	return false;
}

const struct eras *view_eras(const struct view *v)
{
	static const struct eras eras = {
		.n = 2, .of = {{0, 1700000000000}, {1000, 1700000000555}}};

	(void)v;
	return &eras;
}

bool view_motd(const struct view *v, size_t i, struct span *line)
{
	(void)v;
	*line = world_text("Welcome");
	return i < 2;
}

#endif

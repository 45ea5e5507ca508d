/* SPDX-License-Identifier: MIT */
/* Rooms and what happens in them, for the tests of ipc/rooms.c.
 * Runs in: nothing but tests.
 *
 * Events are as the relay makes them; each has the next id. */
#ifndef TESTS_UNIT_ROOMS_RIG_H
#define TESTS_UNIT_ROOMS_RIG_H

#include "ipc/rooms.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CAPACITY 40 /* slots; a user's generation is its slot and 100 */
#define ROOMS    20 /* beside the lobby */

static struct rooms r;
static uint64_t last_id, last_seq;

/* Events are made, but not carried out. */
static bool holding;

static union {
	struct frame_event e;
	char bytes[FRAME_EVENT_MAX];
} event;

/* Behind the last test, too. */
static inline void drop_rooms(void)
{
	if (r.base == NULL)
		return;
	munmap(r.base, r.size);
	close(r.fd);
	r.base = NULL;
}

/* Rooms that are empty, instead of those before. */
static inline bool begin(void)
{
	drop_rooms();
	last_id = last_seq = 0;
	return rooms_create(&r, ROOMS, CAPACITY, "lobby") == 0;
}

/* The event is left in event, for those who look at it. */
static inline void happens(struct frame_event head, const char *from,
	const char *to, const char *room, const char *text)
{
	char *p = event.e.body;

	event.e = head;
	event.e.id = ++last_id;
	event.e.seq = ++last_seq;
	event.e.from_len = (uint8_t)strlen(from);
	event.e.to_len = (uint8_t)strlen(to);
	event.e.room_len = (uint8_t)strlen(room);
	event.e.text_len = (uint16_t)strlen(text);
	p = stpcpy(p, from);
	p = stpcpy(p, to);
	p = stpcpy(p, room);
	strcpy(p, text);
	if (!holding)
		rooms_apply(&r, &event.e);
}

static inline uint32_t number_of(const char *room)
{
	return rooms_find(&r, room, strlen(room));
}

static inline uint32_t members(const char *room)
{
	uint32_t n = number_of(room);

	return n != ROOM_NONE ? atomic_load(&r.rooms[n].members) : 0;
}

/* A head with the fields that all events in a room have. */
static inline struct frame_event in(const char *room, unsigned kind)
{
	uint32_t n = number_of(room);

	if (n == ROOM_NONE)
		abort();
	return (struct frame_event){
		.kind = (uint8_t)kind,
		.audience = AUDIENCE_ROOM,
		.room = n,
		.room_generation = atomic_load(&r.rooms[n].generation),
		.online = (uint16_t)members(room),
	};
}

static inline void enter(uint32_t slot, const char *room)
{
	uint32_t n = number_of(room);
	bool makes = n == ROOM_NONE;
	struct frame_event e;

	if (makes)
		n = rooms_free(&r);
	e = (struct frame_event){.kind = EVENT_JOIN,
		.audience = AUDIENCE_ROOM,
		.from_slot = slot,
		.from_generation = slot + 100,
		.room = n,
		.room_generation = atomic_load(&r.rooms[n].generation) + makes,
		.online = (uint16_t)(makes ? 1 : members(room) + 1),
		.on = makes};
	happens(e, "somebody", "", room, "");
}

static inline void leave(uint32_t slot, const char *room)
{
	struct frame_event e = in(room, EVENT_LEAVE);

	e.from_slot = slot;
	e.from_generation = slot + 100;
	e.online--;
	happens(e, "somebody", "", room, "");
}

static inline void enter_lobby(uint32_t slot)
{
	happens((struct frame_event){.kind = EVENT_JOIN,
			.audience = AUDIENCE_EVERYONE,
			.from_slot = slot,
			.from_generation = slot + 100,
			.online = 1},
		"somebody", "", "", "");
}

static inline void leave_lobby(uint32_t slot)
{
	happens((struct frame_event){.kind = EVENT_LEAVE,
			.audience = AUDIENCE_EVERYONE,
			.from_slot = slot,
			.from_generation = slot + 100},
		"somebody", "", "", "");
}

static inline void change_name(uint32_t slot, const char *name)
{
	happens((struct frame_event){.kind = EVENT_RENAME,
			.audience = AUDIENCE_EVERYONE,
			.from_slot = slot,
			.from_generation = slot + 100},
		"somebody", name, "", "");
}

/* The name that the slot's user had then; empty: nobody was online; "?": a name
 * that is not written yet. */
static inline const char *name_at(
	const struct rooms *of, uint32_t slot, uint64_t id)
{
	static char name[NAME_MAX_BYTES + 1];
	struct rooms_user u;

	if (!rooms_user(of, slot, id, &u))
		return "";
	memcpy(name, u.name, u.name_len);
	name[u.name_len] = '\0';
	return name[0] != '\0' ? name : "?";
}

static inline void set_topic(const char *room, const char *text)
{
	happens(in(room, EVENT_TOPIC), "somebody", "", room, text);
}

static inline void set_mode(
	const char *room, enum room_mode mode, bool on, const char *text)
{
	struct frame_event e = in(room, EVENT_MODE);

	e.mode = (uint8_t)mode;
	e.on = on;
	happens(e, "somebody", "", room, text);
}

/* A power of a member, or the end of a ban. */
static inline void set_power(const char *room, enum room_mode mode, bool on,
	uint32_t slot, const char *name)
{
	struct frame_event e = in(room, EVENT_MODE);

	e.mode = (uint8_t)mode;
	e.on = on;
	e.to_slot = slot;
	e.to_generation = slot + 100;
	happens(e, "somebody", name, room, "");
}

static inline void put_in_list(const char *room, enum room_mode list,
	const char *name, const char *address)
{
	struct frame_event e = in(room, EVENT_BAN);

	e.mode = (uint8_t)list;
	e.on = 1;
	happens(e, "somebody", name, room, address);
}

static inline void ban(const char *room, const char *name, const char *address)
{
	put_in_list(room, MODE_BAN, name, address);
}

static inline void invite(const char *room, uint32_t slot)
{
	struct frame_event e = in(room, EVENT_INVITE);

	e.audience = AUDIENCE_BOTH;
	e.on = 1;
	e.to_slot = slot;
	e.to_generation = slot + 100;
	happens(e, "somebody", "guest", room, "");
}

/* -1: not in there. */
static inline int powers(uint32_t slot, const char *room)
{
	const struct place *p = rooms_place(&r, slot, number_of(room));

	return p != NULL ? p->powers : -1;
}

static inline bool has_topic(const char *room, const char *text)
{
	const struct room_topic *t = rooms_topic(&r, number_of(room));

	return t->len == strlen(text) && memcmp(t->text, text, t->len) == 0;
}

static inline const struct room_secrets *private_of(const char *room)
{
	return &r.secrets[number_of(room)];
}

static inline unsigned modes(const char *room)
{
	return atomic_load(&r.rooms[number_of(room)].modes);
}

static inline bool was_in(uint32_t slot, const char *room, uint64_t id)
{
	struct frame_event e = in(room, EVENT_PUBLIC);

	e.id = id;
	return rooms_was_in(&r, slot, &e);
}

/* --- all that there is to see --------------------------------------------- */

#define DESCRIPTION_MAX 100000

static inline void describe_secrets(FILE *f, const struct room_secrets *p)
{
	fprintf(f, " key %.*s banned", p->key_len, p->key);
	for (uint32_t i = 0; i < ROOM_BANS_MAX; i++) {
		const struct room_ban *b = &p->bans[i];

		if (ROOM_BANNED(p, i))
			fprintf(f, " %u:%.*s@%.*s %u/%u by %.*s", b->mode,
				b->name_len, b->name, b->address_len,
				b->address, b->slot, b->generation, b->by_len,
				b->by);
	}
	fprintf(f, " invited (%u)", p->ninvites);
	for (uint32_t i = 0; i < ROOM_INVITES_MAX; i++)
		fprintf(f, " %u/%u", p->invites[i].slot,
			p->invites[i].generation);
}

static inline void describe_room(
	FILE *f, const struct rooms *of, uint32_t number)
{
	const struct room *q = &of->rooms[number];
	const struct room_topic *t = rooms_topic(of, number);

	fprintf(f,
		"%u %.*s/%u (%u) seq %u limit %u modes %x topic %.*s by %.*s",
		number, q->name_len, q->name, atomic_load(&q->generation),
		atomic_load(&q->members), (unsigned)q->seq, q->limit,
		atomic_load(&q->modes), t->len, t->text, t->by_len, t->by);
	describe_secrets(f, &of->secrets[number]);
	for (uint32_t slot = 0; number == ROOM_LOBBY && slot < CAPACITY;
		slot++) {
		const struct stay *p = &of->stays[slot];

		if (atomic_load(&p->generation) != 0)
			fprintf(f, " %u/%u:%u:%u:%u:%s:%s", slot,
				atomic_load(&p->generation),
				(unsigned)p->join_id,
				(unsigned)atomic_load(&p->left_id),
				(unsigned)atomic_load(&p->away_id),
				name_at(of, slot, last_id - 1),
				name_at(of, slot, ROOMS_NOW));
	}
	for (uint32_t slot = 0; slot < CAPACITY; slot++) {
		const struct place *at = rooms_place(of, slot, number);

		if (at != NULL)
			fprintf(f, " %u:%u:%u", slot, at->powers,
				(unsigned)at->join_id);
	}
	fputc('\n', f);
}

/* Who is remembered, the last one first. */
static inline void describe_past(FILE *f, const struct past *p)
{
	struct past_user u;

	for (uint64_t id = ROOMS_NOW; past_before(p, &id, &u);)
		fprintf(f, " -%.*s:%u", u.name_len, u.name, (unsigned)id);
}

static inline void rooms_describe(const struct rooms *of, char *dst)
{
	FILE *f = fmemopen(dst, DESCRIPTION_MAX, "w");

	if (f == NULL)
		abort();
	for (uint32_t i = 0; i < of->count; i++) {
		if (rooms_exists(of, i))
			describe_room(f, of, i);
	}
	describe_past(f, of->past);
	fclose(f);
}

#endif

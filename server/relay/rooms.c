/* SPDX-License-Identifier: MIT */
/* The members of each room, as a list, so that a line to a room of k costs k.
 * The truth is in the shared memory of rooms; this follows from it.
 * Runs in: relay. */
#include <stdlib.h>

#include "server/relay/state.h"

#define LIST_FIRST 8

/* One run of memory for the lines of all rooms' scrollback: what is never used
 * costs nothing. */
bool rooms_set_up(struct switchboard *s)
{
	size_t history = s->options->history;
	uint64_t *recent =
		calloc((size_t)s->rooms->count * (history + 1), sizeof *recent);

	s->room = calloc(s->rooms->count, sizeof *s->room);
	s->active = calloc(s->rooms->count, sizeof *s->active);
	s->telling = calloc(s->rooms->count, sizeof *s->telling);
	if (recent == NULL || s->room == NULL || s->active == NULL ||
		s->telling == NULL) {
		free(recent);
		return false;
	}
	for (uint32_t i = 0; i < s->rooms->count; i++)
		s->room[i].recent = recent + i * history;
	return true;
}

uint32_t rooms_of_frame(
	struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	uint32_t room = rooms_find(s->rooms, frame_up_room(f), f->room_len);

	bool is_in = room == ROOM_LOBBY ||
		     (room != ROOM_NONE &&
			     rooms_place(s->rooms, slot, room) != NULL);

	if (is_in)
		return room;
	append_refusal(s, slot, f,
		room == ROOM_NONE || rooms_is_secret(s->rooms, room)
			? ERROR_NO_SUCH_ROOM
			: ERROR_NOT_IN_ROOM,
		0);
	return ROOM_NONE;
}

bool rooms_reserve(struct switchboard *s, uint32_t room)
{
	struct room_state *r = &s->room[room];
	uint32_t size = r->size > 0 ? 2 * r->size : LIST_FIRST;
	uint32_t *slots;

	if (r->n < r->size)
		return true;
	slots = realloc(r->slots, size * sizeof *slots);
	if (slots == NULL)
		return false;
	r->slots = slots;
	r->size = size;
	return true;
}

static void swap(struct room_state *r, uint32_t i, uint32_t j)
{
	uint32_t slot = r->slots[i];

	r->slots[i] = r->slots[j];
	r->slots[j] = slot;
}

void rooms_add(struct switchboard *s, uint32_t room, uint32_t slot)
{
	struct room_state *r = &s->room[room];

	r->slots[r->n] = slot;
	if (s->members[slot].watches)
		swap(r, r->nwatchers++, r->n);
	r->n++;
}

/* Takes the slot out of the list. */
static void remove_from(struct room_state *r, uint32_t slot)
{
	uint32_t i = 0;

	while (i < r->n && r->slots[i] != slot)
		i++;
	if (i == r->n)
		return;
	if (i < r->nwatchers) {
		swap(r, i, --r->nwatchers);
		i = r->nwatchers;
	}
	swap(r, i, --r->n);
}

/* Whether the room is one of the user's, by this place of it: others of the
 * same room are over. */
static bool is_place(const struct switchboard *s, uint32_t slot, int i)
{
	const struct places *places = &s->rooms->places[slot];

	return rooms_place(s->rooms, slot, atomic_load(&places->room[i])) ==
	       &places->place[i];
}

/* Makes room for the member in the lists of all its rooms: without memory at
 * the relay's start it is in none. */
static bool reserve_all(struct switchboard *s, uint32_t slot)
{
	const struct places *places = &s->rooms->places[slot];

	for (int i = 0; i < ROOMS_PER_USER; i++) {
		if (is_place(s, slot, i) &&
			!rooms_reserve(s, atomic_load(&places->room[i])))
			return false;
	}
	return true;
}

bool rooms_watch(struct switchboard *s, uint32_t slot, bool watches)
{
	struct member *m = &s->members[slot];
	const struct places *places = &s->rooms->places[slot];

	if (m->watches == watches)
		return true;
	if (!reserve_all(s, slot) || (watches && !rooms_reserve(s, ROOM_LOBBY)))
		return false;
	if (!watches)
		remove_from(&s->room[ROOM_LOBBY], slot);
	m->watches = watches;
	if (watches)
		rooms_add(s, ROOM_LOBBY, slot);
	for (int i = 0; i < ROOMS_PER_USER; i++) {
		uint32_t room = atomic_load(&places->room[i]);

		if (!is_place(s, slot, i))
			continue;
		remove_from(&s->room[room], slot);
		rooms_add(s, room, slot);
	}
	return true;
}

/* Nothing is left of a room without members. */
static void end_room(struct switchboard *s, uint32_t room)
{
	struct room_state *r = &s->room[room];

	presence_forget(s, room);
	free(r->slots);
	r->slots = NULL;
	r->size = 0;
	r->nrecent = 0;
	r->presence.told = 0;
}

void rooms_drop(struct switchboard *s, uint32_t room, uint32_t slot)
{
	struct room_state *r = &s->room[room];

	remove_from(r, slot);
	if (r->n == 0)
		end_room(s, room);
}

void rooms_succeed(struct switchboard *s, uint32_t room, uint32_t except)
{
	const struct room_state *r = &s->room[room];
	uint32_t heir = NOBODY;
	uint64_t since = UINT64_MAX;
	struct frame_event e;

	if (s->heirless)
		return;
	for (uint32_t i = 0; i < r->n; i++) {
		const struct place *p =
			rooms_place(s->rooms, r->slots[i], room);

		if (p == NULL)
			continue;
		if ((p->powers & POWER_OPERATOR) != 0)
			return;
		if (heir == NOBODY || heir == except ||
			(r->slots[i] != except && p->join_id < since)) {
			heir = r->slots[i];
			since = p->join_id;
		}
	}
	if (heir == NOBODY)
		return;
	e = append_head(s, room, NOBODY, EVENT_MODE);
	e.mode = MODE_OPERATOR;
	e.on = 1;
	e.to_slot = heir;
	e.to_generation = session_of(s, heir)->generation;
	e.to_len = session_of(s, heir)->name_len;
	presence_before(s, heir);
	switchboard_append(s, &e, "", session_of(s, heir)->name, "");
}

void rooms_succeed_all(struct switchboard *s)
{
	for (uint32_t room = ROOM_LOBBY + 1; room < s->rooms->count; room++) {
		if (rooms_exists(s->rooms, room))
			rooms_succeed(s, room, NOBODY);
	}
}

void rooms_leave(struct switchboard *s, uint32_t room,
	const struct frame_event *e, const char *text)
{
	uint32_t slot = e->from_slot;
	const struct place *p = rooms_place(s->rooms, slot, room);

	if (p == NULL)
		return;
	presence_leave(s, e, p->join_id, text);
	rooms_drop(s, room, slot);
	if ((p->powers & POWER_OPERATOR) != 0)
		rooms_succeed(s, room, slot);
}

void rooms_quit(struct switchboard *s, uint32_t slot, uint8_t reason)
{
	for (int i = 0; i < ROOMS_PER_USER; i++) {
		uint32_t room = atomic_load(&s->rooms->places[slot].room[i]);
		struct frame_event e;

		if (rooms_place(s->rooms, slot, room) == NULL)
			continue;
		e = append_head(s, room, slot, EVENT_LEAVE);
		e.online--;
		e.reason = reason;
		e.flags = EVENT_QUIT;
		rooms_leave(s, room, &e, "");
	}
}

static void recover_user(struct switchboard *s, uint32_t slot)
{
	const struct places *places = &s->rooms->places[slot];

	for (int i = 0; i < ROOMS_PER_USER; i++) {
		uint32_t room = atomic_load(&places->room[i]);

		if (is_place(s, slot, i) && rooms_reserve(s, room))
			rooms_add(s, room, slot);
	}
}

void rooms_recover(struct switchboard *s)
{
	for (uint32_t slot = 0; slot < s->high; slot++) {
		if (is_member(s, slot))
			recover_user(s, slot);
	}
}

/* SPDX-License-Identifier: MIT */
/* The rooms that a child's client is in: from its own joins, leaves and kicks,
 * and after a gap from what the relay tells.
 * Runs in: child. */
#include "server/child/membership.h"

#include <string.h>

#include "ipc/common/name.h"
#include "ipc/rooms.h"

void membership_init(struct memberships *m, struct membership *of)
{
	*m = (struct memberships){.of = of};
}

static struct membership *find(
	struct memberships *m, uint32_t room, uint32_t generation)
{
	for (uint32_t i = 0; i < m->n; i++) {
		if (m->of[i].room == room && m->of[i].generation == generation)
			return &m->of[i];
	}
	return NULL;
}

struct membership *membership_find(struct memberships *m, struct span name)
{
	for (uint32_t i = 0; i < m->n; i++) {
		if (name_same(m->of[i].name, m->of[i].name_len, name.p, name.n))
			return &m->of[i];
	}
	return NULL;
}

struct membership *membership_numbered(struct memberships *m, uint32_t room)
{
	for (uint32_t i = 0; i < m->n; i++) {
		if (m->of[i].room == room)
			return &m->of[i];
	}
	return NULL;
}

bool membership_has(const struct memberships *m, uint32_t room)
{
	for (uint32_t i = 0; i < m->n; i++) {
		if (m->of[i].room == room)
			return true;
	}
	return false;
}

struct membership *membership_here(struct memberships *m)
{
	return m->here != ROOM_LOBBY ? membership_numbered(m, m->here) : NULL;
}

void membership_drop(struct memberships *m, struct membership *x)
{
	if (m->here == x->room)
		m->here = ROOM_LOBBY;
	*x = m->of[--m->n];
}

/* The membership of the event's room, a new one if there is none. */
static struct membership *add(
	struct memberships *m, const struct frame_event *e)
{
	struct membership *x = find(m, e->room, e->room_generation);

	if (x != NULL)
		return x;
	/* No honest relay gets here. */
	if (m->n == MEMBERSHIPS_MAX)
		membership_drop(m, &m->of[0]);
	x = &m->of[m->n++];
	x->room = e->room;
	x->generation = e->room_generation;
	x->join_id = 0;
	x->seq = e->seq;
	x->name_len = e->room_len;
	memcpy(x->name, frame_room(e), e->room_len);
	return x;
}

static bool is(uint32_t slot, uint32_t generation, struct audience_user me)
{
	return slot == me.slot && generation == me.generation;
}

static enum membership_view join(
	struct memberships *m, const struct frame_event *e)
{
	struct membership *x;

	if (e->id == m->replay_join)
		return MEMBERSHIP_AGAIN;
	x = add(m, e);
	x->join_id = m->replay_join = e->id;
	x->seq = e->seq;
	m->replay_id = 0;
	return MEMBERSHIP_NEW;
}

/* An event of others in a room. */
static enum membership_view note_other(
	struct memberships *m, const struct frame_event *e)
{
	struct membership *x = find(m, e->room, e->room_generation);

	if (x == NULL)
		return MEMBERSHIP_NEW;
	if (e->id >= x->join_id) {
		if (audience_is_counted(e))
			x->seq = e->seq;
		return MEMBERSHIP_NEW;
	}
	if (x->join_id == m->replay_join) {
		if (e->id <= m->replay_id)
			return MEMBERSHIP_AGAIN;
		m->replay_id = e->id;
	}
	return MEMBERSHIP_OLD;
}

enum membership_view membership_note(struct memberships *m,
	const struct frame_event *e, struct audience_user me)
{
	bool from_me = is(e->from_slot, e->from_generation, me);
	bool to_me = is(e->to_slot, e->to_generation, me);
	bool digest = (e->flags & EVENT_DIGEST) != 0;
	struct membership *x;

	if (e->id > m->replay_join)
		m->replay_join = 0;
	if (e->room == ROOM_LOBBY)
		return MEMBERSHIP_NEW;
	if (e->kind == EVENT_JOIN && from_me && !digest)
		return join(m, e);
	if ((e->kind == EVENT_LEAVE && from_me && !digest) ||
		(e->kind == EVENT_KICK && to_me)) {
		x = find(m, e->room, e->room_generation);
		if (x != NULL)
			membership_drop(m, x);
		return MEMBERSHIP_NEW;
	}
	return note_other(m, e);
}

enum membership_view membership_repeat(struct memberships *m,
	const struct frame_event *e, struct audience_user me)
{
	if (e->id > m->replay_join)
		m->replay_join = 0;
	if (e->room == ROOM_LOBBY)
		return MEMBERSHIP_NEW;
	if (e->kind == EVENT_JOIN && (e->flags & EVENT_DIGEST) == 0 &&
		is(e->from_slot, e->from_generation, me)) {
		if (e->id == m->replay_join)
			return MEMBERSHIP_AGAIN;
		m->replay_join = e->id;
		m->replay_id = 0;
		return MEMBERSHIP_NEW;
	}
	if (m->replay_join == 0 || e->id > m->replay_join)
		return MEMBERSHIP_NEW;
	if (e->id <= m->replay_id)
		return MEMBERSHIP_AGAIN;
	m->replay_id = e->id;
	return MEMBERSHIP_OLD;
}

uint64_t membership_last_id(const struct memberships *m, uint64_t last_id)
{
	return m->replay_join != 0 ? m->replay_join - 1 : last_id;
}

void membership_begin(struct memberships *m)
{
	for (uint32_t i = 0; i < m->n; i++)
		m->of[i].confirmed = false;
}

/* A number that no membership has, and no room. */
static uint32_t spare_number(const struct memberships *m)
{
	uint32_t number = ROOM_NONE - 1;

	while (membership_has(m, number))
		number--;
	return number;
}

/* Gives the number of a room to the membership that has had the number old, or
 * to one that is to be added.  Another one that has it is of a room that has
 * another number by now, or is over: it gets the old one, so that each number
 * is of one room, and "here" of the same as before. */
static void swap_numbers(struct memberships *m, uint32_t old, uint32_t number)
{
	struct membership *has_old = membership_numbered(m, old);
	struct membership *has_new = membership_numbered(m, number);

	if (has_old != NULL)
		has_old->room = number;
	if (has_new != NULL)
		has_new->room = old;
	if (m->here == old)
		m->here = number;
	else if (m->here == number)
		m->here = old;
}

/* The membership of the event's room, known by its name: numbers may be others
 * than before the gap. */
static struct membership *renumber(
	struct memberships *m, const struct frame_event *e, bool *anew)
{
	struct span name = {frame_room(e), e->room_len};
	struct membership *x = membership_find(m, name);

	*anew = false;
	if (x == NULL) {
		swap_numbers(m, spare_number(m), e->room);
		return add(m, e);
	}
	if (x->room == e->room && x->generation == e->room_generation)
		return x;
	*anew = true;
	swap_numbers(m, x->room, e->room);
	x->generation = e->room_generation;
	x->join_id = 0;
	x->seq = e->seq;
	x->name_len = e->room_len;
	memcpy(x->name, name.p, name.n);
	return x;
}

uint32_t membership_confirm(
	struct memberships *m, const struct frame_event *e, bool *anew)
{
	struct membership *x = renumber(m, e, anew);
	uint64_t missed = e->seq > x->seq ? e->seq - x->seq : 0;

	m->replay_join = 0;
	x->confirmed = true;
	x->seq += missed;
	return missed < UINT32_MAX ? (uint32_t)missed : UINT32_MAX;
}

struct membership *membership_over(struct memberships *m)
{
	for (uint32_t i = 0; i < m->n; i++) {
		if (!m->of[i].confirmed)
			return &m->of[i];
	}
	return NULL;
}

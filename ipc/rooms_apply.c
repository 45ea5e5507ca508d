/* SPDX-License-Identifier: MIT */
/* What each event does to the rooms.  A kill at any instruction is mended by
 * the same event once more: values are set, never counted on.
 * Runs in: relay. */
#include <stdlib.h>
#include <string.h>

#include "ipc/common/name.h"
#include "ipc/rooms.h"

/* The index of the place where the user is in this room now, or -1. */
static int find_place(const struct rooms *r, uint32_t slot, uint32_t room)
{
	const struct place *p = rooms_place(r, slot, room);

	return p != NULL ? (int)(p - r->places[slot].place) : -1;
}

void rooms_end(struct rooms *r, uint32_t room)
{
	atomic_store(&r->keys[room], 0);
}

/* The room of a new generation: no reader finds it yet. */
static void make(
	struct rooms *r, uint32_t number, uint32_t generation, int64_t made_ms)
{
	struct room *room = &r->rooms[number];

	rooms_end(r, number);
	room->topic[0].len = room->topic[1].len = 0;
	room->limit = 0;
	room->made_ms = made_ms;
	atomic_store(&room->modes, 0);
	memset(&r->secrets[number], 0, sizeof r->secrets[number]);
	atomic_store(&room->generation, generation);
}

/* An invitation is used up by the join. */
static void use_invitation(struct room_secrets *p, uint32_t slot)
{
	for (int i = 0; i < ROOM_INVITES_MAX; i++) {
		if (p->invites[i].slot == slot)
			p->invites[i].generation = 0;
	}
}

static void enter(struct rooms *r, const struct frame_event *e)
{
	struct room *room = &r->rooms[e->room];
	struct places *p = &r->places[e->from_slot];
	int i;

	if (atomic_load(&room->generation) != e->room_generation)
		make(r, e->room, e->room_generation, e->unix_ms);
	i = find_place(r, e->from_slot, e->room);
	if (i == -1)
		i = rooms_free_place(r, e->from_slot);
	if (i == -1)
		return; /* the relay has asked before */
	/* A place in use again must not seem to be another room's. */
	atomic_store(&p->room[i], ROOM_LOBBY);
	p->place[i].generation = e->room_generation;
	p->place[i].powers = e->on ? POWER_OPERATOR : 0;
	p->place[i].powers_id = e->id;
	p->place[i].join_id = e->id;
	atomic_store(&p->place[i].left_id, 0);
	atomic_store(&p->room[i], e->room);
	atomic_store(&room->members, e->online);
	use_invitation(&r->secrets[e->room], e->from_slot);
	rooms_name(r, e->room, frame_room(e), e->room_len);
}

static void leave(struct rooms *r, uint32_t slot, const struct frame_event *e)
{
	int i = find_place(r, slot, e->room);

	if (i != -1)
		atomic_store(&r->places[slot].place[i].left_id, e->id);
	atomic_store(&r->rooms[e->room].members, e->online);
	if (e->online == 0)
		rooms_end(r, e->room);
}

uint32_t rooms_restore(
	struct rooms *r, const char *name, size_t len, int64_t made_ms)
{
	uint32_t room = rooms_free(r);

	if (room == ROOM_NONE)
		return room;
	make(r, room, atomic_load(&r->rooms[room].generation) + 1, made_ms);
	atomic_store(&r->rooms[room].members, 0);
	rooms_name(r, room, name, len);
	return room;
}

static void set_topic(struct rooms *r, const struct frame_event *e)
{
	struct room *room = &r->rooms[e->room];
	uint8_t other = !(atomic_load(&room->topic_at) & 1);
	struct room_topic *t = &room->topic[other];

	t->len = e->text_len < TOPIC_MAX ? e->text_len : TOPIC_MAX;
	memcpy(t->text, frame_text(e), t->len);
	t->by_len = e->from_len;
	memcpy(t->by, frame_from(e), e->from_len);
	t->set_ms = e->unix_ms;
	atomic_store(&room->topic_at, other);
}

static void set_power(
	struct rooms *r, const struct frame_event *e, enum power power)
{
	int i = find_place(r, e->to_slot, e->room);
	struct place *p = &r->places[e->to_slot].place[i != -1 ? i : 0];

	if (i == -1)
		return;
	if (e->on) {
		p->powers_id = e->id;
		p->powers |= (uint8_t)power;
	} else {
		p->powers &= (uint8_t)~power;
	}
}

/* The index of the entry of the event's list and name, or ROOM_BANS_MAX. */
static uint32_t find_ban(
	const struct room_secrets *p, const struct frame_event *e)
{
	uint32_t i = 0;

	while (i < ROOM_BANS_MAX &&
		!(ROOM_BANNED(p, i) && p->bans[i].mode == e->mode &&
			name_same(p->bans[i].name, p->bans[i].name_len,
				frame_to(e), e->to_len)))
		i++;
	return i;
}

static uint32_t free_ban(const struct room_secrets *p)
{
	uint32_t i = 0;

	while (i < ROOM_BANS_MAX && ROOM_BANNED(p, i))
		i++;
	return i;
}

static void ban(struct room_secrets *p, const struct frame_event *e)
{
	uint32_t i = find_ban(p, e);
	struct room_ban *b;

	if (i == ROOM_BANS_MAX)
		i = free_ban(p);
	if (i == ROOM_BANS_MAX)
		return; /* the relay has asked before */
	b = &p->bans[i];
	b->slot = e->to_slot;
	b->generation = e->to_generation;
	b->set_ms = e->unix_ms;
	b->mode = e->mode;
	b->by_len = e->from_len;
	memcpy(b->by, frame_from(e), e->from_len);
	b->name_len = e->to_len;
	memcpy(b->name, frame_to(e), e->to_len);
	b->address_len = e->text_len < ROOM_ADDRESS_MAX ? (uint8_t)e->text_len
							: ROOM_ADDRESS_MAX;
	memcpy(b->address, frame_text(e), b->address_len);
	p->banned |= 1U << i;
}

static void unban(struct room_secrets *p, const struct frame_event *e)
{
	uint32_t i = find_ban(p, e);

	if (i < ROOM_BANS_MAX)
		p->banned &= ~(1U << i);
}

static void invite(struct room_secrets *p, const struct frame_event *e)
{
	uint32_t i = p->ninvites % ROOM_INVITES_MAX;

	/* One that is repeated takes no other's place; this one's may be half
	 * written. */
	for (uint32_t j = 0; j < ROOM_INVITES_MAX; j++) {
		if (j != i && p->invites[j].slot == e->to_slot &&
			p->invites[j].generation == e->to_generation)
			return;
	}
	p->invites[i].slot = e->to_slot;
	p->invites[i].generation = e->to_generation;
	p->ninvites++;
}

static void set_flag(struct room *room, enum room_mode mode, bool on)
{
	uint16_t bit = (uint16_t)(1U << mode);

	if (on)
		atomic_fetch_or(&room->modes, bit);
	else
		atomic_fetch_and(&room->modes, (uint16_t)~bit);
}

static void set_several(struct room *room, const char *text, size_t n)
{
	enum room_mode mode;
	bool on;

	while (mode_next(&text, &n, &mode, &on))
		set_flag(room, mode, on);
}

static void set_mode(struct rooms *r, const struct frame_event *e)
{
	struct room *room = &r->rooms[e->room];
	struct room_secrets *p = &r->secrets[e->room];
	char number[16] = "";

	switch (e->mode) {
	case MODE_OPERATOR:
		set_power(r, e, POWER_OPERATOR);
		return;
	case MODE_VOICE:
		set_power(r, e, POWER_VOICE);
		return;
	case MODE_BAN:
	case MODE_MUTE:
	case MODE_EXEMPT:
	case MODE_ADMIT:
		if (!e->on)
			unban(p, e);
		return;
	case MODE_SEVERAL:
		set_several(room, frame_text(e), e->text_len);
		return;
	case MODE_LIMIT:
		memcpy(number, frame_text(e),
			e->text_len < sizeof number ? e->text_len
						    : sizeof number - 1);
		room->limit = e->on ? (uint32_t)strtoul(number, NULL, 10) : 0;
		return;
	case MODE_KEY:
		p->key_len = e->on && e->text_len <= ROOM_KEY_MAX
				     ? (uint8_t)e->text_len
				     : 0;
		memcpy(p->key, frame_text(e), p->key_len);
		break;
	default:
		break;
	}
	set_flag(room, (enum room_mode)e->mode, e->on);
}

static void apply_in_room(struct rooms *r, const struct frame_event *e)
{
	switch (e->kind) {
	case EVENT_JOIN:
		enter(r, e);
		break;
	case EVENT_LEAVE:
		leave(r, e->from_slot, e);
		break;
	case EVENT_KICK:
		leave(r, e->to_slot, e);
		break;
	case EVENT_TOPIC:
		set_topic(r, e);
		break;
	case EVENT_MODE:
		set_mode(r, e);
		break;
	case EVENT_INVITE:
		if (!e->on)
			break; /* a member's: words */
		invite(&r->secrets[e->room], e);
		break;
	case EVENT_BAN:
		ban(&r->secrets[e->room], e);
		break;
	default:
		break;
	}
}

/* What the user has said of itself; NULL: nothing. */
static const struct table_about *about(
	const struct rooms *r, uint32_t slot, uint32_t generation)
{
	return r->table == NULL ? NULL
				: table_about(r->table, slot, generation);
}

/* Readers see no part of it. */
void rooms_take_user(struct rooms *r, uint32_t slot, uint32_t generation)
{
	struct stay *stay = &r->stays[slot];
	const struct table_about *a = about(r, slot, generation);
	char user[USER_MAX_BYTES];
	uint8_t len =
		a != NULL ? table_said(user, a->user, &a->user_len, sizeof user)
			  : 0;

	if (atomic_load(&stay->user_len) == len &&
		memcmp(stay->user, user, len) == 0)
		return;
	atomic_store(&stay->user_len, 0);
	memcpy(stay->user, user, len);
	atomic_store(&stay->user_len, len);
}

/* The slot has another user, who is found by its generation. */
static void arrive(struct rooms *r, const struct frame_event *e)
{
	struct stay *stay = &r->stays[e->from_slot];

	atomic_store(&stay->generation, 0);
	atomic_thread_fence(memory_order_release);
	memset(&r->places[e->from_slot], 0, sizeof r->places[0]);
	memset(stay, 0, sizeof *stay);
	stay->join_id = e->id;
	stay->name_len[0] = e->from_len;
	memcpy(stay->name[0], frame_from(e), e->from_len);
	rooms_take_user(r, e->from_slot, e->from_generation);
	atomic_store(&stay->since[0], e->id);
	atomic_store(&stay->generation, e->from_generation);
}

/* The name that is overwritten counts as a new one from the start: no reader
 * has had this event yet. */
static void change_name(struct stay *stay, const struct frame_event *e)
{
	uint8_t i = atomic_load(&stay->current) & 1;

	if (atomic_load(&stay->since[i]) == e->id)
		return; /* it is done again */
	i = !i;
	atomic_store(&stay->since[i], e->id);
	atomic_thread_fence(memory_order_release);
	stay->name_len[i] = e->to_len;
	memcpy(stay->name[i], frame_to(e), e->to_len);
	atomic_store(&stay->current, i);
}

/* The user has gone, or its name is another's to have. */
static void remember(struct rooms *r, const struct frame_event *e)
{
	if (e->kind == EVENT_RENAME &&
		name_same(frame_from(e), e->from_len, frame_to(e), e->to_len))
		return;
	past_apply(r->past, e, about(r, e->from_slot, e->from_generation));
}

static void apply_in_lobby(struct rooms *r, const struct frame_event *e)
{
	struct stay *stay = &r->stays[e->from_slot];

	if (e->kind == EVENT_JOIN)
		arrive(r, e);
	if (e->from_generation == 0 ||
		atomic_load(&stay->generation) != e->from_generation)
		return;
	if (e->kind == EVENT_LEAVE)
		atomic_store(&stay->left_id, e->id);
	else if (e->kind == EVENT_RENAME)
		change_name(stay, e);
	else if (e->kind == EVENT_AWAY)
		atomic_store(&stay->away_id, e->text_len > 0 ? e->id : 0);
	if (e->kind == EVENT_LEAVE || e->kind == EVENT_RENAME)
		remember(r, e);
}

void rooms_apply(struct rooms *r, const struct frame_event *e)
{
	if ((e->flags & EVENT_DIGEST) == 0) {
		if (e->room != ROOM_LOBBY)
			apply_in_room(r, e);
		else
			apply_in_lobby(r, e);
	}
	r->rooms[e->room].seq = e->seq;
}

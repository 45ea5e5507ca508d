/* SPDX-License-Identifier: MIT */
/* Users and rooms, as entries have them: written, and made members and rooms
 * again.
 * Runs in: relay. */
#include <stdio.h>
#include <string.h>

#include "ipc/common/mask.h"
#include "ipc/common/name.h"
#include "ipc/common/text.h"
#include "server/relay/hosts/state.h"

/* --- written ---------------------------------------------------------------
 */

/* Who a user is for all hosts; generation 0: nobody, or one who has gone. */
static void put_who(const struct switchboard *s, struct entry_out *o,
	uint32_t slot, uint32_t generation)
{
	const struct session *who =
		slot < s->log.capacity ? session_of(s, slot) : NULL;
	bool here = who != NULL && generation != 0 &&
		    who->generation == generation && is_member(s, slot);
	bool remote = here && hosts_is_remote(s, slot);

	entry_put_u64(o, here ? remote_host(s, slot) : 0);
	entry_put_u32(o, remote ? who->origin_slot : here ? slot : 0);
	entry_put_u32(o, remote ? who->origin_generation
			 : here ? generation
				: 0);
}

void record_put_user(
	const struct switchboard *s, struct entry_out *o, uint32_t slot)
{
	const struct session *who = session_of(s, slot);
	bool remote = hosts_is_remote(s, slot);
	const struct entry_user u = {
		.slot = remote ? who->origin_slot : slot,
		.generation = remote ? who->origin_generation : who->generation,
		.counter = who->counter,
		.watches = s->members[slot].watches,
		.name = who->name,
		.name_len = who->name_len,
	};

	about_put_user(s, o, &u, slot, who->generation);
}

void record_put_places(
	const struct switchboard *s, struct entry_out *o, uint32_t slot)
{
	const struct places *places = &s->rooms->places[slot];
	uint8_t n = 0;

	for (int i = 0; i < ROOMS_PER_USER; i++)
		n = (uint8_t)(n + (rooms_place(s->rooms, slot,
					   atomic_load(&places->room[i])) ==
					  &places->place[i]));
	entry_put_u8(o, n);
	for (int i = 0; i < ROOMS_PER_USER; i++) {
		uint32_t room = atomic_load(&places->room[i]);
		const struct room *r = &s->rooms->rooms[room];

		if (rooms_place(s->rooms, slot, room) != &places->place[i])
			continue;
		entry_put_text(o, r->name, r->name_len);
		entry_put_u8(o, places->place[i].powers);
	}
}

static void put_lists(const struct switchboard *s, struct entry_out *o,
	const struct room_secrets *p)
{
	for (uint32_t i = 0; i < ROOM_BANS_MAX; i++) {
		const struct room_ban *b = &p->bans[i];

		if (!ROOM_BANNED(p, i))
			continue;
		entry_put_u8(o, b->mode);
		entry_put_text(o, b->name, b->name_len);
		entry_put_text(o, b->by, b->by_len);
		entry_put_text(o, b->address, b->address_len);
		entry_put_u64(o, (uint64_t)b->set_ms);
		put_who(s, o, b->slot, b->generation);
	}
	entry_put_u8(o, MODE_NONE);
	/* From the oldest on, so that the next one takes the same place. */
	for (uint32_t i = 0; i < ROOM_INVITES_MAX; i++) {
		uint32_t at = (p->ninvites + i) % ROOM_INVITES_MAX;

		put_who(s, o, p->invites[at].slot, p->invites[at].generation);
	}
}

void record_put_settings(
	const struct switchboard *s, struct entry_out *o, uint32_t room)
{
	const struct room *r = &s->rooms->rooms[room];
	const struct room_secrets *p = &s->rooms->secrets[room];
	const struct room_topic *t = rooms_topic(s->rooms, room);

	entry_put_text(o, r->name, r->name_len);
	entry_put_u64(o, (uint64_t)r->made_ms);
	entry_put_text(o, t->text, t->len);
	entry_put_text(o, t->by, t->by_len);
	entry_put_u64(o, (uint64_t)t->set_ms);
	entry_put_u32(o, atomic_load(&r->modes));
	entry_put_u32(o, r->limit);
	entry_put_text(o, p->key, p->key_len);
	put_lists(s, o, p);
}

/* --- made ------------------------------------------------------------------
 */

#define GUEST "guest-"

/* The smallest N of which no member is guest-N: as a name.  Members are at most
 * as many as slots, so one of those numbers is free; their keys alone are read,
 * once, since a whole host of guests may have to be called anew. */
static size_t free_guest(const struct switchboard *s, char *name, size_t size)
{
	static bool taken[2 * USERS_MAX + 2];
	uint32_t n = 1;

	memset(taken, 0, s->high + 2);
	for (uint32_t slot = 0; slot < s->high; slot++) {
		uint64_t number = s->keys[slot] ^ NAME_GUEST;

		if (number <= s->high)
			taken[number] = true;
	}
	while (taken[n])
		n++;
	return (size_t)snprintf(name, size, GUEST "%u", n);
}

static void set_about(
	struct switchboard *s, uint32_t slot, const struct entry_user *u)
{
	if (u->user_len > 0)
		table_set_user(s->table, slot, u->user, u->user_len);
	if (u->real_len > 0)
		table_set_real(s->table, slot, u->real, u->real_len);
	if (u->away_len > 0)
		table_set_away(s->table, slot, u->away, u->away_len);
	if (u->bot)
		table_set_bot(s->table, slot, true);
}

/* The join tells what a client calls its user; that it is away is told by
 * nobody, as with a user of this host. */
static void note_away(struct switchboard *s, uint32_t slot)
{
	struct frame_event e = append_head(s, ROOM_LOBBY, slot, EVENT_AWAY);

	e.audience = AUDIENCE_NOBODY;
	e.text_len = 1;
	switchboard_append(s, &e, session_of(s, slot)->name, "", "-");
}

/* In a slot of its own, with another generation. */
static int64_t place(struct switchboard *s, uint64_t host,
	const struct entry_user *u, const char *name, size_t len)
{
	int64_t slot = remote_take(s, host, u->slot, u->generation);
	char address[TABLE_ADDRESS_MAX];
	uint32_t generation;

	if (slot == -1)
		return -1;
	memcpy(address, u->address, u->address_len);
	address[u->address_len] = '\0';
	generation = table_place(
		s->table, (uint32_t)slot, name, len, address, u->connected_ms);
	table_set_last_line(s->table, (uint32_t)slot, u->last_line_ms);
	set_about(s, (uint32_t)slot, u);
	members_enter(s, (uint32_t)slot, generation, name, (uint8_t)len, 0);
	return slot;
}

int64_t record_join(struct switchboard *s, uint64_t host,
	const struct entry_user *u, bool *full)
{
	char guest[NAME_MAX_BYTES];
	const char *name = u->name;
	size_t len = u->name_len;
	struct member *m;
	int64_t slot;

	*full = false;
	if (remote_find(s, host, u->slot, u->generation) != -1)
		return -1;
	if (names_find(s, name, len) != -1) {
		name = guest;
		len = free_guest(s, guest, sizeof guest);
	}
	if (host != link_of(s)->me) {
		slot = place(s, host, u, name, len);
		*full = slot == -1;
	} else {
		slot = u->slot;
		if (u->slot >= s->options->max_users || is_member(s, u->slot))
			return -1;
		m = &s->members[slot];
		if (m->aside)
			members_enter(s, u->slot, u->generation, name,
				(uint8_t)len, u->counter);
		else
			members_join(
				s, u->slot, u->generation, name, (uint8_t)len);
		m->aside = false;
	}
	if (slot != -1 && u->away_len > 0)
		note_away(s, (uint32_t)slot);
	return slot;
}

static void give_voice(struct switchboard *s, uint32_t room, uint32_t slot)
{
	struct frame_event e = append_head(s, room, NOBODY, EVENT_MODE);

	e.mode = MODE_VOICE;
	e.on = 1;
	e.to_slot = slot;
	e.to_generation = session_of(s, slot)->generation;
	e.to_len = session_of(s, slot)->name_len;
	switchboard_append(s, &e, "", session_of(s, slot)->name, "");
}

void record_enter(struct switchboard *s, uint32_t slot, const char *name,
	size_t len, uint8_t powers)
{
	uint32_t room = rooms_find(s->rooms, name, len);
	bool is_new = room == ROOM_NONE;
	struct frame_event e;

	if (is_new)
		room = rooms_free(s->rooms);
	if (room == ROOM_NONE || room == ROOM_LOBBY ||
		name_check_room(name, len) != NAME_OK ||
		rooms_place(s->rooms, slot, room) != NULL ||
		rooms_free_place(s->rooms, slot) == -1 ||
		!rooms_reserve(s, room))
		return;
	e = append_head(s, room, slot, EVENT_JOIN);
	e.online++;
	e.on = (powers & POWER_OPERATOR) != 0;
	if (is_new) {
		e.room_generation++;
		e.room_len = (uint8_t)len;
	} else {
		name = s->rooms->rooms[room].name;
	}
	presence_join(s, &e, session_of(s, slot)->name, name);
	rooms_add(s, room, slot);
	if ((powers & POWER_VOICE) != 0)
		give_voice(s, room, slot);
}

bool record_is_of(const struct switchboard *s, uint32_t room, uint64_t host)
{
	const struct room_state *r = &s->room[room == ROOM_NONE ? 0 : room];

	if (room == ROOM_NONE)
		return true;
	for (uint32_t i = 0; i < r->n; i++) {
		if (remote_host(s, r->slots[i]) != host)
			return false;
	}
	return room != ROOM_LOBBY;
}

/* --- a room's settings ------------------------------------------------------
 */

/* An event that sets something in the room, told to nobody: who is there has
 * brought it. */
static struct frame_event setting(
	const struct switchboard *s, uint32_t room, enum event_kind kind)
{
	struct frame_event e = append_head(s, room, NOBODY, kind);

	e.audience = AUDIENCE_NOBODY;
	e.on = 1;
	return e;
}

static void set_mode(struct switchboard *s, uint32_t room, enum room_mode mode,
	const char *text, size_t len)
{
	struct frame_event e = setting(s, room, EVENT_MODE);

	e.mode = (uint8_t)mode;
	e.text_len = (uint16_t)len;
	switchboard_append(s, &e, "", "", text);
}

static void set_modes(
	struct switchboard *s, uint32_t room, uint32_t modes, uint32_t limit)
{
	char number[16];
	int n;

	for (unsigned int mode = 1; mode < MODES; mode++) {
		if ((modes & 1U << mode) != 0 && mode_is_flag(mode))
			set_mode(s, room, (enum room_mode)mode, "", 0);
	}
	if (limit == 0)
		return;
	n = snprintf(number, sizeof number, "%u", limit);
	set_mode(s, room, MODE_LIMIT, number, (size_t)n);
}

static void set_topic(struct switchboard *s, uint32_t room, const char *text,
	size_t len, const char *by, size_t by_len, int64_t ms)
{
	struct frame_event e = setting(s, room, EVENT_TOPIC);

	if (len == 0)
		return;
	e.unix_ms = ms;
	e.from_len = (uint8_t)by_len;
	e.text_len = (uint16_t)len;
	switchboard_append(s, &e, by, "", text);
}

/* A user that an entry names; -1: nobody, or one who has gone. */
static int64_t take_who(const struct switchboard *s, struct entry_in *i)
{
	uint64_t host = entry_u64(i);
	uint32_t slot = entry_u32(i), generation = entry_u32(i);

	return host != 0 && !i->bad ? remote_find(s, host, slot, generation)
				    : -1;
}

static void aim(const struct switchboard *s, struct frame_event *e, int64_t who)
{
	if (who == -1)
		return;
	e->to_slot = (uint32_t)who;
	e->to_generation = session_of(s, (uint32_t)who)->generation;
}

static bool set_ban(struct switchboard *s, uint32_t room, uint8_t mode,
	struct entry_in *i, bool wanted)
{
	struct frame_event e = setting(s, room, EVENT_BAN);
	size_t len, by_len, address_len;
	const char *name = entry_text(i, NAME_MAX_BYTES, &len);
	const char *by = entry_text(i, NAME_MAX_BYTES, &by_len);
	const char *address = entry_text(i, ROOM_ADDRESS_MAX, &address_len);

	e.unix_ms = entry_time(i);
	aim(s, &e, take_who(s, i));
	if (i->bad || !mode_is_list(mode) || mask_check(name, len) != NAME_OK ||
		!text_is_clean(by, by_len))
		return false;
	e.mode = mode;
	e.from_len = (uint8_t)by_len;
	e.to_len = (uint8_t)len;
	e.text_len = (uint16_t)address_len;
	if (wanted)
		switchboard_append(s, &e, by, name, address);
	return true;
}

static bool set_lists(
	struct switchboard *s, uint32_t room, struct entry_in *i, bool wanted)
{
	uint8_t mode;

	for (int k = 0; (mode = entry_u8(i)) != MODE_NONE; k++) {
		if (k == ROOM_BANS_MAX || !set_ban(s, room, mode, i, wanted))
			return false;
	}
	for (uint32_t k = 0; k < ROOM_INVITES_MAX; k++) {
		struct frame_event e = setting(s, room, EVENT_INVITE);
		int64_t who = take_who(s, i);

		if (who == -1 || !wanted)
			continue;
		aim(s, &e, who);
		switchboard_append(s, &e, "", "", "");
	}
	return !i->bad;
}

bool record_set(struct switchboard *s, struct entry_in *i, uint64_t host)
{
	size_t len, topic_len, by_len, key_len;
	const char *name = entry_text(i, NAME_MAX_BYTES, &len);
	uint32_t room = rooms_find(s->rooms, name, len);
	const char *topic, *by, *key;
	int64_t set_ms;
	uint32_t modes, limit;

	(void)entry_time(i); /* when it was made: its first join has that */
	topic = entry_text(i, TOPIC_MAX, &topic_len);
	by = entry_text(i, NAME_MAX_BYTES, &by_len);
	set_ms = entry_time(i);
	modes = entry_u32(i);
	limit = entry_u32(i);
	key = entry_text(i, ROOM_KEY_MAX, &key_len);
	if (i->bad || limit > USERS_MAX || !rooms_is_key(key, key_len) ||
		!text_is_clean(topic, topic_len) || !text_is_clean(by, by_len))
		return false;
	if (room == ROOM_NONE || room == ROOM_LOBBY ||
		(host != 0 && !record_is_of(s, room, host)))
		return set_lists(s, ROOM_LOBBY, i, false);
	set_topic(s, room, topic, topic_len, by, by_len, set_ms);
	set_modes(s, room, modes, limit);
	if (key_len > 0)
		set_mode(s, room, MODE_KEY, key, key_len);
	return set_lists(s, room, i, true);
}

/* SPDX-License-Identifier: MIT */
/* All that follows from the entries up to one of them: made into entries for a
 * host that joins, and loaded there.
 * Runs in: relay.
 *
 * Hosts, then users, then rooms, each with its members in the order in which
 * they have come: who is next to be an operator follows from that. */
#include <stdlib.h>
#include <string.h>

#include "ipc/common/name.h"
#include "server/log.h"
#include "server/relay/hosts/state.h"

/* The bytes of each part. */
#define PART_MAX 60000u

/* The most that one user takes, or a room beside its members. */
#define ITEM_MAX 4096u

/* Hosts must agree about these: what is done follows from them. */
static void put_options(const struct switchboard *s, struct entry_out *o)
{
	entry_put_u32(o, s->options->max_rooms);
	entry_put_text(o, s->rooms->rooms[ROOM_LOBBY].name,
		s->rooms->rooms[ROOM_LOBBY].name_len);
}

static void put_users(const struct switchboard *s, struct entry_out *o)
{
	entry_put_u32(o, s->online);
	for (uint32_t slot = 0; slot < s->high; slot++) {
		if (!is_member(s, slot))
			continue;
		entry_put_u64(o, remote_host(s, slot));
		record_put_user(s, o, slot);
	}
}

static int older(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return x[0] < y[0] ? -1 : x[0] > y[0];
}

/* The members of a room by their joins. */
static bool put_members(
	const struct switchboard *s, struct entry_out *o, uint32_t room)
{
	const struct room_state *r = &s->room[room];
	uint64_t(*by)[2] = malloc(r->n * sizeof *by + 1);

	if (by == NULL)
		return false;
	for (uint32_t i = 0; i < r->n; i++) {
		by[i][0] = rooms_place(s->rooms, r->slots[i], room)->join_id;
		by[i][1] = r->slots[i];
	}
	qsort(by, r->n, sizeof *by, older);
	entry_put_u32(o, r->n);
	for (uint32_t i = 0; i < r->n; i++) {
		uint32_t slot = (uint32_t)by[i][1];
		const struct session *who = session_of(s, slot);
		bool remote = hosts_is_remote(s, slot);

		entry_put_u64(o, remote_host(s, slot));
		entry_put_u32(o, remote ? who->origin_slot : slot);
		entry_put_u32(
			o, remote ? who->origin_generation : who->generation);
		entry_put_u8(o, rooms_place(s->rooms, slot, room)->powers);
	}
	free(by);
	return true;
}

static bool put_rooms(const struct switchboard *s, struct entry_out *o)
{
	for (uint32_t room = ROOM_LOBBY + 1; room < s->rooms->count; room++) {
		const struct room *r = &s->rooms->rooms[room];

		if (!rooms_exists(s->rooms, room))
			continue;
		entry_put_text(o, r->name, r->name_len);
		entry_put_u64(o, (uint64_t)r->made_ms);
		if (!put_members(s, o, room))
			return false;
		record_put_settings(s, o, room);
	}
	entry_put_text(o, "", 0);
	return true;
}

static size_t most(const struct switchboard *s)
{
	size_t n = ITEM_MAX + sizeof(struct hosts) +
		   (size_t)s->online * (ITEM_MAX / 4);

	for (uint32_t room = ROOM_LOBBY + 1; room < s->rooms->count; room++)
		n += rooms_exists(s->rooms, room)
			     ? ITEM_MAX + 32 * (size_t)s->room[room].n
			     : 0;
	return n;
}

static bool send_parts(struct link *l, uint64_t mark, const char *p, size_t n)
{
	if (!queue_has_room(l, n + n / PART_MAX * 256 + QUEUE_SPARE))
		return false;
	for (uint32_t part = 0; n > 0; part++) {
		size_t len = n < PART_MAX ? n : PART_MAX;
		struct entry_out o;
		struct bus_frame *f = queue_begin(l, ENTRY_STATE, &o);

		if (f == NULL)
			return false;
		entry_put_u64(&o, mark);
		entry_put_u32(&o, part);
		entry_put_u8(&o, len == n);
		entry_put_bytes(&o, p, len);
		queue_end(l, f, &o);
		p += len;
		n -= len;
	}
	return true;
}

bool snapshot_send(struct switchboard *s, uint64_t mark)
{
	struct link *l = link_of(s);
	size_t size = most(s);
	char *buf = malloc(size);
	struct entry_out o = {buf, buf + size, buf == NULL};
	bool sent;

	put_options(s, &o);
	hosts_put(&l->b->hosts, &o);
	put_users(s, &o);
	sent = buf != NULL && put_rooms(s, &o) && !o.bad &&
	       send_parts(l, mark, buf, (size_t)(o.p - buf));
	free(buf);
	return sent;
}

/* --- loaded ----------------------------------------------------------------
 */

static const char *take_options(const struct switchboard *s, struct entry_in *i)
{
	const struct room *lobby = &s->rooms->rooms[ROOM_LOBBY];
	uint32_t max_rooms = entry_u32(i);
	size_t len;
	const char *name = entry_text(i, NAME_MAX_BYTES, &len);

	if (max_rooms != s->options->max_rooms)
		return "other hosts have another --max-rooms";
	if (len != lobby->name_len || memcmp(name, lobby->name, len) != 0)
		return "other hosts have another --lobby";
	return NULL;
}

bool snapshot_has(const char *p, size_t n, uint64_t host, uint64_t epoch)
{
	struct entry_in in = {p, p + n, false};
	struct hosts hosts;
	const struct host *x;
	size_t len;

	entry_u32(&in);
	entry_text(&in, NAME_MAX_BYTES, &len);
	if (!hosts_take(&hosts, &in))
		return false;
	x = hosts_find(&hosts, host);
	return x != NULL && x->epoch == epoch && x->state == HOST_COMING;
}

static bool take_users(struct switchboard *s, struct entry_in *i, bool *full)
{
	uint32_t n = entry_u32(i);

	for (uint32_t k = 0; k < n; k++) {
		uint64_t host = entry_u64(i);
		struct entry_user u;

		if (!entry_user(i, &u))
			return false;
		record_join(s, host, &u, full);
		if (*full)
			return false;
	}
	return true;
}

static void take_members(
	struct switchboard *s, struct entry_in *i, const char *name, size_t len)
{
	uint32_t n = entry_u32(i);

	for (uint32_t k = 0; k < n && !i->bad; k++) {
		uint64_t host = entry_u64(i);
		uint32_t slot = entry_u32(i), generation = entry_u32(i);
		uint8_t powers = entry_u8(i);
		int64_t at = remote_find(s, host, slot, generation);

		if (at != -1)
			record_enter(s, (uint32_t)at, name, len, powers);
	}
}

static bool take_rooms(struct switchboard *s, struct entry_in *i)
{
	for (;;) {
		size_t len;
		const char *name = entry_text(i, NAME_MAX_BYTES, &len);

		if (len == 0)
			return !i->bad;
		s->entry_ms = entry_time(i);
		take_members(s, i, name, len);
		s->entry_ms = 0;
		if (!record_set(s, i, 0))
			return false;
	}
}

bool snapshot_load(
	struct switchboard *s, const char *p, size_t n, const char **why)
{
	struct entry_in in = {p, p + n, false};
	struct hosts hosts;
	bool full = false;

	*why = take_options(s, &in);
	if (*why != NULL)
		return false;
	*why = "the state of other hosts is damaged";
	if (!hosts_take(&hosts, &in))
		return false;
	if (take_users(s, &in, &full) && take_rooms(s, &in)) {
		link_of(s)->b->hosts = hosts;
		return true;
	}
	if (full)
		*why = "more users on other hosts than --bus-users";
	return false;
}

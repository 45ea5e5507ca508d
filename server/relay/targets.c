/* SPDX-License-Identifier: MIT */
/* Where a user has been told something, and with whom it has talked, by the
 * last line of each.
 * Runs in: relay. */
#include <string.h>

#include "ipc/common/name.h"
#include "ipc/namelist.h"
#include "server/relay/walk.h"

/* Caps on a user's private messages that are looked at for the users of them,
 * and on those. */
#define TARGETS_WALK 4096
#define TARGETS_MAX  128

struct target {
	uint64_t id; /* of its last line */
	struct audience_user user;
	uint8_t name_len;
	char name[1 + NAME_MAX_BYTES];
};

struct targets {
	struct target of[TARGETS_MAX + ROOMS_PER_USER + 1]; /* newest first */
	uint32_t n;
};

static bool same_user(struct audience_user a, struct audience_user b)
{
	return a.generation != 0 && a.slot == b.slot &&
	       a.generation == b.generation;
}

static bool has_target(const struct targets *t, struct audience_user user,
	const char *name, size_t len)
{
	for (uint32_t i = 0; i < t->n; i++) {
		if (same_user(user, t->of[i].user))
			return true;
	}
	for (uint32_t i = 0; i < t->n; i++) {
		if (name_same(t->of[i].name, t->of[i].name_len, name, len))
			return true;
	}
	return false;
}

/* The users whom the asker has talked with, by the names that they have now, or
 * had then. */
static void find_users(struct walk w, struct targets *t)
{
	for (int i = 0; i < TARGETS_WALK && t->n < TARGETS_MAX && w.id != 0;
		i++, walk_back(&w)) {
		struct target *new = &t->of[t->n];
		const struct session *who;
		const char *name;
		size_t len;

		new->id = w.id;
		new->user = walk_partner(&w, &name, &len);
		who = session_of(w.s, new->user.slot);
		if (who->state == SESSION_JOINED &&
			who->generation == new->user.generation) {
			name = who->name;
			len = who->name_len;
		}
		if (has_target(t, new->user, name, len))
			continue;
		new->name_len = (uint8_t)len;
		memcpy(new->name, name, len);
		t->n++;
	}
}

static void add_room(struct targets *t, const struct walk *w)
{
	const struct room *room = &w->s->rooms->rooms[w->room];
	uint32_t i = t->n++;

	for (; i > 0 && t->of[i - 1].id < w->id; i--)
		t->of[i] = t->of[i - 1];
	t->of[i] = (struct target){
		.id = w->id, .name_len = (uint8_t)(1 + room->name_len)};
	t->of[i].name[0] = '#';
	memcpy(t->of[i].name + 1, room->name, room->name_len);
}

static void find_room(
	struct targets *t, struct walk w, uint32_t slot, uint32_t room)
{
	walk_in_room(&w, slot, room);
	while (w.id != 0 && !walk_is_wanted(&w))
		walk_back(&w);
	if (w.id > w.floor)
		add_room(t, &w);
}

static char *put_target(
	const struct walk *like, char *p, const struct target *t)
{
	struct walk w = *like;
	int64_t unix_ms;

	w.id = t->id;
	unix_ms = walk_entry(&w)->unix_ms;
	p = mempcpy(p, &unix_ms, sizeof unix_ms);
	return namelist_put(p, t->name, t->name_len);
}

char *targets_put(
	uint32_t slot, struct walk w, const struct history_query *q, char *p)
{
	static struct targets t;
	const struct switchboard *s = w.s;
	const struct places *places = &s->rooms->places[slot];
	struct range r = range_of(s, q);
	uint32_t low, high; /* those of the range, newest first */

	t.n = 0;
	walk_with_user(&w, slot);
	find_users(w, &t);
	find_room(&t, w, slot, ROOM_LOBBY);
	for (int i = 0; i < ROOMS_PER_USER; i++) {
		uint32_t room = atomic_load(&places->room[i]);

		if (rooms_place(s->rooms, slot, room) == &places->place[i])
			find_room(&t, w, slot, room);
	}
	for (low = 0; low < t.n && t.of[low].id >= r.before;)
		low++;
	for (high = low; high < t.n && t.of[high].id > r.after;)
		high++;
	if (high - low > q->limit && r.first)
		low = high - q->limit;
	else if (high - low > q->limit)
		high = low + q->limit;
	while (high > low)
		p = put_target(&w, p, &t.of[--high]);
	return p;
}

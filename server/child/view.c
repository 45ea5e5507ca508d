/* SPDX-License-Identifier: MIT */
/* What a dialect can look up: the relay's rooms and stays, as of the last event
 * that the client has had, and what the children say of their users.
 * Runs in: child.
 *
 * A client is told of each change in the lobby and in the rooms that it is in,
 * so it is there that an answer must be as old as the last event.  Of other
 * rooms it hears nothing, and what holds now is the answer. */
#include "server/child/view.h"

#include <string.h>

#include "ipc/common/name.h"
#include "ipc/common/text.h"
#include "server/child/state.h"
#include "server/motd.h"

/* The event as of which the client knows who is online. */
static uint64_t last_event(const struct client *c)
{
	const struct channel *l = &c->channel;
	uint64_t id = l->last_id > l->live_id ? l->last_id : l->live_id;

	if (id < l->gap_id)
		id = l->gap_id;
	return id == 0 ? ROOMS_NOW : id;
}

/* The same for who is in a room. */
static uint64_t last_event_in(const struct client *c, uint32_t room)
{
	return room == ROOM_LOBBY || membership_has(&c->memberships, room)
		       ? last_event(c)
		       : ROOMS_NOW;
}

/* --- users ---------------------------------------------------------------- */

/* Whether a character may stand in a user's name: it becomes part of a prefix
 * like nick!user@host, and of patterns that are matched with such. */
static bool is_plain(char c)
{
	return c > ' ' && c <= '~' && strchr("!@:*?,", c) == NULL;
}

static struct span clean_user(const char *said, size_t n)
{
	static char clean[USER_MAX_BYTES];
	size_t kept = 0;

	if (n > USER_MAX_BYTES)
		n = USER_MAX_BYTES;
	for (size_t i = 0; i < n; i++) {
		char byte = said[i]; /* once: its child may be changing it */

		if (is_plain(byte))
			clean[kept++] = byte;
	}
	return kept > 0 ? (struct span){clean, kept} : (struct span){"user", 4};
}

/* Text of at most this many bytes; clean has room for three times that. */
static struct span clean_text(
	char *clean, const char *said, size_t n, size_t max)
{
	n = text_clean(clean, said, n < max ? n : max);
	return text_is_blank(clean, n) ? SPAN_EMPTY : (struct span){clean, n};
}

static struct span clean_real(
	const struct person *p, const char *said, size_t n)
{
	static char clean[3 * REAL_MAX_BYTES];
	struct span real = clean_text(clean, said, n, REAL_MAX_BYTES);

	return real.n > 0 ? real : p->name;
}

/* The user of a slot as of an event.  Of all users this reads a few pages. */
static bool find(
	const struct client *c, uint32_t slot, uint64_t id, struct person *p)
{
	static struct rooms_user user;

	if (!rooms_user(c->rooms, slot, id, &user))
		return false;
	*p = (struct person){.id = {slot, user.generation},
		.name = {user.name, user.name_len},
		.user = clean_user(user.user, user.user_len)};
	return true;
}

/* A compromised child can have written anything there. */
void view_about(const struct view *v, struct person *p)
{
	static char away[3 * AWAY_MAX_BYTES];
	const struct client *c = v->client;
	const struct table_about *a;
	uint32_t slot = p->id.slot;

	p->real = p->name;
	p->away = SPAN_EMPTY;
	p->away_id = 0;
	p->bot = false;
	p->connected_ms = p->last_line_ms = 0;
	if (p->id.generation == 0 || slot >= c->table->capacity)
		return;
	p->connected_ms = c->table->roster[slot].connected_ms;
	p->last_line_ms = atomic_load_explicit(
		&c->table->slots[slot].last_line_ms, memory_order_relaxed);
	a = table_about(c->table, slot, p->id.generation);
	if (a == NULL)
		return;
	p->real = clean_real(p, a->real, a->real_len);
	p->away = clean_text(away, a->away, a->away_len, sizeof a->away);
	p->away_id = atomic_load(&c->rooms->stays[slot].away_id);
	p->bot = atomic_load(&a->bot) != 0;
}

struct audience_user view_me(const struct view *v)
{
	return (struct audience_user){v->client->slot, v->client->generation};
}

struct span view_my_name(const struct view *v)
{
	return (struct span){v->client->name, v->client->name_len};
}

bool view_user(const struct view *v, struct audience_user id, struct person *p)
{
	const struct client *c = v->client;
	uint64_t last = last_event(c);

	if (id.slot >= c->table->capacity)
		return false;
	/* By the event itself, its user may have left. */
	return (find(c, id.slot, last, p) &&
		       p->id.generation == id.generation) ||
	       (find(c, id.slot, last - 1, p) &&
		       p->id.generation == id.generation);
}

static bool is_named(const struct client *c, uint32_t slot, struct span name,
	struct person *p)
{
	return find(c, slot, last_event(c), p) &&
	       name_same(p->name.p, p->name.n, name.p, name.n);
}

/* The table says at once where a name is; but a compromised child can claim
 * another's there, and a rename is there before its event. */
bool view_named(const struct view *v, struct span name, struct person *p)
{
	const struct client *c = v->client;
	uint32_t high = atomic_load(c->table->high);
	int64_t slot = table_find(c->table, name.p, name.n);

	if (slot == -1)
		return false;
	if (is_named(c, (uint32_t)slot, name, p))
		return true;
	for (uint32_t i = 0; i < high; i++) {
		if (is_named(c, i, name, p))
			return true;
	}
	return false;
}

bool view_is_mine(const struct view *v, struct span name)
{
	return naming_is_mine(v->client, name);
}

bool view_has(const struct view *v, struct span name)
{
	return table_find(v->client->table, name.p, name.n) != -1;
}

bool view_past(const struct view *v, struct span name, uint64_t *before,
	struct person *p)
{
	static struct past_user u;
	const struct client *c = v->client;
	uint64_t id = *before;

	if (id == 0)
		id = last_event(c) != ROOMS_NOW ? last_event(c) + 1 : ROOMS_NOW;
	do {
		if (!past_before(c->rooms->past, &id, &u))
			return false;
	} while (!name_same(u.name, u.name_len, name.p, name.n));
	*before = id;
	*p = (struct person){.name = {u.name, u.name_len},
		.user = clean_user(u.user, u.user_len),
		.away = SPAN_EMPTY,
		.last_line_ms = u.unix_ms};
	p->real = clean_real(p, u.real, u.real_len);
	return true;
}

/* --- who is where --------------------------------------------------------- */

bool view_is_in(const struct view *v, struct audience_user id, uint32_t room,
	uint8_t *powers)
{
	const struct client *c = v->client;
	const struct place *place = NULL;
	struct rooms_user user;

	if (powers != NULL)
		*powers = 0;
	if (id.slot >= c->table->capacity || room >= c->rooms->count ||
		!rooms_user(c->rooms, id.slot, last_event(c), &user) ||
		user.generation != id.generation)
		return false;
	if (room == ROOM_LOBBY)
		return true;
	place = rooms_place_at(c->rooms, id.slot, room, last_event_in(c, room));
	if (place != NULL && powers != NULL)
		*powers = place->powers;
	return place != NULL;
}

bool view_next(
	const struct view *v, uint32_t room, uint32_t *slot, struct person *p)
{
	const struct client *c = v->client;
	uint32_t high = atomic_load(c->table->high);
	uint64_t id = last_event(c), id_in = last_event_in(c, room);

	while (*slot < high) {
		uint32_t one = (*slot)++;

		if ((room == ROOM_LOBBY || rooms_place_at(c->rooms, one, room,
						   id_in) != NULL) &&
			find(c, one, id, p))
			return true;
	}
	return false;
}

/* --- rooms ---------------------------------------------------------------- */

/* The room may be changing, or ending. */
bool view_room(const struct view *v, uint32_t number, struct room_view *r)
{
	static char name[3 * NAME_MAX_BYTES], by[3 * NAME_MAX_BYTES];
	static char topic[3 * TOPIC_MAX];
	const struct client *c = v->client;
	const struct room *room;
	const struct room_topic *t;

	if (!rooms_exists(c->rooms, number) || !client_may_see(c, number))
		return false;
	room = &c->rooms->rooms[number];
	t = rooms_topic(c->rooms, number);
	*r = (struct room_view){
		.number = number,
		.name = clean_text(
			name, room->name, room->name_len, NAME_MAX_BYTES),
		.topic = clean_text(topic, t->text, t->len, TOPIC_MAX),
		.topic_by = clean_text(by, t->by, t->by_len, NAME_MAX_BYTES),
		.topic_ms = t->set_ms,
		.made_ms = number == ROOM_LOBBY ? c->started_ms : room->made_ms,
		.modes = atomic_load(&room->modes),
		.limit = room->limit,
	};
	return r->name.n > 0;
}

bool view_room_named(
	const struct view *v, struct span name, struct room_view *r)
{
	uint32_t number = rooms_find(v->client->rooms, name.p, name.n);

	return number != ROOM_NONE && view_room(v, number, r);
}

uint32_t view_members(const struct view *v, uint32_t number)
{
	const struct client *c = v->client;

	return number == ROOM_LOBBY
		       ? table_online(c->table)
		       : atomic_load(&c->rooms->rooms[number].members);
}

struct span view_lobby(const struct view *v)
{
	return client_lobby(v->client);
}

uint32_t view_room_end(const struct view *v)
{
	return v->client->rooms->count;
}

/* --- the server ----------------------------------------------------------- */

uint32_t view_online(const struct view *v)
{
	return table_online(v->client->table);
}

uint32_t view_users_max(const struct view *v)
{
	return v->client->table->capacity;
}

uint32_t view_idle_timeout(const struct view *v)
{
	return v->client->options->idle_timeout;
}

int64_t view_started_ms(const struct view *v)
{
	return v->client->started_ms;
}

const struct eras *view_eras(const struct view *v)
{
	return v->client->eras;
}

bool view_motd(const struct view *v, size_t i, struct span *line)
{
	(void)v;
	line->p = motd_line(i, &line->n);
	return line->p != NULL;
}

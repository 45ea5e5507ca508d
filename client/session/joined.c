/* SPDX-License-Identifier: MIT */
/* Owns the table of our rooms.
 * Runs in: client.
 *
 * SEQ counts per room: the scrollback that follows our join has numbers below
 * it, and after a reconnect what was seen before is known by them. */
#include "client/session/joined.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static void set(char dst[ROOM_MAX + 1], struct field name)
{
	if (name.n > ROOM_MAX)
		name.n = 0;
	memcpy(dst, name.s, name.n);
	dst[name.n] = '\0';
}

/* Its place in the table, or count. */
static unsigned place_of(const struct joined *r, struct field name)
{
	unsigned at = 0;

	while (at < r->count && !event_name_is(name, r->room[at].name))
		at++;
	return at;
}

struct joined_room *joined_find(struct joined *r, struct field name)
{
	unsigned at = place_of(r, name);

	return at < r->count ? &r->room[at] : NULL;
}

static struct joined_room *add(struct joined *r, struct field name)
{
	struct joined_room *room = joined_find(r, name);

	if (room == NULL && r->count == ROOMS_PER_USER)
		return NULL;
	if (room == NULL) {
		room = &r->room[r->count++];
		*room = (struct joined_room){.in = false};
	}
	set(room->name, name);
	return room;
}

static void drop(struct joined *r, struct joined_room *room)
{
	*room = r->room[--r->count];
}

void joined_wish(struct joined *r, const char *name)
{
	struct field field = {name, strlen(name)};

	add(r, field);
	set(r->back, field);
	r->returning = true;
}

/* --- lines sent ---------------------------------------------------------- */

void joined_note(struct joined *r, const char *before, struct field text)
{
	char line[sizeof("/join ") + JOINED_AGAIN_MAX];
	struct field rest, room, key;
	int n = snprintf(line, sizeof(line), "%s%.*s", before, FIELD(text));
	struct field all = {
		line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1};
	struct field word = event_word(all, &rest);

	if (event_name_is(word, "/leave")) {
		r->moving = true;
		return;
	}
	if (!event_name_is(word, "/join"))
		return;
	r->moving = true;
	room = event_word(rest, &rest);
	key = event_word(rest, NULL);
	set(r->asked, room);
	if (key.n > ROOM_KEY_MAX)
		key.n = 0;
	memcpy(r->key, key.s, key.n);
	r->key[key.n] = '\0';
}

/* --- events -------------------------------------------------------------- */

static void enter(struct joined *r, const struct event *e)
{
	struct joined_room *room = add(r, e->room);

	r->moving = false;
	set(r->here, e->room);
	if (room == NULL)
		return;
	room->in = true;
	room->join_seq = e->seq;
	/* Another room of that name begins at 1 again. */
	if (e->seq < room->seen.before_seq)
		room->seen.before_seq = 0;
	room->seen.seq = e->seq;
	room->seen.ms = e->unix_ms;
	if (event_name_is(e->room, r->asked))
		memcpy(room->key, r->key, sizeof(r->key));
}

static void leave(struct joined *r, const struct event *e)
{
	struct joined_room *room = joined_find(r, e->room);

	if (room != NULL)
		drop(r, room);
	if (event_name_is(e->room, r->here)) {
		r->here[0] = '\0';
		r->moving = false;
	}
}

/* Where we talk is a room that we are in, or else the lobby. */
static void talk(struct joined *r, struct field name)
{
	const struct joined_room *room = joined_find(r, name);
	bool in = room != NULL && room->in;

	r->moving = false;
	set(r->here, in ? name : (struct field){name.s, 0});
	if (!in)
		set(r->lobby, name);
}

/* Numbers begin anew: nothing that follows was seen before. */
static void begin_anew(struct joined *r, const struct event *e)
{
	struct joined_room *room = joined_find(r, e->room);

	if (room == NULL || event_number(e->text) > 0)
		return;
	room->join_seq = 0;
	seen_begin_anew(&room->seen);
}

void joined_learn(struct joined *r, const struct event *e, const char *name)
{
	struct field room;

	switch (e->kind) {
	case EVENT_JOIN:
		if (e->room.n > 0 && event_field_is(e->from, name))
			enter(r, e);
		break;
	case EVENT_LEAVE:
		if (e->room.n > 0 && event_field_is(e->from, name))
			leave(r, e);
		break;
	case EVENT_KICK:
	case EVENT_BAN:
		if (e->room.n > 0 &&
			event_field_is(event_word(e->text, NULL), name))
			leave(r, e);
		break;
	case EVENT_NOTICE:
		if (event_talk(e, &room))
			talk(r, room);
		break;
	case EVENT_GAP:
		begin_anew(r, e);
		break;
	case EVENT_ROOM_END:
		if (e->room.n > 0)
			set(r->lobby, e->room);
		break;
	default:
		break;
	}
}

uint64_t joined_old_seq(const struct joined *r, const struct event *e)
{
	unsigned at = place_of(r, e->room);

	return at < r->count && r->room[at].join_seq > 0
		       ? r->room[at].join_seq - 1
		       : 0;
}

bool joined_has_seen(struct joined *r, const struct event *e, bool past)
{
	struct joined_room *room = joined_find(r, e->room);

	if (room == NULL || !room->in || !e->has_seq)
		return false;
	return seen_has(&room->seen, e, e->seq < room->join_seq, past);
}

/* --- from one connection to the next ------------------------------------- */

bool joined_misses(const struct joined_room *room)
{
	return room->seen.before_seq > 0 && room->seen.replayed > 0 &&
	       !room->seen.overlaps;
}

void joined_lose(struct joined *r)
{
	if (!r->returning)
		memcpy(r->back, r->here, sizeof(r->back));
	for (unsigned i = 0; i < r->count; i++) {
		struct joined_room *room = &r->room[i];

		if (room->in)
			seen_lose(&room->seen);
		room->seen.overlaps = false;
		room->seen.replayed = 0;
		room->in = false;
	}
	r->here[0] = '\0';
	r->lobby[0] = '\0';
	r->moving = false;
	r->homing = false;
	r->returning = r->count > 0;
}

bool joined_next_again(
	const struct joined *r, unsigned *at, char dst[JOINED_AGAIN_MAX])
{
	unsigned last = place_of(r, (struct field){r->back, strlen(r->back)});
	unsigned which = *at == last ? ++*at : *at;
	const struct joined_room *room = &r->room[which];

	if (which == r->count && last < r->count)
		room = &r->room[last];
	else if (which >= r->count)
		return false;
	++*at;
	snprintf(dst, JOINED_AGAIN_MAX, "%s%s%s", room->name,
		room->key[0] != '\0' ? " " : "", room->key);
	return true;
}

void joined_returned(struct joined *r)
{
	r->returning = false;
	for (unsigned i = r->count; i > 0; i--) {
		if (!r->room[i - 1].in)
			drop(r, &r->room[i - 1]);
	}
}

/* SPDX-License-Identifier: MIT */
/* Joins and leaves, of the lobby and of each room: announced one by one while
 * they are few, by a digest of names and numbers in a burst.  Without it n
 * joins would cost n * n lines. Runs in: relay.
 *
 * Each join and leave enters the log at once, unannounced where a digest will
 * announce it: membership never waits.  While a digest is pending, all that
 * happens in its room is left to it: so a join is unannounced if it is no older
 * than the oldest event that a digest waits for.  Digests of leaves are sent
 * before those of joins, so that "left" stands before the next "joined" of the
 * same name; a user that leaves before the join was announced is not announced
 * at all. */
#include <string.h>

#include "ipc/common/clock.h"
#include "ipc/namelist.h"
#include "server/relay/state.h"

static bool is_pending(const struct presence *p)
{
	return p->joins.count > 0 || p->leaves.count > 0;
}

static bool is_unannounced(const struct presence *p, uint64_t join_id)
{
	return is_pending(p) && join_id >= p->oldest_id;
}

/* The entry that says so has this id, or will have it. */
static void add(struct switchboard *s, uint32_t room, struct unannounced *u,
	uint64_t id, const char *name, uint8_t len)
{
	struct presence *p = &s->room[room].presence;

	if (!is_pending(p)) {
		p->oldest_id = id;
		s->telling[s->ntelling++] = room;
	}
	u->count++;
	if (u->named == DIGEST_NAMES_MAX)
		return;
	u->len[u->named] = len;
	memcpy(u->name[u->named++], name, len);
}

static void end_telling(struct switchboard *s, uint32_t room)
{
	for (uint32_t i = 0; i < s->ntelling; i++) {
		if (s->telling[i] == room)
			s->telling[i--] = s->telling[--s->ntelling];
	}
}

static void take_back(
	struct switchboard *s, uint32_t room, const char *name, uint8_t len)
{
	struct unannounced *u = &s->room[room].presence.joins;

	if (u->count == 0)
		return;
	u->count--;
	for (uint32_t i = 0; i < u->named; i++) {
		if (u->len[i] != len || memcmp(u->name[i], name, len) != 0)
			continue;
		u->named--;
		memmove(u->len + i, u->len + i + 1, u->named - i);
		memmove(u->name + i, u->name + i + 1,
			(u->named - i) * sizeof u->name[0]);
		break;
	}
	if (!is_pending(&s->room[room].presence))
		end_telling(s, room);
}

static void tell(struct switchboard *s, uint32_t room,
	const struct unannounced *u, enum event_kind kind)
{
	char text[DIGEST_NAMES_MAX * NAMELIST_ENTRY(NAME_MAX_BYTES)],
		*end = text;
	struct frame_event e = append_head(s, room, NOBODY, kind);

	e.flags = EVENT_DIGEST;
	e.more = u->count - u->named;
	for (uint32_t i = 0; i < u->named; i++)
		end = namelist_put(end, u->name[i], u->len[i]);
	e.text_len = (uint16_t)(end - text);
	switchboard_append(s, &e, "", "", text);
}

void presence_forget(struct switchboard *s, uint32_t room)
{
	struct presence *p = &s->room[room].presence;

	if (!is_pending(p))
		return;
	p->joins = p->leaves = (struct unannounced){0};
	end_telling(s, room);
}

void presence_tell(struct switchboard *s, uint32_t room)
{
	struct presence *p = &s->room[room].presence;

	if (p->leaves.count > 0)
		tell(s, room, &p->leaves, EVENT_LEAVE);
	if (p->joins.count > 0)
		tell(s, room, &p->joins, EVENT_JOIN);
	presence_forget(s, room);
}

void presence_look(struct switchboard *s)
{
	for (uint32_t i = s->ntelling; !s->ending && i > 0; i--) {
		uint32_t room = s->telling[i - 1];
		uint64_t oldest = 0;

		if (!eventlog_find(&s->log, s->room[room].presence.oldest_id,
			    &oldest) ||
			eventlog_head(&s->log) - oldest > EVENTLOG_RING / 2)
			presence_tell(s, room);
	}
}

static int window_length(const struct switchboard *s, uint32_t room)
{
	int ms = (int)(room_online(s, room) / DIGEST_USERS_A_MS);

	return ms > DIGEST_WINDOW_MS ? ms : DIGEST_WINDOW_MS;
}

int64_t presence_due(const struct switchboard *s, uint32_t room)
{
	return s->room[room].presence.window_ms + window_length(s, room);
}

/* Whether one more line may be sent at once: DIGEST_AFTER in a window of the
 * usual length, proportionally fewer in a longer one. */
static bool is_calm(struct switchboard *s, uint32_t room)
{
	struct presence *p = &s->room[room].presence;
	int64_t now = clock_monotonic_ms();
	int length = window_length(s, room);

	if (is_pending(p))
		return false;
	if (now - p->window_ms >= length) {
		p->window_ms = now;
		p->told = 0;
	}
	if (p->told > 0 &&
		p->told >= DIGEST_AFTER * DIGEST_WINDOW_MS / (uint32_t)length)
		return false;
	p->told++;
	return true;
}

void presence_announce(struct switchboard *s, uint32_t slot)
{
	const struct session *who = session_of(s, slot);
	const struct places *places = &s->rooms->places[slot];

	add(s, ROOM_LOBBY, &s->room[ROOM_LOBBY].presence.joins, s->log.next_id,
		who->name, who->name_len);
	for (int i = 0; i < ROOMS_PER_USER; i++) {
		uint32_t room = atomic_load(&places->room[i]);

		if (rooms_place(s->rooms, slot, room) != NULL)
			add(s, room, &s->room[room].presence.joins,
				s->log.next_id, who->name, who->name_len);
	}
}

void presence_gather(struct switchboard *s, uint32_t room)
{
	struct presence *p = &s->room[room].presence;

	p->window_ms = clock_monotonic_ms();
	p->told = DIGEST_AFTER;
}

/* For the user, in the lobby the welcome and the bye say as much, and for those
 * who watch. */
static uint8_t unannounced_audience(uint32_t room)
{
	return room == ROOM_LOBBY ? AUDIENCE_WATCHERS : AUDIENCE_FROM;
}

/* For the user alone: the second one of both is nobody. */
static uint8_t last_audience(uint32_t room)
{
	return room == ROOM_LOBBY ? AUDIENCE_NOBODY : AUDIENCE_BOTH;
}

void presence_join(struct switchboard *s, const struct frame_event *head,
	const char *name, const char *room)
{
	struct frame_event e = *head;

	if (!s->silent && !is_calm(s, e.room)) {
		e.audience = unannounced_audience(e.room);
		add(s, e.room, &s->room[e.room].presence.joins, s->log.next_id,
			name, e.from_len);
	}
	append_in(s, &e, name, "", room, "");
}

const struct frame_event *presence_leave(struct switchboard *s,
	const struct frame_event *head, uint64_t join_id, const char *text)
{
	struct presence *p = &s->room[head->room].presence;
	const char *name = session_of(s, head->from_slot)->name;
	struct frame_event e = *head;

	e.on = !s->silent && is_unannounced(p, join_id);
	if (s->silent) {
		e.audience = AUDIENCE_NOBODY;
		return switchboard_append(s, &e, name, "", text);
	}
	if (s->ending)
		e.audience = last_audience(e.room);
	else if (e.on || !is_calm(s, e.room))
		e.audience = unannounced_audience(e.room);
	if (e.on)
		take_back(s, e.room, name, e.from_len);
	else if (!audience_is_counted(&e))
		add(s, e.room, &p->leaves, s->log.next_id, name, e.from_len);
	return switchboard_append(s, &e, name, "", text);
}

void presence_before(struct switchboard *s, uint32_t slot)
{
	const struct places *places = &s->rooms->places[slot];

	if (s->ntelling == 0)
		return;
	if (is_unannounced(&s->room[ROOM_LOBBY].presence,
		    session_of(s, slot)->join_id))
		presence_tell(s, ROOM_LOBBY);
	for (int i = 0; i < ROOMS_PER_USER; i++) {
		uint32_t room = atomic_load(&places->room[i]);
		const struct place *place = rooms_place(s->rooms, slot, room);

		if (place != NULL &&
			is_unannounced(&s->room[room].presence, place->join_id))
			presence_tell(s, room);
	}
}

int64_t presence_tick(struct switchboard *s, int64_t now)
{
	int64_t next = DEADLINE_NONE;

	presence_look(s);
	for (uint32_t i = s->ntelling; !s->ending && i > 0; i--) {
		uint32_t room = s->telling[i - 1];
		struct presence *p = &s->room[room].presence;
		int64_t due = presence_due(s, room);

		if (now < due) {
			next = deadline_min(next, due);
			continue;
		}
		presence_tell(s, room);
		/* While the burst lasts, there is one digest a window. */
		p->window_ms = now;
		p->told = DIGEST_AFTER;
	}
	return next;
}

void presence_replay(struct switchboard *s, const struct frame_event *e)
{
	struct presence *p = &s->room[e->room].presence;

	if ((e->kind != EVENT_JOIN && e->kind != EVENT_LEAVE) ||
		(e->room != ROOM_LOBBY &&
			e->room_generation !=
				atomic_load(
					&s->rooms->rooms[e->room].generation)))
		return;
	if ((e->flags & EVENT_DIGEST) != 0) {
		if (e->kind == EVENT_JOIN)
			p->joins = (struct unannounced){0};
		else
			p->leaves = (struct unannounced){0};
		if (!is_pending(p))
			end_telling(s, e->room);
	} else if (!audience_is_counted(e)) {
		if (e->kind == EVENT_JOIN)
			add(s, e->room, &p->joins, e->id, frame_from(e),
				e->from_len);
		else if (e->on)
			take_back(s, e->room, frame_from(e), e->from_len);
		else
			add(s, e->room, &p->leaves, e->id, frame_from(e),
				e->from_len);
	}
}

/* SPDX-License-Identifier: MIT */
/* Joins and leaves: announced one by one while they are few, by a digest of
 * names and numbers in a burst.  Without it n joins would cost n * n lines.
 * Runs in: relay.
 *
 * Each join and leave enters the log at once, unannounced where a digest will
 * announce it: membership never waits.  Digests of leaves are sent before those
 * of joins, so that "left" stands before the next "joined" of the same name; a
 * user that leaves before the join was announced is not announced at all. */
#include <string.h>

#include "ipc/common/clock.h"
#include "ipc/namelist.h"
#include "server/relay/state.h"

/* The entry that says so is at this position, or will be. */
static void add(struct presence *p, struct unannounced *u, uint64_t position,
	const char *name, uint8_t len)
{
	if (p->joins.count == 0 && p->leaves.count == 0)
		p->oldest = position;
	u->count++;
	if (u->named == DIGEST_NAMES_MAX)
		return;
	u->len[u->named] = len;
	memcpy(u->name[u->named++], name, len);
}

static void take_back(struct unannounced *u, const char *name, uint8_t len)
{
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
		return;
	}
}

static void forget_joins(struct switchboard *s)
{
	for (uint32_t i = 0; i < s->log.capacity; i++)
		s->members[i].join_unannounced = false;
	s->presence.joins = (struct unannounced){0};
}

static void tell(
	struct switchboard *s, const struct unannounced *u, uint8_t kind)
{
	char text[DIGEST_NAMES_MAX * NAMELIST_ENTRY(NAME_MAX_BYTES)],
		*end = text;
	struct frame_event e = {
		.kind = kind,
		.audience = AUDIENCE_EVERYONE,
		.flags = EVENT_DIGEST,
		.online = s->online,
		.more = u->count - u->named,
	};

	for (uint32_t i = 0; i < u->named; i++)
		end = namelist_put(end, u->name[i], u->len[i]);
	e.text_len = (uint16_t)(end - text);
	switchboard_append(s, &e, "", "", text);
}

void presence_tell(struct switchboard *s)
{
	struct presence *p = &s->presence;

	if (p->leaves.count > 0)
		tell(s, &p->leaves, EVENT_LEAVE);
	if (p->joins.count > 0)
		tell(s, &p->joins, EVENT_JOIN);
	p->leaves = (struct unannounced){0};
	forget_joins(s);
}

void presence_look(struct switchboard *s)
{
	const struct presence *p = &s->presence;

	if (!s->ending && (p->joins.count > 0 || p->leaves.count > 0) &&
		eventlog_head(&s->log) - p->oldest > EVENTLOG_RING / 2)
		presence_tell(s);
}

static int window_length(const struct switchboard *s)
{
	int ms = (int)(s->online / DIGEST_USERS_A_MS);

	return ms > DIGEST_WINDOW_MS ? ms : DIGEST_WINDOW_MS;
}

/* Whether one more line may be sent at once: DIGEST_AFTER in a window of the
 * usual length, proportionally fewer in a longer one. */
static bool is_calm(struct switchboard *s)
{
	struct presence *p = &s->presence;
	int64_t now = clock_monotonic_ms();
	int length = window_length(s);

	if (p->joins.count > 0 || p->leaves.count > 0)
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

void presence_join(struct switchboard *s, uint32_t slot, uint32_t generation,
	const char *name, uint8_t len)
{
	bool calm = is_calm(s);
	struct frame_event e = {
		.kind = EVENT_JOIN,
		.audience = calm ? AUDIENCE_EVERYONE : AUDIENCE_NOBODY,
		.from_len = len,
		.from_slot = slot,
		.from_generation = generation,
		.online = s->online,
	};

	s->members[slot].join_unannounced = !calm;
	if (!calm)
		add(&s->presence, &s->presence.joins, eventlog_head(&s->log),
			name, len);
	switchboard_append(s, &e, name, "", "");
}

const struct frame_event *presence_leave(
	struct switchboard *s, uint32_t slot, uint8_t reason, uint64_t counter)
{
	const struct session *who = session_of(s, slot);
	bool unannounced = s->members[slot].join_unannounced;
	bool calm = !unannounced && !s->ending && is_calm(s);
	struct frame_event e = {
		.kind = EVENT_LEAVE,
		.audience = calm ? AUDIENCE_EVERYONE : AUDIENCE_NOBODY,
		.from_len = who->name_len,
		.from_slot = slot,
		.from_generation = who->generation,
		.counter = counter,
		.online = s->online,
		.reason = reason,
	};

	if (unannounced)
		take_back(&s->presence.joins, who->name, who->name_len);
	else if (!calm)
		add(&s->presence, &s->presence.leaves, eventlog_head(&s->log),
			who->name, who->name_len);
	s->members[slot].join_unannounced = false;
	return switchboard_append(s, &e, who->name, "", "");
}

void presence_before(struct switchboard *s, uint32_t slot)
{
	if (s->members[slot].join_unannounced)
		presence_tell(s);
}

int64_t presence_tick(struct switchboard *s, int64_t now)
{
	struct presence *p = &s->presence;
	int64_t due = p->window_ms + window_length(s);

	presence_look(s);
	if (s->ending || (p->joins.count == 0 && p->leaves.count == 0))
		return DEADLINE_NONE;
	if (now < due)
		return due;
	presence_tell(s);
	/* While the burst lasts, there is one digest a window. */
	p->window_ms = now;
	p->told = DIGEST_AFTER;
	return DEADLINE_NONE;
}

void presence_replay(struct switchboard *s, const struct frame_event *e)
{
	struct presence *p = &s->presence;
	struct member *m = &s->members[e->from_slot];
	uint64_t at = 0;

	eventlog_find(&s->log, e->id, &at);
	if (e->kind == EVENT_JOIN && (e->flags & EVENT_DIGEST) != 0) {
		forget_joins(s);
	} else if (e->kind == EVENT_LEAVE && (e->flags & EVENT_DIGEST) != 0) {
		p->leaves = (struct unannounced){0};
	} else if (e->audience != AUDIENCE_NOBODY) {
		return;
	} else if (e->kind == EVENT_JOIN) {
		m->join_unannounced = true;
		add(p, &p->joins, at, frame_from(e), e->from_len);
	} else if (m->join_unannounced) {
		m->join_unannounced = false;
		take_back(&p->joins, frame_from(e), e->from_len);
	} else {
		add(p, &p->leaves, at, frame_from(e), e->from_len);
	}
}

/* SPDX-License-Identifier: MIT */
/* Links what has been said in the event log, and walks back over it.
 * Runs in: relay.
 *
 * Each line of a room is linked with the one before it, each private message
 * with the one before it of its sender and of its receiver.  So a search costs
 * what it passes over, not the whole ring: nothing else waits for it.  The
 * links are this process's alone, and are made again from the log by the next
 * relay. */
#include "server/relay/walk.h"

#include "ipc/common/name.h"

/* By id: how many ids before it the one before it in the chain is, 0: none; of
 * a room or a sender, and of a receiver.  And whether it is a message. */
#define MESSAGE (1U << 31)
static uint32_t back[EVENTLOG_IDS][2];

/* --- the links ------------------------------------------------------------ */

static void link_to(struct chain *chain, const struct frame_event *e, int side,
	uint32_t generation, bool message)
{
	uint64_t distance = chain->id != 0 && chain->generation == generation
				    ? e->id - chain->id
				    : 0;

	if (distance >= EVENTLOG_IDS)
		distance = 0;
	back[e->id % EVENTLOG_IDS][side] =
		(uint32_t)distance | (message ? MESSAGE : 0);
	*chain = (struct chain){e->id, generation};
}

void history_note(struct switchboard *s, const struct frame_event *e)
{
	bool message = e->kind == EVENT_PUBLIC || e->kind == EVENT_ACTION;

	if (e->kind == EVENT_PRIVATE) {
		link_to(&s->members[e->from_slot].privates, e, 0,
			e->from_generation, true);
		if (e->to_slot != e->from_slot)
			link_to(&s->members[e->to_slot].privates, e, 1,
				e->to_generation, true);
	} else if (audience_is_counted(e) &&
		   (message || e->kind == EVENT_TOPIC ||
			   e->kind == EVENT_KICK)) {
		link_to(&s->room[e->room].lines, e, 0, e->room_generation,
			message);
	}
}

static const struct frame_event *entry(const struct switchboard *s, uint64_t id)
{
	uint64_t at = 0;

	return eventlog_find(&s->log, id, &at) ? eventlog_at(&s->log, at)
					       : NULL;
}

static bool is_user(struct audience_user a, uint32_t slot, uint32_t generation)
{
	return a.generation != 0 && a.slot == slot &&
	       a.generation == generation;
}

/* --- walks ---------------------------------------------------------------- */

static void begin(
	struct walk *w, const struct chain *chain, uint32_t generation)
{
	w->id = chain->generation == generation ? chain->id : 0;
	if (w->id < w->s->log.first_id)
		w->id = 0;
}

const struct frame_event *walk_entry(const struct walk *w)
{
	return entry(w->s, w->id);
}

void walk_back(struct walk *w)
{
	int side = 0;
	uint32_t distance;

	if (w->room == ROOM_NONE)
		side = walk_entry(w)->from_slot != w->me.slot;
	distance = back[w->id % EVENTLOG_IDS][side] & ~MESSAGE;
	w->id = distance != 0 && w->id - distance >= w->s->log.first_id
			? w->id - distance
			: 0;
}

struct audience_user walk_partner(
	const struct walk *w, const char **name, size_t *len)
{
	const struct frame_event *e = walk_entry(w);

	if (is_user(w->me, e->from_slot, e->from_generation)) {
		*name = frame_to(e);
		*len = e->to_len;
		return (struct audience_user){e->to_slot, e->to_generation};
	}
	*name = frame_from(e);
	*len = e->from_len;
	return (struct audience_user){e->from_slot, e->from_generation};
}

bool walk_is_wanted(const struct walk *w)
{
	struct audience_user partner;
	const char *name;
	size_t len;

	if (w->room != ROOM_NONE)
		return w->events ||
		       (back[w->id % EVENTLOG_IDS][0] & MESSAGE) != 0;
	partner = walk_partner(w, &name, &len);
	return is_user(w->other, partner.slot, partner.generation) ||
	       name_same(name, len, w->name, w->name_len);
}

/* When the asker has come into the room: what is older is for newcomers only
 * where there is scrollback at all. */
static uint64_t floor_of(
	const struct switchboard *s, uint32_t slot, uint32_t room)
{
	const struct place *p;

	if (s->options->history > 0)
		return 0;
	p = room != ROOM_LOBBY ? rooms_place(s->rooms, slot, room) : NULL;
	return p != NULL ? p->join_id : session_of(s, slot)->join_id;
}

void walk_in_room(struct walk *w, uint32_t slot, uint32_t room)
{
	const struct switchboard *s = w->s;

	w->room = room;
	w->floor = floor_of(s, slot, room);
	begin(w, &s->room[room].lines,
		room == ROOM_LOBBY
			? 0
			: atomic_load(&s->rooms->rooms[room].generation));
}

void walk_with_user(struct walk *w, uint32_t slot)
{
	const struct switchboard *s = w->s;

	w->room = ROOM_NONE;
	w->floor = 0;
	begin(w, &s->members[slot].privates, session_of(s, slot)->generation);
}

/* --- references ----------------------------------------------------------- */

/* The first id of this time or later.  The clock may have been set back: then
 * it is one of those where the time is passed. */
static uint64_t id_of_time(const struct switchboard *s, int64_t unix_ms)
{
	uint64_t low = s->log.first_id, high = s->log.next_id;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (entry(s, middle)->unix_ms < unix_ms)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint64_t range_first(
	const struct switchboard *s, uint8_t by, uint64_t reference)
{
	return by == HISTORY_BY_TIME ? id_of_time(s, (int64_t)reference)
				     : reference;
}

/* The last id that is not behind it. */
static uint64_t last_of(
	const struct switchboard *s, uint8_t by, uint64_t reference)
{
	return by == HISTORY_BY_TIME ? id_of_time(s, (int64_t)reference + 1) - 1
				     : reference;
}

struct range range_of(
	const struct switchboard *s, const struct history_query *q)
{
	uint64_t first = range_first(s, q->first_by, q->first);
	uint64_t first_end = last_of(s, q->first_by, q->first);
	uint64_t second = range_first(s, q->second_by, q->second);
	uint64_t second_end = last_of(s, q->second_by, q->second);

	switch (q->kind) {
	case HISTORY_BEFORE:
		return (struct range){.before = first};
	case HISTORY_AFTER:
		return (struct range){.after = first_end,
			.before = UINT64_MAX,
			.first = true,
			.seq = q->second_by == HISTORY_BY_SEQ ? q->second : 0,
			.seq_ms = (int64_t)q->first + 1};
	case HISTORY_BETWEEN:
	case HISTORY_TARGETS:
		return first <= second ? (struct range){.after = first_end,
						 .before = second,
						 .first = true}
				       : (struct range){.after = second_end,
						 .before = first};
	default:
		return (struct range){.after = first_end, .before = UINT64_MAX};
	}
}

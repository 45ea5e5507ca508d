/* SPDX-License-Identifier: MIT */
/* The audience of an event, set when it is appended.  All code that needs to
 * know who sees an event asks here: the order's numbers, the fan-out, the
 * scrollback, the counters and the chat log.
 *
 * Users are identified by slot and generation, which are unique: a private
 * event is not for a later user of the slot. */
#ifndef IPC_AUDIENCE_H
#define IPC_AUDIENCE_H

#include "ipc/frame.h"
#include "ipc/rooms.h"

struct audience_user {
	uint32_t slot, generation;
};

/* Whether everyone is in it. */
static inline bool audience_is_public(const struct frame_event *e)
{
	return e->audience == AUDIENCE_EVERYONE;
}

/* Whether all in a room are in it, or everyone: such an event has a number in
 * the one order of its room. */
static inline bool audience_is_counted(const struct frame_event *e)
{
	return e->audience == AUDIENCE_EVERYONE || e->audience == AUDIENCE_ROOM;
}

/* Its users, at most two, where it is for these alone; returns how many. */
static inline size_t audience_named(
	const struct frame_event *e, struct audience_user users[2])
{
	size_t n = 0;

	if (e->audience == AUDIENCE_BOTH || e->audience == AUDIENCE_TO)
		users[n++] =
			(struct audience_user){e->to_slot, e->to_generation};
	if (e->audience == AUDIENCE_BOTH || e->audience == AUDIENCE_FROM ||
		e->audience == AUDIENCE_POWER)
		users[n++] = (struct audience_user){
			e->from_slot, e->from_generation};
	return n;
}

/* Whether those who watch are in it beside its users: members, of the room that
 * it happens in, whose clients keep lists of their own. */
static inline bool audience_is_watched(const struct frame_event *e)
{
	return e->audience == AUDIENCE_WATCHERS ||
	       (e->audience == AUDIENCE_FROM && e->room != ROOM_LOBBY);
}

/* Whether the user of the slot has the power that such an event is for, now and
 * since before it. */
static inline bool audience_has_power(
	const struct frame_event *e, const struct rooms *rooms, uint32_t slot)
{
	const struct place *p = rooms_place(rooms, slot, e->room);
	unsigned int powers = e->mode == MODE_OPERATOR
				      ? POWER_OPERATOR
				      : POWER_OPERATOR | POWER_VOICE;

	return p != NULL && p->generation == e->room_generation &&
	       p->powers_id < e->id && (p->powers & powers) != 0;
}

/* Whether this user, who watches or does not, is in it.  Only the present user
 * of the slot has places in rooms, and none of before its join. */
static inline bool audience_has(const struct frame_event *e,
	const struct rooms *rooms, uint32_t slot, uint32_t generation,
	bool watches)
{
	bool from = e->from_slot == slot && e->from_generation == generation;
	bool to = e->to_slot == slot && e->to_generation == generation;

	switch (e->audience) {
	case AUDIENCE_EVERYONE:
		/* A user's welcome stands for its join. */
		return e->kind != EVENT_JOIN || !from;
	case AUDIENCE_ROOM:
		/* A user's own leave must not be lost with the place. */
		return from || to || rooms_was_in(rooms, slot, e);
	case AUDIENCE_BOTH:
		return from || to;
	case AUDIENCE_TO:
		return to;
	case AUDIENCE_POWER:
		return from || (rooms_was_in(rooms, slot, e) &&
				       audience_has_power(e, rooms, slot));
	case AUDIENCE_FROM:
		return from || (watches && audience_is_watched(e) &&
				       rooms_was_in(rooms, slot, e));
	case AUDIENCE_WATCHERS:
		return watches && (e->kind != EVENT_JOIN || !from);
	default:
		return false;
	}
}

/* The number of its users. */
static inline uint32_t audience_size(const struct frame_event *e)
{
	struct audience_user users[2];

	return audience_is_counted(e) ? e->online
				      : (uint32_t)audience_named(e, users);
}

/* Whether newcomers of its room get it as scrollback: lines that all in there
 * have read. */
static inline bool audience_has_newcomers(const struct frame_event *e)
{
	return audience_is_counted(e) &&
	       (e->kind == EVENT_PUBLIC || e->kind == EVENT_ACTION);
}

#endif

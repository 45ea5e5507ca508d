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

struct audience_user {
	uint32_t slot, generation;
};

/* Whether everyone is in it: such an event has a number in the one order. */
static inline bool audience_is_public(const struct frame_event *e)
{
	return e->audience == AUDIENCE_EVERYONE;
}

/* Its users, at most two; returns how many.  0 for everyone, and for nobody. */
static inline size_t audience_named(
	const struct frame_event *e, struct audience_user users[2])
{
	users[0] = (struct audience_user){e->to_slot, e->to_generation};
	users[1] = (struct audience_user){e->from_slot, e->from_generation};
	return e->audience == AUDIENCE_BOTH ? 2 : e->audience == AUDIENCE_TO;
}

/* Whether this user is in it. */
static inline bool audience_has(
	const struct frame_event *e, uint32_t slot, uint32_t generation)
{
	struct audience_user users[2];
	size_t n = audience_named(e, users);

	/* A user's welcome stands for its join. */
	if (audience_is_public(e))
		return e->kind != EVENT_JOIN || e->from_slot != slot ||
		       e->from_generation != generation;
	for (size_t i = 0; i < n; i++) {
		if (users[i].slot == slot && users[i].generation == generation)
			return true;
	}
	return false;
}

/* The number of its users. */
static inline uint32_t audience_size(const struct frame_event *e)
{
	struct audience_user users[2];

	return audience_is_public(e) ? e->online
				     : (uint32_t)audience_named(e, users);
}

/* Whether newcomers get it as scrollback: public lines. */
static inline bool audience_has_newcomers(const struct frame_event *e)
{
	return audience_is_public(e) &&
	       (e->kind == EVENT_PUBLIC || e->kind == EVENT_ACTION);
}

#endif

/* SPDX-License-Identifier: MIT */
/* The rooms that a child's client is in, as far as the child has read the
 * relay's events.  Shared memory is ahead of that. */
#ifndef SERVER_CHILD_MEMBERSHIP_H
#define SERVER_CHILD_MEMBERSHIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/audience.h"
#include "server/child/dialect/event.h"

struct membership {
	uint32_t room, generation; /* ipc/rooms.h */
	uint64_t join_id; /* of the join: what is older in there is scrollback;
			     0: it was missed */
	uint64_t seq;     /* of the last event */
	bool confirmed;   /* by the relay, since the welcome */
	uint8_t name_len;
	char name[NAME_MAX_BYTES];
};

/* After a gap, up to as many new ones come before the old ones are known to be
 * over. */
#define MEMBERSHIPS_MAX (2 * ROOMS_PER_USER)

struct memberships {
	struct membership *of; /* n of MEMBERSHIPS_MAX */
	uint32_t n;
	uint32_t here; /* the number of the room where the client talks */

	/* The last own join, while nothing newer than its scrollback has come,
	 * and the last line of that: if the channel ends, both come again.
	 * 0: none. */
	uint64_t replay_join, replay_id;

	/* The room of a pending join. */
	uint8_t wanted_len;
	char wanted[NAME_MAX_BYTES];
};

/* Begins with none, in memory of MEMBERSHIPS_MAX: apart, since a page that is
 * never touched costs nothing. */
void membership_init(struct memberships *m, struct membership *of);

/* What an event is for the client. */
enum membership_view {
	MEMBERSHIP_NEW,
	MEMBERSHIP_OLD,   /* scrollback of a room */
	MEMBERSHIP_AGAIN, /* it has come before, over an earlier channel */
};

/* Takes note of an event of the log; me is the client. */
enum membership_view membership_note(struct memberships *m,
	const struct frame_event *e, struct audience_user me);

/* The same for one that has come before, and comes again for another client:
 * what it has changed, it changes no more. */
enum membership_view membership_repeat(struct memberships *m,
	const struct frame_event *e, struct audience_user me);

/* The id of the last event seen, for the next channel: the relay goes on after
 * it. */
uint64_t membership_last_id(const struct memberships *m, uint64_t last_id);

/* The membership of a room by its name, or number; NULL: the client is not in
 * it. */
struct membership *membership_find(struct memberships *m, struct span name);
struct membership *membership_numbered(struct memberships *m, uint32_t room);
struct membership *membership_here(struct memberships *m);
bool membership_has(const struct memberships *m, uint32_t room);

static inline struct span membership_name(const struct membership *x)
{
	return (struct span){x->name, x->name_len};
}

/* After a gap the relay tells the rooms that the client is still in, one by
 * one: begin; then each EVENT_ROOM, which returns the number of events missed
 * in that room; then one after the other that has not been told is over.  A
 * room that is told under another number or generation has begun anew, with
 * numbers of its own, and none of them is known to be missed; but the client is
 * in it, and talks there, as before.  *anew is whether it is such a one. */
void membership_begin(struct memberships *m);
uint32_t membership_confirm(
	struct memberships *m, const struct frame_event *e, bool *anew);
struct membership *membership_over(struct memberships *m);
void membership_drop(struct memberships *m, struct membership *x);

#endif

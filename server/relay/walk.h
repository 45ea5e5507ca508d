/* SPDX-License-Identifier: MIT */
/* Walks back over what has been said in a room, or by and to a user.  Included
 * by walk.c, targets.c and history.c alone. */
#ifndef SERVER_RELAY_WALK_H
#define SERVER_RELAY_WALK_H

#include "ipc/history.h"
#include "server/relay/state.h"

/* A walk through a chain, from the newest on. */
struct walk {
	const struct switchboard *s;
	uint64_t id;                    /* where it is; 0: at the end */
	uint32_t room;                  /* or ROOM_NONE: */
	struct audience_user me, other; /* generation 0: nobody has the name */
	const char *name;
	size_t name_len;
	bool events;
	uint64_t floor; /* nothing up to this is for the asker */
};

/* Begins at the newest line of a room where the user of the slot is; or at its
 * newest private message. */
void walk_in_room(struct walk *w, uint32_t slot, uint32_t room);
void walk_with_user(struct walk *w, uint32_t slot);

/* Goes to the line before; its id is 0 behind the oldest one. */
void walk_back(struct walk *w);

/* Whether the line where it is is asked for: of a user who was called so, or
 * who is now. */
bool walk_is_wanted(const struct walk *w);

/* The entry where it is. */
const struct frame_event *walk_entry(const struct walk *w);

/* Whom the asker has exchanged that message with, and under which name. */
struct audience_user walk_partner(
	const struct walk *w, const char **name, size_t *len);

/* What a query is for: ids between two others, the first or the last. */
struct range {
	uint64_t after, before;
	bool first;
	/* Not the events up to this number, and up to this time; 0: all. */
	uint64_t seq;
	int64_t seq_ms;
};

struct range range_of(
	const struct switchboard *s, const struct history_query *q);

/* The first id that is not before the reference. */
uint64_t range_first(
	const struct switchboard *s, uint8_t by, uint64_t reference);

/* --- targets.c ----------------------------------------------------------- */

/* Appends the rooms and users of a query; the walk is the asker's. */
char *targets_put(
	uint32_t slot, struct walk w, const struct history_query *q, char *p);

#endif

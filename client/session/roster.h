/* SPDX-License-Identifier: MIT */
/* The users online, and the rooms, as far as this client knows, the last
 * speaker first.  A room is its name with its mark, which no user's has.
 * Names are the same without regard to ASCII case (ipc/common/name.h).
 * A fixed table; where it is full, the user silent for longest is dropped. */
#ifndef CLIENT_SESSION_ROSTER_H
#define CLIENT_SESSION_ROSTER_H

#include <stdbool.h>
#include <stddef.h>

#include "client/session/events.h"
#include "ipc/common/limits.h"

/* More than are useful for completion; listings do not depend on it. */
#define ROSTER_MAX 1024

struct roster {
	size_t count;
	struct roster_name {
		unsigned char n;
		char name[ROOM_MAX];
		bool doubtful;
		unsigned unread; /* private lines not yet looked at */
	} names[ROSTER_MAX];
};

void roster_clear(struct roster *r);

/* A user is online: a new name is put last. */
void roster_add(struct roster *r, struct field name);
/* A user speaks: moves to the front. */
void roster_spoke(struct roster *r, struct field name);
void roster_remove(struct roster *r, struct field name);
/* Keeps the place. */
void roster_rename(struct roster *r, struct field from, struct field to);

/* Before a list of users, marks all of them as in doubt; after it, drops those
 * that were neither in it nor in an event meanwhile. */
void roster_doubt(struct roster *r);
void roster_drop_doubtful(struct roster *r);

/* The entry of a name, or NULL; it holds until the next change. */
struct roster_name *roster_find(struct roster *r, struct field name);

/* The entry number which (0: the first) of those whose names begin with
 * prefix, without regard to ASCII case; NULL where there are fewer.  Rooms
 * are found by their mark alone. */
const struct roster_name *roster_match(
	const struct roster *r, const char *prefix, size_t n, size_t which);

#endif

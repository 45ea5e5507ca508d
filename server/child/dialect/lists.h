/* SPDX-License-Identifier: MIT */
/* The lists of a room as the relay tells them in EVENT_BANS: bans, mutes,
 * exemptions from these, standing invitations. */
#ifndef SERVER_CHILD_DIALECT_LISTS_H
#define SERVER_CHILD_DIALECT_LISTS_H

#include "server/child/dialect/event.h"

struct list_entry {
	enum room_mode list;
	struct span name, by, seconds; /* seconds: since 1970 */
};

/* Takes the first entry off; false after the last. */
bool lists_next(struct span *rest, struct list_entry *entry);

/* Moves on to the next list, from MODE_NONE on, that is not empty, and has its
 * names, as a list of names in static storage.  Returns what they are, "banned"
 * or "muted"; NULL after the last. */
const char *lists_next_names(
	struct span all, enum room_mode *list, struct span *names);

#endif

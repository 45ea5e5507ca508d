/* SPDX-License-Identifier: MIT */
/* Events of the log as records, and back. */
#ifndef SERVER_DISK_CONVERT_H
#define SERVER_DISK_CONVERT_H

#include <stdbool.h>

#include "ipc/frame.h"
#include "ipc/rooms.h"
#include "server/disk/record.h"

/* What lasts of an event; its texts stay where they are.  False: nothing does.
 * ending: the server ends, so rooms do not, though all leave them. */
bool convert_event(const struct frame_event *e, bool ending, struct record *r);

/* An event with its texts, as it stands in the log. */
union event_space {
	struct frame_event event;
	char bytes[FRAME_EVENT_MAX];
};

/* The event of a record that is a line, or changes a room: of nobody who is
 * here, in the room that has its name now.  False: it is none, or there is no
 * such room. */
bool convert_record(const struct record *r, const struct rooms *rooms,
	union event_space *space);

#endif

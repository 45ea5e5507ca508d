/* SPDX-License-Identifier: MIT */
/* What the relay and the disk say to each other on their channel, a stream:
 * the relay how far the event log is to be in the files of --state, the disk
 * how far it is.  The entries themselves the disk reads from the log's memory.
 *
 * Both are of fixed size, and of one version: the disk ends in an upgrade. */
#ifndef IPC_DISK_H
#define IPC_DISK_H

#include <stdint.h>

#include "ipc/audience.h"
#include "ipc/frame.h"
#include "ipc/layout.h"

struct disk_ask {
	uint64_t head; /* a position of the log */
};

struct disk_answer {
	uint64_t head; /* all before it is in the files, or is lost */
};

LAYOUT_SIZE(struct disk_ask, 8, "bump FRAME_VERSION");
LAYOUT_SIZE(struct disk_answer, 8, "bump FRAME_VERSION");

/* Whether an event has a part in what lasts: what all in a room read, what
 * changes a room, and when a login comes and goes. */
static inline bool disk_keeps(const struct frame_event *e)
{
	return audience_is_counted(e) || e->kind == EVENT_BAN ||
	       e->kind == EVENT_MODE ||
	       ((e->kind == EVENT_JOIN || e->kind == EVENT_LEAVE) &&
		       (e->flags & EVENT_DIGEST) == 0);
}

#endif

/* SPDX-License-Identifier: MIT */
/* How the relay and the disk work together: the relay says in struct status how
 * far the event log is to be in the files of --state ("disk_asked"), the disk
 * how far it is ("disk_answered"), both positions of the log.  The entries
 * themselves the disk reads from the log's memory.
 *
 * Their channel carries no more than bytes that wake: one that is about to wait
 * says so there, too ("disk_sleeps", "disk_waits"), looks once more, and is
 * then sent a byte.  The end of the channel is the end of its process. */
#ifndef IPC_DISK_H
#define IPC_DISK_H

#include <stdbool.h>

#include "ipc/audience.h"
#include "ipc/frame.h"

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

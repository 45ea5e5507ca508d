/* SPDX-License-Identifier: MIT */
/* --log-chat: what everybody could read, in a file, a line each.  Private
 * messages are never in it. */
#ifndef SERVER_CHATLOG_H
#define SERVER_CHATLOG_H

#include <stdbool.h>

#include "ipc/frame.h"

/* In the parent: opens the file to append to it, made with mode 0600 where it
 * is missing.  The descriptor, or -1 where path is NULL; fatal if it cannot be
 * opened. */
int chatlog_open(const char *path);

/* In the relay, once and before its sandbox: an earlier one, or an earlier
 * server, may have left a line without its end.  Where that cannot be read, and
 * there was an earlier one (resumed), a newline comes first in any case. */
void chatlog_resume(int fd, bool resumed);

/* In the relay: appends a line for an event that everybody sees, as people
 * read it, behind its time in UTC.  What the disk does not take is lost, which
 * is logged once until a line succeeds again. */
void chatlog_write(int fd, const struct frame_event *e);

#endif

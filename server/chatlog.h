/* SPDX-License-Identifier: MIT */
/* --log-chat: every public event as a line of a file.  Private messages are
 * never in it. */
#ifndef SERVER_CHATLOG_H
#define SERVER_CHATLOG_H

#include <stdbool.h>

#include "ipc/frame.h"

/* In the parent: opens the file to append to it, made with mode 0600 where it
 * is missing.  The descriptor, or -1 where path is NULL; fatal if it cannot be
 * opened. */
int chatlog_open(const char *path);

/* In the relay, once and before its sandbox: an earlier relay or server may
 * have left a line without its newline.  Where the file cannot be read and
 * there was an earlier relay (resumed), a newline is written in any case. */
void chatlog_resume(int fd, bool resumed);

/* In the relay: appends a line for a public event: its time in UTC, then the
 * text form.  A line that the disk does not take is lost; the first failure is
 * logged, until a line succeeds again. */
void chatlog_write(int fd, const struct frame_event *e);

#endif

/* SPDX-License-Identifier: MIT */
/* --motd: the message of the day, which IRC clients show when they have
 * joined.  Read once at the start, and again after an upgrade. */
#ifndef SERVER_MOTD_H
#define SERVER_MOTD_H

#include <stddef.h>

/* Caps on the file's bytes and lines: more than two screens of a terminal, and
 * all of it is written to a client at once. */
#define MOTD_MAX       4096
#define MOTD_LINES_MAX 64

/* Cap on a line's: with what comes before it, it fits the 512 bytes that a line
 * of IRC has. */
#define MOTD_LINE_MAX 400

/* In the parent, before its children: reads the file; nothing where path is
 * NULL.  Fatal where it cannot be read, or is too long. */
void motd_read(const char *path);

/* Line i, from 0 on, cleaned like a message; its length is at *n.  NULL: there
 * are no more, or there is no such message.  Static storage. */
const char *motd_line(size_t i, size_t *n);

#endif

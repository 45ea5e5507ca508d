/* SPDX-License-Identifier: MIT */
/* A bounded reader of lines: bytes in, lines out, however they were cut.
 * Takes LF and CRLF.  No allocation, no I/O, never blocking.
 *
 *     char *p; size_t room = lines_room(&in, &p);
 *     ssize_t n = read(fd, p, room);
 *     lines_feed(&in, (size_t)n);
 *     while ((verdict = lines_next(&in, &line, &len)) != LINES_MORE) ... */
#ifndef IPC_COMMON_LINES_H
#define IPC_COMMON_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "ipc/common/limits.h"

/* Twice the longest line: one whole line, and a good read behind it; and a few
 * bytes that whoever takes the lines out of the bytes may add. */
#define LINES_BUFFER (2 * LINE_MAX_BYTES + 8)

/* The largest cap on a line's bytes: a CR may follow them, and then one more
 * byte must fit. */
#define LINES_CAP (2 * LINE_MAX_BYTES - 2)

enum lines_verdict {
	LINES_MORE,     /* no complete line; feed more */
	LINES_LINE,     /* *line, *len: one line, without its end */
	LINES_TOO_LONG, /* once for each such line, as soon as it is known */
};

struct lines {
	size_t start, end; /* what is unread in buf */
	size_t scanned;    /* no newline in buf[start .. scanned) */
	size_t max;        /* cap on a line's bytes; 0: LINE_MAX_BYTES */
	bool discarding;   /* inside a line that was too long */
	char buf[LINES_BUFFER];
};

/* Zeros will do, too. */
void lines_init(struct lines *l);

/* Sets the cap, at most LINES_CAP, on the lines from the next one on. */
static inline void lines_limit(struct lines *l, size_t max)
{
	l->max = max;
}

static inline size_t lines_max(const struct lines *l)
{
	return l->max != 0 ? l->max : LINE_MAX_BYTES;
}

/* Where the next bytes go and how many fit: always at least 1 once
 * lines_next has said LINES_MORE.  Before that it may be 0: a read of nothing
 * returns 0 and looks like the end. */
size_t lines_room(struct lines *l, char **where);

/* n bytes have been put there, n no more than lines_room said. */
void lines_feed(struct lines *l, size_t n);

/* The unread bytes, a complete line or not; returns their number. */
size_t lines_peek(const struct lines *l, const char **bytes);

/* The same, to be changed in place before the first lines_next, and how many of
 * them stay: no more than there are. */
size_t lines_edit(struct lines *l, char **bytes);
void lines_keep(struct lines *l, size_t n);

/* Drops the first n of the unread bytes, before the first lines_next. */
void lines_skip(struct lines *l, size_t n);

/* The next line.  It points into l, may be changed in place, and holds until
 * lines_room is called.
 * *line and *len are set with LINES_LINE only.  What follows the last newline
 * of a stream is no line. */
enum lines_verdict lines_next(struct lines *l, char **line, size_t *len);

#endif

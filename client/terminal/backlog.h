/* SPDX-License-Identifier: MIT */
/* The last lines that were printed, for redrawing the screen. */
#ifndef CLIENT_TERMINAL_BACKLOG_H
#define CLIENT_TERMINAL_BACKLOG_H

#include <stddef.h>

#include "client/terminal/line.h"

/* More than a terminal's rows. */
#define BACKLOG_LINES 200

/* Some of the longest lines, or all of usual ones. */
#define BACKLOG_BYTES (8 * LINE_TEXT_MAX)

struct backlog {
	size_t count;
	size_t n; /* bytes of text */
	struct backlog_line {
		enum line_kind kind;
		uint64_t unix_ms;
		unsigned spans;
		struct span span[LINE_SPANS_MAX];
		size_t n;
	} lines[BACKLOG_LINES]; /* the oldest first */
	char text[BACKLOG_BYTES];
};

void backlog_init(struct backlog *b);

/* Adds a line, in place of the oldest ones if there is no room. */
void backlog_add(struct backlog *b, const struct line *l);
void backlog_drop_last(struct backlog *b);

/* The line back places before the last one, which is 0; back < count. */
void backlog_get(const struct backlog *b, size_t back, struct line *l);

#endif

/* SPDX-License-Identifier: MIT */
/* Consecutive joins and leaves of one room in one line: "* alice, bob joined;
 * carol left (7 online)". */
#ifndef CLIENT_MENU_FOLDING_H
#define CLIENT_MENU_FOLDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/session/events.h"
#include "client/terminal/line.h"

/* The names shown of users who joined, and of those who left; the others are a
 * number. */
#define FOLDING_NAMES 6

struct folding {
	unsigned count; /* events in the line */
	char mark[ROOM_MAX + 1];
	char room[ROOM_MAX + 1]; /* of the events; "": the lobby */
	const char *where;       /* what online is: "online", or "here" */
	uint64_t online;
	uint64_t unix_ms; /* of the last one */
	struct folding_list {
		uint64_t count;
		unsigned char n[FOLDING_NAMES];
		char names[FOLDING_NAMES][NAME_MAX_BYTES];
	} joined, left;
};

void folding_clear(struct folding *f);

/* Whether a join or a leave is of the same room as those before. */
bool folding_goes_on(const struct folding *f, const struct event *e);

/* Adds it; the line begins with a mark, unless that is empty. */
void folding_add(struct folding *f, const struct event *e, struct field mark);

/* The line for all that was added. */
void folding_line(const struct folding *f, struct line *l);

#endif

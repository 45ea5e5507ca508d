/* SPDX-License-Identifier: MIT */
/* What a child asks the relay of the past, and how the answer lists it.
 *
 * The log holds private messages, so no child maps it: the relay looks for the
 * lines, and its answer, EVENT_HISTORY, has their ids.  It is sent twice, and
 * the lines themselves between the two. */
#ifndef IPC_HISTORY_H
#define IPC_HISTORY_H

#include <stdint.h>

#include "ipc/common/limits.h"
#include "ipc/layout.h"

/* Lines of one answer, and targets. */
#define HISTORY_LINES_MAX 100

/* Which lines of a room, or of what was said between two users; the chathistory
 * extension of IRC has these. */
enum history_kind {
	HISTORY_LATEST,  /* the last ones, after the first reference */
	HISTORY_BEFORE,  /* the last ones before it */
	HISTORY_AFTER,   /* the first ones after it */
	HISTORY_AROUND,  /* those before it, itself, and those after it */
	HISTORY_BETWEEN, /* those between the two, counted from the first */
	HISTORY_TARGETS, /* rooms and users, by their last line: the same */
	HISTORY_KINDS
};

/* What a reference is; it is no part of the answer. */
enum history_by {
	HISTORY_BY_NONE,
	HISTORY_BY_ID,   /* of an event of the log */
	HISTORY_BY_TIME, /* wall clock, milliseconds */
	HISTORY_BY_SEQ,  /* the second one, of HISTORY_AFTER by time in a room:
			    of the first millisecond there, only events with a
			    higher number */
	HISTORY_BYS
};

/* The text of UP_HISTORY. */
struct history_query {
	uint8_t kind;                /* enum history_kind */
	uint8_t first_by, second_by; /* enum history_by */
	uint8_t events;              /* beside messages also topics and kicks */
	uint32_t limit;              /* 1 to HISTORY_LINES_MAX */
	uint64_t first, second;
};

LAYOUT_SIZE(struct history_query, 24, "bump FRAME_VERSION");

/* The text of EVENT_HISTORY: ids, oldest first, eight bytes each; "on": targets
 * instead, each the time of its last line, eight bytes, and one name of a list
 * (ipc/namelist.h), a room's with '#'. */
static inline uint32_t history_lines(size_t text_len)
{
	return (uint32_t)(text_len / sizeof(uint64_t));
}

#define HISTORY_TARGET_MAX (sizeof(int64_t) + 1 + 1 + NAME_MAX_BYTES)

#endif

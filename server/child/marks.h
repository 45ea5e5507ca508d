/* SPDX-License-Identifier: MIT */
/* Which event each line of a client belongs to: so another connection can go
 * on behind the last line that the client has had.
 *
 * Events are in the log and can be rendered again; lines that the child has
 * made itself are not. */
#ifndef SERVER_CHILD_MARKS_H
#define SERVER_CHILD_MARKS_H

#include <stdint.h>

/* Enough for each of the last lines of a connection that was just lost. */
#define MARKS_MAX 512

/* Between two lines. */
struct mark {
	uint64_t lines; /* rendered before it, of the session */
	uint64_t made;  /* those of them that are of no event */
	uint64_t id;    /* of the last event that is rendered whole */
	uint64_t seq;   /* its number in the lobby, or that of one before */
};

struct marks {
	uint32_t n;
	struct mark mark[MARKS_MAX]; /* oldest first */
};

/* Where to go on: behind the event with this id; of what is rendered of the
 * events after it, the client has had some lines. */
struct resumption {
	uint64_t id, seq;
	uint64_t skip;  /* so many */
	uint64_t lines; /* rendered before the first one */
	uint64_t made;
};

/* Adds a mark.  Where they are too many, every other one of the older half is
 * dropped. */
void marks_add(struct marks *m, const struct mark *mark);

/* Where to go on for a client that has had so many lines.  Drops the marks
 * behind that.  There must be a mark at 0 lines. */
struct resumption marks_go_back(struct marks *m, uint64_t lines);

#endif

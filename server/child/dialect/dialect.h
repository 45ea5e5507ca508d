/* SPDX-License-Identifier: MIT */
/* A dialect: turns a client's lines into requests, and events into lines.
 *
 * Each function gets the state of its one connection.  It may write whole lines
 * for the client, each with a '\n' at its end, to dst, which has room for
 * RENDER_MAX, and returns the end of what it has written.  None blocks, none
 * makes a system call beyond reading a clock, none allocates.  A new dialect is
 * one new file here and one line in server/child/protocols.c. */
#ifndef SERVER_CHILD_DIALECT_DIALECT_H
#define SERVER_CHILD_DIALECT_DIALECT_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "server/child/dialect/event.h"
#include "server/child/dialect/request.h"

/* Cap on bytes that a function writes at once.  The longest is a message of
 * many lines, or a private one to oneself, rendered twice, with the longest
 * text, names, tags and marks. */
#define RENDER_MAX (48u << 10)

/* Cap on lines that a function writes at once, for what a transport adds to
 * each. */
#define RENDER_LINES_MAX 512

/* Cap on a dialect's state of a connection, which is part of every child. */
#define DIALECT_STATE_MAX 512

struct view;

struct dialect_state {
	int64_t now_ms; /* monotonic: the time of this call */
	int64_t due_ms; /* when the dialect's tick is wanted; 0: never */
	const struct view *view; /* what a dialect can look up */
	bool more;               /* set by the dialect: its more is wanted */
	union {
		max_align_t align;
		unsigned char own[DIALECT_STATE_MAX]; /* zeros at first */
	};
};

/* Defines own(), the dialect's struct in there, which must fit. */
#define DIALECT_OWN(type)                                         \
	static_assert(sizeof(type) <= DIALECT_STATE_MAX,          \
		"a connection has no more room for its dialect"); \
	static inline type *own(struct dialect_state *s)          \
	{                                                         \
		return (type *)(void *)s->own;                    \
	}

struct dialect {
	const char *name;

	/* Whether a client joins only after its hello; if not, a client that is
	 * silent for --greet-after is welcomed. */
	bool waits;

	/* Whether its clients keep lists of their own of who is where: they get
	 * each join and leave by itself, in its place, beside the digests, and
	 * what users do that only such clients show. */
	bool watches;

	/* Whether its clients read the numbers of events, and so are told where
	 * those of a room begin anew: by a gap in which nothing was missed. */
	bool numbers;

	/* Whether its clients are told the secret of their session, and may go
	 * on with it by another connection. */
	bool resumes;

	/* Cap on the bytes of a line, the newline not counted, at most
	 * LINES_CAP; 0: LINE_MAX_BYTES, which is also the longest text of a
	 * request. */
	size_t line_max;

	/* Called when a connection begins to speak the dialect.  NULL: nothing
	 * to do. */
	char *(*begin)(struct dialect_state *s, char *dst);

	/* Takes a line before the welcome: VERB_JOIN, VERB_WAIT, VERB_PEEK,
	 * VERB_RESUME, VERB_QUIT or VERB_END; or VERB_NONE or VERB_ERROR, and
	 * the next line comes here, too. */
	char *(*hello)(struct dialect_state *s, struct span line,
		struct request *r, char *dst);

	/* Takes a line after the welcome.  No line is empty or blank. */
	char *(*line)(struct dialect_state *s, struct span line,
		struct request *r, char *dst);

	/* Renders an event; nothing, where the dialect has no words for it. */
	char *(*render)(
		struct dialect_state *s, const struct event *e, char *dst);

	/* Called at due_ms or later, with due_ms 0 again: VERB_NONE, VERB_QUIT
	 * or VERB_END.  NULL: the dialect never sets due_ms. */
	char *(*tick)(struct dialect_state *s, struct request *r, char *dst);

	/* Called after the welcome while s->more is set, whenever there is room
	 * and the last request has been answered: goes on with a long answer,
	 * or with the rest of the last line, which stays where it is until then
	 * and may become one more request.  No other line is taken meanwhile;
	 * events are rendered in between.  NULL: the dialect never sets it. */
	char *(*more)(struct dialect_state *s, struct request *r, char *dst);
};

#endif

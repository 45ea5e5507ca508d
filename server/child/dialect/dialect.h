/* SPDX-License-Identifier: MIT */
/* A dialect: what a client's lines ask for, and how events read for it.
 *
 * Each function gets the state of its one connection, and may write to dst,
 * which has room for RENDER_MAX, whole lines for the client, each with a '\n'
 * at its end; it returns the end of what it has written.  None blocks, none
 * makes a system call beyond reading a clock, none allocates.  A new dialect is
 * one new file here and one line in server/child/protocols.c. */
#ifndef SERVER_CHILD_DIALECT_DIALECT_H
#define SERVER_CHILD_DIALECT_DIALECT_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "server/child/dialect/event.h"
#include "server/child/dialect/request.h"

/* No event renders to more, and nothing else that is written at once: a private
 * message to oneself, told twice, with the longest text, names and marks. */
#define RENDER_MAX (32u << 10)

/* And to no more lines than this, for what a transport adds to each. */
#define RENDER_LINES_MAX 512

/* What a dialect may remember of a connection: part of every child. */
#define DIALECT_STATE_MAX 256

struct dialect_state {
	int64_t now_ms; /* monotonic: the time of this call */
	int64_t due_ms; /* when the dialect's tick is wanted; 0: never */
	union {
		max_align_t align;
		unsigned char own[DIALECT_STATE_MAX]; /* zeros at first */
	};
};

/* Defines own(), which is a dialect's struct in there; it has to fit. */
#define DIALECT_OWN(type)                                         \
	static_assert(sizeof(type) <= DIALECT_STATE_MAX,          \
		"a connection has no more room for its dialect"); \
	static inline type *own(struct dialect_state *s)          \
	{                                                         \
		return (type *)(void *)s->own;                    \
	}

struct dialect {
	const char *name;

	/* Whether it joins nobody before its client has said who it is; if not,
	 * one who is silent for --greet-after is welcomed. */
	bool waits;

	/* The connection begins to speak it.  NULL: nothing to do. */
	char *(*begin)(struct dialect_state *s, char *dst);

	/* A line that comes before the welcome: VERB_JOIN, VERB_WAIT,
	 * VERB_PEEK, VERB_QUIT or VERB_END; or VERB_NONE or VERB_ERROR, and it
	 * goes on with the next one. */
	char *(*hello)(struct dialect_state *s, struct span line,
		struct request *r, char *dst);

	/* A line that comes after it; neither is empty or blank. */
	char *(*line)(struct dialect_state *s, struct span line,
		struct request *r, char *dst);

	/* An event.  Nothing, where the dialect has no words for it. */
	char *(*render)(
		struct dialect_state *s, const struct event *e, char *dst);

	/* It is due_ms, or later, and due_ms is 0 again.  VERB_NONE, VERB_QUIT
	 * or VERB_END.  NULL: it asks for no time. */
	char *(*tick)(struct dialect_state *s, struct request *r, char *dst);
};

#endif

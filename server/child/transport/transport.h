/* SPDX-License-Identifier: MIT */
/* A transport: turns the bytes of one connection into lines, and back.
 *
 * Each function gets the state of its one connection.  It writes bytes for the
 * client that are no line of a dialect to dst, which has room for RENDER_MAX,
 * and returns the end of what it has written.  None blocks, reads or writes
 * itself, or allocates.  A new transport is one new file here and one line in
 * server/child/protocols.c. */
#ifndef SERVER_CHILD_TRANSPORT_TRANSPORT_H
#define SERVER_CHILD_TRANSPORT_TRANSPORT_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/frame.h"

/* Cap on a transport's state of a connection, which is part of every child. */
#define TRANSPORT_STATE_MAX 192

/* Cap on bytes that framing adds to a line. */
#define TRANSPORT_LINE_EXTRA 8

/* Cap on bytes of lines in what is taken, beyond the bytes that came: the end
 * of a line whose framing came before. */
#define TRANSPORT_TAKE_EXTRA 1

/* Cap on bytes that answer what came, beyond its length. */
#define TRANSPORT_ANSWER_MAX 256

struct transport_state {
	int64_t now_ms; /* monotonic: the time of this call */
	int64_t due_ms; /* when the transport's tick is wanted; 0: never */
	bool ended;     /* set by the transport: no more lines come */
	union {
		max_align_t align;
		unsigned char own[TRANSPORT_STATE_MAX]; /* zeros at first */
	};
};

/* Defines own(), the transport's struct in there, which must fit. */
#define TRANSPORT_OWN(type)                                         \
	static_assert(sizeof(type) <= TRANSPORT_STATE_MAX,          \
		"a connection has no more room for its transport"); \
	static inline type *own(struct transport_state *s)          \
	{                                                           \
		return (type *)(void *)s->own;                      \
	}

struct transport {
	const char *name;

	/* Called when a connection begins to use the transport.  NULL: zeros
	 * will do. */
	void (*begin)(struct transport_state *s);

	/* Takes n bytes from the client, cut anywhere.  Leaves the bytes of
	 * lines in place, with a '\n' after each line, and sets *kept to their
	 * length, at most n and TRANSPORT_TAKE_EXTRA, for which there is room;
	 * no more than n in the first call.  Acts on all others, and may answer
	 * them, in no more than n bytes and TRANSPORT_ANSWER_MAX. */
	char *(*take)(struct transport_state *s, char *bytes, size_t n,
		size_t *kept, char *dst);

	/* Carries out the keys in a whole line, in place; returns the new
	 * length.  NULL: nothing to do. */
	size_t (*edit)(char *line, size_t n);

	/* Frames n bytes of whole lines that a dialect has written, in place;
	 * there is room for TRANSPORT_LINE_EXTRA more per line.  Returns the
	 * new length.  NULL: lines are sent as they are. */
	size_t (*frame)(struct transport_state *s, char *lines, size_t n);

	/* Called at due_ms or later, with due_ms 0 again.  NULL: the transport
	 * never sets due_ms. */
	char *(*tick)(struct transport_state *s, char *dst);

	/* Whether another child may have sent this state, of a connection that
	 * it has passed on: acting on it is safe. */
	bool (*is_sound)(const struct transport_state *s);

	/* Writes the last bytes of a connection that the server ends.  NULL:
	 * none. */
	char *(*close)(
		struct transport_state *s, enum leave_reason reason, char *dst);
};

#endif

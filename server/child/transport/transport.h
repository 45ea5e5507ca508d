/* SPDX-License-Identifier: MIT */
/* A transport: the bytes of one connection to lines, and back.
 *
 * Each function gets the state of its one connection.  Bytes for the client,
 * which are no line of a dialect, go to dst, which has room for RENDER_MAX; the
 * end of what was written is returned.  None blocks, reads or writes itself, or
 * allocates.  A new transport is one new file here and one line in
 * server/child/protocols.c. */
#ifndef SERVER_CHILD_TRANSPORT_TRANSPORT_H
#define SERVER_CHILD_TRANSPORT_TRANSPORT_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/frame.h"

/* What a transport may remember of a connection: part of every child. */
#define TRANSPORT_STATE_MAX 64

/* A line that is framed is longer by so many bytes at most. */
#define TRANSPORT_LINE_EXTRA 8

struct transport_state {
	int64_t now_ms; /* monotonic: the time of this call */
	int64_t due_ms; /* when the transport's tick is wanted; 0: never */
	bool ended;     /* set by it: the client sends no more lines */
	union {
		max_align_t align;
		unsigned char own[TRANSPORT_STATE_MAX]; /* zeros at first */
	};
};

/* Defines own(), which is a transport's struct in there; it has to fit. */
#define TRANSPORT_OWN(type)                                         \
	static_assert(sizeof(type) <= TRANSPORT_STATE_MAX,          \
		"a connection has no more room for its transport"); \
	static inline type *own(struct transport_state *s)          \
	{                                                           \
		return (type *)(void *)s->own;                      \
	}

struct transport {
	const char *name;

	/* n bytes have come, cut anywhere.  Leaves in their place what is of
	 * lines, with a '\n' behind each, and sets *kept to the length of that.
	 * What else there is in them it acts on, and may answer, in no more
	 * than n bytes and some TRANSPORT_LINE_EXTRA. */
	char *(*take)(struct transport_state *s, char *bytes, size_t n,
		size_t *kept, char *dst);

	/* What the keys in a whole line do to it, in place; returns the new
	 * length.  NULL: nothing. */
	size_t (*edit)(char *line, size_t n);

	/* Frames n bytes of whole lines that a dialect has written, in place;
	 * there is room for TRANSPORT_LINE_EXTRA more a line.  Returns the new
	 * length.  NULL: lines are sent as they are. */
	size_t (*frame)(struct transport_state *s, char *lines, size_t n);

	/* It is due_ms, or later, and due_ms is 0 again.  NULL: it asks for no
	 * time. */
	char *(*tick)(struct transport_state *s, char *dst);

	/* The last bytes of a connection that the server ends.  NULL: none. */
	char *(*close)(
		struct transport_state *s, enum leave_reason reason, char *dst);
};

#endif

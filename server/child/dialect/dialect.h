/* SPDX-License-Identifier: MIT */
/* A dialect: how lines of a client become commands, and events become bytes
 * for it.  A new one is one new file and one line in dialect.c. */
#ifndef SERVER_CHILD_DIALECT_DIALECT_H
#define SERVER_CHILD_DIALECT_DIALECT_H

#include <stdbool.h>
#include <stddef.h>

#include "server/child/command.h"
#include "server/child/dialect/event.h"

/* No event renders to more: a private message to oneself, told twice, with
 * the longest text, names and marks. */
#define RENDER_MAX (32u << 10)

struct dialect {
	/* What the first line of a client that wants it is, or begins with,
	 * a blank behind it; NULL: the one that every
	 * client starts with. */
	const char *hello;
	/* Turns a line, as it came and not blank, into a request that points
	 * into it: whoever uses the request cleans what others are to see.
	 * What makes no sense becomes a request with an error. */
	void (*parse)(const char *line, size_t n, struct request *r);
	/* Writes an event to dst, which has room for RENDER_MAX; returns the
	 * length, 0 where the dialect has no words for it. */
	size_t (*render)(const struct event *e, char *dst);
};

/* The dialect that every client starts with. */
const struct dialect *dialect_first(void);

/* The one that this first line asks for, and in *rest what it says behind
 * that; or NULL. */
const struct dialect *dialect_for(
	const char *line, size_t n, struct span *rest);

#endif

/* SPDX-License-Identifier: MIT */
/* What the load generator has to know of a server's language. */
#ifndef TESTS_BENCH_DIALECT_H
#define TESTS_BENCH_DIALECT_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/bench/payload.h"

#define SAY_MAX 256 /* whatever a client says at once */

/* Where all clients of a server are, unless it has rooms by number. */
#define ROOM_OF_ALL (-1)

/* What a line that carries no payload means. */
enum meaning {
	MEANS_NOTHING, /* to us */
	MEANS_WELCOME, /* the client may enter a room */
	MEANS_READY,   /* it is let in, and hears what all in its room hear */
	MEANS_ANSWER,  /* reply holds what the server waits for */
	MEANS_LISTED,  /* the answer to list is complete */
	MEANS_TROUBLE, /* an error, or messages that were left out */
};

struct dialect {
	const char *name;
	bool echoes; /* who sends a message receives it, too */

	/* Each writes at most SAY_MAX bytes to dst and returns how many. */
	size_t (*hello)(char *dst, unsigned client);
	size_t (*say)(char *dst, int room, const char payload[PAYLOAD_SIZE]);

	/* Enters a room; 0: the welcome has let the client in.  NULL: the
	 * server has no rooms. */
	size_t (*enter)(char *dst, int room);
	const char *list; /* asks who is online; NULL: cannot be asked */

	/* A line, without its end.  *replied is the length of reply. */
	enum meaning (*hear)(const char *line, size_t n, char reply[SAY_MAX],
		size_t *replied);
};

/* NULL where there is none of that name. */
const struct dialect *dialect_named(const char *name);

/* The names, for a line of usage. */
#define DIALECT_NAMES "text|events|plain|irc|redis|nats"

extern const struct dialect dialect_text, dialect_events, dialect_plain,
	dialect_irc, dialect_redis, dialect_nats;

/* Whether a line begins with a word, which is a literal. */
#define BEGINS(line, n, word) \
	((n) >= sizeof(word) - 1 && memcmp(line, word, sizeof(word) - 1) == 0)

#endif

/* SPDX-License-Identifier: MIT */
/* What clients speak on a port: one table.  A line of it is a dialect on a
 * transport, or what a client is told that speaks what is not served here. */
#ifndef SERVER_CHILD_PROTOCOLS_H
#define SERVER_CHILD_PROTOCOLS_H

#include <stdbool.h>
#include <stddef.h>

#include "server/child/dialect/dialect.h"
#include "server/child/transport/transport.h"

/* How first bytes of a protocol are looked for. */
enum first_how {
	FIRST_ANY_CASE = 1, /* letters in any case, from one who is not greeted
			     */
	FIRST_WORD = 2,     /* with a blank or the end of the line behind */
	/* Nobody who is greeted already means anything else by them: a person's
	 * first line may begin with "pass the salt" or "GET well soon". */
	FIRST_GREETED = 4,
};

struct first_bytes {
	const char *bytes; /* NULL: the last one */
	size_t n;
	unsigned int how;
};

#define FIRST_BYTES(s) (s), sizeof(s) - 1

struct protocol {
	/* What a listener is fixed to, --listen NAME:ADDR; those of one name
	 * are served together there.  NULL: nothing can be. */
	const char *name;
	const struct transport *transport; /* NULL: it is not served: */
	const struct dialect *dialect;
	/* ... then what is said before the end, of what it has sent: in its
	 * own protocol where that has words for it. */
	struct span (*refuse)(const char *bytes, size_t n);
	const struct first_bytes *first; /* NULL: none that are fixed */
	/* Whether this whole first line is of it, by its form.  NULL: no. */
	bool (*has_line)(const char *line, size_t n);
	/* Whether bytes that are no text are of it. */
	bool binary;
};

/* The first one is for those whose first bytes are of no other, and for those
 * who say nothing.  Ends with one that has neither dialect nor refusal. */
extern const struct protocol protocols[];

static inline bool protocol_ends(const struct protocol *p)
{
	return p->dialect == NULL && p->refuse == NULL;
}

#endif

/* SPDX-License-Identifier: MIT */
/* The table of protocols.  An entry is a dialect on a transport, or the answer
 * to clients whose protocol is not served here. */
#ifndef SERVER_CHILD_PROTOCOLS_H
#define SERVER_CHILD_PROTOCOLS_H

#include <stdbool.h>
#include <stddef.h>

#include "server/child/dialect/dialect.h"
#include "server/child/transport/transport.h"

/* How first bytes of a protocol are matched. */
enum first_how {
	FIRST_ANY_CASE = 1, /* letters in any case, before the greeting */
	FIRST_WORD = 2,     /* then a blank or the end of the line */
	/* Also after the greeting: no user means anything else by them.
	 * Without it a user's first line may begin with "pass the salt" or "GET
	 * well soon". */
	FIRST_GREETED = 4,
};

struct first_bytes {
	const char *bytes; /* NULL: the last one */
	size_t n;
	unsigned int how;
};

#define FIRST_BYTES(s) (s), sizeof(s) - 1

struct protocol {
	/* The name in --listen NAME:ADDR; such a listener serves all entries of
	 * that name.  NULL: no listener can be fixed to it. */
	const char *name;
	const struct transport *transport; /* NULL: not served */
	const struct dialect *dialect;
	/* Whether the client's first line is of an HTTP request, which has no
	 * dialect: server/child/web.h. */
	bool http;
	/* WebSocket's name for the entry (RFC 6455, section 1.9), under which a
	 * request asks for it; "": that of a request without a name; NULL: not
	 * over WebSocket. */
	const char *subprotocol;
	/* If not served: the answer to a client's first bytes, in its own
	 * protocol where that has words for it. */
	struct span (*refuse)(const char *bytes, size_t n);
	const struct first_bytes *first; /* NULL: no fixed ones */
	/* Whether a whole first line has the protocol's form.  NULL: never. */
	bool (*has_line)(const char *line, size_t n);
	/* Whether the entry is for bytes that are no text. */
	bool binary;
};

/* The first entry is for clients whose first bytes match no other, and for
 * silent clients.  The last entry has neither dialect nor refusal. */
extern const struct protocol protocols[];

static inline bool protocol_ends(const struct protocol *p)
{
	return p->dialect == NULL && p->refuse == NULL;
}

#endif

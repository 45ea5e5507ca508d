/* SPDX-License-Identifier: MIT */
/* What a connection speaks, by its first bytes: nobody is told of one before
 * that is known.  Pure functions. */
#ifndef SERVER_CHILD_TRANSPORT_OPENING_H
#define SERVER_CHILD_TRANSPORT_OPENING_H

#include <stdbool.h>
#include <stddef.h>

#include "server/child/dialect/event.h"

enum opening {
	OPENING_UNKNOWN, /* it depends on what comes next */
	OPENING_CHAT,    /* lines of this chat, as far as can be seen */
	OPENING_HTTP,    /* RFC 9112 */
	OPENING_IRC,     /* RFC 2812; modern.ircdocs.horse */
	OPENING_TLS,     /* RFC 8446, section 5.1: a handshake record */
	OPENING_PROXY,   /* HAProxy's PROXY protocol, version 1 or 2 */
	OPENING_OTHER,   /* something else that is not lines for people */
};

/* What these first bytes are.  A word of another protocol is enough; but who is
 * greeted already may be a person, whose first line begins with "pass the salt"
 * or "GET well soon": there it takes more. */
enum opening opening_find(const char *bytes, size_t n, bool greeted);

/* What is said to one that speaks this, before the connection ends: in its own
 * protocol where that has words for it.  The bytes are what it has sent. */
struct span opening_refusal(enum opening o, const char *bytes, size_t n);

#endif

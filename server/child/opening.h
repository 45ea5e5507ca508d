/* SPDX-License-Identifier: MIT */
/* Finds a connection's protocol by its first bytes; no client is announced
 * before that is known.  Pure functions. */
#ifndef SERVER_CHILD_OPENING_H
#define SERVER_CHILD_OPENING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/child/protocols.h"

/* The protocol of the first bytes; NULL: it depends on the next ones.  Before
 * the greeting, a word of a protocol is enough; after it, the client may be a
 * user, and only FIRST_GREETED or a whole line decides. */
const struct protocol *opening_find(const char *bytes, size_t n, bool greeted);

/* The name in the table that an address begins with, followed by ':'; NULL:
 * none. */
const char *opening_fixed(const char *addr);

/* The protocol of a listener that is fixed to this name; for NULL, the first
 * one.  Returns NULL if none of this name is served. */
const struct protocol *opening_default(const char *name);

/* The protocol of a subprotocol of WebSocket; NULL: none. */
const struct protocol *opening_sub(struct span name);

/* The protocol at this place of the table; NULL: there is none. */
const struct protocol *opening_at(uint32_t place);

#endif

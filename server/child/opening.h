/* SPDX-License-Identifier: MIT */
/* What a connection speaks, by its first bytes: nobody is told of one before
 * that is known.  Pure functions. */
#ifndef SERVER_CHILD_OPENING_H
#define SERVER_CHILD_OPENING_H

#include <stdbool.h>
#include <stddef.h>

#include "server/child/protocols.h"

/* Which protocol the first bytes are of; NULL: it depends on what comes next.
 * A word of one is enough; but who is greeted already may be a person, and
 * there it takes more. */
const struct protocol *opening_find(const char *bytes, size_t n, bool greeted);

/* The name in the table that an address begins with, ':' behind it; NULL: it
 * begins with none. */
const char *opening_fixed(const char *addr);

/* The one that a listener is fixed to, by its name, or for NULL the first one.
 * NULL: none of this name is served. */
const struct protocol *opening_default(const char *name);

#endif

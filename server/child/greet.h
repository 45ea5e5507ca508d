/* SPDX-License-Identifier: MIT */
/* Before the welcome: a child finds out what its client speaks, and no user
 * sees the client until that is known. */
#ifndef SERVER_CHILD_GREET_H
#define SERVER_CHILD_GREET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/child/dialect/event.h"

struct client;

/* Begins to listen, for the time of --greet-after.  The name, if there is one,
 * is requested unless the client's first line gives another. */
void greet_begin(struct client *c, const char *name, size_t name_len);

/* Looks at what was read: joins, refuses or continues to listen. */
void greet_step(struct client *c, int64_t now);

/* Whether to call greet_step again without waiting: for lines, or the end. */
bool greet_is_due(const struct client *c);

/* After the welcome of a silent client: whether its first bytes are of another
 * protocol after all.  True: of a refused one, and the client leaves; one that
 * is served gets its first lines by greet_hello. */
bool greet_refuses(struct client *c);

/* Takes a hello line from a client that was welcomed without one. */
void greet_hello(struct client *c, struct span line);

/* The verdict on where the client comes from is here: goes on with what it has
 * sent, or will not serve it. */
void greet_proxied(struct client *c);

/* The client cannot have the session that it has asked for: it joins, if it has
 * not. */
void greet_refused(struct client *c);

/* After the welcome: reports why the requested name cannot be had. */
void greet_settle(struct client *c);

#endif

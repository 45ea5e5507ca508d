/* SPDX-License-Identifier: MIT */
/* Before the welcome: a child listens for what its client speaks, and nobody
 * hears of it until that is known. */
#ifndef SERVER_CHILD_GREET_H
#define SERVER_CHILD_GREET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct client;

/* Begins to listen, for the time of --greet-after.  The name, if there is one,
 * is wished for unless the client's first line says another. */
void greet_begin(struct client *c, const char *name, size_t name_len);

/* Looks at what has come: joins, refuses or goes on listening. */
void greet_step(struct client *c, int64_t now);

/* Whether the line asks for a dialect: "/events 1", which a name to have may
 * follow, or "/who", to be answered at once. */
bool greet_hello(struct client *c, const char *line, size_t n);

/* After the welcome: says why the name that was wished for cannot be had. */
void greet_settle(struct client *c);

/* Whether the first bytes of one who was greeted in silence are another
 * protocol's after all; if so it is refused and leaves. */
bool greet_refuses(struct client *c);

#endif

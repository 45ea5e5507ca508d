/* SPDX-License-Identifier: MIT */
/* Before the welcome: a child listens for what its client speaks, and nobody
 * hears of it until that is known. */
#ifndef SERVER_CHILD_GREET_H
#define SERVER_CHILD_GREET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/child/dialect/event.h"

struct client;

/* Begins to listen, for the time of --greet-after.  The name, if there is one,
 * is wished for unless the client's first line says another. */
void greet_begin(struct client *c, const char *name, size_t name_len);

/* Looks at what has come: joins, refuses or goes on listening. */
void greet_step(struct client *c, int64_t now);

/* Whether that is to be called again, without waiting: lines, or the end. */
bool greet_is_due(const struct client *c);

/* After the welcome: whether the first bytes of one who was greeted in silence
 * are of another protocol after all.  True: of one that is refused, and it
 * leaves; one that is served takes its first lines by greet_hello. */
bool greet_refuses(struct client *c);

/* A line that says who one is that was greeted as somebody else. */
void greet_hello(struct client *c, struct span line);

/* After the welcome: says why the name that was wished for cannot be had. */
void greet_settle(struct client *c);

#endif

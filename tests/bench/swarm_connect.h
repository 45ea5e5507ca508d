/* SPDX-License-Identifier: MIT */
/* Between swarm.c and swarm_connect.c: how clients come and go. */
#ifndef TESTS_BENCH_SWARM_CONNECT_H
#define TESTS_BENCH_SWARM_CONNECT_H

#include "tests/bench/swarm.h"

/* The socket has connected, or could not. */
void swarm_connected(struct swarm *s, struct client *c);

/* The server has greeted the client. */
void swarm_let_in(struct swarm *s, struct client *c);

/* The connection has ended.  Fails, unless the client was not let in yet, which
 * counts as refused, or it is expected. */
void swarm_lose(struct swarm *s, struct client *c, const char *why);

#endif

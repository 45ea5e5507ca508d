/* SPDX-License-Identifier: MIT */
/* The parent: listens, accepts, forks a child for each client, reaps, keeps
 * the relay running.  It never reads a byte that a client wrote. */
#ifndef SERVER_PARENT_LOOP_H
#define SERVER_PARENT_LOOP_H

struct options;
struct inherited;

/* Serves until SIGTERM or SIGINT, or until the server has been empty for
 * --end-when-empty.  Returns the exit status. */
int parent_main(const struct options *o, struct inherited *in);

#endif

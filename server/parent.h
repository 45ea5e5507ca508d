/* The parent: listens, accepts, forks a child for each client, reaps, keeps
 * the relay running.  It never reads a byte that a client wrote. */
#ifndef SERVER_PARENT_H
#define SERVER_PARENT_H

#include "server/options.h"

/* Serves until SIGTERM or SIGINT.  Returns the exit status. */
int parent_main(const struct options *o);

#endif

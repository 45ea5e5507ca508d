/* SPDX-License-Identifier: MIT */
/* Where a client comes from by X-Forwarded-For: each proxy on the way has added
 * the address of its peer behind those that it was told.  So only what a
 * trusted proxy has added counts: from the end, up to the first address that is
 * no trusted proxy's.  Pure functions. */
#ifndef SERVER_CHILD_HTTP_FORWARDED_H
#define SERVER_CHILD_HTTP_FORWARDED_H

#include <stdbool.h>

#include "ipc/address.h"
#include "server/span.h"
#include "server/trusted.h"

struct forwarded {
	bool found; /* *address is where the client comes from */
	bool ended; /* what is in front is anybody's word */
	struct net_address address;
};

/* Looks at the value of one such field; *f is zeros before the first.  Of
 * several fields the last one comes first.  An entry that is no address ends
 * the way: the client is then the last one that was found. */
void forwarded_look(
	struct forwarded *f, struct span value, const struct trusted *t);

#endif

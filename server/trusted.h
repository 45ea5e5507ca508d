/* SPDX-License-Identifier: MIT */
/* The proxies of --trusted-proxy: whose word counts for where a client comes
 * from.  Pure functions. */
#ifndef SERVER_TRUSTED_H
#define SERVER_TRUSTED_H

#include <stdbool.h>
#include <stddef.h>

#include "ipc/common/limits.h"
#include "server/network.h"

struct trusted {
	size_t count;
	bool local; /* "unix": all that come by a UNIX socket */
	struct network proxy[PROXIES_MAX];
};

/* Reads ADDR[,ADDR]...: NULL, or the rest of a sentence that says what is
 * wrong with the whole, in static storage. */
const char *trusted_parse(struct trusted *t, const char *text);

/* Whether the address is of one of them. */
bool trusted_has(const struct trusted *t, const struct network *address);

#endif

/* SPDX-License-Identifier: MIT */
/* The header by which a proxy says where a connection comes from: HAProxy's
 * PROXY protocol, versions 1 and 2 ("The PROXY protocol", 2020/03/05).  Pure
 * functions, but for the tables of inet_pton(3). */
#ifndef SERVER_CHILD_PROXY_HEADER_H
#define SERVER_CHILD_PROXY_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "ipc/address.h"

/* The longest one that is read.  The addresses take 232 bytes at most; the rest
 * is for what else a proxy may tell, up to a client's certificate. */
#define PROXY_HEADER_MAX 4096

enum proxy_verdict {
	PROXY_NONE,  /* these bytes begin with no such header */
	PROXY_MORE,  /* it depends on the next ones */
	PROXY_BAD,   /* a header that breaks the rules */
	PROXY_WHOLE, /* *h describes it */
};

struct proxy_header {
	size_t size;      /* in bytes */
	bool has_address; /* otherwise the connection is the proxy's own, or
			     the proxy does not know */
	struct net_address address; /* of the client */
};

/* Reads the header at the beginning of what a connection has brought so far. */
enum proxy_verdict proxy_header_read(
	struct proxy_header *h, const char *bytes, size_t n);

#endif

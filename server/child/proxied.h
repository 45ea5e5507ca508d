/* SPDX-License-Identifier: MIT */
/* Where a client comes from by the word of the trusted proxy that it has come
 * by.
 *
 * Its child passes that on to the relay, which knows whose word counts, and the
 * parent judges it as it judges an address at accept.  Until the verdict is
 * here, nothing else happens in this child, and nobody has heard of the client.
 */
#ifndef SERVER_CHILD_PROXIED_H
#define SERVER_CHILD_PROXIED_H

#include <stdbool.h>
#include <stdint.h>

#include "ipc/address.h"
#include "server/span.h"

struct client;

struct proxied {
	enum {
		PROXIED_NONE,
		PROXIED_ASK, /* the relay is to be asked */
		PROXIED_WAIT /* it has been */
	} state;
	int fd;           /* the answer's, while it is waited for */
	int64_t retry_ms; /* when to ask again */
	struct net_address address;
	bool expects;    /* a header may come before anything else */
	bool begun;      /* it has */
	bool is_new;     /* what has come behind it has not been looked at */
	bool asked_http; /* whether X-Forwarded-For says it, too */
	char denied; /* why the client is not served, as the answer has it; 0:
			it is */
};

/* Whether the client's peer is a trusted proxy that has not said yet where the
 * client comes from. */
bool proxied_may(const struct client *c);

/* The proxy has said so: only if it may. */
void proxied_begin(struct client *c, const struct net_address *address);

/* Whether the verdict is not here: then only proxied_step is called. */
bool proxied_is_busy(const struct client *c);

/* Waits, and goes on.  True: the verdict is here, or the child has to end. */
bool proxied_step(struct client *c);

/* How long to listen to a client that says nothing, from now on. */
int64_t proxied_patience_ms(struct client *c);

/* Takes a header of the PROXY protocol, if one may come, from what was read; as
 * long as it is awaited nothing else may look at that. */
enum header {
	HEADER_AWAITED,
	HEADER_BAD,
	HEADER_TAKEN /* or there is none */
};
enum header proxied_take_header(struct client *c);

/* Why the client is not served, in words without a line's end; empty: it is. */
struct span proxied_denial(const struct client *c);

#endif

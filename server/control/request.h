/* SPDX-License-Identifier: MIT */
/* Requests in, replies out. */
#ifndef SERVER_CONTROL_REQUEST_H
#define SERVER_CONTROL_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "server/control/protocol.h"

struct parent;

/* Whether a request with this number of descriptors is one that this version
 * can have sent. */
bool control_is_sound(const struct control_request *r, size_t descriptors);

/* Reads the request of a connection, carries it out, and replies.  False where
 * there is none yet; the descriptor stays the caller's. */
bool request_read(struct parent *p, int fd);

#endif

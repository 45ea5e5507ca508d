/* SPDX-License-Identifier: MIT */
/* Requests in, replies out. */
#ifndef SERVER_CONTROL_REQUEST_H
#define SERVER_CONTROL_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "server/control/protocol.h"

struct parent;

/* Whether a request is one that this version can have sent, with so many
 * descriptors beside it. */
bool control_is_sound(const struct control_request *r, size_t descriptors);

/* Reads the request of a connection, does what it asks for, and replies.  False
 * where there is none yet; the descriptor stays the caller's. */
bool request_read(struct parent *p, int fd);

#endif

/* SPDX-License-Identifier: MIT */
/* What the text of a script becomes as a line to the server, so that it
 * arrives as that text whatever it looks like.  Pure functions. */
#ifndef CLIENT_SESSION_OUTGOING_H
#define CLIENT_SESSION_OUTGOING_H

#include <stdbool.h>
#include <stddef.h>

#include "client/session/events.h"
#include "ipc/common/limits.h"

#define OUTGOING_MSG "/msg "

struct outgoing {
	char before[sizeof(OUTGOING_MSG) + ROOM_MAX + 1];
	char text[TEXT_MAX];
	size_t n; /* 0: the line is blank, there is nothing to send */
};

/* Whether the server takes a line for a command that has no slash. */
bool outgoing_is_command(struct field line);

/* Makes one line of text ready for to (NULL: everyone), a valid name or room.
 * Returns NULL, or why it cannot be sent. */
const char *outgoing_make(
	struct outgoing *out, const char *line, size_t n, const char *to);

/* Whether every line of text can be sent, and one is not blank: NULL, or
 * what is wrong. */
const char *outgoing_check(const char *text, const char *to);

#endif

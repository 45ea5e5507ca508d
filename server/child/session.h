/* SPDX-License-Identifier: MIT */
/* What a session keeps, so that its user can go on with it by another
 * connection (server/child/resume.h). */
#ifndef SERVER_CHILD_SESSION_H
#define SERVER_CHILD_SESSION_H

#include <stddef.h>
#include <stdint.h>

#include "ipc/common/limits.h"

struct client;

/* The first welcome, with its number: the client counts lines from here on. */
void session_begin(struct client *c, uint64_t seq);

/* Counts what was just written, *n bytes of whole lines.  Of events that are
 * rendered again it drops the lines that the client has had. */
void session_count(struct client *c, char *lines, size_t *n);

/* Writes the secret as the client reads it. */
#define TOKEN_TEXT (2 * TOKEN_BYTES)
void session_token(const struct client *c, char text[TOKEN_TEXT]);

#endif

/* SPDX-License-Identifier: MIT */
/* The session at the server, which outlives a connection that broke: another
 * one goes on with it, by its secret, right behind the last line that has come.
 */
#ifndef CLIENT_SESSION_RESUME_H
#define CLIENT_SESSION_RESUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/session/events.h"
#include "client/session/joined.h"
#include "ipc/common/limits.h"
#include "ipc/common/protocol.h"

#define RESUME_TOKEN_MAX 64

struct resume {
	char token[RESUME_TOKEN_MAX + 1]; /* "": the server has none */
	uint64_t had;         /* lines of the session that have come */
	uint64_t said;        /* lines of ours in it, behind the hello */
	bool resumed;         /* this connection goes on with it */
	bool asked;           /* ... or not: that is not answered yet */
	bool greeted;         /* welcomed as another before the answer */
	struct joined joined; /* our rooms as the connection was lost */
};

/* A line has come; e: the event that it is, or NULL. */
void resume_count(struct resume *r, const struct event *e);

/* Whether it is the welcome of a connection that goes on with a session. */
bool resume_goes_on(const struct event *welcome);

/* Our welcome has come: the session goes on, or another one begins. */
void resume_learn(struct resume *r, const struct event *welcome);

/* The connection is lost; ended: the session, too. */
void resume_lose(struct resume *r, const struct joined *joined, bool ended);

/* Asks to go on: the line behind the hello; returns its length, 0: there is
 * nothing to go on with. */
#define RESUME_LINE_MAX (sizeof(RESUME_WORD) + RESUME_TOKEN_MAX + 32)
size_t resume_ask(struct resume *r, char dst[RESUME_LINE_MAX]);

/* What comes before the answer to that; false: the server has refused after a
 * welcome, and no other one will come on this connection. */
bool resume_await(struct resume *r, const struct event *e);

#endif

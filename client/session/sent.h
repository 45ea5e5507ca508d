/* SPDX-License-Identifier: MIT */
/* Lines that were typed and sent, until the server's echo has confirmed them;
 * and those of a lost connection that it had not.  A fixed table: of more than
 * SENT_LINES unconfirmed lines the oldest are only counted. */
#ifndef CLIENT_SESSION_SENT_H
#define CLIENT_SESSION_SENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/session/events.h"
#include "ipc/common/limits.h"

#define SENT_LINES 32

struct sent {
	unsigned more;  /* sent before these, their texts are gone */
	unsigned lost;  /* the first ones: of a connection that is gone */
	unsigned count; /* all of them */
	char name[NAME_MAX_BYTES + 1]; /* what one was called there */
	struct sent_line {
		int64_t ms;      /* when it was sent */
		uint64_t number; /* in the session; 0: of one that is over */
		char room[ROOM_MAX + 1]; /* where we talked; "": the lobby */
		size_t n;
		char text[LINE_MAX_BYTES]; /* clean */
	} lines[SENT_LINES];
};

void sent_add(struct sent *sent, int64_t ms, uint64_t number, const char *room,
	const char *before, struct field text);

/* Whether a line of this connection asks for what such an event is the answer
 * to: of some kinds there are others. */
bool sent_awaits(const struct sent *sent, enum event_kind kind);

/* The answer to one of the lines has come; asked: it may be to a question of
 * the client's own. */
void sent_answered(struct sent *sent, const struct event *e, bool asked);

/* Scrollback: a line of the lost connection may be in it. */
void sent_found(struct sent *sent, const struct event *e);

/* All of this connection are answered. */
void sent_settle(struct sent *sent);

/* The connection is lost, on which one was called name. */
void sent_lose(struct sent *sent, const char *name);

/* The session goes on, and the lines up to this number have come: the echoes of
 * messages among them are still to come, other answers may have been lost. */
void sent_taken(struct sent *sent, uint64_t number);

/* Takes the first of the lost lines behind it: in their order they go where
 * they were meant to.  False where there is none. */
bool sent_take_after(
	struct sent *sent, uint64_t number, struct sent_line *line);

/* A session begins, or goes on with so many lines: no others of those that were
 * lost are of it. */
void sent_begin_anew(struct sent *sent, uint64_t number);

/* Whether it is the echo of a line of an earlier connection of the session,
 * which is answered by it. */
bool sent_returns(struct sent *sent, const struct event *e);

/* The oldest line that is waited for; NULL. */
const struct sent_line *sent_oldest(const struct sent *sent);

/* Takes the first of the lost lines that may be sent by who talks in room: a
 * line goes nowhere but to the room that it was meant for.  False where there
 * is none. */
bool sent_take_lost(
	struct sent *sent, const char *room, struct sent_line *line);

#endif

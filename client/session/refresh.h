/* SPDX-License-Identifier: MIT */
/* Asks for lists without showing them: of the users, after a digest that did
 * not name all who left; of the rooms, whose end tells the lobby's name. */
#ifndef CLIENT_SESSION_REFRESH_H
#define CLIENT_SESSION_REFRESH_H

#include <stdbool.h>
#include <stdint.h>

#include "client/session/events.h"
#include "client/session/session.h"

/* At most one in this time, and none before the last one is answered. */
#define REFRESH_PAUSE_MS 1000

struct refresh {
	bool wanted;
	bool asked;     /* the next list that comes is this one */
	bool found;     /* in it, the peer of a private chat */
	int64_t due_ms; /* not to be asked for before */
	bool rooms_wanted;
	bool rooms_asked; /* the next list of rooms that comes is this one */
};

/* Whether an event reports unnamed users who left. */
bool refresh_is_due_to(const struct event *e);

/* Asks, where it is wanted and the time has come.  Lists are answered in their
 * order: this one is asked for when nothing else is unanswered, so that the
 * first list to come is it. */
void refresh_go_on(struct refresh *r, struct session *s);

/* The connection is lost. */
void refresh_forget(struct refresh *r, struct session *s);

#endif

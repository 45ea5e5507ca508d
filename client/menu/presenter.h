/* SPDX-License-Identifier: MIT */
/* Presents events to the user: updates the roster, rings the bell, and counts
 * lines that came in another mode. */
#ifndef CLIENT_MENU_PRESENTER_H
#define CLIENT_MENU_PRESENTER_H

#include <stdbool.h>

#include "client/menu/folding.h"
#include "client/session/roster.h"
#include "client/session/session.h"

struct presenter {
	struct session *session;
	struct roster *roster;
	struct folding folding;
	bool in_list;    /* names are coming, their end has not */
	uint64_t unread; /* public lines since public chat was left */
	struct line line;
};

void presenter_init(
	struct presenter *r, struct session *session, struct roster *roster);

/* Updates the roster by any event.  A user who is not in a list is gone. */
void presenter_learn(struct presenter *r, const struct event *e);

/* The connection is lost: no user is known to be online. */
void presenter_forget(struct presenter *r);

/* Prints it.  looking: it belongs to the current chat. */
void presenter_print(struct presenter *r, const struct event *e, bool looking);

/* Prints what came to public chat, or from a peer, since it was last asked. */
void presenter_tell_public(struct presenter *r);
void presenter_tell_private(struct presenter *r, const char *peer);

#endif

/* SPDX-License-Identifier: MIT */
/* What comes in, for somebody who reads it: who is there, what is worth the
 * bell, and what came while one was elsewhere. */
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

/* Learns from any event who is there.  Whom a list does not name is gone. */
void presenter_learn(struct presenter *r, const struct event *e);

/* The connection is lost: nobody is known to be there. */
void presenter_forget(struct presenter *r);

/* Prints it.  looking: it is of the chat that one is in. */
void presenter_print(struct presenter *r, const struct event *e, bool looking);

/* Prints what came to public chat, or from a peer, since it was last asked. */
void presenter_tell_public(struct presenter *r);
void presenter_tell_private(struct presenter *r, const char *peer);

#endif

/* What comes in, for somebody who reads it: who is there, what is worth the
 * bell, and what came while one was elsewhere. */
#ifndef CLIENT_MENU_PRESENTER_H
#define CLIENT_MENU_PRESENTER_H

#include <stdbool.h>

#include "client/menu/folding.h"
#include "client/session/roster.h"
#include "client/session/session.h"

struct reading {
	struct session *session;
	struct roster *roster;
	struct folding folding;
	bool in_list;    /* names are coming, their end has not */
	uint64_t unread; /* public lines since public chat was left */
	struct line line;
};

void reading_init(
	struct reading *r, struct session *session, struct roster *roster);

/* Learns from any event who is there.  Whom a list does not name is gone. */
void reading_learn(struct reading *r, const struct event *e);

/* The connection is lost: nobody is known to be there. */
void reading_forget(struct reading *r);

/* Prints it.  looking: it is of the chat that one is in. */
void reading_print(struct reading *r, const struct event *e, bool looking);

/* Prints what came to public chat, or from a peer, since it was last asked. */
void reading_tell_public(struct reading *r);
void reading_tell_private(struct reading *r, const char *peer);

#endif

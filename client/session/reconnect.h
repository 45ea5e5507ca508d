/* SPDX-License-Identifier: MIT */
/* The connection of a session, made anew when it is lost: what was seen before
 * is not shown again, and whoever types goes on typing meanwhile. */
#ifndef CLIENT_SESSION_RECONNECT_H
#define CLIENT_SESSION_RECONNECT_H

#include <stdbool.h>

#include "client/session/events.h"
#include "client/session/session.h"

/* The pause before an attempt doubles up to this, and is short again when a
 * connection has lasted as long. */
#define RECONNECT_PAUSE_MAX_S 60

/* The connection is gone: says why, and plans an attempt.  False where there
 * will be none: it was asked for, nobody types, or it never was good. */
bool reconnect_lose(struct session *s);

/* What there is to do by now; how long until there is more, -1 for ever. */
void reconnect_go_on(struct session *s);
int reconnect_timeout_ms(const struct session *s);

/* Without a pause. */
void reconnect_now(struct session *s);

/* Who had the name that was refused may have been oneself, on a connection
 * that the server did not know to be gone: when that one leaves, the name is
 * asked for again, and some times more, since it is free a moment later. */
void reconnect_note_leave(struct session *s, const struct event *e);
void reconnect_reclaim_name(struct session *s);
int reconnect_reclaim_ms(const struct session *s);

#define RECONNECT_RECLAIM_MS    200
#define RECONNECT_RECLAIM_TRIES 6 /* the pause doubles: 12 s in all */

/* Whether e is scrollback from before the connection was lost; notes that it
 * is seen now. */
bool reconnect_has_seen(struct session *s, const struct event *e);

#endif

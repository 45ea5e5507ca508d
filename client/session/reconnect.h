/* SPDX-License-Identifier: MIT */
/* Reconnects a session that was lost: lines that were seen before are not shown
 * again, and the user can type meanwhile. */
#ifndef CLIENT_SESSION_RECONNECT_H
#define CLIENT_SESSION_RECONNECT_H

#include <stdbool.h>

#include "client/session/events.h"
#include "client/session/session.h"

/* The pause before an attempt doubles up to this, and is short again when a
 * connection has lasted as long. */
#define RECONNECT_PAUSE_MAX_S 60

/* The connection is gone: reports why, and plans an attempt.  False where there
 * is none: the user left, there is no terminal, or it was never ready. */
bool reconnect_lose(struct session *s);

/* Does what is due; returns the time until the next step, -1: never. */
void reconnect_go_on(struct session *s);
int reconnect_timeout_ms(const struct session *s);

/* Without a pause. */
void reconnect_now(struct session *s);

/* The holder of a refused name may be our own lost connection, which the server
 * has not noticed: when the holder leaves, the name is asked for again, some
 * times, since it is free a moment later. */
void reconnect_note_leave(struct session *s, const struct event *e);
void reconnect_reclaim_name(struct session *s);
int reconnect_reclaim_ms(const struct session *s);

#define RECONNECT_RECLAIM_MS    200
#define RECONNECT_RECLAIM_TRIES 6 /* the pause doubles: 12 s in all */

/* Whether e is scrollback from before the connection was lost, or is left out
 * since it comes again; if not, notes that it is seen now. */
bool reconnect_has_seen(struct session *s, const struct event *e);

#endif

/* SPDX-License-Identifier: MIT */
/* Showing the server that a program is there which has nothing to say: people
 * who say nothing are idle, a script in a pipe is not. */
#ifndef CLIENT_SESSION_ALIVE_H
#define CLIENT_SESSION_ALIVE_H

#include "client/session/events.h"
#include "client/session/session.h"

/* More than any server says: no time to count with. */
#define ALIVE_IDLE_MAX_S 1000000

/* Takes from the notice behind the welcome how long one may be silent there.
 * False if the event is something else. */
bool alive_learn(struct session *s, const struct event *e);

/* How long until the next sign of life is due, -1 for ever. */
int alive_left_ms(const struct session *s);

/* Gives it, if it is due: an empty line, which nobody hears of. */
void alive_show(struct session *s);

#endif

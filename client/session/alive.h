/* SPDX-License-Identifier: MIT */
/* Keep-alives: a silent person is idle, a silent script in a pipe is not. */
#ifndef CLIENT_SESSION_ALIVE_H
#define CLIENT_SESSION_ALIVE_H

#include "client/session/events.h"
#include "client/session/session.h"

/* More than any server says: no time to count with. */
#define ALIVE_IDLE_MAX_S 1000000

/* Reads the server's idle timeout from the notice after the welcome.
 * False if the event is something else. */
bool alive_learn(struct session *s, const struct event *e);

/* The time until the next keep-alive is due, -1: never. */
int alive_left_ms(const struct session *s);

/* Sends it if it is due: an empty line, which no user sees. */
void alive_show(struct session *s);

#endif

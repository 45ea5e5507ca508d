/* SPDX-License-Identifier: MIT */
/* What was missed while there was no connection: the server goes on behind the
 * last line that has come, or is asked for what was said since then. */
#ifndef CLIENT_SESSION_MISSED_H
#define CLIENT_SESSION_MISSED_H

#include <stdbool.h>

#include "client/loop.h"
#include "client/session/session.h"

/* What an event, which the session has learnt, means for it; true: it is but a
 * part of an answer. */
bool missed_learn(struct session *s, const struct loop_event *news);

/* Whether an answer is still coming; and that no more of it will. */
bool missed_is_coming(const struct session *s);
void missed_give_up(struct session *s);

#endif

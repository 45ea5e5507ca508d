/* SPDX-License-Identifier: MIT */
/* The words of errors and reasons in the English dialects: text, and the TEXT
 * of events. */
#ifndef SERVER_CHILD_DIALECT_WORDS_H
#define SERVER_CHILD_DIALECT_WORDS_H

#include "server/child/dialect/event.h"

/* "no such user: bob", of an error or a warning. */
char *put_error(char *p, const struct event *e);

/* "#dev"; nothing for the lobby. */
char *put_room(char *p, struct span room);

/* "locked": what a mode is called, when it is typed and in events. */
const char *mode_word(enum room_mode mode);

/* "locked, limit 10; operators: alice", of a room that is asked for them. */
char *put_modes(char *p, const struct event *e);

/* "@#dev", "+#dev": whom in a room a message is for. */
char *put_status(char *p, const struct event *e);

/* "you talk in #dev now", "you ignore bob now". */
char *put_here(char *p, const struct event *e);
char *put_ignore(char *p, const struct event *e);

/* "41 messages since you left at 14:05", or "at 2026-11-29 14:05" where that
 * was another day, in the time zone of the server. */
char *put_since(char *p, const struct event *e);

/* "you ignore: alice, bob", as many as fit in a line, which are taken off the
 * list; or that there are none. */
char *put_ignored(char *p, const char *line, struct span *names);

/* Whether a leave, not a digest of them, has a reason: the server's, or that of
 * the user who leaves a room. */
bool has_reason(const struct event *e);

/* "idle for 300 s", of a leave or a bye; for a plain one the user's own. */
char *put_reason(char *p, const struct event *e);

#endif

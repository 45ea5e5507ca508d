/* SPDX-License-Identifier: MIT */
/* The words of errors and reasons in the English dialects: text, and the TEXT
 * of events. */
#ifndef SERVER_CHILD_DIALECT_WORDS_H
#define SERVER_CHILD_DIALECT_WORDS_H

#include "server/child/dialect/event.h"

/* "no such user: bob", of an error or a warning. */
char *put_error(char *p, const struct event *e);

/* "idle for 300 s", of a leave or a bye; nothing for a plain one. */
char *put_reason(char *p, const struct event *e);

#endif

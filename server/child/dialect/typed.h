/* SPDX-License-Identifier: MIT */
/* The lines of users, and of programs that speak events: commands with a slash
 * before them, the older ones with bars, and everything else, which is a public
 * message. */
#ifndef SERVER_CHILD_DIALECT_TYPED_H
#define SERVER_CHILD_DIALECT_TYPED_H

#include "server/child/dialect/request.h"

/* Makes a request of a line.  True for /help: the dialect renders the lines
 * below itself, and the verb is VERB_NONE. */
bool typed_parse(struct span line, struct request *r);

/* Line i of the answer to /help, from 0 on; false after the last.  Static
 * storage. */
bool typed_help(size_t i, struct span *line);

#endif

/* SPDX-License-Identifier: MIT */
/* The lines that people type, and programs that speak events: commands with a
 * slash before them, the older ones with bars, and everything else, which is
 * said to all. */
#ifndef SERVER_CHILD_DIALECT_TYPED_H
#define SERVER_CHILD_DIALECT_TYPED_H

#include "server/child/dialect/request.h"

/* What a line asks for.  True where it is the list below: the dialect tells
 * that itself, and no verb is left. */
bool typed_parse(struct span line, struct request *r);

/* A line of what /help tells, the first is 0; false behind the last.  Static
 * storage, until the next call. */
bool typed_help(size_t i, struct span *line);

#endif

/* SPDX-License-Identifier: MIT */
/* What follows /history and /since, for typed.c alone. */
#ifndef SERVER_CHILD_DIALECT_TYPED_HISTORY_H
#define SERVER_CHILD_DIALECT_TYPED_HISTORY_H

#include "server/child/dialect/request.h"

/* Makes the request of "[NAME] [N]" or "[NAME] N @MS", or for /since of "[NAME]
 * 2h" or
 * "[NAME] @MS"; of a room, which r has already, without a name.  A limit of 0
 * is the server's own.  False if it is none of these. */
bool typed_history(struct request *r, struct span rest, bool since);

#endif

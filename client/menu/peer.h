/* SPDX-License-Identifier: MIT */
/* Names of users that are words of the client, too, and the mark that tells
 * them apart: no name has it in it, so that @NAME is always a user. */
#ifndef CLIENT_MENU_PEER_H
#define CLIENT_MENU_PEER_H

#include <stdbool.h>

#include "client/session/events.h"

#define PEER_MARK "@"

/* What leaves the choice of a name. */
#define PEER_EXIT "exit"

/* Whether a name is the same as one of these words: it is offered and shown
 * with the mark. */
bool peer_is_word(struct field name);

/* What was typed without the mark, where it begins with it. */
struct field peer_name(struct field typed);

#endif

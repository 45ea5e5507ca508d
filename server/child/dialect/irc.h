/* SPDX-License-Identifier: MIT */
/* IRC, for any client that people have: RFC 1459 and 2812 as
 * modern.ircdocs.horse tells them, and the extensions of ircv3.net that
 * irc/caps.c lists. */
#ifndef SERVER_CHILD_DIALECT_IRC_H
#define SERVER_CHILD_DIALECT_IRC_H

#include "server/child/dialect/dialect.h"

extern const struct dialect dialect_irc;

#endif

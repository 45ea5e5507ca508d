/* SPDX-License-Identifier: MIT */
/* Errors as numerics. */
#ifndef SERVER_CHILD_DIALECT_IRC_ERRORS_H
#define SERVER_CHILD_DIALECT_IRC_ERRORS_H

#include "server/child/dialect/dialect.h"

char *irc_put_error(struct dialect_state *s, char *dst, const struct event *e);

#endif

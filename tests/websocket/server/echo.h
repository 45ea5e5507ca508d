/* SPDX-License-Identifier: MIT */
/* What the cases talk to: WebSocket as the product has it, and behind it
 * nothing but an echo, see echo.c. */
#ifndef TESTS_WEBSOCKET_SERVER_ECHO_H
#define TESTS_WEBSOCKET_SERVER_ECHO_H

#include "server/child/dialect/dialect.h"
#include "server/child/transport/transport.h"

/* Sends each message back as it has come, of the same kind. */
extern const struct transport transport_echo;

/* A dialect that never says anything, whose clients never join. */
extern const struct dialect dialect_silent;

#endif

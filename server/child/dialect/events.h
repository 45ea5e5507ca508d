/* SPDX-License-Identifier: MIT */
/* Tab-separated events for programs, as server/chatserver-events.7 describes
 * them.  Programs send the lines that users type. */
#ifndef SERVER_CHILD_DIALECT_EVENTS_H
#define SERVER_CHILD_DIALECT_EVENTS_H

#include "server/child/dialect/dialect.h"

extern const struct dialect dialect_events;

#endif

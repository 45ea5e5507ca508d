/* Tab-separated events for programs: see ipc/protocol.h.  What a program sends
 * is what people type. */
#ifndef SERVER_DIALECT_EVENTS_H
#define SERVER_DIALECT_EVENTS_H

#include "server/dialect.h"

extern const struct dialect dialect_events;

#endif

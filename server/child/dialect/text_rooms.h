/* SPDX-License-Identifier: MIT */
/* The text dialect's lines of rooms, for text.c alone. */
#ifndef SERVER_CHILD_DIALECT_TEXT_ROOMS_H
#define SERVER_CHILD_DIALECT_TEXT_ROOMS_H

#include "server/child/dialect/event.h"

/* The mark of the event's room, nothing for the lobby; and with it the
 * beginning of the server's lines.  Each returns the end of what it has
 * written. */
char *text_put_mark(char *p, const struct event *e);
char *text_put_star(char *p, const struct event *e);

/* What happens in a room, or is told of rooms; nothing, where it is neither. */
char *text_render_room(char *p, const struct event *e);

#endif

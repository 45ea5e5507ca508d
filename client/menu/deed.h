/* SPDX-License-Identifier: MIT */
/* Renders what is done in a room: topics, kicks, modes, invitations.  Pure
 * functions; a part of client/menu/render.h. */
#ifndef CLIENT_MENU_DEED_H
#define CLIENT_MENU_DEED_H

#include <stdbool.h>

#include "client/session/events.h"
#include "client/terminal/line.h"

/* Adds the words for a topic, kick, ban, mode or invite; own: by ourselves. */
void deed_render(struct line *l, const struct event *e, bool own);

#endif

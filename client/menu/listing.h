/* SPDX-License-Identifier: MIT */
/* A list of names, printed as lines of at most WHO_LINE_MAX bytes as it
 * comes: "* online: a, b, c (3)"; of rooms: "* rooms: #a (3) topic, #b (1)". */
#ifndef CLIENT_MENU_LISTING_H
#define CLIENT_MENU_LISTING_H

#include <stddef.h>
#include <stdint.h>

#include "client/session/events.h"
#include "client/terminal/screen.h"

#define LISTING_TITLE (ROOM_MAX + 32)

struct listing {
	char title[LISTING_TITLE];
	uint64_t count;
	size_t n; /* bytes of names in line */
	char line[WHO_LINE_MAX];
};

/* The title comes before the names of each line, and before it the mark of the
 * room that the list is of, unless it is empty. */
void listing_begin(struct listing *l, struct field mark, const char *title);
void listing_add(struct listing *l, struct screen *screen, struct field name);

/* Adds a room, its number of members, and as much of its topic as fits a
 * line. */
void listing_add_room(struct listing *l, struct screen *screen,
	struct field room, struct field members);

/* Prints what is left, and behind names how many there were. */
void listing_end(struct listing *l, struct screen *screen);
void listing_end_rooms(struct listing *l, struct screen *screen);

#endif

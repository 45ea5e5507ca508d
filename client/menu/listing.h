/* SPDX-License-Identifier: MIT */
/* A list of names, printed as lines of at most WHO_LINE_MAX bytes as it
 * comes: "* online: a, b, c (3)". */
#ifndef CLIENT_MENU_LISTING_H
#define CLIENT_MENU_LISTING_H

#include <stddef.h>
#include <stdint.h>

#include "client/session/events.h"
#include "client/terminal/screen.h"

struct listing {
	const char *title;
	uint64_t count;
	size_t n; /* bytes of names in line */
	char line[WHO_LINE_MAX];
};

/* The title comes before the names of each line; it stays the caller's. */
void listing_begin(struct listing *l, const char *title);
void listing_add(struct listing *l, struct screen *screen, struct field name);

/* Prints what is left, and how many there were. */
void listing_end(struct listing *l, struct screen *screen);

#endif

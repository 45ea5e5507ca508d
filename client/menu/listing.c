/* SPDX-License-Identifier: MIT */
/* Names gathered into lines.  It keeps one line, however many names come.
 * Runs in: client. */
#include "client/menu/listing.h"

#include <stdio.h>
#include <string.h>

#include "client/menu/render.h"

/* What the last line has behind its names: " (18,446,744,073,709,551,615)". */
#define COUNT_MAX 29

void listing_begin(struct listing *l, const char *title)
{
	l->title = title;
	l->count = 0;
	l->n = 0;
}

/* What the names of one line may take: not the title, "* " before it, ": "
 * behind it, the count, and the newline. */
static size_t room(const struct listing *l)
{
	return WHO_LINE_MAX - (strlen(l->title) + 4 + COUNT_MAX + 1);
}

static void flush(struct listing *l, struct screen *screen, const char *count)
{
	screen_line(
		screen, "* %s: %.*s%s", l->title, (int)l->n, l->line, count);
	l->n = 0;
}

void listing_add(struct listing *l, struct screen *screen, struct field name)
{
	if (l->n > 0 && l->n + 2 + name.n > room(l))
		flush(l, screen, "");
	if (l->n > 0) {
		memcpy(l->line + l->n, ", ", 2);
		l->n += 2;
	}
	memcpy(l->line + l->n, name.s, name.n);
	l->n += name.n;
	l->count++;
}

void listing_end(struct listing *l, struct screen *screen)
{
	char number[RENDER_NUMBER];
	char count[RENDER_NUMBER + sizeof(" ()")];

	snprintf(
		count, sizeof(count), " (%s)", render_number(number, l->count));
	flush(l, screen, count);
}

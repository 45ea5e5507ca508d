/* SPDX-License-Identifier: MIT */
/* The search: its text, and the line found.
 * Runs in: client. */
#include "client/input/searching.h"

#include <string.h>

#include "client/terminal/columns.h"

void searching_begin(struct searching *s)
{
	s->n = 0;
	s->on = true;
}

void searching_end(struct searching *s)
{
	s->on = false;
}

/* The first line further back than from. */
static enum searching_outcome find(const struct searching *s,
	const struct history *h, unsigned from, unsigned *back)
{
	unsigned found = history_find(h, from, s->what, s->n);

	if (found == 0)
		return SEARCHING_FAILED;
	*back = found;
	return SEARCHING_FOUND;
}

enum searching_outcome searching_take(struct searching *s, enum key key,
	const struct keys *keys, const struct history *h, unsigned *back)
{
	switch (key) {
	case KEY_TEXT:
		if (s->n + keys->n > sizeof(s->what))
			return SEARCHING_STAYS;
		memcpy(s->what + s->n, keys->text, keys->n);
		s->n += keys->n;
		return find(s, h, *back > 0 ? *back - 1 : 0, back);
	case KEY_BACKSPACE:
		s->n -= columns_last_unit(s->what, s->n);
		return find(s, h, 0, back);
	case KEY_SEARCH:
		return find(s, h, *back, back);
	case KEY_ABORT:
		searching_end(s);
		return SEARCHING_ABORTED;
	default:
		searching_end(s);
		return SEARCHING_ENDED;
	}
}

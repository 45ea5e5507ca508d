/* SPDX-License-Identifier: MIT */
/* The search: what is looked for, and the line that is shown meanwhile.
 * Runs in: client. */
#include "client/input/searching.h"

#include <string.h>

#include "client/input/lineedit.h"
#include "client/terminal/columns.h"
#include "client/terminal/screen.h"

void searching_begin(struct lineedit *t)
{
	if (t->back == 0) {
		memcpy(t->draft, t->edit.text, t->edit.n);
		t->draft_n = t->edit.n;
	}
	t->what_n = 0;
	t->searching = true;
}

/* The first line further back than back; where there is none, what is shown
 * stays. */
static void find(struct lineedit *t, unsigned back)
{
	unsigned found = history_find(&t->history, back, t->what, t->what_n);
	const char *line;
	size_t n;

	if (found == 0) {
		screen_bell(t->screen);
		return;
	}
	line = history_line(&t->history, found, &n);
	textbuf_set(&t->edit, line, n);
	t->back = found;
}

static void give_up(struct lineedit *t)
{
	t->searching = false;
	t->back = 0;
	textbuf_set(&t->edit, t->draft, t->draft_n);
}

bool searching_take(struct lineedit *t, enum key key)
{
	switch (key) {
	case KEY_TEXT:
		if (t->what_n + t->keys.n > sizeof(t->what))
			break;
		memcpy(t->what + t->what_n, t->keys.text, t->keys.n);
		t->what_n += t->keys.n;
		find(t, t->back > 0 ? t->back - 1 : 0);
		break;
	case KEY_BACKSPACE:
		t->what_n -= columns_last_unit(t->what, t->what_n);
		find(t, 0);
		break;
	case KEY_SEARCH:
		find(t, t->back);
		break;
	case KEY_ABORT:
		give_up(t);
		break;
	default:
		t->searching = false;
		return false;
	}
	return true;
}

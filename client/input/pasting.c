/* SPDX-License-Identifier: MIT */
/* Handles a paste from its last byte to its last sent line.
 * Runs in: client. */
#include "client/input/pasting.h"

#include "client/input/lineedit.h"
#include "client/terminal/screen.h"
#include "ipc/common/limits.h"
#include "ipc/common/text.h"

/* Cleaning may make three bytes of one; a longer paste cannot be sent. */
static void insert(struct lineedit *t)
{
	char clean[TEXT_MAX];
	const struct paste *p = &t->paste;

	if (p->n > LINE_MAX_BYTES || !textbuf_insert(&t->edit, clean,
					     text_clean(clean, p->text, p->n)))
		screen_line(t->screen,
			"! not pasted: a line has at most " LIMIT_TEXT(
				LINE_MAX_BYTES) " bytes");
}

static void ask(struct lineedit *t)
{
	struct paste *p = &t->paste;
	const char *line;
	size_t n;

	screen_line(t->screen, "* paste of %zu lines:", p->lines);
	while (p->sent < PASTING_SHOWN && (line = paste_next(p, &n)) != NULL)
		screen_line(t->screen, "  %.*s",
			n > LINE_MAX_BYTES ? LINE_MAX_BYTES : (int)n, line);
	if (p->sent < p->lines)
		screen_line(
			t->screen, "* ... and %zu more", p->lines - p->sent);
	paste_rewind(p);
	t->asking = true;
}

static void finish(struct lineedit *t)
{
	if (!paste_end(&t->paste))
		screen_line(t->screen, "! not pasted: at most " LIMIT_TEXT(
					       PASTE_MAX) " bytes at once");
	else if (t->paste.lines == 1)
		insert(t);
	else if (t->completes == COMPLETE_CHAT)
		ask(t);
	else
		screen_line(t->screen,
			"! not pasted: several lines are for public and for "
			"private chat");
}

void pasting_take(struct lineedit *t, enum key key)
{
	/* A paste that is being sent, or asked about, is kept. */
	bool busy = t->sending || t->asking;

	if (key == KEY_PASTE_BEGIN && !busy)
		paste_begin(&t->paste);
	else if (key == KEY_PASTED && !busy)
		paste_add(&t->paste, t->keys.text, t->keys.n);
	else if (key == KEY_PASTE_END && !busy)
		finish(t);
	else if (key == KEY_PASTE_END)
		screen_line(t->screen, "! not pasted: the last paste is not "
				       "sent yet");
}

void pasting_answer(struct lineedit *t, enum key key)
{
	if (key == KEY_ENTER)
		t->sending = true;
	else if (key == KEY_CANCEL || key == KEY_ABORT)
		screen_line(t->screen, "* thrown away");
	else
		return;
	t->asking = false;
}

void pasting_stop(struct lineedit *t)
{
	if (t->asking || t->sending)
		screen_line(t->screen, "! %zu lines of the paste were not sent",
			t->paste.lines - t->paste.sent);
	t->asking = false;
	t->sending = false;
}

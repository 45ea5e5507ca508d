/* SPDX-License-Identifier: MIT */
/* From keys to lines: the table of keys, the history, and the questions in
 * between.
 * Runs in: client. */
#include "client/input/lineedit.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "client/input/pasting.h"
#include "client/terminal/screen.h"

void lineedit_init(
	struct lineedit *t, struct screen *screen, const struct roster *roster)
{
	t->screen = screen;
	t->roster = roster;
	t->completes = COMPLETE_NOTHING;
	t->pending = LINEEDIT_NOTHING;
	t->dirty = true;
	t->asking = false;
	t->sending = false;
	t->back = 0;
	t->draft_n = 0;
	t->entered_n = 0;
	t->in_n = 0;
	keys_init(&t->keys);
	complete_accept(&t->completion);
	textbuf_init(&t->edit);
	searching_end(&t->search);
	history_init(&t->history);
	paste_begin(&t->paste);
}

/* --- the history --------------------------------------------------------- */

/* Shows the line back places before the draft, which is 0. */
static void show_line(struct lineedit *t, unsigned back)
{
	const char *line = t->draft;
	size_t n;

	if (t->back == 0) {
		memcpy(t->draft, t->edit.text, t->edit.n);
		t->draft_n = t->edit.n;
	}
	n = t->draft_n;
	if (back > 0)
		line = history_line(&t->history, back, &n);
	if (line == NULL)
		return;
	t->back = back;
	textbuf_set(&t->edit, line, n);
}

/* Takes the line as entered, and adds it to the history. */
static void put_away(struct lineedit *t)
{
	history_add(&t->history, t->edit.text, t->edit.n);
	textbuf_set(&t->edit, "", 0);
	t->back = 0;
}

/* --- keys ---------------------------------------------------------------- */

static void (*const edits[KEY_PASTE_END + 1])(struct textbuf *e) = {
	[KEY_BACKSPACE] = textbuf_backspace,
	[KEY_DELETE] = textbuf_delete,
	[KEY_LEFT] = textbuf_left,
	[KEY_RIGHT] = textbuf_right,
	[KEY_HOME] = textbuf_home,
	[KEY_END] = textbuf_end,
	[KEY_WORD_LEFT] = textbuf_word_left,
	[KEY_WORD_RIGHT] = textbuf_word_right,
	[KEY_KILL_WORD_RIGHT] = textbuf_kill_word_right,
	[KEY_KILL_WORD_LEFT] = textbuf_kill_word_left,
	[KEY_KILL_TO_END] = textbuf_kill_to_end,
	[KEY_KILL_TO_START] = textbuf_kill_to_start,
	[KEY_KILL_BLANK_WORD] = textbuf_kill_blank_word,
	[KEY_TRANSPOSE] = textbuf_transpose,
	[KEY_YANK] = textbuf_yank,
	[KEY_END_OR_DELETE] = textbuf_delete,
};

static void take_tab(struct lineedit *t, int step)
{
	if (!complete_next(
		    &t->completion, &t->edit, t->roster, t->completes, step))
		screen_bell(t->screen);
}

static void take_editing(struct lineedit *t, enum key key)
{
	switch (key) {
	case KEY_TEXT:
		if (!textbuf_insert(&t->edit, t->keys.text, t->keys.n))
			screen_bell(t->screen);
		break;
	case KEY_ENTER:
		t->pending = LINEEDIT_LINE;
		break;
	case KEY_TAB:
		take_tab(t, 1);
		break;
	case KEY_BACKTAB:
		take_tab(t, -1);
		break;
	case KEY_UP:
		show_line(t, t->back + 1);
		break;
	case KEY_DOWN:
		if (t->back > 0)
			show_line(t, t->back - 1);
		break;
	case KEY_AGAIN:
		t->pending = LINEEDIT_AGAIN;
		break;
	case KEY_SEARCH:
		searching_begin(&t->search);
		break;
	default:
		if (key == KEY_END_OR_DELETE && t->edit.n == 0)
			t->pending = LINEEDIT_END;
		else if (edits[key] != NULL)
			edits[key](&t->edit);
		break;
	}
}

/* Keys that mean the same in every state. */
static bool take_anywhere(struct lineedit *t, enum key key)
{
	switch (key) {
	case KEY_REDRAW:
		screen_repaint(t->screen);
		return true;
	case KEY_SUSPEND:
		raise(SIGTSTP); /* delivered when the loop waits */
		return true;
	case KEY_PASTE_BEGIN:
	case KEY_PASTED:
	case KEY_PASTE_END:
		pasting_take(t, key);
		return true;
	default:
		return false;
	}
}

/* False: the key has ended the search, and is handled like any other. */
static bool take_search(struct lineedit *t, enum key key)
{
	unsigned back = t->back;

	switch (searching_take(&t->search, key, &t->keys, &t->history, &back)) {
	case SEARCHING_STAYS:
		return true;
	case SEARCHING_FOUND:
		show_line(t, back);
		return true;
	case SEARCHING_FAILED:
		screen_bell(t->screen);
		return true;
	case SEARCHING_ABORTED:
		show_line(t, 0);
		return true;
	case SEARCHING_ENDED:
		break;
	}
	return false;
}

static void cancel(struct lineedit *t)
{
	searching_end(&t->search);
	put_away(t);
	t->pending = LINEEDIT_CANCEL;
}

static void take(struct lineedit *t, enum key key)
{
	if (key == KEY_NONE)
		return;
	t->dirty = true;
	if (key != KEY_TAB && key != KEY_BACKTAB)
		complete_accept(&t->completion);
	if (edits[key] == NULL)
		textbuf_break(&t->edit);
	if (take_anywhere(t, key))
		return;
	if (t->asking)
		pasting_answer(t, key);
	else if (key == KEY_CANCEL && t->sending)
		pasting_stop(t);
	else if (key == KEY_CANCEL)
		cancel(t);
	else if (!t->search.on || !take_search(t, key))
		take_editing(t, key);
}

/* --- in and out ---------------------------------------------------------- */

size_t lineedit_room(struct lineedit *t, char **where)
{
	*where = t->in + t->in_n;
	return sizeof(t->in) - t->in_n;
}

void lineedit_feed(struct lineedit *t, size_t n)
{
	const char *cancelled = memchr(t->in + t->in_n, 3, n); /* C-c */

	t->in_n += n;
	/* Lines that wait for an answer of the server must not block C-c. */
	if (cancelled == NULL || t->pending != LINEEDIT_LINE || t->keys.pasting)
		return;
	t->pending = LINEEDIT_NOTHING;
	t->in_n -= (size_t)(cancelled - t->in);
	memmove(t->in, cancelled, t->in_n);
}

static void work(struct lineedit *t)
{
	size_t used = 0;

	while (used < t->in_n && t->pending == LINEEDIT_NOTHING) {
		unsigned char byte = (unsigned char)t->in[used];

		take(t, keys_byte(&t->keys, byte));
		used += !t->keys.again;
	}
	t->in_n -= used;
	memmove(t->in, t->in + used, t->in_n);
}

static enum lineedit_event take_line(
	struct lineedit *t, const char **line, size_t *n)
{
	memcpy(t->entered, t->edit.text, t->edit.n);
	t->entered_n = t->edit.n;
	put_away(t);
	t->dirty = true;
	*line = t->entered;
	*n = t->entered_n;
	return LINEEDIT_LINE;
}

enum lineedit_event lineedit_next(
	struct lineedit *t, bool lines, const char **line, size_t *n)
{
	enum lineedit_event event;

	work(t);
	if (lines && t->sending) {
		*line = paste_next(&t->paste, n);
		t->sending = *line != NULL;
		if (t->sending)
			return LINEEDIT_PASTED;
	}
	event = t->pending;
	if (event == LINEEDIT_LINE && (!lines || t->sending))
		return LINEEDIT_NOTHING;
	t->pending = LINEEDIT_NOTHING;
	return event == LINEEDIT_LINE ? take_line(t, line, n) : event;
}

bool lineedit_has_entered(struct lineedit *t)
{
	work(t);
	return t->pending == LINEEDIT_LINE;
}

void lineedit_keep(struct lineedit *t)
{
	t->pending = LINEEDIT_NOTHING;
}

void lineedit_for(struct lineedit *t, enum complete_what what)
{
	t->completes = what;
	if (what != COMPLETE_CHAT)
		pasting_stop(t);
}

int lineedit_timeout_ms(const struct lineedit *t)
{
	return keys_await_end(&t->keys) ? PASTE_QUIET_MS : -1;
}

void lineedit_quiet(struct lineedit *t)
{
	take(t, keys_quiet(&t->keys));
}

void lineedit_draw(struct lineedit *t, const char *prompt)
{
	char question[SEARCHING_MAX + 64];
	const struct textbuf *e = &t->edit;

	if (t->asking)
		snprintf(question, sizeof(question),
			"send %zu lines? (Enter or C-c) ", t->paste.lines);
	else if (t->search.on)
		snprintf(question, sizeof(question), "(search '%.*s') ",
			(int)t->search.n, t->search.what);
	if (t->asking)
		screen_area(t->screen, question, "", 0, 0);
	else
		screen_area(t->screen, t->search.on ? question : prompt,
			e->text, e->n, e->at);
	t->dirty = false;
}

/* SPDX-License-Identifier: MIT */
/* The keys of a line editor, as readline has them.
 * Runs in: a test program. */
#include "tests/screen/draft.h"

#include <string.h>

#include "tests/stress/stress.h"

static size_t room(const struct draft *d)
{
	return DRAFT_BYTES - cell_bytes(d->line.cells, d->line.n);
}

static void insert(
	struct text *text, size_t at, const struct cell *cells, size_t n)
{
	if (n > DRAFT_CELLS - text->n)
		stress_fail("the test itself has typed too much");
	if (n == 0)
		return;
	memmove(text->cells + at + n, text->cells + at,
		(text->n - at) * sizeof(*cells));
	memcpy(text->cells + at, cells, n * sizeof(*cells));
	text->n += n;
}

static void cut(struct text *text, size_t from, size_t to)
{
	memmove(text->cells + from, text->cells + to,
		(text->n - to) * sizeof(*text->cells));
	text->n -= to - from;
}

bool draft_insert(struct draft *d, const struct cell *cells, size_t n)
{
	d->killing = false;
	if (cell_bytes(cells, n) > room(d))
		return false;
	insert(&d->line, d->cursor, cells, n);
	d->cursor += n;
	return true;
}

void draft_replace(
	struct draft *d, size_t n, const struct cell *cells, size_t count)
{
	cut(&d->line, d->cursor - n, d->cursor);
	d->cursor -= n;
	draft_insert(d, cells, count);
}

bool draft_takes_mark(const struct draft *d)
{
	return d->cursor > 0 &&
	       d->line.cells[d->cursor - 1].marks[CELL_MARKS - 1] == 0;
}

void draft_type(struct draft *d, uint32_t c)
{
	if (cell_width_of(c) > 0)
		draft_insert(d, &(struct cell){.base = c}, 1);
	else if (cell_bytes(&(struct cell){.base = c}, 1) <= room(d))
		cell_add_mark(&d->line.cells[d->cursor - 1], c);
	d->killing = false;
}

/* --- words -------------------------------------------------------------- */

static size_t word_left(const struct draft *d)
{
	const struct cell *cells = d->line.cells;
	size_t i = d->cursor;

	while (i > 0 && !cell_is_word(&cells[i - 1]))
		i--;
	while (i > 0 && cell_is_word(&cells[i - 1]))
		i--;
	return i;
}

static size_t word_right(const struct draft *d)
{
	const struct cell *cells = d->line.cells;
	size_t i = d->cursor;

	while (i < d->line.n && !cell_is_word(&cells[i]))
		i++;
	while (i < d->line.n && cell_is_word(&cells[i]))
		i++;
	return i;
}

static size_t space_left(const struct draft *d)
{
	const struct cell *cells = d->line.cells;
	size_t i = d->cursor;

	while (i > 0 && cell_is_space(&cells[i - 1]))
		i--;
	while (i > 0 && !cell_is_space(&cells[i - 1]))
		i--;
	return i;
}

/* --- keys --------------------------------------------------------------- */

/* Kills in a row add up, each on its side.  One of nothing is none. */
static void kill_cells(struct draft *d, size_t from, size_t to)
{
	if (from == to)
		return;
	if (!d->killing)
		d->killed.n = 0;
	insert(&d->killed, from < d->cursor ? 0 : d->killed.n,
		d->line.cells + from, to - from);
	cut(&d->line, from, to);
	d->cursor = from;
	d->killing = true;
}

static void transpose(struct draft *d)
{
	struct cell *cells = d->line.cells;
	struct cell left;

	if (d->cursor == 0 || d->line.n < 2)
		return;
	if (d->cursor < d->line.n)
		d->cursor++;
	left = cells[d->cursor - 2];
	cells[d->cursor - 2] = cells[d->cursor - 1];
	cells[d->cursor - 1] = left;
}

/* Only the draft keeps what was changed. */
void draft_recall(struct draft *d, size_t at)
{
	if (d->at == d->entered)
		d->saved = d->line;
	d->at = at;
	d->line = at == d->entered ? d->saved : d->history[at];
	d->cursor = d->line.n;
}

static void move(struct draft *d, enum key key)
{
	switch (key) {
	case KEY_LEFT:
		d->cursor -= d->cursor > 0;
		break;
	case KEY_RIGHT:
		d->cursor += d->cursor < d->line.n;
		break;
	case KEY_HOME:
		d->cursor = 0;
		break;
	case KEY_END:
		d->cursor = d->line.n;
		break;
	case KEY_WORD_LEFT:
		d->cursor = word_left(d);
		break;
	case KEY_WORD_RIGHT:
		d->cursor = word_right(d);
		break;
	case KEY_UP:
		if (d->at > 0)
			draft_recall(d, d->at - 1);
		break;
	case KEY_DOWN:
		if (d->at < d->entered)
			draft_recall(d, d->at + 1);
		break;
	default:
		break;
	}
}

/* As much as there is room for. */
static void yank(struct draft *d)
{
	size_t n = 0;

	while (n < d->killed.n && cell_bytes(d->killed.cells, n + 1) <= room(d))
		n++;
	draft_insert(d, d->killed.cells, n);
}

static void change(struct draft *d, enum key key)
{
	switch (key) {
	case KEY_BACKSPACE:
		if (d->cursor > 0)
			draft_replace(d, 1, NULL, 0);
		break;
	case KEY_DELETE:
		if (d->cursor < d->line.n)
			cut(&d->line, d->cursor, d->cursor + 1);
		break;
	case KEY_YANK:
		yank(d);
		break;
	case KEY_TRANSPOSE:
		transpose(d);
		break;
	default:
		break;
	}
}

static bool kills(struct draft *d, enum key key)
{
	switch (key) {
	case KEY_KILL_END:
		kill_cells(d, d->cursor, d->line.n);
		return true;
	case KEY_KILL_BEGIN:
		kill_cells(d, 0, d->cursor);
		return true;
	case KEY_KILL_WORD:
		kill_cells(d, d->cursor, word_right(d));
		return true;
	case KEY_KILL_BACK:
		kill_cells(d, space_left(d), d->cursor);
		return true;
	case KEY_KILL_LEFT:
		kill_cells(d, word_left(d), d->cursor);
		return true;
	default:
		return false;
	}
}

void draft_key(struct draft *d, enum key key)
{
	if (key == KEY_UNKNOWN || kills(d, key))
		return;
	d->killing = false;
	move(d, key);
	change(d, key);
}

/* The last one over again is not remembered. */
static bool is_last(const struct draft *d)
{
	const struct text *last;

	if (d->entered == 0)
		return false;
	last = &d->history[d->entered - 1];
	return last->n == d->line.n &&
	       memcmp(last->cells, d->line.cells,
		       last->n * sizeof(*last->cells)) == 0;
}

/* The oldest lines make room. */
static void remember(struct draft *d)
{
	size_t all = cell_bytes(d->line.cells, d->line.n) + 1,
	       gone = d->entered;

	while (gone > 0) {
		const struct text *line = &d->history[gone - 1];

		all += cell_bytes(line->cells, line->n) + 1;
		if (all > DRAFT_HISTORY_BYTES)
			break;
		gone--;
	}
	d->entered -= gone;
	memmove(d->history, d->history + gone,
		d->entered * sizeof(*d->history));
	if (d->entered == DRAFT_HISTORY)
		stress_fail("the test itself has entered too much");
	d->history[d->entered++] = d->line;
}

void draft_enter(struct draft *d)
{
	if (d->line.n > 0 && !is_last(d))
		remember(d);
	d->at = d->entered;
	d->line.n = 0;
	d->cursor = 0;
	d->killing = false;
}

/* SPDX-License-Identifier: MIT */
/* Draws.  The cursor's position is known only in relation to the area, never on
 * the screen, so drawing is right wherever on the screen it began.
 * Runs in: client. */
#include "client/terminal/display.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "client/menu/day.h"
#include "client/terminal/columns.h"

#define TIME_COLUMNS 6 /* "12:34 " */

static void put(struct display *d, const char *bytes, size_t n)
{
	while (n > 0) {
		size_t part = sizeof(d->out) - d->n;

		if (part > n)
			part = n;
		memcpy(d->out + d->n, bytes, part);
		d->n += part;
		bytes += part;
		n -= part;
		if (d->n == sizeof(d->out))
			display_flush(d);
	}
}

static void put_string(struct display *d, const char *s)
{
	put(d, s, strlen(s));
}

/* A control function with one number; none if that is 0. */
static void put_control(struct display *d, unsigned number, char final)
{
	char sequence[16];

	if (number == 0)
		return;
	snprintf(sequence, sizeof(sequence), "\033[%u%c", number, final);
	put_string(d, sequence);
}

void display_flush(struct display *d)
{
	if (d->n > 0)
		d->write(d->to, d->out, d->n);
	d->n = 0;
}

void display_bell(struct display *d)
{
	put_string(d, "\a");
}

void display_init(struct display *d, enum palette palette,
	void (*write)(void *to, const char *bytes, size_t n), void *to)
{
	d->palette = palette;
	d->shown = false;
	d->area_cursor = 0;
	d->write = write;
	d->to = to;
	d->n = 0;
	d->rows = 1;
	d->columns = 1;
	d->day = day_of((uint64_t)time(NULL) * 1000);
	backlog_init(&d->backlog);
}

/* --- lines --------------------------------------------------------------- */

static unsigned indent(const struct display *d, const struct line *l)
{
	if (l->kind == LINE_BARE || d->columns < DISPLAY_TIME_COLUMNS)
		return 0;
	return TIME_COLUMNS;
}

/* The bytes of the row that begins at text[at]; visible excludes the spaces at
 * its end, which may exceed it. */
static size_t take_row(const struct display *d, const struct line *l, size_t at,
	size_t *visible)
{
	unsigned used;
	size_t n = columns_wrap(
		l->text + at, l->n - at, d->columns - indent(d, l), &used);

	*visible = n;
	while (*visible > 0 && l->text[at + *visible - 1] == ' ')
		--*visible;
	return n;
}

static unsigned count_rows(const struct display *d, const struct line *l)
{
	unsigned rows = 0;
	size_t at = 0, visible;

	do {
		at += take_row(d, l, at, &visible);
		rows++;
	} while (at < l->n);
	return rows;
}

/* Text from..to, in its styles. */
static void put_text(
	struct display *d, const struct line *l, size_t from, size_t to)
{
	for (unsigned i = 0; i < l->spans; i++) {
		size_t begin = l->span[i].from;
		size_t end = i + 1 < l->spans ? l->span[i + 1].from : l->n;
		const char *style = palette_begin(d->palette, l->span[i].style);

		begin = begin > from ? begin : from;
		end = end < to ? end : to;
		if (begin >= end)
			continue;
		put_string(d, style);
		put(d, l->text + begin, end - begin);
		if (*style != '\0')
			put_string(d, palette_end(d->palette));
	}
}

static void put_margin(struct display *d, const struct line *l, bool first)
{
	time_t seconds = (time_t)(l->unix_ms / 1000);
	char text[TIME_COLUMNS + 1];
	struct tm tm;

	if (indent(d, l) == 0)
		return;
	if (!first) {
		put_control(d, TIME_COLUMNS, 'C');
		return;
	}
	if (localtime_r(&seconds, &tm) == NULL ||
		strftime(text, sizeof(text), "%H:%M ", &tm) != TIME_COLUMNS)
		memcpy(text, "--:-- ", sizeof(text));
	put_string(d, palette_begin(d->palette, STYLE_DIM));
	put_string(d, text);
	put_string(d, palette_end(d->palette));
}

/* Each row with the newline after it, except the first skip ones. */
static void put_line(struct display *d, const struct line *l, unsigned skip)
{
	size_t at = 0, visible;

	for (unsigned row = 0; row == 0 || at < l->n; row++) {
		size_t n = take_row(d, l, at, &visible);

		if (row >= skip) {
			put_margin(d, l, row == 0);
			put_text(d, l, at, at + visible);
			put_string(d, "\r\n");
		}
		at += n;
	}
}

static void add_line(struct display *d, const struct line *l)
{
	put_line(d, l, 0);
	backlog_add(&d->backlog, l);
}

bool display_is_of_day(const struct display *d, const struct line *l)
{
	int64_t day = day_of(l->unix_ms);

	return l->kind == LINE_BARE || day == d->day || day == DAY_UNKNOWN;
}

void display_line(struct display *d, const struct line *l)
{
	display_hide(d);
	if (!display_is_of_day(d, l) && day_line(&d->line, l->unix_ms)) {
		d->day = day_of(l->unix_ms);
		add_line(d, &d->line);
	}
	add_line(d, l);
}

void display_replace_last(struct display *d, const struct line *l)
{
	unsigned rows;

	display_hide(d);
	backlog_get(&d->backlog, 0, &d->line);
	rows = count_rows(d, &d->line);
	if (rows < d->rows) {
		put_control(d, rows, 'A');
		put_string(d, "\033[J");
		backlog_drop_last(&d->backlog);
	}
	add_line(d, l);
}

/* --- the area ------------------------------------------------------------ */

void display_hide(struct display *d)
{
	if (!d->shown)
		return;
	d->shown = false;
	put_string(d, "\r");
	put_control(d, d->area_cursor, 'A');
	put_string(d, "\033[J");
}

/* Where the text laid out so far ends. */
struct place {
	unsigned row, column;
};

/* Moves past the n bytes that fit into the row; 0: the row is full. */
static size_t fit(
	const struct display *d, struct place *p, const char *s, size_t n)
{
	unsigned left = d->columns - p->column, used, width;
	size_t taken;

	if (left == 0 || n == 0)
		return 0;
	/* columns_cut takes at least one unit. */
	columns_unit(s, n, &width);
	if (width > left && p->column > 0)
		return 0;
	taken = columns_cut(s, n, left, &used);
	p->column += used < left ? used : left;
	return taken;
}

/* After units on which terminals differ, the cursor is set to its place. */
static void put_units(
	struct display *d, const char *s, size_t n, unsigned column)
{
	unsigned width;

	for (size_t unit; n > 0; s += unit, n -= unit) {
		unit = columns_unit(s, n, &width);
		put(d, s, unit);
		column += width;
		if (columns_are_sure(s, unit) || column >= d->columns)
			continue;
		put_string(d, "\r");
		put_control(d, column, 'C');
	}
}

/* Lays s out after p, and draws the rows from..from + rows of it. */
static void lay_out(struct display *d, struct place *p, const char *s, size_t n,
	unsigned from, unsigned rows, bool draw)
{
	for (;;) {
		unsigned column = p->column;
		size_t taken = fit(d, p, s, n);

		if (draw && p->row >= from && p->row - from < rows)
			put_units(d, s, taken, column);
		s += taken;
		n -= taken;
		if (n == 0 && p->column < d->columns)
			return;
		p->row++;
		p->column = 0;
		if (draw && p->row > from && p->row - from < rows)
			put_string(d, "\r\n");
		if (n == 0)
			return;
	}
}

/* The visible part of the area. */
struct shown {
	size_t prompt_n, n, at;
	char prompt[DISPLAY_PROMPT];
	char text[LINE_MAX_BYTES];
};

static struct place place_cursor(struct display *d, const struct shown *s)
{
	struct place cursor = {0, 0};
	unsigned width;

	lay_out(d, &cursor, s->prompt, s->prompt_n, 0, 0, false);
	lay_out(d, &cursor, s->text, s->at, 0, 0, false);
	/* The cursor is on the next character, which may need the next row. */
	if (s->at < s->n) {
		columns_unit(s->text + s->at, s->n - s->at, &width);
		if (width > d->columns - cursor.column && cursor.column > 0)
			cursor = (struct place){cursor.row + 1, 0};
	}
	return cursor;
}

static void draw_area(struct display *d, const struct shown *s)
{
	unsigned room = d->rows > 1 ? d->rows - 1 : 1, from = 0, last;
	struct place cursor = place_cursor(d, s), end = {0, 0};

	if (cursor.row >= room)
		from = cursor.row - room + 1;
	lay_out(d, &end, s->prompt, s->prompt_n, from, room, true);
	lay_out(d, &end, s->text, s->n, from, room, true);
	last = end.row - from < room ? end.row - from : room - 1;
	put_control(d, last - (cursor.row - from), 'A');
	put_string(d, "\r");
	put_control(d, cursor.column, 'C');
	d->area_cursor = cursor.row - from;
	d->shown = true;
}

void display_area(struct display *d, const char *prompt, const char *text,
	size_t n, size_t at)
{
	struct shown s;

	s.prompt_n = columns_plain(
		s.prompt, prompt, strnlen(prompt, DISPLAY_PROMPT));
	s.at = columns_plain(s.text, text, at);
	s.n = s.at + columns_plain(s.text + s.at, text + at, n - at);
	display_hide(d);
	draw_area(d, &s);
}

/* --- all of it ----------------------------------------------------------- */

void display_repaint(struct display *d, unsigned rows, unsigned columns)
{
	size_t lines = 0;
	unsigned used = 0;

	d->rows = rows;
	d->columns = columns;
	d->shown = false;
	/* The area takes at least one row; lines that do not fit scroll. */
	while (lines < d->backlog.count && used + 1 < rows) {
		backlog_get(&d->backlog, lines++, &d->line);
		used += count_rows(d, &d->line);
	}
	/* Terminals that move a cleared screen into their scrollback do so
	 * when all of it is cleared at once. */
	put_string(d, "\033[2H\033[J\033[H\033[K");
	while (lines-- > 0) {
		unsigned skip = used + 1 > rows ? used + 1 - rows : 0;

		backlog_get(&d->backlog, lines, &d->line);
		used -= count_rows(d, &d->line);
		put_line(d, &d->line, skip);
	}
}

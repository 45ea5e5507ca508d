/* SPDX-License-Identifier: MIT */
/* Wrapping at words, cutting at columns, and what of both is on the screen.
 * Runs in: a test program. */
#include "tests/screen/transcript.h"

#include <stdio.h>
#include <string.h>

#include "tests/stress/stress.h"

/* Below so many columns there is neither a time nor an indentation. */
#define NARROW 30
#define INDENT 6

void transcript_init(struct transcript *p, size_t rows, size_t cols)
{
	memset(p, 0, sizeof(*p));
	p->rows = rows;
	p->cols = cols;
}

/* --- lines -------------------------------------------------------------- */

/* How many of n cells a row of that width takes.  *next is where the next one
 * begins, behind the spaces at the cut. */
static size_t cut(
	const struct cell *cells, size_t n, size_t width, size_t *next)
{
	size_t fits = 0, used = 0, end;

	while (fits < n && used + cell_width(&cells[fits]) <= width)
		used += cell_width(&cells[fits++]);
	end = fits;
	if (fits < n && !cell_is_blank(&cells[fits])) {
		while (end > 0 && !cell_is_blank(&cells[end - 1]))
			end--;
		if (end == 0)
			end = fits;
	}
	*next = end;
	while (*next < n && cell_is_blank(&cells[*next]))
		++*next;
	return end;
}

static void add_row(struct transcript *p, const struct cell *before,
	size_t before_n, const struct cell *cells, size_t n)
{
	size_t i = p->n++ % PAGE_ROWS;

	memcpy(p->all[i].cells, before, before_n * sizeof(*before));
	memcpy(p->all[i].cells + before_n, cells, n * sizeof(*cells));
	p->all[i].n = before_n + n;
}

static void lay_out(struct transcript *p, const struct printed *line)
{
	struct cell cells[CELL_LINE], before[INDENT] = {{0}};
	size_t n = cell_read(cells, line->text), begin = 0;
	size_t indent = p->cols >= NARROW && line->time[0] != '\0' ? INDENT : 0;
	char time[sizeof(line->time) + 1];

	p->last_rows = 0;
	snprintf(time, sizeof(time), "%s ", line->time);
	for (size_t i = 0; i < indent; i++)
		before[i] = (struct cell){
			.base = time[i] == '#' ? CELL_DIGIT
					       : (unsigned char)time[i]};
	do {
		size_t next;
		size_t end =
			cut(cells + begin, n - begin, p->cols - indent, &next);

		add_row(p, before, indent, cells + begin, end);
		p->last_rows++;
		for (size_t i = 0; i < indent; i++)
			before[i].base = ' ';
		begin += next;
	} while (begin < n);
}

/* Makes room for a line of so many bytes. */
static void forget(struct transcript *p, size_t bytes)
{
	while (p->kept == PAGE_LINES || p->bytes + bytes > PAGE_BYTES) {
		size_t first = p->printed - p->kept--;

		p->bytes -= strlen(p->lines[first % PAGE_LINES].text);
	}
}

void transcript_print(struct transcript *p, const char *time, const char *text)
{
	struct printed *line = &p->lines[p->printed % PAGE_LINES];

	forget(p, strlen(text));
	p->printed++;
	p->kept++;
	p->bytes += strlen(text);
	snprintf(line->time, sizeof(line->time), "%s", time);
	snprintf(line->text, sizeof(line->text), "%s", text);
	lay_out(p, line);
}

bool transcript_repeats(const struct transcript *p)
{
	size_t last = (p->n - 1) % PAGE_ROWS;
	size_t above = (p->n - 1 - p->last_rows) % PAGE_ROWS;

	return p->printed > 1 && p->last_rows < p->rows &&
	       p->all[last].n == p->all[above].n &&
	       memcmp(p->all[last].cells, p->all[above].cells,
		       p->all[last].n * sizeof(*p->all[last].cells)) == 0;
}

void transcript_replace(
	struct transcript *p, const char *time, const char *text)
{
	if (p->last_rows < p->rows) {
		p->n -= p->last_rows;
		/* what had scrolled away of it is there again */
		if (p->first > p->n)
			p->first = p->n;
		p->printed--;
		p->kept--;
		p->bytes -= strlen(p->lines[p->printed % PAGE_LINES].text);
	}
	transcript_print(p, time, text);
}

void transcript_repaint(struct transcript *p, size_t rows, size_t cols)
{
	size_t i = p->printed - p->kept;

	p->rows = rows;
	p->cols = cols;
	p->n = 0;
	p->first = 0;
	for (; i < p->printed; i++)
		lay_out(p, &p->lines[i % PAGE_LINES]);
}

/* --- the area ----------------------------------------------------------- */

struct place {
	size_t row, col;
};

/* Where something of that width is put when what is before it ends there. */
static struct place fit(struct place end, size_t width, size_t cols)
{
	if (end.col + width <= cols)
		return end;
	return (struct place){end.row + 1, 0};
}

/* Where a cell of the area begins, or the cursor is behind the last one. */
static struct place place_of(const struct area *area, size_t which, size_t cols)
{
	struct place end = {0, 0};

	for (size_t i = 0; i < which; i++) {
		size_t width = cell_width(&area->cells[i]);

		end = fit(end, width, cols);
		end.col += width;
	}
	return fit(end, which < area->n ? cell_width(&area->cells[which]) : 1,
		cols);
}

size_t transcript_height(const struct transcript *p, const struct area *area)
{
	/* its end has a place, too, below a row that is full */
	size_t rows = 1 + place_of(area, area->n, p->cols).row;

	return rows < p->rows ? rows : p->rows - 1;
}

size_t transcript_scrolled(const struct transcript *p, size_t height)
{
	return p->n + height > p->rows ? p->n + height - p->rows : 0;
}

static void draw_area(const struct transcript *p, const struct area *area,
	size_t row, struct grid *g)
{
	size_t height = transcript_height(p, area), top = 0;
	struct place cursor = place_of(area, area->cursor, p->cols);
	struct place end = {0, 0};

	if (cursor.row >= height)
		top = cursor.row - height + 1;
	for (size_t i = 0; i < area->n; i++) {
		size_t width = cell_width(&area->cells[i]);
		struct place at = fit(end, width, p->cols);

		if (at.row >= top && at.row < top + height)
			grid_put(g, row + at.row - top, at.col, &area->cells[i],
				1);
		end = (struct place){at.row, at.col + width};
	}
	g->row = row + cursor.row - top;
	g->col = cursor.col;
}

void transcript_draw(const struct transcript *p, const struct area *area,
	size_t first, struct grid *g)
{
	grid_fill(g, p->rows, p->cols, ' ');
	for (size_t i = first; i < p->n; i++)
		grid_put(g, i - first, 0, p->all[i % PAGE_ROWS].cells,
			p->all[i % PAGE_ROWS].n);
	draw_area(p, area, p->n - first, g);
}

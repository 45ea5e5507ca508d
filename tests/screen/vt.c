/* SPDX-License-Identifier: MIT */
/* The terminal: characters with their widths, wrapping that waits for the
 * next one, scrolling, moving, erasing.
 * Runs in: a test program. */
#include "tests/screen/vt.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void vt_init(struct vt *vt, size_t rows, size_t cols)
{
	memset(vt, 0, sizeof(*vt));
	vt->homed = true;
	grid_fill(&vt->grid, rows, cols, ' ');
}

void vt_resize(struct vt *vt, size_t rows, size_t cols, size_t row, size_t col)
{
	grid_fill(&vt->grid, rows, cols, '@');
	vt->grid.row = row;
	vt->grid.col = col;
	vt->pending = false;
	vt->homed = false;
}

bool vt_rests(const struct vt *vt)
{
	return vt->state == VT_GROUND && vt->more == 0 && !vt->pending &&
	       !vt->hidden;
}

static void wrong(struct vt *vt, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What was wrong first explains the rest. */
static void wrong(struct vt *vt, const char *format, ...)
{
	va_list arguments;

	if (vt->wrong[0] != '\0')
		return;
	va_start(arguments, format);
	vsnprintf(vt->wrong, sizeof(vt->wrong), format, arguments);
	va_end(arguments);
}

/* --- writing ------------------------------------------------------------ */

/* Half of a wide character is none. */
static void break_wide(struct grid *g, size_t row, size_t col)
{
	struct cell *cells = g->cells[row];
	const struct cell blank = {.base = ' '};

	if (cells[col].base == CELL_RIGHT && col > 0)
		cells[col - 1] = blank;
	else if (col + 1 < g->cols && cells[col + 1].base == CELL_RIGHT)
		cells[col + 1] = blank;
}

static void erase(struct grid *g, size_t row, size_t from, size_t to)
{
	for (size_t col = from; col < to; col++) {
		break_wide(g, row, col);
		g->cells[row][col] = (struct cell){.base = ' '};
	}
}

static void feed_line(struct vt *vt)
{
	struct grid *g = &vt->grid;

	vt->pending = false;
	if (g->row + 1 < g->rows) {
		g->row++;
		return;
	}
	memmove(g->cells[0], g->cells[1], (g->rows - 1) * sizeof(g->cells[0]));
	erase(g, g->row, 0, g->cols);
}

static void wrap(struct vt *vt)
{
	feed_line(vt);
	vt->grid.col = 0;
}

static void put_mark(struct vt *vt, uint32_t mark)
{
	struct grid *g = &vt->grid;
	size_t col = g->col;

	if (!vt->pending) {
		if (col == 0) {
			wrong(vt, "a mark in the first column");
			return;
		}
		col--;
	}
	if (g->cells[g->row][col].base == CELL_RIGHT)
		col--;
	if (!cell_add_mark(&g->cells[g->row][col], mark))
		wrong(vt, "too many marks");
}

static void put(struct vt *vt, uint32_t c)
{
	struct grid *g = &vt->grid;
	int width = cell_width_of(c);

	if (width < 0) {
		wrong(vt, "unprintable character U+%04X", (unsigned)c);
		return;
	}
	if (width == 0) {
		put_mark(vt, c);
		return;
	}
	if (vt->pending || g->col + (size_t)width > g->cols)
		wrap(vt);
	erase(g, g->row, g->col, g->col + (size_t)width);
	g->col = grid_put(g, g->row, g->col, &(struct cell){.base = c}, 1);
	if (g->col == g->cols) {
		g->col--;
		vt->pending = true;
	}
}

/* --- sequences ---------------------------------------------------------- */

static void move(struct vt *vt, size_t row, size_t col)
{
	struct grid *g = &vt->grid;

	g->row = row < g->rows ? row : g->rows - 1;
	g->col = col < g->cols ? col : g->cols - 1;
	vt->pending = false;
}

static size_t less(size_t a, size_t b)
{
	return a > b ? a - b : 0;
}

static void erase_rows(struct grid *g, size_t from, size_t to)
{
	for (size_t row = from; row < to; row++)
		erase(g, row, 0, g->cols);
}

/* J erases the rows below or above, too. */
static bool erase_by(struct vt *vt, char what, size_t which)
{
	struct grid *g = &vt->grid;

	if (which > 2)
		return false;
	vt->pending = false;
	erase(g, g->row, which == 0 ? g->col : 0,
		which == 1 ? g->col + 1 : g->cols);
	if (what == 'J')
		erase_rows(g, which == 0 ? g->row + 1 : 0,
			which == 1 ? g->row : g->rows);
	return true;
}

static bool set_mode(struct vt *vt, const char *mode, bool on)
{
	if (strncmp(mode, "?2004", 5) == 0 && mode[6] == '\0')
		vt->paste = on;
	else if (strncmp(mode, "?25", 3) == 0 && mode[4] == '\0')
		vt->hidden = !on;
	else
		return false;
	return true;
}

/* What it knows, with numbers that are 0 where they are left out. */
static bool obey(struct vt *vt, char what, size_t a, size_t b)
{
	size_t row = vt->grid.row, col = vt->grid.col;
	size_t n = a > 0 ? a : 1;

	switch (what) {
	case 'A':
		move(vt, less(row, n), col);
		return true;
	case 'B':
		move(vt, row + n, col);
		return true;
	case 'C':
		move(vt, row, col + n);
		return true;
	case 'D':
		move(vt, row, less(col, n));
		return true;
	case 'G':
		move(vt, row, n - 1);
		return true;
	case 'H':
		vt->homed = true;
		move(vt, n - 1, b > 0 ? b - 1 : 0);
		return true;
	case 'J':
	case 'K':
		return erase_by(vt, what, a);
	default:
		return false;
	}
}

/* The sequence is whole, its last byte included. */
static bool control(struct vt *vt)
{
	const char *s = vt->sequence;
	char what = s[vt->length - 1];
	char *end;
	size_t a, b = 0;

	if (s[0] == '?')
		return (what == 'h' || what == 'l') &&
		       set_mode(vt, s, what == 'h');
	if (strspn(s, "0123456789;") != vt->length - 1)
		return false;
	if (what == 'm') {
		vt->colored = true;
		return true;
	}
	a = strtoul(s, &end, 10);
	if (*end == ';' && what == 'H')
		b = strtoul(end + 1, &end, 10);
	return end == s + vt->length - 1 && obey(vt, what, a, b);
}

static void feed_control(struct vt *vt, char byte)
{
	vt->sequence[vt->length++] = byte;
	vt->sequence[vt->length] = '\0';
	if (byte >= 0x20 && byte < 0x40 && vt->length < VT_SEQUENCE - 1)
		return;
	vt->state = VT_GROUND;
	if (!control(vt))
		wrong(vt, "unexpected sequence ESC [ %s", vt->sequence);
}

static void feed_ground(struct vt *vt, char byte)
{
	switch (byte) {
	case '\a':
		break;
	case '\b':
		move(vt, vt->grid.row, less(vt->grid.col, 1));
		break;
	case '\r':
		move(vt, vt->grid.row, 0);
		break;
	case '\n':
		feed_line(vt);
		break;
	case '\033':
		vt->state = VT_ESCAPE;
		break;
	default:
		if (!cell_decode(&vt->c, &vt->more, (unsigned char)byte))
			wrong(vt, "no UTF-8: byte %02x", (unsigned char)byte);
		else if (vt->more == 0)
			put(vt, vt->c);
		break;
	}
}

void vt_feed(struct vt *vt, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n && vt->wrong[0] == '\0'; i++) {
		if (vt->more > 0 && (bytes[i] & 0xc0) != 0x80)
			wrong(vt, "a character is cut short");
		if (vt->state == VT_CONTROL) {
			feed_control(vt, bytes[i]);
		} else if (vt->state == VT_ESCAPE) {
			vt->state = VT_CONTROL;
			vt->length = 0;
			if (bytes[i] != '[')
				wrong(vt, "unexpected sequence ESC %c",
					bytes[i]);
		} else {
			feed_ground(vt, bytes[i]);
		}
	}
}

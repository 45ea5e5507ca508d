/* SPDX-License-Identifier: MIT */
/* Screens filled, compared, and shown to whoever looks for what is wrong.
 * Runs in: a test program. */
#include "tests/screen/grid.h"

#include <stdio.h>

void grid_fill(struct grid *g, size_t rows, size_t cols, uint32_t c)
{
	g->rows = rows;
	g->cols = cols;
	g->row = 0;
	g->col = 0;
	for (size_t row = 0; row < rows; row++)
		for (size_t col = 0; col < cols; col++)
			g->cells[row][col] = (struct cell){.base = c};
}

size_t grid_put(struct grid *g, size_t row, size_t col,
	const struct cell *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		g->cells[row][col++] = cells[i];
		if (cell_width(&cells[i]) == 2)
			g->cells[row][col++] =
				(struct cell){.base = CELL_RIGHT};
	}
	return col;
}

static bool same_row(
	const struct grid *expected, const struct grid *seen, size_t row)
{
	for (size_t col = 0; col < seen->cols; col++)
		if (!cell_same(
			    &expected->cells[row][col], &seen->cells[row][col]))
			return false;
	return true;
}

bool grid_same(const struct grid *expected, const struct grid *seen)
{
	if (expected->rows != seen->rows || expected->cols != seen->cols ||
		expected->row != seen->row || expected->col != seen->col)
		return false;
	for (size_t row = 0; row < seen->rows; row++)
		if (!same_row(expected, seen, row))
			return false;
	return true;
}

static void show_row(const struct grid *g, size_t row)
{
	char text[CELL_LINE_TEXT];

	cell_write(text, g->cells[row], g->cols);
	printf("|%s|", text);
}

void grid_show(const struct grid *expected, const struct grid *seen)
{
	int width = (int)expected->cols + 2;

	printf("   %-*s    %s\n", width, "expected", "seen");
	for (size_t row = 0; row < seen->rows; row++) {
		printf("%2zu ", row);
		show_row(expected, row);
		printf("%s", same_row(expected, seen, row) ? "    " : " != ");
		show_row(seen, row);
		putchar('\n');
	}
	printf("expected the cursor in row %zu, column %zu; it is in row %zu, "
	       "column %zu\n",
		expected->row, expected->col, seen->row, seen->col);
}

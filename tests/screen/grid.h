/* SPDX-License-Identifier: MIT */
/* A rectangle of characters with a cursor: what is on a screen, or should
 * be. */
#ifndef TESTS_SCREEN_GRID_H
#define TESTS_SCREEN_GRID_H

#include "tests/screen/cell.h"

#define GRID_ROWS 260
#define GRID_COLS 132

struct grid {
	size_t rows, cols;
	size_t row, col; /* the cursor */
	struct cell cells[GRID_ROWS][GRID_COLS];
};

/* Makes all of it one character, and the cursor be at its top left. */
void grid_fill(struct grid *g, size_t rows, size_t cols, uint32_t c);

/* Puts cells into a row from a column on; returns the column behind them. */
size_t grid_put(struct grid *g, size_t row, size_t col,
	const struct cell *cells, size_t n);

bool grid_same(const struct grid *expected, const struct grid *seen);

/* Prints both, side by side. */
void grid_show(const struct grid *expected, const struct grid *seen);

#endif

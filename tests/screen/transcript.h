/* SPDX-License-Identifier: MIT */
/* What the screen should be: lines printed from top to bottom, and below them
 * the input area.  Lines are laid out here a second time, from the rules. */
#ifndef TESTS_SCREEN_TRANSCRIPT_H
#define TESTS_SCREEN_TRANSCRIPT_H

#include "tests/screen/grid.h"

#define PAGE_LINES 200 /* the client remembers */
#define PAGE_BYTES (8 * (3 * 4096 + 256))
#define PAGE_ROWS  512 /* more than a screen has */
#define PAGE_NOW   "##:##"

/* The area: what is in it, and where the cursor is. */
struct area {
	struct cell cells[CELL_LINE]; /* the prompt, and the typed line */
	size_t n;
	size_t cursor; /* which cell it is on; n: behind the last one */
};

struct printed {
	char time[8];
	char text[CELL_LINE_TEXT];
};

struct transcript {
	size_t rows, cols;
	struct printed lines[PAGE_LINES]; /* the last ones; a ring */
	size_t printed, kept;             /* kept: of the last ones */
	size_t bytes;                     /* of those */
	size_t last_rows;                 /* of the last one */
	struct {
		struct cell cells[GRID_COLS];
		size_t n;
	} all[PAGE_ROWS]; /* the last rows of lines; a ring */
	size_t n;         /* rows of lines, ever */
	size_t first;     /* the one at the top of the screen */
};

void transcript_init(struct transcript *p, size_t rows, size_t cols);

/* Prints a line.  time: PAGE_NOW for a time that is not known, "" for none. */
void transcript_print(struct transcript *p, const char *time, const char *text);

/* Prints a line in the place of the last one, where all of that is still on
 * the screen. */
void transcript_replace(
	struct transcript *p, const char *time, const char *text);

/* Paints everything anew, at that size; nothing has scrolled yet. */
void transcript_repaint(struct transcript *p, size_t rows, size_t cols);

/* Whether the last line ends in a row like that above it: where the screen has
 * room below, it may look as if it were printed already. */
bool transcript_repeats(const struct transcript *p);

/* How many rows of the screen the area has. */
size_t transcript_height(const struct transcript *p, const struct area *area);

/* The highest first row at which an area of this height fits. */
size_t transcript_scrolled(const struct transcript *p, size_t height);

/* The whole screen, with that row at the top. */
void transcript_draw(const struct transcript *p, const struct area *area,
	size_t first, struct grid *g);

#endif

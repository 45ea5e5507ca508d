/* SPDX-License-Identifier: MIT */
/* A terminal whose rows are redrawn: lines scroll up, and below them stays the
 * area with the prompt and the typed line.  No alternate screen: lines that
 * scroll away are in the terminal's own scrollback.
 *
 * Output is buffered and written at once, when display_flush is called or the
 * buffer is full, so no partial drawing is seen.
 * Control functions: ECMA-48 (CUU, CUF, CUP, ED, EL, SGR). */
#ifndef CLIENT_TERMINAL_DISPLAY_H
#define CLIENT_TERMINAL_DISPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/terminal/backlog.h"
#include "client/terminal/line.h"
#include "client/terminal/palette.h"

/* Below this many columns lines have no time and no indent. */
#define DISPLAY_TIME_COLUMNS 30

#define DISPLAY_OUT 16384

/* Cap on bytes of the prompt. */
#define DISPLAY_PROMPT 256

struct display {
	unsigned rows, columns;
	enum palette palette;
	bool shown;           /* the area is on the screen */
	unsigned area_cursor; /* the cursor's row in it */
	int64_t day;          /* of the last line; at first, today */
	void (*write)(void *to, const char *bytes, size_t n);
	void *to;
	size_t n;
	char out[DISPLAY_OUT];
	struct backlog backlog;
	struct line line; /* read from the backlog */
};

/* Output is written by write(to, ...). */
void display_init(struct display *d, enum palette palette,
	void (*write)(void *to, const char *bytes, size_t n), void *to);

/* Adds a line; before it the date, if its day is not that of the line before.
 * A line that shows no time is of any day. */
void display_line(struct display *d, const struct line *l);
bool display_is_of_day(const struct display *d, const struct line *l);

/* The same, in the place of the last line, if all of that can still be reached;
 * else below it. */
void display_replace_last(struct display *d, const struct line *l);

/* Redraws the area: the cursor stands before text[at], at most LINE_MAX_BYTES
 * of it.  Terminals differ on some clusters, so the text is shown in a form on
 * which they agree (client/terminal/columns.h). */
void display_area(struct display *d, const char *prompt, const char *text,
	size_t n, size_t at);

/* Removes it from the screen. */
void display_hide(struct display *d);

/* Redraws the whole screen: the last lines, without the area. */
void display_repaint(struct display *d, unsigned rows, unsigned columns);

void display_bell(struct display *d);
void display_flush(struct display *d);

#endif

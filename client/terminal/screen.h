/* SPDX-License-Identifier: MIT */
/* The only writer to standard output: clean text only, one line at a time.
 * Writing blocks while the reader is slow. */
#ifndef CLIENT_TERMINAL_SCREEN_H
#define CLIENT_TERMINAL_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/terminal/display.h"
#include "client/terminal/line.h"
#include "ipc/common/limits.h"

struct screen {
	int fd;
	int error; /* errno of a failed write; all later ones are skipped */
	bool live; /* a terminal, whose rows are redrawn */
	bool bell; /* the terminal has a bell, and it may ring */
	int64_t rang_ms;            /* when it did */
	bool folding;               /* the last line shows joins and leaves */
	void (*hide)(void *editor); /* removes the typed line */
	void *editor;
	struct display display;
	struct line line;
};

/* live: the screen is drawn, in the colours of palette. */
void screen_init(struct screen *s, int fd, bool live, enum palette palette);

/* From now on hide(editor) removes the typed line from the screen before
 * anything else is written. */
void screen_hide_by(struct screen *s, void (*hide)(void *editor), void *editor);

/* Whether a line can be written now without waiting for the reader. */
bool screen_has_room(const struct screen *s);

/* Writes a line. */
void screen_put(struct screen *s, const struct line *l);

/* Whether the last line shows joins and leaves, on the same day as l, and can
 * be rewritten with those of l. */
bool screen_folds(const struct screen *s, const struct line *l);

/* Writes a line in the place of the last one, which screen_put has written and
 * nothing else has followed; if that is impossible, below it. */
void screen_replace(struct screen *s, const struct line *l);

/* Writes one line of the client's own; text that does not fit is cut. */
void screen_line(struct screen *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same, for lines that have no time before them. */
void screen_bare(struct screen *s, const char *text);

/* Writes the n bytes of a line of fields, keeping its tabs. */
void screen_fields(struct screen *s, const char *line, size_t n);

/* Rings, at most once a second. */
void screen_bell(struct screen *s);

/* Redraws the whole screen, in its current size. */
void screen_repaint(struct screen *s);

/* Makes the drawing visible. */
void screen_flush(struct screen *s);

/* For the editor only: the typed line (client/terminal/display.h), and raw
 * bytes. */
void screen_area(struct screen *s, const char *prompt, const char *text,
	size_t n, size_t at);
void screen_hide_area(struct screen *s);
void screen_write(struct screen *s, const char *bytes, size_t n);

#endif

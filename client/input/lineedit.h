/* SPDX-License-Identifier: MIT */
/* The line that is typed on a terminal: keys edit it until it is entered.
 * Nothing here reads or waits; lineedit_draw draws it. */
#ifndef CLIENT_INPUT_LINEEDIT_H
#define CLIENT_INPUT_LINEEDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "client/input/complete.h"
#include "client/input/history.h"
#include "client/input/keys.h"
#include "client/input/paste.h"
#include "client/input/searching.h"
#include "client/input/textbuf.h"
#include "client/session/roster.h"

struct screen;

/* Cap on bytes of keys that wait while a line waits to be taken; then no more
 * are read. */
#define LINEEDIT_IN 1024

enum lineedit_event {
	LINEEDIT_NOTHING,
	LINEEDIT_LINE,   /* entered */
	LINEEDIT_PASTED, /* a line of a paste, sent as it is */
	LINEEDIT_AGAIN,  /* C-x */
	LINEEDIT_CANCEL, /* C-c */
	LINEEDIT_END     /* C-d on an empty line */
};

struct lineedit {
	struct screen *screen;
	const struct roster *roster;
	enum complete_what completes; /* COMPLETE_CHAT: lines are sent */
	enum lineedit_event pending;  /* waits to be taken */
	bool dirty;                   /* the drawing is out of date */
	bool asking;   /* the user is asked whether to send the paste */
	bool sending;  /* the paste is being sent */
	unsigned back; /* the line of the history shown; 0: none */
	size_t draft_n;
	size_t entered_n;
	size_t in_n;
	struct keys keys;
	struct completion completion;
	struct textbuf edit;
	struct searching search;
	char draft[LINE_MAX_BYTES]; /* the line before the history */
	char entered[LINE_MAX_BYTES];
	char in[LINEEDIT_IN];
	struct history history;
	struct paste paste;
};

void lineedit_init(
	struct lineedit *t, struct screen *screen, const struct roster *roster);

/* Where to put bytes of the terminal, and the room there; 0: none now. */
size_t lineedit_room(struct lineedit *t, char **where);
void lineedit_feed(struct lineedit *t, size_t n);

/* The next event.  A line is taken only if lines is true, and is valid until
 * the next call; other events come at any time. */
enum lineedit_event lineedit_next(
	struct lineedit *t, bool lines, const char **line, size_t *n);

/* Whether an entered line waits; lineedit_keep leaves it to be edited. */
bool lineedit_has_entered(struct lineedit *t);
void lineedit_keep(struct lineedit *t);

/* Sets what lines are for from here on; if they are no longer sent, neither is
 * the rest of a paste. */
void lineedit_for(struct lineedit *t, enum complete_what what);

/* Milliseconds without input until lineedit_quiet must be called; -1: never. */
int lineedit_timeout_ms(const struct lineedit *t);
void lineedit_quiet(struct lineedit *t);

void lineedit_draw(struct lineedit *t, const char *prompt);

#endif

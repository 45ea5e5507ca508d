/* SPDX-License-Identifier: MIT */
/* The line that is being typed on a terminal: keys become changes of it, and
 * at last a line that was entered.  Nothing here reads or waits; what there is
 * to see is drawn by lineedit_draw. */
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

/* Keys that wait while a line waits to be taken; then no more are read. */
#define LINEEDIT_IN 1024

enum lineedit_event {
	LINEEDIT_NOTHING,
	LINEEDIT_LINE,   /* entered */
	LINEEDIT_PASTED, /* a line of a paste, to be sent as it is */
	LINEEDIT_AGAIN,  /* C-x */
	LINEEDIT_CANCEL, /* C-c */
	LINEEDIT_END     /* C-d on an empty line */
};

struct lineedit {
	struct screen *screen;
	const struct roster *roster;
	enum complete_what completes; /* COMPLETE_CHAT: lines are sent */
	enum lineedit_event pending;  /* waits to be taken */
	bool dirty;                   /* what is drawn is not what there is */
	bool asking;                  /* whether to send the paste */
	bool sending;                 /* it */
	unsigned back; /* the line of the history that is shown; 0: none */
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

/* Where bytes of the terminal go, and how many; 0: none now. */
size_t lineedit_room(struct lineedit *t, char **where);
void lineedit_feed(struct lineedit *t, size_t n);

/* What comes next.  A line is taken only where lines says so and holds until
 * the next call; the rest comes at any time. */
enum lineedit_event lineedit_next(
	struct lineedit *t, bool lines, const char **line, size_t *n);

/* Whether an entered line waits; lineedit_keep leaves it to be changed. */
bool lineedit_has_entered(struct lineedit *t);
void lineedit_keep(struct lineedit *t);

/* What lines are for from here on; where they are sent no more, the rest of a
 * paste is not either. */
void lineedit_for(struct lineedit *t, enum complete_what what);

/* How long nothing may come before lineedit_quiet is called; -1: for ever. */
int lineedit_timeout_ms(const struct lineedit *t);
void lineedit_quiet(struct lineedit *t);

void lineedit_draw(struct lineedit *t, const char *prompt);

#endif

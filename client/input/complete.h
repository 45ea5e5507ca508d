/* SPDX-License-Identifier: MIT */
/* Tab: a word that was begun becomes a command or a name, and with each
 * further Tab the next that it could be. */
#ifndef CLIENT_INPUT_COMPLETE_H
#define CLIENT_INPUT_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

#include "client/input/textbuf.h"
#include "client/session/roster.h"

enum complete_what {
	COMPLETE_NOTHING, /* what is asked for is no name, as in the menu */
	COMPLETE_NAME,    /* the whole line is a name: nothing is put behind */
	COMPLETE_CHAT     /* "/wh" -> "/who "; "bo" -> "bob: " at the start of a
			   * line, "bob " elsewhere, also behind "/msg " */
};

struct completion {
	bool cycling;              /* the last key was Tab, too */
	size_t which;              /* the candidate that is shown */
	bool is_command;           /* what the word begins */
	size_t from;               /* where in the line the word begins */
	size_t length;             /* of what was typed of it */
	char word[NAME_MAX_BYTES]; /* what was typed */
};

/* Completes the word before the cursor; step is 1 or -1 (Tab, Shift-Tab).
 * Behind the last candidate, what was typed is shown again.  False where there
 * is no candidate, with nothing changed. */
bool complete_next(struct completion *c, struct textbuf *e,
	const struct roster *r, enum complete_what what, int step);

/* Any other key was pressed: what is shown is accepted. */
void complete_accept(struct completion *c);

#endif

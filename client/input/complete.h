/* SPDX-License-Identifier: MIT */
/* Completion by Tab: the beginning of a word becomes a command, a name or, with
 * its mark, a room; each
 * further Tab shows the next candidate. */
#ifndef CLIENT_INPUT_COMPLETE_H
#define CLIENT_INPUT_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

#include "client/input/textbuf.h"
#include "client/session/roster.h"

enum complete_what {
	COMPLETE_NOTHING, /* the line is no name, as in the menu */
	COMPLETE_NAME,    /* the whole line is a name: nothing is added */
	COMPLETE_CHAT     /* "/wh" -> "/who "; "bo" -> "bob: " at the start of a
			     line, "bob " elsewhere, also after "/msg ";
			     "#d" -> "#dev " */
};

struct completion {
	bool cycling;        /* the last key was Tab, too */
	size_t which;        /* the candidate shown */
	bool is_command;     /* whether the word begins a command */
	size_t from;         /* where in the line the word begins */
	size_t length;       /* of its typed part */
	char word[ROOM_MAX]; /* the typed part */
};

/* Completes the word before the cursor; step is 1 or -1 (Tab, Shift-Tab).
 * After the last candidate, the typed part is shown again.  False if there is
 * no candidate, with nothing changed. */
bool complete_next(struct completion *c, struct textbuf *e,
	const struct roster *r, enum complete_what what, int step);

/* Accepts the candidate shown; call it for any other key. */
void complete_accept(struct completion *c);

#endif

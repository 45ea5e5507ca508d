/* SPDX-License-Identifier: MIT */
/* What the typed line should be: an array of characters and the rules of the
 * keys, one short function each.  It knows nothing of screens. */
#ifndef TESTS_SCREEN_DRAFT_H
#define TESTS_SCREEN_DRAFT_H

#include "tests/screen/cell.h"

/* A line, and the history, its ends of lines included. */
#define DRAFT_BYTES         4096
#define DRAFT_HISTORY_BYTES (8 * (DRAFT_BYTES + 1))

#define DRAFT_CELLS   DRAFT_BYTES
#define DRAFT_HISTORY 200

enum key {
	KEY_LEFT,
	KEY_RIGHT,
	KEY_HOME,
	KEY_END,
	KEY_WORD_LEFT,
	KEY_WORD_RIGHT,
	KEY_BACKSPACE,
	KEY_DELETE,
	KEY_KILL_END,
	KEY_KILL_BEGIN,
	KEY_KILL_WORD,
	KEY_KILL_BACK,
	KEY_KILL_LEFT,
	KEY_YANK,
	KEY_TRANSPOSE,
	KEY_UP,
	KEY_DOWN,
	KEY_ABORT,
	KEY_UNKNOWN, /* as if nothing had been pressed */
	KEYS
};

struct text {
	struct cell cells[DRAFT_CELLS];
	size_t n;
};

struct draft {
	struct text line;
	size_t cursor;
	struct text killed;
	bool killing; /* the last key was a kill */
	struct text history[DRAFT_HISTORY];
	size_t entered, at; /* at == entered: the draft itself */
	struct text saved;  /* the draft, while an older line is shown */
};

void draft_key(struct draft *d, enum key key);

/* What would make the line too long changes nothing.
 *
 * Types one character; a mark goes onto the one before the cursor, if there
 * is one with room for it: draft_takes_mark. */
void draft_type(struct draft *d, uint32_t c);
bool draft_takes_mark(const struct draft *d);

/* Puts cells in front of the cursor; whether there was room. */
bool draft_insert(struct draft *d, const struct cell *cells, size_t n);

/* Puts cells in place of the n before the cursor. */
void draft_replace(
	struct draft *d, size_t n, const struct cell *cells, size_t count);

/* Enter: what is typed is taken, and remembered. */
void draft_enter(struct draft *d);

/* Shows the line with that number of the history, or the draft itself. */
void draft_recall(struct draft *d, size_t at);

#endif

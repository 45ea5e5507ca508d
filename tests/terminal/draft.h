/* What the typed line should be: an array of characters and the rules of the
 * keys, one short function each.  It knows nothing of screens. */
#ifndef TESTS_TERMINAL_DRAFT_H
#define TESTS_TERMINAL_DRAFT_H

#include "tests/terminal/cell.h"

#define DRAFT_CELLS   400
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
	KEY_YANK,
	KEY_TRANSPOSE,
	KEY_UP,
	KEY_DOWN,
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

/* Types one character; a mark goes onto the one before the cursor, if there
 * is one with room for it: draft_takes_mark. */
void draft_type(struct draft *d, uint32_t c);
bool draft_takes_mark(const struct draft *d);

/* Puts cells in front of the cursor. */
void draft_insert(struct draft *d, const struct cell *cells, size_t n);

/* Puts cells in place of the n before the cursor. */
void draft_replace(
	struct draft *d, size_t n, const struct cell *cells, size_t count);

/* Enter: what is typed is taken, and remembered. */
void draft_enter(struct draft *d);

/* How many cells there will be room for at least. */
size_t draft_room(const struct draft *d);

#endif

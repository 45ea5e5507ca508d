/* A line of text, a place in it, and what a person does to it.  Pure: no
 * drawing, no keys.  Units and words are what a person sees: columns.h. */
#ifndef CLIENT_INPUT_TEXTBUF_H
#define CLIENT_INPUT_TEXTBUF_H

#include <stdbool.h>
#include <stddef.h>

#include "ipc/common/limits.h"

struct edit {
	size_t n;
	size_t at;    /* the cursor: in 0..n, between units */
	bool killing; /* the last thing done was to kill: the next adds to it */
	size_t killed_n;
	char text[LINE_MAX_BYTES];
	char killed[LINE_MAX_BYTES]; /* what yank puts in again */
};

void edit_init(struct edit *e);

/* Puts clean text in at the cursor.  False where the line would be longer
 * than LINE_MAX_BYTES, with nothing changed. */
bool edit_insert(struct edit *e, const char *s, size_t n);

/* Puts s in the place of text[from..cursor), and the cursor behind it. */
bool edit_replace(struct edit *e, size_t from, const char *s, size_t n);

/* The whole line anew, the cursor at its end; what was killed stays. */
void edit_set(struct edit *e, const char *s, size_t n);

void edit_left(struct edit *e);
void edit_right(struct edit *e);
void edit_home(struct edit *e);
void edit_end(struct edit *e);
void edit_word_left(struct edit *e); /* words: letters and digits */
void edit_word_right(struct edit *e);

void edit_backspace(struct edit *e);
void edit_delete(struct edit *e);
void edit_transpose(struct edit *e); /* the units around the cursor */

/* Something else was done than to change the line: the next kill keeps only
 * what it removes itself. */
void edit_break(struct edit *e);

/* These keep what they remove.  One after the other they keep all of it. */
void edit_kill_to_end(struct edit *e);
void edit_kill_to_start(struct edit *e);
void edit_kill_word_left(struct edit *e);
void edit_kill_word_right(struct edit *e);
void edit_kill_blank_word(struct edit *e); /* left, to a space */
void edit_yank(struct edit *e); /* what still fits of it, whole units */

#endif

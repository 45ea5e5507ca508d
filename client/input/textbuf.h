/* SPDX-License-Identifier: MIT */
/* A line of text, a cursor in it, and the operations of an editor.  Pure: no
 * drawing, no keys.  Units and words are as the user sees them: columns.h. */
#ifndef CLIENT_INPUT_TEXTBUF_H
#define CLIENT_INPUT_TEXTBUF_H

#include <stdbool.h>
#include <stddef.h>

#include "ipc/common/limits.h"

struct textbuf {
	size_t n;
	size_t at;    /* the cursor: in 0..n, between units */
	bool killing; /* the last operation was to kill: the next adds to it */
	size_t killed_n;
	char text[LINE_MAX_BYTES];
	char killed[LINE_MAX_BYTES]; /* the text that yank inserts */
};

void textbuf_init(struct textbuf *e);

/* Inserts clean text at the cursor.  False if the line would be longer than
 * LINE_MAX_BYTES, with nothing changed. */
bool textbuf_insert(struct textbuf *e, const char *s, size_t n);

/* Replaces text[from..cursor) by s, and puts the cursor after it. */
bool textbuf_replace(struct textbuf *e, size_t from, const char *s, size_t n);

/* Replaces the whole line, the cursor at its end; killed text stays. */
void textbuf_set(struct textbuf *e, const char *s, size_t n);

void textbuf_left(struct textbuf *e);
void textbuf_right(struct textbuf *e);
void textbuf_home(struct textbuf *e);
void textbuf_end(struct textbuf *e);
void textbuf_word_left(struct textbuf *e); /* words: letters and digits */
void textbuf_word_right(struct textbuf *e);

void textbuf_backspace(struct textbuf *e);
void textbuf_delete(struct textbuf *e);
void textbuf_transpose(struct textbuf *e); /* the units around the cursor */

/* Ends a run of kills, for a key that does not change the line: the next kill
 * keeps only what it removes itself. */
void textbuf_break(struct textbuf *e);

/* These keep the text that they remove; several in a row keep all of it. */
void textbuf_kill_to_end(struct textbuf *e);
void textbuf_kill_to_start(struct textbuf *e);
void textbuf_kill_word_left(struct textbuf *e);
void textbuf_kill_word_right(struct textbuf *e);
void textbuf_kill_blank_word(struct textbuf *e); /* left, to a space */
void textbuf_yank(struct textbuf *e); /* as many whole units as fit */

#endif

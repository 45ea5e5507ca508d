/* SPDX-License-Identifier: MIT */
/* A line of text, a place in it, and what a person does to it.  Pure: no
 * drawing, no keys.  Units and words are what a person sees: columns.h. */
#ifndef CLIENT_INPUT_TEXTBUF_H
#define CLIENT_INPUT_TEXTBUF_H

#include <stdbool.h>
#include <stddef.h>

#include "ipc/common/limits.h"

struct textbuf {
	size_t n;
	size_t at;    /* the cursor: in 0..n, between units */
	bool killing; /* the last thing done was to kill: the next adds to it */
	size_t killed_n;
	char text[LINE_MAX_BYTES];
	char killed[LINE_MAX_BYTES]; /* what yank puts in again */
};

void textbuf_init(struct textbuf *e);

/* Puts clean text in at the cursor.  False where the line would be longer
 * than LINE_MAX_BYTES, with nothing changed. */
bool textbuf_insert(struct textbuf *e, const char *s, size_t n);

/* Puts s in the place of text[from..cursor), and the cursor behind it. */
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

/* Something else was done than to change the line: the next kill keeps only
 * what it removes itself. */
void textbuf_break(struct textbuf *e);

/* These keep what they remove.  One after the other they keep all of it. */
void textbuf_kill_to_end(struct textbuf *e);
void textbuf_kill_to_start(struct textbuf *e);
void textbuf_kill_word_left(struct textbuf *e);
void textbuf_kill_word_right(struct textbuf *e);
void textbuf_kill_blank_word(struct textbuf *e); /* left, to a space */
void textbuf_yank(struct textbuf *e); /* what still fits of it, whole units */

#endif

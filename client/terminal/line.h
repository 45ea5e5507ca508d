/* SPDX-License-Identifier: MIT */
/* A line as people read it: clean text, in parts of different style.
 * Whatever is added is cleaned on the way in, so nothing that somebody wrote
 * can be more than text. */
#ifndef CLIENT_TERMINAL_LINE_H
#define CLIENT_TERMINAL_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/session/events.h"
#include "ipc/common/limits.h"

/* A text, two names and the words around them. */
#define LINE_TEXT_MAX (TEXT_MAX + 256)

/* Parts of one style: "[alice -> you] text" has four. */
#define LINE_SPANS_MAX 8

/* Names have so many colours; which one, the name decides. */
#define STYLE_NAMES 12

enum style {
	STYLE_PLAIN,
	STYLE_DIM,     /* what may be overlooked: who comes and goes */
	STYLE_ERROR,   /* "! ..." */
	STYLE_PRIVATE, /* for oneself alone */
	STYLE_MENTION, /* has one's own name in it */
	STYLE_OWN,     /* one's own name before what one said */
	STYLE_NAME     /* and STYLE_NAMES - 1 more */
};

enum line_kind {
	LINE_SAID,
	LINE_BARE,    /* of the menu: no time before it */
	LINE_PRESENCE /* who comes and goes */
};

struct line {
	enum line_kind kind;
	uint64_t unix_ms; /* when it was said */
	unsigned spans;
	struct span {
		size_t from; /* where in text the style begins */
		int style;
	} span[LINE_SPANS_MAX];
	size_t n;
	char text[LINE_TEXT_MAX];
};

/* unix_ms 0 is now. */
void line_begin(struct line *l, enum line_kind kind, uint64_t unix_ms);

/* Adds a part; what does not fit is cut off between two characters. */
void line_add(struct line *l, int style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The style of a name, the same in any session and however it is written. */
int line_name_style(struct field name);

#endif

/* SPDX-License-Identifier: MIT */
/* A line as users read it: clean text, in parts of different style.  Added text
 * is cleaned, so no text of a user can be more than text. */
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

/* The number of colours for names; a hash of the name chooses. */
#define STYLE_NAMES 12

enum style {
	STYLE_PLAIN,
	STYLE_DIM,     /* of low interest: joins and leaves */
	STYLE_ERROR,   /* "! ..." */
	STYLE_PRIVATE, /* a private text to us */
	STYLE_MENTION, /* contains our name */
	STYLE_OWN,     /* our name before our own lines */
	STYLE_NAME     /* and STYLE_NAMES - 1 more */
};

enum line_kind {
	LINE_SAID,
	LINE_BARE,    /* of the menu: no time before it */
	LINE_PRESENCE /* joins and leaves */
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

/* Adds a part; text that does not fit is cut between two characters. */
void line_add(struct line *l, int style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The style of a name, the same in any session and in any spelling. */
int line_name_style(struct field name);

#endif

/* SPDX-License-Identifier: MIT */
/* Appends to what a dialect renders.  No bounds are checked: the limits of an
 * event's fields keep it within RENDER_MAX. */
#ifndef SERVER_CHILD_DIALECT_RENDER_H
#define SERVER_CHILD_DIALECT_RENDER_H

#include <stdint.h>
#include <string.h>

#include "server/child/dialect/event.h"

static inline char *put_bytes(char *p, const char *s, size_t n)
{
	/* An empty span may point nowhere, which mempcpy does not allow. */
	return n > 0 ? (char *)mempcpy(p, s, n) : p;
}

static inline char *put_word(char *p, const char *s)
{
	return put_bytes(p, s, strlen(s));
}

static inline char *put_span(char *p, struct span s)
{
	return put_bytes(p, s.p, s.n);
}

/* Removes blanks at the end, which are invisible. */
struct span span_trim(struct span s);

/* At most so many bytes of it, cut at a character. */
struct span span_cut(struct span s, size_t max);

/* Takes the first line off a message's text, of those with something to see;
 * empty: there is no more. */
struct span next_line(struct span *text);

/* A line as one, wherever its sender has cut it. */
char *put_line(char *p, struct span line);

/* 1204 */
char *put_number(char *p, uint64_t n);

/* 05: the last two digits */
char *put_two(char *p, unsigned int n);

/* 1,204 */
char *put_grouped(char *p, uint64_t n);

/* The names with commas between them, and then a word: as many as fit in the
 * line, which has WHO_LINE_MAX bytes, and at least one; those are taken off the
 * list. */
char *put_names(
	char *p, const char *line, struct span *names, const char *behind);

/* Removes the first name from a list and returns it; empty if there is none. */
struct span next_name(struct span *names);

#endif

/* SPDX-License-Identifier: MIT */
/* Spans, events and lines, for the tests of the dialects and commands.
 * Runs in: nothing but tests. */
#ifndef TESTS_UNIT_DIALECT_RIG_H
#define TESTS_UNIT_DIALECT_RIG_H

#include "server/child/dialect/dialect.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static inline struct span span(const char *s)
{
	return (struct span){s, strlen(s)};
}

static inline bool is(struct span s, const char *want)
{
	return s.n == strlen(want) && (s.n == 0 || memcmp(s.p, want, s.n) == 0);
}

/* The time of all events here. */
#define MS "1700000000123"

/* What a child makes itself. */
static inline struct event own(enum event_kind kind, const char *text)
{
	return (struct event){
		.kind = kind,
		.unix_ms = 1700000000123,
		.age_ms = -1,
		.text = span(text),
	};
}

/* Lines end where their memory does, so that a sanitizer sees a look behind
 * them; the request must set all its fields. */
static inline struct request parse(
	const struct dialect *d, const char *s, size_t n)
{
	static char *line;
	struct request r;

	free(line);
	line = malloc(n);
	memset(&r, 0xA5, sizeof(r));
	if (line == NULL)
		abort();
	memcpy(line, s, n);
	d->parse(line, n, &r);
	return r;
}

#endif

/* SPDX-License-Identifier: MIT */
/* Spans, events and lines, for the tests of the dialects and commands.
 * Runs in: nothing but tests. */
#ifndef TESTS_UNIT_DIALECT_RIG_H
#define TESTS_UNIT_DIALECT_RIG_H

#include "server/child/dialect/dialect.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ipc/namelist.h"

static inline struct span span(const char *s)
{
	return (struct span){s, strlen(s)};
}

static inline bool is(struct span s, const char *want)
{
	return s.n == strlen(want) && (s.n == 0 || memcmp(s.p, want, s.n) == 0);
}

/* A list of the names that stand here with blanks between them, as
 * ipc/namelist.h has it; in static storage, for one list at a time. */
static inline struct span names(const char *words)
{
	static char list[8192];
	char *end = list;

	while (*words != '\0') {
		size_t n = strcspn(words, " ");

		end = namelist_put(end, words, n);
		words += n;
		words += strspn(words, " ");
	}
	return (struct span){list, (size_t)(end - list)};
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

/* The state of a connection that begins, until the next one does. */
static inline struct dialect_state *fresh(void)
{
	static struct dialect_state state;

	memset(&state, 0, sizeof(state));
	return &state;
}

/* Lines end where their memory does, so that a sanitizer sees a look behind
 * them; the request must set all its fields. */
typedef char *line_hook(struct dialect_state *s, struct span line,
	struct request *r, char *dst);

static inline struct request ask(line_hook *hook, const char *s, size_t n)
{
	static char *line, answer[RENDER_MAX];
	static struct dialect_state state;
	struct request r;

	free(line);
	line = malloc(n);
	memset(&r, 0xA5, sizeof(r));
	if (line == NULL)
		abort();
	memcpy(line, s, n);
	hook(&state, (struct span){line, n}, &r, answer);
	return r;
}

#endif

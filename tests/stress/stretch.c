/* SPDX-License-Identifier: MIT */
/* Keeps what the short-lived heard, to compare it with what all heard.
 * Runs in: a test program. */
#include "tests/stress/stretch.h"

#include <inttypes.h>
#include <stdlib.h>

#include "tests/stress/stress.h"

#define NEW_LIFE UINT64_MAX

static void append(struct stretch *t, uint64_t line)
{
	t->lines = stress_grow(t->lines, t->n, &t->room);
	t->lines[t->n++] = line;
}

void stretch_free(struct stretch *t)
{
	free(t->lines);
}

void stretch_begin(struct stretch *t)
{
	append(t, NEW_LIFE);
}

void stretch_add(struct stretch *t, const struct ledger *l, const char *text)
{
	uint32_t number;
	size_t sender;

	if (ledger_read(l, text, &sender, &number))
		append(t, (uint64_t)sender << 32 | number);
}

static _Noreturn void fail_at(uint64_t line, const char *what)
{
	stress_fail("one who was killed heard line %" PRIu32 " of sender "
		    "%" PRIu64 ", %s",
		(uint32_t)line, line >> 32, what);
}

/* Where in the ledger a line is; no line is there twice. */
static size_t find(const struct ledger *l, uint64_t line)
{
	for (size_t i = 0; i < l->length; i++)
		if (l->lines[i] == line)
			return i;
	fail_at(line, "which nobody else heard");
}

uint64_t stretch_check(const struct stretch *t, const struct ledger *l)
{
	uint64_t checked = 0;
	size_t place = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (t->lines[i] == NEW_LIFE)
			continue;
		if (t->lines[i - 1] == NEW_LIFE)
			place = find(l, t->lines[i]);
		else if (++place == l->length || l->lines[place] != t->lines[i])
			fail_at(t->lines[i], "where others heard another");
		checked++;
	}
	return checked;
}

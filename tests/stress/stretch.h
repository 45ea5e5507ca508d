/* SPDX-License-Identifier: MIT */
/* What somebody heard who came late and was killed early: whatever it was, it
 * must be a contiguous stretch of what the readers of a ledger heard. */
#ifndef TESTS_STRESS_STRETCH_H
#define TESTS_STRESS_STRETCH_H

#include <stddef.h>
#include <stdint.h>

#include "tests/stress/ledger.h"

struct stretch {
	uint64_t *lines; /* of all lives, as a ledger has them, and marks */
	size_t n, room;
};

void stretch_free(struct stretch *t);

/* A new life begins, with a stretch of its own. */
void stretch_begin(struct stretch *t);

/* Ignores what is no line of the ledger's run. */
void stretch_add(struct stretch *t, const struct ledger *l, const char *text);

/* When the ledger is complete: fails where a life heard anything that is no
 * stretch of it, and returns how many lines were checked. */
uint64_t stretch_check(const struct stretch *t, const struct ledger *l);

#endif

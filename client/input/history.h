/* SPDX-License-Identifier: MIT */
/* The entered lines, the last ones first.  New lines replace the oldest. */
#ifndef CLIENT_INPUT_HISTORY_H
#define CLIENT_INPUT_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "ipc/common/limits.h"

/* Eight of the longest lines; a day's talk of usual ones. */
#define HISTORY_BYTES (8 * (LINE_MAX_BYTES + 1))

struct history {
	size_t n;
	char text[HISTORY_BYTES]; /* lines, each followed by a newline */
};

void history_init(struct history *h);

/* Adds a line; not an empty one, nor the last one again. */
void history_add(struct history *h, const char *s, size_t n);

/* The line back places before the end, 1 being the last one; NULL if there is
 * none.  It is valid until the next is added. */
const char *history_line(const struct history *h, unsigned back, size_t *n);

/* The first line further back than back (0: from the last on) that contains
 * what; 0 if there is none. */
unsigned history_find(
	const struct history *h, unsigned back, const char *what, size_t n);

#endif

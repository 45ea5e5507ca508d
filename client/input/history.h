/* SPDX-License-Identifier: MIT */
/* The lines that were entered, the last ones first.  The oldest make room for
 * new ones. */
#ifndef CLIENT_INPUT_HISTORY_H
#define CLIENT_INPUT_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "ipc/common/limits.h"

/* Eight of the longest lines; a day's talk of usual ones. */
#define HISTORY_BYTES (8 * (LINE_MAX_BYTES + 1))

struct history {
	size_t n;
	char text[HISTORY_BYTES]; /* lines, each with a newline behind it */
};

void history_init(struct history *h);

/* An empty line, and the last one over again, are not kept. */
void history_add(struct history *h, const char *s, size_t n);

/* The line back places before the end, 1 being the last one; NULL where there
 * is none.  It holds until the next is added. */
const char *history_line(const struct history *h, unsigned back, size_t *n);

/* The first line further back than back (0: from the last on) that has what
 * in it; 0 where there is none. */
unsigned history_find(
	const struct history *h, unsigned back, const char *what, size_t n);

#endif

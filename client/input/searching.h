/* SPDX-License-Identifier: MIT */
/* C-r: incremental search of the history.  The caller shows the result. */
#ifndef CLIENT_INPUT_SEARCHING_H
#define CLIENT_INPUT_SEARCHING_H

#include <stdbool.h>
#include <stddef.h>

#include "client/input/history.h"
#include "client/input/keys.h"

/* Cap on bytes of the searched text. */
#define SEARCHING_MAX 64

struct searching {
	bool on;
	size_t n;
	char what[SEARCHING_MAX]; /* the searched text */
};

enum searching_outcome {
	SEARCHING_STAYS,   /* nothing has changed */
	SEARCHING_FOUND,   /* another line must be shown */
	SEARCHING_FAILED,  /* no line found; the line shown stays */
	SEARCHING_ABORTED, /* the line before the search must be shown again */
	SEARCHING_ENDED    /* the key must be handled like any other */
};

void searching_begin(struct searching *s);
void searching_end(struct searching *s);

/* Takes a key, and its text.  *back: the line of the history shown, 0 for none;
 * then the one found. */
enum searching_outcome searching_take(struct searching *s, enum key key,
	const struct keys *keys, const struct history *h, unsigned *back);

#endif

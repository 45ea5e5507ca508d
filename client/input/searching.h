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
	char what[SEARCHING_MAX]; /* is searched for */
};

enum searching_outcome {
	SEARCHING_STAYS,   /* nothing has changed */
	SEARCHING_FOUND,   /* another line is to be shown */
	SEARCHING_FAILED,  /* there is none, and what is shown stays */
	SEARCHING_ABORTED, /* what was there before is to be shown again */
	SEARCHING_ENDED    /* the key is to be taken like any other */
};

void searching_begin(struct searching *s);
void searching_end(struct searching *s);

/* Takes a key, and what was typed with it.  *back: which line of the history
 * is shown, 0 for none, and then which one was found. */
enum searching_outcome searching_take(struct searching *s, enum key key,
	const struct keys *keys, const struct history *h, unsigned *back);

#endif

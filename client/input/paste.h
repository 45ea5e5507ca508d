/* SPDX-License-Identifier: MIT */
/* What is pasted: gathered until its end, then one line to be inserted or
 * several to be sent one after the other.  Pure. */
#ifndef CLIENT_INPUT_PASTE_H
#define CLIENT_INPUT_PASTE_H

#include <stdbool.h>
#include <stddef.h>

/* A thousand lines of talk; more than that is not meant for a chat. */
#define PASTE_MAX 65536

/* A paste whose end has not come after this time is complete. */
#define PASTE_QUIET_MS 1000

struct paste {
	bool overflown;
	size_t n;
	size_t lines; /* once it is over */
	size_t sent;  /* of these */
	size_t next;  /* where in text the one to be sent begins */
	char text[PASTE_MAX];
};

void paste_begin(struct paste *p);
void paste_add(struct paste *p, const char *bytes, size_t n);

/* It is over: line ends become newlines, tabs spaces, and one line end behind
 * everything is left out.  False where it was too long. */
bool paste_end(struct paste *p);

/* The next line to be sent, or NULL; it stays until the next paste. */
const char *paste_next(struct paste *p, size_t *n);

/* Starts with the first line again. */
void paste_rewind(struct paste *p);

#endif

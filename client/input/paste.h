/* SPDX-License-Identifier: MIT */
/* A paste: collected until its end, then one line to insert or several to send
 * one after the other.  Pure. */
#ifndef CLIENT_INPUT_PASTE_H
#define CLIENT_INPUT_PASTE_H

#include <stdbool.h>
#include <stddef.h>

/* A thousand chat lines; more is not meant for a chat. */
#define PASTE_MAX 65536

/* A paste whose end has not come after this time is complete. */
#define PASTE_QUIET_MS 1000

struct paste {
	bool overflown;
	size_t n;
	size_t lines; /* once it has ended */
	size_t sent;  /* of these */
	size_t next;  /* where in text the next line begins */
	char text[PASTE_MAX];
};

void paste_begin(struct paste *p);
void paste_add(struct paste *p, const char *bytes, size_t n);

/* Ends the paste: line ends become newlines, tabs spaces, and one line end
 * after everything is removed.  False if it was too long. */
bool paste_end(struct paste *p);

/* The next line to send, or NULL; it is valid until the next paste. */
const char *paste_next(struct paste *p, size_t *n);

/* Starts with the first line again. */
void paste_rewind(struct paste *p);

#endif

/* SPDX-License-Identifier: MIT */
/* Checks UTF-8 (RFC 3629) a byte at a time, however it is cut. */
#ifndef SERVER_CHILD_TRANSPORT_UTF8_H
#define SERVER_CHILD_TRANSPORT_UTF8_H

#include <stdbool.h>
#include <stdint.h>

/* Zeros: at the beginning of a text. */
struct utf8 {
	uint8_t left;      /* bytes that the character still has */
	uint8_t low, high; /* of the next one, if left */
};

/* Takes the next byte.  False if no UTF-8 goes on with it. */
bool utf8_take(struct utf8 *u, uint8_t byte);

/* Whether the text may end here. */
static inline bool utf8_is_whole(const struct utf8 *u)
{
	return u->left == 0;
}

#endif

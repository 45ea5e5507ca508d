/* SPDX-License-Identifier: MIT */
/* What a sequence behind "Escape [" or "Escape O" means, as xterm, rxvt, PuTTY,
 * the Linux console, tmux and screen send it for a key.  Pure functions. */
#ifndef CLIENT_INPUT_SEQUENCE_H
#define CLIENT_INPUT_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "client/input/keys.h"

struct sequence {
	const char *s; /* what came between the beginning and the last byte */
	size_t n;
	char last;
	bool meta; /* one more Escape came before it */
};

/* Whether last is the last byte of a sequence behind "Escape [". */
bool sequence_csi_ends(const struct sequence *q);

/* What would have come for the key behind "Escape [", had no program before us
 * asked for keys by their codes: a control character or a code point; 0, it is
 * none of those keys.  xterm's modifyOtherKeys, kitty's protocol. */
unsigned sequence_code(const struct sequence *q);

/* The key, or KEY_NONE: behind "Escape [", and behind "Escape O".  KEY_TEXT is
 * a key of the keypad, and the last byte tells what is printed on it. */
enum key sequence_csi(const struct sequence *q);
enum key sequence_ss3(const struct sequence *q);
char sequence_keypad(char last);

#endif

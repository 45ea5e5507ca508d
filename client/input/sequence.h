/* SPDX-License-Identifier: MIT */
/* The key of a sequence after "Escape [" or "Escape O", as xterm, rxvt, PuTTY,
 * the Linux console, tmux and screen send it.  Pure functions. */
#ifndef CLIENT_INPUT_SEQUENCE_H
#define CLIENT_INPUT_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "client/input/keys.h"

struct sequence {
	const char *s; /* the bytes between the beginning and the last byte */
	size_t n;
	char last;
	bool meta; /* one more Escape came before it */
};

/* Whether last is the last byte of a sequence after "Escape [". */
bool sequence_csi_ends(const struct sequence *q);

/* The character that the key after "Escape [" would have sent, if no earlier
 * program had made the terminal send keys as codes: a control character or a
 * code point; 0: it is no such key.  xterm's modifyOtherKeys, kitty's
 * protocol. */
unsigned sequence_code(const struct sequence *q);

/* The key, or KEY_NONE: after "Escape [", and after "Escape O".  KEY_TEXT is a
 * key of the keypad, and the last byte tells its character. */
enum key sequence_csi(const struct sequence *q);
enum key sequence_ss3(const struct sequence *q);
char sequence_keypad(char last);

#endif

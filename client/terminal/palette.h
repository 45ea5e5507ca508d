/* SPDX-License-Identifier: MIT */
/* The appearance of each style: the SGR sequences of ECMA-48. */
#ifndef CLIENT_TERMINAL_PALETTE_H
#define CLIENT_TERMINAL_PALETTE_H

#include "client/options/options.h"

enum palette {
	PALETTE_NONE, /* plain text */
	PALETTE_8,
	PALETTE_256
};

/* By the option, and by NO_COLOR (no-color.org), TERM and COLORTERM. */
enum palette palette_choose(enum color color);

/* The sequence that begins a style (of client/terminal/line.h), after one that
 * ended all others; empty if there is nothing to do. */
const char *palette_begin(enum palette palette, int style);

/* The sequence that ends any style. */
const char *palette_end(enum palette palette);

#endif

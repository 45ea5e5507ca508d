/* SPDX-License-Identifier: MIT */
/* The colours.  Colours of names are dark enough for a light screen and light
 * enough for a dark one.
 * Runs in: client. */
#include "client/terminal/palette.h"

#include <stdlib.h>
#include <string.h>

#include "client/terminal/line.h"

static const char *const of_8[STYLE_NAME + STYLE_NAMES] = {
	[STYLE_PLAIN] = "",
	[STYLE_DIM] = "\033[2m",
	[STYLE_ERROR] = "\033[31m",
	[STYLE_PRIVATE] = "\033[1;35m",
	[STYLE_MENTION] = "\033[1;33m",
	[STYLE_OWN] = "\033[1m",
	[STYLE_NAME] = "\033[31m",
	[STYLE_NAME + 1] = "\033[32m",
	[STYLE_NAME + 2] = "\033[33m",
	[STYLE_NAME + 3] = "\033[34m",
	[STYLE_NAME + 4] = "\033[35m",
	[STYLE_NAME + 5] = "\033[36m",
	[STYLE_NAME + 6] = "\033[1;31m",
	[STYLE_NAME + 7] = "\033[1;32m",
	[STYLE_NAME + 8] = "\033[1;33m",
	[STYLE_NAME + 9] = "\033[1;34m",
	[STYLE_NAME + 10] = "\033[1;35m",
	[STYLE_NAME + 11] = "\033[1;36m",
};

static const char *const names_of_256[STYLE_NAMES] = {
	"\033[38;5;32m",
	"\033[38;5;34m",
	"\033[38;5;36m",
	"\033[38;5;63m",
	"\033[38;5;71m",
	"\033[38;5;97m",
	"\033[38;5;130m",
	"\033[38;5;133m",
	"\033[38;5;136m",
	"\033[38;5;161m",
	"\033[38;5;166m",
	"\033[38;5;172m",
};

enum palette palette_choose(enum color color)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (color == COLOR_NEVER)
		return PALETTE_NONE;
	if (color == COLOR_AUTO && no_color != NULL && *no_color != '\0')
		return PALETTE_NONE;
	if (getenv("COLORTERM") != NULL ||
		(term != NULL && strstr(term, "256color") != NULL))
		return PALETTE_256;
	return PALETTE_8;
}

const char *palette_begin(enum palette palette, int style)
{
	if (palette == PALETTE_NONE)
		return "";
	if (palette == PALETTE_256 && style >= STYLE_NAME)
		return names_of_256[style - STYLE_NAME];
	return of_8[style];
}

const char *palette_end(enum palette palette)
{
	return palette == PALETTE_NONE ? "" : "\033[0m";
}

/* SPDX-License-Identifier: MIT */
/* The taking of options: the command line, the environment and the
 * configuration file all give them by way of option_take. */
#ifndef CLIENT_OPTIONS_TAKE_H
#define CLIENT_OPTIONS_TAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "client/options/options.h"
#include "ipc/common/limits.h"
#include "ipc/common/option.h"

#define PORT_WORD LIMIT_TEXT(DEFAULT_PORT)

/* Where those are in the table that the environment may give, too. */
enum {
	AT_IP,
	AT_PORT,
	AT_NAME
};

/* The entry for n bytes of an argument, dashes included, or NULL.  *spelled is
 * which of its names they are. */
const struct option_entry *option_find(
	const char *s, size_t n, const char **spelled);

/* Takes a value for an option (NULL for one that takes none) into o, which
 * keeps the pointer.  False, having said what would be right, where the value
 * is wrong; origin is where it stands, as in "-Port" or "FILE:3: port". */
bool option_take(struct options *o, const char *origin,
	const struct option_entry *e, const char *value);

/* 1 to 65535 in digits. */
bool option_is_port(const char *s);

#endif

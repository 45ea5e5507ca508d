/* SPDX-License-Identifier: MIT */
/* The options by their words: which there are, and what their values may be.
 * The command line, the environment and the configuration file all give
 * options by way of word_take. */
#ifndef CLIENT_OPTIONS_OPTION_TABLE_H
#define CLIENT_OPTIONS_OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "client/options/options.h"
#include "ipc/common/limits.h"

#define PORT_WORD LIMIT_TEXT(DEFAULT_PORT)

enum option {
	OPTION_IP,
	OPTION_PORT,
	OPTION_NAME,
	OPTION_BELL,
	OPTION_COLOR,
	OPTION_PLAIN,
	OPTION_NO_RECONNECT,
	OPTION_SEND,
	OPTION_TO,
	OPTION_WHO,
	OPTION_LISTEN,
	OPTION_EVENTS,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_COUNT
};

struct word {
	const char *word;
	enum option option;
	const char *example; /* of its value; NULL: takes none */
	bool in_file;        /* whether the configuration file may give it */
};

/* The entry for n bytes of an argument, dashes included, or NULL. */
const struct word *word_find(const char *word, size_t n);

/* The entry whose word is these bytes after two dashes, or NULL. */
const struct word *word_find_bare(const char *word, size_t n);

/* Takes a value for an option ("" for one that takes none) into o, which
 * keeps the pointer.  False, having said what would be right, where the value
 * is wrong; origin is where it stands, as in "-Port" or "FILE:3: port". */
bool word_take(struct options *o, const char *origin, enum option option,
	const char *value);

/* 1 to 65535 in digits. */
bool word_is_port(const char *s);

#endif

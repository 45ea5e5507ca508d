/* SPDX-License-Identifier: MIT */
/* The command line of chatclient, and what stands in for it: the environment
 * and the configuration file. */
#ifndef CLIENT_OPTIONS_OPTIONS_H
#define CLIENT_OPTIONS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "client/exitcode.h"

enum use {
	USE_MENU,
	USE_SEND,
	USE_WHO,
	USE_LISTEN
};

/* What the bell of the terminal rings for. */
enum bell {
	BELL_OFF,
	BELL_MENTION, /* public lines with our name in them */
	BELL_PRIVATE, /* those, and private lines */
	BELL_ALL      /* all lines of others */
};

enum color {
	COLOR_AUTO, /* on a terminal that can, without NO_COLOR */
	COLOR_ALWAYS,
	COLOR_NEVER
};

struct options {
	const char *host; /* or unix:PATH, */
	const char *port; /* which has none; digits, 1 to 65535 */
	const char *name; /* NULL: the one that the server gives */
	bool name_wished; /* the name is only $USER's: no word if it is taken */
	enum use use;
	const char *to;     /* --send: the receiver; NULL: everyone */
	const char *room;   /* with its '#'; NULL: the lobby */
	char *const *texts; /* --send: what, "-" being standard input */
	size_t text_count;
	bool raw; /* --listen: events as they are */
	enum bell bell;
	enum color color;
	bool plain;        /* no redrawing: as on a terminal that cannot */
	bool no_reconnect; /* end when the connection is lost */
};

enum options_verdict {
	OPTIONS_RUN,
	OPTIONS_DONE,      /* help or version: printed */
	OPTIONS_UNWRITTEN, /* they could not be printed; reported */
	OPTIONS_WRONG      /* reported on standard error */
};

/* Fills options from the command line, the environment and the configuration
 * file, in this order.  The strings are argv's, the environment's or static,
 * and the texts of --send are moved to the front of argv, in their order. */
enum options_verdict options_parse(struct options *o, int argc, char **argv);

/* What --send sends to: a name, a room, or NULL: everyone. */
const char *options_receiver(const struct options *o);

#endif

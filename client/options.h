/* The command line of chatclient. */
#ifndef CLIENT_OPTIONS_H
#define CLIENT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "client/exitcode.h"

enum use {
	USE_MENU,
	USE_SEND,
	USE_WHO,
	USE_LISTEN
};

struct options {
	const char *host;
	const char *port; /* digits, 1 to 65535 */
	const char *name; /* NULL: the one that the server gives */
	enum use use;
	const char *to;     /* --send: the receiver; NULL: everyone */
	char *const *texts; /* --send: what, "-" being standard input */
	size_t text_count;
	bool raw; /* --listen: events as they are */
};

enum options_verdict {
	OPTIONS_RUN,
	OPTIONS_DONE, /* help or version: printed */
	OPTIONS_WRONG /* told on standard error */
};

/* Fills options from the command line.  The strings stay argv's, and the
 * texts of --send are moved to the front of argv, in their order. */
enum options_verdict options_parse(struct options *o, int argc, char **argv);

#endif

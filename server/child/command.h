/* SPDX-License-Identifier: MIT */
/* What a user can ask for: one table of commands. */
#ifndef SERVER_CHILD_COMMAND_H
#define SERVER_CHILD_COMMAND_H

#include <stddef.h>

#include "server/child/dialect/event.h"

struct client;
struct request;

/* What follows a command's word. */
enum command_arguments {
	ARGUMENTS_NONE,
	ARGUMENTS_NAME,
	ARGUMENTS_TEXT,
	ARGUMENTS_NAME_TEXT,
};

struct command {
	const char *word; /* after the slash; NULL: a line without one */
	enum command_arguments arguments;
	void (*run)(struct client *c, const struct request *r);
	const char *usage; /* as it is typed */
	const char *help;
};

/* A line, understood: a command and its arguments, or, without a command,
 * an error to tell its sender. */
struct request {
	const struct command *command;
	struct span name, text;
	const char *error; /* without a command; see client_error: */
	struct span about;
	const char *hint;
};

/* The command of a word; NULL if there is none. */
const struct command *command_find(struct span word);

/* A public message: what a line without a command is; and those that mean
 * something before the welcome. */
extern const struct command *const command_say,
	*const command_rename, *const command_who, *const command_quit;

#endif

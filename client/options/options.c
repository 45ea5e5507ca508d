/* SPDX-License-Identifier: MIT */
/* The command line, and the order in which the other sources come behind it.
 * Everything is checked before anything is sent.
 * Runs in: client. */
#include "client/options/options.h"

#include <stdio.h>
#include <string.h>

#include "client/complain.h"
#include "client/options/address.h"
#include "client/options/config.h"
#include "client/options/environment.h"
#include "client/options/take.h"
#include "client/session/outgoing.h"

#ifndef VERSION
#define VERSION "unversioned"
#endif

/* Where the text of an option begins in --help, and what is around them. */
#define HELP_COLUMN 20

static const char help_head[] =
	"usage: chatclient [-Ip ADDR] [-Port N] [--name NAME] [--room ROOM] "
	"[options]\n"
	"       chatclient [...] --send TEXT [--send TEXT]... [--to NAME | "
	"--room ROOM]\n"
	"       chatclient [...] --who\n"
	"       chatclient [...] --listen [--events] [--room ROOM]\n"
	"\n"
	"Joins a chat and shows a menu; type /help there.\n"
	"\n";
static const char help_foot[] =
	"\n"
	"Exit status: 0 left, or all done; 64 usage error; 65 not delivered,\n"
	"or the name was refused; 69 could not connect, or the connection\n"
	"was lost; 74 standard output cannot be written; 75 disconnected\n"
	"for being idle.\n";

const char *options_receiver(const struct options *o)
{
	return o->to != NULL ? o->to : o->room;
}

/* Whether what was given makes sense together. */
static bool consistent(const struct options *o, const bool given[OPTIONS_MAX])
{
	char uses[OPTION_LIST_MAX];

	for (size_t i = 0; i < option_count; i++) {
		const struct option_entry *e = &option_table[i];

		if (given[i] && !option_is_with(e, OPTION_WITH(o->use))) {
			complain("%s requires %s", e->name,
				option_uses(uses, e->with, " or "));
			return false;
		}
	}
	if (o->to != NULL && o->room != NULL) {
		complain("--to and --room exclude each other");
		return false;
	}
	for (size_t i = 0; i < o->text_count; i++) {
		const char *text = o->texts[i], *wrong = NULL;

		if (strcmp(text, "-") != 0)
			wrong = outgoing_check(text, options_receiver(o));
		if (wrong != NULL) {
			complain("--send '%.40s': %s", text, wrong);
			return false;
		}
	}
	return true;
}

static enum options_verdict print(
	const char *head, const char *text, const char *foot)
{
	if (printf("%s%s%s", head, text, foot) >= 0 && fflush(stdout) != EOF)
		return OPTIONS_DONE;
	complain_errno("standard output");
	return OPTIONS_UNWRITTEN;
}

static enum options_verdict print_help(void)
{
	char text[OPTION_HELP_MAX];

	return print(help_head, option_help(text, HELP_COLUMN), help_foot);
}

static enum options_verdict refuse(const char *arg)
{
	if (arg[0] == '-' && arg[1] != '\0')
		complain("unknown option '%s'; chatclient --help lists them",
			arg);
	else
		complain("unexpected argument '%s'; to send a text use --send "
			 "'%s'",
			arg, arg);
	return OPTIONS_WRONG;
}

static enum options_verdict read_arguments(
	struct options *o, bool given[OPTIONS_MAX], int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		char *arg = argv[i];
		size_t n = strcspn(arg, "=");
		char *value = arg[n] == '=' ? arg + n + 1 : NULL;
		const char *spelled;
		const struct option_entry *e = option_find(arg, n, &spelled);

		if (e == NULL)
			return refuse(arg);
		if (e->value == NULL && value != NULL) {
			complain("%s takes no value", spelled);
			return OPTIONS_WRONG;
		}
		if (e->kind == OPTION_HELP)
			return print_help();
		if (e->kind == OPTION_VERSION)
			return print("chatclient ", VERSION, "\n");
		if (e->value != NULL && value == NULL && ++i == argc) {
			complain("%s requires a value, such as %s %s", arg, arg,
				e->example);
			return OPTIONS_WRONG;
		}
		if (value == NULL)
			value = argv[i];
		if (!option_take(o, spelled, e, value))
			return OPTIONS_WRONG;
		given[e - option_table] = true;
		if (e->kind == OPTION_USE && e->set == USE_SEND)
			argv[o->text_count++] = value;
	}
	return OPTIONS_RUN;
}

/* A server at a path takes no port. */
static bool is_without_port(const struct options *o)
{
	if (address_path(o->host) == NULL || o->port == NULL)
		return true;
	complain("'%s' has no port: remove port %s, or give --ip an address",
		o->host, o->port);
	return false;
}

enum options_verdict options_parse(struct options *o, int argc, char **argv)
{
	bool given[OPTIONS_MAX] = {false};
	enum options_verdict verdict;

	*o = (struct options){.texts = argv, .bell = BELL_PRIVATE};
	verdict = read_arguments(o, given, argc, argv);
	if (verdict != OPTIONS_RUN)
		return verdict;
	/* And then what stands in for a port is none of this server's. */
	if (o->host != NULL && address_path(o->host) != NULL)
		given[AT_PORT] = true;
	if (!consistent(o, given) || !environment_read(o, given) ||
		!config_read(o, given))
		return OPTIONS_WRONG;
	if (o->host == NULL)
		o->host = DEFAULT_IP;
	o->host = address_bare(o->host);
	if (!is_without_port(o))
		return OPTIONS_WRONG;
	if (o->port == NULL)
		o->port = PORT_WORD;
	environment_wish_name(o);
	return OPTIONS_RUN;
}

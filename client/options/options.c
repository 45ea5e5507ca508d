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
#include "client/options/help.h"
#include "client/options/option_table.h"
#include "client/session/outgoing.h"

#ifndef VERSION
#define VERSION "unversioned"
#endif

/* The entry for an argument, and in *value what follows its '=', if any. */
static const struct word *find_word(char *arg, char **value)
{
	size_t n = strcspn(arg, "=");

	*value = arg[n] == '=' ? arg + n + 1 : NULL;
	return word_find(arg, n);
}

/* Whether what was given makes sense together. */
static bool consistent(const struct options *o)
{
	if (o->to != NULL && o->use != USE_SEND) {
		complain("--to goes with --send TEXT");
		return false;
	}
	if (o->raw && o->use != USE_LISTEN) {
		complain("--events goes with --listen");
		return false;
	}
	for (size_t i = 0; i < o->text_count; i++) {
		const char *text = o->texts[i], *wrong = NULL;

		if (strcmp(text, "-") != 0)
			wrong = outgoing_check(text, o->to);
		if (wrong != NULL) {
			complain("--send '%.40s': %s", text, wrong);
			return false;
		}
	}
	return true;
}

static enum options_verdict print(const char *text)
{
	if (fputs(text, stdout) != EOF && fflush(stdout) != EOF)
		return OPTIONS_DONE;
	complain_errno("standard output");
	return OPTIONS_UNWRITTEN;
}

static enum options_verdict refuse(const char *arg)
{
	if (arg[0] == '-' && arg[1] != '\0')
		complain("unknown option '%s'; chatclient --help lists them",
			arg);
	else
		complain(
			"unexpected argument '%s'; to send a text: --send '%s'",
			arg, arg);
	return OPTIONS_WRONG;
}

static enum options_verdict read_arguments(
	struct options *o, bool given[OPTION_COUNT], int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		char *arg = argv[i];
		char *value;
		const struct word *word = find_word(arg, &value);

		if (word == NULL)
			return refuse(arg);
		if (word->example == NULL && value != NULL) {
			complain("%s takes no value", word->word);
			return OPTIONS_WRONG;
		}
		if (word->option == OPTION_HELP)
			return print(help_text);
		if (word->option == OPTION_VERSION)
			return print("chatclient " VERSION "\n");
		if (word->example != NULL && value == NULL && ++i == argc) {
			complain("%s needs a value: for example %s %s", arg,
				arg, word->example);
			return OPTIONS_WRONG;
		}
		if (value == NULL)
			value = argv[i];
		if (!word_take(o, word->word, word->option, value))
			return OPTIONS_WRONG;
		given[word->option] = true;
		if (word->option == OPTION_SEND)
			argv[o->text_count++] = value;
	}
	return OPTIONS_RUN;
}

/* What a server at a path has no need of. */
static bool is_without_port(const struct options *o)
{
	if (address_path(o->host) == NULL || o->port == NULL)
		return true;
	complain("'%s' has no port; right would be --ip with an address, or no "
		 "port %s",
		o->host, o->port);
	return false;
}

enum options_verdict options_parse(struct options *o, int argc, char **argv)
{
	bool given[OPTION_COUNT] = {false};
	enum options_verdict verdict;

	*o = (struct options){.texts = argv, .bell = BELL_PRIVATE};
	verdict = read_arguments(o, given, argc, argv);
	if (verdict != OPTIONS_RUN)
		return verdict;
	/* And then what stands in for a port is none of this server's. */
	if (o->host != NULL && address_path(o->host) != NULL)
		given[OPTION_PORT] = true;
	if (!consistent(o) || !environment_read(o, given) ||
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

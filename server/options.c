/* SPDX-License-Identifier: MIT */
/* Parses the command line by the table of option_table.c.
 * Runs in: parent, before anything else exists. */
#include "server/options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "ipc/common/name.h"
#include "ipc/common/number.h"
#include "ipc/common/option.h"
#include "ipc/common/text.h"
#include "server/engines.h"
#include "server/origin.h"
#include "server/tools/stdout.h"

/* Where the text of an option begins in --help. */
#define HELP_COLUMN 23

static _Noreturn void usage(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

static _Noreturn void usage(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	fatal(EX_USAGE, "%s; 'chatserver --help' lists the options", text);
}

/* The value of an option that takes a number. */
static unsigned int number(
	const struct option_entry *e, int base, const char *value)
{
	unsigned long n;

	if (!number_parse(value, base, e->min, e->max, &n))
		usage(base == 8 ? "%s: '%s' is not an octal number from %o to "
				  "%o"
				: "%s: '%s' is not a number from %u to %u",
			e->name, value, e->min, e->max);
	return (unsigned int)n;
}

static unsigned int word(const struct option_entry *e, const char *value)
{
	char words[OPTION_LIST_MAX];
	int found = option_word(e->words, value);

	if (found == -1)
		usage("%s: '%s' is neither %s", e->name, value,
			option_words(words, e->words, " nor "));
	return (unsigned int)found;
}

/* A path is printed on one line and moves no terminal's cursor. */
static const char *path_word(const char *option, const char *arg)
{
	uint32_t cp;

	for (size_t at = 0, n = strlen(arg); at < n;) {
		at += text_decode(arg + at, n - at, &cp);
		if (text_is_control(cp))
			usage("%s: the path has control characters", option);
	}
	return arg;
}

static void add_listener(struct options *o, const char *addr)
{
	if (strcmp(addr, "none") == 0) {
		o->listen_none = true;
		return;
	}
	if (o->nlisten == LISTENERS_MAX)
		usage("--listen: too many listeners (at most %d)",
			LISTENERS_MAX);
	o->listen[o->nlisten++] = addr;
}

static const char *name_word(const char *option, const char *arg)
{
	enum name_verdict verdict = name_check_room(arg, strlen(arg));

	if (verdict != NAME_OK)
		usage("%s: '%.64s': %s", option, arg, name_explain(verdict));
	return arg;
}

/* What a subject and a consumer of the bus may have in them. */
static bool is_label(const char *s)
{
	size_t n = strlen(s);

	return n >= 1 && n <= BUS_NAME_MAX &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz"
			 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == n;
}

static const char *label_word(const char *option, const char *arg)
{
	if (!is_label(arg))
		usage("%s: '%.64s' must have 1 to %d letters, digits, _ or -",
			option, arg, BUS_NAME_MAX);
	return arg;
}

/* Turns -Ip and -Port into a listener of the common form. */
static void add_shorthand(struct options *o, const char *ip, const char *port)
{
	static char addr[256];
	int n;

	if (ip == NULL)
		ip = DEFAULT_IP;
	if (port == NULL)
		port = LIMIT_TEXT(DEFAULT_PORT);
	if (strncmp(ip, "unix:", 5) == 0)
		usage("-Ip: '%s' is not an IP address; use --listen", ip);
	n = snprintf(addr, sizeof addr,
		strchr(ip, ':') != NULL && ip[0] != '[' ? "[%s]:%s" : "%s:%s",
		ip, port);
	if (n >= (int)sizeof addr)
		usage("-Ip: '%.40s...' is too long", ip);
	add_listener(o, addr);
}

static _Noreturn void tell(const char *text)
{
	stdout_begin();
	fputs(text, stdout);
	stdout_end();
	exit(EX_OK);
}

static _Noreturn void tell_help(void)
{
	char text[OPTION_HELP_MAX];

	tell(option_help(text, HELP_COLUMN));
}

/* What this process is to do. */
static void take_use(struct options *o, const struct option_entry *e,
	const char *value, const char *arg)
{
	if (o->use != USE_SERVE)
		usage("'%s': only one option of this kind may be given", arg);
	o->use = (enum use)e->set;
	o->subject = value;
}

/* arg: as it was given, in whole. */
static void take(struct options *o, const struct option_entry *e,
	const char *value, const char *arg)
{
	void *field = (char *)o + e->field;

	switch (e->kind) {
	case OPTION_FLAG:
		*(bool *)field = true;
		break;
	case OPTION_SET:
		*(unsigned int *)field = e->set;
		break;
	case OPTION_USE:
		take_use(o, e, value, arg);
		break;
	case OPTION_NUMBER:
		*(unsigned int *)field = number(e, 10, value);
		break;
	case OPTION_MODE:
		*(int *)field = (int)number(e, 8, value);
		break;
	case OPTION_WORD:
		*(unsigned int *)field = word(e, value);
		break;
	case OPTION_PORT:
		number(e, 10, value);
		*(const char **)field = value;
		break;
	case OPTION_NAME:
		*(const char **)field = name_word(e->name, value);
		break;
	case OPTION_ROOM:
		*(const char **)field =
			name_word(e->name, value + (*value == '#'));
		break;
	case OPTION_LABEL:
		*(const char **)field = label_word(e->name, value);
		break;
	case OPTION_PATH:
		*(const char **)field = path_word(e->name, value);
		break;
	case OPTION_LISTENER:
		add_listener(o, path_word(e->name, value));
		break;
	case OPTION_TEXT:
	case OPTION_FILE:
	case OPTION_USER:
	case OPTION_ADDRESS:
	case OPTION_SERVER:
		*(const char **)field = value;
		break;
	case OPTION_HELP:
		tell_help();
	case OPTION_VERSION:
		tell("chatserver " VERSION "\n");
	case OPTION_PARAGRAPH:
		break;
	}
}

/* Refuses options that exclude each other. */
static void check(const struct options *o, const bool given[OPTIONS_MAX])
{
	char uses[OPTION_LIST_MAX];

	for (size_t i = 0; i < option_count; i++) {
		const struct option_entry *e = &option_table[i];

		if (given[i] && !option_is_with(e, OPTION_WITH(o->use)))
			usage("%s requires %s", e->name,
				option_uses(uses, e->with, " or "));
	}
	if (o->listen_none && o->listens)
		usage("--listen none excludes other listeners");
}

/* The name of this host up to its first dot. */
static const char *host_name(void)
{
	static char name[HOST_NAME_MAX + 1];

	if (gethostname(name, sizeof name) == -1)
		usage("--bus: the host's name cannot be found (%s); give "
		      "--bus-host",
			strerror(errno));
	name[HOST_NAME_MAX] = '\0';
	name[strcspn(name, ".")] = '\0';
	if (!is_label(name))
		usage("--bus: the host's name '%.64s' does not have 1 to %d "
		      "letters, digits, _ or -; give --bus-host",
			name, BUS_NAME_MAX);
	return name;
}

static void check_bus(struct options *o, const bool given[OPTIONS_MAX])
{
	struct engines engines;
	const char *wrong;

	for (size_t i = 0; i < option_count && o->bus == NULL; i++) {
		if (given[i] && strncmp(option_table[i].name, "--bus-", 6) == 0)
			usage("%s requires --bus", option_table[i].name);
	}
	if (o->bus == NULL)
		return;
	wrong = engines_parse(&engines, o->bus);
	if (wrong != NULL)
		usage("--bus: '%.100s': %s", o->bus, wrong);
	if (o->bus_host == NULL && o->use == USE_SERVE)
		o->bus_host = host_name();
}

static void check_proxies(struct options *o)
{
	const char *wrong =
		o->trusted_proxy != NULL
			? trusted_parse(&o->trusted, o->trusted_proxy)
			: NULL;

	if (wrong != NULL)
		usage("--trusted-proxy: %s", wrong);
}

static void check_web(const struct options *o)
{
	const char *wrong = host_names_fault(o->web_host);

	if (wrong != NULL)
		usage("--web-host: '%.100s' %s", o->web_host, wrong);
	wrong = origins_fault(o->web_origin);
	if (wrong != NULL)
		usage("--web-origin: '%.100s' %s", o->web_origin, wrong);
	if (!o->no_web)
		return;
	if (o->web_host != NULL || o->web_origin != NULL)
		usage("--no-web excludes --web-host and --web-origin");
	for (unsigned int i = 0; i < o->nlisten; i++) {
		if (strncmp(o->listen[i], "web:", 4) == 0)
			usage("--no-web excludes --listen %s", o->listen[i]);
	}
}

/* Whether the word is --inetd, in any form that getopt_long_only(3) takes. */
static bool is_inetd(const char *word)
{
	const char *name = word + strspn(word, "-");
	size_t n = strcspn(name, "=");

	return name > word && name - word <= 2 && n >= sizeof "in" - 1 &&
	       strncmp(name, "inetd", n) == 0;
}

/* Replaces words that are for this process alone. */
static char own_word[] = "";

/* After getopt_long_only(3) has read them: an exec must serve, not ask. */
static void mark_own_words(char **argv, const struct option_entry *e)
{
	if (e->kind != OPTION_USE && e->with == 0)
		return;
	if (e->value != NULL && optarg == argv[optind - 1])
		argv[optind - 2] = own_word;
	argv[optind - 1] = own_word;
}

static void drop_own_words(char **argv)
{
	char **to = argv;

	for (; *argv != NULL; argv++) {
		if (*argv != own_word)
			*to++ = *argv;
	}
	*to = NULL;
}

static bool is_letter(const struct option_entry *e)
{
	return e->name[1] != '-' && e->name[2] == '\0';
}

/* What getopt_long_only(3) returns for the first entry of the table. */
#define FIRST_ENTRY 256

/* The options of the table in getopt's form; the colon in front makes it
 * distinguish a missing value. */
static void make_getopt_options(char *letters, struct option *long_options)
{
	*letters++ = ':';
	for (size_t i = 0; i < option_count; i++) {
		const struct option_entry *e = &option_table[i];
		const char *name = e->also != NULL ? e->also : e->name;

		if (name == NULL)
			continue;
		if (is_letter(e)) {
			*letters++ = e->name[1];
			if (e->value != NULL)
				*letters++ = ':';
		}
		if (name != e->name || !is_letter(e))
			*long_options++ = (struct option){
				.name = name + strspn(name, "-"),
				.has_arg = e->value != NULL,
				.val = FIRST_ENTRY + (int)i,
			};
	}
	*letters = '\0';
	*long_options = (struct option){.name = NULL};
}

/* The entry for what getopt_long_only(3) has returned. */
static size_t entry_of(int option, const char *arg)
{
	const char name[] = {'-', (char)option};

	if (option >= FIRST_ENTRY)
		return (size_t)(option - FIRST_ENTRY);
	if (option == ':')
		usage("option '%s' requires a value", arg);
	for (size_t i = 0; i < option_count; i++) {
		if (option_spelled(&option_table[i], name, sizeof name))
			return i;
	}
	usage("unknown option '%s'", arg);
}

/* Takes all options; what is behind them begins at optind. */
static void take_all(
	struct options *o, int argc, char **argv, bool given[OPTIONS_MAX])
{
	char letters[1 + 2 * OPTIONS_MAX + 1];
	struct option long_options[OPTIONS_MAX + 1];
	int option, at;

	make_getopt_options(letters, long_options);
	opterr = 0; /* errors are reported here */
	while (at = optind, (option = getopt_long_only(argc, argv, letters,
				     long_options, NULL)) != -1) {
		size_t i = entry_of(option, argv[at]);

		take(o, &option_table[i], optarg, argv[at]);
		given[i] = true;
		mark_own_words(argv, &option_table[i]);
	}
}

static void set_defaults(struct options *o)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option_entry *e = &option_table[i];

		if (e->kind == OPTION_NUMBER)
			*(unsigned int *)(void *)((char *)o + e->field) =
				e->usual;
	}
}

void options_parse(
	struct options *o, int argc, char **argv, const struct inherited *in)
{
	bool given[OPTIONS_MAX] = {false};

	*o = (struct options){.unix_mode = -1,
		.lobby = LOBBY_DEFAULT,
		.bus_name = BUS_NAME_DEFAULT,
		.argv = argv};
	set_defaults(o);
	if (in->inetd) {
		o->end_when_empty = END_WHEN_EMPTY_SECONDS;
		o->log = LOG_TO_SYSLOG;
	}
	/* There, standard error may be the user's: never write to it. */
	for (int i = 1; i < argc; i++) {
		if (is_inetd(argv[i]))
			log_open(o->log = LOG_TO_SYSLOG_ALONE);
	}
	take_all(o, argc, argv, given);
	if (o->use == USE_KICK && optind < argc)
		o->reason = argv[optind++];
	if (optind < argc)
		usage("unexpected argument '%s'", argv[optind]);
	drop_own_words(argv);
	if (in->inetd && o->use != USE_SERVE)
		usage("descriptor 0 is a listening socket: change wait to "
		      "nowait in inetd's configuration, or remove the option");
	o->listens = o->nlisten > 0 || o->ip != NULL;
	check(o, given);
	check_bus(o, given);
	check_proxies(o);
	check_web(o);
	/* Then the port names the control socket and nothing else. */
	if (o->ip != NULL || (o->port != NULL && !o->listen_none))
		add_shorthand(o, o->ip, o->port);
	if (in->no_stderr)
		o->log = LOG_TO_SYSLOG;
}

/* SPDX-License-Identifier: MIT */
/* The command line.
 * Runs in: parent, before anything else exists. */
#include "server/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "ipc/common/name.h"
#include "ipc/common/text.h"
#include "server/help.h"
#include "server/tools/stdout.h"

enum option_id {
	OPT_LISTEN = 256,
	OPT_IP,
	OPT_PORT,
	OPT_IDLE_TIMEOUT,
	OPT_GREET_AFTER,
	OPT_MAX_USERS,
	OPT_MAX_PER_ADDRESS,
	OPT_RATE,
	OPT_BURST,
	OPT_HISTORY,
	OPT_UNIX_MODE,
	OPT_END_WHEN_EMPTY,
	OPT_LOG,
	OPT_LOG_CHAT,
	OPT_USER,
	OPT_NO_SANDBOX,
	OPT_CONTROL,
	OPT_INETD,
	OPT_NAME,
	OPT_STATUS,
	OPT_JSON,
	OPT_METRICS,
	OPT_SAY,
	OPT_KICK,
	OPT_BAN,
	OPT_FOR,
	OPT_UNBAN,
	OPT_BANS,
};

static const struct option long_options[] = {
	{"listen", required_argument, NULL, OPT_LISTEN},
	{"Ip", required_argument, NULL, OPT_IP},
	{"ip", required_argument, NULL, OPT_IP},
	{"Port", required_argument, NULL, OPT_PORT},
	{"port", required_argument, NULL, OPT_PORT},
	{"idle-timeout", required_argument, NULL, OPT_IDLE_TIMEOUT},
	{"greet-after", required_argument, NULL, OPT_GREET_AFTER},
	{"max-users", required_argument, NULL, OPT_MAX_USERS},
	{"max-per-address", required_argument, NULL, OPT_MAX_PER_ADDRESS},
	{"rate", required_argument, NULL, OPT_RATE},
	{"burst", required_argument, NULL, OPT_BURST},
	{"history", required_argument, NULL, OPT_HISTORY},
	{"unix-mode", required_argument, NULL, OPT_UNIX_MODE},
	{"end-when-empty", required_argument, NULL, OPT_END_WHEN_EMPTY},
	{"log", required_argument, NULL, OPT_LOG},
	{"log-chat", required_argument, NULL, OPT_LOG_CHAT},
	{"user", required_argument, NULL, OPT_USER},
	{"no-sandbox", no_argument, NULL, OPT_NO_SANDBOX},
	{"control", required_argument, NULL, OPT_CONTROL},
	{"inetd", no_argument, NULL, OPT_INETD},
	{"name", required_argument, NULL, OPT_NAME},
	{"status", no_argument, NULL, OPT_STATUS},
	{"json", no_argument, NULL, OPT_JSON},
	{"metrics", no_argument, NULL, OPT_METRICS},
	{"say", required_argument, NULL, OPT_SAY},
	{"kick", required_argument, NULL, OPT_KICK},
	{"ban", required_argument, NULL, OPT_BAN},
	{"for", required_argument, NULL, OPT_FOR},
	{"unban", required_argument, NULL, OPT_UNBAN},
	{"bans", no_argument, NULL, OPT_BANS},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

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

static unsigned int number(
	const char *option, const char *arg, unsigned int min, unsigned int max)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(arg, &end, 10);
	if (arg[0] < '0' || arg[0] > '9' || *end != '\0' || errno != 0 ||
		n < min || n > max)
		usage("%s: '%s' is not a number from %u to %u", option, arg,
			min, max);
	return (unsigned int)n;
}

static int octal(const char *option, const char *arg)
{
	char *end;
	unsigned long n = strtoul(arg, &end, 8);

	if (arg[0] < '0' || arg[0] > '7' || *end != '\0' || n > 0777)
		usage("%s: '%s' is not an octal number from 0 to 777", option,
			arg);
	return (int)n;
}

static enum log_target log_word(const char *arg)
{
	if (strcmp(arg, "stderr") == 0)
		return LOG_TO_STDERR;
	if (strcmp(arg, "syslog") == 0)
		return LOG_TO_SYSLOG;
	usage("--log: '%s' is neither stderr nor syslog", arg);
}

/* A path is one line where it is printed, and moves nobody's cursor. */
static const char *path_word(const char *option, const char *arg)
{
	uint32_t cp;

	for (size_t at = 0, n = strlen(arg); at < n;) {
		at += text_decode(arg + at, n - at, &cp);
		if (text_is_control(cp))
			usage("%s: a path with control characters is refused",
				option);
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
		usage("--listen: at most %d listeners", LISTENERS_MAX);
	o->listen[o->nlisten++] = addr;
}

static const char *name_word(const char *arg)
{
	enum name_verdict verdict = name_check(arg, strlen(arg));

	if (verdict != NAME_OK)
		usage("--name: '%.64s': %s", arg, name_explain(verdict));
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
		usage("-Ip: '%s' is no address; right would be --listen", ip);
	n = snprintf(addr, sizeof addr,
		strchr(ip, ':') != NULL && ip[0] != '[' ? "[%s]:%s" : "%s:%s",
		ip, port);
	if (n >= (int)sizeof addr)
		usage("-Ip: '%.40s...' is too long for an address", ip);
	add_listener(o, addr);
}

/* What becomes one listener at the end. */
struct shorthand {
	const char *ip, *port;
};

static _Noreturn void tell(const char *text)
{
	stdout_begin();
	fputs(text, stdout);
	stdout_end();
	exit(EX_OK);
}

static void take(
	struct options *o, struct shorthand *s, int option, const char *word)
{
	switch (option) {
	case OPT_LISTEN:
		add_listener(o, path_word("--listen", optarg));
		break;
	case OPT_IP:
		s->ip = optarg;
		break;
	case OPT_PORT:
		number("-Port", optarg, 0, 65535);
		s->port = optarg;
		break;
	case OPT_UNIX_MODE:
		o->unix_mode = octal("--unix-mode", optarg);
		break;
	case OPT_LOG:
		o->log = log_word(optarg);
		o->log_given = true;
		break;
	case OPT_LOG_CHAT:
		o->log_chat = optarg;
		break;
	case OPT_CONTROL:
		o->control = path_word("--control", optarg);
		break;
	case OPT_NAME:
		o->name = name_word(optarg);
		break;
	case OPT_USER:
		o->user = optarg;
		break;
	case OPT_NO_SANDBOX:
		o->no_sandbox = true;
		break;
	case 'h':
		tell(help_text);
	case 'V':
		tell("chatserver " VERSION "\n");
	case ':':
		usage("'%s' needs a value", word);
	default:
		usage("there is no option '%s'", word);
	}
}

/* The options that make this process ask a server that runs.  False if this is
 * none. */
static bool take_use(struct options *o, int option, const char *word)
{
	static const struct {
		int option;
		enum use use;
	} uses[] = {
		{OPT_INETD, USE_INETD},
		{OPT_STATUS, USE_STATUS},
		{OPT_SAY, USE_SAY},
		{OPT_KICK, USE_KICK},
		{OPT_BAN, USE_BAN},
		{OPT_UNBAN, USE_UNBAN},
		{OPT_BANS, USE_BANS},
	};

	for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++) {
		if (uses[i].option != option)
			continue;
		if (o->use != USE_SERVE)
			usage("'%s': one thing at a time", word);
		o->use = uses[i].use;
		o->subject = optarg;
		return true;
	}
	if (option == OPT_JSON)
		o->format = STATUS_JSON;
	else if (option == OPT_METRICS)
		o->format = STATUS_METRICS;
	return option == OPT_JSON || option == OPT_METRICS;
}

/* The options that are a number.  False if this is none. */
static bool take_number(struct options *o, int option)
{
	const struct {
		int option;
		const char *name;
		unsigned int *value, min, max;
	} numbers[] = {
		{OPT_IDLE_TIMEOUT, "--idle-timeout", &o->idle_timeout, 0,
			IDLE_TIMEOUT_MAX},
		{OPT_GREET_AFTER, "--greet-after", &o->greet_after, 0,
			GREET_AFTER_MAX},
		{OPT_MAX_USERS, "--max-users", &o->max_users, 1, USERS_MAX},
		{OPT_MAX_PER_ADDRESS, "--max-per-address", &o->max_per_address,
			0, USERS_MAX},
		{OPT_RATE, "--rate", &o->rate, 0, RATE_MAX},
		{OPT_BURST, "--burst", &o->burst, 1, RATE_MAX},
		{OPT_HISTORY, "--history", &o->history, 0, HISTORY_MAX},
		{OPT_END_WHEN_EMPTY, "--end-when-empty", &o->end_when_empty, 0,
			END_WHEN_EMPTY_MAX},
		{OPT_FOR, "--for", &o->ban_seconds, 1, BAN_SECONDS_MAX},
	};

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		if (numbers[i].option != option)
			continue;
		*numbers[i].value = number(numbers[i].name, optarg,
			numbers[i].min, numbers[i].max);
		return true;
	}
	return false;
}

/* Whether what was given makes sense together. */
static void check(const struct options *o)
{
	if (o->name != NULL && o->use != USE_INETD)
		usage("--name goes with --inetd");
	if (o->format == STATUS_JSON && o->use != USE_STATUS &&
		o->use != USE_BANS)
		usage("--json goes with --status or --bans");
	if (o->format == STATUS_METRICS && o->use != USE_STATUS)
		usage("--metrics goes with --status");
	if (o->ban_seconds != 0 && o->use != USE_BAN)
		usage("--for goes with --ban");
	if (o->listen_none && o->listens)
		usage("--listen none leaves no other listener");
}

/* Whether the word is --inetd, in any form that getopt_long_only(3) takes. */
static bool is_inetd(const char *word)
{
	const char *name = word + strspn(word, "-");
	size_t n = strcspn(name, "=");

	return name > word && name - word <= 2 && n >= sizeof "in" - 1 &&
	       strncmp(name, "inetd", n) == 0;
}

/* What stands in place of words that are for this process alone. */
static char own_word[] = "";

/* Behind getopt_long_only(3), which is done with them. */
static void mark_own_words(char **argv, int option)
{
	if (option == OPT_NAME && optarg == argv[optind - 1])
		argv[optind - 2] = own_word;
	if (option == OPT_NAME || option == OPT_INETD)
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

void options_parse(
	struct options *o, int argc, char **argv, const struct inherited *in)
{
	struct shorthand s = {NULL, NULL};
	int option, at;

	opterr = 0; /* what is wrong is said here */
	*o = (struct options){
		.idle_timeout = IDLE_TIMEOUT_SECONDS,
		.greet_after = GREET_AFTER_MS,
		.max_users = USERS_DEFAULT,
		.max_per_address = PER_ADDRESS_DEFAULT,
		.rate = RATE_DEFAULT,
		.burst = BURST_DEFAULT,
		.history = HISTORY_DEFAULT,
		.unix_mode = -1,
		.end_when_empty = in->inetd ? END_WHEN_EMPTY_SECONDS : 0,
		.log = in->inetd ? LOG_TO_SYSLOG : LOG_TO_STDERR,
		.argv = argv,
	};
	/* There, standard error is the user's: nothing may be said to it. */
	for (int i = 1; i < argc; i++) {
		if (is_inetd(argv[i]))
			log_open(o->log = LOG_TO_SYSLOG_ALONE);
	}
	while (at = optind, (option = getopt_long_only(argc, argv, ":hV",
				     long_options, NULL)) != -1) {
		if (!take_number(o, option) && !take_use(o, option, argv[at]))
			take(o, &s, option, argv[at]);
		mark_own_words(argv, option);
	}
	if (o->use == USE_KICK && optind < argc)
		o->reason = argv[optind++];
	if (optind < argc)
		usage("'%s' is not an option", argv[optind]);
	drop_own_words(argv);
	if (in->inetd && o->use != USE_SERVE)
		usage("descriptor 0 is a listening socket: nowait in inetd's "
		      "configuration, or no --inetd and the like");
	o->port = s.port;
	o->listens = o->nlisten > 0 || s.ip != NULL;
	check(o);
	/* Then the port names the control socket and nothing else. */
	if (s.ip != NULL || (s.port != NULL && !o->listen_none))
		add_shorthand(o, s.ip, s.port);
	if (in->no_stderr)
		o->log = LOG_TO_SYSLOG;
}

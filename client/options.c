/* The command line: which options there are, what they may be, and what to
 * say when they are not.  Everything is checked before anything is sent.
 * Runs in: client. */
#include "client/options.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/outgoing.h"
#include "ipc/limits.h"
#include "ipc/name.h"

#ifndef VERSION
#define VERSION "unversioned"
#endif

#define PORT_WORD LIMIT_TEXT(DEFAULT_PORT)

enum option {
	OPTION_IP,
	OPTION_PORT,
	OPTION_NAME,
	OPTION_SEND,
	OPTION_TO,
	OPTION_WHO,
	OPTION_LISTEN,
	OPTION_EVENTS,
	OPTION_HELP,
	OPTION_VERSION
};

/* -Ip and -Port are long options with one dash, which getopt_long_only would
 * take together with every abbreviation of them and of all others. */
static const struct word {
	const char *word;
	enum option option;
	const char *example; /* of its value; NULL: takes none */
} words[] = {
	{"-Ip", OPTION_IP, DEFAULT_IP},
	{"--ip", OPTION_IP, DEFAULT_IP},
	{"-Port", OPTION_PORT, PORT_WORD},
	{"--port", OPTION_PORT, PORT_WORD},
	{"--name", OPTION_NAME, "alice"},
	{"--send", OPTION_SEND, "'hello, all'"},
	{"--to", OPTION_TO, "bob"},
	{"--who", OPTION_WHO, NULL},
	{"--listen", OPTION_LISTEN, NULL},
	{"--events", OPTION_EVENTS, NULL},
	{"-h", OPTION_HELP, NULL},
	{"--help", OPTION_HELP, NULL},
	{"-V", OPTION_VERSION, NULL},
	{"--version", OPTION_VERSION, NULL},
};

static const char help[] =
	"usage: chatclient [-Ip ADDR] [-Port N] [--name NAME]\n"
	"       chatclient [...] --send TEXT [--send TEXT]... [--to NAME]\n"
	"       chatclient [...] --who\n"
	"       chatclient [...] --listen [--events]\n"
	"\n"
	"Joins a chat and shows a menu; type /help there.\n"
	"\n"
	"  -Ip, --ip ADDR    the server: IPv4 or IPv6 address, or host name\n"
	"                    (default " DEFAULT_IP ")\n"
	"  -Port, --port N   its port (default " PORT_WORD ")\n"
	"  --name NAME       the name to have there\n"
	"\n"
	"Where these are missing, CHAT_SERVER (HOST, HOST:PORT, [V6]:PORT) "
	"and\n"
	"CHAT_NAME in the environment count.\n"
	"\n"
	"For scripts; standard output has what was asked for, nothing else:\n"
	"  --send TEXT       send TEXT to everyone, each line of it as one\n"
	"                    message; - for the lines of standard input; ends\n"
	"                    when the server has confirmed them all\n"
	"  --to NAME         with --send: to NAME alone\n"
	"  --who             print who else is online, one name a line\n"
	"  --listen          print what arrives until the connection ends\n"
	"  --events          with --listen: as tab-separated fields,\n"
	"                    KIND SEQ UNIX_MS FROM TO TEXT\n"
	"\n"
	"  -h, --help        this text\n"
	"  -V, --version     the version\n"
	"\n"
	"Exit status: 0 asked to leave, or all done; 64 wrong usage; 65 not\n"
	"delivered, or the name was refused; 69 could not connect, or the\n"
	"connection was lost; 74 standard output cannot be written;\n"
	"75 disconnected for being idle.\n";

static bool port_valid(const char *s)
{
	size_t n = strlen(s);
	long port;

	if (n == 0 || n > 5 || strspn(s, "0123456789") != n)
		return false;
	port = strtol(s, NULL, 10);
	return port >= 1 && port <= 65535;
}

static bool name_valid(const char *option, const char *name)
{
	enum name_verdict verdict = name_check(name, strlen(name));

	if (verdict == NAME_OK)
		return true;
	warnx("%s '%s': %s", option, name, name_explain(verdict));
	return false;
}

/* The entry for an argument, and in *value what follows its '=', if any. */
static const struct word *find_word(char *arg, char **value)
{
	size_t n = strcspn(arg, "=");

	*value = arg[n] == '=' ? arg + n + 1 : NULL;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const char *word = words[i].word;

		if (strlen(word) == n && memcmp(word, arg, n) == 0)
			return &words[i];
	}
	return NULL;
}

static bool set_use(struct options *o, enum use use)
{
	if (o->use != USE_MENU && o->use != use) {
		warnx("--send, --who and --listen exclude each other");
		return false;
	}
	o->use = use;
	return true;
}

static bool take(struct options *o, enum option option, const char *value)
{
	switch (option) {
	case OPTION_IP:
		if (*value == '\0')
			warnx("-Ip is empty: for example -Ip " DEFAULT_IP);
		o->host = value;
		return *value != '\0';
	case OPTION_PORT:
		if (!port_valid(value))
			warnx("-Port '%s': a port is a number from 1 to 65535",
				value);
		o->port = value;
		return port_valid(value);
	case OPTION_NAME:
		o->name = value;
		return name_valid("--name", value);
	case OPTION_TO:
		o->to = value;
		return name_valid("--to", value);
	case OPTION_SEND:
		return set_use(o, USE_SEND);
	case OPTION_WHO:
		return set_use(o, USE_WHO);
	case OPTION_LISTEN:
		return set_use(o, USE_LISTEN);
	case OPTION_EVENTS:
		o->raw = true;
		return true;
	case OPTION_HELP:
	case OPTION_VERSION:
		break;
	}
	return true;
}

/* Whether what was given makes sense together. */
static bool consistent(const struct options *o)
{
	if (o->to != NULL && o->use != USE_SEND) {
		warnx("--to goes with --send TEXT");
		return false;
	}
	if (o->raw && o->use != USE_LISTEN) {
		warnx("--events goes with --listen");
		return false;
	}
	for (size_t i = 0; i < o->text_count; i++) {
		const char *text = o->texts[i], *wrong = NULL;

		if (strcmp(text, "-") != 0)
			wrong = outgoing_check(text, o->to);
		if (wrong != NULL) {
			warnx("--send '%.40s': %s", text, wrong);
			return false;
		}
	}
	return true;
}

/* HOST, HOST:PORT, [V6] or [V6]:PORT; more than one colon without brackets
 * is an IPv6 address alone. */
static bool split_server(
	const char *server, char *host, size_t size, const char **port)
{
	bool bracket = server[0] == '[';
	const char *start = server + bracket;
	size_t n = strcspn(start, bracket ? "]" : ":");
	const char *rest = start + n + (bracket && start[n] == ']');

	if (!bracket && *rest == ':' && strchr(rest + 1, ':') != NULL) {
		n = strlen(start);
		rest = start + n;
	}
	if (n == 0 || n >= size || (bracket && start[n] != ']') ||
		(*rest != '\0' && (*rest != ':' || !port_valid(rest + 1))))
		return false;
	memcpy(host, start, n);
	host[n] = '\0';
	if (*rest == ':')
		*port = rest + 1;
	return true;
}

/* What the command line has left open is taken from the environment, where
 * that says something, and then from what is usual. */
static bool complete(struct options *o)
{
	static char host[256];
	const char *server = getenv("CHAT_SERVER"), *name = getenv("CHAT_NAME");
	const char *port = PORT_WORD;

	if (server == NULL || *server == '\0')
		server = DEFAULT_IP;
	if ((o->host == NULL || o->port == NULL) &&
		!split_server(server, host, sizeof(host), &port)) {
		warnx("CHAT_SERVER '%s': right would be HOST, HOST:PORT or "
		      "[V6]:PORT, with a port from 1 to 65535",
			server);
		return false;
	}
	if (o->host == NULL)
		o->host = host;
	if (o->port == NULL)
		o->port = port;
	if (o->name != NULL || name == NULL || *name == '\0')
		return true;
	o->name = name;
	return name_valid("CHAT_NAME", name);
}

static enum options_verdict print(const char *text)
{
	if (fputs(text, stdout) == EOF || fflush(stdout) == EOF)
		warn("standard output");
	return OPTIONS_DONE;
}

static enum options_verdict refuse(const char *arg)
{
	if (arg[0] == '-' && arg[1] != '\0')
		warnx("unknown option '%s'; chatclient --help lists them", arg);
	else
		warnx("unexpected argument '%s'; to send a text: --send '%s'",
			arg, arg);
	return OPTIONS_WRONG;
}

enum options_verdict options_parse(struct options *o, int argc, char **argv)
{
	*o = (struct options){.texts = argv};

	for (int i = 1; i < argc; i++) {
		char *arg = argv[i];
		char *value;
		const struct word *word = find_word(arg, &value);

		if (word == NULL)
			return refuse(arg);
		if (word->example == NULL && value != NULL) {
			warnx("%s takes no value", word->word);
			return OPTIONS_WRONG;
		}
		if (word->option == OPTION_HELP)
			return print(help);
		if (word->option == OPTION_VERSION)
			return print("chatclient " VERSION "\n");
		if (word->example != NULL && value == NULL && ++i == argc) {
			warnx("%s needs a value: for example %s %s", arg, arg,
				word->example);
			return OPTIONS_WRONG;
		}
		if (value == NULL)
			value = argv[i];
		if (!take(o, word->option, value))
			return OPTIONS_WRONG;
		if (word->option == OPTION_SEND)
			argv[o->text_count++] = value;
	}
	return complete(o) && consistent(o) ? OPTIONS_RUN : OPTIONS_WRONG;
}

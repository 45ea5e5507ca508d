/* SPDX-License-Identifier: MIT */
/* The table of the options' words, and the taking of their values: everything
 * that is given is checked here, wherever it was given.
 * Runs in: client. */
#include "client/options/option_table.h"

#include <stdlib.h>
#include <string.h>

#include "client/complain.h"
#include "client/options/address.h"
#include "ipc/common/name.h"

/* -Ip and -Port are long options with one dash, which getopt_long_only would
 * take together with every abbreviation of them and of all others. */
static const struct word words[] = {
	{"-Ip", OPTION_IP, DEFAULT_IP, true},
	{"--ip", OPTION_IP, DEFAULT_IP, true},
	{"-Port", OPTION_PORT, PORT_WORD, true},
	{"--port", OPTION_PORT, PORT_WORD, true},
	{"--name", OPTION_NAME, "alice", true},
	{"--bell", OPTION_BELL, "mention", true},
	{"--color", OPTION_COLOR, "never", true},
	{"--plain", OPTION_PLAIN, NULL, true},
	{"--no-reconnect", OPTION_NO_RECONNECT, NULL, true},
	{"--send", OPTION_SEND, "'hello, all'", false},
	{"--to", OPTION_TO, "bob", false},
	{"--who", OPTION_WHO, NULL, false},
	{"--listen", OPTION_LISTEN, NULL, false},
	{"--events", OPTION_EVENTS, NULL, false},
	{"-h", OPTION_HELP, NULL, false},
	{"--help", OPTION_HELP, NULL, false},
	{"-V", OPTION_VERSION, NULL, false},
	{"--version", OPTION_VERSION, NULL, false},
};

#define WORDS (sizeof(words) / sizeof(words[0]))

static const char *const bells[] = {
	[BELL_OFF] = "off",
	[BELL_MENTION] = "mention",
	[BELL_PRIVATE] = "private",
	[BELL_ALL] = "all",
};

static const char *const colors[] = {
	[COLOR_AUTO] = "auto",
	[COLOR_ALWAYS] = "always",
	[COLOR_NEVER] = "never",
};

#define BELLS  ((int)(sizeof(bells) / sizeof(bells[0])))
#define COLORS ((int)(sizeof(colors) / sizeof(colors[0])))

static bool is(const char *word, const char *s, size_t n)
{
	return strlen(word) == n && memcmp(word, s, n) == 0;
}

const struct word *word_find(const char *word, size_t n)
{
	for (size_t i = 0; i < WORDS; i++)
		if (is(words[i].word, word, n))
			return &words[i];
	return NULL;
}

const struct word *word_find_bare(const char *word, size_t n)
{
	for (size_t i = 0; i < WORDS; i++)
		if (words[i].word[1] == '-' && is(words[i].word + 2, word, n))
			return &words[i];
	return NULL;
}

bool word_is_port(const char *s)
{
	size_t n = strlen(s);
	long port;

	if (n == 0 || n > 5 || strspn(s, "0123456789") != n)
		return false;
	port = strtol(s, NULL, 10);
	return port >= 1 && port <= 65535;
}

static bool is_path(const char *origin, const char *path)
{
	size_t n = strlen(path);

	if (n >= 1 && n <= ADDRESS_PATH_MAX)
		return true;
	complain("%s: 'unix:' goes before a path of 1 to %d bytes, and this "
		 "one has %zu",
		origin, ADDRESS_PATH_MAX, n);
	return false;
}

static bool is_host(const char *origin, const char *host)
{
	const char *path = address_path(host);

	if (path != NULL)
		return is_path(origin, path);
	if (*host == '\0')
		complain("%s is empty: for example %s " DEFAULT_IP, origin,
			origin);
	else if (strpbrk(host, " \t") != NULL)
		complain("%s '%s': right would be an address or a host name, "
			 "and "
			 "nothing else",
			origin, host);
	else
		return true;
	return false;
}

static bool is_port(const char *origin, const char *port)
{
	if (word_is_port(port))
		return true;
	complain("%s '%s': a port is a number from 1 to 65535", origin, port);
	return false;
}

static bool is_name(const char *origin, const char *name)
{
	enum name_verdict verdict = name_check(name, strlen(name));

	if (verdict == NAME_OK)
		return true;
	complain("%s '%s': %s", origin, name, name_explain(verdict));
	return false;
}

/* The place of a value among those that there are; -1 where it is none. */
static int choose(const char *origin, const char *value,
	const char *const *among, int n, const char *listed)
{
	for (int i = 0; i < n; i++)
		if (strcmp(among[i], value) == 0)
			return i;
	complain("%s '%s': right would be %s", origin, value, listed);
	return -1;
}

static bool take_bell(struct options *o, const char *origin, const char *value)
{
	int bell = choose(
		origin, value, bells, BELLS, "off, mention, private or all");

	if (bell >= 0)
		o->bell = (enum bell)bell;
	return bell >= 0;
}

static bool take_color(struct options *o, const char *origin, const char *value)
{
	int color =
		choose(origin, value, colors, COLORS, "auto, always or never");

	if (color >= 0)
		o->color = (enum color)color;
	return color >= 0;
}

static bool set_use(struct options *o, enum use use)
{
	if (o->use != USE_MENU && o->use != use) {
		complain("--send, --who and --listen exclude each other");
		return false;
	}
	o->use = use;
	return true;
}

bool word_take(struct options *o, const char *origin, enum option option,
	const char *value)
{
	switch (option) {
	case OPTION_IP:
		o->host = value;
		return is_host(origin, value);
	case OPTION_PORT:
		o->port = value;
		return is_port(origin, value);
	case OPTION_NAME:
		o->name = value;
		return is_name(origin, value);
	case OPTION_BELL:
		return take_bell(o, origin, value);
	case OPTION_COLOR:
		return take_color(o, origin, value);
	case OPTION_PLAIN:
		o->plain = true;
		return true;
	case OPTION_NO_RECONNECT:
		o->no_reconnect = true;
		return true;
	case OPTION_TO:
		o->to = value;
		return is_name(origin, value);
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
	case OPTION_COUNT:
		break;
	}
	return true;
}

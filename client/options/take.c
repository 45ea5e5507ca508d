/* SPDX-License-Identifier: MIT */
/* The taking of options' values: everything that is given is checked here,
 * wherever it was given.
 * Runs in: client. */
#include "client/options/take.h"

#include <stdio.h>
#include <string.h>

#include "client/complain.h"
#include "client/options/address.h"
#include "client/session/events.h"
#include "ipc/common/name.h"
#include "ipc/common/number.h"

/* -Ip and -Port are long options with one dash, which getopt_long_only would
 * take together with every abbreviation of them and of all others. */
const struct option_entry *option_find(
	const char *s, size_t n, const char **spelled)
{
	for (size_t i = 0; i < option_count; i++) {
		*spelled = option_spelled(&option_table[i], s, n);
		if (*spelled != NULL)
			return &option_table[i];
	}
	return NULL;
}

bool option_is_port(const char *s)
{
	unsigned long port;

	return number_parse(s, 10, option_table[AT_PORT].min,
		option_table[AT_PORT].max, &port);
}

static bool is_path(const char *origin, const char *path)
{
	size_t n = strlen(path);

	if (n >= 1 && n <= ADDRESS_PATH_MAX)
		return true;
	complain("%s: the path after 'unix:' must have 1 to %d bytes, not %zu",
		origin, ADDRESS_PATH_MAX, n);
	return false;
}

static bool is_host(const char *origin, const char *host)
{
	const char *path = address_path(host);

	if (path != NULL)
		return is_path(origin, path);
	if (*host == '\0')
		complain("%s is empty: give an address, such as " DEFAULT_IP,
			origin);
	else if (strpbrk(host, " \t") != NULL)
		complain("%s '%s': must be an address or a host name", origin,
			host);
	else
		return true;
	return false;
}

static bool is_port(const char *origin, const char *port)
{
	if (option_is_port(port))
		return true;
	complain("%s '%s': must be a number from 1 to 65535", origin, port);
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

/* A room is called by the rule of names; its mark may be left out, which a
 * shell takes for a comment. */
static bool take_room(const char **field, const char *origin, const char *value)
{
	static char room[ROOM_MAX + 1];
	const char *name = value + (value[0] == ROOM_MARK);
	enum name_verdict verdict = name_check_room(name, strlen(name));

	if (verdict != NAME_OK) {
		complain("%s '%s': %s", origin, value, name_explain(verdict));
		return false;
	}
	snprintf(room, sizeof(room), "%c%s", ROOM_MARK, name);
	*field = room;
	return true;
}

static bool take_word(unsigned int *field, const char *origin,
	const struct option_entry *e, const char *value)
{
	char listed[OPTION_LIST_MAX];
	int place = option_word(e->words, value);

	if (place >= 0)
		*field = (unsigned int)place;
	else
		complain("%s '%s': must be %s", origin, value,
			option_words(listed, e->words, " or "));
	return place >= 0;
}

static bool take_use(struct options *o, const struct option_entry *e)
{
	char uses[OPTION_LIST_MAX];

	if (o->use != USE_MENU && o->use != (enum use)e->set) {
		complain("%s exclude each other",
			option_uses(uses, ~0U, " and "));
		return false;
	}
	o->use = (enum use)e->set;
	return true;
}

bool option_take(struct options *o, const char *origin,
	const struct option_entry *e, const char *value)
{
	void *field = (char *)o + e->field;

	switch (e->kind) {
	case OPTION_FLAG:
		*(bool *)field = true;
		return true;
	case OPTION_WORD:
		return take_word(field, origin, e, value);
	case OPTION_USE:
		return take_use(o, e);
	case OPTION_SERVER:
		*(const char **)field = value;
		return is_host(origin, value);
	case OPTION_PORT:
		*(const char **)field = value;
		return is_port(origin, value);
	case OPTION_NAME:
		*(const char **)field = value;
		return is_name(origin, value);
	case OPTION_ROOM:
		return take_room(field, origin, value);
	default:
		return true;
	}
}

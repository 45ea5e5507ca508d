/* SPDX-License-Identifier: MIT */
/* The environment: the server, and our name.
 * Runs in: client. */
#include "client/options/environment.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/complain.h"
#include "client/options/address.h"
#include "ipc/common/name.h"

/* The longest name that DNS has, and some room. */
#define HOST_MAX 256

/* HOST, HOST:PORT, [V6] or [V6]:PORT; more than one colon without brackets
 * is an IPv6 address alone.  *port stays NULL where there is none. */
static bool split_server(
	const char *server, char *host, size_t size, const char **port)
{
	bool bracket = server[0] == '[';
	const char *start = server + bracket;
	size_t n = strcspn(start, bracket ? "]" : ":");
	const char *rest = start + n + (bracket && start[n] == ']');

	*port = NULL;
	if (!bracket && *rest == ':' && strchr(rest + 1, ':') != NULL) {
		n = strlen(start);
		rest = start + n;
	}
	if (n == 0 || n >= size || (bracket && start[n] != ']') ||
		(*rest != '\0' && (*rest != ':' || !option_is_port(rest + 1))))
		return false;
	memcpy(host, start, n);
	host[n] = '\0';
	if (*rest == ':')
		*port = rest + 1;
	return true;
}

static bool take_path(
	struct options *o, bool given[OPTIONS_MAX], const char *server)
{
	struct options checked = {0};
	bool wanted = !given[AT_IP];

	given[AT_IP] = true;
	given[AT_PORT] = given[AT_PORT] || wanted;
	return option_take(wanted ? o : &checked, "CHAT_SERVER",
		&option_table[AT_IP], server);
}

static bool take_server(
	struct options *o, bool given[OPTIONS_MAX], const char *server)
{
	static char host[HOST_MAX];
	const char *port;

	if (given[AT_IP] && given[AT_PORT])
		return true;
	if (address_path(server) != NULL)
		return take_path(o, given, server);
	if (!split_server(server, host, sizeof(host), &port)) {
		complain("CHAT_SERVER '%s': must be HOST, HOST:PORT, "
			 "[V6]:PORT or unix:PATH, with a port from 1 to 65535",
			server);
		return false;
	}
	if (!given[AT_IP])
		o->host = host;
	if (!given[AT_PORT] && port != NULL)
		o->port = port;
	given[AT_IP] = true;
	given[AT_PORT] = o->port != NULL;
	return true;
}

/* An empty variable says nothing, as if it were not there. */
static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

bool environment_read(struct options *o, bool given[OPTIONS_MAX])
{
	const char *server = variable("CHAT_SERVER");
	const char *name = variable("CHAT_NAME");

	if (server != NULL && !take_server(o, given, server))
		return false;
	if (name == NULL || given[AT_NAME])
		return true;
	given[AT_NAME] = true;
	return option_take(o, "CHAT_NAME", &option_table[AT_NAME], name);
}

void environment_wish_name(struct options *o)
{
	const char *user = variable("USER");

	if (o->name != NULL || o->use != USE_MENU || user == NULL ||
		name_check(user, strlen(user)) != NAME_OK ||
		isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0)
		return;
	o->name = user;
	o->name_wished = true;
}

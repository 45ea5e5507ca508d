/* SPDX-License-Identifier: MIT */
/* The path of a server's control socket.
 * Runs in: parent; and in processes that look for the socket. */
#include "server/control/place.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ipc/common/limits.h"
#include "server/child/loop.h"

#define SYSTEM_PLACE "/run/chatserver"

const char *control_port(const struct options *o)
{
	for (unsigned int i = 0; i < o->nlisten; i++) {
		const char *addr = o->listen[i], *colon;

		child_protocol(&addr);
		colon = strrchr(addr, ':');
		if (strncmp(addr, "unix:", 5) != 0 && colon != NULL)
			return colon + 1;
	}
	return o->port != NULL ? o->port : LIMIT_TEXT(DEFAULT_PORT);
}

/* Not another user's: su(1) keeps the variable. */
static bool may_enter(const char *folder)
{
	return access(folder, X_OK) == 0 || errno != EACCES;
}

/* The folder of a login session; false where there is none of that kind. */
static bool session_folder(enum control_place place, char *folder, size_t size)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	const char *sudo = geteuid() == 0 ? getenv("SUDO_UID") : NULL;
	int n = 0;

	if (place == CONTROL_RUNTIME && runtime != NULL && runtime[0] == '/' &&
		may_enter(runtime))
		n = snprintf(folder, size, "%s", runtime);
	else if (place == CONTROL_SUDO && sudo != NULL && sudo[0] != '\0' &&
		 sudo[strspn(sudo, "0123456789")] == '\0')
		n = snprintf(folder, size, "/run/user/%s", sudo);
	else if (place == CONTROL_USER)
		n = snprintf(folder, size, "/run/user/%lu",
			(unsigned long)geteuid());
	return n > 0 && n < (int)size;
}

bool control_place(const struct options *o, const char *port,
	enum control_place place, char *path)
{
	char folder[CONTROL_PATH_MAX];
	int n = 0;

	if (o->control != NULL)
		n = place == 0
			    ? snprintf(path, CONTROL_PATH_MAX, "%s", o->control)
			    : 0;
	else if (place == CONTROL_SYSTEM)
		n = snprintf(
			path, CONTROL_PATH_MAX, SYSTEM_PLACE "/%s.sock", port);
	else if (session_folder(place, folder, sizeof folder))
		n = snprintf(path, CONTROL_PATH_MAX, "%s/chatserver-%s.sock",
			folder, port);
	return n > 0 && n < (int)CONTROL_PATH_MAX;
}

bool control_is_for_servers(enum control_place place)
{
	return place == CONTROL_RUNTIME || place == CONTROL_SYSTEM;
}

void control_make_folder(const char *path)
{
	/* It may exist already, or we may lack the right to make it.  Users
	 * who can open it can hold the lock of stubs that start a server. */
	if (strncmp(path, SYSTEM_PLACE "/", sizeof SYSTEM_PLACE) == 0)
		(void)mkdir(SYSTEM_PLACE, 0711);
}

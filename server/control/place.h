/* SPDX-License-Identifier: MIT */
/* The path of a server's control socket: for the server and its callers. */
#ifndef SERVER_CONTROL_PLACE_H
#define SERVER_CONTROL_PLACE_H

#include <stdbool.h>
#include <sys/un.h>

#include "server/options.h"

#define CONTROL_PATH_MAX sizeof((struct sockaddr_un *)0)->sun_path

/* The places where the socket of a server may be, in the order of the search.
 * Under sudo and cron there is no XDG_RUNTIME_DIR to find a server of a login
 * session. */
enum control_place {
	CONTROL_RUNTIME, /* XDG_RUNTIME_DIR, or the path of --control */
	CONTROL_SUDO,    /* of the user who runs sudo */
	CONTROL_USER,    /* of the user of this process */
	CONTROL_SYSTEM,  /* /run/chatserver */
	CONTROL_PLACES
};

/* The path at this place for a server on this port, which is in digits.  False
 * where there is no such place, or the path is too long. */
bool control_place(const struct options *o, const char *port,
	enum control_place place, char *path);

/* Whether a new one is put there. */
bool control_is_for_servers(enum control_place place);

/* Makes the folder /run/chatserver for a socket there, if possible. */
void control_make_folder(const char *path);

/* The port in the path for a server with these options, in digits: the first of
 * --listen, or that of -Port, or the default. */
const char *control_port(const struct options *o);

#endif

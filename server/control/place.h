/* SPDX-License-Identifier: MIT */
/* Where the control socket of a server is: for the server, and for who asks. */
#ifndef SERVER_CONTROL_PLACE_H
#define SERVER_CONTROL_PLACE_H

#include <stdbool.h>
#include <sys/un.h>

#include "server/options.h"

#define CONTROL_PATH_MAX sizeof((struct sockaddr_un *)0)->sun_path

/* The places where the socket of a server may be, in the order in which they
 * are looked at.  sudo and cron give no XDG_RUNTIME_DIR to who asks a server of
 * a login session. */
enum control_place {
	CONTROL_RUNTIME, /* XDG_RUNTIME_DIR, or what --control says */
	CONTROL_SUDO,    /* of who has become root by sudo */
	CONTROL_USER,    /* of the user of this process */
	CONTROL_SYSTEM,  /* /run/chatserver */
	CONTROL_PLACES
};

/* Where that is for a server on this port, which is in digits.  False where
 * there is no such place, or the path is too long. */
bool control_place(const struct options *o, const char *port,
	enum control_place place, char *path);

/* Whether a new one is put there. */
bool control_is_for_servers(enum control_place place);

/* Makes the folder for a socket that is not asked for by its path, where it is
 * missing and may be made. */
void control_make_folder(const char *path);

/* The port that a server with these options is known by, if it has not been
 * given another: the first of --listen, in digits, or the default. */
const char *control_port(const struct options *o);

#endif

/* SPDX-License-Identifier: MIT */
/* Listening sockets: TCP over IPv4 and IPv6, UNIX. */
#ifndef SERVER_PARENT_LISTENER_H
#define SERVER_PARENT_LISTENER_H

#include <stdbool.h>

#include "ipc/common/limits.h"
#include "server/parent/peer.h"
#include "server/parent/unix_path.h"

/* The name of a protocol, with its end. */
#define PROTOCOL_NAME_MAX 8

struct listener {
	int fd;
	char protocol[PROTOCOL_NAME_MAX]; /* the only one served; "": any */
	char name[LISTENER_NAME_MAX];     /* the host as given, the real port */
	bool own_path;                    /* a UNIX socket that we made: */
	struct unix_file file;            /* ... removed at the end */
};

/* Opens the listener that addr describes: HOST:PORT, [V6]:PORT, *:PORT or
 * unix:PATH, HOST a numeric address or localhost; "text:" or the name of
 * another protocol before it fixes the protocol.  The descriptor is
 * close-on-exec and non-blocking.  A UNIX socket has unix_mode from the start,
 * or with -1 what the umask leaves.  On failure logs why and exits: 64 for a
 * bad address, 71 or 77 for an error of the system. */
void listener_open(struct listener *l, const char *addr, int unix_mode);

/* Makes a listener of an inherited socket that inherit_find has accepted; takes
 * the descriptor.  The path of a UNIX socket is not removed at the end. */
void listener_adopt(struct listener *l, int fd);

void listener_close(struct listener *l);

/* The path of a UNIX socket of our own; NULL for all others. */
const char *listener_path(const struct listener *l);

/* Reopens the UNIX socket of *l where its path is gone or another file.  False
 * with errno on failure; *fresh replaces *l, which is still open. */
bool listener_renew(
	const struct listener *l, int unix_mode, struct listener *fresh);

/* Takes one connection: its descriptor, non-blocking and close-on-exec, or -1
 * with errno of accept(2). */
int listener_accept(const struct listener *l, struct peer *peer);

/* The same for a connection that another process has accepted.  False if fd is
 * no connection over a network. */
bool listener_meet(int fd, struct peer *peer);

#endif

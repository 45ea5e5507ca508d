/* SPDX-License-Identifier: MIT */
/* Requests to a running server, over its control socket. */
#ifndef SERVER_TOOLS_ASK_H
#define SERVER_TOOLS_ASK_H

#include "ipc/common/passing.h"
#include "server/control/protocol.h"
#include "server/options.h"

/* The longest wait for a reply. */
#define ASK_PATIENCE_MS 10000

/* Connects to the server that o selects.  The descriptor, or -1 with errno:
 * ENOENT or ECONNREFUSED, none runs.  path (CONTROL_PATH_MAX) is that of the
 * socket; empty: there is none. */
int ask_connect(const struct options *o, char *path);

/* Sends the request with its descriptors, and waits for the reply and its
 * descriptors.  0, or -1 with errno: EPROTO, the server is of another version;
 * the reply may say so.  Its text is cleaned: the server is not trusted. */
int ask_send(int fd, const struct control_request *request, const int *fds,
	size_t count, struct control_reply *reply, struct passing *beside);

/* Runs --status, --say, --kick, --ban, --unban and --bans.  Returns the exit
 * status. */
int ask_main(const struct options *o);

#endif

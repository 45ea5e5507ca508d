/* SPDX-License-Identifier: MIT */
/* Asking a server that runs, over its control socket. */
#ifndef SERVER_TOOLS_ASK_H
#define SERVER_TOOLS_ASK_H

#include "ipc/common/passing.h"
#include "server/control/protocol.h"
#include "server/options.h"

/* So long an answer is waited for. */
#define ASK_PATIENCE_MS 10000

/* Connects to the server that o means.  The descriptor, or -1 with errno:
 * ENOENT or ECONNREFUSED, none runs; path (CONTROL_PATH_MAX) says where it
 * is, or should be; empty, there is no such path. */
int ask_connect(const struct options *o, char *path);

/* Sends the request, with descriptors beside it, and waits for the reply and
 * what is beside that.  0, or -1 with errno: EPROTO, the server is of another
 * version; where it says so, that is in the reply, whose text is made clean:
 * who knows who has answered. */
int ask_send(int fd, const struct control_request *request, const int *fds,
	size_t count, struct control_reply *reply, struct passing *beside);

/* What --status, --say, --kick, --ban, --unban and --bans do.  Returns the exit
 * status. */
int ask_main(const struct options *o);

#endif

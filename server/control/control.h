/* SPDX-License-Identifier: MIT */
/* The control socket: how another process of this host asks a server that
 * runs.
 *
 * Who may connect is for the socket's mode to say (its owner alone, if nobody
 * changes it); whoever can may join, as by any listener.  The rest is for root
 * and for the user who runs the server: the kernel says who is asking
 * (SO_PEERCRED, unix(7)). */
#ifndef SERVER_CONTROL_CONTROL_H
#define SERVER_CONTROL_CONTROL_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "server/control/place.h"
#include "server/options.h"
#include "server/parent/unix_path.h"

struct parent;

/* Those who have connected and not said yet what they want; more wait in the
 * backlog.  Who says nothing for so long is let go; where others wait, the one
 * who has said nothing for longest, after a moment. */
#define CONTROL_PENDING   32
#define CONTROL_WAIT_MS   5000
#define CONTROL_MOMENT_MS 500

struct control {
	int fd;                      /* -1: there is none */
	char path[CONTROL_PATH_MAX]; /* "": there is no place */
	struct unix_file file;       /* what is there of ours */
	int asking[CONTROL_PENDING]; /* connections, -1: none */
	int64_t since_ms[CONTROL_PENDING];
	int64_t rest_until_ms; /* no descriptor was left for one more */
};

/* Opens the socket.  Where that cannot be, it says so; it ends the server
 * where the socket was asked for (--control, --listen none). */
void control_open(struct control *c, const struct options *o, const char *port);

/* Opens it once more where its path is gone, or where it could not be opened
 * before. */
void control_renew(
	struct control *c, const struct options *o, const char *port);

/* What to poll for, CONTROL_POLLED entries, and what to do then.  Returns how
 * many are in use: poll(2) takes no more than there may be descriptors. */
#define CONTROL_POLLED (1 + CONTROL_PENDING)
nfds_t control_choose(const struct control *c, struct pollfd *fds);
void control_serve(struct parent *p, const struct pollfd *fds);

/* When somebody has said nothing for too long, or one more may be let in;
 * DEADLINE_NONE: never. */
int64_t control_deadline_ms(const struct control *c, int64_t now);

/* Nobody can ask any more, and the path is gone. */
void control_close(struct control *c);

#endif

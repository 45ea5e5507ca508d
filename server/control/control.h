/* SPDX-License-Identifier: MIT */
/* The control socket: requests from other processes of this host.
 *
 * The socket's mode says who may connect (only its owner, by default), and
 * everyone who can may join, as by any listener.  The other requests are for
 * root and the user who runs the server, as identified by the kernel
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

/* Connections whose request has not come; more wait in the backlog.  A silent
 * connection is closed after CONTROL_WAIT_MS; where others wait, the longest
 * silent one after a shorter time. */
#define CONTROL_PENDING   32
#define CONTROL_WAIT_MS   5000
#define CONTROL_MOMENT_MS 500

struct control {
	int fd;                      /* -1: there is none */
	char path[CONTROL_PATH_MAX]; /* "": there is none */
	struct unix_file file;       /* our file there */
	int asking[CONTROL_PENDING]; /* connections, -1: none */
	int64_t since_ms[CONTROL_PENDING];
	int64_t rest_until_ms; /* no descriptor was left for one more */
};

/* Opens the socket.  A failure is logged; it is fatal where the options require
 * the socket (--control, --listen none). */
void control_open(struct control *c, const struct options *o, const char *port);

/* Opens it again where its path is gone, or if it is not open. */
void control_renew(
	struct control *c, const struct options *o, const char *port);

/* The entries to poll, at most CONTROL_POLLED, and what to do then.  Returns
 * how many are in use: poll(2) takes no more than RLIMIT_NOFILE. */
#define CONTROL_POLLED (1 + CONTROL_PENDING)
nfds_t control_choose(const struct control *c, struct pollfd *fds);
void control_serve(struct parent *p, const struct pollfd *fds);

/* When a silent connection is closed, or the next accepted; DEADLINE_NONE:
 * never. */
int64_t control_deadline_ms(const struct control *c, int64_t now);

/* Closes the socket and removes its path. */
void control_close(struct control *c);

#endif

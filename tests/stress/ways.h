/* SPDX-License-Identifier: MIT */
/* The ways to a server, each with buffers of its own size: by its listeners,
 * or by `chatserver --inetd` on sockets and pipes that are made here, so that
 * the server's side of them has such buffers, too. */
#ifndef TESTS_STRESS_WAYS_H
#define TESTS_STRESS_WAYS_H

#include <stdint.h>
#include <sys/types.h>

#include "tests/stress/stress.h"

struct ways_server {
	uint16_t port;
	const char *path;    /* of its UNIX socket */
	const char *control; /* of its control socket */
	const char *program;
};

enum way {
	WAY_TCP,
	WAY_UNIX,
	WAY_INETD_TCP,
	WAY_INETD_UNIX,
	WAY_INETD_PIPES,
	WAYS
};

struct line_to_server {
	int in, out; /* what the server says, what it is told; never block */
	pid_t inetd; /* 0: none */
	char what[96];
};

/* Connects; fails where that cannot be. */
void ways_connect(struct line_to_server *l, const struct ways_server *server,
	enum way way, struct dice *dice);

/* Closes it, and waits for the process in between. */
void ways_close(struct line_to_server *l);

#endif

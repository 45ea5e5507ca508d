/* SPDX-License-Identifier: MIT */
/* The NATS servers of --bus, in the order given, and the file of --bus-login.
 */
#ifndef SERVER_ENGINES_H
#define SERVER_ENGINES_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "ipc/common/limits.h"

/* nats://, an IPv6 address in brackets, a colon, a port. */
#define ENGINE_NAME_MAX 80

struct engine_address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} at;
	socklen_t len;
	char name[ENGINE_NAME_MAX]; /* as given */
};

struct engines {
	struct engine_address list[BUS_SERVERS_MAX];
	unsigned int count;
};

/* Reads nats://HOST:PORT[,nats://HOST:PORT]..., HOST a numeric address or
 * localhost.  NULL, or what is wrong with it. */
const char *engines_parse(struct engines *e, const char *text);

/* Opens the file of --bus-login, for a process of another user to read.  NULL:
 * -1.  Exits with a message where it cannot be read, or anyone can. */
int engines_open_login(const char *path);

/* Reads the first line of that descriptor into login, BUS_LOGIN_MAX bytes.
 * Returns its length, or -1 where the line is empty, too long or has
 * controls. */
int engines_read_login(int fd, char *login);

#endif

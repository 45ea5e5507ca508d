/* SPDX-License-Identifier: MIT */
/* Where a server is, besides a host and a port: the path of a UNIX socket, and
 * IPv6 addresses that are good on one interface only. */
#ifndef CLIENT_OPTIONS_ADDRESS_H
#define CLIENT_OPTIONS_ADDRESS_H

#include <stdbool.h>

/* unix(7): what there is room for, but for the zero at the end. */
#define ADDRESS_PATH_MAX 107

/* The path in unix:PATH, or NULL: it is a host. */
const char *address_path(const char *host);

/* The same address without brackets around it: static storage, or host. */
const char *address_bare(const char *host);

/* Why this host can be no server's, whatever the network says; NULL where
 * nothing is wrong.  Static storage. */
const char *address_wrong(const char *host);

/* The longest wait for a server whose backlog is full. */
#define ADDRESS_WAIT_S 2

/* Connects: a descriptor, non-blocking, or -1 with errno; EAGAIN, the queue is
 * full. */
int address_connect(const char *path);

/* The message for that errno; static storage. */
const char *address_explain(const char *path, int error);

#endif

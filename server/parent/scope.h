/* SPDX-License-Identifier: MIT */
/* Link-local IPv6 addresses, which need an interface: fe80::1%eth0. */
#ifndef SERVER_PARENT_SCOPE_H
#define SERVER_PARENT_SCOPE_H

#include <netinet/in.h>
#include <stdbool.h>

/* A scoped address, written out. */
#define SCOPED_MAX 64

/* Turns ADDRESS or ADDRESS%INTERFACE, a name or a number, into a; false if it
 * is not an address.  *wrong is why it cannot be used here, or NULL. */
bool scope_parse(struct sockaddr_in6 *a, const char *host, const char **wrong);

/* The reverse; host has SCOPED_MAX. */
void scope_write(const struct sockaddr_in6 *a, char *host);

#endif

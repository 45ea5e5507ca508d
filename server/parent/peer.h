/* SPDX-License-Identifier: MIT */
/* The peer of a connection. */
#ifndef SERVER_PARENT_PEER_H
#define SERVER_PARENT_PEER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "ipc/table.h"
#include "server/network.h"

struct peer {
	char address[TABLE_ADDRESS_MAX];
	struct network from; /* of no bits: loopback or a UNIX socket, which
				are neither counted nor banned */
};

/* Describes the peer by its address.  False if the address is not of a network;
 * *p is then all zeros. */
bool peer_describe(struct peer *p, const struct sockaddr *a);

/* The other end of a UNIX socket, by its uid, for which the kernel vouches
 * (SO_PEERCRED).  Leaves from. */
void peer_describe_unix(struct peer *p, int fd);

#endif

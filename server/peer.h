/* Who a connection is from. */
#ifndef SERVER_PEER_H
#define SERVER_PEER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "ipc/table.h"

struct peer {
	char address[TABLE_ADDRESS_MAX];
	uint64_t key; /* the same for all of one address (IPv6: of one /64);
			 0: loopback or a UNIX socket, which are not counted */
};

/* Describes the other end by its address.  False if that is of no network: the
 * peer is then nobody. */
bool peer_describe(struct peer *p, const struct sockaddr *a);

/* The other end of a UNIX socket, by its uid, for which the kernel vouches
 * (SO_PEERCRED).  Leaves the key. */
void peer_describe_unix(struct peer *p, int fd);

/* The key of all who come from an address, given in digits without a port.
 * False if it is none. */
bool peer_key(const char *address, uint64_t *key);

#endif

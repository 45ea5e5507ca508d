/* SPDX-License-Identifier: MIT */
/* The peer of a connection. */
#ifndef SERVER_PARENT_PEER_H
#define SERVER_PARENT_PEER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "ipc/table.h"
#include "server/network.h"
#include "server/trusted.h"

struct peer {
	char address[TABLE_ADDRESS_MAX];
	struct network from; /* of no bits: loopback or a UNIX socket, which
				are neither counted nor banned */
	uint32_t login;      /* whom the host vouches for: uid + 1; 0: nobody */
	bool local;          /* a UNIX socket's */
	struct network at;   /* loopback, too; of no bits: no network's */
};

/* Describes the peer by its address.  False if the address is not of a network;
 * *p is then all zeros. */
bool peer_describe(struct peer *p, const struct sockaddr *a);

/* The same of one that a proxy has named. */
void peer_describe_claimed(struct peer *p, const struct net_address *a);

/* Whether it is a trusted proxy. */
bool peer_is_trusted(const struct peer *p, const struct trusted *t);

/* The other end of a UNIX socket, by its uid, for which the kernel vouches
 * (SO_PEERCRED).  Leaves from. */
void peer_describe_unix(struct peer *p, int fd);

/* The login of a uid: uid + 1, 0 where it is no person's (ipc/common/limits.h).
 */
uint32_t peer_login(uid_t uid);

/* That of an inetd stub whose user has these descriptors.  Nobody's where one
 * of them is of a network, or of a UNIX socket whose other end has another uid:
 * the stub is then run by a service, for users of its own.  Through pipes and
 * terminals such a service cannot be told from its user: there it lends its
 * users its own login. */
uint32_t peer_login_of_stub(uid_t uid, int in, int out);

#endif

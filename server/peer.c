/* Who a connection is from: its address, for people and for counting.
 * Runs in: parent; and where an administrator names an address. */
#include "server/peer.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static uint64_t be64(const unsigned char *p)
{
	uint64_t n = 0;

	for (int i = 0; i < 8; i++)
		n = n << 8 | p[i];
	return n;
}

static void describe_v4(struct peer *p, const struct in_addr *v4, unsigned port)
{
	char host[INET_ADDRSTRLEN];
	uint32_t n = ntohl(v4->s_addr);

	inet_ntop(AF_INET, v4, host, sizeof host);
	snprintf(p->address, sizeof p->address, "%s:%u", host, port);
	p->key = n >> 24 == IN_LOOPBACKNET ? 0 : n;
}

static void describe_v6(struct peer *p, const struct sockaddr_in6 *a)
{
	const struct in6_addr *v6 = &a->sin6_addr;
	char host[INET6_ADDRSTRLEN];

	if (IN6_IS_ADDR_V4MAPPED(v6)) {
		struct in_addr v4;

		memcpy(&v4, v6->s6_addr + 12, sizeof v4);
		describe_v4(p, &v4, ntohs(a->sin6_port));
		return;
	}
	inet_ntop(AF_INET6, v6, host, sizeof host);
	snprintf(p->address, sizeof p->address, "[%s]:%u", host,
		ntohs(a->sin6_port));
	/* No IPv6 network is an IPv4 address: those keys have 32 bits. */
	p->key = IN6_IS_ADDR_LOOPBACK(v6) ? 0 : be64(v6->s6_addr);
}

bool peer_describe(struct peer *p, const struct sockaddr *a)
{
	memset(p, 0, sizeof *p);
	if (a->sa_family == AF_INET) {
		const struct sockaddr_in *v4 = (const struct sockaddr_in *)a;

		describe_v4(p, &v4->sin_addr, ntohs(v4->sin_port));
		return true;
	}
	if (a->sa_family == AF_INET6)
		describe_v6(p, (const struct sockaddr_in6 *)a);
	return a->sa_family == AF_INET6;
}

void peer_describe_unix(struct peer *p, int fd)
{
	struct ucred who;
	socklen_t len = sizeof who;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == -1)
		snprintf(p->address, sizeof p->address, "unix");
	else
		snprintf(p->address, sizeof p->address, "unix:uid=%lu",
			(unsigned long)who.uid);
}

bool peer_key(const char *address, uint64_t *key)
{
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	struct in_addr v4;
	struct peer peer;

	if (inet_pton(AF_INET, address, &v4) == 1)
		describe_v4(&peer, &v4, 0);
	else if (inet_pton(AF_INET6, address, &v6.sin6_addr) == 1)
		describe_v6(&peer, &v6);
	else
		return false;
	*key = peer.key;
	return true;
}

/* SPDX-License-Identifier: MIT */
/* The peer of a connection: its address as text, and for counting; and whom the
 * host vouches for.
 * Runs in: parent. */
#include "server/parent/peer.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "ipc/common/limits.h"

static void describe_v4(struct peer *p, const struct in_addr *v4, unsigned port)
{
	char host[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, v4, host, sizeof host);
	snprintf(p->address, sizeof p->address, "%s:%u", host, port);
	p->from = network_of_v4(v4);
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
	p->from = network_of(v6);
}

bool peer_describe(struct peer *p, const struct sockaddr *a)
{
	memset(p, 0, sizeof *p);
	if (a->sa_family == AF_INET) {
		const struct sockaddr_in *v4 = (const struct sockaddr_in *)a;

		describe_v4(p, &v4->sin_addr, ntohs(v4->sin_port));
	} else if (a->sa_family == AF_INET6) {
		describe_v6(p, (const struct sockaddr_in6 *)a);
	} else {
		return false;
	}
	p->at = p->from;
	if (network_is_loopback(&p->from))
		p->from = (struct network){0};
	return true;
}

void peer_describe_claimed(struct peer *p, const struct net_address *a)
{
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6,
		.sin6_port = htons((in_port_t)a->port)};
	size_t end;

	for (unsigned int i = 0; i < 8; i++) {
		v6.sin6_addr.s6_addr[i] = (uint8_t)(a->high >> (56 - 8 * i));
		v6.sin6_addr.s6_addr[8 + i] = (uint8_t)(a->low >> (56 - 8 * i));
	}
	(void)peer_describe(p, (const struct sockaddr *)&v6);
	end = strlen(p->address);
	if (a->port == 0)
		p->address[end - strlen(":0")] = '\0';
}

bool peer_is_trusted(const struct peer *p, const struct trusted *t)
{
	return p->local ? t->local : trusted_has(t, &p->at);
}

void peer_describe_unix(struct peer *p, int fd)
{
	struct ucred who;
	socklen_t len = sizeof who;

	p->login = 0;
	p->local = true;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == -1) {
		snprintf(p->address, sizeof p->address, "unix");
		return;
	}
	snprintf(p->address, sizeof p->address, "unix:uid=%lu",
		(unsigned long)who.uid);
	p->login = peer_login(who.uid);
}

uint32_t peer_login(uid_t uid)
{
	if ((uid > 0 && uid < LOGIN_UID_PEOPLE) ||
		(uid >= LOGIN_UID_SERVICES && uid <= LOGIN_UID_NOBODY))
		return 0;
	return (uint32_t)uid + 1; /* of (uid_t)-1, no user's, 0 */
}

/* Whether the descriptor may be the user's own: no socket, or one that the user
 * has made. */
static bool is_of(int fd, uid_t uid)
{
	struct ucred who;
	socklen_t len = sizeof who;
	struct stat st;
	int domain;

	if (fstat(fd, &st) == -1)
		return false;
	if (!S_ISSOCK(st.st_mode))
		return true;
	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain,
		    &(socklen_t){sizeof domain}) == -1 ||
		domain != AF_UNIX)
		return false;
	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 &&
	       who.uid == uid;
}

uint32_t peer_login_of_stub(uid_t uid, int in, int out)
{
	return is_of(in, uid) && is_of(out, uid) ? peer_login(uid) : 0;
}

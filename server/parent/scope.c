/* SPDX-License-Identifier: MIT */
/* Link-local addresses with their interfaces.  A static program cannot use
 * getaddrinfo(3), which parses them.
 * Runs in: parent. */
#include "server/parent/scope.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "ipc/common/number.h"

_Static_assert(SCOPED_MAX > INET6_ADDRSTRLEN + IF_NAMESIZE, "there is room");

/* 0: there is none. */
static uint32_t find(const char *interface)
{
	char name[IF_NAMESIZE];
	uint32_t found = if_nametoindex(interface);
	unsigned long number;

	if (found != 0 ||
		!number_parse(interface, 10, 0, UINT32_MAX, &number) ||
		if_indextoname((uint32_t)number, name) == NULL)
		return found;
	return (uint32_t)number;
}

bool scope_parse(struct sockaddr_in6 *a, const char *host, const char **wrong)
{
	char v6[INET6_ADDRSTRLEN];
	size_t n = strcspn(host, "%");

	*wrong = NULL;
	if (n >= sizeof v6)
		return false;
	memcpy(v6, host, n);
	v6[n] = '\0';
	if (inet_pton(AF_INET6, v6, &a->sin6_addr) != 1)
		return false;
	a->sin6_scope_id = host[n] == '%' ? find(host + n + 1) : 0;
	if (host[n] == '%' && a->sin6_scope_id == 0)
		*wrong = "no such interface";
	else if (host[n] == '\0' && IN6_IS_ADDR_LINKLOCAL(&a->sin6_addr))
		*wrong = "a link-local address needs its interface, as in "
			 "[fe80::1%eth0]:8888";
	return true;
}

void scope_write(const struct sockaddr_in6 *a, char *host)
{
	char name[IF_NAMESIZE];
	size_t n;

	inet_ntop(AF_INET6, &a->sin6_addr, host, SCOPED_MAX);
	n = strlen(host);
	if (a->sin6_scope_id == 0)
		return;
	/* The interface may be gone by now. */
	if (if_indextoname(a->sin6_scope_id, name) != NULL)
		snprintf(host + n, SCOPED_MAX - n, "%%%s", name);
	else
		snprintf(host + n, SCOPED_MAX - n, "%%%u", a->sin6_scope_id);
}

/* SPDX-License-Identifier: MIT */
/* UNIX sockets and scoped IPv6 addresses, for a client.
 * Runs in: client. */
#include "client/options/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "ipc/common/number.h"

/* An IPv6 address with its interface behind it, as in fe80::1%eth0. */
#define SCOPED_MAX (INET6_ADDRSTRLEN + 1 + IF_NAMESIZE)

_Static_assert(sizeof((struct sockaddr_un){0}.sun_path) == ADDRESS_PATH_MAX + 1,
	"a path and its end fill the field");

const char *address_path(const char *host)
{
	static const char prefix[] = "unix:";
	size_t n = sizeof(prefix) - 1;

	return strncmp(host, prefix, n) == 0 ? host + n : NULL;
}

const char *address_bare(const char *host)
{
	static char bare[SCOPED_MAX];
	size_t n = strlen(host);

	if (n < 3 || n - 2 >= sizeof(bare) || host[0] != '[' ||
		host[n - 1] != ']')
		return host;
	memcpy(bare, host + 1, n - 2);
	bare[n - 2] = '\0';
	return bare;
}

/* By its name or its number. */
static bool is_interface(const char *scope)
{
	char name[IF_NAMESIZE];
	unsigned long number;

	return if_nametoindex(scope) != 0 ||
	       (number_parse(scope, 10, 0, UINT32_MAX, &number) &&
		       if_indextoname((unsigned)number, name) != NULL);
}

const char *address_wrong(const char *host)
{
	static char wrong[64 + SCOPED_MAX];
	char v6[INET6_ADDRSTRLEN];
	size_t n = strcspn(host, "%");
	const char *scope = host[n] == '%' ? host + n + 1 : NULL;
	struct in6_addr address;

	if (n >= sizeof(v6))
		return NULL;
	memcpy(v6, host, n);
	v6[n] = '\0';
	if (inet_pton(AF_INET6, v6, &address) != 1)
		return NULL;
	if (scope == NULL && IN6_IS_ADDR_LINKLOCAL(&address))
		snprintf(wrong, sizeof(wrong),
			"a link-local address needs its interface, as in "
			"%s%%eth0",
			v6);
	else if (scope != NULL && !is_interface(scope))
		snprintf(wrong, sizeof(wrong), "no such interface: %.*s",
			IF_NAMESIZE, scope);
	else
		return NULL;
	return wrong;
}

int address_connect(const char *path)
{
	const struct timeval wait = {.tv_sec = ADDRESS_WAIT_S};
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd, error;

	if (strlen(path) > ADDRESS_PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(a.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	/* unix(7) has no connection under way: with O_NONBLOCK it fails. */
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	if (connect(fd, (const struct sockaddr *)&a, sizeof(a)) == 0 &&
		fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

const char *address_explain(const char *path, int error)
{
	struct stat found;

	if (error == EAGAIN)
		return "the server's backlog is full";
	if (error != ECONNREFUSED)
		return strerror(error);
	if (stat(path, &found) == 0 && !S_ISSOCK(found.st_mode))
		return "not a socket";
	return "no server listens at this path";
}

/* SPDX-License-Identifier: MIT */
/* Opens listeners, adopts inherited ones, accepts connections.  Socket options
 * are set once, on the listener: accepted sockets inherit them on Linux.
 * Runs in: parent. */
#include "server/parent/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "ipc/common/number.h"
#include "server/child/loop.h"
#include "server/fd.h"
#include "server/log.h"
#include "server/parent/scope.h"

/* TCP keepalive: seconds of silence, probes and seconds between them, so a peer
 * that vanished is found after a minute.  Bytes sent meanwhile end the probing,
 * and USER_TIMEOUT_MS begins with them: two minutes at most. */
#define KEEPALIVE_IDLE     30
#define KEEPALIVE_INTERVAL 10
#define KEEPALIVE_PROBES   3

/* A peer that no longer acknowledges our bytes is dropped after this, ms. */
#define USER_TIMEOUT_MS 60000

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un un;
};

static void refuse(const char *addr, int error)
{
	fatal(error == EACCES ? EX_NOPERM : EX_OSERR, "cannot listen on %s: %s",
		addr, strerror(error));
}

static int open_socket(int family, const char *addr)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1)
		refuse(addr, errno);
	return fd;
}

static void set(int fd, int level, int option, int value)
{
	/* The server can serve without any of them. */
	if (setsockopt(fd, level, option, &value, sizeof value) == -1)
		log_warn_errno("listener-option option=%d", option);
}

static void open_unix(
	struct listener *l, const char *addr, const char *path, int mode)
{
	const size_t max = sizeof((struct sockaddr_un *)NULL)->sun_path - 1;

	if (path[0] == '\0' || strlen(path) > max)
		fatal(EX_USAGE,
			"--listen: '%s': the path must have 1 to %zu bytes",
			addr, max);
	l->fd = open_socket(AF_UNIX, addr);
	if (unix_path_listen(l->fd, path, mode, LISTEN_BACKLOG, &l->file) == -1)
		refuse(addr, errno);
	l->own_path = true;
	snprintf(l->name, sizeof l->name, "unix:%s", path);
}

/* Splits HOST:PORT; false if there is no such port. */
static bool split(const char *addr, char *host, size_t cap, in_port_t *port)
{
	const char *colon = strrchr(addr, ':');
	const char *digits = colon != NULL ? colon + 1 : "";
	size_t n = colon != NULL ? (size_t)(colon - addr) : 0;
	unsigned long value;

	if (n == 0 || n >= cap || !number_parse(digits, 10, 0, 65535, &value))
		return false;
	memcpy(host, addr, n);
	host[n] = '\0';
	*port = htons((in_port_t)value);
	return true;
}

/* Turns a host into an address; 0 if it is none.  "*" is every address. *wrong:
 * why a well-formed address cannot be used. */
static socklen_t parse_host(
	union address *a, char *host, in_port_t port, const char **wrong)
{
	size_t n = strlen(host);

	memset(a, 0, sizeof *a);
	if (inet_pton(AF_INET,
		    strcmp(host, "localhost") == 0 ? "127.0.0.1" : host,
		    &a->v4.sin_addr) == 1) {
		a->v4.sin_family = AF_INET;
		a->v4.sin_port = port;
		return sizeof a->v4;
	}
	a->v6.sin6_family = AF_INET6;
	a->v6.sin6_port = port;
	if (strcmp(host, "*") == 0)
		return sizeof a->v6;
	if (host[0] != '[' || host[n - 1] != ']')
		return 0;
	host[n - 1] = '\0';
	return scope_parse(&a->v6, host + 1, wrong) ? sizeof a->v6 : 0;
}

static void set_tcp_options(int fd)
{
	set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	/* Urgent data, such as telnet's synch, is bytes like others. */
	set(fd, SOL_SOCKET, SO_OOBINLINE, 1);
	set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE);
	set(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL);
	set(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES);
	set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, USER_TIMEOUT_MS);
}

/* Whether the kernel has IPv6: without it, "*" is IPv4 only. */
static bool has_ipv6(void)
{
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return false;
	close(fd);
	return true;
}

static void open_tcp(struct listener *l, const char *addr)
{
	union address a;
	char host[SCOPED_MAX + sizeof "[]"], shown[sizeof host];
	const char *wrong = NULL;
	in_port_t port;
	socklen_t len;

	if (!split(addr, host, sizeof host, &port))
		fatal(EX_USAGE,
			"--listen: '%s' must be HOST:PORT, [V6]:PORT, *:PORT "
			"or unix:PATH, with a port from 0 to 65535",
			addr);
	memcpy(shown, host, sizeof shown);
	len = parse_host(&a, host, port, &wrong);
	if (len == sizeof a.v6 && shown[0] == '*' && !has_ipv6()) {
		snprintf(host, sizeof host, "0.0.0.0");
		len = parse_host(&a, host, port, &wrong);
	}
	if (len == 0)
		fatal(EX_USAGE,
			"--listen: '%s': the host must be an IPv4 address, an "
			"IPv6 address in brackets, localhost or *",
			addr);
	if (wrong != NULL)
		fatal(EX_OSERR, "cannot listen on %s: %s", addr, wrong);
	l->fd = open_socket(a.any.sa_family, addr);
	set(l->fd, SOL_SOCKET, SO_REUSEADDR, 1);
	/* "*" serves IPv4 by the same socket, "[::]" does not. */
	if (a.any.sa_family == AF_INET6)
		set(l->fd, IPPROTO_IPV6, IPV6_V6ONLY, shown[0] != '*');
	set_tcp_options(l->fd);
	if (bind(l->fd, &a.any, len) == -1 ||
		getsockname(l->fd, &a.any, &len) == -1 ||
		listen(l->fd, LISTEN_BACKLOG) == -1)
		refuse(addr, errno);
	/* sin6_port lies where sin_port does. */
	snprintf(l->name, sizeof l->name, "%s:%u", shown, ntohs(a.v4.sin_port));
}

void listener_open(struct listener *l, const char *addr, int unix_mode)
{
	const char *protocol = child_protocol(&addr);

	memset(l, 0, sizeof *l);
	if (protocol != NULL)
		snprintf(l->protocol, sizeof l->protocol, "%s", protocol);
	if (strncmp(addr, "unix:", 5) == 0)
		open_unix(l, addr, addr + 5, unix_mode);
	else
		open_tcp(l, addr);
}

static int get_option(int fd, int level, int option)
{
	int value = 0;
	socklen_t len = sizeof value;

	(void)getsockopt(fd, level, option, &value, &len);
	return value;
}

static void name_v6(struct listener *l, const struct sockaddr_in6 *a)
{
	char host[SCOPED_MAX];
	unsigned int port = ntohs(a->sin6_port);

	scope_write(a, host);
	if (IN6_IS_ADDR_UNSPECIFIED(&a->sin6_addr) &&
		!get_option(l->fd, IPPROTO_IPV6, IPV6_V6ONLY))
		snprintf(l->name, sizeof l->name, "*:%u", port);
	else
		snprintf(l->name, sizeof l->name, "[%s]:%u", host, port);
}

/* The name of an abstract socket begins with a zero byte.  A path that fills
 * its field does not end with one, and then len is one too many: unix(7). */
static void name_unix(
	struct listener *l, const struct sockaddr_un *a, socklen_t len)
{
	int n = (int)len - (int)offsetof(struct sockaddr_un, sun_path);
	bool abstract = n > 0 && a->sun_path[0] == '\0';

	if (n > (int)sizeof a->sun_path)
		n = (int)sizeof a->sun_path;
	snprintf(l->name, sizeof l->name, "unix:%s%.*s", abstract ? "@" : "",
		abstract ? n - 1 : n, a->sun_path + abstract);
}

void listener_adopt(struct listener *l, int fd)
{
	union address a;
	socklen_t len = sizeof a;
	char host[INET_ADDRSTRLEN];
	int flags = fcntl(fd, F_GETFL);

	memset(l, 0, sizeof *l);
	memset(&a, 0, sizeof a);
	l->fd = fd;
	/* The queue may be short, meant for a service that is started for each
	 * connection: inetd's is 10. */
	if (flags == -1 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1 ||
		fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 ||
		listen(fd, LISTEN_BACKLOG) == -1 ||
		getsockname(fd, &a.any, &len) == -1)
		fatal(EX_OSERR, "cannot use the inherited descriptor %d: %s",
			fd, strerror(errno));
	if (a.any.sa_family == AF_UNIX) {
		name_unix(l, &a.un, len);
		return;
	}
	set_tcp_options(fd);
	if (a.any.sa_family == AF_INET6) {
		name_v6(l, &a.v6);
		return;
	}
	inet_ntop(AF_INET, &a.v4.sin_addr, host, sizeof host);
	snprintf(l->name, sizeof l->name, "%s:%u", host, ntohs(a.v4.sin_port));
}

const char *listener_path(const struct listener *l)
{
	return l->own_path ? strchr(l->name, ':') + 1 : NULL;
}

void listener_close(struct listener *l)
{
	/* In this order: after the close another server may take the path. */
	if (l->own_path)
		unix_path_remove(listener_path(l), &l->file);
	l->own_path = false;
	if (l->fd != -1)
		close(l->fd);
	l->fd = -1;
}

bool listener_renew(
	const struct listener *l, int unix_mode, struct listener *fresh)
{
	int error;

	*fresh = *l;
	fresh->fd = fd_high(
		socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	if (fresh->fd == -1)
		return false;
	if (unix_path_listen(fresh->fd, listener_path(l), unix_mode,
		    LISTEN_BACKLOG, &fresh->file) == 0)
		return true;
	error = errno;
	close(fresh->fd);
	errno = error;
	return false;
}

bool listener_meet(int fd, struct peer *peer)
{
	union address a = {.any = {.sa_family = AF_UNSPEC}};
	socklen_t len = sizeof a;

	if (getpeername(fd, &a.any, &len) == -1 || !peer_describe(peer, &a.any))
		return false;
	set_tcp_options(fd);
	return true;
}

int listener_accept(const struct listener *l, struct peer *peer)
{
	union address a = {.any = {.sa_family = AF_UNSPEC}};
	socklen_t len = sizeof a;
	int fd = accept4(l->fd, &a.any, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd == -1)
		return -1;
	if (!peer_describe(peer, &a.any))
		peer_describe_unix(peer, fd);
	return fd;
}

/* Opens listeners, takes connections.  Options of accepted sockets are set
 * once, on the listener, from which Linux lets them inherit.
 * Runs in: parent. */
#include "server/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "server/log.h"

/* A peer that vanished is found after so many seconds of silence, and so
 * many probes so far apart: about two minutes. */
#define KEEPALIVE_IDLE     60
#define KEEPALIVE_INTERVAL 15
#define KEEPALIVE_PROBES   4

/* And one that no longer acknowledges our bytes after this, milliseconds. */
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
	/* None of them is worth not serving for. */
	if (setsockopt(fd, level, option, &value, sizeof value) == -1)
		log_warn_errno("setsockopt %d", option);
}

/* Whether the path is a UNIX socket that nobody serves, left by a server that
 * was killed. */
static bool is_stale(const union address *a, socklen_t len)
{
	struct stat st;
	bool refused;
	int fd;

	if (lstat(a->un.sun_path, &st) == -1 || !S_ISSOCK(st.st_mode))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return false;
	refused = connect(fd, &a->any, len) == -1 && errno == ECONNREFUSED;
	close(fd);
	return refused;
}

static void open_unix(struct listener *l, const char *addr, const char *path)
{
	union address a = {.un = {.sun_family = AF_UNIX}};

	if (path[0] == '\0' || strlen(path) >= sizeof a.un.sun_path)
		fatal(EX_USAGE,
			"--listen: '%s': a path of 1 to %zu bytes must follow "
			"'unix:'",
			addr, sizeof a.un.sun_path - 1);
	memcpy(a.un.sun_path, path, strlen(path) + 1);
	l->fd = open_socket(AF_UNIX, addr);
	if (bind(l->fd, &a.any, sizeof a.un) == -1) {
		if (errno != EADDRINUSE)
			refuse(addr, errno);
		if (!is_stale(&a, sizeof a.un))
			refuse(addr, EADDRINUSE);
		if (unlink(path) == -1 ||
			bind(l->fd, &a.any, sizeof a.un) == -1)
			refuse(addr, errno);
	}
	l->path = path;
	snprintf(l->name, sizeof l->name, "unix:%s", path);
}

/* Splits HOST:PORT; false if there is no such port. */
static bool split(const char *addr, char *host, size_t cap, in_port_t *port)
{
	const char *colon = strrchr(addr, ':');
	const char *digits = colon != NULL ? colon + 1 : "";
	size_t n = colon != NULL ? (size_t)(colon - addr) : 0;
	char *end;
	unsigned long value = strtoul(digits, &end, 10);

	if (n == 0 || n >= cap || digits[0] < '0' || digits[0] > '9' ||
		*end != '\0' || strlen(digits) > 5 || value > 65535)
		return false;
	memcpy(host, addr, n);
	host[n] = '\0';
	*port = htons((in_port_t)value);
	return true;
}

/* Turns a host into an address; 0 if it is none.  "*" is every address. */
static socklen_t parse_host(union address *a, char *host, in_port_t port)
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
	return inet_pton(AF_INET6, host + 1, &a->v6.sin6_addr) == 1
		       ? sizeof a->v6
		       : 0;
}

/* Whether the kernel has any IPv6: "*" is IPv4 alone where it has not. */
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
	char host[64], shown[sizeof host];
	in_port_t port;
	socklen_t len;

	if (!split(addr, host, sizeof host, &port))
		fatal(EX_USAGE,
			"--listen: '%s' has no port from 0 to 65535; right "
			"would be HOST:PORT, [V6]:PORT, *:PORT or unix:PATH",
			addr);
	memcpy(shown, host, sizeof shown);
	len = parse_host(&a, host, port);
	if (len == sizeof a.v6 && shown[0] == '*' && !has_ipv6()) {
		snprintf(host, sizeof host, "0.0.0.0");
		len = parse_host(&a, host, port);
	}
	if (len == 0)
		fatal(EX_USAGE,
			"--listen: '%s' is no IPv4 address, no IPv6 address in "
			"brackets, not localhost and not *, with a port behind",
			addr);
	l->fd = open_socket(a.any.sa_family, addr);
	set(l->fd, SOL_SOCKET, SO_REUSEADDR, 1);
	/* "*" serves IPv4 by the same socket, "[::]" does not. */
	if (a.any.sa_family == AF_INET6)
		set(l->fd, IPPROTO_IPV6, IPV6_V6ONLY, shown[0] != '*');
	set(l->fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set(l->fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set(l->fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE);
	set(l->fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL);
	set(l->fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES);
	set(l->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, USER_TIMEOUT_MS);
	if (bind(l->fd, &a.any, len) == -1 ||
		getsockname(l->fd, &a.any, &len) == -1)
		refuse(addr, errno);
	/* sin6_port lies where sin_port does. */
	snprintf(l->name, sizeof l->name, "%s:%u", shown, ntohs(a.v4.sin_port));
}

void listener_open(struct listener *l, const char *addr)
{
	memset(l, 0, sizeof *l);
	if (strncmp(addr, "unix:", 5) == 0)
		open_unix(l, addr, addr + 5);
	else
		open_tcp(l, addr);
	if (listen(l->fd, LISTEN_BACKLOG) == -1)
		refuse(addr, errno);
}

void listener_close(struct listener *l)
{
	close(l->fd);
	l->fd = -1;
	if (l->path != NULL)
		unlink(l->path);
}

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

int listener_accept(const struct listener *l, struct peer *peer)
{
	union address a = {.any = {.sa_family = AF_UNSPEC}};
	socklen_t len = sizeof a;
	int fd = accept4(l->fd, &a.any, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd == -1)
		return -1;
	memset(peer, 0, sizeof *peer);
	if (a.any.sa_family == AF_INET)
		describe_v4(peer, &a.v4.sin_addr, ntohs(a.v4.sin_port));
	else if (a.any.sa_family == AF_INET6)
		describe_v6(peer, &a.v6);
	else
		snprintf(peer->address, sizeof peer->address, "unix");
	return fd;
}

/* SPDX-License-Identifier: MIT */
/* Tests of server/parent/listener.c: what an adopted socket is made into, and
 * how listeners and those who connect are called. Runs in: nothing but tests.
 */
#include "server/parent/listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static int option(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof value;

	return getsockopt(fd, level, name, &value, &len) == -1 ? -1 : value;
}

/* A socket as a service manager opens it, blocking and without options. */
static int plain_tcp(int family, int v6only)
{
	int fd = socket(family, SOCK_STREAM, 0);

	if (family == AF_INET6)
		setsockopt(
			fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, sizeof v6only);
	return listen(fd, 1) == -1 ? -1 : fd;
}

static int plain_unix(const char *name, size_t n)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(a.sun_path, name, n);
	return bind(fd, (struct sockaddr *)&a,
		       (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				   n)) == -1 ||
			       listen(fd, 1) == -1
		       ? -1
		       : fd;
}

/* Each of them has been forgotten by somebody once. */
static void adopted_as_opened(void)
{
	static const struct {
		int level, name;
	} options[] = {
		{IPPROTO_TCP, TCP_NODELAY},
		{SOL_SOCKET, SO_KEEPALIVE},
		{IPPROTO_TCP, TCP_KEEPIDLE},
		{IPPROTO_TCP, TCP_KEEPINTVL},
		{IPPROTO_TCP, TCP_KEEPCNT},
		{IPPROTO_TCP, TCP_USER_TIMEOUT},
	};
	struct listener own, adopted;
	int fd = plain_tcp(AF_INET, 0);

	CHECK(fd != -1);
	listener_open(&own, "127.0.0.1:0", -1);
	CHECK(option(fd, IPPROTO_TCP, TCP_NODELAY) !=
		option(own.fd, IPPROTO_TCP, TCP_NODELAY));
	listener_adopt(&adopted, fd);
	for (size_t i = 0; i < COUNT(options); i++)
		CHECKF(option(adopted.fd, options[i].level, options[i].name) ==
				option(own.fd, options[i].level,
					options[i].name),
			"option %d", options[i].name);
	CHECK((fcntl(adopted.fd, F_GETFL) & O_NONBLOCK) != 0);
	CHECK((fcntl(adopted.fd, F_GETFD) & FD_CLOEXEC) != 0);
	listener_close(&own);
	listener_close(&adopted);
}

static void is_called(int fd, const char *name)
{
	struct listener l;
	char expected[sizeof l.name];
	struct sockaddr_in6 a = {.sin6_family = AF_UNSPEC};
	socklen_t len = sizeof a;

	CHECK(fd != -1);
	CHECK(getsockname(fd, (struct sockaddr *)&a, &len) == 0);
	snprintf(expected, sizeof expected, "%s", name);
	if (a.sin6_family != AF_UNIX)
		snprintf(expected, sizeof expected, "%s:%u", name,
			ntohs(a.sin6_port));
	listener_adopt(&l, fd);
	CHECKF(strcmp(l.name, expected) == 0, "%s, not %s", l.name, expected);
	CHECK(listener_path(&l) == NULL);
	listener_close(&l);
}

static void names(void)
{
	struct sockaddr_un a;
	char longest[sizeof a.sun_path], expected[sizeof longest + 8];
	char abstract[64];
	int n;

	is_called(plain_tcp(AF_INET, 0), "0.0.0.0");
	is_called(plain_tcp(AF_INET6, 0), "*");
	is_called(plain_tcp(AF_INET6, 1), "[::]");
	n = snprintf(
		abstract, sizeof abstract, "@chat-unit-%ld", (long)getpid());
	abstract[0] = '\0';
	snprintf(expected, sizeof expected, "unix:@%s", abstract + 1);
	is_called(plain_unix(abstract, (size_t)n), expected);
	/* A path that fills its field has no end, which valgrind looks for. */
	if (getenv("UNDER_VALGRIND") != NULL)
		return;
	n = snprintf(
		longest, sizeof longest, "/tmp/chat-unit-%ld-", (long)getpid());
	memset(longest + n, 'x', sizeof longest - (size_t)n);
	snprintf(expected, sizeof expected, "unix:%.*s", (int)sizeof longest,
		longest);
	is_called(plain_unix(longest, sizeof longest), expected);
	CHECK(unlink(expected + 5) == 0);
}

static void peer_of_unix(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct listener l;
	struct peer peer;
	char expected[64];
	int n = snprintf(a.sun_path, sizeof a.sun_path, "@chat-peer-%ld",
		(long)getpid());
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), got;

	a.sun_path[0] = '\0';
	listener_adopt(&l, plain_unix(a.sun_path, (size_t)n));
	CHECK(listener_accept(&l, &peer) == -1); /* and it does not wait */
	CHECK(connect(fd, (struct sockaddr *)&a,
		      (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				  (size_t)n)) == 0);
	got = listener_accept(&l, &peer);
	CHECK(got != -1);
	snprintf(expected, sizeof expected, "unix:uid=%lu",
		(unsigned long)geteuid());
	CHECKF(strcmp(peer.address, expected) == 0, "%s", peer.address);
	CHECK_EQ(peer.from.bits, 0u);
	close(got);
	close(fd);
	listener_close(&l);
}

static void mode_of_unix(void)
{
	struct listener l;
	struct stat st;
	char addr[64];
	mode_t before = umask(022), after;

	snprintf(addr, sizeof addr, "unix:/tmp/chat-mode-%ld", (long)getpid());
	listener_open(&l, addr, 0666);
	CHECK(stat(listener_path(&l), &st) == 0);
	after = umask(before);
	CHECK_EQ(st.st_mode & 07777, 0666u);
	CHECK_EQ(after, 022u);
	listener_close(&l);
	CHECK(access(addr + 5, F_OK) == -1);
}

int main(void)
{
	RUN(adopted_as_opened, "an adopted socket has all options of our own");
	RUN(names, "an adopted socket is called by its address");
	RUN(peer_of_unix, "who comes by a UNIX socket is called by uid");
	RUN(mode_of_unix, "a mode of its own leaves the umask as it is");
	return unit_end();
}

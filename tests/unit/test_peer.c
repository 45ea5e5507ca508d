/* SPDX-License-Identifier: MIT */
/* Tests of server/parent/peer.c: whom the host vouches for.
 * Runs in: nothing but tests. */
#include "server/parent/peer.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "ipc/common/limits.h"
#include "tests/unit/unit.h"

/* A person's, other than who runs this. */
#define SOMEBODY 4711

static void uids(void)
{
	CHECK_EQ(peer_login(0), 1);
	CHECK_EQ(peer_login(1), 0);
	CHECK_EQ(peer_login(33), 0);
	CHECK_EQ(peer_login(999), 0);
	CHECK_EQ(peer_login(1000), 1001);
	CHECK_EQ(peer_login(61183), 61184);
	CHECK_EQ(peer_login(61184), 0);
	CHECK_EQ(peer_login(65533), 0);
	CHECK_EQ(peer_login(65534), 0);
	CHECK_EQ(peer_login(65535), 65536);
	CHECK_EQ(peer_login(4294967294u), 4294967295u);
	CHECK_EQ(peer_login((uid_t)-1), 0);
}

/* Two connected sockets of a network. */
static bool connect_tcp(int *fds)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof a;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(listener, (struct sockaddr *)&a, sizeof a) == -1 ||
		listen(listener, 1) == -1 ||
		getsockname(listener, (struct sockaddr *)&a, &len) == -1)
		return false;
	fds[0] = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(fds[0], (struct sockaddr *)&a, sizeof a) == -1)
		return false;
	fds[1] = accept(listener, NULL, NULL);
	close(listener);
	return fds[1] != -1;
}

static void unix_socket(void)
{
	struct peer peer = {.login = 99};
	int fds[2];

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	peer_describe_unix(&peer, fds[0]);
	CHECK_EQ(peer.login, peer_login(getuid()));
	close(fds[0]);
	close(fds[1]);
	peer.login = 99;
	peer_describe_unix(&peer, -1);
	CHECK_EQ(peer.login, 0);
}

static void stubs(void)
{
	int tcp[2], own[2], pipes[2];
	int null = open("/dev/null", O_RDWR);

	CHECK(connect_tcp(tcp));
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, own) == 0);
	CHECK(pipe(pipes) == 0);
	CHECK_EQ(peer_login_of_stub(SOMEBODY, null, null), SOMEBODY + 1);
	CHECK_EQ(
		peer_login_of_stub(SOMEBODY, pipes[0], pipes[1]), SOMEBODY + 1);
	CHECK_EQ(peer_login_of_stub(SOMEBODY, tcp[0], tcp[0]), 0);
	CHECK_EQ(peer_login_of_stub(SOMEBODY, pipes[0], tcp[0]), 0);
	CHECK_EQ(peer_login_of_stub(SOMEBODY, tcp[0], pipes[1]), 0);
	/* A UNIX socket that the user has not made. */
	CHECK_EQ(peer_login_of_stub(SOMEBODY, own[0], own[0]), 0);
	CHECK_EQ(peer_login_of_stub(SOMEBODY, null, own[0]), 0);
	CHECK_EQ(peer_login_of_stub(getuid(), own[0], own[0]),
		peer_login(getuid()));
	CHECK_EQ(peer_login_of_stub(0, null, null), 1);
	CHECK_EQ(peer_login_of_stub(0, null, tcp[0]), 0);
	/* Services. */
	CHECK_EQ(peer_login_of_stub(33, null, null), 0);
	CHECK_EQ(peer_login_of_stub(65534, null, null), 0);
	/* Nothing there. */
	CHECK_EQ(peer_login_of_stub(SOMEBODY, null, -1), 0);
	close(null);
	for (size_t i = 0; i < 2; i++) {
		close(tcp[i]);
		close(own[i]);
		close(pipes[i]);
	}
}

/* By the address of a network the host knows nobody. */
static void addresses(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct peer peer;

	memset(&peer, 0xff, sizeof peer);
	CHECK(peer_describe(&peer, (struct sockaddr *)&a));
	CHECK_EQ(peer.login, 0);
}

int main(void)
{
	RUN(uids, "which uids are people's");
	RUN(unix_socket, "the other end of a UNIX socket");
	RUN(stubs, "who has started an inetd stub");
	RUN(addresses, "nobody who comes by a network");
	return unit_end();
}

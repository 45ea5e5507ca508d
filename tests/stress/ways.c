/* SPDX-License-Identifier: MIT */
/* Connections of every make, with small and large buffers.
 * Runs in: a test program, beside a server. */
#include "tests/stress/ways.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define LARGEST_SHIFT 8 /* of 1 KiB: 256 KiB */

static void need(bool done, const char *what)
{
	if (!done)
		stress_fail("%s: %s", what, strerror(errno));
}

/* A size of which the small ones are as frequent as the large ones. */
static int some_size(struct dice *d, unsigned smallest_shift)
{
	uint64_t shifts = LARGEST_SHIFT - smallest_shift + 1;

	return (int)(UINT64_C(1024)
		     << (smallest_shift + dice_below(d, shifts)));
}

/* Every third one has the buffers that the system gives.  With less than 8 KiB
 * TCP on loopback, where a segment may have 64, waits for its own timers. */
static void squeeze(struct line_to_server *l, int fd, struct dice *d)
{
	int size = dice_below(d, 3) == 0 ? 0 : some_size(d, 3);
	size_t n = strlen(l->what);

	if (size > 0) {
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
		size = some_size(d, 3);
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	}
	snprintf(l->what + n, sizeof(l->what) - n, " %d", size);
}

static void squeeze_pipe(struct line_to_server *l, int fd, struct dice *d)
{
	int size = fcntl(fd, F_SETPIPE_SZ, some_size(d, 2));
	size_t n = strlen(l->what);

	snprintf(l->what + n, sizeof(l->what) - n, " %d", size);
}

static int tcp_socket(struct sockaddr_in *a, uint16_t port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	need(fd != -1, "socket");
	*a = (struct sockaddr_in){.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	return fd;
}

static int connect_tcp(struct line_to_server *l, uint16_t port, struct dice *d)
{
	struct sockaddr_in a;
	int fd = tcp_socket(&a, port);

	squeeze(l, fd, d);
	need(connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0, "connect");
	return fd;
}

static int connect_unix(
	struct line_to_server *l, const char *path, struct dice *d)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	need(fd != -1 && strlen(path) < sizeof(a.sun_path), path);
	memcpy(a.sun_path, path, strlen(path));
	squeeze(l, fd, d);
	need(connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0, path);
	return fd;
}

/* Both ends of a TCP connection. */
static void tcp_pair(struct line_to_server *l, int *ends, struct dice *d)
{
	struct sockaddr_in a;
	socklen_t size = sizeof(a);
	int listener = tcp_socket(&a, 0);

	squeeze(l, listener, d); /* what is accepted has the same */
	need(bind(listener, (struct sockaddr *)&a, size) == 0 &&
			listen(listener, 1) == 0 &&
			getsockname(listener, (struct sockaddr *)&a, &size) ==
				0,
		"listen");
	ends[0] = connect_tcp(l, ntohs(a.sin_port), d);
	ends[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	need(ends[1] != -1, "accept");
	close(listener);
}

/* Has chatserver --inetd hand over what is its end, which is closed here. */
static void run_inetd(struct line_to_server *l,
	const struct ways_server *server, int in, int out)
{
	l->inetd = fork();
	need(l->inetd != -1, "fork");
	if (l->inetd == 0) {
		dup2(in, STDIN_FILENO);
		dup2(out, STDOUT_FILENO);
		execl(server->program, "chatserver", "--inetd", "--control",
			server->control, (char *)NULL);
		_exit(127);
	}
	close(in);
	if (out != in)
		close(out);
}

static void by_sockets(struct line_to_server *l,
	const struct ways_server *server, enum way way, struct dice *d)
{
	int ends[2];

	if (way == WAY_INETD_TCP) {
		tcp_pair(l, ends, d);
	} else {
		need(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) ==
				0,
			"socketpair");
		squeeze(l, ends[0], d);
		squeeze(l, ends[1], d);
	}
	l->in = l->out = ends[0];
	run_inetd(l, server, ends[1], ends[1]);
}

static void by_pipes(struct line_to_server *l, const struct ways_server *server,
	struct dice *d)
{
	int up[2], down[2];

	need(pipe2(up, O_CLOEXEC) == 0 && pipe2(down, O_CLOEXEC) == 0, "pipe");
	squeeze_pipe(l, up[1], d);
	squeeze_pipe(l, down[1], d);
	l->in = down[0];
	l->out = up[1];
	run_inetd(l, server, up[0], down[1]);
}

void ways_connect(struct line_to_server *l, const struct ways_server *server,
	enum way way, struct dice *dice)
{
	static const char *const names[WAYS] = {
		"TCP", "UNIX", "inetd, TCP", "inetd, UNIX", "inetd, pipes"};

	*l = (struct line_to_server){0};
	snprintf(l->what, sizeof(l->what), "%s", names[way]);
	switch (way) {
	case WAY_TCP:
		l->in = l->out = connect_tcp(l, server->port, dice);
		break;
	case WAY_UNIX:
		l->in = l->out = connect_unix(l, server->path, dice);
		break;
	case WAY_INETD_PIPES:
		by_pipes(l, server, dice);
		break;
	default:
		by_sockets(l, server, way, dice);
	}
	need(fcntl(l->in, F_SETFL, O_NONBLOCK) == 0 &&
			fcntl(l->out, F_SETFL, O_NONBLOCK) == 0,
		"fcntl");
}

void ways_close(struct line_to_server *l)
{
	if (l->out != l->in)
		close(l->out);
	close(l->in);
	if (l->inetd != 0)
		waitpid(l->inetd, NULL, 0);
}

/* SPDX-License-Identifier: MIT */
/* Connects clients, lets them in, closes them.
 * Runs in: bench. */
#include "tests/bench/swarm_connect.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/stress/stress.h"

/* One address has 28,000 ports to connect from (ip_local_port_range). */
#define PER_ADDRESS 20000

static void set(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)) == -1)
		stress_fail("setsockopt: %s", strerror(errno));
}

/* Another address of this machine for each PER_ADDRESS clients. */
static void bind_to_spare(int fd, const struct client *c)
{
	struct sockaddr_in from = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK + c->id / PER_ADDRESS),
	};

	set(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
	if (bind(fd, (struct sockaddr *)&from, sizeof(from)) == -1)
		stress_fail("bind: %s", strerror(errno));
}

static void start(struct swarm *s, struct client *c)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(s->hosts->ports[c->id % s->hosts->n]),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct epoll_event e = {.events = EPOLLIN | EPOLLOUT, .data.ptr = c};

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd == -1)
		stress_fail("socket: %s", strerror(errno));
	set(c->fd, IPPROTO_TCP, TCP_NODELAY, 1);
	if (c->id >= PER_ADDRESS)
		bind_to_spare(c->fd, c);
	c->stage = STAGE_CONNECTING;
	c->have = 0;
	s->connecting++;
	if (connect(c->fd, (struct sockaddr *)&to, sizeof(to)) == -1 &&
		errno != EINPROGRESS)
		swarm_lose(s, c, strerror(errno));
	else if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, c->fd, &e) == -1)
		stress_fail("epoll_ctl: %s", strerror(errno));
}

/* What is said first fits into an empty socket, and needs no memory of its
 * own that would be taken for the server's. */
void swarm_connected(struct swarm *s, struct client *c)
{
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
	socklen_t size = sizeof(int);
	char hello[SAY_MAX];
	int error = 0;
	size_t n;

	getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
	if (error != 0) {
		swarm_lose(s, c, strerror(error));
		return;
	}
	if (epoll_ctl(s->epoll, EPOLL_CTL_MOD, c->fd, &e) == -1)
		stress_fail("epoll_ctl: %s", strerror(errno));
	c->stage = STAGE_GREETING;
	n = s->dialect->hello(hello, c->id);
	if (n > 0 && send(c->fd, hello, n, MSG_NOSIGNAL) != (ssize_t)n)
		swarm_lose(s, c, strerror(errno));
}

void swarm_let_in(struct swarm *s, struct client *c)
{
	if (c->stage != STAGE_GREETING)
		return;
	c->stage = STAGE_READY;
	s->connecting--;
	s->ready++;
}

void swarm_lose(struct swarm *s, struct client *c, const char *why)
{
	bool came = c->stage == STAGE_READY;

	if (came && !s->may_be_closed)
		stress_fail("client %u lost its connection: %s", c->id, why);
	swarm_close(s, c, true);
	if (came)
		return;
	c->stage = STAGE_REFUSED;
	if (s->refused++ == 0)
		fprintf(stderr, "client %u was refused: %s\n", c->id, why);
}

void swarm_close(struct swarm *s, struct client *c, bool reset)
{
	struct linger none = {.l_onoff = 1, .l_linger = 0};

	if (c->fd == -1)
		return;
	if (reset)
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	close(c->fd);
	c->fd = -1;
	if (c->stage == STAGE_READY)
		s->ready--;
	else
		s->connecting--;
	c->stage = STAGE_NONE;
	if (c->out != NULL)
		c->out->length = c->out->start = 0;
}

bool swarm_connect(struct swarm *s, size_t first, size_t count, size_t pending,
	uint64_t until)
{
	size_t next = first;

	while (next < first + count || s->connecting > 0) {
		while (next < first + count && s->connecting < pending)
			start(s, &s->clients[next++]);
		if (clock_ns() > until)
			return false;
		swarm_turn(s, 100);
	}
	return true;
}

/* SPDX-License-Identifier: MIT */
/* The pace-maker: as little as a chat can be, one process that passes each
 * line on to everybody.  It greets as our server does, and has no names, no
 * order to keep over a crash, and nothing that one client could not do to all.
 * Runs in: a program of its own; prints its port as the server does.
 *
 * What came in one turn of epoll goes out by one send to each client. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/stress/stress.h"

#define BACKLOG     4096
#define EVENTS_ROOM 1024
#define READ_ROOM   4096
#define ROUND_ROOM  (EVENTS_ROOM * READ_ROOM) /* whatever one turn can bring */
#define GREETING    "* welcome\n"

struct peer {
	int fd;
	struct peer *next, *before;
	size_t have; /* of half[], the beginning of a line */
	char half[READ_ROOM];
	char *late; /* what the socket did not take */
	size_t late_length, late_room;
};

struct relay {
	int epoll, listener;
	struct peer *first;
	char *round;
	size_t round_length;
};

/* --- out ----------------------------------------------------------------- */

static void watch(const struct relay *r, struct peer *p, uint32_t events)
{
	struct epoll_event e = {.events = events, .data.ptr = p};

	epoll_ctl(r->epoll, EPOLL_CTL_MOD, p->fd, &e);
}

static void keep(struct peer *p, const char *bytes, size_t n)
{
	if (p->late_length + n > p->late_room) {
		p->late_room = 2 * (p->late_length + n);
		p->late = realloc(p->late, p->late_room);
		if (p->late == NULL)
			stress_fail("out of memory");
	}
	memcpy(p->late + p->late_length, bytes, n);
	p->late_length += n;
}

/* An error shows when it is read. */
static void give(
	const struct relay *r, struct peer *p, const char *bytes, size_t n)
{
	ssize_t sent = 0;

	if (p->late_length == 0)
		sent = send(p->fd, bytes, n, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent < 0)
		sent = 0;
	if ((size_t)sent == n)
		return;
	keep(p, bytes + sent, n - (size_t)sent);
	watch(r, p, EPOLLIN | EPOLLOUT);
}

static void give_late(const struct relay *r, struct peer *p)
{
	ssize_t sent = send(
		p->fd, p->late, p->late_length, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (sent > 0) {
		p->late_length -= (size_t)sent;
		memmove(p->late, p->late + sent, p->late_length);
	}
	if (p->late_length == 0)
		watch(r, p, EPOLLIN);
}

static void give_round(struct relay *r)
{
	if (r->round_length == 0)
		return;
	for (struct peer *p = r->first; p != NULL; p = p->next)
		give(r, p, r->round, r->round_length);
	r->round_length = 0;
}

/* --- in ------------------------------------------------------------------ */

static struct peer *new_peer(void)
{
	struct peer *p = calloc(1, sizeof(*p));

	if (p == NULL)
		stress_fail("out of memory");
	return p;
}

static void add(struct relay *r)
{
	struct epoll_event e = {.events = EPOLLIN};
	int one = 1, fd = accept4(r->listener, NULL, NULL, SOCK_CLOEXEC);
	struct peer *p;

	if (fd == -1)
		return;
	p = new_peer();
	p->fd = fd;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	e.data.ptr = p;
	if (epoll_ctl(r->epoll, EPOLL_CTL_ADD, fd, &e) == -1)
		stress_fail("epoll_ctl: %s", strerror(errno));
	p->next = r->first;
	if (p->next != NULL)
		p->next->before = p;
	r->first = p;
	give(r, p, GREETING, strlen(GREETING));
}

static void drop(struct relay *r, struct peer *p)
{
	if (p->next != NULL)
		p->next->before = p->before;
	if (p->before != NULL)
		p->before->next = p->next;
	else
		r->first = p->next;
	close(p->fd);
	free(p->late);
	free(p);
}

/* False where the peer has gone. */
static bool take(struct relay *r, struct peer *p)
{
	ssize_t n = recv(
		p->fd, p->half + p->have, READ_ROOM - p->have, MSG_DONTWAIT);
	const char *end;
	size_t whole;

	if (n <= 0)
		return n < 0 && errno == EAGAIN;
	p->have += (size_t)n;
	end = memrchr(p->half, '\n', p->have);
	if (end == NULL)
		return p->have < READ_ROOM;
	whole = (size_t)(end - p->half) + 1;
	memcpy(r->round + r->round_length, p->half, whole);
	r->round_length += whole;
	p->have -= whole;
	memmove(p->half, p->half + whole, p->have);
	return true;
}

/* A peer appears once in a turn, so none is used after it was dropped. */
static void turn(struct relay *r)
{
	struct epoll_event events[EVENTS_ROOM];
	int n = epoll_wait(r->epoll, events, EVENTS_ROOM, -1);

	for (int i = 0; i < n; i++) {
		struct peer *p = events[i].data.ptr;
		if (p == NULL) {
			add(r);
			continue;
		}
		if (events[i].events & EPOLLOUT)
			give_late(r, p);
		if ((events[i].events & ~(uint32_t)EPOLLOUT) && !take(r, p))
			drop(r, p);
	}
	give_round(r);
}

/* --- beginning ----------------------------------------------------------- */

static void begin(struct relay *r)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL};
	socklen_t size = sizeof(at);
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	*r = (struct relay){.round = malloc(ROUND_ROOM)};
	r->epoll = epoll_create1(EPOLL_CLOEXEC);
	r->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (r->round == NULL || r->epoll == -1 || r->listener == -1 ||
		bind(r->listener, (struct sockaddr *)&at, size) == -1 ||
		listen(r->listener, BACKLOG) == -1 ||
		getsockname(r->listener, (struct sockaddr *)&at, &size) == -1 ||
		epoll_ctl(r->epoll, EPOLL_CTL_ADD, r->listener, &e) == -1)
		stress_fail("cannot listen: %s", strerror(errno));
	printf("plain-fanout: listening on 127.0.0.1:%u\n", ntohs(at.sin_port));
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static struct relay r;

	(void)argv;
	if (argc != 1)
		stress_usage("");
	begin(&r);
	for (;;)
		turn(&r);
}

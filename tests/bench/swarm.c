/* SPDX-License-Identifier: MIT */
/* Owns the clients' sockets and buffers, and the loop that drives them.
 * Runs in: bench. */
#include "tests/bench/swarm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/swarm_connect.h"
#include "tests/stress/stress.h"

#define EVENTS_ROOM 1024
#define NS_PER_MS   UINT64_C(1000000)

void swarm_init(struct swarm *s, const struct dialect *d,
	const struct hosts *hosts, size_t n)
{
	*s = (struct swarm){.dialect = d, .hosts = hosts, .n = n};
	s->clients = malloc(n * sizeof(*s->clients));
	s->due = malloc(n * sizeof(struct client *));
	s->in = malloc(LINE_ROOM + READ_ROOM);
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (s->clients == NULL || s->due == NULL || s->in == NULL)
		stress_fail("out of memory");
	if (s->epoll == -1)
		stress_fail("epoll_create1: %s", strerror(errno));
	snprintf(s->mark, sizeof(s->mark), "~%04x ",
		(unsigned)dice_seed() & 0xffff);
	memset(s->due, 1, n * sizeof(struct client *));
	memset(s->in, 1, LINE_ROOM + READ_ROOM);
	memset(s->clients, 1, n * sizeof(*s->clients));
	for (size_t i = 0; i < n; i++) {
		struct client *c = &s->clients[i];
		c->fd = -1;
		c->id = (uint32_t)i;
		c->stage = STAGE_NONE;
		c->have = 0;
		c->lines = 0;
		c->out = NULL;
	}
}

int swarm_room(const struct swarm *s, const struct client *c)
{
	return s->rooms == 0 ? ROOM_OF_ALL : (int)(c->id % s->rooms);
}

void swarm_free(struct swarm *s)
{
	for (size_t i = 0; i < s->n; i++) {
		swarm_close(s, &s->clients[i], true);
		free(s->clients[i].out);
	}
	close(s->epoll);
	free(s->clients);
	free(s->due);
	free(s->in);
}

/* --- writing ------------------------------------------------------------- */

static void watch(struct swarm *s, struct client *c, uint32_t events)
{
	struct epoll_event e = {.events = events, .data.ptr = c};

	if (epoll_ctl(s->epoll, EPOLL_CTL_MOD, c->fd, &e) == -1)
		stress_fail("epoll_ctl: %s", strerror(errno));
}

/* What the socket does not take waits for EPOLLOUT. */
static void flush(struct swarm *s, struct client *c)
{
	struct outgoing *o = c->out;
	ssize_t n;

	if (c->fd == -1 || o == NULL || o->length == 0)
		return;
	n = send(c->fd, o->bytes + o->start, o->length, MSG_NOSIGNAL);
	if (n == -1 && errno != EAGAIN) {
		swarm_lose(s, c, strerror(errno));
		return;
	}
	if (n > 0) {
		o->start += (size_t)n;
		o->length -= (size_t)n;
	}
	if (o->length == 0)
		o->start = 0;
	if (o->stuck != (o->length > 0)) {
		o->stuck = !o->stuck;
		watch(s, c, o->stuck ? EPOLLIN | EPOLLOUT : EPOLLIN);
	}
}

void swarm_flush(struct swarm *s)
{
	for (size_t i = 0; i < s->due_n; i++) {
		s->due[i]->out->due = false;
		flush(s, s->due[i]);
	}
	s->due_n = 0;
}

static struct outgoing *new_outgoing(void)
{
	struct outgoing *o = calloc(1, sizeof(*o));

	if (o == NULL)
		stress_fail("out of memory");
	return o;
}

void swarm_send(struct swarm *s, struct client *c, const char *bytes, size_t n)
{
	struct outgoing *o = c->out;

	if (o == NULL)
		o = c->out = new_outgoing();
	if (o->start + o->length + n > OUT_ROOM) {
		memmove(o->bytes, o->bytes + o->start, o->length);
		o->start = 0;
	}
	if (o->length + n > OUT_ROOM)
		stress_fail("client %u waits with %zu bytes", c->id, o->length);
	memcpy(o->bytes + o->start + o->length, bytes, n);
	o->length += n;
	if (!o->due) {
		o->due = true;
		s->due[s->due_n++] = c;
	}
}

void swarm_say(
	struct swarm *s, struct client *c, uint32_t sender, uint32_t sequence)
{
	char payload[PAYLOAD_SIZE], message[SAY_MAX];

	payload_write(payload, s->mark,
		&(struct payload){sender, sequence, clock_ns()});
	swarm_send(s, c, message,
		s->dialect->say(message, swarm_room(s, c), payload));
}

/* --- reading ------------------------------------------------------------- */

static void complain(
	struct swarm *s, const struct client *c, const char *line, size_t n)
{
	if (s->troubles++ == 0)
		fprintf(stderr, "client %u was told: %.*s\n", c->id, (int)n,
			line);
}

/* At once and without memory of its own, where the client has nothing else to
 * send: while all are connecting, memory is what is measured. */
static void answer(
	struct swarm *s, struct client *c, const char *bytes, size_t n)
{
	if (c->out != NULL || send(c->fd, bytes, n, MSG_NOSIGNAL) != (ssize_t)n)
		swarm_send(s, c, bytes, n);
}

static void welcome(struct swarm *s, struct client *c)
{
	char line[SAY_MAX];
	size_t n = s->dialect->enter(line, swarm_room(s, c));

	if (n == 0)
		swarm_let_in(s, c);
	else
		answer(s, c, line, n);
}

static void hear(struct swarm *s, struct client *c, const char *line, size_t n)
{
	char reply[SAY_MAX];
	size_t replied = 0;

	switch (s->dialect->hear(line, n, reply, &replied)) {
	case MEANS_NOTHING:
		break;
	case MEANS_WELCOME:
		welcome(s, c);
		break;
	case MEANS_READY:
		swarm_let_in(s, c);
		break;
	case MEANS_ANSWER:
		answer(s, c, reply, replied);
		break;
	case MEANS_LISTED:
		if (c->stage == STAGE_GREETING)
			swarm_let_in(s, c);
		else
			s->listed++;
		break;
	case MEANS_TROUBLE:
		complain(s, c, line, n);
		break;
	}
}

static void take_line(struct swarm *s, struct client *c, const char *line,
	size_t n, uint64_t now)
{
	struct payload p;

	c->lines++;
	if (n > 0 && line[n - 1] == '\r')
		n--;
	if (!payload_ends(line, n, s->mark))
		hear(s, c, line, n);
	else if (!payload_read(line + n - PAYLOAD_SIZE, &p))
		stress_fail("damaged: %.*s", (int)n, line);
	else if (s->on_payload != NULL)
		s->on_payload(s->context, c, &p, now);
}

/* Takes all lines of s->in, which has n bytes, and keeps the rest. */
static void take_lines(struct swarm *s, struct client *c, size_t n)
{
	const char *p = s->in, *end = s->in + n, *newline;
	uint64_t now = s->heard_at;

	while ((newline = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		take_line(s, c, p, (size_t)(newline - p), now);
		p = newline + 1;
	}
	c->have = (uint32_t)(end - p);
	if (c->have > LINE_ROOM)
		stress_fail("client %u was sent an endless line", c->id);
	memcpy(c->partial, p, c->have);
}

/* One large read takes all there is; what came after it makes epoll tell. */
static void take(struct swarm *s, struct client *c)
{
	ssize_t n;

	memcpy(s->in, c->partial, c->have);
	n = recv(c->fd, s->in + c->have, READ_ROOM, 0);
	if (n > 0) {
		s->heard_at = clock_ns();
		s->bytes += (uint64_t)n;
		take_lines(s, c, c->have + (size_t)n);
	} else if (n == 0) {
		swarm_lose(s, c, "closed by the server");
	} else if (errno != EAGAIN) {
		swarm_lose(s, c, strerror(errno));
	}
}

void swarm_turn(struct swarm *s, int ms)
{
	struct epoll_event events[EVENTS_ROOM];
	int n;

	swarm_flush(s);
	n = epoll_wait(s->epoll, events, EVENTS_ROOM, ms);
	if (n == -1 && errno != EINTR)
		stress_fail("epoll_wait: %s", strerror(errno));
	for (int i = 0; i < n; i++) {
		struct client *c = events[i].data.ptr;
		if (c->stage == STAGE_CONNECTING)
			swarm_connected(s, c);
		if (c->fd != -1 && (events[i].events & EPOLLOUT))
			flush(s, c);
		if (c->fd != -1 && (events[i].events & ~(uint32_t)EPOLLOUT))
			take(s, c);
	}
	swarm_flush(s);
}

bool swarm_settle(struct swarm *s, uint64_t quiet_ns, uint64_t until)
{
	uint64_t now = clock_ns(), since = now;

	while (now < until && now < since + quiet_ns) {
		swarm_turn(s, (int)(quiet_ns / NS_PER_MS / 10) + 1);
		now = clock_ns();
		if (s->heard_at > since)
			since = s->heard_at;
	}
	return now < until;
}

/* SPDX-License-Identifier: MIT */
/* Owns the sockets and buffers of many users and the loop that drives them.
 * Runs in: any test program. */
#include "tests/stress/crowd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "ipc/common/protocol.h"
#include "tests/stress/crowd_say.h"
#include "tests/stress/stress.h"

#define NEVER_READS_WINDOW 1 /* the kernel takes its own minimum */
#define NEVER_READS_SEGMENT \
	536 /* keeps the sender's buffer from growing, too */

void crowd_init(struct crowd *c, uint16_t port, size_t n)
{
	*c = (struct crowd){.n = n, .port = port};
	c->people = calloc(n, sizeof(*c->people));
	c->polled = calloc(n, sizeof(*c->polled));
	if (c->people == NULL || c->polled == NULL)
		stress_fail("out of memory");
	for (size_t i = 0; i < n; i++) {
		struct person *p = &c->people[i];
		p->id = i;
		p->fd = -1;
		p->in = malloc(CROWD_LINE);
		if (p->in == NULL)
			stress_fail("out of memory");
	}
}

void crowd_free(struct crowd *c)
{
	for (size_t i = 0; i < c->n; i++) {
		crowd_close(&c->people[i], false);
		free(c->people[i].in);
		free(c->people[i].out);
	}
	free(c->people);
	free(c->polled);
}

static void set(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)) == -1)
		stress_fail("setsockopt: %s", strerror(errno));
}

void crowd_connect(struct crowd *c, struct person *p, unsigned way)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(c->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	p->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (p->fd == -1)
		stress_fail("socket: %s", strerror(errno));
	set(p->fd, IPPROTO_TCP, TCP_NODELAY, 1);
	if (p->never_reads) {
		set(p->fd, SOL_SOCKET, SO_RCVBUF, NEVER_READS_WINDOW);
		set(p->fd, IPPROTO_TCP, TCP_MAXSEG, NEVER_READS_SEGMENT);
	}
	if (connect(p->fd, (struct sockaddr *)&to, sizeof(to)) == -1 &&
		errno != EINPROGRESS)
		stress_fail("connect to port %u: %s", c->port, strerror(errno));
	p->connections++;
	p->connecting = true;
	p->events = (way & CROWD_EVENTS) != 0;
	p->on_web = false; /* until the request is queued */
	p->welcomed = p->counting = false;
	p->name[0] = '\0';
	p->stays = (struct stays){0};
	p->in_length = p->out_start = p->out_length = 0;
	p->since = stress_now();
	/* what the last poll said was about another connection */
	c->polled[p->id].revents = 0;
	if ((way & CROWD_WEB) != 0)
		crowd_upgrade(p);
	if (p->events)
		crowd_say(p, "%s", EVENTS_HELLO);
}

void crowd_close(struct person *p, bool abort)
{
	if (p->fd == -1)
		return;
	if (abort) {
		struct linger none = {.l_onoff = 1, .l_linger = 0};
		setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	}
	close(p->fd);
	p->fd = -1;
}

static void flush(struct person *p)
{
	ssize_t n = send(p->fd, p->out + p->out_start,
		p->out_length - p->out_start, MSG_NOSIGNAL);

	if (n >= 0)
		p->out_start += (size_t)n;
	else if (errno == EAGAIN || errno == EINTR)
		return;
	else /* reading tells how it ended, after what came before that */
		p->out_start = p->out_length;
	if (p->out_start == p->out_length)
		p->out_start = p->out_length = 0;
}

/* SEQs have no hole.  The lines of one digest may share a number. */
static void check_seq(struct person *p, const struct heard *h)
{
	bool shared = h->kind == HEARD_JOIN || h->kind == HEARD_LEAVE ||
		      h->kind == HEARD_NOTICE;

	if (!p->counting && h->seq != p->first && h->seq != p->first + 1)
		stress_fail("client %zu: first SEQ %" PRIu64
			    " after a welcome with %" PRIu64,
			p->id, h->seq, p->first);
	if (p->counting && h->seq != p->last + 1 &&
		!(shared && h->seq == p->last))
		stress_fail("client %zu: SEQ %" PRIu64 " after %" PRIu64, p->id,
			h->seq, p->last);
	p->counting = true;
	p->last = h->seq;
}

static void take_name(struct person *p, const char *name)
{
	snprintf(p->name, sizeof(p->name), "%s", name);
}

/* Keeps what is known of p up to date; false for what is no news. */
static bool notice(struct person *p, const struct heard *h)
{
	if (h->kind == HEARD_GAP)
		stress_fail("client %zu (%s) missed messages: %s", p->id,
			p->name, h->text);
	if (h->room[0] != '\0')
		return stays_hear(&p->stays, p->id, p->name, h);
	if (h->kind == HEARD_WELCOME) {
		p->welcomed = true;
		p->first = h->seq;
		take_name(p, h->to);
	} else if (h->numbered && h->seq < p->first) {
		return false;
	} else if (h->numbered) {
		check_seq(p, h);
	}
	if (h->kind == HEARD_RENAME && strcmp(h->from, p->name) == 0)
		take_name(p, h->to);
	return true;
}

static void hear(struct crowd *c, struct person *p, char *line, size_t n)
{
	struct heard h;

	if (n > 0 && line[n - 1] == '\r')
		line[n - 1] = '\0';
	if (!p->events) {
		heard_text(&h, line);
	} else if (!p->welcomed && strchr(line, '\t') == NULL) {
		return; /* sent before the server had read the first line */
	} else if (!heard_event(&h, line)) {
		stress_fail("client %zu: not an event: %s", p->id, line);
	}
	if (notice(p, &h))
		c->on_heard(c->context, p, &h);
}

/* Hands out the complete lines, and keeps the rest. */
static void hear_lines(struct crowd *c, struct person *p)
{
	unsigned connection = p->connections;
	size_t start = 0;
	char *end;

	while ((end = memchr(p->in + start, '\n', p->in_length - start)) !=
		NULL) {
		char *line = p->in + start;
		*end = '\0';
		start = (size_t)(end + 1 - p->in);
		hear(c, p, line, (size_t)(end - line));
		/* a callback has closed it, and perhaps begun anew */
		if (p->fd == -1 || p->connections != connection)
			return;
	}
	memmove(p->in, p->in + start, p->in_length - start);
	p->in_length -= start;
	if (p->in_length >= CROWD_LINE - 1)
		stress_fail("client %zu: a line without an end", p->id);
}

static void hang_up(struct crowd *c, struct person *p, const char *why)
{
	crowd_close(p, true);
	c->on_end(c->context, p, why);
}

/* The server's frames as lines, behind what is there. */
static void take_frames(struct person *p, const char *bytes, size_t n)
{
	bool well;

	n = web_take(&p->web, p->in + p->in_length, bytes, n, &well);
	if (!well)
		stress_fail("client %zu: no WebSocket: %.*s", p->id,
			(int)p->in_length, p->in);
	p->in_length += n;
	if (p->web.pinged)
		crowd_pong(p);
}

static ssize_t read_some(struct person *p)
{
	static char bytes[CROWD_LINE];
	char *where = p->on_web ? bytes : p->in + p->in_length;
	size_t room = CROWD_LINE - p->in_length - p->on_web;
	ssize_t n = recv(p->fd, where, room, 0);

	if (n > 0 && p->on_web)
		take_frames(p, bytes, (size_t)n);
	else if (n > 0)
		p->in_length += (size_t)n;
	return n;
}

static void receive(struct crowd *c, struct person *p)
{
	ssize_t n;

	if (p->never_reads) { /* not asked for: the connection is broken */
		hang_up(c, p, "reset");
		return;
	}
	n = read_some(p);
	if (n > 0) {
		hear_lines(c, p);
	} else if (n == 0) {
		hang_up(c, p, "closed by the server");
	} else if (errno != EAGAIN && errno != EINTR) {
		hang_up(c, p, strerror(errno));
	}
}

static void finish_connect(struct crowd *c, struct person *p)
{
	int error = 0;
	socklen_t size = sizeof(error);

	getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &error, &size);
	p->connecting = false;
	if (error == ECONNREFUSED)
		stress_fail("nothing listens on port %u any more", c->port);
	if (error != 0)
		hang_up(c, p, strerror(error));
}

static void serve(struct crowd *c, struct person *p, short ready)
{
	if (p->connecting)
		finish_connect(c, p);
	else if (ready & POLLOUT && p->out_length > p->out_start)
		flush(p);
	/* unless that has ended it: then this is another connection */
	if (p->fd != -1 && !p->connecting &&
		ready & (POLLIN | POLLHUP | POLLERR))
		receive(c, p);
}

static void wait_ready(struct crowd *c, uint64_t until)
{
	uint64_t now = stress_now();
	uint64_t rest = until > now ? until - now : 0;
	struct timespec patience = {
		.tv_sec = (time_t)(rest / S),
		.tv_nsec = (long)(rest % S * 1000),
	};

	for (size_t i = 0; i < c->n; i++) {
		const struct person *p = &c->people[i];
		bool writes = p->connecting || p->out_length > p->out_start;
		c->polled[i] = (struct pollfd){
			.fd = p->fd,
			.events = (short)((p->never_reads ? 0 : POLLIN) |
					  (writes ? POLLOUT : 0)),
		};
	}
	if (ppoll(c->polled, c->n, &patience, NULL) == -1) {
		if (errno != EINTR)
			stress_fail("ppoll: %s", strerror(errno));
		for (size_t i = 0; i < c->n; i++)
			c->polled[i].revents = 0;
	}
}

void crowd_turn(struct crowd *c, uint64_t until)
{
	wait_ready(c, until);
	for (size_t i = 0; i < c->n; i++) {
		struct person *p = &c->people[i];
		if (c->polled[i].revents != 0 && p->fd != -1)
			serve(c, p, c->polled[i].revents);
	}
}

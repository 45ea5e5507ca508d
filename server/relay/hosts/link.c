/* SPDX-License-Identifier: MIT */
/* The channel to the bus: frames both ways.
 * Runs in: relay. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/again.h"
#include "server/log.h"
#include "server/relay/hosts/state.h"

/* Cap on bytes per send. */
#define SEND_MAX (256u << 10)

static void arm(struct switchboard *s, bool on)
{
	struct link *l = link_of(s);
	struct epoll_event ev = {.events = on ? EPOLLIN | EPOLLOUT : EPOLLIN,
		.data.u64 = (uint64_t)WATCH_BUS};

	if (l->armed != on &&
		epoll_ctl(s->events, EPOLL_CTL_MOD, l->fd, &ev) == 0)
		l->armed = on;
}

/* 1: all of it was sent; 0: no room; -1: the end. */
static int send_some(struct link *l, const char *p, size_t n, size_t *sent)
{
	ssize_t got = send(l->fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);

	*sent = got > 0 ? (size_t)got : 0;
	if (got == -1)
		return errno_is_transient(errno) ? 0 : -1;
	return *sent == n;
}

/* How many bytes from the place to send on are whole frames of the bus. */
static size_t run_of(struct link *l)
{
	struct queue *q = &l->q;
	size_t n = 0;

	while (q->sent + n < q->end && n < SEND_MAX) {
		const struct bus_frame *f = (void *)(q->buf + q->sent + n);

		if (f->kind == QUEUE_LOCAL && n > 0)
			break;
		if (f->kind == QUEUE_LOCAL) {
			q->sent += f->size;
			continue;
		}
		n += f->size;
	}
	return n;
}

/* Counts what was sent: frames that are through, and the rest of one. */
static void passed(struct queue *q, size_t n)
{
	while (n > 0) {
		const struct bus_frame *f = (void *)(q->buf + q->sent);
		size_t rest = q->mid > 0 ? q->mid : f->size;

		if (n < rest) {
			q->mid = rest - n;
			return;
		}
		n -= rest;
		q->mid = 0;
		q->sent += f->size;
	}
}

static int send_queue(struct link *l)
{
	struct queue *q = &l->q;
	size_t n = q->open ? run_of(l) : 0, done;
	int got;

	if (n == 0)
		return 1;
	if (q->mid > 0) {
		const struct bus_frame *f = (void *)(q->buf + q->sent);

		got = send_some(
			l, (const char *)f + f->size - q->mid, q->mid, &done);
	} else {
		got = send_some(l, q->buf + q->sent, n, &done);
	}
	passed(q, done);
	return got;
}

static int send_rest(struct link *l)
{
	size_t done;
	int got = send_some(
		l, l->rest + l->rest_start, l->rest_end - l->rest_start, &done);

	l->rest_start += done;
	return got;
}

static int send_control(struct link *l)
{
	size_t n = l->control_end - l->control_start, done;
	int got = send_some(l, l->control + l->control_start, n, &done);

	l->control_start += done;
	if (l->control_start == l->control_end)
		l->control_start = l->control_end = 0;
	return got;
}

void link_flush(struct switchboard *s)
{
	struct link *l = link_of(s);
	int got = 1;

	while (l->fd != -1 && got == 1) {
		if (l->rest_start < l->rest_end)
			got = send_rest(l);
		else if (l->q.mid == 0 && l->control_end > l->control_start)
			got = send_control(l);
		else if (l->up && l->q.open && l->q.sent < l->q.end)
			got = send_queue(l);
		else
			break;
	}
	if (got == -1)
		link_close(s);
	else if (l->fd != -1)
		arm(s, got == 0);
}

bool link_put(struct link *l, enum bus_kind kind, uint64_t a, uint64_t b,
	const void *body, size_t n)
{
	struct bus_frame *f;

	size_t over = l->control_start / BUS_ALIGN * BUS_ALIGN;

	/* Frames stay aligned. */
	memmove(l->control, l->control + over, l->control_end - over);
	l->control_start -= over;
	l->control_end -= over;
	if (l->fd == -1 ||
		CONTROL_MAX - l->control_end < sizeof *f + n + BUS_ALIGN)
		return false;
	f = (void *)(l->control + l->control_end);
	l->control_end += bus_frame_begin(f, kind, n);
	f->a = a;
	f->b = b;
	memcpy(f->body, body, n);
	return true;
}

void link_put_entry(
	struct link *l, enum entry_kind kind, const void *body, size_t n)
{
	struct entry_head head = {
		.magic = ENTRY_MAGIC,
		.version = ENTRY_VERSION,
		.kind = (uint8_t)kind,
		.host = l->me,
		.world = l->b->hosts.world,
		.epoch = l->b->epoch,
		.n = 1,
	};
	char entry[sizeof head + 256];

	if (n > sizeof entry - sizeof head)
		return;
	memcpy(entry, &head, sizeof head);
	memcpy(entry + sizeof head, body, n);
	link_put(l, BUS_APPEND, head.epoch, 1, entry, sizeof head + n);
}

void link_read(struct link *l, uint64_t from)
{
	l->reading++;
	l->read_seq = from > 0 ? from - 1 : 0;
	link_put(l, BUS_READ, from, l->reading, "", 0);
}

/* Nothing is known to be under way any more. */
static void forget(struct link *l)
{
	l->up = l->armed = false;
	l->rest_start = l->rest_end = 0;
	l->control_start = l->control_end = 0;
	l->in_start = l->in_end = 0;
	l->q.mid = 0;
	queue_close(l);
}

void link_close(struct switchboard *s)
{
	struct link *l = link_of(s);

	if (l->fd == -1)
		return;
	epoll_ctl(s->events, EPOLL_CTL_DEL, l->fd, NULL);
	close(l->fd);
	l->fd = -1;
	forget(l);
}

void hosts_attach(struct switchboard *s, int fd, pid_t pid)
{
	struct link *l = link_of(s);
	struct epoll_event ev = {
		.events = EPOLLIN, .data.u64 = (uint64_t)WATCH_BUS};

	if (l == NULL || atomic_load(&s->status->bus_pid) != pid) {
		close(fd);
		return;
	}
	link_close(s);
	if (epoll_ctl(s->events, EPOLL_CTL_ADD, fd, &ev) == -1) {
		close(fd); /* the bus tries again */
		return;
	}
	l->fd = fd;
	log_debug("bus-attach");
}

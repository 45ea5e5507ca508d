/* SPDX-License-Identifier: MIT */
/* Owns the socket to the server and the two buffers before it.
 * Runs in: client. */
#include "client/session/connection.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/options/address.h"

/* Detects a server whose machine is gone.  Without traffic, keepalive probes
 * detect it within 15 + 3 * 5 s; while data waits to be acknowledged there are
 * no probes, but TCP_USER_TIMEOUT (tcp(7); it also limits probing).  A line
 * sent just before the last probe waits for both: within a minute.  TCP_NODELAY
 * sends short lines at once. */
static void tune(int fd)
{
	const struct {
		int level, option, value;
	} settings[] = {
		{SOL_SOCKET, SO_KEEPALIVE, 1},
		{IPPROTO_TCP, TCP_KEEPIDLE, 15},
		{IPPROTO_TCP, TCP_KEEPINTVL, 5},
		{IPPROTO_TCP, TCP_KEEPCNT, 3},
		{IPPROTO_TCP, TCP_USER_TIMEOUT, 29000},
		{IPPROTO_TCP, TCP_NODELAY, 1},
	};

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		setsockopt(fd, settings[i].level, settings[i].option,
			&settings[i].value, sizeof(settings[i].value));
}

/* --- connecting ---------------------------------------------------------- */

static void reset(struct connection *c)
{
	c->fd = -1;
	c->connecting = false;
	c->dialer = 0;
	c->ended = false;
	c->error = 0;
	c->broken = false;
	c->discarding = false;
	c->in_start = 0;
	c->in_scanned = 0;
	c->in_end = 0;
	c->out_start = 0;
	c->out_end = 0;
}

/* There is nothing to go on with: it succeeds at once or fails. */
static const char *connect_path(struct connection *c, const char *path)
{
	c->fd = address_connect(path);
	return c->fd == -1 ? address_explain(path, errno) : NULL;
}

const char *connection_begin(
	struct connection *c, const char *host, const char *port)
{
	const char *path = address_path(host), *wrong = address_wrong(host);

	reset(c);
	if (path != NULL)
		return connect_path(c, path);
	if (wrong != NULL)
		return wrong;
	c->fd = dialer_begin(host, port, &c->dialer);
	c->connecting = c->fd != -1;
	return c->connecting ? NULL : strerror(errno);
}

const char *connection_go_on(struct connection *c)
{
	int fd;

	if (dialer_answer(c->fd, &fd, c->why) == 0)
		return NULL;
	connection_close(c);
	if (fd == -1)
		return c->why;
	c->fd = fd;
	tune(fd);
	return NULL;
}

const char *connection_open(
	struct connection *c, const char *host, const char *port)
{
	const char *wrong = connection_begin(c, host, port);

	while (wrong == NULL && c->connecting) {
		struct pollfd poller = {.fd = c->fd, .events = POLLIN};

		poll(&poller, 1, -1);
		wrong = connection_go_on(c);
	}
	return wrong;
}

/* --- lines out and in ---------------------------------------------------- */

bool connection_has_room(const struct connection *c)
{
	size_t unsent = c->out_end - c->out_start;

	return CONNECTION_OUT - unsent >= 2 * (LINE_MAX_BYTES + 1);
}

bool connection_send(
	struct connection *c, const char *before, const char *text, size_t n)
{
	size_t length = strlen(before);
	size_t unsent = c->out_end - c->out_start;
	char *end;

	if (length + n + 1 > CONNECTION_OUT - unsent)
		return false;
	memmove(c->out, c->out + c->out_start, unsent);
	end = c->out + unsent;
	memcpy(end, before, length);
	memcpy(end + length, text, n);
	end[length + n] = '\n';
	c->out_start = 0;
	c->out_end = unsent + length + n + 1;
	return true;
}

/* No newline is in the buffer: discards a line too long for an event. */
static void drop_if_too_long(struct connection *c)
{
	if (c->in_end - c->in_start > CONNECTION_LINE_MAX)
		c->discarding = true;
	if (c->discarding)
		c->in_start = c->in_end;
	c->in_scanned = c->in_end;
}

bool connection_next(struct connection *c, const char **line, size_t *n)
{
	for (;;) {
		const char *begin = c->in + c->in_start;
		const char *newline = memchr(
			c->in + c->in_scanned, '\n', c->in_end - c->in_scanned);
		bool whole = !c->discarding;

		if (newline == NULL) {
			drop_if_too_long(c);
			return false;
		}
		c->in_start = (size_t)(newline - c->in) + 1;
		c->in_scanned = c->in_start;
		c->discarding = false;
		if (!whole)
			continue;
		*line = begin;
		*n = (size_t)(newline - begin);
		if (*n > 0 && begin[*n - 1] == '\r')
			--*n;
		return true;
	}
}

short connection_wants(const struct connection *c)
{
	short wants = POLLIN;

	if (c->connecting)
		return POLLIN;
	if (c->out_end > c->out_start)
		wants |= POLLOUT;
	return wants;
}

static bool is_passing(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

static void receive(struct connection *c)
{
	size_t unread = c->in_end - c->in_start;
	ssize_t n;

	memmove(c->in, c->in + c->in_start, unread);
	c->in_scanned -= c->in_start;
	c->in_start = 0;
	c->in_end = unread;
	n = recv(c->fd, c->in + unread, CONNECTION_IN - unread, 0);
	if (n > 0) {
		c->in_end += (size_t)n;
	} else if (n == 0 || !is_passing(errno)) {
		c->error = n == 0 ? 0 : errno;
		c->ended = true;
	}
}

/* Data of a server that has closed can still be read: only the reading side
 * ends the connection. */
static void transmit(struct connection *c)
{
	ssize_t n = send(c->fd, c->out + c->out_start,
		c->out_end - c->out_start, MSG_NOSIGNAL);

	if (n >= 0)
		c->out_start += (size_t)n;
	else if (!is_passing(errno))
		c->broken = true;
	if (c->broken)
		c->out_start = c->out_end;
}

void connection_exchange(struct connection *c, short revents)
{
	if ((revents & POLLOUT) != 0 && c->out_end > c->out_start)
		transmit(c);
	if ((revents & (POLLIN | POLLHUP | POLLERR)) != 0)
		receive(c);
}

void connection_set_aside(struct connection *c)
{
	connection_close_aside(c);
	c->has_aside = c->fd >= 0 && !c->connecting;
	c->aside = c->fd;
	if (c->has_aside)
		c->fd = -1;
	connection_close(c);
}

void connection_close_aside(struct connection *c)
{
	if (c->has_aside)
		close(c->aside);
	c->has_aside = false;
}

void connection_close(struct connection *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	if (c->connecting)
		dialer_end(c->dialer);
	c->connecting = false;
}

/* SPDX-License-Identifier: MIT */
/* The control socket, and its connections until their request has come.
 * Runs in: parent. */
#include "server/control/control.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "server/control/request.h"
#include "server/fd.h"
#include "server/log.h"
#include "server/parent/state.h"

#define BACKLOG 128

/* The pause of the control socket after descriptors ran out. */
#define REST_MS 1000

/* --- opening ------------------------------------------------------------- */

/* Only its owner may connect. */
static int open_at(const char *path, struct unix_file *made)
{
	int fd = fd_high(socket(
		AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	int error;

	if (fd == -1)
		return -1;
	if (unix_path_listen(fd, path, 0600, BACKLOG, made) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static void say_missing(const struct control *c)
{
	struct log_text quoted;

	log_warn_errno("control-missing path=%s",
		log_quote(&quoted, c->path, strlen(c->path)));
}

/* Opens it at the first path that can be used: one that is too long or another
 * user's is skipped.  False if there is no path at all; else c->fd is -1, with
 * errno, where none could be used. */
static bool open_somewhere(
	struct control *c, const struct options *o, const char *port)
{
	bool place = false;

	c->fd = -1;
	errno = ENAMETOOLONG;
	for (int i = 0; i < CONTROL_PLACES && c->fd == -1; i++) {
		if (!control_is_for_servers(i) ||
			!control_place(o, port, i, c->path))
			continue;
		place = true;
		control_make_folder(c->path);
		c->fd = open_at(c->path, &c->file);
		if (c->fd == -1 && errno == EADDRINUSE)
			break;
	}
	return place;
}

void control_open(struct control *c, const struct options *o, const char *port)
{
	bool wanted = o->control != NULL || o->listen_none, place;

	for (size_t i = 0; i < CONTROL_PENDING; i++)
		c->asking[i] = -1;
	place = open_somewhere(c, o, port);
	if (!place && o->control != NULL)
		fatal(EX_USAGE, "--control: the path must have 1 to %zu bytes",
			CONTROL_PATH_MAX - 1);
	if (!place)
		c->path[0] = '\0';
	if (c->fd != -1)
		return;
	if (wanted)
		fatal(EX_OSERR, "cannot open the control socket %s: %s",
			c->path, strerror(errno));
	say_missing(c);
}

void control_close(struct control *c)
{
	for (size_t i = 0; i < CONTROL_PENDING; i++) {
		if (c->asking[i] != -1)
			close(c->asking[i]);
		c->asking[i] = -1;
	}
	if (c->fd == -1)
		return;
	/* In this order: after the close another server may take the path. */
	unix_path_remove(c->path, &c->file);
	close(c->fd);
	c->fd = -1;
}

/* --- connections --------------------------------------------------------- */

static void drop(struct control *c, size_t i)
{
	close(c->asking[i]);
	c->asking[i] = -1;
}

/* An entry for a new connection: a free one, or else that of the connection
 * that has been silent longest. */
static size_t place_for_one(const struct control *c)
{
	size_t oldest = 0;

	for (size_t i = 0; i < CONTROL_PENDING; i++) {
		if (c->asking[i] == -1)
			return i;
		if (c->since_ms[i] < c->since_ms[oldest])
			oldest = i;
	}
	return oldest;
}

/* When the next connection may be accepted. */
static int64_t room_at(const struct control *c)
{
	size_t i = place_for_one(c);
	int64_t at =
		c->asking[i] == -1 ? 0 : c->since_ms[i] + CONTROL_MOMENT_MS;

	return at > c->rest_until_ms ? at : c->rest_until_ms;
}

static void accept_one(struct control *c, int64_t now)
{
	while (room_at(c) <= now) {
		size_t i = place_for_one(c);
		int fd = accept4(
			c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd == -1 && (errno == EAGAIN || errno == ECONNABORTED))
			return;
		fd = fd_high(fd);
		if (fd == -1) {
			/* It stays ready: polling it at once would spin. */
			log_warn_errno("control-pause");
			c->rest_until_ms = now + REST_MS;
			return;
		}
		if (c->asking[i] != -1)
			drop(c, i);
		c->asking[i] = fd;
		c->since_ms[i] = now;
	}
}

void control_renew(struct control *c, const struct options *o, const char *port)
{
	struct unix_file file;
	struct log_text quoted;
	int fd;

	if (c->path[0] == '\0' ||
		(c->fd != -1 && unix_path_is(c->path, &c->file)))
		return;
	if (c->fd == -1) {
		open_somewhere(c, o, port);
		fd = c->fd;
	} else {
		control_make_folder(c->path);
		fd = open_at(c->path, &file);
		if (fd != -1) {
			accept_one(
				c, clock_monotonic_ms()); /* who waits there */
			close(c->fd);
			c->fd = fd;
			c->file = file;
		}
	}
	if (fd == -1) {
		say_missing(c);
		return;
	}
	log_info("path-renew path=%s",
		log_quote(&quoted, c->path, strlen(c->path)));
}

nfds_t control_choose(const struct control *c, struct pollfd *fds)
{
	bool room = room_at(c) <= clock_monotonic_ms();
	nfds_t n = 1;

	fds[0] = (struct pollfd){room ? c->fd : -1, POLLIN, 0};
	for (size_t i = 0; i < CONTROL_PENDING; i++) {
		fds[1 + i] = (struct pollfd){c->asking[i], POLLIN, 0};
		if (c->asking[i] != -1)
			n = i + 2;
	}
	return n;
}

void control_serve(struct parent *p, const struct pollfd *fds)
{
	struct control *c = &p->control;
	int64_t now = clock_monotonic_ms();

	for (size_t i = 0; i < CONTROL_PENDING; i++) {
		bool late = now - c->since_ms[i] >= CONTROL_WAIT_MS;

		if (c->asking[i] == -1)
			continue;
		if ((fds[1 + i].revents != 0 &&
			    request_read(p, c->asking[i])) ||
			late)
			drop(c, i);
	}
	if (fds[0].revents != 0)
		accept_one(c, now);
}

int64_t control_deadline_ms(const struct control *c, int64_t now)
{
	int64_t room = room_at(c);
	int64_t next = c->fd != -1 && room > now ? room : DEADLINE_NONE;

	for (size_t i = 0; i < CONTROL_PENDING; i++) {
		if (c->asking[i] != -1)
			next = deadline_min(
				next, c->since_ms[i] + CONTROL_WAIT_MS);
	}
	return next;
}

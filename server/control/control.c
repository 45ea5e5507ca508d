/* SPDX-License-Identifier: MIT */
/* The control socket: requests in, replies out.  A request is a struct of
 * fixed size, and all that is read of it is checked here.
 * Runs in: parent; and where another process looks for the socket. */
#include "server/control/control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "ipc/common/passing.h"
#include "ipc/common/text.h"
#include "server/fd.h"
#include "server/log.h"
#include "server/parent/state.h"
#include "server/parent/unix_path.h"

#define SYSTEM_PLACE "/run/chatserver"
#define BACKLOG      128

/* After descriptors ran out, nobody is let in for so long. */
#define REST_MS 1000

/* --- where it is --------------------------------------------------------- */

/* Not somebody else's: su(1) keeps the variable. */
static bool may_enter(const char *folder)
{
	return access(folder, X_OK) == 0 || errno != EACCES;
}

/* The folder of a login session; false where there is none of that kind. */
static bool session_folder(enum control_place place, char *folder, size_t size)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	const char *sudo = geteuid() == 0 ? getenv("SUDO_UID") : NULL;
	int n = 0;

	if (place == CONTROL_RUNTIME && runtime != NULL && runtime[0] == '/' &&
		may_enter(runtime))
		n = snprintf(folder, size, "%s", runtime);
	else if (place == CONTROL_SUDO && sudo != NULL && sudo[0] != '\0' &&
		 sudo[strspn(sudo, "0123456789")] == '\0')
		n = snprintf(folder, size, "/run/user/%s", sudo);
	else if (place == CONTROL_USER)
		n = snprintf(folder, size, "/run/user/%lu",
			(unsigned long)geteuid());
	return n > 0 && n < (int)size;
}

bool control_place(const struct options *o, const char *port,
	enum control_place place, char *path)
{
	char folder[CONTROL_PATH_MAX];
	int n = 0;

	if (o->control != NULL)
		n = place == 0
			    ? snprintf(path, CONTROL_PATH_MAX, "%s", o->control)
			    : 0;
	else if (place == CONTROL_SYSTEM)
		n = snprintf(
			path, CONTROL_PATH_MAX, SYSTEM_PLACE "/%s.sock", port);
	else if (session_folder(place, folder, sizeof folder))
		n = snprintf(path, CONTROL_PATH_MAX, "%s/chatserver-%s.sock",
			folder, port);
	return n > 0 && n < (int)CONTROL_PATH_MAX;
}

bool control_is_for_servers(enum control_place place)
{
	return place == CONTROL_RUNTIME || place == CONTROL_SYSTEM;
}

void control_make_folder(const char *path)
{
	/* It may be there already, or not be ours to make.  Whoever could open
	 * it could hold the lock of those who start a server. */
	if (strncmp(path, SYSTEM_PLACE "/", sizeof SYSTEM_PLACE) == 0)
		(void)mkdir(SYSTEM_PLACE, 0711);
}

/* --- opening ------------------------------------------------------------- */

/* Its owner alone may connect. */
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

/* Opens it in the first place where it can be: where one is somebody else's, or
 * too long, there is the next.  False if there is no place at all; else c->fd
 * is -1, with errno, where none of them would do. */
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
		fatal(EX_USAGE, "--control: a path of 1 to %zu bytes is needed",
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
	/* In this order: once it is closed somebody else may take the path. */
	unix_path_remove(c->path, &c->file);
	close(c->fd);
	c->fd = -1;
}

/* --- requests ------------------------------------------------------------ */

static void reply(int fd, const char *refused, const char *done, const int *fds,
	size_t count)
{
	const char *text = refused != NULL ? refused : done;
	struct control_reply r = {
		.version = CONTROL_VERSION,
		.refused = refused != NULL,
		.text_len = (uint32_t)strlen(text),
	};

	memcpy(r.text, text, r.text_len);
	/* Who asks reads one reply; where there is no room nobody does. */
	(void)passing_send(fd, &r, sizeof r, fds, count);
}

bool control_is_sound(const struct control_request *r, size_t descriptors)
{
	return r->version == CONTROL_VERSION && r->verb >= CONTROL_JOIN &&
	       r->verb <= CONTROL_BANS && r->text_len <= CONTROL_TEXT_MAX &&
	       (r->verb != CONTROL_KICK || r->text_len <= CONTROL_REASON_MAX) &&
	       text_is_clean(r->text, r->text_len) &&
	       descriptors == (r->verb == CONTROL_JOIN ? 2u : 0u);
}

static bool may_administer(const struct ucred *who)
{
	return who->uid == 0 || who->uid == geteuid();
}

/* A child waits in one place alone, where signals reach it. */
static bool never_blocks(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags != -1 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) != -1;
}

/* What is written for a user may reach a reader and nothing else: least of all
 * a file, such as the memory that --status hands out. */
static bool is_user(const struct arrival *a)
{
	struct stat st;

	return fstat(a->out, &st) == 0 &&
	       (S_ISSOCK(st.st_mode) || S_ISFIFO(st.st_mode) ||
		       S_ISCHR(st.st_mode)) &&
	       never_blocks(a->in) && never_blocks(a->out);
}

/* Whether the caller has gone already: then so has the user, and nothing is to
 * be said by what may be somebody else's again. */
static bool is_gone(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* Hands the descriptors to a child, which then has the connection as well. */
static void join(struct parent *p, int fd, const struct control_request *r,
	const struct passing *beside, const struct ucred *who)
{
	struct arrival a = {
		.in = fd_high(beside->fds[0]),
		.out = fd_high(beside->fds[1]),
		.front_fd = fd,
		.name = r->text,
		.name_len = r->text_len,
	};
	const char *why = "! server full\n";

	/* What the kernel knows of a connection is true, whoever brings it: it
	 * is counted and banned like one of ours. */
	if (!listener_meet(a.in, &a.peer))
		snprintf(a.peer.address, sizeof a.peer.address, "inetd:uid=%lu",
			(unsigned long)who->uid);
	if (a.in != -1 && a.out != -1 && !is_gone(fd))
		why = is_user(&a) ? arrival_serve(p, &a)
				  : "! that is nothing to talk by\n";
	reply(fd, why, "", NULL, 0);
	close(a.in);
	close(a.out);
}

static void act(struct parent *p, int fd, const struct control_request *r,
	const struct passing *beside)
{
	char done[CONTROL_TEXT_MAX] = "";
	struct ucred who;
	socklen_t size = sizeof who;
	const char *refused;
	int fds[PASSING_MAX];
	size_t count = 0;

	/* This cannot fail; if it did, that would be nobody. */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == -1)
		who.uid = (uid_t)-1;
	if (r->verb == CONTROL_JOIN) {
		join(p, fd, r, beside, &who);
		return;
	}
	if (!may_administer(&who)) {
		log_warn("control uid=%lu result=forbidden",
			(unsigned long)who.uid);
		reply(fd, "only root and the server's own user may do that", "",
			NULL, 0);
		return;
	}
	refused = administer(p, r, &who, done, fds, &count);
	reply(fd, refused, done, fds, count);
	if (r->verb == CONTROL_BANS && count > 0)
		close(fds[0]);
}

/* Hears one connection; true when it has been served, or is no good. */
static bool read_request(struct parent *p, int fd)
{
	struct control_request r;
	struct passing beside;
	int got = passing_receive(fd, &r, sizeof r, &beside);

	if (got == 0)
		return false;
	if (got == 1 && control_is_sound(&r, beside.count)) {
		act(p, fd, &r, &beside);
		return true;
	}
	reply(fd,
		"the server, " VERSION ", is of another version, or did not "
		"understand you; restart it, or use the chatserver that it was "
		"started from",
		"", NULL, 0);
	for (size_t i = 0; i < beside.count; i++)
		close(beside.fds[i]);
	return true;
}

static void drop(struct control *c, size_t i)
{
	close(c->asking[i]);
	c->asking[i] = -1;
}

/* A place for one more: a free one, or else of who has been silent longest. */
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

/* When one more may be let in. */
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
			/* It stays ready: to look again at once is to spin. */
			log_warn_errno("control-rest");
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
			    read_request(p, c->asking[i])) ||
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

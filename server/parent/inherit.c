/* SPDX-License-Identifier: MIT */
/* Finds inherited listening sockets.
 * Runs in: parent, before anything else exists. */
#include "server/parent/inherit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "ipc/common/number.h"
#include "server/fd.h"
#include "server/log.h"

/* Where systemd's descriptors begin: sd_listen_fds(3). */
#define LISTEN_FDS_START 3

static int option(int fd, int name)
{
	int value;
	socklen_t len = sizeof value;

	return getsockopt(fd, SOL_SOCKET, name, &value, &len) == -1 ? -1
								    : value;
}

static bool is_same(int fd, const struct stat *socket)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_dev == socket->st_dev &&
	       st.st_ino == socket->st_ino;
}

/* Why it cannot be a listener; NULL if it can. */
static const char *objection(int fd)
{
	int domain, listening = option(fd, SO_ACCEPTCONN);

	if (listening == -1)
		return strerror(errno);
	if (option(fd, SO_TYPE) != SOCK_STREAM)
		return "not a stream socket";
	if (listening == 0)
		return "not a listening socket";
	domain = option(fd, SO_DOMAIN);
	if (domain != AF_INET && domain != AF_INET6 && domain != AF_UNIX)
		return "not an IPv4, IPv6 or UNIX socket";
	return NULL;
}

static void add(struct inherited *in, int fd, const char *from)
{
	const char *why = objection(fd);

	if (why != NULL)
		fatal(EX_USAGE, "descriptor %d, inherited by %s: %s", fd, from,
			why);
	in->fd[in->n++] = fd;
}

/* A variable's number, or -1. */
static long number(const char *value)
{
	unsigned long n;

	return value != NULL && number_parse(value, 10, 0, LONG_MAX, &n)
		       ? (long)n
		       : -1;
}

/* The number of listeners that the service manager passes to this process: -1
 * if LISTEN_FDS is not a number; 0 if there are none for us. */
static long promised(void)
{
	const char *fds = getenv("LISTEN_FDS");

	if (fds == NULL || number(getenv("LISTEN_PID")) != getpid())
		return 0;
	return number(fds);
}

/* The lowest descriptor, from this one on, that an argument names: a shell's
 * >(command) is a path such as /dev/fd/63.  UINT_MAX: none. */
static unsigned int next_named(char **argv, unsigned int from)
{
	unsigned int next = UINT_MAX;

	for (; *argv != NULL; argv++) {
		const char *at = strstr(*argv, "/fd/");
		long fd = at != NULL ? number(at + 4) : -1;

		if (fd >= (long)from && fd < (long)next)
			next = (unsigned int)fd;
	}
	return next;
}

void inherit_close_others(char **argv)
{
	long listeners = promised();
	unsigned int from = LISTEN_FDS_START, named;

	if (listeners > 0 && listeners < INT_MAX - LISTEN_FDS_START)
		from += (unsigned int)listeners;
	while ((named = next_named(argv, from)) != UINT_MAX) {
		if (named > from)
			(void)close_range(from, named - 1, 0);
		from = named + 1;
	}
	(void)close_range(from, UINT_MAX, 0);
}

void inherit_inetd(struct inherited *in)
{
	struct stat socket;
	int null, high;

	*in = (struct inherited){
		.inetd = option(STDIN_FILENO, SO_ACCEPTCONN) == 1};
	if (!in->inetd || fstat(STDIN_FILENO, &socket) == -1)
		return;
	in->no_stderr = is_same(STDERR_FILENO, &socket);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	high = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, FD_HIGH);
	if (null == -1 || high == -1)
		_exit(EX_OSERR); /* there is nowhere to report it */
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (is_same(fd, &socket))
			dup2(null, fd);
	}
	close(null);
	if (in->no_stderr)
		log_open(LOG_TO_SYSLOG); /* for errors in options */
	in->fd[in->n++] = high;
}

/* Only ENXIO means that there is no controlling terminal, tty(4); the call may
 * fail for other reasons, such as a lack of descriptors. */
static bool has_terminal(void)
{
	int fd = open("/dev/tty", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd == -1)
		return errno != ENXIO;
	close(fd);
	return true;
}

void inherit_session(struct inherited *in)
{
	struct sigaction hup;

	in->nohup =
		sigaction(SIGHUP, NULL, &hup) == 0 && hup.sa_handler == SIG_IGN;
	in->terminal = has_terminal();
}

bool inherit_has_hung_up(
	const struct inherited *in, bool by_kernel, pid_t sender)
{
	if (in->nohup)
		return false;
	return by_kernel ||
	       (in->terminal && sender == getsid(0) && !has_terminal());
}

static void find_systemd(struct inherited *in)
{
	long n = promised();

	if (n < 0)
		fatal(EX_USAGE, "LISTEN_FDS: '%s' is not a number",
			getenv("LISTEN_FDS"));
	if (n > (long)(LISTENERS_MAX - in->n))
		fatal(EX_USAGE, "LISTEN_FDS: too many listeners (at most %d)",
			LISTENERS_MAX);
	for (int i = 0; i < (int)n; i++)
		add(in, LISTEN_FDS_START + i, "LISTEN_FDS");
}

void inherit_find(struct inherited *in)
{
	if (in->inetd) {
		in->n = 0;
		add(in, in->fd[0], "inetd");
	}
	find_systemd(in);
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDNAMES");
}

/* Binding where an earlier server may have left a socket, and another server
 * may be about to do the same.
 * Runs in: parent. */
#include "server/unix_path.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* Between another server's bind(2) and its listen(2). */
#define LISTEN_MS 10

static socklen_t name(struct sockaddr_un *a, const char *path)
{
	*a = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(a->sun_path, path, strlen(path) + 1);
	return sizeof *a;
}

/* The umask is what makes the mode right from the socket's first moment: with
 * a chmod behind there would be a time before it. */
static int bind_with(int fd, const char *path, int mode)
{
	struct sockaddr_un a;
	socklen_t len = name(&a, path);
	mode_t before = 0;
	int r;

	if (mode != -1)
		before = umask((mode_t)(~mode & 0777));
	r = bind(fd, (const struct sockaddr *)&a, len);
	if (mode != -1)
		umask(before);
	return r;
}

/* Whether the path is a socket of this type that nobody serves. */
static bool is_stale(const char *path, int type)
{
	struct sockaddr_un a;
	socklen_t len = name(&a, path);
	struct stat st;
	bool refused;
	int fd;

	if (lstat(path, &st) == -1 || !S_ISSOCK(st.st_mode))
		return false;
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return false;
	refused = connect(fd, (const struct sockaddr *)&a, len) == -1 &&
		  errno == ECONNREFUSED;
	close(fd);
	return refused;
}

/* Removes a socket that nobody serves.  Another server may do that at the same
 * time, and have its own there by now: so it is put aside, where nobody else
 * finds it, and looked at once more. */
static int remove_stale(const char *path, int type)
{
	const struct timespec nap = {0, LISTEN_MS * 1000000L};
	char aside[sizeof((struct sockaddr_un *)NULL)->sun_path];
	int n = snprintf(aside, sizeof aside, "%s.%ld", path, (long)getpid());

	if (!is_stale(path, type)) {
		errno = EADDRINUSE;
		return -1;
	}
	if (n >= (int)sizeof aside)
		return unlink(path); /* there is no room for more care */
	if (rename(path, aside) == -1)
		return errno == ENOENT ? 0 : -1;
	nanosleep(&nap, NULL);
	if (is_stale(aside, type))
		return unlink(aside);
	(void)!link(aside, path); /* unless there is one again */
	unlink(aside);
	errno = EADDRINUSE;
	return -1;
}

int unix_path_bind(int fd, const char *path, int mode)
{
	socklen_t size = sizeof(int);
	int type;

	if (bind_with(fd, path, mode) == 0)
		return 0;
	if (errno != EADDRINUSE ||
		getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == -1 ||
		remove_stale(path, type) == -1)
		return -1;
	return bind_with(fd, path, mode);
}

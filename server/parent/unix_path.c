/* SPDX-License-Identifier: MIT */
/* Binding where an earlier server may have left a socket, and another server
 * may be about to do the same.
 * Runs in: parent. */
#include "server/parent/unix_path.h"

#include <errno.h>
#include <fcntl.h>
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
#define LOOKS_MAX 5

static void nap(void)
{
	const struct timespec t = {0, LISTEN_MS * 1000000L};

	nanosleep(&t, NULL);
}

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

/* A name that nobody else uses.  False: there is no room for one. */
static bool aside_name(char *aside, size_t size, const char *path)
{
	int n = snprintf(aside, size, "%s.%ld", path, (long)getpid());

	return n < (int)size;
}

/* It was somebody else's: back it goes, unless there is one again. */
static void put_back(const char *aside, const char *path)
{
	if (renameat2(AT_FDCWD, aside, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		return;
	(void)!link(aside, path); /* not all file systems know the above */
	unlink(aside);
}

/* Removes a socket that nobody serves.  Another server may do that at the same
 * time, and have its own there by now: so it is put aside, where nobody else
 * finds it, and looked at once more. */
static int remove_stale(const char *path, int type)
{
	char aside[sizeof((struct sockaddr_un *)NULL)->sun_path];

	if (!is_stale(path, type)) {
		errno = EADDRINUSE;
		return -1;
	}
	if (!aside_name(aside, sizeof aside, path))
		return unlink(path); /* there is no room for more care */
	if (rename(path, aside) == -1)
		return errno == ENOENT ? 0 : -1;
	nap();
	if (is_stale(aside, type))
		return unlink(aside);
	put_back(aside, path);
	errno = EADDRINUSE;
	return -1;
}

static int bind_surely(int fd, const char *path, int mode)
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

int unix_path_listen(
	int fd, const char *path, int mode, int backlog, struct unix_file *made)
{
	struct stat st;

	*made = (struct unix_file){0};
	if (bind_surely(fd, path, mode) == -1 || listen(fd, backlog) == -1)
		return -1;
	/* Another server that found it before it listened has put it aside for
	 * a moment. */
	for (int i = 0; i < LOOKS_MAX && made->inode == 0; i++) {
		if (i > 0)
			nap();
		if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
			*made = (struct unix_file){st.st_dev, st.st_ino};
	}
	return 0;
}

bool unix_path_is(const char *path, const struct unix_file *file)
{
	struct stat st;

	return file->inode != 0 && lstat(path, &st) == 0 &&
	       st.st_dev == file->device && st.st_ino == file->inode;
}

/* Between the look and the removal somebody may have removed the path and
 * begun to serve it: so it is put aside here, too. */
void unix_path_remove(const char *path, const struct unix_file *file)
{
	char aside[sizeof((struct sockaddr_un *)NULL)->sun_path];

	if (!unix_path_is(path, file))
		return;
	if (!aside_name(aside, sizeof aside, path))
		unlink(path);
	else if (rename(path, aside) == 0 && unix_path_is(aside, file))
		unlink(aside);
	else
		put_back(aside, path);
}

/* SPDX-License-Identifier: MIT */
/* Binds a path where an earlier server may have left a socket, and another
 * server may be binding at the same time.
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

/* The longest time between another server's bind(2) and its listen(2). */
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

/* The umask sets the mode from the socket's first moment; a chmod(2) would come
 * after bind(2). */
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

/* Whether the path is a stale socket of this type. */
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

/* A name that no other process uses.  False: it would be too long. */
static bool aside_name(char *aside, size_t size, const char *path)
{
	int n = snprintf(aside, size, "%s.%ld", path, (long)getpid());

	return n < (int)size;
}

/* The file was another server's: moves it back, unless the path is in use. */
static void put_back(const char *aside, const char *path)
{
	if (renameat2(AT_FDCWD, aside, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		return;
	(void)!link(aside, path); /* not all file systems have the above */
	unlink(aside);
}

/* Removes a stale socket.  Another server may do that at the same time, and
 * have bound the path by now: so the file is moved aside, where no other
 * process finds it, and checked again. */
static int remove_stale(const char *path, int type)
{
	char aside[sizeof((struct sockaddr_un *)NULL)->sun_path];

	if (!is_stale(path, type)) {
		errno = EADDRINUSE;
		return -1;
	}
	if (!aside_name(aside, sizeof aside, path))
		return unlink(path); /* no name to move it to */
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
	/* Another server that found it before it listened may have moved it
	 * aside for a moment. */
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

/* Between check and removal another server may have replaced the path: so the
 * file is moved aside here, too. */
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

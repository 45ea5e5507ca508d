/* SPDX-License-Identifier: MIT */
/* The directory of --state: looked at before the server says that it listens,
 * so that it never starts with one that cannot serve.
 * Runs in: parent. */
#include "server/statedir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "server/fd.h"
#include "server/log.h"

#define LOCK_FILE "lock"

static _Noreturn void refuse(const char *path, const char *what)
{
	fatal(EX_CANTCREAT, "--state: %s %s: %s", what, path, strerror(errno));
}

/* False: it is there, and is left as it is; mkdir(2) is not asked then: on a
 * disk that hangs it would wait for ever. */
static bool make(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0)
		return false;
	if (mkdir(path, 0700) == 0)
		return true;
	if (errno != EEXIST)
		refuse(path, "cannot make");
	return false;
}

static void check(int dir, const char *path, uid_t uid)
{
	struct stat st;

	if (fstat(dir, &st) == -1)
		refuse(path, "cannot look at");
	if (st.st_uid != uid)
		fatal(EX_CONFIG,
			"--state: %s belongs to uid %lu, but the server's "
			"processes run as uid %lu: chown it to that user",
			path, (unsigned long)st.st_uid, (unsigned long)uid);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		fatal(EX_CONFIG,
			"--state: others can write to %s (mode %03o): chmod "
			"700 it",
			path, (unsigned)(st.st_mode & 0777));
	if ((st.st_mode & S_IRWXU) != S_IRWXU)
		fatal(EX_CONFIG,
			"--state: its owner cannot read, write and search %s "
			"(mode %03o): chmod 700 it",
			path, (unsigned)(st.st_mode & 0777));
}

int statedir_open(const char *path, uid_t uid, gid_t gid)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	bool made;
	int dir;

	if (path == NULL)
		return -1;
	made = make(path);
	/* What was made just now is no link, unless somebody plays tricks. */
	dir = fd_high(open(path, flags | (made ? O_NOFOLLOW : 0)));
	if (dir == -1)
		refuse(path, "cannot open");
	if (made && geteuid() == 0 && fchown(dir, uid, gid) == -1)
		refuse(path, "cannot give away");
	check(dir, path, uid);
	return dir;
}

/* Nothing is written where the file is there: the server that has it may wait
 * for a disk that hangs, and this one would, too. */
static int open_lock(int dir)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	int fd = openat(dir, LOCK_FILE, flags);

	if (fd != -1 || errno != ENOENT)
		return fd;
	return openat(dir, LOCK_FILE, flags | O_CREAT, 0600);
}

int statedir_lock(int dir, const char *path, uid_t uid, gid_t gid)
{
	int fd = fd_high(open_lock(dir));
	struct stat st;

	if (fd == -1)
		refuse(path, "cannot open the file " LOCK_FILE " in");
	/* The directory is the roles': one that has been taken over may have
	 * put a link to a file of root's there. */
	if (fstat(fd, &st) == -1)
		refuse(path, "cannot look at the file " LOCK_FILE " in");
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
		fatal(EX_CONFIG,
			"--state: " LOCK_FILE
			" in %s is no regular file of one name: remove it",
			path);
	if (st.st_uid != uid && geteuid() == 0 && fchown(fd, uid, gid) == -1)
		refuse(path, "cannot give away the file " LOCK_FILE " in");
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (errno == EWOULDBLOCK)
		fatal(EX_TEMPFAIL, "--state: another server uses %s", path);
	refuse(path, "cannot lock");
}

/* SPDX-License-Identifier: MIT */
/* Makes the empty directory that is the root of children and of the relay.
 * Runs in: parent, started by root. */
#include "server/sandbox/nowhere.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "server/fd.h"
#include "server/log.h"

/* One name for all servers, in a folder that only root can write. */
#define SHARED_PATH "/run/chatserver-nowhere"

/* Servers that start at the same moment may remove it under each other. */
#define TRIES_MAX 100

static int configure(
	int fs, unsigned int command, const char *key, const char *value)
{
	return (int)syscall(SYS_fsconfig, fs, command, key, value, 0);
}

/* The root of a file system that is mounted nowhere.  This needs CAP_SYS_ADMIN,
 * which root lacks in some containers. */
static int mount_one(void)
{
	int fs = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC), fd = -1;

	if (fs == -1)
		return -1;
	if (configure(fs, FSCONFIG_SET_STRING, "mode", "0755") == 0 &&
		configure(fs, FSCONFIG_SET_FLAG, "ro", NULL) == 0 &&
		configure(fs, FSCONFIG_CMD_CREATE, NULL, NULL) == 0)
		fd = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC,
			MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
				MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	close(fs);
	return fd;
}

/* A folder that is removed at once.  If the server is killed in between, the
 * next start uses and removes it. */
static int make_shared_one(void)
{
	for (int i = 0; i < TRIES_MAX; i++) {
		int fd;

		if (mkdir(SHARED_PATH, 0755) == -1 && errno != EEXIST)
			return -1;
		fd = open(SHARED_PATH,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd == -1 && errno == ENOENT)
			continue;
		if (fd == -1 || rmdir(SHARED_PATH) == 0 || errno == ENOENT)
			return fd;
		/* It is not empty. */
		log_warn_errno("remove-fail path=" SHARED_PATH);
		close(fd);
		return -1;
	}
	return -1;
}

/* Where only /tmp can be used, in which any user can take a name. */
static int make_own_one(void)
{
	char path[] = "/tmp/chatserver-XXXXXX";
	int fd;

	if (mkdtemp(path) == NULL)
		return -1;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (rmdir(path) == -1)
		log_warn_errno("remove-fail path=%s", path);
	return fd;
}

int nowhere_open(void)
{
	int fd = mount_one();

	if (fd == -1)
		fd = make_shared_one();
	if (fd == -1)
		fd = make_own_one();
	return fd_high(fd);
}

/* SPDX-License-Identifier: MIT */
/* Anonymous POSIX shared memory.
 * Runs in: parent (create), relay (map), callers of a server (copy). */
#include "ipc/shm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* Tries twice, since an object that stays here stays until reboot.  Returns an
 * error number, 0 for none. */
static int unlink_surely(const char *name)
{
	for (int i = 0; i < 2; i++) {
		if (shm_unlink(name) == 0)
			return 0;
	}
	return errno;
}

int shm_create(const char *what, size_t size)
{
	char name[64];
	int fd, error;

	snprintf(name, sizeof name, "/chatserver-%ld-%s", (long)getpid(), what);
	/* An existing name was left by a process of the same pid that was
	 * killed between the next two calls. */
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd == -1 && errno == EEXIST && shm_unlink(name) == 0)
		fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd == -1)
		return -1;
	error = unlink_surely(name);
	if (error != 0) {
		close(fd);
		errno = error;
		return -1;
	}
	/* ftruncate allocates no memory, so a later write could get SIGBUS. */
	error = posix_fallocate(fd, 0, (off_t)size);
	if (error != 0) {
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

void *shm_map(int fd, size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

static bool read_all(int fd, char *to, size_t size)
{
	size_t at = 0;

	while (at < size) {
		ssize_t n = pread(fd, to + at, size - at, (off_t)at);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EINVAL;
		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

void *shm_copy(int fd, size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int error;

	if (p == MAP_FAILED)
		return NULL;
	if (read_all(fd, p, size))
		return p;
	error = errno;
	munmap(p, size);
	errno = error;
	return NULL;
}

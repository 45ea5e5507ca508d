/* SPDX-License-Identifier: MIT */
/* A directory of its own for a test, on a real file system.
 * Runs in: nothing but tests. */
#ifndef TESTS_UNIT_FOLDER_RIG_H
#define TESTS_UNIT_FOLDER_RIG_H

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder_path[256];
static int folder = -1; /* its descriptor */

/* Removes it, and what is in it: files, links and empty directories. */
static inline void folder_end(void)
{
	DIR *all = fdopendir(folder);
	const struct dirent *entry;

	if (all == NULL)
		abort();
	rewinddir(all); /* it may have been read to its end */
	while ((entry = readdir(all)) != NULL) {
		if (unlinkat(folder, entry->d_name, 0) == -1)
			(void)unlinkat(folder, entry->d_name, AT_REMOVEDIR);
	}
	closedir(all);
	rmdir(folder_path);
	folder = -1;
}

static inline void folder_begin(void)
{
	const char *tmp = getenv("TMPDIR");

	if (folder != -1) /* of a test that has failed */
		folder_end();
	snprintf(folder_path, sizeof folder_path, "%s/chat-unit-XXXXXX",
		tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(folder_path) == NULL)
		abort();
	folder = open(folder_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static inline bool folder_has(const char *name)
{
	struct stat st;

	return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The size of a file, or the greatest number if there is none. */
static inline uint64_t folder_size(const char *name)
{
	struct stat st;

	return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0
		       ? (uint64_t)st.st_size
		       : UINT64_MAX;
}

/* Makes a file, or changes a part of one. */
static inline void folder_write(
	const char *name, const void *p, size_t n, off_t at)
{
	int fd = openat(folder, name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd == -1 || pwrite(fd, p, n, at) != (ssize_t)n)
		abort();
	close(fd);
}

/* Turns over the bits of a byte. */
static inline void folder_break(const char *name, off_t at)
{
	int fd = openat(folder, name, O_RDWR | O_CLOEXEC);
	unsigned char byte;

	if (fd == -1 || pread(fd, &byte, 1, at) != 1)
		abort();
	byte ^= 0xFF;
	if (pwrite(fd, &byte, 1, at) != 1)
		abort();
	close(fd);
}

static inline void folder_cut(const char *name, off_t size)
{
	int fd = openat(folder, name, O_RDWR | O_CLOEXEC);

	if (fd == -1 || ftruncate(fd, size) == -1)
		abort();
	close(fd);
}

#endif

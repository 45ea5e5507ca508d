/* SPDX-License-Identifier: MIT */
/* The system calls of server/disk/, on the disk of disk_rig.h.
 * Runs in: nothing but tests.
 *
 * The Makefile has the linker take these for the C library's (--wrap), in the
 * tests that are linked so.  Descriptors from DISK_DIR on are the disk's. */
#ifndef TESTS_UNIT_DISK_CALLS_H
#define TESTS_UNIT_DISK_CALLS_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "tests/unit/disk_rig.h"

#define DISK_DIR 1000 /* the directory */
#define DISK_FDS 8    /* of files, behind it */

static int disk_open[DISK_FDS]; /* which file, and 1 more */
static bool disk_listed;

int __wrap_openat(int dir, const char *name, int flags, ...);
int __wrap_fstatat(int dir, const char *name, struct stat *st, int flags);
int __wrap_fstat(int fd, struct stat *st);
int __wrap_renameat(int from, const char *was, int to, const char *name);
int __wrap_unlinkat(int dir, const char *name, int flags);
ssize_t __wrap_getdents64(int dir, void *names, size_t size);
off_t __wrap_lseek(int fd, off_t at, int whence);
ssize_t __wrap_pread(int fd, void *p, size_t n, off_t at);
ssize_t __wrap___pread_chk(int fd, void *p, size_t n, off_t at, size_t size);
ssize_t __wrap_pwrite(int fd, const void *p, size_t n, off_t at);
int __wrap_fallocate(int fd, int mode, off_t at, off_t n);
int __wrap_ftruncate(int fd, off_t size);
int __wrap_fdatasync(int fd);
int __wrap_fsync(int fd);
ssize_t __wrap_getrandom(void *p, size_t n, unsigned int flags);
int __wrap_close(int fd);
int __real_close(int fd);

/* Before each call that changes something: 0, or -1 with errno. */
static int disk_call(void)
{
	long call = disk.calls++;

	errno = EIO;
	if (disk.off_at != -1 && call >= disk.off_at)
		return -1;
	if (call != disk.fail_at)
		return 0;
	disk.failed = true;
	errno = disk.fail_with;
	return -1;
}

/* The place of an open descriptor. */
static int disk_place(int fd)
{
	int i = fd - DISK_DIR - 1;

	if (i < 0 || i >= DISK_FDS || disk_open[i] == 0)
		abort();
	return i;
}

static struct disk_file *disk_of(int fd)
{
	return disk.file[disk_open[disk_place(fd)] - 1];
}

/* --- names -----------------------------------------------------------------
 */

int __wrap_openat(int dir, const char *name, int flags, ...)
{
	int file = disk_find(name), i = 0;

	if (dir != DISK_DIR)
		abort();
	if ((flags & O_CREAT) != 0) {
		if (disk_call() == -1)
			return -1;
		errno = EEXIST;
		if (file != -1)
			return -1;
		file = disk_add_file();
		disk_change(&disk.now, name, file, "");
	}
	errno = ENOENT;
	if (file == -1)
		return -1;
	while (i < DISK_FDS && disk_open[i] != 0)
		i++;
	if (i == DISK_FDS)
		abort(); /* somebody does not close */
	disk_open[i] = file + 1;
	return DISK_DIR + 1 + i;
}

static int disk_stat(int file, struct stat *st)
{
	errno = ENOENT;
	if (file == -1)
		return -1;
	memset(st, 0, sizeof *st);
	st->st_mode = S_IFREG | 0600;
	st->st_size = (off_t)disk.file[file]->size;
	return 0;
}

int __wrap_fstatat(int dir, const char *name, struct stat *st, int flags)
{
	(void)dir, (void)flags;
	return disk_stat(disk_find(name), st);
}

int __wrap_fstat(int fd, struct stat *st)
{
	return disk_stat(disk_open[disk_place(fd)] - 1, st);
}

int __wrap_renameat(int from, const char *was, int to, const char *name)
{
	int file = disk_find(was);

	(void)from, (void)to;
	if (disk_call() == -1)
		return -1;
	if (file == -1 || disk_find(name) != -1)
		abort(); /* something would be overwritten */
	disk_change(&disk.now, name, file, was);
	return 0;
}

int __wrap_unlinkat(int dir, const char *name, int flags)
{
	int file = disk_find(name);

	(void)dir, (void)flags;
	if (disk_call() == -1)
		return -1;
	errno = ENOENT;
	if (file == -1)
		return -1;
	disk_free_blocks(disk.file[file], 0, disk.file[file]->size);
	disk_change(&disk.now, "", -1, name);
	return 0;
}

off_t __wrap_lseek(int fd, off_t at, int whence)
{
	if (fd != DISK_DIR || at != 0 || whence != SEEK_SET)
		abort();
	disk_listed = false;
	return 0;
}

ssize_t __wrap_getdents64(int dir, void *p, size_t size)
{
	struct disk_names names = disk_names();
	char *to = p;

	if (disk_listed || dir != DISK_DIR)
		return 0;
	disk_listed = true;
	for (size_t i = 0; i < names.n; i++) {
		struct dirent64 *entry = (void *)to;
		size_t n = (offsetof(struct dirent64, d_name) + DISK_NAME + 7) &
			   ~(size_t)7;

		if (size < n)
			abort();
		entry->d_reclen = (unsigned short)n;
		memcpy(entry->d_name, names.name[i].name, DISK_NAME);
		to += n;
		size -= n;
	}
	return to - (char *)p;
}

/* --- files -----------------------------------------------------------------
 */

ssize_t __wrap_pread(int fd, void *p, size_t n, off_t at)
{
	const struct disk_file *f = disk_of(fd);

	if ((size_t)at >= f->size)
		return 0;
	n = disk_least(n, f->size - (size_t)at);
	memcpy(p, f->now + at, n);
	return (ssize_t)n;
}

ssize_t __wrap___pread_chk(int fd, void *p, size_t n, off_t at, size_t size)
{
	if (n > size)
		abort();
	return __wrap_pread(fd, p, n, at);
}

/* A call that fails for want of room has written a part before. */
ssize_t __wrap_pwrite(int fd, const void *p, size_t n, off_t at)
{
	struct disk_file *f = disk_of(fd);
	size_t end;

	if (disk.calls + 1 == disk.fail_at && n > 1)
		n = 1 + chance(n - 1);
	if (disk_call() == -1)
		return -1;
	end = (size_t)at + n;
	disk_note(f, (size_t)at, p, n, end > f->size ? end : f->size);
	return (ssize_t)n;
}

/* Not as much as it is asked for: who asks need not know. */
int __wrap_fallocate(int fd, int mode, off_t at, off_t n)
{
	struct disk_file *f = disk_of(fd);

	if (disk_call() == -1)
		return -1;
	errno = EOPNOTSUPP;
	if (disk.grows || mode != 0 || at != 0 || n < (off_t)f->size ||
		f->size > DISK_AHEAD)
		return -1;
	disk_note(f, 0, NULL, 0, DISK_AHEAD);
	return 0;
}

int __wrap_ftruncate(int fd, off_t size)
{
	struct disk_file *f = disk_of(fd);

	if (disk_call() == -1)
		return -1;
	disk_note(f, 0, NULL, 0, (size_t)size);
	return 0;
}

/* --- syncs -----------------------------------------------------------------
 */

/* Whether a name of the file ends so. */
static bool disk_is(const struct disk_file *f, const char *ending)
{
	struct disk_names names = disk_names();

	for (size_t i = 0; i < names.n; i++) {
		if (disk.file[names.name[i].file] == f &&
			strstr(names.name[i].name, ending) != NULL)
			return true;
	}
	return false;
}

static bool disk_lies(const struct disk_file *f, bool data)
{
	switch (disk.lie) {
	case LIE_NEW:
		return disk_is(f, ".new");
	case LIE_KEPT:
		return !data && disk_is(f, ".log");
	case LIE_DATA:
		return data;
	default:
		return false;
	}
}

/* A sync that fails is the last word on what it was for: the kernel forgets
 * that this had to be written. */
static int disk_sync(struct disk_file *f, bool data)
{
	if (disk_call() == -1) {
		if (disk.failed && disk.calls - 1 == disk.fail_at) {
			disk_land_some(f);
			disk_forget(f);
		}
		return -1;
	}
	if (!disk_lies(f, data))
		disk_land(f, data);
	return 0;
}

int __wrap_fdatasync(int fd)
{
	return disk_sync(disk_of(fd), true);
}

int __wrap_fsync(int fd)
{
	if (fd != DISK_DIR)
		return disk_sync(disk_of(fd), false);
	if (disk_call() == -1)
		return -1;
	if (disk.lie != LIE_DIR)
		disk_land_names(true);
	return 0;
}

/* By chance, but the same in every run. */
ssize_t __wrap_getrandom(void *p, size_t n, unsigned int flags)
{
	unsigned char *byte = p;

	(void)flags;
	for (size_t i = 0; i < n; i++)
		byte[i] = (unsigned char)chance(256);
	return (ssize_t)n;
}

int __wrap_close(int fd)
{
	if (fd < DISK_DIR)
		return __real_close(fd);
	disk_open[disk_place(fd)] = 0;
	return 0;
}

#endif

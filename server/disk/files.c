/* SPDX-License-Identifier: MIT */
/* The files of DIR: which there are, opening them, and setting them aside.
 * Runs in: disk, recover. */
#include "server/disk/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "chat-"
#define DIGITS 8
#define KEPT   ".log"
#define MADE   ".new"

/* One that is set aside for the hundredth time is somebody's game. */
#define ASIDE_MAX 99

void files_name(char name[FILES_NAME_MAX], uint32_t number)
{
	snprintf(name, FILES_NAME_MAX, PREFIX "%08u" KEPT, number);
}

void files_new_name(char name[FILES_NAME_MAX], uint32_t number)
{
	snprintf(name, FILES_NAME_MAX, PREFIX "%08u" MADE, number);
}

/* The number in a name that ends so; 0: it has none. */
static uint32_t number_of(const char *name, const char *ending)
{
	uint32_t number = 0;

	if (strncmp(name, PREFIX, strlen(PREFIX)) != 0)
		return 0;
	name += strlen(PREFIX);
	for (int i = 0; i < DIGITS; i++, name++) {
		if (*name < '0' || *name > '9')
			return 0;
		number = number * 10 + (uint32_t)(*name - '0');
	}
	return strcmp(name, ending) == 0 ? number : 0;
}

/* --- the list --------------------------------------------------------------
 */

int files_push(struct files *f, const struct file *file)
{
	if (f->n == f->room) {
		size_t room = f->room == 0 ? 64 : 2 * f->room;
		struct file *more = reallocarray(f->file, room, sizeof *more);

		if (more == NULL)
			return -1;
		f->file = more;
		f->room = room;
	}
	f->file[f->n++] = *file;
	return 0;
}

void files_drop(struct files *f, size_t i)
{
	f->n--;
	memmove(f->file + i, f->file + i + 1, (f->n - i) * sizeof *f->file);
}

void files_end(struct files *f)
{
	free(f->file);
	*f = (struct files){0};
}

/* Moves the file at the root of a heap of n down to its place. */
static void sift(struct file *file, size_t root, size_t n)
{
	const struct file moved = file[root];

	for (size_t below = 2 * root + 1; below < n; below = 2 * root + 1) {
		if (below + 1 < n &&
			file[below].number < file[below + 1].number)
			below++;
		if (file[below].number <= moved.number)
			break;
		file[root] = file[below];
		root = below;
	}
	file[root] = moved;
}

/* Not by qsort(3), which may ask for the size of the memory (sysinfo(2)). */
static void sort(struct files *f)
{
	for (size_t i = f->n / 2; i > 0; i--)
		sift(f->file, i - 1, f->n);
	for (size_t n = f->n; n > 1; n--) {
		const struct file last = f->file[0];

		f->file[0] = f->file[n - 1];
		f->file[n - 1] = last;
		sift(f->file, 0, n - 1);
	}
}

/* --- the directory ---------------------------------------------------------
 */

/* Takes down one name.  One that was being made when its maker was killed is
 * of no use; if it cannot be removed, who would make it again will say so. */
static int take(struct files *f, int dir, const char *name)
{
	struct file file = {.number = number_of(name, KEPT)};

	if (file.number != 0)
		return files_push(f, &file);
	if (number_of(name, MADE) != 0)
		(void)unlinkat(dir, name, 0);
	return 0;
}

/* Not by opendir(3), which would need more system calls. */
static int list_names(struct files *f, int dir)
{
	static union {
		struct dirent64 first;
		char bytes[32768];
	} names;
	ssize_t n;

	if (lseek(dir, 0, SEEK_SET) == -1)
		return -1;
	while ((n = getdents64(dir, &names, sizeof names)) > 0) {
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *entry =
				(const void *)(names.bytes + at);

			if (take(f, dir, entry->d_name) == -1)
				return -1;
			at += entry->d_reclen;
		}
	}
	return n == -1 ? -1 : 0;
}

/* Whether it is a file at all, before it is opened: opening a device or a pipe
 * does things. */
static int stat_file(int dir, const char *name, struct stat *st)
{
	return fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW);
}

int files_open(int dir, uint32_t number, struct segment_head *head,
	enum segment_fault *fault)
{
	char name[FILES_NAME_MAX];
	struct stat st;
	int fd, found;

	*fault = SEGMENT_OK;
	files_name(name, number);
	if (stat_file(dir, name, &st) == -1)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		*fault = SEGMENT_NO_FILE;
		return -1;
	}
	fd = openat(dir, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
	if (fd == -1)
		return -1;
	found = segment_read_head(fd, head);
	if (found == SEGMENT_OK && head->number != number)
		found = SEGMENT_MISNAMED;
	if (found == SEGMENT_OK)
		return fd;
	if (found != -1)
		*fault = (enum segment_fault)found;
	close(fd);
	return -1;
}

/* Reads a header for the list.  1; 0: it is a stranger's; -1 with errno. */
static int measure(struct file *file, int dir, enum segment_fault *fault)
{
	struct segment_head head;
	struct stat st;
	int fd = files_open(dir, file->number, &head, fault), result;

	if (fd == -1)
		return *fault != SEGMENT_OK ? 0 : -1;
	result = fstat(fd, &st) == 0 ? 1 : -1;
	close(fd);
	if (result == 1) {
		file->size = (uint64_t)st.st_size;
		file->made_ms = head.made_ms;
	}
	return result;
}

int files_list(struct files *f, int dir, files_stranger *stranger, void *arg,
	uint32_t *unreadable)
{
	enum segment_fault fault;

	*unreadable = 0;
	*f = (struct files){0};
	if (list_names(f, dir) == -1)
		return -1;
	sort(f);
	for (size_t i = 0; i < f->n;) {
		int known = measure(&f->file[i], dir, &fault);

		if (known == -1)
			*unreadable = f->file[i].number;
		if (known == -1 ||
			(known == 0 && stranger(arg, &f->file[i], fault) == -1))
			return -1;
		if (known == 0)
			files_drop(f, i);
		else
			i++;
	}
	return 0;
}

int files_set_aside(int dir, uint32_t number, char as[FILES_NAME_MAX])
{
	char name[FILES_NAME_MAX];
	struct stat st;
	int n = 1;

	files_name(name, number);
	snprintf(as, FILES_NAME_MAX, PREFIX "%08u" KEPT ".bad", number);
	while (stat_file(dir, as, &st) == 0) {
		if (n == ASIDE_MAX) {
			errno = EEXIST;
			return -1;
		}
		snprintf(as, FILES_NAME_MAX, PREFIX "%08u" KEPT ".bad-%d",
			number, ++n);
	}
	return errno == ENOENT ? renameat(dir, name, dir, as) : -1;
}

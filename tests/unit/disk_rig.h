/* SPDX-License-Identifier: MIT */
/* A disk in memory whose power can be cut: what was not synced is there then,
 * or is not.  It has one directory, and remembers what has happened since each
 * sync; disk_calls.h has the system calls.
 * Runs in: nothing but tests.
 *
 *   - Of a file, any of the contents that a block has had since then may have
 *     landed, whatever has of the other blocks, and any of the sizes.
 *   - Each change of the directory since then may have landed or not.
 *   - Blocks that a file has grown by may still be what they were in a file
 *     that was removed or cut. */
#ifndef TESTS_UNIT_DISK_RIG_H
#define TESTS_UNIT_DISK_RIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/chance.h"

#define DISK_FILES 200   /* that are made in one test */
#define DISK_SIZE  32768 /* of a file, at most */
#define DISK_AHEAD 8192  /* what is allocated in advance */
#define DISK_SMALL 512   /* a block, which lands in whole ... */
#define DISK_LARGE 4096  /* ... or a page */
#define DISK_POOL  512   /* blocks of removed files */
#define DISK_NAME  40

/* A change of a file since its last sync. */
struct disk_write {
	struct disk_write *next;
	size_t at, n;
	size_t size; /* of the file, after it */
	unsigned char bytes[];
};

struct disk_file {
	unsigned char now[DISK_SIZE];    /* what is read */
	unsigned char before[DISK_SIZE]; /* the same, at the last sync */
	unsigned char landed[DISK_SIZE]; /* what is on the disk */
	size_t size, size_landed;
	size_t most; /* no byte behind this was ever written */
	struct disk_write *writes, **last;
};

/* A change of the directory: this name is the file's, that one is gone. */
struct disk_change {
	char name[DISK_NAME], gone[DISK_NAME];
	int file;
};

struct disk_names {
	struct disk_change name[DISK_FILES];
	size_t n;
};

/* What a disk says that it has done, and has not. */
enum disk_lie {
	LIE_NONE,
	LIE_DIR,  /* syncs of the directory */
	LIE_NEW,  /* of a file that is being made */
	LIE_KEPT, /* of a file that is in use, but for its data */
	LIE_DATA, /* of its data */
};

static struct disk {
	struct disk_file *file[DISK_FILES];
	int files;
	struct disk_names now, landed; /* changes since a sync; names */
	unsigned char pool[DISK_POOL][DISK_SMALL];
	size_t pooled;
	long calls;    /* that changed something */
	long off_at;   /* the power is off from this one on; -1: never */
	long fail_at;  /* this one fails ... */
	int fail_with; /* ... with this errno */
	bool failed;   /* it has */
	bool grows;    /* nothing is allocated in advance */
	size_t block;  /* what lands in whole */
	bool in_order; /* so do changes of the directory */
	enum disk_lie lie;
} disk;

/* --- files ------------------------------------------------------------------
 */

static inline size_t disk_least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Blocks that are free again, for who gets them next. */
static inline void disk_free_blocks(
	const struct disk_file *f, size_t from, size_t to)
{
	from = (from + DISK_SMALL - 1) / DISK_SMALL * DISK_SMALL;
	for (; from + DISK_SMALL <= to; from += DISK_SMALL)
		memcpy(disk.pool[disk.pooled++ % DISK_POOL], f->now + from,
			DISK_SMALL);
}

/* Appends to what has happened; p may be NULL. */
static inline void disk_note(
	struct disk_file *f, size_t at, const void *p, size_t n, size_t size)
{
	struct disk_write *w = malloc(sizeof *w + n);

	if (w == NULL || at + n > DISK_SIZE || size > DISK_SIZE)
		abort();
	*w = (struct disk_write){.at = at, .n = n, .size = size};
	if (f->most < at + n)
		f->most = (at + n + 4095) / 4096 * 4096;
	if (n > 0) {
		memcpy(w->bytes, p, n);
		memcpy(f->now + at, p, n);
	}
	if (size < f->size) {
		disk_free_blocks(f, size, f->size);
		memset(f->now + size, 0, f->size - size);
	}
	f->size = size;
	*f->last = w;
	f->last = &w->next;
}

static inline void disk_forget(struct disk_file *f)
{
	while (f->writes != NULL) {
		struct disk_write *w = f->writes;

		f->writes = w->next;
		free(w);
	}
	f->last = &f->writes;
	memcpy(f->before, f->now, f->most);
}

/* All of it has landed; by "data" its size only if it has grown. */
static inline void disk_land(struct disk_file *f, bool data)
{
	size_t size = f->size_landed;

	memcpy(f->landed, f->now, f->most);
	f->size_landed = f->size;
	disk_forget(f);
	if (data && size > f->size) {
		f->size_landed = size;
		disk_note(f, 0, NULL, 0, f->size);
	}
}

/* A block that the file has grown by, and that did not land. */
static inline void disk_stale(unsigned char *block, size_t n)
{
	size_t full = disk_least(disk.pooled, DISK_POOL);

	memset(block, 0, n);
	if (full == 0 || chance(4) == 0)
		return;
	for (size_t at = 0, i = chance(full); at < n; at += DISK_SMALL, i++)
		memcpy(block + at, disk.pool[i % full], DISK_SMALL);
}

/* One of the contents that a block of n bytes had since the last sync. */
static inline void disk_land_block(struct disk_file *f, size_t at, size_t n)
{
	unsigned char had[DISK_LARGE];
	size_t versions = 1, pick;

	for (const struct disk_write *w = f->writes; w != NULL; w = w->next)
		versions += w->n > 0 && w->at < at + n && at < w->at + w->n;
	pick = chance(versions);
	if (pick == 0) {
		if (at >= f->size_landed && versions > 1)
			disk_stale(f->landed + at, n);
		return;
	}
	memcpy(had, f->before + at, n);
	for (const struct disk_write *w = f->writes; w != NULL; w = w->next) {
		size_t from = w->at > at ? w->at : at;
		size_t to = disk_least(w->at + w->n, at + n);

		if (w->size < at + n)
			memset(had + (w->size > at ? w->size - at : 0), 0,
				n - (w->size > at ? w->size - at : 0));
		if (w->n == 0 || from >= to)
			continue;
		memcpy(had + (from - at), w->bytes + (from - w->at), to - from);
		if (--pick == 0)
			break;
	}
	memcpy(f->landed + at, had, n);
}

/* What a cut, or a sync that fails, leaves of a file. */
static inline void disk_land_some(struct disk_file *f)
{
	size_t sizes = 1, pick;

	for (size_t at = 0; at < f->most; at += disk.block)
		disk_land_block(f, at, disk.block);
	for (const struct disk_write *w = f->writes; w != NULL; w = w->next)
		sizes++;
	pick = chance(sizes);
	for (const struct disk_write *w = f->writes; pick > 0; w = w->next) {
		f->size_landed = w->size;
		pick--;
	}
}

/* --- the directory ---------------------------------------------------------
 */

static inline void disk_change(
	struct disk_names *names, const char *name, int file, const char *gone)
{
	struct disk_change *to = &names->name[names->n++];

	if (names->n > DISK_FILES)
		abort();
	to->file = file;
	snprintf(to->name, sizeof to->name, "%s", name);
	snprintf(to->gone, sizeof to->gone, "%s", gone);
}

/* Applies a change to a list of names. */
static inline void disk_apply(
	struct disk_names *names, const struct disk_change *change)
{
	size_t n = 0;

	for (size_t i = 0; i < names->n; i++) {
		const char *name = names->name[i].name;

		if (strcmp(name, change->name) != 0 &&
			strcmp(name, change->gone) != 0)
			names->name[n++] = names->name[i];
	}
	names->n = n;
	if (change->name[0] != '\0')
		disk_change(names, change->name, change->file, "");
}

/* The names as they are read. */
static inline struct disk_names disk_names(void)
{
	struct disk_names names = disk.landed;

	for (size_t i = 0; i < disk.now.n; i++)
		disk_apply(&names, &disk.now.name[i]);
	return names;
}

static inline int disk_find(const char *name)
{
	struct disk_names names = disk_names();

	for (size_t i = 0; i < names.n; i++) {
		if (strcmp(names.name[i].name, name) == 0)
			return names.name[i].file;
	}
	return -1;
}

static inline void disk_land_names(bool all)
{
	size_t n = all || !disk.in_order ? disk.now.n
					 : (size_t)chance(disk.now.n + 1);

	for (size_t i = 0; i < n; i++) {
		if (all || disk.in_order || chance(2) == 0)
			disk_apply(&disk.landed, &disk.now.name[i]);
	}
	disk.now.n = 0;
}

/* --- all of it -------------------------------------------------------------
 */

static inline void disk_begin(void)
{
	disk = (struct disk){.off_at = -1, .fail_at = -1, .block = DISK_SMALL};
}

static inline int disk_add_file(void)
{
	/* Used again by the next test: there are thousands. */
	static struct disk_file *files[DISK_FILES];
	struct disk_file *f;

	if (disk.files == DISK_FILES)
		abort();
	f = files[disk.files];
	if (f == NULL)
		f = files[disk.files] = calloc(1, sizeof *f);
	if (f == NULL)
		abort();
	memset(f->now, 0, f->most);
	memset(f->before, 0, f->most);
	memset(f->landed, 0, f->most);
	f->size = f->size_landed = f->most = 0;
	f->last = &f->writes;
	disk.file[disk.files] = f;
	return disk.files++;
}

static inline void disk_end(void)
{
	for (int i = 0; i < disk.files; i++)
		disk_forget(disk.file[i]);
}

/* The power comes back. */
static inline void disk_cut(void)
{
	disk_land_names(false);
	for (int i = 0; i < disk.files; i++) {
		struct disk_file *f = disk.file[i];

		disk_land_some(f);
		disk_free_blocks(f, f->size_landed, f->size);
		memcpy(f->now, f->landed, f->most);
		if (f->size_landed < f->most)
			memset(f->now + f->size_landed, 0,
				f->most - f->size_landed);
		f->size = f->size_landed;
		disk_land(f, false);
	}
	disk.off_at = disk.fail_at = -1;
}

#endif

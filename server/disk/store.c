/* SPDX-License-Identifier: MIT */
/* Writing what is kept: the file of now, and when another one follows.
 * Runs in: disk. */
#include "server/disk/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY_MS INT64_C(86400000)

/* --- a new file ------------------------------------------------------------
 */

int store_put_state(struct store *s, const struct record *r)
{
	return segment_put(s->next, r);
}

static bool is_there(const struct store *s, const char *name)
{
	struct stat st;

	return fstatat(s->dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Makes the next file.  It gets its name when all of it is on the disk, so no
 * name leads to a part. */
static int make(struct store *s, const struct segment_head *head,
	const struct store_source *source)
{
	char made[FILES_NAME_MAX], name[FILES_NAME_MAX];
	int error;

	files_new_name(made, head->number);
	files_name(name, head->number);
	if (is_there(s, name)) {
		errno = EEXIST;
		return -1;
	}
	if (segment_make(s->next, s->dir, made, head) == -1)
		return -1;
	if (source->emit(source->arg, s) == 0 && segment_begin(s->next) == 0 &&
		renameat(s->dir, made, s->dir, name) == 0)
		return 0;
	error = errno;
	segment_close(s->next);
	(void)unlinkat(s->dir, made, 0);
	errno = error;
	return -1;
}

/* Makes a file behind that of the number, which ends there, and goes on in it.
 * Its name may not be on the disk yet. */
static int go_on(struct store *s, uint32_t number,
	const struct segment_mark *end, uint64_t era, int64_t now_ms,
	const struct store_source *source)
{
	const struct segment_head head = {.number = number + 1,
		.era = era,
		.first_id = end->id + 1,
		.made_ms = now_ms < 0 ? 0 : now_ms,
		.before = number,
		.before_sum = end->sum,
		.before_end = end->end};
	const struct file file = {
		.number = head.number, .made_ms = head.made_ms};
	struct segment *was = s->now;

	if (number >= FILES_NUMBER_MAX) {
		errno = EOVERFLOW;
		return -1;
	}
	/* First, what could fail when it cannot be taken back. */
	if (files_push(&s->files, &file) == -1)
		return -1;
	if (make(s, &head, source) == -1) {
		files_drop(&s->files, s->files.n - 1);
		return -1;
	}
	if (s->files.n > 1)
		s->files.file[s->files.n - 2].size = end->end;
	s->now = s->next;
	s->next = was;
	segment_close(was);
	s->failed = false;
	s->unnamed = fsync(s->dir) == -1;
	return 0;
}

/* What recovery has not set aside is some other program's. */
static int leave_alone(
	void *arg, const struct file *file, enum segment_fault fault)
{
	(void)arg;
	(void)file;
	(void)fault;
	return 0;
}

int store_open(struct store *s, int dir, const struct store_summary *summary,
	uint64_t era, int64_t now_ms, const struct store_source *source)
{
	char name[FILES_NAME_MAX];
	uint32_t unreadable;
	int error;

	s->dir = dir;
	s->now = &s->segment[0];
	s->next = &s->segment[1];
	s->now->fd = s->next->fd = -1;
	s->ended = false;
	if (files_list(&s->files, dir, leave_alone, NULL, &unreadable) == 0 &&
		go_on(s, summary->number, &summary->end, era, now_ms, source) ==
			0 &&
		!s->unnamed)
		return 0;
	error = errno;
	if (s->now->fd != -1) {
		files_name(name, s->now->head.number);
		(void)unlinkat(dir, name, 0);
	}
	store_abandon(s);
	errno = error;
	return -1;
}

/* --- entries ---------------------------------------------------------------
 */

/* A disk that is full may have room later.  After any other error nobody knows
 * what it has of the entries behind the last sync. */
static int fail(struct store *s)
{
	if (s->now->n > 0 && (errno == ENOSPC || errno == EDQUOT))
		return -1;
	s->failed = true;
	s->now->put = s->now->synced;
	s->now->n = 0;
	return -1;
}

/* The name of the file, too. */
static int sync_name(struct store *s)
{
	if (s->unnamed && fsync(s->dir) == -1)
		return -1;
	s->unnamed = false;
	return 0;
}

static bool refuses(const struct store *s)
{
	if (s->failed)
		errno = EIO;
	return s->failed;
}

int store_append(struct store *s, const struct record *r)
{
	if (refuses(s))
		return -1;
	if (s->ended || r->kind == RECORD_END) {
		errno = EINVAL;
		return -1;
	}
	if (segment_put(s->now, r) == 0)
		return 0;
	return errno == EINVAL ? -1 : fail(s);
}

int store_write(struct store *s)
{
	if (refuses(s))
		return -1;
	return segment_write(s->now) == 0 ? 0 : fail(s);
}

int store_sync(struct store *s)
{
	if (refuses(s))
		return -1;
	return segment_sync(s->now) == 0 ? sync_name(s) : fail(s);
}

void store_fail(struct store *s)
{
	s->failed = true;
}

bool store_failed(const struct store *s)
{
	return s->failed;
}

bool store_is_full(const struct store *s)
{
	return s->now->put.end - s->now->head.entries_at >= SEGMENT_BYTES;
}

uint64_t store_last_id(const struct store *s)
{
	return s->now->put.id;
}

uint64_t store_synced_id(const struct store *s)
{
	return s->unnamed ? s->now->head.first_id - 1 : s->now->synced.id;
}

int store_roll(
	struct store *s, int64_t now_ms, const struct store_source *source)
{
	struct segment *now = s->now;

	if (sync_name(s) == -1)
		return -1;
	/* The old file is on the disk before there is a new one, which says
	 * where it ends. */
	if (!s->failed && segment_cut(now) == -1) {
		fail(s);
		if (!s->failed)
			return -1;
	}
	/* Tidier; it is not read anyway. */
	if (s->failed)
		(void)!ftruncate(now->fd, (off_t)now->put.end);
	return go_on(
		s, now->head.number, &now->put, now->head.era, now_ms, source);
}

/* --- what is there ---------------------------------------------------------
 */

static uint64_t size_of_now(const struct store *s)
{
	return s->now->allocated > s->now->put.end ? s->now->allocated
						   : s->now->put.end;
}

uint64_t store_bytes(const struct store *s)
{
	uint64_t bytes = size_of_now(s);

	for (size_t i = 0; i + 1 < s->files.n; i++)
		bytes += s->files.file[i].size;
	return bytes;
}

int64_t store_oldest_ms(const struct store *s)
{
	return s->files.file[0].made_ms;
}

/* Whether all entries of the oldest file are from before that time: those that
 * came later are in the next one. */
static bool is_over(const struct store *s, int64_t before_ms)
{
	return s->files.file[1].made_ms < before_ms;
}

int store_keep(
	struct store *s, int64_t now_ms, unsigned int days, uint64_t bytes)
{
	const int64_t before_ms =
		days == 0 ? INT64_MIN : now_ms - (int64_t)days * DAY_MS;
	uint64_t all = store_bytes(s);
	char name[FILES_NAME_MAX];

	while (s->files.n > 1 && (is_over(s, before_ms) || all > bytes)) {
		files_name(name, s->files.file[0].number);
		if (unlinkat(s->dir, name, 0) == -1 && errno != ENOENT)
			return -1;
		all -= s->files.file[0].size;
		files_drop(&s->files, 0);
	}
	return 0;
}

/* --- the end ---------------------------------------------------------------
 */

int store_close(struct store *s, uint64_t last_id, int64_t now_ms)
{
	const struct record end = {
		.kind = RECORD_END, .id = last_id, .unix_ms = now_ms};

	if (refuses(s))
		return -1;
	if (!s->ended && segment_put(s->now, &end) == -1)
		return errno == EINVAL ? -1 : fail(s);
	s->ended = true;
	if (segment_cut(s->now) == -1)
		return fail(s);
	if (sync_name(s) == -1)
		return -1;
	store_abandon(s);
	return 0;
}

void store_abandon(struct store *s)
{
	segment_close(s->now);
	segment_close(s->next);
	files_end(&s->files);
}

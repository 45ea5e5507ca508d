/* SPDX-License-Identifier: MIT */
/* One file of records: reading it, up to its end or to what is broken.
 * Runs in: disk, recover. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/disk/segment.h"

/* What is read by one system call; a multiple of the longest record. */
#define WINDOW (16 * RECORD_MAX)

/* Bytes of the file, from a place on. */
struct window {
	int fd;
	uint64_t at;
	size_t n;
};

static unsigned char bytes[WINDOW];

/* Has the file's bytes from a place on in memory, as many as there are, up to
 * n <= WINDOW.  NULL with errno, or with 0: there are less. */
static const unsigned char *have(struct window *w, uint64_t at, size_t n)
{
	if (at >= w->at && at + n <= w->at + w->n)
		return bytes + (at - w->at);
	w->at = at;
	w->n = 0;
	while (w->n < n) {
		ssize_t got = pread(
			w->fd, bytes + w->n, WINDOW - w->n, (off_t)(at + w->n));

		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0) {
			errno = got == 0 ? 0 : errno;
			return NULL;
		}
		w->n += (size_t)got;
	}
	return bytes;
}

/* Whether a record with this id may come next. */
static bool is_next(const struct segment_head *head,
	const struct segment_mark *mark, const struct record *r, size_t n)
{
	if (mark->end < head->entries_at)
		return r->id == 0 && r->kind != RECORD_END &&
		       mark->end + n <= head->entries_at;
	return r->id > mark->id || (r->kind == RECORD_END && r->id == mark->id);
}

/* Reads the record behind the mark and in front of end, and moves the mark.  1;
 * 0: there is none; -1 with errno. */
static int next(struct window *w, const struct segment_head *head, uint64_t end,
	struct segment_mark *mark, struct record *r)
{
	const uint64_t room = end > mark->end ? end - mark->end : 0;
	const unsigned char *p;
	uint32_t sum;
	size_t n;

	if (room < RECORD_HEAD)
		return 0;
	p = have(w, mark->end, RECORD_HEAD);
	n = p != NULL ? record_size(p) : 0;
	if (n > 0 && n <= room)
		p = have(w, mark->end, n);
	if (p == NULL)
		return errno == 0 ? 0 : -1;
	if (n == 0 || n > room || !record_follows(p, n, mark->sum, &sum) ||
		!record_read(r, p, n) || !is_next(head, mark, r, n))
		return 0;
	mark->end += n;
	mark->sum = sum;
	if (r->id != 0)
		mark->id = r->id;
	return 1;
}

/* How many bytes there are up to the last one that is not zero. */
static int measure_torn(
	struct window *w, uint64_t at, uint64_t size, uint64_t *torn)
{
	const uint64_t from = at;

	*torn = 0;
	while (at < size) {
		size_t n = size - at < WINDOW ? (size_t)(size - at) : WINDOW;
		const unsigned char *p = have(w, at, n);

		if (p == NULL)
			return errno == 0 ? 0 : -1;
		for (size_t i = n; i > 0; i--) {
			if (p[i - 1] != 0) {
				*torn = at + i - from;
				break;
			}
		}
		at += n;
	}
	return 0;
}

int segment_scan(int fd, const struct segment_head *head, uint64_t limit,
	segment_reader *reader, void *arg, struct segment_scan *scan)
{
	struct window w = {.fd = fd};
	struct record r;
	struct stat st;
	uint64_t end;
	int found;

	if (fstat(fd, &st) == -1)
		return -1;
	*scan = (struct segment_scan){.size = (uint64_t)st.st_size,
		.mark = {SEGMENT_HEADER, head->first_id - 1,
			segment_seed(head)}};
	end = limit < scan->size ? limit : scan->size;
	while (!scan->closed) {
		found = next(&w, head, end, &scan->mark, &r);
		if (found == -1)
			return -1;
		if (found == 0)
			break;
		scan->closed = r.kind == RECORD_END;
		if (!scan->closed && reader != NULL)
			reader(arg, head, &r);
	}
	scan->whole = scan->mark.end >= head->entries_at &&
		      (limit == SEGMENT_NO_LIMIT || scan->mark.end == limit);
	if (limit != SEGMENT_NO_LIMIT)
		return 0;
	return measure_torn(&w, scan->mark.end, end, &scan->torn);
}

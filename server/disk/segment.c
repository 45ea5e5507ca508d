/* SPDX-License-Identifier: MIT */
/* One file of records: its header, and writing it.
 * Runs in: disk, recover. */
#include "server/disk/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "ipc/layout.h"
#include "server/disk/bytes.h"
#include "server/disk/crc32c.h"

#define MAGIC      "CHATLOG\n"
#define BYTE_ORDER UINT32_C(0x01020304)
#define SWAPPED    UINT32_C(0x04030201)

/* Where the numbers of the header stand: see segment.h. */
enum {
	AT_MAGIC = 0,
	AT_BYTE_ORDER = 8,
	AT_VERSION = 12,
	AT_HEADER = 16,
	AT_NUMBER = 20,
	AT_ERA = 24,
	AT_FIRST = 32,
	AT_MADE = 40,
	AT_BEFORE = 48,
	AT_BEFORE_SUM = 52,
	AT_BEFORE_END = 56,
	AT_ENTRIES = 64, /* known only when all others are in use */
	AT_ZERO = 72,
	AT_SUM = 76
};

LAYOUT_NUMBER(SEGMENT_VERSION, 1, "say so in CHANGELOG.md");
LAYOUT_NUMBER(SEGMENT_HEADER, AT_SUM + 4, "bump SEGMENT_VERSION");
LAYOUT_NUMBER(SEGMENT_HEADER % RECORD_ALIGN, 0, "bump SEGMENT_VERSION");
LAYOUT_NUMBER(RECORD_HEAD, 64, "bump SEGMENT_VERSION");
static_assert(RECORD_MAX <= SEGMENT_BUFFER, "a record must fit the buffer");

/* --- the header ------------------------------------------------------------
 */

static void pack(unsigned char *p, const struct segment_head *head)
{
	memcpy(p + AT_MAGIC, MAGIC, AT_BYTE_ORDER);
	put_u32(p + AT_BYTE_ORDER, BYTE_ORDER);
	put_u32(p + AT_VERSION, SEGMENT_VERSION);
	put_u32(p + AT_HEADER, SEGMENT_HEADER);
	put_u32(p + AT_NUMBER, head->number);
	put_u64(p + AT_ERA, head->era);
	put_u64(p + AT_FIRST, head->first_id);
	put_u64(p + AT_MADE, (uint64_t)head->made_ms);
	put_u32(p + AT_BEFORE, head->before);
	put_u32(p + AT_BEFORE_SUM, head->before_sum);
	put_u64(p + AT_BEFORE_END, head->before_end);
	put_u64(p + AT_ENTRIES, head->entries_at);
	put_u32(p + AT_ZERO, 0);
	put_u32(p + AT_SUM, crc32c(0, p, AT_SUM));
}

static void unpack(struct segment_head *head, const unsigned char *p)
{
	head->number = get_u32(p + AT_NUMBER);
	head->era = get_u64(p + AT_ERA);
	head->first_id = get_u64(p + AT_FIRST);
	head->made_ms = (int64_t)get_u64(p + AT_MADE);
	head->before = get_u32(p + AT_BEFORE);
	head->before_sum = get_u32(p + AT_BEFORE_SUM);
	head->before_end = get_u64(p + AT_BEFORE_END);
	head->entries_at = get_u64(p + AT_ENTRIES);
}

static bool is_sound(const struct segment_head *head)
{
	return head->number != 0 && head->before < head->number &&
	       head->era != 0 && head->first_id != 0 && head->made_ms >= 0 &&
	       head->made_ms <= RECORD_TIME_MAX &&
	       (head->before == 0 || head->before_end >= SEGMENT_HEADER) &&
	       head->entries_at >= SEGMENT_HEADER &&
	       head->entries_at % RECORD_ALIGN == 0;
}

uint32_t segment_seed(const struct segment_head *head)
{
	unsigned char header[SEGMENT_HEADER];

	pack(header, head);
	return crc32c(0, header, AT_ENTRIES);
}

static enum segment_fault judge(const unsigned char *p, size_t n)
{
	const size_t magic = n < AT_BYTE_ORDER ? n : AT_BYTE_ORDER;

	if (n == 0)
		return SEGMENT_EMPTY;
	if (memcmp(p, MAGIC, magic) != 0)
		return SEGMENT_FOREIGN;
	if (n < AT_HEADER)
		return SEGMENT_SHORT;
	if (get_u32(p + AT_BYTE_ORDER) == SWAPPED)
		return SEGMENT_BYTE_ORDER;
	if (get_u32(p + AT_BYTE_ORDER) != BYTE_ORDER)
		return SEGMENT_DAMAGED;
	if (get_u32(p + AT_VERSION) != SEGMENT_VERSION)
		return SEGMENT_OTHER;
	if (n < SEGMENT_HEADER)
		return SEGMENT_SHORT;
	if (get_u32(p + AT_HEADER) != SEGMENT_HEADER ||
		get_u32(p + AT_SUM) != crc32c(0, p, AT_SUM))
		return SEGMENT_DAMAGED;
	return SEGMENT_OK;
}

int segment_read_head(int fd, struct segment_head *head)
{
	unsigned char header[SEGMENT_HEADER];
	enum segment_fault fault;
	ssize_t n;

	do
		n = pread(fd, header, sizeof header, 0);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return -1;
	fault = judge(header, (size_t)n);
	if (fault != SEGMENT_OK)
		return (int)fault;
	unpack(head, header);
	return is_sound(head) ? SEGMENT_OK : SEGMENT_DAMAGED;
}

/* --- writing ---------------------------------------------------------------
 */

/* Writes all, or as much as can be written.  How much that was; less than n
 * with errno. */
static size_t write_at(int fd, const unsigned char *p, size_t n, uint64_t at)
{
	size_t done = 0;

	while (done < n) {
		ssize_t wrote =
			pwrite(fd, p + done, n - done, (off_t)(at + done));

		if (wrote > 0) {
			done += (size_t)wrote;
			continue;
		}
		if (wrote == -1 && errno == EINTR)
			continue;
		if (wrote == 0)
			errno = ENOSPC;
		break;
	}
	return done;
}

int segment_make(struct segment *s, int dir, const char *name,
	const struct segment_head *head)
{
	s->fd = openat(dir, name,
		O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (s->fd == -1)
		return -1;
	s->head = *head;
	s->head.entries_at = 0;
	s->put = s->synced = (struct segment_mark){.end = SEGMENT_HEADER,
		.id = head->first_id - 1,
		.sum = segment_seed(head)};
	s->written = SEGMENT_HEADER;
	s->allocated = 0;
	s->n = 0;
	return 0;
}

/* So that a full disk is met now, and a sync has no sizes to write.  Not all
 * file systems can. */
static int allocate(struct segment *s)
{
	uint64_t size = s->head.entries_at + SEGMENT_BYTES;
	int result;

	do
		result = fallocate(s->fd, 0, 0, (off_t)size);
	while (result == -1 && errno == EINTR);
	if (result == 0)
		s->allocated = size;
	return result == 0 || errno == EOPNOTSUPP || errno == ENOSYS ? 0 : -1;
}

int segment_begin(struct segment *s)
{
	unsigned char header[SEGMENT_HEADER];

	if (segment_write(s) == -1)
		return -1;
	s->head.entries_at = s->put.end;
	pack(header, &s->head);
	if (allocate(s) == -1 ||
		write_at(s->fd, header, sizeof header, 0) < sizeof header ||
		fsync(s->fd) == -1)
		return -1;
	s->synced = s->put;
	return 0;
}

/* Whether a record of this id may come next. */
static bool is_next(const struct segment *s, const struct record *r)
{
	if (s->head.entries_at == 0)
		return r->id == 0 && r->kind != RECORD_END;
	return r->id > s->put.id ||
	       (r->kind == RECORD_END && r->id == s->put.id);
}

int segment_put(struct segment *s, const struct record *r)
{
	unsigned char *p;
	size_t n;

	if (SEGMENT_BUFFER - s->n < RECORD_MAX && segment_write(s) == -1)
		return -1;
	p = s->buffer + s->n;
	n = is_next(s, r) ? record_write(p, r) : 0;
	if (n == 0) {
		errno = EINVAL;
		return -1;
	}
	s->put.sum = record_seal(p, n, s->put.sum);
	s->put.end += n;
	if (r->id != 0)
		s->put.id = r->id;
	s->n += n;
	return 0;
}

int segment_write(struct segment *s)
{
	size_t n = s->n, wrote = write_at(s->fd, s->buffer, n, s->written);

	s->written += wrote;
	s->n -= wrote;
	if (wrote == n)
		return 0;
	memmove(s->buffer, s->buffer + wrote, s->n);
	return -1;
}

int segment_sync(struct segment *s)
{
	if (segment_write(s) == -1 || fdatasync(s->fd) == -1)
		return -1;
	s->synced = s->put;
	return 0;
}

int segment_cut(struct segment *s)
{
	if (segment_write(s) == -1 || ftruncate(s->fd, (off_t)s->put.end) == -1)
		return -1;
	s->allocated = 0;
	/* Not fdatasync(2), which may leave the size as it was. */
	if (fsync(s->fd) == -1)
		return -1;
	s->synced = s->put;
	return 0;
}

void segment_close(struct segment *s)
{
	if (s->fd != -1)
		close(s->fd);
	s->fd = -1;
}

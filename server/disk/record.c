/* SPDX-License-Identifier: MIT */
/* Records of the disk: written, and taken apart.
 * Runs in: disk, recover. */
#include "server/disk/record.h"

#include <string.h>

#include "ipc/layout.h"
#include "server/disk/bytes.h"
#include "server/disk/crc32c.h"

/* Files of any age have these numbers. */
#define FOR_EVER "a file of version 1 has it: bump SEGMENT_VERSION"
LAYOUT_NUMBER(RECORD_PUBLIC, 1, FOR_EVER);
LAYOUT_NUMBER(RECORD_END, 10, FOR_EVER);
LAYOUT_NUMBER(RECORD_ROOM, 11, FOR_EVER);
LAYOUT_NUMBER(RECORD_BANNED, 15, FOR_EVER);
LAYOUT_NUMBER(RECORD_KINDS, 16, FOR_EVER);
LAYOUT_NUMBER(RECORD_ALONE, 8, FOR_EVER);
LAYOUT_NUMBER(RECORD_MODE_BAN, 3, FOR_EVER);
LAYOUT_NUMBER(RECORD_MODE_KEY, 7, FOR_EVER);
LAYOUT_NUMBER(RECORD_MODE_MUTE, 11, FOR_EVER);
LAYOUT_NUMBER(RECORD_MODE_SEVERAL, 14, FOR_EVER);
LAYOUT_NUMBER(RECORD_MODES, 15, FOR_EVER);
LAYOUT_NUMBER(RECORD_LEFT_SHUTDOWN, 3, FOR_EVER);
LAYOUT_NUMBER(RECORD_REASONS, 7, FOR_EVER);
LAYOUT_NUMBER(NAME_MAX_BYTES, 32, FOR_EVER);
LAYOUT_NUMBER(TEXT_MAX, 12384, FOR_EVER);
LAYOUT_NUMBER(TAGS_MAX, 4094, FOR_EVER);

/* Where the numbers of the head stand: see record.h. */
enum {
	AT_SIZE = 0,
	AT_SUM = 4,
	AT_ID = 8,
	AT_KIND = 16,
	AT_FLAGS = 17,
	AT_MODE = 18,
	AT_ON = 19,
	AT_REASON = 20,
	AT_FROM = 21,
	AT_TO = 22,
	AT_ROOM = 23,
	AT_SEQ = 24,
	AT_TIME = 32,
	AT_NOTHING = 40,
	AT_LOGIN = 48,
	AT_NUMBER = 52,
	AT_MODES = 56,
	AT_ONLINE = 58,
	AT_TEXT = 60,
	AT_TAGS = 62
};

static bool is_state(unsigned int kind)
{
	return kind > RECORD_END;
}

/* State has no id, and an end where none was given out. */
static bool has_right_id(const struct record *r)
{
	if (r->id != 0)
		return !is_state(r->kind);
	return is_state(r->kind) || r->kind == RECORD_TOPIC ||
	       r->kind == RECORD_MODE || r->kind == RECORD_END;
}

static bool is_sound(const struct record *r)
{
	return r->kind > 0 && r->kind < RECORD_KINDS && has_right_id(r) &&
	       (r->flags & ~RECORD_FLAGS) == 0 && r->mode < RECORD_MODES &&
	       r->on <= 1 && r->reason < RECORD_REASONS &&
	       r->modes >> RECORD_MODES == 0 && r->unix_ms >= 0 &&
	       r->unix_ms <= RECORD_TIME_MAX && r->from.n <= NAME_MAX_BYTES &&
	       r->to.n <= NAME_MAX_BYTES && r->room.n <= NAME_MAX_BYTES &&
	       r->text.n <= TEXT_MAX && r->tags.n <= TAGS_MAX;
}

static size_t length(const struct record *r)
{
	return RECORD_HEAD + r->from.n + r->to.n + r->room.n + r->text.n +
	       r->tags.n;
}

static size_t padded(size_t n)
{
	return (n + RECORD_ALIGN - 1) / RECORD_ALIGN * RECORD_ALIGN;
}

/* --- writing ---------------------------------------------------------------
 */

static void put_head(unsigned char *p, const struct record *r, size_t size)
{
	put_u32(p + AT_SIZE, (uint32_t)size);
	put_u32(p + AT_SUM, 0);
	put_u64(p + AT_ID, r->id);
	p[AT_KIND] = r->kind;
	p[AT_FLAGS] = r->flags;
	p[AT_MODE] = r->mode;
	p[AT_ON] = r->on;
	p[AT_REASON] = r->reason;
	p[AT_FROM] = (unsigned char)r->from.n;
	p[AT_TO] = (unsigned char)r->to.n;
	p[AT_ROOM] = (unsigned char)r->room.n;
	put_u64(p + AT_SEQ, r->seq);
	put_u64(p + AT_TIME, (uint64_t)r->unix_ms);
	put_u64(p + AT_NOTHING, 0);
	put_u32(p + AT_LOGIN, r->login);
	put_u32(p + AT_NUMBER, r->number);
	put_u16(p + AT_MODES, r->modes);
	put_u16(p + AT_ONLINE, r->online);
	put_u16(p + AT_TEXT, (uint16_t)r->text.n);
	put_u16(p + AT_TAGS, (uint16_t)r->tags.n);
}

/* A part that is not there may have no bytes to point at. */
static unsigned char *put_part(unsigned char *dst, struct record_part part)
{
	return part.n > 0 ? mempcpy(dst, part.p, part.n) : dst;
}

size_t record_write(void *dst, const struct record *r)
{
	unsigned char *p = dst, *end;
	size_t size;

	if (!is_sound(r))
		return 0;
	size = padded(length(r));
	put_head(p, r, size);
	end = put_part(p + RECORD_HEAD, r->from);
	end = put_part(end, r->to);
	end = put_part(end, r->room);
	end = put_part(end, r->text);
	end = put_part(end, r->tags);
	memset(end, 0, size - (size_t)(end - p));
	return size;
}

/* --- reading ---------------------------------------------------------------
 */

size_t record_size(const void *p)
{
	uint32_t size = get_u32((const unsigned char *)p + AT_SIZE);

	return size >= RECORD_HEAD && size <= RECORD_MAX &&
			       size % RECORD_ALIGN == 0
		       ? size
		       : 0;
}

static void get_numbers(struct record *r, const unsigned char *p)
{
	r->kind = p[AT_KIND];
	r->flags = p[AT_FLAGS];
	r->mode = p[AT_MODE];
	r->on = p[AT_ON];
	r->reason = p[AT_REASON];
	r->id = get_u64(p + AT_ID);
	r->seq = get_u64(p + AT_SEQ);
	/* One that does not fit is above the limit, and then below 0. */
	r->unix_ms = (int64_t)get_u64(p + AT_TIME);
	r->login = get_u32(p + AT_LOGIN);
	r->number = get_u32(p + AT_NUMBER);
	r->modes = get_u16(p + AT_MODES);
	r->online = get_u16(p + AT_ONLINE);
	r->from.n = p[AT_FROM];
	r->to.n = p[AT_TO];
	r->room.n = p[AT_ROOM];
	r->text.n = get_u16(p + AT_TEXT);
	r->tags.n = get_u16(p + AT_TAGS);
}

static bool is_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] != 0)
			return false;
	}
	return true;
}

bool record_read(struct record *r, const void *p, size_t n)
{
	const unsigned char *bytes = p;

	if (n < RECORD_HEAD || record_size(p) != n ||
		get_u64(bytes + AT_NOTHING) != 0)
		return false;
	get_numbers(r, bytes);
	if (!is_sound(r) || padded(length(r)) != n ||
		!is_zero(bytes + length(r), n - length(r)))
		return false;
	r->from.p = (const char *)p + RECORD_HEAD;
	r->to.p = r->from.p + r->from.n;
	r->room.p = r->to.p + r->to.n;
	r->text.p = r->room.p + r->room.n;
	r->tags.p = r->text.p + r->text.n;
	return true;
}

/* --- sums ------------------------------------------------------------------
 */

/* Of all bytes, with the sum before in the place of its own. */
static uint32_t sum_of(const unsigned char *p, size_t n, uint32_t before)
{
	unsigned char head[AT_ID];

	memcpy(head, p, AT_SUM);
	put_u32(head + AT_SUM, before);
	return crc32c(crc32c(0, head, sizeof head), p + AT_ID, n - AT_ID);
}

uint32_t record_seal(void *p, size_t n, uint32_t before)
{
	uint32_t sum = sum_of(p, n, before);

	put_u32((unsigned char *)p + AT_SUM, sum);
	return sum;
}

bool record_follows(const void *p, size_t n, uint32_t before, uint32_t *sum)
{
	*sum = sum_of(p, n, before);
	return get_u32((const unsigned char *)p + AT_SUM) == *sum;
}

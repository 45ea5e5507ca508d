/* SPDX-License-Identifier: MIT */
/* Tests of server/disk/segment.c and scan.c: one file.
 * Runs in: nothing but tests. */
#include "server/disk/segment.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "server/disk/bytes.h"
#include "server/disk/crc32c.h"
#include "tests/unit/chance.h"
#include "tests/unit/folder_rig.h"
#include "tests/unit/unit.h"

#define NAME  "segment"
#define FIRST 10 /* the first id */

static struct segment s = {.fd = -1};
static char noise[TEXT_MAX];

static const struct segment_head head = {.number = 7,
	.era = UINT64_C(0x1122334455667788),
	.first_id = FIRST,
	.made_ms = INT64_C(1764500000000),
	.before = 6,
	.before_sum = 0xA1B2C3D4,
	.before_end = 4096};

/* --- writing ---------------------------------------------------------------
 */

static struct record line(uint64_t id, size_t n)
{
	return (struct record){.kind = RECORD_PUBLIC,
		.id = id,
		.unix_ms = INT64_C(1764500000000),
		.text = {noise, n}};
}

static int put(uint64_t id, size_t n)
{
	const struct record r = line(id, n);

	return segment_put(&s, &r);
}

static int put_state(void)
{
	const struct record r = {.kind = RECORD_COUNTS, .seq = 3};

	return segment_put(&s, &r);
}

static int put_end(uint64_t id)
{
	const struct record r = {.kind = RECORD_END, .id = id};

	return segment_put(&s, &r);
}

/* A file with one record of state, and so many entries of that size. */
static void make(size_t entries, size_t n)
{
	CHECK(segment_make(&s, folder, NAME, &head) == 0);
	CHECK(put_state() == 0 && segment_begin(&s) == 0);
	for (size_t i = 0; i < entries; i++)
		CHECK(put(FIRST + i, n) == 0);
	CHECK(segment_write(&s) == 0);
}

static void begin(size_t entries, size_t n)
{
	folder_begin();
	make(entries, n);
}

static void end(void)
{
	segment_close(&s);
	folder_end();
}

/* --- reading ---------------------------------------------------------------
 */

static struct {
	size_t state, entries;
	uint64_t last;
	size_t bytes;
} seen;

static void see(
	void *arg, const struct segment_head *of, const struct record *r)
{
	(void)arg;
	(void)of;
	seen.state += r->id == 0;
	seen.entries += r->id != 0;
	seen.last = r->id;
	seen.bytes += r->text.n;
}

static struct segment_head found;
static struct segment_scan result;

/* The fault of the header; without one, all is scanned. */
static int scan_to(uint64_t limit)
{
	int fd = openat(folder, NAME, O_RDWR | O_CLOEXEC);
	int fault = segment_read_head(fd, &found);

	memset(&seen, 0, sizeof seen);
	if (fault == SEGMENT_OK &&
		segment_scan(fd, &found, limit, see, NULL, &result) == -1)
		fault = -1;
	close(fd);
	return fault;
}

static int scan(void)
{
	return scan_to(SEGMENT_NO_LIMIT);
}

/* --- the header ------------------------------------------------------------
 */

static void header_bytes(void)
{
	static const unsigned char expected[76] = {'C', 'H', 'A', 'T', 'L', 'O',
		'G', '\n', 4, 3, 2, 1, 1, 0, 0, 0, 80, 0, 0, 0, 7, 0, 0, 0,
		0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, FIRST, 0, 0, 0,
		0, 0, 0, 0, 0x00, 0x4D, 0x65, 0xD4, 0x9A, 0x01, 0x00, 0x00, 6,
		0, 0, 0, 0xD4, 0xC3, 0xB2, 0xA1, 0, 16, 0, 0, 0, 0, 0, 0, 144};
	unsigned char bytes[SEGMENT_HEADER];

	begin(0, 0);
	CHECK(pread(s.fd, bytes, sizeof bytes, 0) == sizeof bytes);
	for (size_t i = 0; i < sizeof expected; i++)
		CHECKF(bytes[i] == expected[i], "byte %zu is %u, not %u", i,
			bytes[i], expected[i]);
	CHECK_EQ(get_u32(bytes + 76), crc32c(0, bytes, 76));
	CHECK(scan() == SEGMENT_OK);
	CHECK(found.number == 7 && found.era == head.era &&
		found.first_id == FIRST && found.made_ms == head.made_ms &&
		found.before == 6 && found.before_sum == head.before_sum &&
		found.before_end == 4096 && found.entries_at == 144);
	end();
}

/* Puts a number into the header, and the sum right. */
static void forge(off_t at, const void *p, size_t n)
{
	unsigned char bytes[SEGMENT_HEADER];

	CHECK(pread(s.fd, bytes, sizeof bytes, 0) == sizeof bytes);
	memcpy(bytes + at, p, n);
	put_u32(bytes + 76, crc32c(0, bytes, 76));
	CHECK(pwrite(s.fd, bytes, sizeof bytes, 0) == sizeof bytes);
}

static void header_faults(void)
{
	static const struct {
		off_t at;
		const char *bytes;
		size_t n;
		enum segment_fault fault;
	} wrong[] = {{0, "X", 1, SEGMENT_FOREIGN},
		{7, "\r", 1, SEGMENT_FOREIGN},
		{8, "\1\2\3\4", 4, SEGMENT_BYTE_ORDER},
		{8, "\1\2\2\4", 4, SEGMENT_DAMAGED},
		{12, "\2", 1, SEGMENT_OTHER}, {12, "\0", 1, SEGMENT_OTHER},
		{16, "\x58", 1, SEGMENT_DAMAGED},
		{20, "\0", 1, SEGMENT_DAMAGED}, {20, "\6", 1, SEGMENT_DAMAGED},
		{24, "\0\0\0\0\0\0\0\0", 8, SEGMENT_DAMAGED},
		{32, "\0", 1, SEGMENT_DAMAGED},
		{47, "\x80", 1, SEGMENT_DAMAGED},
		{46, "\1", 1, SEGMENT_DAMAGED},
		{56, "\x4f\0", 2, SEGMENT_DAMAGED},
		{64, "\x48", 1, SEGMENT_DAMAGED},
		{64, "\x91", 1, SEGMENT_DAMAGED}};

	for (size_t i = 0; i < COUNT(wrong); i++) {
		begin(3, 40);
		forge(wrong[i].at, wrong[i].bytes, wrong[i].n);
		CHECKF(scan() == (int)wrong[i].fault, "wrong %zu", i);
		end();
	}
}

static void header_bits(void)
{
	begin(3, 40);
	for (off_t at = 0; at < SEGMENT_HEADER; at++) {
		folder_break(NAME, at);
		CHECKF(scan() != SEGMENT_OK, "byte %d", (int)at);
		folder_break(NAME, at);
	}
	CHECK(scan() == SEGMENT_OK);
	end();
}

static void header_cut(void)
{
	begin(3, 40);
	for (off_t size = SEGMENT_HEADER - 1; size >= 0; size--) {
		folder_cut(NAME, size);
		CHECKF(scan() == (size > 0 ? SEGMENT_SHORT : SEGMENT_EMPTY),
			"%d bytes", (int)size);
	}
	end();
}

/* --- records ---------------------------------------------------------------
 */

static void all_read(void)
{
	begin(1000, 300);
	CHECK(folder_size(NAME) == 144 + SEGMENT_BYTES || s.allocated == 0);
	CHECK(scan() == SEGMENT_OK);
	CHECK(result.whole && !result.closed && result.torn == 0);
	CHECK_EQ(seen.state, 1);
	CHECK_EQ(seen.entries, 1000);
	CHECK_EQ(seen.bytes, 300000);
	CHECK_EQ(result.mark.id, FIRST + 999);
	CHECK(result.mark.end == s.put.end && result.mark.sum == s.put.sum);
	CHECK(segment_cut(&s) == 0);
	CHECK(folder_size(NAME) == s.put.end);
	CHECK(scan() == SEGMENT_OK && result.whole && result.torn == 0);
	CHECK_EQ(seen.entries, 1000);
	end();
}

/* Windows of reading and buffers of writing begin anywhere in a record. */
static void all_sizes(void)
{
	size_t bytes = 0;

	begin(0, 0);
	for (size_t i = 0; i < 300; i++) {
		size_t n = (size_t)chance(i % 4 == 0 ? TEXT_MAX + 1 : 100);

		CHECK(put(FIRST + 2 * i, n) == 0);
		bytes += n;
	}
	CHECK(segment_sync(&s) == 0);
	CHECK(s.synced.end == s.put.end && s.n == 0);
	CHECK(scan() == SEGMENT_OK && result.whole && result.torn == 0);
	CHECK_EQ(seen.entries, 300);
	CHECK_EQ(seen.bytes, bytes);
	end();
}

static void closed(void)
{
	begin(5, 10);
	CHECK(put_end(FIRST + 90) == 0 && segment_cut(&s) == 0);
	CHECK(scan() == SEGMENT_OK && result.closed && result.whole);
	CHECK_EQ(seen.entries, 5);
	CHECK_EQ(result.mark.id, FIRST + 90);
	folder_write(NAME, "stale", 5, (off_t)s.put.end + 100);
	CHECK(scan() == SEGMENT_OK && result.closed);
	CHECK_EQ(result.torn, 105);
	end();
}

/* Each byte of the state, and of the entries. */
static void broken(void)
{
	begin(5, 10);
	CHECK(segment_cut(&s) == 0);
	for (uint64_t at = SEGMENT_HEADER; at < s.put.end; at++) {
		size_t entry = at < 144 ? 0 : (size_t)(at - 144) / 80;

		folder_break(NAME, (off_t)at);
		CHECK(scan() == SEGMENT_OK);
		CHECKF(result.whole == (at >= 144), "byte %u", (unsigned)at);
		CHECKF(seen.entries == entry, "byte %u", (unsigned)at);
		CHECK(seen.state == (at >= 144));
		CHECK(result.torn > 0);
		folder_break(NAME, (off_t)at);
	}
	CHECK(scan() == SEGMENT_OK && result.torn == 0);
	end();
}

static void cut_anywhere(void)
{
	begin(5, 10);
	for (uint64_t size = s.put.end; size >= SEGMENT_HEADER; size--) {
		folder_cut(NAME, (off_t)size);
		CHECK(scan() == SEGMENT_OK);
		CHECK(result.whole == (size >= 144));
		CHECK(size < 144 || seen.entries == (size - 144) / 80);
	}
	end();
}

/* A page that never came, and one behind it that did. */
static void gap(void)
{
	static const unsigned char zeros[80];

	begin(5, 10);
	folder_write(NAME, zeros, sizeof zeros, 144 + 2 * 80);
	CHECK(scan() == SEGMENT_OK && result.whole);
	CHECK_EQ(seen.entries, 2);
	CHECK_EQ(result.mark.end, 144 + 2 * 80);
	CHECK(result.torn > 2 * 80 && result.torn <= 3 * 80);
	end();
}

/* Records are not taken out of their order, even whole ones. */
static void chained(void)
{
	unsigned char bytes[160], turned[160];

	begin(5, 10);
	CHECK(pread(s.fd, bytes, sizeof bytes, 144 + 80) == sizeof bytes);
	memcpy(turned, bytes + 80, 80);
	memcpy(turned + 80, bytes, 80);
	folder_write(NAME, turned, sizeof turned, 144 + 80);
	CHECK(scan() == SEGMENT_OK);
	CHECK_EQ(seen.entries, 1);
	/* One fewer. */
	folder_write(NAME, bytes + 80, 80, 144 + 80);
	CHECK(scan() == SEGMENT_OK);
	CHECK_EQ(seen.entries, 1);
	end();
}

/* The records of a file are none of another one, though it is as long. */
static void not_of_another(void)
{
	struct segment_head other = head;
	unsigned char bytes[5 * 80];

	begin(5, 10);
	CHECK(pread(s.fd, bytes, sizeof bytes, 144) == sizeof bytes);
	segment_close(&s);
	other.made_ms++;
	CHECK(segment_make(&s, folder, "other", &other) == 0);
	CHECK(put_state() == 0 && segment_begin(&s) == 0);
	CHECK(pwrite(s.fd, bytes, sizeof bytes, 144) == sizeof bytes);
	CHECK(segment_read_head(s.fd, &found) == SEGMENT_OK);
	memset(&seen, 0, sizeof seen);
	CHECK(segment_scan(
		      s.fd, &found, SEGMENT_NO_LIMIT, see, NULL, &result) == 0);
	CHECK(result.whole && result.torn > 0);
	CHECK_EQ(seen.entries, 0);
	end();
}

/* What a reader is told to stop at is where it stops. */
static void limits(void)
{
	begin(5, 10);
	for (uint64_t limit = 0; limit <= s.put.end + 8; limit++) {
		bool ends = limit >= 144 && (limit - 144) % 80 == 0;

		CHECK(scan_to(limit) == SEGMENT_OK);
		CHECKF(result.whole == (ends && limit <= s.put.end), "limit %u",
			(unsigned)limit);
		CHECK(limit < 144 || limit > s.put.end ||
			seen.entries == (limit - 144) / 80);
	}
	end();
}

/* --- what is not written ---------------------------------------------------
 */

static void order(void)
{
	const struct record state = {.kind = RECORD_COUNTS};

	folder_begin();
	CHECK(segment_make(&s, folder, NAME, &head) == 0);
	CHECK(put(FIRST, 1) == -1 && errno == EINVAL); /* not yet */
	CHECK(put_end(FIRST) == -1 && put_end(0) == -1);
	CHECK(put_state() == 0 && segment_begin(&s) == 0);
	CHECK(segment_put(&s, &state) == -1 && errno == EINVAL);
	CHECK(put(FIRST - 1, 1) == -1 && put(FIRST, 1) == 0);
	CHECK(put(FIRST, 1) == -1 && put(FIRST + 5, 1) == 0);
	CHECK(put_end(FIRST + 4) == -1 && put_end(FIRST + 5) == 0);
	CHECK(segment_write(&s) == 0);
	CHECK(scan() == SEGMENT_OK && result.closed && result.torn == 0);
	CHECK_EQ(seen.entries, 2);
	end();
}

static void name_in_use(void)
{
	begin(0, 0);
	segment_close(&s);
	CHECK(segment_make(&s, folder, NAME, &head) == -1 && errno == EEXIST);
	CHECK(s.fd == -1);
	end();
}

/* A file that may not grow takes a part; later, the rest in its place. */
static void short_write(void)
{
	struct rlimit was, low;

	begin(0, 0);
	CHECK(segment_cut(&s) == 0 && getrlimit(RLIMIT_FSIZE, &was) == 0);
	low = (struct rlimit){1000, was.rlim_max};
	CHECK(setrlimit(RLIMIT_FSIZE, &low) == 0);
	for (size_t i = 0; i < 20; i++)
		CHECK(put(FIRST + i, 10) == 0);
	CHECK(segment_write(&s) == -1 && errno == EFBIG);
	CHECK(segment_sync(&s) == -1 && s.n > 0);
	CHECK(scan() == SEGMENT_OK && seen.entries == (1000 - 144) / 80);
	CHECK(put(FIRST + 20, 10) == 0); /* there is still room for it */
	CHECK(setrlimit(RLIMIT_FSIZE, &was) == 0);
	CHECK(segment_write(&s) == 0 && s.n == 0);
	CHECK(scan() == SEGMENT_OK && result.torn == 0);
	CHECK_EQ(seen.entries, 21);
	end();
}

int main(void)
{
	signal(SIGXFSZ, SIG_IGN);
	for (size_t i = 0; i < sizeof noise; i++)
		noise[i] = (char)chance(256);

	RUN(header_bytes, "each number of the header stands where it stands");
	RUN(header_faults, "what a header can be, and of another kind");
	RUN(header_bits, "no byte of the header can change");
	RUN(header_cut, "a header that is cut short");
	RUN(all_read, "what is written is read");
	RUN(all_sizes, "records of all sizes");
	RUN(closed, "a file with an end");
	RUN(broken, "reading ends in front of a byte that has changed");
	RUN(cut_anywhere, "a file that is cut short anywhere");
	RUN(gap, "a page that is missing");
	RUN(chained, "records stand in their order");
	RUN(not_of_another, "records of another file are none of this one");
	RUN(limits, "reading up to a place");
	RUN(order, "what is out of order is not written");
	RUN(name_in_use, "no file is overwritten");
	RUN(short_write, "a write that fails is done again later");
	return unit_end();
}

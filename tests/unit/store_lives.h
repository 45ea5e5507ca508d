/* SPDX-License-Identifier: MIT */
/* Servers that start, say something and end, on one directory.
 * Runs in: nothing but tests. */
#ifndef TESTS_UNIT_STORE_LIVES_H
#define TESTS_UNIT_STORE_LIVES_H

#include "server/disk/bytes.h"
#include "server/disk/crc32c.h"
#include "tests/unit/folder_rig.h"
#include "tests/unit/store_rig.h"
#include "tests/unit/unit.h"

#define ALL   UINT64_MAX
#define DAY   INT64_C(86400000)
#define NOW   (RIG_TIME + 100 * DAY)
#define ENTRY 128 /* bytes of one */
#define BEGIN 256 /* where entries begin */

static struct store store;
static struct rig_reading got;
static struct store_summary summary;
static uint64_t era;

/* --- servers ---------------------------------------------------------------
 */

/* A server starts, at that time. */
static inline void start_at(int64_t now_ms)
{
	CHECK(rig_read(folder, ALL, &got, &summary) == 0);
	CHECK(got.wrong == NULL);
	CHECK(store_era(&summary, &era) == 0 && era != 0);
	CHECK(store_open(&store, folder, &summary, era, now_ms, &rig_source) ==
		0);
}

static inline void start(void)
{
	start_at(NOW);
}

/* So many entries, with ids in a row. */
static inline void say(size_t n)
{
	char text[512];

	while (n-- > 0) {
		struct record r =
			rig_entry(era, store_last_id(&store) + 1, text);

		CHECK(store_append(&store, &r) == 0);
	}
	CHECK(store_write(&store) == 0);
}

static inline void roll_at(int64_t now_ms)
{
	CHECK(store_roll(&store, now_ms, &rig_source) == 0);
}

static inline void killed(void)
{
	store_abandon(&store);
}

static inline void ends(void)
{
	CHECK(store_close(&store, store_last_id(&store), NOW) == 0);
}

/* Files 1 to 4 with 5 entries each, killed. */
static inline void four_files(void)
{
	folder_begin();
	start();
	for (int i = 0; i < 4; i++) {
		if (i > 0)
			roll_at(NOW);
		say(5);
	}
	killed();
}

/* Reads entries from that id to that one, and no others. */
static inline void reads(uint64_t want, uint64_t from, uint64_t to)
{
	CHECK(rig_read(folder, want, &got, &summary) == 0);
	CHECKF(got.wrong == NULL, "%s", got.wrong);
	CHECK_EQ(got.n, to + 1 - from);
	CHECK(got.n == 0 || got.entry[0].id == from);
	CHECK(got.n == 0 || got.entry[got.n - 1].id == to);
	CHECK(summary.none || summary.last_id == to);
}

#define NONE 1, 0

/* Changes a number of the header, and puts its sum right. */
static inline void forge(const char *name, off_t at, uint32_t number)
{
	unsigned char bytes[SEGMENT_HEADER];
	int fd = openat(folder, name, O_RDWR | O_CLOEXEC);

	CHECK(fd != -1);
	CHECK(pread(fd, bytes, sizeof bytes, 0) == sizeof bytes);
	put_u32(bytes + at, number);
	put_u32(bytes + 76, crc32c(0, bytes, 76));
	CHECK(pwrite(fd, bytes, sizeof bytes, 0) == sizeof bytes);
	close(fd);
}

#endif

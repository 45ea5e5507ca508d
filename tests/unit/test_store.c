/* SPDX-License-Identifier: MIT */
/* Tests of server/disk/store.c, on a real file system.
 * Runs in: nothing but tests. */
#include "server/disk/store.h"

#include <errno.h>

#include "tests/unit/store_lives.h"

/* --- starts and ends -------------------------------------------------------
 */

static void nothing(void)
{
	struct stat st;

	folder_begin();
	reads(ALL, NONE);
	CHECK(summary.none && !summary.clean && summary.number == 0);
	start();
	CHECK(fstatat(folder, "chat-00000001.log", &st, 0) == 0);
	CHECK((st.st_mode & 07777) == 0600);
	CHECK(!folder_has("chat-00000001.new"));
	CHECK(store_last_id(&store) == 0);
	killed();
	folder_end();
}

static void kill_all(void)
{
	uint64_t was;

	folder_begin();
	start();
	say(10);
	was = era;
	killed();
	reads(ALL, 1, 10);
	CHECK(!summary.clean && summary.era == was && got.cuts == 0);
	CHECK_EQ(summary.bytes, BEGIN + 10 * ENTRY);
	start();
	CHECK(era != was);
	say(3);
	killed();
	reads(ALL, 1, 13);
	CHECK(got.entry[9].era == was && got.entry[10].era == era);
	CHECK(got.files == 2 && summary.number == 2 && summary.files == 2);
	folder_end();
}

static void clean_end(void)
{
	uint64_t was;

	folder_begin();
	start();
	say(10);
	was = era;
	/* Private ones were given out behind that. */
	CHECK(store_close(&store, 25, NOW) == 0);
	CHECK_EQ(folder_size("chat-00000001.log"), BEGIN + 10 * ENTRY + 64);
	CHECK(rig_read(folder, ALL, &got, &summary) == 0);
	CHECK(summary.clean && summary.last_id == 25 && got.n == 10);
	start();
	CHECK(era > was && store_last_id(&store) == 25);
	say(1);
	killed();
	CHECK(rig_read(folder, ALL, &got, &summary) == 0);
	CHECK(!summary.clean && got.n == 11 && got.entry[10].id == 26);
	folder_end();
}

static void empty_life(void)
{
	folder_begin();
	start();
	ends();
	reads(ALL, NONE);
	CHECK(summary.clean && !summary.none);
	start();
	CHECK(era > summary.era);
	say(1);
	ends();
	reads(ALL, 1, 1);
	CHECK(summary.clean && got.files == 2);
	folder_end();
}

static void refused(void)
{
	char text[512];
	struct record r;

	folder_begin();
	start();
	say(2);
	r = rig_entry(era, 2, text);
	CHECK(store_append(&store, &r) == -1 && errno == EINVAL);
	r = (struct record){.kind = RECORD_END, .id = 9};
	CHECK(store_append(&store, &r) == -1 && errno == EINVAL);
	r = (struct record){.kind = RECORD_COUNTS};
	CHECK(store_append(&store, &r) == -1 && errno == EINVAL);
	CHECK(store_close(&store, 1, NOW) == -1 && errno == EINVAL);
	say(1);
	ends();
	reads(ALL, 1, 3);
	folder_end();
}

/* --- which files are read --------------------------------------------------
 */

static void wanted(void)
{
	four_files();
	reads(0, 16, 20);
	CHECK_EQ(got.files, 1);
	reads(5 * ENTRY, 16, 20);
	reads(5 * ENTRY + 1, 11, 20);
	CHECK_EQ(got.files, 2);
	reads(15 * ENTRY + 1, 1, 20);
	reads(ALL, 1, 20);
	CHECK(got.files == 4 && got.holes == 0 && summary.files == 4);
	CHECK_EQ(summary.bytes, 4 * BEGIN + 20 * ENTRY);
	folder_end();
}

static void full(void)
{
	char text[512];
	struct record r;

	folder_begin();
	start();
	for (uint64_t id = 1; !store_is_full(&store); id++) {
		r = rig_entry(era, id, text);
		CHECK(store_append(&store, &r) == 0);
	}
	CHECK_EQ(store_last_id(&store), SEGMENT_BYTES / ENTRY);
	roll_at(NOW);
	CHECK(!store_is_full(&store));
	CHECK_EQ(folder_size("chat-00000001.log"), BEGIN + SEGMENT_BYTES);
	CHECK_EQ(store_bytes(&store), folder_size("chat-00000001.log") +
					      folder_size("chat-00000002.log"));
	CHECK(store_synced_id(&store) == store_last_id(&store));
	killed();
	folder_end();
}

/* What the next file does not know of is not read: it was given up. */
static void longer(void)
{
	struct segment_mark end;
	uint64_t id;
	char text[512];
	struct record r;

	folder_begin();
	start();
	say(5);
	CHECK(store_sync(&store) == 0);
	end = store.now->synced;
	say(5);
	/* As after a sync that has failed. */
	store.failed = true;
	store.now->put = end;
	CHECK(store_append(&store, &r) == -1 && errno == EIO);
	CHECK(store_write(&store) == -1 && store_sync(&store) == -1);
	CHECK(store_close(&store, 10, NOW) == -1 && errno == EIO);
	CHECK_EQ(store_last_id(&store), 5);
	roll_at(NOW);
	for (id = store_last_id(&store) + 1; id <= 10; id++) {
		r = rig_entry(era, id, text);
		CHECK(store_append(&store, &r) == 0);
	}
	CHECK(store_write(&store) == 0);
	killed();
	reads(ALL, 1, 10);
	CHECK_EQ(got.files, 2);
	folder_end();
}

static void last_number(void)
{
	folder_begin();
	start();
	say(5);
	killed();
	CHECK(renameat(folder, "chat-00000001.log", folder,
		      "chat-99999999.log") == 0);
	forge("chat-99999999.log", 20, 99999999);
	/* The entries are of another header now; there is nothing else. */
	CHECK(rig_read(folder, ALL, &got, &summary) == 0);
	CHECK(summary.none && got.asides == 1);
	start();
	CHECK(folder_has("chat-00000001.log"));
	killed();
	reads(ALL, NONE);
	summary.number = FILES_NUMBER_MAX;
	CHECK(store_open(&store, folder, &summary, 1, NOW, &rig_source) == -1);
	CHECK(errno == EOVERFLOW && !folder_has("chat-100000000.log"));
	folder_end();
}

/* --- what cannot be made ---------------------------------------------------
 */

static int fail_to_emit(void *arg, struct store *s)
{
	(void)rig_emit(arg, s);
	errno = EAGAIN;
	return -1;
}

static void no_state(void)
{
	const struct store_source fails = {fail_to_emit, NULL};

	folder_begin();
	CHECK(rig_read(folder, ALL, &got, &summary) == 0);
	CHECK(store_open(&store, folder, &summary, 1, NOW, &fails) == -1);
	CHECK(errno == EAGAIN && !folder_has("chat-00000001.new"));
	CHECK(!folder_has("chat-00000001.log"));
	start();
	say(3);
	CHECK(store_roll(&store, NOW, &fails) == -1 && errno == EAGAIN);
	CHECK(!folder_has("chat-00000002.new"));
	CHECK(!folder_has("chat-00000002.log"));
	say(3); /* the old one goes on */
	roll_at(NOW);
	say(1);
	ends();
	reads(ALL, 1, 7);
	CHECK(summary.clean && got.files == 2);
	folder_end();
}

static void name_taken(void)
{
	folder_begin();
	start();
	say(3);
	folder_write("chat-00000002.log", "mine", 4, 0);
	CHECK(store_roll(&store, NOW, &rig_source) == -1 && errno == EEXIST);
	CHECK_EQ(folder_size("chat-00000002.log"), 4);
	say(3);
	killed();
	reads(ALL, 1, 6);
	CHECK(got.asides == 1 && got.why == SEGMENT_FOREIGN);
	folder_end();
}

/* --- what is kept ----------------------------------------------------------
 */

static void by_age(void)
{
	folder_begin();
	start_at(RIG_TIME);
	for (int day = 1; day <= 4; day++) {
		say(5);
		roll_at(RIG_TIME + day * DAY);
	}
	CHECK(store_oldest_ms(&store) == RIG_TIME);
	CHECK(store_keep(&store, NOW, 0, ALL) == 0);
	CHECK(folder_has("chat-00000001.log"));
	/* The first one's last entry may be as young as the second one. */
	CHECK(store_keep(&store, RIG_TIME + 4 * DAY, 3, ALL) == 0);
	CHECK(folder_has("chat-00000001.log"));
	CHECK(store_keep(&store, RIG_TIME + 4 * DAY + 1, 3, ALL) == 0);
	CHECK(!folder_has("chat-00000001.log"));
	CHECK(folder_has("chat-00000002.log"));
	CHECK(store_oldest_ms(&store) == RIG_TIME + DAY);
	CHECK(store_keep(&store, NOW, 1, ALL) == 0);
	CHECK(!folder_has("chat-00000004.log"));
	CHECK(folder_has("chat-00000005.log"));
	say(1);
	killed();
	reads(ALL, 21, 21);
	CHECK(summary.oldest_ms == RIG_TIME + 4 * DAY);
	folder_end();
}

static void by_size(void)
{
	const uint64_t one = BEGIN + 5 * ENTRY;
	uint64_t now;

	four_files();
	start();
	now = store_bytes(&store) - 4 * one;
	CHECK(now == BEGIN + SEGMENT_BYTES || now == BEGIN);
	CHECK(store_keep(&store, NOW, 0, now + 4 * one) == 0);
	CHECK(folder_has("chat-00000001.log"));
	CHECK(store_keep(&store, NOW, 0, now + 4 * one - 1) == 0);
	CHECK(!folder_has("chat-00000001.log"));
	CHECK_EQ(store_bytes(&store), now + 3 * one);
	CHECK(store_keep(&store, NOW, 0, 0) == 0);
	CHECK_EQ(store_bytes(&store), now);
	say(2);
	killed();
	reads(ALL, 21, 22);
	CHECK(got.holes == 0 || got.files == 1);
	folder_end();
}

/* Somebody has removed one: that is no reason to stop. */
static void removed_already(void)
{
	four_files();
	start();
	CHECK(unlinkat(folder, "chat-00000001.log", 0) == 0);
	CHECK(store_keep(&store, NOW, 0, 0) == 0);
	CHECK(!folder_has("chat-00000004.log"));
	killed();
	folder_end();
}

static void many_starts(void)
{
	folder_begin();
	for (uint64_t i = 1; i <= 60; i++) {
		start();
		say(1);
		killed();
	}
	reads(ALL, 1, 60);
	CHECK_EQ(summary.number, 60);
	reads(10 * ENTRY, 51, 60);
	folder_end();
}

int main(void)
{
	RUN(nothing, "an empty directory");
	RUN(kill_all, "a kill loses nothing, and ends the era");
	RUN(clean_end, "after a clean end the ids go on, in another era");
	RUN(empty_life, "a server that nobody came to");
	RUN(refused, "what is out of order is refused");
	RUN(wanted, "as many files are read as are wanted");
	RUN(full, "a file that is full");
	RUN(longer, "what was given up is not read");
	RUN(last_number, "numbers end");
	RUN(no_state, "without its state no file is made");
	RUN(name_taken, "a name that is in use");
	RUN(by_age, "files are kept by age");
	RUN(by_size, "files are kept by size");
	RUN(removed_already, "a file that somebody has removed");
	RUN(many_starts, "many starts");
	return unit_end();
}

/* SPDX-License-Identifier: MIT */
/* Tests of server/disk/recovery.c and files.c, on a real file system.
 * Runs in: nothing but tests. */
#include "server/disk/store.h"

#include "tests/unit/store_lives.h"

/* --- what is missing -------------------------------------------------------
 */

static void missing(void)
{
	four_files();
	CHECK(unlinkat(folder, "chat-00000002.log", 0) == 0);
	reads(ALL, 11, 20);
	CHECK(got.holes == 1 && got.asides == 0);
	reads(10 * ENTRY, 11, 20);
	CHECK(got.holes == 0); /* nobody has asked for it */
	CHECK(folder_has("chat-00000001.log"));
	start();
	say(1);
	killed();
	reads(ALL, 11, 21);
	folder_end();
}

static int list_it(void *arg, const struct file *file, enum segment_fault fault)
{
	uint32_t *last = arg;

	if (fault == SEGMENT_FOREIGN && file->number > *last)
		*last = file->number;
	else
		*last = UINT32_MAX;
	return 0;
}

/* Whatever the order in which the directory has them. */
static void any_order(void)
{
	char name[FILES_NAME_MAX];

	for (uint32_t n = 0; n < 40; n++) {
		struct files files;
		uint32_t last = 0, unreadable;

		folder_begin();
		for (uint32_t i = 0; i < n; i++) {
			files_name(name, 1 + i * 37 % 101);
			folder_write(name, "x", 1, 0);
		}
		CHECK(files_list(&files, folder, list_it, &last, &unreadable) ==
			0);
		CHECKF(last != UINT32_MAX, "%u files", n);
		files_end(&files);
		folder_end();
	}
}

static void last_missing(void)
{
	four_files();
	CHECK(unlinkat(folder, "chat-00000004.log", 0) == 0);
	reads(ALL, 1, 15);
	CHECK(!summary.clean && summary.number == 3);
	folder_end();
}

/* --- what is broken --------------------------------------------------------
 */

static void torn(void)
{
	four_files();
	folder_write("chat-00000004.log", "torn", 4, BEGIN + 5 * ENTRY + 40);
	reads(ALL, 1, 20);
	CHECK(got.cuts == 1 && got.torn == 44 && got.asides == 0);
	CHECK_EQ(folder_size("chat-00000004.log"), BEGIN + 5 * ENTRY);
	reads(ALL, 1, 20);
	CHECK_EQ(got.cuts, 0);
	folder_break("chat-00000004.log", BEGIN + 2 * ENTRY);
	reads(ALL, 1, 17);
	CHECK(got.cuts == 1 && got.torn == 3 * ENTRY);
	folder_end();
}

static void last_header(void)
{
	four_files();
	folder_break("chat-00000004.log", 30);
	reads(ALL, 1, 15);
	CHECK(got.asides == 1 && got.why == SEGMENT_DAMAGED && !summary.clean);
	CHECK(folder_has("chat-00000004.log.bad"));
	CHECK(!folder_has("chat-00000004.log"));
	folder_end();
}

static void last_state(void)
{
	four_files();
	folder_break("chat-00000004.log", BEGIN - 1);
	reads(ALL, 1, 15);
	CHECK(got.asides == 1 && got.why == SEGMENT_DAMAGED && !summary.clean);
	CHECK(folder_has("chat-00000004.log.bad"));
	folder_end();
}

/* Behind a file that was lost nobody knows which ids were given out. */
static void lost_behind_clean(void)
{
	folder_begin();
	start();
	say(5);
	ends();
	start();
	killed();
	folder_break("chat-00000002.log", 30);
	reads(ALL, 1, 5);
	CHECK(got.asides == 1 && !summary.clean);
	folder_end();
}

static void earlier(void)
{
	four_files();
	folder_break("chat-00000002.log", BEGIN + 3 * ENTRY);
	reads(5 * ENTRY, 16, 20);
	CHECK_EQ(got.asides, 0);
	reads(ALL, 11, 20);
	CHECK(got.asides == 1 && got.holes == 1);
	CHECK(folder_has("chat-00000002.log.bad"));
	CHECK(folder_has("chat-00000001.log") && summary.files == 3);
	reads(ALL, 11, 20);
	CHECK(got.asides == 0 && got.holes == 1);
	folder_end();
}

/* Whole records are gone, or the file was there twice. */
static void shorter(void)
{
	four_files();
	folder_cut("chat-00000003.log", BEGIN + 4 * ENTRY);
	reads(ALL, 16, 20);
	CHECK(got.asides == 1 && got.why == SEGMENT_DAMAGED);
	folder_end();
}

/* A file of the same number and length, such as one from a copy. */
static void exchanged(void)
{
	folder_begin();
	for (int i = 0; i < 2; i++) {
		start();
		say(5);
		roll_at(NOW);
		say(5);
		killed();
		if (i > 0)
			break;
		CHECK(renameat(folder, "chat-00000001.log", folder, "copy") ==
			0);
		CHECK(unlinkat(folder, "chat-00000002.log", 0) == 0);
	}
	reads(ALL, 1, 10);
	CHECK(renameat(folder, "copy", folder, "chat-00000001.log") == 0);
	reads(ALL, 6, 10);
	CHECK(got.asides == 1 && got.why == SEGMENT_DAMAGED);
	folder_end();
}

/* --- strangers -------------------------------------------------------------
 */

/* One of files 1 to 4 is set aside for this. */
static void aside(enum segment_fault fault, uint32_t number)
{
	char name[FILES_NAME_MAX];

	reads(ALL, number == 4 ? 1 : 5 * number + 1, number == 4 ? 15 : 20);
	CHECK_EQ(got.asides, 1);
	CHECK_EQ(got.why, fault);
	snprintf(name, sizeof name, "chat-%08u.log.bad", number);
	CHECK(strcmp(got.as, name) == 0 && folder_has(name));
	folder_end();
}

static void other_version(void)
{
	four_files();
	forge("chat-00000002.log", 12, 2);
	aside(SEGMENT_OTHER, 2);
}

static void other_byte_order(void)
{
	four_files();
	forge("chat-00000002.log", 8, 0x04030201);
	aside(SEGMENT_BYTE_ORDER, 2);
}

static void foreign(void)
{
	four_files();
	folder_write("chat-00000004.log", "#!/bin/sh\n", 10, 0);
	aside(SEGMENT_FOREIGN, 4);
}

static void empty_file(void)
{
	four_files();
	folder_cut("chat-00000003.log", 0);
	aside(SEGMENT_EMPTY, 3);
}

static void short_header(void)
{
	four_files();
	folder_cut("chat-00000004.log", 79);
	aside(SEGMENT_SHORT, 4);
}

static void misnamed(void)
{
	four_files();
	CHECK(unlinkat(folder, "chat-00000003.log", 0) == 0);
	CHECK(linkat(folder, "chat-00000002.log", folder, "chat-00000003.log",
		      0) == 0);
	aside(SEGMENT_MISNAMED, 3);
}

static void is_directory(void)
{
	four_files();
	CHECK(unlinkat(folder, "chat-00000003.log", 0) == 0);
	CHECK(mkdirat(folder, "chat-00000003.log", 0700) == 0);
	aside(SEGMENT_NO_FILE, 3);
}

static void is_fifo(void)
{
	four_files();
	CHECK(unlinkat(folder, "chat-00000003.log", 0) == 0);
	CHECK(mkfifoat(folder, "chat-00000003.log", 0600) == 0);
	aside(SEGMENT_NO_FILE, 3);
}

/* Not even one that leads to a whole file. */
static void is_link(void)
{
	four_files();
	CHECK(renameat(folder, "chat-00000003.log", folder, "there") == 0);
	CHECK(symlinkat("there", folder, "chat-00000003.log") == 0);
	aside(SEGMENT_NO_FILE, 3);
}

static void aside_again(void)
{
	char name[FILES_NAME_MAX];

	folder_begin();
	for (int i = 1; i <= 12; i++) {
		folder_write("chat-00000001.log", "x", 1, 0);
		reads(ALL, NONE);
		snprintf(name, sizeof name,
			i == 1 ? "chat-00000001.log.bad"
			       : "chat-00000001.log.bad-%d",
			i);
		CHECKF(got.asides == 1 && strcmp(got.as, name) == 0, "%s",
			got.as);
		CHECK_EQ(folder_size(name), 1);
	}
	folder_end();
}

static void not_ours(void)
{
	static const char *const names[] = {"lock", "notes", "chat-1.log",
		"chat-000000001.log", "chat-00000001.log.gz",
		"chat-0000000a.log", "chat-00000000.log", "xchat-00000001.log",
		"chat-00000001.newer", "chat-00000009.log.bad"};

	folder_begin();
	for (size_t i = 0; i < COUNT(names); i++)
		folder_write(names[i], "mine", 4, 0);
	folder_write("chat-00000007.new", "x", 1, 0);
	reads(ALL, NONE);
	CHECK(summary.none && got.asides == 0);
	start();
	say(1);
	killed();
	CHECK(!folder_has("chat-00000007.new"));
	for (size_t i = 0; i < COUNT(names); i++)
		CHECKF(folder_size(names[i]) == 4, "%s", names[i]);
	folder_end();
}

int main(void)
{
	RUN(any_order, "files are read in the order of their numbers");
	RUN(missing, "a file that is missing in between");
	RUN(last_missing, "the last file is missing");
	RUN(torn, "the last file is cut behind its last record");
	RUN(last_header, "the last file's header is damaged");
	RUN(last_state, "the last file's state is damaged");
	RUN(lost_behind_clean, "a clean end in front of a file that was lost");
	RUN(earlier, "a bad record in an earlier file");
	RUN(shorter, "an earlier file has lost its end");
	RUN(exchanged, "an earlier file is another one");
	RUN(other_version, "a file of another version");
	RUN(other_byte_order, "a file of another byte order");
	RUN(foreign, "a file of something else");
	RUN(empty_file, "an empty file");
	RUN(short_header, "a part of a header");
	RUN(misnamed, "a file under another's name");
	RUN(is_directory, "a directory");
	RUN(is_fifo, "a FIFO");
	RUN(is_link, "a symbolic link");
	RUN(aside_again, "nothing that was set aside is overwritten");
	RUN(not_ours, "names that are not ours");
	return unit_end();
}

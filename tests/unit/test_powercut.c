/* SPDX-License-Identifier: MIT */
/* Tests of server/disk/: the power is cut at any call, again and again, and
 * what the disk had not been told to keep is there, or is not, as it comes.
 * Each time what is read must be a part of what was written, without a hole,
 * up to the last sync at least; and no id is given out twice in one era.
 * The same on disks that lie, and without the chain of sums, where these rules
 * must break, or they would prove nothing.
 * Runs in: nothing but tests.
 *
 * usage: test_powercut [CASE [faults]]    a case that has failed, by the number
 *                                         that it printed */
#include <stdlib.h>
#include <time.h>

#include "tests/unit/disk_calls.h"
#include "tests/unit/store_rig.h"
#include "tests/unit/unit.h"

#define CASES   4000
#define LIVES   8    /* of one store, from one cut to the next */
#define WRITTEN 4096 /* entries in one case */

/* Without these the sums are no chain. */
static bool unchained;

/* And with this no era ends. */
static bool same_era;

/* Calls fail, too. */
static bool faults;

uint32_t __wrap_record_seal(void *p, size_t n, uint32_t before);
uint32_t __real_record_seal(void *p, size_t n, uint32_t before);
bool __wrap_record_follows(
	const void *p, size_t n, uint32_t before, uint32_t *sum);
bool __real_record_follows(
	const void *p, size_t n, uint32_t before, uint32_t *sum);

uint32_t __wrap_record_seal(void *p, size_t n, uint32_t before)
{
	return __real_record_seal(p, n, unchained ? 0 : before);
}

bool __wrap_record_follows(
	const void *p, size_t n, uint32_t before, uint32_t *sum)
{
	return __real_record_follows(p, n, unchained ? 0 : before, sum);
}

/* --- what should be there --------------------------------------------------
 */

/* All entries that may still be there, in their order, and the rules. */
static struct {
	struct {
		uint64_t era, id;
	} entry[WRITTEN];
	size_t n;       /* given out in this life, or read at its begin */
	size_t at;      /* the next one that is appended */
	size_t written; /* so many of them must be there after a kill ... */
	size_t synced;  /* ... and after a cut */
	size_t kept;    /* those in front of this one may be gone */
	uint64_t era, given; /* the last id that was given out, and when */
	struct {
		uint64_t era, id; /* the last one in each era */
	} told[8 * LIVES];        /* a start may need several tries */
	size_t eras;
	size_t began[WRITTEN]; /* where each file begins, by its number */
	bool closed;           /* cleanly, and the disk has it */
	const char *wrong;
} world;

static struct store store;
static struct rig_reading got;
static struct store_summary summary;

static void wrong(const char *what)
{
	if (world.wrong == NULL)
		world.wrong = what;
}

/* The place of the first entry that has this id or a greater one. */
static size_t find(uint64_t id)
{
	size_t i = 0;

	while (i < world.n && world.entry[i].id < id)
		i++;
	return i;
}

/* What was read is a part of what was written, to an end that is late enough;
 * what stood behind it never was. */
static void check_read(void)
{
	size_t first, end;

	if (got.wrong != NULL)
		wrong(got.wrong);
	if (got.asides > 0)
		wrong("a file is set aside");
	if (world.closed && !summary.clean)
		wrong("a clean end is none");
	first = got.files > 0 ? find(got.first_id) : 0;
	for (size_t i = 0; i < got.n; i++) {
		if (first + i >= world.n ||
			world.entry[first + i].era != got.entry[i].era ||
			world.entry[first + i].id != got.entry[i].id) {
			wrong("not what was written");
			return;
		}
	}
	end = first + got.n;
	if (end < world.synced)
		wrong("less than was synced");
	if (end < world.written)
		wrong("less than was written");
	if (first > world.kept)
		wrong("a hole");
	world.n = world.at = end;
	world.synced = world.written = end;
	if (world.kept > end)
		world.kept = end;
}

/* Nobody is to be told one thing by an era and id, and another by the same. */
static void check_era(uint64_t era, uint64_t first_id)
{
	size_t i = 0;

	while (i < world.eras && world.told[i].era != era)
		i++;
	if (i == world.eras)
		world.told[world.eras++].era = era;
	else if (world.told[i].id >= first_id)
		wrong("an id is given out twice");
	if (world.told[i].id < first_id)
		world.told[i].id = first_id - 1;
	world.era = era;
	world.given = first_id - 1;
}

static void give_out(void)
{
	world.given += 1 + chance(3) / 2; /* now and then a private one */
	for (size_t i = 0; i < world.eras; i++) {
		if (world.told[i].era == world.era)
			world.told[i].id = world.given;
	}
}

/* --- a life ----------------------------------------------------------------
 */

/* Whether a call that has failed may: the power is off, or it was to fail.
 * Then the next one that is to fail is chosen. */
static bool excused(void)
{
	bool failed = disk.failed;

	if (disk.off_at != -1 && disk.calls >= disk.off_at)
		return false;
	if (!failed)
		wrong("it fails without a reason");
	disk.failed = false;
	disk.fail_at = disk.calls + (long)chance(40);
	return failed;
}

/* Where the store is: after a failure behind where it was. */
static void look(void)
{
	world.at = find(store_last_id(&store) + 1);
	if (world.written > world.at)
		world.written = world.at;
	while (world.synced < world.n &&
		world.entry[world.synced].id <= store_synced_id(&store))
		world.synced++;
}

/* As recovery does at a start. */
static int read_back(void)
{
	uint64_t era;

	if (rig_read(DISK_DIR, UINT64_MAX, &got, &summary) == -1)
		return -1;
	check_read();
	world.closed = false;
	if (store_era(&summary, &era) == -1)
		return -1;
	if (same_era && summary.era != 0)
		era = summary.era;
	check_era(era, summary.last_id + 1);
	world.began[summary.number + 1] = world.n;
	return 0;
}

static int begin(void)
{
	return store_open(
		&store, DISK_DIR, &summary, world.era, RIG_TIME, &rig_source);
}

/* What was given out and is not in the store, or something new. */
static int append(void)
{
	char text[512];
	struct record r;

	if (world.at == world.n) {
		give_out();
		world.entry[world.n].era = world.era;
		world.entry[world.n++].id = world.given;
	}
	r = rig_entry(
		world.entry[world.at].era, world.entry[world.at].id, text);
	return store_append(&store, &r);
}

static int roll(void)
{
	uint32_t number = store.now->head.number + 1;
	int result = store_roll(&store, RIG_TIME, &rig_source);

	world.began[number] = find(store_last_id(&store) + 1);
	return result;
}

static int keep(void)
{
	int result = store_keep(&store, RIG_TIME, 0, chance(4 * DISK_SIZE));
	size_t first = world.began[store.files.file[0].number];

	/* A file that was removed before may have come back. */
	if (world.kept < first)
		world.kept = first;
	return result;
}

static int write_all(void)
{
	if (store_write(&store) == -1)
		return -1;
	world.written = world.at;
	return 0;
}

static int sync_all(void)
{
	if (store_sync(&store) == -1)
		return -1;
	if (store_synced_id(&store) != store_last_id(&store))
		wrong("it says that it has synced, and that it has not");
	return 0;
}

/* One more thing that a server does. */
static int act(void)
{
	const uint64_t what = chance(20);

	if (store_failed(&store) || what == 0)
		return roll();
	if (what == 1)
		return keep();
	if (what == 2)
		return sync_all();
	return what < 8 ? write_all() : append();
}

/* Whether it has begun: what fails can be repeated. */
static bool has_begun(void)
{
	while (read_back() == -1) {
		if (!excused())
			return false;
	}
	while (begin() == -1) {
		if (!excused())
			return false;
	}
	look();
	return true;
}

/* Whether the store goes on. */
static bool step(void)
{
	int result = act();

	look();
	return result == 0 || excused();
}

static bool end(void)
{
	if (store_failed(&store) || world.at < world.n)
		return false;
	while (store_close(&store, world.given, RIG_TIME) == -1) {
		if (!excused() || store_failed(&store))
			return false;
	}
	return true;
}

/* A server from its start until it ends, is killed, or the power goes, which it
 * does in any case, unless it was killed. */
static void live(long calls, bool killed)
{
	size_t steps = chance(80);
	bool on;

	disk.off_at = disk.calls + calls;
	if (faults)
		disk.fail_at = disk.calls + (long)chance(40);
	disk.fail_with = chance(2) == 0 ? EIO : ENOSPC;
	on = has_begun();
	if (on) {
		while (on && steps-- > 0)
			on = step();
		if (on && !killed && chance(2) == 0 && end()) {
			world.synced = world.n;
			world.closed = true;
		} else {
			store_abandon(&store);
		}
	}
	disk.off_at = disk.fail_at = -1;
	disk.failed = false;
	if (killed)
		return;
	disk_cut();
	world.written = 0;
}

/* What is wrong with it; NULL: nothing. */
static const char *run_case(uint64_t number, enum disk_lie lie)
{
	chance_state = 88172645463325252 ^ number * 0x9E3779B97F4A7C15;
	memset(&world, 0, sizeof world);
	disk_begin();
	disk.lie = lie;
	disk.grows = number % 4 != 0;
	disk.block = number % 3 == 0 ? DISK_LARGE : DISK_SMALL;
	disk.in_order = number % 5 < 3;
	rig_even = number % 7 < 4;
	for (int i = 0; i < LIVES && world.wrong == NULL; i++) {
		/* Whether by a kill: then the disk has all that was written. */
		bool killed = chance(5) == 0;

		live(i == 0 ? (long)(number % 50) : (long)chance(50), killed);
	}
	disk.off_at = -1;
	if (world.wrong == NULL &&
		rig_read(DISK_DIR, UINT64_MAX, &got, &summary) == 0)
		check_read();
	disk_end();
	return world.wrong;
}

/* --- the tests -------------------------------------------------------------
 */

static void cuts(void)
{
	const clock_t begun = clock();

	/* On a slow machine fewer, but enough to cut at each call. */
	for (uint64_t i = 0; i < CASES; i++) {
		const char *what = run_case(i, LIE_NONE);

		CHECKF(what == NULL, "case %llu: %s", (unsigned long long)i,
			what);
		if (i > 500 && clock() - begun > 5 * CLOCKS_PER_SEC)
			break;
	}
}

static void cuts_and_faults(void)
{
	faults = true;
	cuts();
	faults = false;
}

/* A server that is killed right before it syncs the name of its first file. */
static void killed_at_name(void)
{
	CHECK(read_back() == 0);
	disk.lie = LIE_DIR;
	CHECK(begin() == 0);
	store_abandon(&store);
	disk.lie = LIE_NONE;
}

/* Names land in any order: a file must not be there without the one before. */
static void names(void)
{
	for (uint64_t i = 1; i <= 200; i++) {
		chance_state = i * 0x9E3779B97F4A7C15;
		memset(&world, 0, sizeof world);
		disk_begin();
		CHECK(read_back() == 0 && begin() == 0 && append() == 0);
		world.at = 1;
		CHECK(append() == 0 && store_sync(&store) == 0);
		world.synced = 2;
		store_abandon(&store);
		killed_at_name();
		killed_at_name();
		disk_cut();
		CHECK(read_back() == 0);
		CHECKF(world.wrong == NULL, "%s", world.wrong);
		disk_end();
	}
}

static void breaks(enum disk_lie lie)
{
	const char *what = NULL;
	uint64_t i = 0;

	while (i < 3 * (uint64_t)CASES && what == NULL)
		what = run_case(i++, lie);
	CHECK(what != NULL);
	printf("# case %llu: %s\n", (unsigned long long)i - 1, what);
}

static void directory(void)
{
	breaks(LIE_DIR);
}

static void header(void)
{
	breaks(LIE_NEW);
}

static void old_file(void)
{
	breaks(LIE_KEPT);
}

static void data(void)
{
	breaks(LIE_DATA);
}

static void chain(void)
{
	unchained = true;
	breaks(LIE_NONE);
	unchained = false;
}

static void eras(void)
{
	same_era = true;
	breaks(LIE_NONE);
	same_era = false;
}

int main(int argc, char **argv)
{
	faults = argc > 2;
	if (argc > 1) {
		const char *what =
			run_case(strtoull(argv[1], NULL, 10), LIE_NONE);

		puts(what != NULL ? what : "nothing is wrong");
		return what != NULL;
	}
	RUN(cuts, "the power is cut at any call, again and again");
	RUN(cuts_and_faults, "the same, and calls fail before that");
	RUN(names, "a file is not there without the one before it");
	RUN(directory, "a directory that is not synced is found");
	RUN(header, "a file that gets its name before it is synced is found");
	RUN(old_file, "a file that is not synced before the next one is found");
	RUN(data, "data that is not synced is found");
	RUN(chain, "sums that are no chain are found");
	RUN(eras, "an era that does not end is found");
	return unit_end();
}

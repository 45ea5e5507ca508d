/* SPDX-License-Identifier: MIT */
/* Reading back what was kept: first from the last file to the oldest one that
 * is wanted, to see what is whole, then forward, to read it.
 * Runs in: disk, recover. */
#include <errno.h>
#include <sys/random.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "server/disk/store.h"

/* The random bits of an era; above them is the time. */
#define ERA_BITS 12

struct recovery {
	int dir;
	const struct store_reader *reader;
	struct store_summary *summary;
	struct files files;
	size_t first; /* of those that are read */
	bool lost;    /* what stood behind the last file is set aside */
};

static void tell(const struct recovery *r, const struct store_report *report)
{
	if (r->reader->report != NULL)
		r->reader->report(r->reader->arg, report);
}

/* Tells of a file by its number. */
static void tell_of(
	const struct recovery *r, uint32_t number, struct store_report report)
{
	char name[FILES_NAME_MAX];

	files_name(name, number);
	report.name = name;
	tell(r, &report);
}

/* -1, and errno is still what it was. */
static int unreadable(const struct recovery *r, uint32_t number)
{
	const int error = errno;

	tell_of(r, number, (struct store_report){.what = STORE_UNREADABLE});
	errno = error;
	return -1;
}

static int set_aside(
	void *arg, const struct file *file, enum segment_fault fault)
{
	const struct recovery *r = arg;
	char as[FILES_NAME_MAX];

	if (files_set_aside(r->dir, file->number, as) == -1)
		return unreadable(r, file->number);
	tell_of(r, file->number,
		(struct store_report){
			.what = STORE_ASIDE, .as = as, .fault = fault});
	return 0;
}

/* Takes a file out of the list that turned out to be damaged. */
static int give_up(struct recovery *r, size_t i)
{
	if (set_aside(r, &r->files.file[i], SEGMENT_DAMAGED) == -1)
		return -1;
	files_drop(&r->files, i);
	return 0;
}

/* A stranger behind all others may have been ours. */
static int meet_stranger(
	void *arg, const struct file *file, enum segment_fault fault)
{
	struct recovery *r = arg;

	if (file == r->files.file + r->files.n - 1)
		r->lost = true;
	return set_aside(arg, file, fault);
}

/* --- one file --------------------------------------------------------------
 */

/* Scans a file; with "deliver" the reader gets it.  1; 0: it is none of ours
 * any more; -1 with errno. */
static int scan(const struct recovery *r, size_t i, uint64_t limit,
	bool deliver, struct segment_head *head, struct segment_scan *found)
{
	const struct store_reader *to = r->reader;
	const uint32_t number = r->files.file[i].number;
	enum segment_fault fault;
	int fd = files_open(r->dir, number, head, &fault), result;

	if (fd == -1)
		return fault != SEGMENT_OK ? 0 : unreadable(r, number);
	if (deliver && to->segment != NULL)
		to->segment(to->arg, head);
	result = segment_scan(
		fd, head, limit, deliver ? to->record : NULL, to->arg, found);
	close(fd);
	return result == -1 ? unreadable(r, number) : 1;
}

/* Cuts off what stands behind the last record, which the next file must not
 * find there, and has the disk take it all. */
static int cut(const struct recovery *r, uint32_t number,
	const struct segment_scan *found)
{
	struct segment_head head;
	enum segment_fault fault;
	int fd = files_open(r->dir, number, &head, &fault);
	bool done;

	if (fd == -1)
		return unreadable(r, number);
	done = (found->size <= found->mark.end ||
		       ftruncate(fd, (off_t)found->mark.end) == 0) &&
	       fsync(fd) == 0;
	close(fd);
	if (!done)
		return unreadable(r, number);
	if (found->torn > 0)
		tell_of(r, number,
			(struct store_report){
				.what = STORE_CUT, .bytes = found->torn});
	return 0;
}

/* --- backward --------------------------------------------------------------
 */

/* Finds the last file whose state is whole.  1; 0: there is none; -1 with
 * errno. */
static int find_last(struct recovery *r, struct segment_head *head,
	struct segment_scan *found)
{
	while (r->files.n > 0) {
		int ours = scan(r, r->files.n - 1, SEGMENT_NO_LIMIT, false,
			head, found);

		if (ours == -1)
			return -1;
		if (ours == 1 && found->whole)
			return 1;
		r->lost = true;
		if (give_up(r, r->files.n - 1) == -1)
			return -1;
	}
	return 0;
}

/* Whether the file in front of the first one is whole up to its end, as that
 * one says; head becomes its own then.  1, 0 or -1 with errno. */
static int reach_back(
	struct recovery *r, struct segment_head *head, uint64_t *entries)
{
	const struct segment_head after = *head;
	const size_t i = r->first - 1;
	struct segment_scan found;
	int ours;

	if (r->files.file[i].number != after.before)
		return 0;
	ours = scan(r, i, after.before_end, false, head, &found);
	if (ours == -1)
		return -1;
	if (ours == 0 || !found.whole || found.mark.sum != after.before_sum) {
		r->first = i;
		return give_up(r, i);
	}
	r->first = i;
	r->files.file[i].end = found.mark.end;
	*entries += found.mark.end - head->entries_at;
	return 1;
}

/* Finds the first of the files that are read. */
static int find_first(struct recovery *r, const struct segment_head *last,
	const struct segment_scan *found, uint64_t want)
{
	uint64_t entries = found->mark.end - last->entries_at;
	struct segment_head head = *last;
	int more;

	r->first = r->files.n - 1;
	while (entries < want && r->first > 0) {
		more = reach_back(r, &head, &entries);
		if (more == -1)
			return -1;
		if (more == 0) {
			tell_of(r, r->files.file[r->first].number,
				(struct store_report){.what = STORE_HOLE});
			break;
		}
	}
	return 0;
}

/* --- forward ---------------------------------------------------------------
 */

static int deliver(const struct recovery *r)
{
	struct segment_head head;
	struct segment_scan found;

	for (size_t i = r->first; i < r->files.n; i++) {
		const struct file *file = &r->files.file[i];
		int ours = scan(r, i, file->end, true, &head, &found);

		if (ours == -1)
			return -1;
		if (ours == 0 || !found.whole) {
			errno = EBADMSG; /* it was whole a moment ago */
			return unreadable(r, file->number);
		}
	}
	return 0;
}

static void sum_up(struct recovery *r, const struct segment_head *last,
	const struct segment_scan *found)
{
	struct store_summary *s = r->summary;

	r->files.file[r->files.n - 1].end = found->mark.end;
	r->files.file[r->files.n - 1].size = found->mark.end;
	*s = (struct store_summary){.clean = found->closed && !r->lost,
		.era = last->era,
		.last_id = found->mark.id,
		.oldest_ms = r->files.file[0].made_ms,
		.files = (uint32_t)r->files.n,
		.number = last->number,
		.end = found->mark};
	for (size_t i = 0; i < r->files.n; i++)
		s->bytes += r->files.file[i].size;
}

static int recover(struct recovery *r, uint64_t want)
{
	struct segment_head last;
	struct segment_scan found;
	uint32_t number;
	int any;

	if (files_list(&r->files, r->dir, meet_stranger, r, &number) == -1)
		return number != 0 ? unreadable(r, number) : -1;
	any = find_last(r, &last, &found);
	if (any == 0)
		*r->summary = (struct store_summary){.none = true};
	if (any == -1 ||
		(any == 1 && (cut(r, last.number, &found) == -1 ||
				     find_first(r, &last, &found, want) == -1)))
		return -1;
	if (any == 1)
		sum_up(r, &last, &found);
	return fsync(r->dir) == -1 || (any == 1 && deliver(r) == -1) ? -1 : 0;
}

int store_read(int dir, uint64_t want, const struct store_reader *reader,
	struct store_summary *summary)
{
	struct recovery r = {.dir = dir, .reader = reader, .summary = summary};
	int result = recover(&r, want);
	const int error = errno;

	files_end(&r.files);
	errno = error;
	return result;
}

int store_era(const struct store_summary *summary, uint64_t *era)
{
	uint64_t random;

	if (getrandom(&random, sizeof random, 0) != sizeof random)
		return -1;
	*era = (uint64_t)clock_wall_ms() << ERA_BITS;
	*era |= random & ((1U << ERA_BITS) - 1);
	if (*era <= summary->era)
		*era = summary->era + 1;
	return 0;
}

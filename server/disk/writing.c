/* SPDX-License-Identifier: MIT */
/* Entries of the log to the files of --state.
 * Runs in: disk.
 *
 * An entry that cannot be written stays where it is, in the log, and is tried
 * again: it is lost only if the log has to give it up before. */
#include <errno.h>
#include <string.h>

#include "ipc/common/clock.h"
#include "server/disk/convert.h"
#include "server/disk/report.h"
#include "server/disk/state.h"
#include "server/log.h"

/* The shortest time between two files, where bans that change ask for one. */
#define BANS_MS 1000

/* The interval at which it looks for what is old. */
#define KEEP_MS INT64_C(3600000)

/* The interval at which it tries to begin another file, where that fails. */
#define ROLL_RETRY_MS 10000

/* The longest time for which entries go to one file, by the wall clock: with
 * --keep they last no longer than that beyond their days. */
#define ROLL_MS INT64_C(86400000)

#define MIB (UINT64_C(1) << 20)

/* --- trouble ---------------------------------------------------------------
 */

static void fail(struct disk *d, int64_t now)
{
	if (d->error != errno)
		log_warn_errno("state-fail text=\"what is said is not kept; it "
			       "is tried again\"");
	d->error = errno;
	atomic_store(&d->status->disk_error, errno);
	d->retry_ms = now + RETRY_MS;
}

/* The file of now goes on. */
static void fail_roll(struct disk *d, int64_t now)
{
	if (store_failed(&d->store)) {
		fail(d, now);
		return;
	}
	if (d->roll_error != errno)
		log_warn_errno("state-roll-fail text=\"the file of now goes "
			       "on\"");
	d->roll_error = errno;
	d->roll_ms = now + ROLL_RETRY_MS;
}

static void succeed(struct disk *d)
{
	if (d->error != 0)
		log_info("state-resume");
	d->error = 0;
	atomic_store(&d->status->disk_error, 0);
}

static void count_lost(struct disk *d, uint64_t n)
{
	status_count(&d->status->disk_lost, n);
	log_warn("state-lost events=%llu text=\"the log could not keep them "
		 "until the disk took them\"",
		(unsigned long long)n);
}

/* --- the state at the head of a file ---------------------------------------
 */

static int put_state(void *arg, const struct record *r)
{
	return store_put_state(arg, r);
}

static int emit(void *arg, struct store *s)
{
	struct disk *d = arg;

	return replay_tell(&d->replay, put_state, s);
}

static int ignore(void *arg, const struct record *r)
{
	(void)arg;
	(void)r;
	return 0;
}

/* The parent may be writing them: then its next word has us read them again. */
static void take_bans(struct disk *d)
{
	struct bans copy = *d->bans;

	if (copy.count <= BANS_MAX)
		(void)replay_take_bans(&d->replay, &copy, ignore, NULL);
	d->stale = false;
}

static void take_record(
	void *arg, const struct segment_head *head, const struct record *r)
{
	struct disk *d = arg;

	/* Not all files have an entry that tells the time. */
	if (d->replay.last_ms < head->made_ms)
		d->replay.last_ms = head->made_ms;
	replay_take(&d->replay, r);
}

void writing_set_up(struct disk *d)
{
	d->replay = (struct replay){
		.rooms = &d->rooms,
		.seen = d->seen,
		.bans = &d->kept_bans,
		.with_rooms = d->setup->options->bus == NULL,
	};
	d->cursor = atomic_load(&d->status->disk_head);
}

/* Reads the last file, for the state to go on from.  Where that fails it is
 * read again from its beginning, which sets all of the state anew. */
static int read_last(struct disk *d)
{
	const struct store_reader reader = {
		.record = take_record,
		.report = report_store,
		.arg = d,
	};

	if (store_read(d->setup->dir, 0, &reader, &d->summary) == -1)
		return -1;
	d->replay.last_id = d->summary.last_id;
	/* As recover has done: nobody of an earlier server is here. */
	if (atomic_load(&d->status->disk_segment) == 0)
		replay_finish(&d->replay);
	d->known = true;
	return 0;
}

/* --- files -----------------------------------------------------------------
 */

static void show(struct disk *d)
{
	struct status *s = d->status;

	atomic_store(&s->disk_bytes, store_bytes(&d->store));
	atomic_store(&s->disk_oldest_ms, store_oldest_ms(&d->store));
	atomic_store(&s->disk_written, d->store.now->written);
	atomic_store(&s->disk_segment, d->store.now->head.number);
}

static struct store_source source_of(struct disk *d)
{
	return (struct store_source){emit, d};
}

/* Removes what is old.  Who cannot remove a file can write to others. */
static void keep(struct disk *d, int64_t now)
{
	const struct options *o = d->setup->options;

	if (store_keep(&d->store, clock_wall_ms(), o->keep,
		    (uint64_t)o->keep_size * MIB) == -1 &&
		d->kept_ms == 0)
		log_warn_errno("state-keep-fail");
	d->kept_ms = now;
	show(d);
}

static int open_store(struct disk *d, int64_t now)
{
	const struct store_source source = source_of(d);
	const struct eras *eras = d->setup->eras;

	if (!d->known && read_last(d) == -1)
		return -1;
	take_bans(d);
	if (store_open(&d->store, d->setup->dir, &d->summary,
		    eras->of[eras->n - 1].era, clock_wall_ms(), &source) == -1)
		return -1;
	d->open = true;
	keep(d, now);
	return 0;
}

static int roll(struct disk *d, int64_t now)
{
	const struct store_source source = source_of(d);

	if (d->stale)
		take_bans(d);
	if (store_roll(&d->store, clock_wall_ms(), &source) == -1)
		return -1;
	d->rolled_ms = now;
	d->roll_error = 0;
	keep(d, now);
	return 0;
}

/* The sync role has found that the disk has failed: what the file seems to have
 * may not be there. */
static void heed_sync(struct disk *d)
{
	if (atomic_load(&d->status->sync_error) == 0)
		return;
	atomic_store(&d->status->sync_error, 0);
	if (d->open)
		store_fail(&d->store);
}

/* --- entries ----------------------------------------------------------------
 */

/* Copies the entry at the cursor, which the relay may be giving up just now.
 * False: it has. */
static bool copy_entry(struct disk *d, union event_space *space)
{
	const struct frame_event *e = eventlog_at(&d->log, d->cursor);
	uint32_t size = e->size;

	if (size < sizeof *e || size > sizeof *space ||
		eventlog_tail(&d->log) > d->cursor)
		return false;
	memcpy(space, e, size);
	atomic_thread_fence(memory_order_acquire);
	return eventlog_tail(&d->log) <= d->cursor && space->event.size == size;
}

/* Takes the entry into the store, unless the files have it already.  0, or -1
 * with errno. */
static int take_entry(struct disk *d, const struct frame_event *e)
{
	struct record r;

	d->ending = d->ending || e->kind == EVENT_BYE;
	d->read_id = e->id;
	if (e->id <= d->replay.last_id || !convert_event(e, d->ending, &r))
		return 0;
	if (store_append(&d->store, &r) == -1) {
		if (errno != EINVAL)
			return -1;
		count_lost(d, 1);
		return 0;
	}
	replay_take(&d->replay, &r);
	d->unwritten = true;
	return 0;
}

/* What the relay had to give up before it was read. */
static void skip_lost(struct disk *d)
{
	uint64_t tail = eventlog_tail(&d->log);
	const struct frame_event *e = eventlog_at(&d->log, tail);
	uint64_t id = e->id;

	if (eventlog_tail(&d->log) == tail && id > d->replay.last_id)
		count_lost(d, id - d->replay.last_id - 1);
	d->cursor = tail;
}

static int take_entries(struct disk *d)
{
	union event_space space;

	while (d->cursor < eventlog_head(&d->log)) {
		if (!copy_entry(d, &space)) {
			skip_lost(d);
			continue;
		}
		if (take_entry(d, &space.event) == -1)
			return -1;
		d->cursor += space.event.size;
	}
	return 0;
}

static int write_all(struct disk *d)
{
	bool sync = d->setup->options->sync == 0;

	if (take_entries(d) == -1)
		return -1;
	if (d->unwritten &&
		(sync ? store_sync(&d->store) : store_write(&d->store)) == -1)
		return -1;
	if (d->unwritten && sync)
		atomic_store(&d->status->synced_ms, clock_wall_ms());
	d->unwritten = false;
	atomic_store(&d->status->disk_written, d->store.now->written);
	atomic_store(&d->status->disk_head, d->cursor);
	return 0;
}

/* After a failure of the disk the file may lack what it had: the log still has
 * it, or has lost it, too. */
static int start_over(struct disk *d, int64_t now)
{
	uint64_t last;

	if (roll(d, now) == -1)
		return -1;
	last = store_last_id(&d->store);
	if (last < d->replay.last_id) {
		d->replay.last_id = last;
		skip_lost(d);
	}
	return 0;
}

static int go_on(struct disk *d, int64_t now)
{
	if (!d->open && open_store(d, now) == -1)
		return -1;
	if (store_failed(&d->store) && start_over(d, now) == -1)
		return -1;
	return write_all(d);
}

int64_t writing_go_on(struct disk *d, int64_t now)
{
	heed_sync(d);
	if (d->error != 0 && now < d->retry_ms)
		return d->retry_ms;
	if (go_on(d, now) == -1) {
		fail(d, now);
		return d->retry_ms;
	}
	succeed(d);
	return DEADLINE_NONE;
}

/* Whether the file is full, or has entries that are to be removed by their age
 * one day, however little is said. */
static bool is_to_roll(const struct disk *d)
{
	const struct segment_head *head = &d->store.now->head;

	return store_is_full(&d->store) ||
	       (store_last_id(&d->store) >= head->first_id &&
		       clock_wall_ms() - head->made_ms >= ROLL_MS);
}

int64_t writing_roll(struct disk *d, int64_t now)
{
	bool roll_now;

	if (d->error != 0 || !d->open)
		return DEADLINE_NONE;
	if (d->roll_error != 0 && now < d->roll_ms)
		return d->roll_ms;
	roll_now = is_to_roll(d);
	if (!roll_now && d->stale && now < d->rolled_ms + BANS_MS)
		return d->rolled_ms + BANS_MS;
	if (roll_now || d->stale) {
		if (roll(d, now) == -1)
			fail_roll(d, now);
		return now;
	}
	if (now >= d->kept_ms + KEEP_MS)
		keep(d, now);
	return d->kept_ms + KEEP_MS;
}

void writing_end(struct disk *d)
{
	uint64_t last;

	if (writing_go_on(d, d->retry_ms) != DEADLINE_NONE ||
		(d->stale && roll(d, d->retry_ms) == -1))
		return;
	last = d->cursor > 0 ? d->read_id : 0;
	if (last < d->replay.last_id)
		last = d->replay.last_id;
	if (store_close(&d->store, last, clock_wall_ms()) == -1)
		log_warn_errno("state-fail text=\"the files have no end\"");
}

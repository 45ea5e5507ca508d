/* SPDX-License-Identifier: MIT */
/* Before the relay starts: reads the files, and restores what they say.
 * Runs in: recover. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ipc/common/clock.h"
#include "ipc/eventlog.h"
#include "ipc/shm.h"
#include "ipc/status.h"
#include "server/disk/convert.h"
#include "server/disk/loop.h"
#include "server/disk/replay.h"
#include "server/disk/report.h"
#include "server/disk/store.h"
#include "server/exitcode.h"
#include "server/log.h"

/* How much of the files is read: what fills the ring has fewer bytes there. */
#define READ_BYTES (2 * EVENTLOG_RING)

struct recover {
	struct eventlog log;
	struct replay replay;
	struct status *status;
	struct eras *eras;
	uint32_t files;
	uint64_t lines;
	bool in_state; /* of a later file, which has these rooms: */
	bool listed[ROOMS_MAX + 1];
};

static void add_era(struct eras *e, uint64_t first_id, uint64_t era)
{
	if (e->n > 0 && e->of[e->n - 1].era == era)
		return;
	if (e->n == ERAS_MAX)
		memmove(e->of, e->of + 1, --e->n * sizeof e->of[0]);
	e->of[e->n++] = (struct era){first_id, era};
}

/* Rooms that a later file does not begin with have ended when its server began:
 * one of that name there is another one. */
static void end_state(struct recover *r)
{
	const struct rooms *rooms = r->replay.rooms;

	for (uint32_t i = ROOM_LOBBY + 1; r->in_state && i < rooms->count;
		i++) {
		if (rooms_exists(rooms, i) && !r->listed[i])
			rooms_end(r->replay.rooms, i);
	}
	r->in_state = false;
}

static void note_state(struct recover *r, const struct record *record)
{
	uint32_t room = ROOM_NONE;

	if (record->kind == RECORD_ROOM)
		room = rooms_find(
			r->replay.rooms, record->room.p, record->room.n);
	if (room != ROOM_NONE)
		r->listed[room] = true;
}

static void take_file(void *arg, const struct segment_head *head)
{
	struct recover *r = arg;

	end_state(r);
	r->in_state = r->files > 0;
	memset(r->listed, 0, sizeof r->listed);
	r->files++;
	add_era(r->eras, head->first_id, head->era);
}

static bool is_line(const struct record *record)
{
	return record->kind == RECORD_PUBLIC || record->kind == RECORD_ACTION ||
	       record->kind == RECORD_TOPIC || record->kind == RECORD_KICK;
}

static void restore_line(struct recover *r, const struct record *record)
{
	union event_space space;
	const struct frame_event *e = &space.event;

	if (!convert_record(record, r->replay.rooms, &space))
		return;
	eventlog_restore(&r->log, e, frame_from(e), frame_to(e), frame_room(e),
		frame_text(e));
	r->lines++;
}

/* The state that a later file begins with is that of the entries before, but
 * for bans, which no entries change, and for who was here when a server ended:
 * that file is of another one. */
static bool is_told_before(const struct recover *r, const struct record *record)
{
	return record->id == 0 && r->files > 1 &&
	       record->kind != RECORD_BANNED && record->kind != RECORD_SEEN;
}

static void take_record(
	void *arg, const struct segment_head *head, const struct record *record)
{
	struct recover *r = arg;

	(void)head;
	if (record->id == 0)
		note_state(r, record);
	else
		end_state(r);
	if (is_told_before(r, record))
		return;
	replay_take(&r->replay, record);
	if (record->id != 0 && is_line(record))
		restore_line(r, record);
}

/* Ids may be given out once more: those of the moments before a power cut, and
 * of a server that could write nothing.  So each server has an era of its own.
 */
static bool begin_era(struct recover *r, const struct store_summary *summary)
{
	uint64_t era;

	if (store_era(summary, &era) == -1)
		return false;
	add_era(r->eras, summary->last_id + 1, era);
	return true;
}

static int set_up(struct recover *r, const struct disk_setup *setup)
{
	static struct bans bans;
	struct status *status = shm_map(
		setup->status, status_size(options_slots(setup->options)));

	if (status == NULL ||
		eventlog_open(&r->log, setup->log,
			options_slots(setup->options), setup->rooms) == -1)
		return -1;
	r->status = status;
	r->eras = &status->eras;
	r->eras->n = 0;
	r->replay = (struct replay){
		.rooms = setup->rooms,
		.seen = r->log.seen,
		.bans = &bans,
		.with_rooms = setup->options->bus == NULL,
	};
	return 0;
}

static int give_bans(const struct recover *r, int fd)
{
	struct bans *bans = shm_map(fd, sizeof *bans);

	if (bans == NULL)
		return -1;
	replay_give_bans(&r->replay, bans);
	return 0;
}

static int read_all(struct recover *r, const struct disk_setup *setup)
{
	struct store_summary summary;
	const struct store_reader reader = {
		.segment = take_file,
		.record = take_record,
		.report = report_store,
		.arg = r,
	};

	if (store_read(setup->dir, READ_BYTES, &reader, &summary) == -1 ||
		!begin_era(r, &summary))
		return -1;
	end_state(r);
	replay_finish(&r->replay);
	eventlog_restored(&r->log, summary.last_id);
	atomic_store(&r->status->disk_segment, 0); /* none of this log yet */
	atomic_store(&r->status->disk_head, eventlog_head(&r->log));
	atomic_store(&r->status->disk_asked, eventlog_head(&r->log));
	atomic_store(&r->status->disk_answered, eventlog_head(&r->log));
	if (r->replay.dropped > 0)
		log_warn("state-rooms dropped=%u text=\"more rooms than "
			 "--max-rooms\"",
			r->replay.dropped);
	if (!summary.none)
		log_info("state-recover files=%u lines=%llu last=%llu clean=%s",
			summary.files, (unsigned long long)r->lines,
			(unsigned long long)summary.last_id,
			summary.clean ? "yes" : "no");
	return give_bans(r, setup->bans);
}

int recover_main(const struct disk_setup *setup)
{
	static struct recover r;

	if (set_up(&r, setup) == -1) {
		log_warn_errno("recover-fail");
		return RECOVER_FAILED;
	}
	setup->lock(setup->sandbox);
	if (read_all(&r, setup) == 0)
		return 0;
	log_warn_errno("recover-fail text=\"the files of --state cannot be "
		       "read\"");
	return RECOVER_FAILED;
}

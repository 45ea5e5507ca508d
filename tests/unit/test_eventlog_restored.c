/* SPDX-License-Identifier: MIT */
/* Tests of ipc/eventlog.c: a log that begins with lines of an earlier server,
 * with holes between them, and goes on with events of this one.
 * Runs in: nothing but tests. */
#include "ipc/eventlog.h"

#include <string.h>
#include <unistd.h>

#include "tests/unit/eventlog_rig.h"
#include "tests/unit/unit.h"

static const struct frame_event line = {
	.kind = EVENT_PUBLIC, .audience = AUDIENCE_EVERYONE, .text_len = 1};

static void restore(uint64_t id, uint64_t seq)
{
	struct frame_event e = line;

	e.id = id;
	e.seq = seq;
	e.unix_ms = 1;
	rooms.rooms[ROOM_LOBBY].seq = seq;
	eventlog_restore(&elog, &e, "", "", "", "x");
}

static void open_again(void)
{
	eventlog_close(&elog);
	CHECK(eventlog_open(&elog, fd, SLOTS, &rooms) == 0);
}

static uint64_t id_at(uint64_t id)
{
	uint64_t at = 0;

	if (!eventlog_find(&elog, id, &at))
		return UINT64_MAX;
	return at < eventlog_head(&elog) ? eventlog_at(&elog, at)->id : 0;
}

/* Whoever opens it finds the lines, at a hole the next one, and an event of
 * this server behind all that was before. */
static void look(uint64_t last_id, uint64_t events)
{
	CHECK_EQ(elog.first_id, 3);
	CHECK_EQ(elog.next_id, last_id + 1 + events);
	CHECK_EQ(id_at(3), 3);
	CHECK_EQ(id_at(4), 7);
	CHECK_EQ(id_at(7), 7);
	CHECK_EQ(id_at(last_id + 1), events > 0 ? last_id + 1 : 0);
	if (last_id > 7)
		CHECK_EQ(id_at(8), events > 0 ? last_id + 1 : 0);
}

/* The last id of the earlier server was that of a line, or of an event that is
 * not kept. */
static void opens_again(uint64_t last_id)
{
	begin(SIZES_ALL);
	restore(3, 2);
	restore(7, 5);
	eventlog_restored(&elog, last_id);
	look(last_id, 0);
	for (uint64_t events = 0; events < 3 && !UNIT_FAILED; events++) {
		open_again();
		look(last_id, events);
		eventlog_append(&elog, &line, "", "", "", "x");
		CHECK_EQ(eventlog_seq(&elog, ROOM_LOBBY), 6 + events);
		look(last_id, events + 1);
	}
	open_again();
}

static void opens(void)
{
	for (uint64_t last_id = 7; last_id < 20; last_id++)
		opens_again(last_id);
}

/* Nothing but ids is known of the earlier server. */
static void opens_without_lines(void)
{
	begin(SIZES_ALL);
	eventlog_restored(&elog, 9);
	open_again();
	CHECK(elog.first_id == 10 && elog.next_id == 10);
	eventlog_append(&elog, &line, "", "", "", "x");
	open_again();
	CHECK(elog.first_id == 10 && elog.next_id == 11);
}

/* A hole of more ids than the index has: what is before it is given up. */
static void long_hole(void)
{
	begin(SIZES_ALL);
	restore(3, 2);
	restore(7, 5);
	eventlog_restored(&elog, 7 + 2 * EVENTLOG_IDS);
	open_again();
	eventlog_append(&elog, &line, "", "", "", "x");
	open_again();
	CHECK_EQ(elog.first_id, 8 + 2 * EVENTLOG_IDS);
	CHECK_EQ(id_at(elog.first_id), elog.first_id);
}

int main(void)
{
	alarm(90); /* instead of waiting for ever */
	make_noise();

	RUN(opens, "restored lines and what follows are found again");
	RUN(opens_without_lines, "a log of which only the last id is known");
	RUN(long_hole, "a hole of more ids than the index has");
	end();
	return unit_end();
}

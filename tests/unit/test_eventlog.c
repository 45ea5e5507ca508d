/* SPDX-License-Identifier: MIT */
/* Tests of ipc/eventlog.c: what is in the log stays what it was, however
 * often the ring is overwritten.
 * Runs in: nothing but tests. */
#include "ipc/eventlog.h"

#include <string.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "tests/unit/eventlog_rig.h"
#include "tests/unit/unit.h"

static void empty(void)
{
	uint64_t pos = 1;

	begin(SIZES_ALL);
	CHECK_EQ(eventlog_tail(&elog), eventlog_head(&elog));
	CHECK(elog.first_id == 1 && elog.next_id == 1);
	CHECK_EQ(eventlog_seq(&elog, ROOM_LOBBY), 0);
	CHECK(!eventlog_find(&elog, 0, &pos));
	CHECK(eventlog_find(&elog, 1, &pos));
	CHECK_EQ(pos, eventlog_head(&elog));
	CHECK(!eventlog_find(&elog, 2, &pos));
	CHECK(!eventlog_find(&elog, UINT64_MAX, &pos));
	check_all();
	for (uint32_t i = 0; i < SLOTS; i++)
		CHECK_EQ(elog.sessions[i].state, SESSION_NONE);
}

static void few(void)
{
	begin(SIZES_ALL);
	for (uint64_t id = 1; id <= 300 && !UNIT_FAILED; id++) {
		struct frame_event e = entry_of(id);
		uint64_t head = eventlog_head(&elog);
		int64_t before = clock_wall_ms();
		const struct frame_event *made = eventlog_append(&elog, &e,
			from_of(id), to_of(id), room_of(id), text_of(id));

		CHECK(made == eventlog_at(&elog, head));
		CHECK_EQ(eventlog_head(&elog), head + made->size);
		CHECK_EQ(eventlog_tail(&elog), 0);
		CHECK(made->unix_ms >= before &&
			made->unix_ms <= clock_wall_ms());
		check_all();
	}
}

/* What is told late keeps the time when it was said. */
static void times(void)
{
	struct frame_event e = {.kind = EVENT_PUBLIC,
		.flags = EVENT_LATE,
		.audience = AUDIENCE_EVERYONE,
		.from_len = 5,
		.unix_ms = 1700000000123,
		.text_len = 2};
	const struct frame_event *made;

	begin(SIZES_ALL);
	made = eventlog_append(&elog, &e, "alice", "", "", "hi");
	CHECK(made->unix_ms == 1700000000123);
	CHECK(made->flags == EVENT_LATE && made->seq == 1);
	e.unix_ms = 0;
	made = eventlog_append(&elog, &e, "alice", "", "", "hi");
	CHECK(made->unix_ms > 1700000000123);
}

static void first_life(const struct session *s)
{
	struct frame_event e = {.kind = EVENT_JOIN,
		.audience = AUDIENCE_EVERYONE,
		.from_len = 5,
		.from_slot = 7,
		.from_generation = 3};

	eventlog_append(&elog, &e, "alice", "", "", "");
	CHECK(s->state == SESSION_JOINED && s->generation == 3);
	CHECK(s->name_len == 5 && memcmp(s->name, "alice", 5) == 0);
	CHECK(s->counter == 0 && s->join_id == 1 && s->join_seq == 1);

	e.kind = EVENT_PRIVATE;
	e.audience = AUDIENCE_BOTH;
	e.counter = 1;
	eventlog_append(&elog, &e, "alice", "", "", "");
	e.kind = EVENT_ERROR; /* a refusal counts: its frame has been heard */
	e.audience = AUDIENCE_TO;
	e.counter = 2;
	eventlog_append(&elog, &e, "alice", "", "", "");
	CHECK_EQ(s->counter, 2);
	CHECK_EQ(eventlog_seq(&elog, ROOM_LOBBY), 1);
	e.kind = EVENT_RENAME;
	e.audience = AUDIENCE_EVERYONE;
	e.counter = 3;
	e.to_len = 3;
	eventlog_append(&elog, &e, "alice", "bob", "", "");
	CHECK(s->name_len == 3 && memcmp(s->name, "bob", 3) == 0);
	CHECK_EQ(s->counter, 3);
	e.to_len = 0;
	e.counter = 0; /* of no frame */
	e.kind = EVENT_LEAVE;
	eventlog_append(&elog, &e, "alice", "", "", "");
	CHECK(s->state == SESSION_LEFT && s->counter == 3);
}

static void second_life(const struct session *s)
{
	struct frame_event e = {.kind = EVENT_JOIN,
		.audience = AUDIENCE_EVERYONE,
		.from_slot = 7};

	/* Nobody's events are in no session, whatever the slot says. */
	eventlog_append(&elog, &e, "", "", "", "");
	CHECK(s->state == SESSION_LEFT && s->generation == 3);

	e.audience = AUDIENCE_NOBODY;
	e.from_generation = 4;
	eventlog_append(&elog, &e, "", "", "", "");
	CHECK(s->state == SESSION_JOINED && s->generation == 4);
	CHECK(s->counter == 0 && s->name_len == 0);
	CHECK_EQ(s->join_id, 7);
	CHECK_EQ(s->join_seq, 4); /* of the last before it: it has none */
	/* The one before is heard no more. */
	e.from_generation = 3;
	e.kind = EVENT_LEAVE;
	e.counter = 99;
	eventlog_append(&elog, &e, "", "", "", "");
	CHECK(s->state == SESSION_JOINED && s->counter == 0);
}

/* One life after another in one slot. */
static void session(void)
{
	begin(SIZES_ALL);
	first_life(&elog.sessions[7]);
	if (!UNIT_FAILED)
		second_life(&elog.sessions[7]);
}

/* The tail gives up no more than it must. */
static void check_room(uint64_t tail)
{
	uint64_t pos;

	if (eventlog_tail(&elog) == tail)
		return;
	CHECK(eventlog_find(&elog, elog.first_id, &pos));
	CHECK_EQ(pos, eventlog_tail(&elog));
	CHECK(!eventlog_find(&elog, elog.first_id - 1, &pos));
}

static void wrap(enum sizes s, uint64_t rings)
{
	static uint64_t starts[1 << 17]; /* of the ids in the log */
	const size_t mask = sizeof(starts) / sizeof(starts[0]) - 1;
	uint64_t seams = 0, checks = 0;

	begin(s);
	while (eventlog_head(&elog) < rings * EVENTLOG_RING) {
		uint64_t head = eventlog_head(&elog), id = elog.next_id;
		uint64_t tail = eventlog_tail(&elog);

		starts[id & mask] = head;
		CHECK(append());
		seams += head / EVENTLOG_RING !=
			 (eventlog_head(&elog) - 1) / EVENTLOG_RING;
		check_room(tail);
		CHECK(elog.first_id == 1 ||
			eventlog_head(&elog) -
					starts[(elog.first_id - 1) & mask] >
				EVENTLOG_RING);
		if (eventlog_head(&elog) / (EVENTLOG_RING / 3) > checks) {
			checks++;
			check_all();
		}
		if (UNIT_FAILED)
			return;
	}
	check_all();
	CHECK(elog.first_id > 1);
	if (s == SIZES_ALL)
		CHECKF(seams > rings / 2, "%llu entries over the seam",
			(unsigned long long)seams);
}

static void wraps(void)
{
	wrap(SIZES_ALL, 12);
}

static void wraps_small(void)
{
	wrap(SIZES_SMALL, 4);
}

/* As many entries as can be. */
static void wraps_least(void)
{
	wrap(SIZES_LEAST, 3);
	CHECK_EQ(elog.next_id - elog.first_id,
		EVENTLOG_RING / sizeof(struct frame_event));
}

static void find(void)
{
	uint64_t pos, first, next;

	begin(SIZES_ALL);
	while (eventlog_tail(&elog) == 0 || elog.next_id % 100 != 0)
		CHECK(append());
	first = elog.first_id;
	next = elog.next_id;
	CHECK(first > 1);
	CHECK(!eventlog_find(&elog, 0, &pos));
	CHECK(!eventlog_find(&elog, 1, &pos));
	CHECK(!eventlog_find(&elog, first - 1, &pos));
	CHECK(eventlog_find(&elog, first, &pos));
	CHECK_EQ(pos, eventlog_tail(&elog));
	CHECK(eventlog_find(&elog, next - 1, &pos));
	CHECK_EQ(pos + eventlog_at(&elog, pos)->size, eventlog_head(&elog));
	CHECK(eventlog_find(&elog, next, &pos));
	CHECK_EQ(pos, eventlog_head(&elog));
	CHECK(!eventlog_find(&elog, next + 1, &pos));
	CHECK(!eventlog_find(&elog, next + 1000000, &pos));
	CHECK(!eventlog_find(&elog, UINT64_MAX, &pos));
}

int main(void)
{
	alarm(90); /* instead of waiting for ever */
	make_noise();

	RUN(empty, "an empty log");
	RUN(few, "entries, their ids, numbers and times");
	RUN(times, "a line that is told late keeps its time");
	RUN(session, "a slot's session follows its events");
	RUN(wraps, "12 times the ring, entries of all sizes");
	RUN(wraps_small, "4 times the ring, small entries");
	RUN(wraps_least, "3 times the ring, the smallest entries there are");
	RUN(find, "finding entries by their ids");
	end();
	return unit_end();
}

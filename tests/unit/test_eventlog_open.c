/* SPDX-License-Identifier: MIT */
/* Tests of ipc/eventlog.c: a log that is opened again is the same, and one that
 * is damaged is refused.
 * Runs in: nothing but tests. */
#include "ipc/eventlog.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/eventlog_rig.h"
#include "tests/unit/unit.h"

static void open_again(void)
{
	struct eventlog was = elog;
	uint64_t tail = eventlog_tail(&elog), head = eventlog_head(&elog);

	eventlog_close(&elog);
	CHECK(elog.header == NULL && elog.ring == NULL);
	CHECK(eventlog_open(&elog, fd, SLOTS, &rooms) == 0);
	CHECK_EQ(eventlog_tail(&elog), tail);
	CHECK_EQ(eventlog_head(&elog), head);
	CHECK_EQ(elog.first_id, was.first_id);
	CHECK_EQ(elog.next_id, was.next_id);
	check_all();
}

static void reopens(void)
{
	begin(SIZES_ALL);
	open_again();
	for (int i = 0; i < 100 && !UNIT_FAILED; i++) {
		for (uint64_t n = chance(i < 40 ? 3 : 2000); n > 0; n--)
			CHECK(append());
		open_again();
	}
	CHECK(eventlog_head(&elog) > 3 * EVENTLOG_RING);
}

/* Sessions of long ago, whose entries are no more. */
static void old_sessions(void)
{
	struct frame_event join = {.kind = EVENT_JOIN,
		.audience = AUDIENCE_EVERYONE,
		.from_len = 5,
		.from_slot = SLOTS - 1,
		.from_generation = 1};
	struct frame_event line = {.kind = EVENT_PUBLIC,
		.audience = AUDIENCE_EVERYONE,
		.text_len = TEXT_MAX};
	const struct session *s;

	begin(SIZES_ALL);
	eventlog_append(&elog, &join, "alice", "", "", "");
	while (elog.first_id < 3)
		eventlog_append(&elog, &line, "", "", "", noise);
	for (int i = 0; i < 2; i++) {
		eventlog_close(&elog);
		CHECK(eventlog_open(&elog, fd, SLOTS, &rooms) == 0);
		s = &elog.sessions[SLOTS - 1];
		CHECK(s->state == SESSION_JOINED && s->generation == 1);
		CHECK(s->name_len == 5 && memcmp(s->name, "alice", 5) == 0);
		CHECK(s->join_id == 1 && s->join_seq == 1);
	}
}

/* What an earlier server has said, with holes before, between and behind it; a
 * hole leads to what comes next. */
static void restored(void)
{
	static const struct {
		uint64_t asked, found;
	} ids[] = {{3, 3}, {4, 6}, {6, 6}, {7, 9}, {9, 9}, {10, 10}};
	struct frame_event e = {.kind = EVENT_PUBLIC,
		.audience = AUDIENCE_EVERYONE,
		.from_len = 5,
		.text_len = 2};
	uint64_t pos;

	begin(SIZES_LEAST);
	for (e.id = 3, e.seq = 2; e.id <= 6; e.id += 3, e.seq += 2)
		eventlog_restore(&elog, &e, "alice", "", "", "hi");
	eventlog_restored(&elog, 8);
	for (int i = 0; i < 4; i++) {
		eventlog_close(&elog);
		CHECK(eventlog_open(&elog, fd, SLOTS, &rooms) == 0);
		CHECK_EQ(elog.first_id, 3);
		CHECK_EQ(elog.next_id, 9 + (unsigned)i);
		if (i < 3)
			eventlog_append(&elog, &e, "alice", "", "", "hi");
	}
	for (size_t i = 0; i < COUNT(ids); i++) {
		CHECK(eventlog_find(&elog, ids[i].asked, &pos));
		CHECK_EQ(eventlog_at(&elog, pos)->id, ids[i].found);
	}
}

static void one_capacity(uint32_t capacity)
{
	struct frame_event e = {.kind = EVENT_JOIN,
		.audience = AUDIENCE_EVERYONE,
		.from_slot = capacity - 1,
		.to_slot = capacity - 1,
		.from_generation = 9};
	struct eventlog some;
	struct rooms none;
	int some_fd = shm_create("some-log", eventlog_size(capacity));

	CHECK(some_fd != -1);
	CHECK(rooms_create(&none, 0, capacity, "lobby") == 0);
	CHECK(eventlog_open(&some, some_fd, capacity, &none) == 0);
	for (int i = 0; i < 200000; i++)
		eventlog_append(&some, &e, "", "", "", "");
	eventlog_close(&some);
	CHECK(eventlog_open(&some, some_fd, capacity, &none) == 0);
	CHECK_EQ(some.next_id, 200001);
	CHECK_EQ(some.sessions[capacity - 1].join_id, 200000);
	eventlog_close(&some);
	close(some_fd);
	munmap(none.base, none.size);
	close(none.fd);
}

static void capacities(void)
{
	one_capacity(1);
	one_capacity(USERS_MAX);
}

/* --- damage -------------------------------------------------------------- */

/* The header begins with tail and head. */
static uint64_t *words(void)
{
	return (void *)elog.header;
}

static struct frame_event *newest(void)
{
	uint64_t pos = 0;

	(void)eventlog_find(&elog, elog.next_id - 1, &pos);
	return (void *)(elog.ring + pos % EVENTLOG_RING);
}

static void damage(const char *what, void *where, size_t n, uint64_t change)
{
	uint64_t old = 0;
	struct eventlog again;

	memcpy(&old, where, n);
	change ^= old;
	memcpy(where, &change, n);
	errno = 0;
	CHECKF(eventlog_open(&again, fd, SLOTS, &rooms) == -1 &&
			errno == EBADMSG,
		"%s", what);
	eventlog_close(&again);
	/* Put right it is as good as before. */
	memcpy(where, &old, n);
	CHECKF(eventlog_open(&again, fd, SLOTS, &rooms) == 0, "%s", what);
	CHECK_EQ(again.next_id, elog.next_id);
	eventlog_close(&again);
}

static void damaged(void)
{
	struct frame_event *e;

	begin(SIZES_ALL);
	while (eventlog_tail(&elog) == 0)
		CHECK(append());
	e = newest();
	damage("a tail behind the head", words(), 8, UINT64_C(1) << 40);
	damage("a tail inside an entry", words(), 8, 8);
	damage("a tail long ago", words(), 8, eventlog_tail(&elog));
	damage("a head before the tail", words() + 1, 8,
		eventlog_head(&elog) ^ (eventlog_tail(&elog) - 8));
	damage("a head inside an entry", words() + 1, 8, 8);
	damage("no size", &e->size, 4, e->size);
	damage("a size of one more", &e->size, 4, 8);
	damage("a kind", &e->kind, 1, 0x80);
	damage("a length", &e->text_len, 2, 8);
	damage("an id that leaves one out", &e->id, 8, e->id ^ (e->id + 1));
	damage("an id twice", &e->id, 8, e->id ^ (e->id - 1));
	damage("a sender's slot", &e->from_slot, 4, e->from_slot ^ SLOTS);
	damage("a room", &e->room, 4, e->room ^ (ROOMS + 1));
	damage("a mode", &e->mode, 1, 0x80);
	damage("a receiver's slot", &e->to_slot, 4, e->to_slot ^ SLOTS);
	check_all();
}

int main(void)
{
	alarm(90); /* instead of waiting for ever */
	make_noise();

	RUN(reopens, "closed and opened again it is the same");
	RUN(old_sessions, "sessions outlive their entries");
	RUN(restored, "what was restored, and what was said since");
	RUN(capacities, "logs for one slot and for the most");
	RUN(damaged, "a damaged log is refused");
	end();
	return unit_end();
}

/* SPDX-License-Identifier: MIT */
/* A log and a model of it, for the tests of ipc/eventlog.c.
 * Runs in: nothing but tests.
 *
 * All that an entry has follows from its id, so whoever reads the log knows
 * what its writer has written; what the sessions must be follows from that. */
#ifndef TESTS_UNIT_EVENTLOG_RIG_H
#define TESTS_UNIT_EVENTLOG_RIG_H

#include "ipc/eventlog.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ipc/shm.h"
#include "tests/unit/chance.h"
#include "tests/unit/unit.h"

#define SLOTS 50

#include "tests/unit/eventlog_rooms.h"

/* How the entries of a test are made. */
enum sizes {
	SIZES_SMALL, /* up to some 100 bytes: the order of steps counts */
	SIZES_ALL,   /* now and then the longest */
	SIZES_LEAST  /* nothing but the header */
};

static enum sizes sizes;
static struct eventlog elog;
static int fd = -1;
static char noise[TEXT_MAX + 2048];

/* What the log should have come to. */
static struct model {
	uint64_t next_id;
	uint64_t seq[ROOMS + 1]; /* by room */
	struct session sessions[SLOTS];
} model;

/* What all texts and names are cut from. */
static inline void make_noise(void)
{
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (char)(1 + chance(255));
}

/* --- what an entry with an id is ----------------------------------------- */

static inline uint64_t mix(uint64_t id)
{
	id *= UINT64_C(0x9E3779B97F4A7C15);
	id ^= id >> 29;
	id *= UINT64_C(0xBF58476D1CE4E5B9);
	return id ^ id >> 32;
}

static inline const char *from_of(uint64_t id)
{
	return noise + id % 251;
}

static inline const char *to_of(uint64_t id)
{
	return noise + id % 241 + 1;
}

/* Whether it is a step in the life of a room. */
static inline bool is_step(uint64_t id)
{
	return sizes != SIZES_LEAST && id % 2 == 0;
}

static inline const char *room_of(uint64_t id)
{
	return noise + (is_step(id) ? moment_of(id).made_id : id) % 239 + 2;
}

static inline const char *text_of(uint64_t id)
{
	return is_step(id) && moment_of(id).step->mode == MODE_LIMIT
		       ? "7"
		       : noise + id % 997;
}

static inline size_t text_length(uint64_t id, uint64_t r)
{
	if (sizes == SIZES_LEAST)
		return 0;
	if (sizes == SIZES_SMALL)
		return r % 64;
	return id % 16 == 1 ? TEXT_MAX - r % 100 : r % 1000;
}

static inline struct frame_event step_entry_of(uint64_t id)
{
	struct frame_event e = step_of(id);
	uint64_t r = mix(id);

	e.from_len = (uint8_t)((r >> 45) % (NAME_MAX_BYTES + 1));
	e.to_len = (uint8_t)((r >> 50) % (NAME_MAX_BYTES + 1));
	e.text_len = step_text_length(id, r >> 8);
	return e;
}

static inline struct frame_event entry_of(uint64_t id)
{
	static const uint8_t kinds[] = {EVENT_PUBLIC, EVENT_PUBLIC,
		EVENT_ACTION, EVENT_PRIVATE, EVENT_JOIN, EVENT_LEAVE,
		EVENT_RENAME, EVENT_ERROR};
	uint64_t r = mix(id);
	struct frame_event e = {
		.kind = kinds[r % sizeof(kinds)],
		.flags = r >> 8 & 3,
		.audience = (uint8_t)((r >> 42) % AUDIENCES),
		.from_slot = (uint32_t)(r >> 10) % FIRST_GUEST,
		/* Users of a slot follow one another; a late entry of the
		 * last one may come. */
		.from_generation =
			(uint32_t)(1 + id / 700 - (id > 700 && r >> 20 & 1)),
		.to_slot = (uint32_t)(r >> 24) % SLOTS,
		.to_generation = (uint32_t)(r >> 32),
		.counter = id,
		.online = (uint16_t)r,
		.more = (uint32_t)(r >> 16),
		.reason = r >> 40 & 3,
	};

	if (is_step(id))
		return step_entry_of(id);
	if (e.kind == EVENT_JOIN || e.kind == EVENT_LEAVE)
		e.counter = 0;
	/* Lines change nothing in a room but its number. */
	if (e.kind == EVENT_PUBLIC || e.kind == EVENT_ACTION) {
		e.room = (uint32_t)(r >> 36) % (ROOMS + 1);
		e.room_generation = (uint32_t)(r >> 12);
	}
	if ((r >> 44) % 16 == 0)
		e.from_generation = 0;
	if (sizes != SIZES_LEAST) {
		e.from_len = (uint8_t)((r >> 45) % (NAME_MAX_BYTES + 1));
		e.to_len = (uint8_t)((r >> 50) % (NAME_MAX_BYTES + 1));
		e.room_len = (uint8_t)((r >> 55) % (NAME_MAX_BYTES + 1));
	}
	e.text_len = (uint16_t)text_length(id, r >> 48);
	if (sizes != SIZES_LEAST && id % 5 == 0)
		e.tags_len = (uint16_t)(r >> 33) % 400;
	return e;
}

/* The rules of sessions, said once more. */
static inline void advance_session(const struct frame_event *e, uint64_t id)
{
	struct session *s = &model.sessions[e->from_slot];

	if (e->from_generation == 0)
		return;
	if (e->kind == EVENT_JOIN) {
		s->generation = e->from_generation;
		s->state = SESSION_JOINED;
		s->counter = e->counter;
		s->join_id = id;
		s->join_seq = model.seq[0];
		s->name_len = e->from_len;
		memcpy(s->name, from_of(id), e->from_len);
	} else if (s->generation != e->from_generation) {
		return;
	} else if (e->kind == EVENT_LEAVE) {
		s->state = SESSION_LEFT;
	} else {
		if (e->kind == EVENT_RENAME) {
			s->name_len = e->to_len;
			memcpy(s->name, to_of(id), e->to_len);
		}
		s->counter = e->counter; /* they grow with the ids */
	}
}

static inline bool is_counted(const struct frame_event *e)
{
	return e->audience == AUDIENCE_EVERYONE || e->audience == AUDIENCE_ROOM;
}

static inline void advance_model(void)
{
	struct frame_event e = entry_of(model.next_id);

	if (is_counted(&e))
		model.seq[e.room]++;
	if (is_step(model.next_id))
		advance_room(model.next_id);
	else
		advance_session(&e, model.next_id);
	model.next_id++;
}

/* --- looking ------------------------------------------------------------- */

static inline bool is_session(uint32_t slot)
{
	const struct session *is = &elog.sessions[slot];
	const struct session *want = &model.sessions[slot];

	return is->generation == want->generation && is->state == want->state &&
	       is->counter == want->counter && is->join_id == want->join_id &&
	       is->join_seq == want->join_seq &&
	       is->name_len == want->name_len &&
	       memcmp(is->name, want->name, want->name_len) == 0;
}

static inline bool is_zero(const char *p, const char *end)
{
	while (p < end && *p == 0)
		p++;
	return p == end;
}

/* A room is what its steps have made of it. */
static inline void check_room_of(uint32_t room)
{
	const struct room *is = &rooms.rooms[room];
	const struct room_model *want = &room_models[room];
	const struct room_topic *t = rooms_topic(&rooms, room);
	const struct room_secrets *p = &rooms.secrets[room];
	uint16_t len = 0;

	CHECK(rooms_exists(&rooms, room) == (want->members > 0));
	CHECK_EQ(atomic_load(&is->generation), want->generation);
	CHECK_EQ(atomic_load(&is->members), want->members);
	check_guests(room);
	if (want->members == 0)
		return; /* the rest is of no meaning */
	CHECK_EQ(is->limit, want->limit);
	CHECK_EQ(atomic_load(&is->modes), want->modes);
	CHECK(is->name_len == entry_of(want->made_id).room_len);
	CHECK(memcmp(is->name, room_of(want->made_id), is->name_len) == 0);
	if (want->topic_id != 0)
		len = entry_of(want->topic_id).text_len;
	CHECK_EQ(t->len, len);
	CHECK(len == 0 || memcmp(t->text, text_of(want->topic_id), len) == 0);
	CHECK_EQ(p->banned, want->ban_id != 0);
	if (want->ban_id == 0)
		return;
	CHECK_EQ(p->bans[0].name_len, entry_of(want->ban_id).to_len);
	CHECK_EQ(p->bans[0].address_len, entry_of(want->ban_id).text_len);
	CHECK(memcmp(p->bans[0].address, text_of(want->ban_id),
		      p->bans[0].address_len) == 0);
}

/* The entry is the one that belongs to the id, in all it has. */
static inline void check_entry(const struct frame_event *e, uint64_t id)
{
	struct frame_event want = entry_of(id);
	const char *end = frame_tags(e) + e->tags_len;

	CHECKF(e->id == id, "id %llu", (unsigned long long)id);
	CHECK_EQ(frame_event_check(e, e->size), FRAME_OK);
	CHECK_EQ(e->kind, want.kind);
	CHECK_EQ(e->flags, want.flags);
	CHECK_EQ(e->audience, want.audience);
	CHECK_EQ(e->counter, want.counter);
	CHECK_EQ(e->from_slot, want.from_slot);
	CHECK_EQ(e->from_generation, want.from_generation);
	CHECK_EQ(e->to_slot, want.to_slot);
	CHECK_EQ(e->to_generation, want.to_generation);
	CHECK_EQ(e->online, want.online);
	CHECK_EQ(e->more, want.more);
	CHECK_EQ(e->reason, want.reason);
	CHECK(e->mode == want.mode && e->on == want.on);
	CHECK(e->unix_ms > 0);
	CHECK(e->from_len == want.from_len && e->to_len == want.to_len &&
		e->room_len == want.room_len && e->text_len == want.text_len &&
		e->tags_len == want.tags_len);
	CHECK(e->room == want.room &&
		e->room_generation == want.room_generation);
	CHECK(memcmp(frame_from(e), from_of(id), e->from_len) == 0);
	CHECK(memcmp(frame_to(e), to_of(id), e->to_len) == 0);
	CHECK(memcmp(frame_room(e), room_of(id), e->room_len) == 0);
	CHECKF(memcmp(frame_text(e), text_of(id),
		       (size_t)e->text_len + e->tags_len) == 0,
		"text of %llu", (unsigned long long)id);
	CHECK(is_zero(end, (const char *)e + e->size));
}

/* All entries, from the tail to the head; all they have where details are
 * wanted, or at both ends. */
static inline void check_entries(bool details)
{
	uint64_t pos = eventlog_tail(&elog), head = eventlog_head(&elog);
	uint64_t id = elog.first_id, seq[ROOMS + 1] = {0}, found;

	CHECK(head - pos <= EVENTLOG_RING);
	for (; pos < head; id++) {
		const struct frame_event *e = eventlog_at(&elog, pos);

		if (details || id - elog.first_id < 100 ||
			elog.next_id - id < 1000)
			check_entry(e, id);
		if (UNIT_FAILED)
			return;
		CHECK(e->id == id);
		CHECK(seq[e->room] == 0 ||
			e->seq == seq[e->room] + is_counted(e));
		CHECK(eventlog_find(&elog, id, &found) && found == pos);
		seq[e->room] = e->seq;
		pos += e->size;
	}
	CHECK(pos == head);
	CHECK_EQ(id, elog.next_id);
	for (uint32_t i = 0; i <= ROOMS; i++)
		CHECK(seq[i] == 0 || seq[i] == eventlog_seq(&elog, i));
}

static inline void check_state(void)
{
	while (model.next_id < elog.next_id)
		advance_model();
	CHECK_EQ(elog.next_id, model.next_id);
	for (uint32_t i = 0; i <= ROOMS; i++)
		CHECK_EQ(eventlog_seq(&elog, i), model.seq[i]);
	for (uint32_t i = 1; i <= ROOMS && !UNIT_FAILED; i++)
		check_room_of(i);
	for (uint32_t i = 0; i < SLOTS; i++)
		CHECKF(is_session(i), "session of slot %u, next id %llu", i,
			(unsigned long long)elog.next_id);
}

/* Everything, against the model. */
static inline void check_all(void)
{
	check_state();
	if (!UNIT_FAILED)
		check_entries(true);
}

/* --- writing -------------------------------------------------------------- */

static inline bool append(void)
{
	uint64_t id = elog.next_id;
	struct frame_event e = entry_of(id);

	return eventlog_append(&elog, &e, from_of(id), to_of(id), room_of(id),
		       text_of(id))
		       ->id == id;
}

static inline void end(void)
{
	if (elog.header != NULL)
		eventlog_close(&elog);
	if (fd != -1)
		close(fd);
	fd = -1;
	if (rooms.base != NULL) {
		munmap(rooms.base, rooms.size);
		close(rooms.fd);
	}
	rooms.base = NULL;
}

static inline void begin(enum sizes s)
{
	end();
	sizes = s;
	memset(&model, 0, sizeof(model));
	memset(room_models, 0, sizeof(room_models));
	model.next_id = 1;
	fd = shm_create("log", eventlog_size(SLOTS));
	CHECK(fd != -1);
	CHECK(rooms_create(&rooms, ROOMS, SLOTS, "lobby") == 0);
	CHECK(eventlog_open(&elog, fd, SLOTS, &rooms) == 0);
}

#endif

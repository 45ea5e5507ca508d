/* SPDX-License-Identifier: MIT */
/* Rooms whose life is in the log of tests/unit/eventlog_rig.h, and a model of
 * them.
 * Runs in: nothing but tests.
 *
 * Every other entry is of a room.  Each room lives by the same steps again and
 * again, so that an entry follows from its id here, too. */
#ifndef TESTS_UNIT_EVENTLOG_ROOMS_H
#define TESTS_UNIT_EVENTLOG_ROOMS_H

#include <stdint.h>
#include <string.h>

#include "ipc/rooms.h"
#include "tests/unit/unit.h"

#define ROOMS 5 /* beside the lobby */

/* Who comes and goes in rooms, and never to the lobby: the last slots. */
#define GUESTS      4
#define FIRST_GUEST (SLOTS - GUESTS)

static struct rooms rooms;

/* The steps; a guest's number is its place in the order of coming. */
static const struct step {
	uint8_t kind, guest, online, mode, on;
} steps[] = {
	{EVENT_JOIN, 0, 1, 0, 1},
	{EVENT_JOIN, 1, 2, 0, 0},
	{EVENT_TOPIC, 0, 2, 0, 0},
	{EVENT_MODE, 1, 2, MODE_VOICE, 1},
	{EVENT_JOIN, 2, 3, 0, 0},
	{EVENT_MODE, 0, 3, MODE_MODERATED, 1},
	{EVENT_MODE, 0, 3, MODE_LIMIT, 1},
	{EVENT_TOPIC, 1, 3, 0, 0},
	{EVENT_BAN, 3, 3, 0, 0},
	{EVENT_INVITE, 3, 3, 0, 0},
	{EVENT_KICK, 2, 2, 0, 0},
	{EVENT_MODE, 1, 2, MODE_OPERATOR, 1},
	{EVENT_LEAVE, 0, 1, 0, 0},
	{EVENT_MODE, 1, 1, MODE_VOICE, 0},
	{EVENT_MODE, 0, 1, MODE_MODERATED, 0},
	{EVENT_LEAVE, 1, 0, 0, 0},
};

/* Where an entry stands in the life of its room. */
struct moment {
	uint32_t room, life;
	const struct step *step;
	uint32_t slot;    /* of its guest */
	uint64_t made_id; /* when this life began */
};

static inline struct moment moment_of(uint64_t id)
{
	uint64_t k = id / 2, n = k / ROOMS;
	struct moment m = {
		.room = (uint32_t)(1 + k % ROOMS),
		.life = (uint32_t)(n / COUNT(steps)),
		.step = &steps[n % COUNT(steps)],
	};

	m.slot = FIRST_GUEST + (m.step->guest + m.room) % GUESTS;
	m.made_id = 2 * (m.life * COUNT(steps) * ROOMS + m.room - 1);
	return m;
}

static inline uint8_t room_length(const struct moment *m)
{
	return (uint8_t)(1 + m->made_id % NAME_MAX_BYTES);
}

/* A step has all that the event needs but for names and text. */
static inline struct frame_event step_of(uint64_t id)
{
	struct moment m = moment_of(id);

	return (struct frame_event){
		.kind = m.step->kind,
		.audience = AUDIENCE_ROOM,
		.counter = id,
		.from_slot = m.slot,
		.to_slot = m.slot,
		.to_generation = 1,
		.room = m.room,
		.room_generation = 1 + m.life,
		.room_len = room_length(&m),
		.online = m.step->online,
		.mode = m.step->mode,
		.on = m.step->on,
	};
}

static inline uint16_t step_text_length(uint64_t id, uint64_t r)
{
	const struct step *step = moment_of(id).step;

	if (step->kind == EVENT_TOPIC)
		return (uint16_t)(r % (TOPIC_MAX + 1));
	if (step->kind == EVENT_BAN)
		return (uint16_t)(r % (ROOM_ADDRESS_MAX + 1));
	return step->mode == MODE_LIMIT;
}

/* --- the model ------------------------------------------------------------ */

static struct room_model {
	uint32_t generation, members, limit;
	uint8_t modes;
	uint64_t made_id, topic_id, ban_id;
	struct {
		bool in;
		uint8_t powers;
		uint64_t join_id;
	} guests[GUESTS];
} room_models[ROOMS + 1];

static inline void advance_guest(
	struct room_model *r, const struct frame_event *e, uint64_t id)
{
	uint32_t i = e->to_slot - FIRST_GUEST;
	uint8_t bit = e->mode == MODE_OPERATOR ? POWER_OPERATOR : POWER_VOICE;

	if (e->kind == EVENT_JOIN) {
		r->guests[i].in = true;
		r->guests[i].powers = e->on ? POWER_OPERATOR : 0;
		r->guests[i].join_id = id;
	} else if (e->kind == EVENT_LEAVE || e->kind == EVENT_KICK) {
		r->guests[i].in = false;
	} else if (e->mode == MODE_OPERATOR || e->mode == MODE_VOICE) {
		r->guests[i].powers = e->on ? r->guests[i].powers | bit
					    : r->guests[i].powers & ~bit;
	}
}

static inline void advance_room(uint64_t id)
{
	struct frame_event e = step_of(id);
	struct room_model *r = &room_models[e.room];

	if (r->generation != e.room_generation)
		*r = (struct room_model){
			.generation = e.room_generation, .made_id = id};
	r->members = e.online;
	advance_guest(r, &e, id);
	if (e.kind == EVENT_TOPIC)
		r->topic_id = id;
	else if (e.kind == EVENT_BAN)
		r->ban_id = id;
	else if (e.mode == MODE_LIMIT)
		r->limit = 7;
	else if (e.mode == MODE_MODERATED)
		r->modes = e.on ? 1U << MODE_MODERATED : 0;
}

static inline void check_guests(uint32_t room)
{
	for (uint32_t i = 0; i < GUESTS; i++) {
		const struct place *p =
			rooms_place(&rooms, FIRST_GUEST + i, room);
		bool in = room_models[room].guests[i].in;

		CHECKF((p != NULL) == in, "guest %u in room %u", i, room);
		if (!in)
			continue;
		CHECK_EQ(p->powers, room_models[room].guests[i].powers);
		CHECK_EQ(p->join_id, room_models[room].guests[i].join_id);
	}
}

#endif

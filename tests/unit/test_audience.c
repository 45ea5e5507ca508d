/* SPDX-License-Identifier: MIT */
/* Tests of ipc/audience.h: who an event is for, for each kind and audience.
 * Runs in: nothing but tests. */
#include "ipc/audience.h"

#include "tests/unit/unit.h"

/* Alice writes to Bob; Eve had his slot before, and Carol is just there. */
static const struct audience_user alice = {1, 10}, bob = {2, 20}, eve = {2, 19},
				  carol = {3, 10};

static struct frame_event event(unsigned kind, unsigned audience)
{
	return (struct frame_event){
		.kind = (uint8_t)kind,
		.audience = (uint8_t)audience,
		.from_slot = alice.slot,
		.from_generation = alice.generation,
		.to_slot = bob.slot,
		.to_generation = bob.generation,
		.online = 7,
	};
}

static struct rooms rooms;

static bool has(const struct frame_event *e, struct audience_user user)
{
	return audience_has(e, &rooms, user.slot, user.generation, false);
}

static bool same(struct audience_user a, struct audience_user b)
{
	return a.slot == b.slot && a.generation == b.generation;
}

static void everyone(void)
{
	for (unsigned kind = 1; kind <= EVENT_BYE; kind++) {
		struct frame_event e = event(kind, AUDIENCE_EVERYONE);
		struct audience_user users[2];
		bool said = kind == EVENT_PUBLIC || kind == EVENT_ACTION;

		CHECKF(audience_is_public(&e), "kind %u", kind);
		CHECKF(has(&e, bob) && has(&e, eve) && has(&e, carol),
			"kind %u", kind);
		CHECKF(has(&e, alice) == (kind != EVENT_JOIN), "kind %u", kind);
		CHECKF(audience_named(&e, users) == 0, "kind %u", kind);
		CHECK_EQ(audience_size(&e), 7);
		CHECKF(audience_has_newcomers(&e) == said, "kind %u", kind);
	}
}

/* One's own join alone is not told: who had the slot before is another. */
static void own_join(void)
{
	struct frame_event e = event(EVENT_JOIN, AUDIENCE_EVERYONE);

	CHECK(!audience_has(&e, &rooms, alice.slot, alice.generation, false));
	CHECK(audience_has(
		&e, &rooms, alice.slot, alice.generation - 1, false));
	CHECK(audience_has(
		&e, &rooms, alice.slot + 1, alice.generation, false));
	/* A digest is nobody's own. */
	e.from_slot = e.from_generation = 0;
	CHECK(has(&e, alice));
}

static void two_users(void)
{
	for (unsigned kind = 1; kind <= EVENT_BYE; kind++) {
		struct frame_event e = event(kind, AUDIENCE_BOTH);
		struct audience_user users[2];

		CHECKF(!audience_is_public(&e), "kind %u", kind);
		CHECKF(has(&e, alice) && has(&e, bob), "kind %u", kind);
		CHECKF(!has(&e, eve) && !has(&e, carol), "kind %u", kind);
		CHECK_EQ(audience_named(&e, users), 2);
		CHECK(same(users[0], bob) && same(users[1], alice));
		CHECK_EQ(audience_size(&e), 2);
		CHECKF(!audience_has_newcomers(&e), "kind %u", kind);
	}
}

static void alone(enum audience audience, struct audience_user one,
	struct audience_user other)
{
	for (unsigned kind = 1; kind <= EVENT_BYE; kind++) {
		struct frame_event e = event(kind, audience);
		struct audience_user users[2];

		CHECKF(!audience_is_counted(&e), "kind %u", kind);
		CHECKF(has(&e, one), "kind %u", kind);
		CHECKF(!has(&e, other) && !has(&e, eve) && !has(&e, carol),
			"kind %u", kind);
		CHECK_EQ(audience_named(&e, users), 1);
		CHECK(same(users[0], one));
		CHECK_EQ(audience_size(&e), 1);
		CHECKF(!audience_has_newcomers(&e), "kind %u", kind);
	}
}

static void one_user(void)
{
	alone(AUDIENCE_TO, bob, alice);
}

static void sender_alone(void)
{
	alone(AUDIENCE_FROM, alice, bob);
}

static void enter(uint64_t id, struct audience_user user)
{
	struct frame_event e = {.kind = EVENT_JOIN,
		.audience = AUDIENCE_ROOM,
		.id = id,
		.room = 1,
		.room_generation = 1,
		.online = 1,
		.from_slot = user.slot,
		.from_generation = user.generation};

	rooms_apply(&rooms, &e);
}

static void leave(uint64_t id, struct audience_user user)
{
	struct frame_event e = {.kind = EVENT_LEAVE,
		.audience = AUDIENCE_ROOM,
		.id = id,
		.room = 1,
		.room_generation = 1,
		.online = 1,
		.from_slot = user.slot,
		.from_generation = user.generation};

	rooms_apply(&rooms, &e);
}

/* From the join on, to the leave: the join and the leave, too. */
static void room(void)
{
	struct frame_event e = event(EVENT_PUBLIC, AUDIENCE_ROOM);
	struct audience_user users[2];

	CHECK(rooms_create(&rooms, 2, 8, "lobby") == 0);
	e.room = e.room_generation = 1;
	e.from_slot = 5;
	e.to_generation = 0;
	enter(10, alice);
	enter(20, bob);
	leave(30, alice);
	for (e.id = 5; e.id < 40; e.id++) {
		CHECK(has(&e, alice) == (e.id >= 10 && e.id <= 30));
		CHECK(has(&e, bob) == (e.id >= 20));
		CHECK(!has(&e, carol));
	}
	/* An own leave is seen, whatever has become of the place. */
	e.from_slot = alice.slot;
	e.id = 99;
	CHECK(has(&e, alice) && !has(&e, carol));
	/* Another room of the same number is none of theirs. */
	e.room_generation = 2;
	CHECK(!has(&e, bob));
	CHECK(audience_is_counted(&e) && !audience_is_public(&e));
	CHECK(audience_has_newcomers(&e));
	CHECK_EQ(audience_named(&e, users), 0);
	CHECK_EQ(audience_size(&e), 7);
}

static void watchers(void)
{
	struct frame_event e = event(EVENT_JOIN, AUDIENCE_WATCHERS);

	CHECK(audience_is_watched(&e) && !audience_is_counted(&e));
	CHECK(audience_has(&e, &rooms, bob.slot, bob.generation, true));
	CHECK(!audience_has(&e, &rooms, bob.slot, bob.generation, false));
	CHECK(!audience_has(&e, &rooms, alice.slot, alice.generation, true));
	/* In a room: as tested before, bob is in there, and carol is not. */
	e.audience = AUDIENCE_FROM;
	CHECK(!audience_is_watched(&e));
	e.id = 25;
	e.room = e.room_generation = 1;
	CHECK(audience_is_watched(&e));
	CHECK(audience_has(&e, &rooms, alice.slot, alice.generation, false));
	CHECK(audience_has(&e, &rooms, bob.slot, bob.generation, true));
	CHECK(!audience_has(&e, &rooms, bob.slot, bob.generation, false));
	CHECK(!audience_has(&e, &rooms, carol.slot, carol.generation, true));
	CHECK(!audience_has_newcomers(&e));
}

/* As tested before, bob is in the room, and carol is not. */
static void power(void)
{
	struct frame_event e = event(EVENT_PUBLIC, AUDIENCE_POWER);
	struct frame_event voice = event(EVENT_MODE, AUDIENCE_ROOM);
	struct audience_user users[2];

	e.id = 25;
	e.room = e.room_generation = 1;
	e.mode = MODE_OPERATOR;
	e.to_generation = 0;
	voice.room = voice.room_generation = 1;
	voice.mode = MODE_VOICE;
	voice.on = 1;
	CHECK(has(&e, alice) && !has(&e, bob) && !has(&e, carol));
	rooms_apply(&rooms, &voice);
	CHECK(!has(&e, bob));
	e.mode = MODE_VOICE;
	CHECK(has(&e, bob) && !has(&e, carol));
	voice.mode = MODE_OPERATOR;
	rooms_apply(&rooms, &voice);
	CHECK(has(&e, bob));
	e.mode = MODE_OPERATOR;
	CHECK(has(&e, bob));
	/* Not what was said before, nor in another room of the number. */
	e.id = 15;
	CHECK(!has(&e, bob));
	e.id = 25;
	e.room_generation = 2;
	CHECK(!has(&e, bob));
	CHECK(!audience_is_counted(&e) && !audience_has_newcomers(&e));
	CHECK_EQ(audience_named(&e, users), 1);
	CHECK(same(users[0], alice));
}

/* An audience that was forgotten, or that is none, is nobody. */
static void nobody(void)
{
	for (unsigned audience = 0; audience < 256; audience++) {
		if (audience >= AUDIENCE_WATCHERS && audience < AUDIENCES)
			continue;
		for (unsigned kind = 1; kind <= EVENT_BYE; kind++) {
			struct frame_event e = event(kind, audience);
			struct audience_user users[2];

			CHECKF(!audience_is_public(&e) && !has(&e, alice) &&
					!has(&e, bob) && !has(&e, eve) &&
					!has(&e, carol),
				"kind %u, audience %u", kind, audience);
			CHECK_EQ(audience_named(&e, users), 0);
			CHECK_EQ(audience_size(&e), 0);
			CHECKF(!audience_has_newcomers(&e), "kind %u", kind);
		}
	}
}

int main(void)
{
	RUN(everyone, "what everyone sees");
	RUN(own_join, "one's own join, which the welcome stands for");
	RUN(two_users, "what two users see");
	RUN(one_user, "what one user sees");
	RUN(sender_alone, "what the sender sees while a digest waits");
	RUN(room, "what the members of a room see");
	RUN(watchers, "what those see who watch");
	RUN(power, "what those with a power see");
	RUN(nobody, "what nobody sees");
	return unit_end();
}

/* SPDX-License-Identifier: MIT */
/* Tests of server/child/membership.c: which rooms a client is in, as it reads
 * events, with channels that break off anywhere.
 * Runs in: nothing but tests. */
#include "server/child/membership.h"

#include <stdalign.h>
#include <string.h>

#include "tests/unit/dialect_rig.h"
#include "tests/unit/unit.h"

#define DEV 1
#define OPS 2

static const struct audience_user me = {7, 3};

static struct memberships m;
static struct membership all[MEMBERSHIPS_MAX];

/* A name for each number. */
static void put_name(char *p, uint32_t room)
{
	p[0] = 'r';
	p[1] = (char)('a' + room / 26);
	p[2] = (char)('a' + room % 26);
	if (room == DEV || room == OPS)
		memcpy(p, room == DEV ? "dev" : "ops", 3);
}

/* An event in a room of generation 1. */
static struct frame_event *in(
	uint32_t room, uint64_t id, uint64_t seq, enum event_kind kind)
{
	static alignas(FRAME_ALIGN) char buf[FRAME_EVENT_MAX];
	struct frame_event *e = (void *)buf;

	memset(buf, 0, sizeof(buf));
	e->kind = (uint8_t)kind;
	e->audience = AUDIENCE_ROOM;
	e->id = id;
	e->seq = seq;
	e->from_slot = 1;
	e->from_generation = 1;
	e->room = room;
	e->room_generation = room != ROOM_LOBBY;
	e->room_len = room != ROOM_LOBBY ? 3 : 0;
	if (room != ROOM_LOBBY)
		put_name(e->body, room);
	return e;
}

/* After a gap, the client is in a room of this name. */
static bool anew;

static uint32_t confirm(
	const char *name, uint32_t room, uint32_t generation, uint64_t seq)
{
	struct frame_event *e = in(room, 0, seq, EVENT_ROOM);

	e->room_generation = generation;
	memcpy(e->body, name, 3);
	return membership_confirm(&m, e, &anew);
}

static bool is_here(const char *name)
{
	const struct membership *x = membership_here(&m);

	return x != NULL && is(membership_name(x), name);
}

static bool is_numbered(const char *name, uint32_t room, uint32_t generation)
{
	const struct membership *x = membership_find(&m, span(name));

	return x != NULL && x->room == room && x->generation == generation &&
	       membership_numbered(&m, room) == x;
}

static enum membership_view line(uint32_t room, uint64_t id, uint64_t seq)
{
	return membership_note(&m, in(room, id, seq, EVENT_PUBLIC), me);
}

static enum membership_view mine(
	uint32_t room, uint64_t id, uint64_t seq, enum event_kind kind)
{
	struct frame_event *e = in(room, id, seq, kind);

	e->from_slot = me.slot;
	e->from_generation = me.generation;
	return membership_note(&m, e, me);
}

static bool is_in(const char *name)
{
	return membership_find(&m, span(name)) != NULL;
}

static void begin(void)
{
	membership_init(&m, all);
}

static void comes_and_goes(void)
{
	struct frame_event *e;

	begin();
	CHECK(line(ROOM_LOBBY, 5, 5) == MEMBERSHIP_NEW);
	CHECK(mine(DEV, 10, 1, EVENT_JOIN) == MEMBERSHIP_NEW);
	CHECK(is_in("DEV") && !is_in("ops") && !is_in(""));
	CHECK(membership_here(&m) == NULL);
	m.here = DEV;
	CHECK(is(membership_name(membership_here(&m)), "dev"));
	mine(OPS, 11, 1, EVENT_JOIN);
	CHECK(is_in("ops"));
	/* What others do is none of it. */
	membership_note(&m, in(OPS, 12, 2, EVENT_LEAVE), me);
	membership_note(&m, in(DEV, 13, 2, EVENT_JOIN), me);
	e = in(DEV, 14, 2, EVENT_LEAVE);
	e->flags = EVENT_DIGEST;
	membership_note(&m, e, me);
	CHECK(is_in("ops") && is_in("dev"));
	mine(OPS, 15, 3, EVENT_LEAVE);
	CHECK(!is_in("ops") && m.here == DEV);
	/* A kick ends it, and the talk there. */
	e = in(DEV, 16, 3, EVENT_KICK);
	e->to_slot = me.slot;
	e->to_generation = me.generation - 1;
	membership_note(&m, e, me);
	CHECK(is_in("dev"));
	e = in(DEV, 17, 4, EVENT_KICK);
	e->to_slot = me.slot;
	e->to_generation = me.generation;
	CHECK(membership_note(&m, e, me) == MEMBERSHIP_NEW);
	CHECK(!is_in("dev") && m.here == ROOM_LOBBY && m.n == 0);
}

static void scrollback(void)
{
	begin();
	mine(DEV, 10, 4, EVENT_JOIN);
	CHECK_EQ(membership_last_id(&m, 10), 9);
	CHECK(line(DEV, 3, 1) == MEMBERSHIP_OLD);
	CHECK(line(DEV, 5, 2) == MEMBERSHIP_OLD);
	/* The channel ends: the join comes again, and what was read is known.
	 */
	CHECK_EQ(membership_last_id(&m, 10), 9);
	CHECK(mine(DEV, 10, 4, EVENT_JOIN) == MEMBERSHIP_AGAIN);
	CHECK(line(DEV, 3, 1) == MEMBERSHIP_AGAIN);
	CHECK(line(DEV, 5, 2) == MEMBERSHIP_AGAIN);
	CHECK(line(DEV, 8, 3) == MEMBERSHIP_OLD);
	CHECK_EQ(membership_last_id(&m, 10), 9);
	/* Anything newer, wherever it is, says that it was all. */
	CHECK(line(ROOM_LOBBY, 11, 11) == MEMBERSHIP_NEW);
	CHECK_EQ(membership_last_id(&m, 11), 11);
	CHECK(line(DEV, 12, 5) == MEMBERSHIP_NEW);
	/* The next room has its own. */
	mine(OPS, 13, 2, EVENT_JOIN);
	CHECK_EQ(membership_last_id(&m, 13), 12);
	CHECK(line(OPS, 2, 1) == MEMBERSHIP_OLD);
	/* And so has the same one for who comes back. */
	mine(DEV, 14, 6, EVENT_LEAVE);
	mine(DEV, 15, 7, EVENT_JOIN);
	CHECK(line(DEV, 12, 5) == MEMBERSHIP_OLD);
}

static void gaps(void)
{
	struct membership *over;

	begin();
	mine(DEV, 10, 4, EVENT_JOIN);
	mine(OPS, 11, 1, EVENT_JOIN);
	line(DEV, 12, 5);
	m.here = OPS;
	membership_begin(&m);
	CHECK_EQ(membership_confirm(&m, in(DEV, 0, 9, EVENT_ROOM), &anew), 4);
	CHECK_EQ(membership_confirm(&m, in(DEV, 0, 9, EVENT_ROOM), &anew), 0);
	over = membership_over(&m);
	CHECK(over != NULL && is(membership_name(over), "ops"));
	membership_drop(&m, over);
	CHECK(membership_over(&m) == NULL && m.here == ROOM_LOBBY);
	CHECK(line(DEV, 20, 10) == MEMBERSHIP_NEW);

	/* A room whose join was missed has no scrollback. */
	membership_begin(&m);
	CHECK_EQ(membership_confirm(&m, in(DEV, 0, 10, EVENT_ROOM), &anew), 0);
	CHECK_EQ(membership_confirm(&m, in(OPS, 0, 30, EVENT_ROOM), &anew), 0);
	CHECK(membership_over(&m) == NULL && is_in("ops"));
	CHECK(line(OPS, 21, 31) == MEMBERSHIP_NEW);
	membership_begin(&m);
	CHECK_EQ(membership_confirm(&m, in(OPS, 0, 32, EVENT_ROOM), &anew), 1);

	/* The scrollback that was to come again is lost with the rest. */
	begin();
	mine(DEV, 10, 4, EVENT_JOIN);
	membership_begin(&m);
	membership_confirm(&m, in(DEV, 0, 9, EVENT_ROOM), &anew);
	CHECK_EQ(membership_last_id(&m, 10), 10);
}

/* The same number, another room. */
static void generations(void)
{
	struct frame_event *e;
	struct membership *over;

	begin();
	mine(DEV, 10, 1, EVENT_JOIN);
	membership_begin(&m);
	e = in(DEV, 0, 1, EVENT_ROOM);
	e->room_generation = 2;
	memcpy(e->body, "new", 3);
	CHECK_EQ(membership_confirm(&m, e, &anew), 0);
	over = membership_over(&m);
	CHECK(over != NULL && is(membership_name(over), "dev"));
	membership_drop(&m, over);
	CHECK(is_in("new") && !is_in("dev") && m.n == 1);
}

/* The same room, which other hosts have too, under another number. */
static void renumbered(void)
{
	struct frame_event *e;

	begin();
	mine(DEV, 10, 40, EVENT_JOIN);
	line(DEV, 12, 41);
	m.here = DEV;
	membership_begin(&m);
	CHECK_EQ(confirm("dev", 5, 9, 3), 0);
	CHECK(anew);
	CHECK(is_here("dev") && is_numbered("dev", 5, 9));
	CHECK(membership_over(&m) == NULL && m.n == 1);
	e = in(5, 11, 4, EVENT_PUBLIC);
	e->room_generation = 9;
	CHECK(membership_note(&m, e, me) == MEMBERSHIP_NEW);
	membership_begin(&m);
	CHECK_EQ(confirm("dev", 5, 9, 6), 2);
	CHECK(!anew);

	/* Under its number, begun anew; spelt as it is now. */
	membership_begin(&m);
	CHECK_EQ(confirm("DEV", 5, 10, 900), 0);
	CHECK(is_here("DEV") && is_numbered("dev", 5, 10));
	membership_begin(&m);
	CHECK_EQ(confirm("DEV", 5, 10, 901), 1);
	CHECK(membership_over(&m) == NULL && m.n == 1);
}

/* Numbers that have changed hands, told in any order; at no time is another
 * room the one where the client talks. */
static void swapped(void)
{
	for (unsigned i = 0; i < 4; i++) {
		const char *here = i % 2 == 0 ? "dev" : "ops";

		begin();
		mine(DEV, 10, 1, EVENT_JOIN);
		mine(OPS, 11, 1, EVENT_JOIN);
		m.here = i % 2 == 0 ? DEV : OPS;
		membership_begin(&m);
		if (i < 2)
			confirm("dev", OPS, 1, 1);
		else
			confirm("ops", DEV, 1, 1);
		CHECK(is_here(here));
		if (i < 2)
			confirm("ops", DEV, 1, 1);
		else
			confirm("dev", OPS, 1, 1);
		CHECK(is_here(here) && membership_over(&m) == NULL);
		CHECK(is_numbered("dev", OPS, 1) && is_numbered("ops", DEV, 1));
	}
}

/* A room that was entered unseen has the number of one that is told later, and
 * that one has the number of one that is over. */
static void taken_over(void)
{
	struct membership *over;

	begin();
	mine(DEV, 10, 1, EVENT_JOIN);
	mine(OPS, 11, 1, EVENT_JOIN);
	m.here = DEV;
	membership_begin(&m);
	CHECK_EQ(confirm("new", DEV, 1, 7), 0);
	CHECK(!anew); /* to who has not known it */
	CHECK(is_here("dev") && is_numbered("new", DEV, 1));
	CHECK_EQ(confirm("dev", OPS, 1, 7), 0);
	CHECK(is_here("dev") && is_numbered("dev", OPS, 1));
	over = membership_over(&m);
	CHECK(over != NULL && is(membership_name(over), "ops"));
	membership_drop(&m, over);
	CHECK(is_here("dev") && membership_over(&m) == NULL && m.n == 2);
}

/* All rooms that there can be left and others entered, unseen. */
static void all_changed(void)
{
	begin();
	for (uint32_t i = 1; i <= ROOMS_PER_USER; i++)
		mine(i, i, 1, EVENT_JOIN);
	membership_begin(&m);
	for (uint32_t i = 1; i <= ROOMS_PER_USER; i++)
		membership_confirm(&m, in(100 + i, 0, 5, EVENT_ROOM), &anew);
	CHECK_EQ(m.n, 2 * ROOMS_PER_USER);
	for (struct membership *x; (x = membership_over(&m)) != NULL;)
		membership_drop(&m, x);
	CHECK_EQ(m.n, ROOMS_PER_USER);
	for (uint32_t i = 0; i < m.n; i++)
		CHECK(m.of[i].room > 100);
}

int main(void)
{
	RUN(comes_and_goes, "own joins, leaves and kicks");
	RUN(scrollback, "scrollback goes on where it broke off");
	RUN(gaps,
		"after a gap: what was missed, and where the client still is");
	RUN(generations, "a number that is another room's now");
	RUN(renumbered, "a room that comes back under another number");
	RUN(swapped, "rooms that have each other's number");
	RUN(taken_over, "a number of a room entered unseen, and of one over");
	RUN(all_changed, "every room left and as many entered, unseen");
	return unit_end();
}

/* SPDX-License-Identifier: MIT */
/* Tests of server/child/delivery.c: what a child does about users of other
 * hosts, who may have its client's name, and whose lines may come late.
 * Runs in: nothing but tests. */
#include "tests/unit/channel_rig.h"

#include <string.h>

#include "server/child/dialect/events.h"
#include "server/child/greet.h"
#include "tests/unit/unit.h"

/* A user of another host has this name. */
static void place(const char *name)
{
	table_remove(&table, OTHER);
	table_place(&table, OTHER, name, strlen(name), "far away", 1);
}

static void wish(const char *name)
{
	c.wish_len = strlen(name);
	memcpy(c.wish, name, c.wish_len);
}

/* The name in the table, and whether a claim is open beside it. */
static bool has(const char *name, const char *claim)
{
	char is[NAME_MAX_BYTES], claimed[NAME_MAX_BYTES];
	size_t n = table_name(&table, SLOT, is);
	size_t k = table_claimed(&table, SLOT, claimed);

	return is_called(name) && n == strlen(name) &&
	       memcmp(is, name, n) == 0 && k == strlen(claim) &&
	       memcmp(claimed, claim, k) == 0;
}

static void refuse(uint64_t counter, const char *name)
{
	tell(build((struct frame_event){.kind = EVENT_ERROR,
			   .audience = AUDIENCE_TO,
			   .error = ERROR_NAME_IN_USE,
			   .id = JOIN_ID + counter,
			   .seq = JOIN_SEQ,
			   .counter = counter,
			   .from_slot = SLOT,
			   .from_generation = c.generation,
			   .to_slot = SLOT,
			   .to_generation = c.generation},
		"", "", name));
}

static void gap(const char *name, uint64_t counter)
{
	welcome(name, counter, 0);
	tell_room(ROOM_LOBBY, JOIN_SEQ);
}

#define LOST(name, new) "! " name " is taken on another host: you are " new "\n"

/* --- at the join ---------------------------------------------------------- */

/* The name that it has wished for is the only one that it hears of. */
static void at_the_join(void)
{
	begin();
	wish("guest-1");
	place("guest-1");
	welcome("guest-7", 0, EVENT_FRESH);
	greet_settle(&c);
	CHECK(has("guest-7", ""));
	CHECK_EQ(times_shown("* welcome, guest-7; "), 1);
	CHECK_EQ(times_shown("/help for help\n" LOST("guest-1", "guest-7")), 1);
	CHECK_EQ(times_shown("! "), 1);
	CHECK_EQ(times_shown("is now"), 0);
	/* The welcome may come twice. */
	CHECK(comes_again());
	CHECK(attached.name_len == 7 && !memcmp(attached.name, "guest-7", 7));
	welcome("guest-7", 0, EVENT_FRESH);
	CHECK_EQ(times_shown("guest-7"), 2);
	table_remove(&table, OTHER);
}

/* Programs wait for an error if they have wished for a name, and for none
 * otherwise. */
static void programs(void)
{
	begin();
	c.dialect = &dialect_events;
	wish("guest-1");
	welcome("guest-7", 0, EVENT_FRESH);
	CHECK_EQ(times_shown("\nerror\t-\t"), 1);
	CHECK_EQ(times_shown("guest-1 is taken on another host"), 1);
	begin();
	c.dialect = &dialect_events;
	wish("bob");
	welcome("guest-7", 0, EVENT_FRESH);
	/* It has never been guest-1 for its client. */
	CHECK_EQ(times_shown("\nnotice\t-\t"), 0);
	CHECK(c.wish_len == 3);
	/* Later it is a rename that is no answer to anything. */
	CHECK(comes_again());
	gap("guest-9", 0);
	CHECK_EQ(times_shown("\nrename\t-\t"), 1);
	CHECK_EQ(times_shown("\tguest-7\tguest-9\t-\nnotice\t-\t"), 1);
	CHECK_EQ(times_shown("guest-7 is taken on another host"), 1);
}

/* --- later ---------------------------------------------------------------- */

static void after_a_gap(void)
{
	begin();
	welcome("guest-1", 0, EVENT_FRESH);
	place("guest-1");
	CHECK(comes_again());
	gap("guest-7", 0);
	CHECK(has("guest-7", ""));
	CHECK_EQ(times_shown("\n* guest-1 is now guest-7\n" LOST(
			 "guest-1", "guest-7")),
		1);
	CHECK(comes_again());
	gap("guest-7", 0);
	CHECK_EQ(times_shown("guest-7"), 2);
	table_remove(&table, OTHER);
	CHECK(is_free("guest-1"));
}

/* A rename that no relay has answered goes on under the new name. */
static void unanswered(void)
{
	for (unsigned accepted = 0; accepted < 2; accepted++) {
		begin();
		ask_for("alice");
		gap("guest-7", 0);
		CHECK(c.rename == 1 && has("guest-7", "alice"));
		CHECK(is_free("guest-1") && !is_free("alice"));
		CHECK_EQ(times_shown(LOST("guest-1", "guest-7")), 1);
		CHECK(receives(UP_RENAME, 1));
		if (accepted)
			tell_rename(1, "guest-7", "alice");
		else
			refuse(1, "alice");
		CHECK(c.rename == 0 && input_is_open(&c));
		CHECK(has(accepted ? "alice" : "guest-7", ""));
		CHECK(is_free(accepted ? "guest-7" : "alice"));
		CHECK_EQ(times_shown("* guest-7 is now alice\n"), accepted);
		CHECK_EQ(times_shown("! name in use: alice\n"), !accepted);
	}
}

/* Of one that was answered nobody tells how; who has lost what is seen by who
 * has it. */
static void answered(void)
{
	static const char *const others[] = {"guest-1", "alice"};

	for (int i = 0; i < 2; i++) {
		begin();
		ask_for("alice");
		place(others[i]);
		/* The relay has taken the name away first. */
		gap("guest-7", 1);
		CHECK(c.rename == 0 && input_is_open(&c) && has("guest-7", ""));
		CHECK_EQ(times_shown("* guest-1 is now guest-7\n"), 1);
		CHECK_EQ(times_shown(LOST("guest-1", "guest-7")), i == 0);
		CHECK_EQ(times_shown(LOST("alice", "guest-7")), i == 1);
		CHECK(unacked_is_empty(&c.unacked));
		table_remove(&table, OTHER);
		CHECK(is_free("guest-1") && is_free("alice"));
	}
}

/* A client whose rename was accepted while it was out of reach is told, once,
 * though the event may still come. */
static void accepted_unseen(void)
{
	begin();
	ask_for("alice");
	gap("alice", 1);
	CHECK(c.rename == 0 && has("alice", ""));
	CHECK_EQ(times_shown("* guest-1 is now alice\n"), 1);
	tell_rename(1, "guest-1", "alice");
	CHECK(has("alice", "") && is_free("guest-1"));
	CHECK_EQ(times_shown("is now"), 1);
	CHECK_EQ(times_shown("taken"), 0);
	tell_rename(2, "alice", "carol");
	CHECK_EQ(times_shown("* alice is now carol\n"), 1);

	begin();
	c.dialect = &dialect_events;
	ask_for("alice");
	gap("alice", 1);
	tell_rename(1, "guest-1", "alice");
	CHECK_EQ(times_shown("\tguest-1\talice\t-\n"), 1);
	CHECK_EQ(times_shown("rename\t51\t0\talice\talice\t-\n"), 1);
}

static void refused_unseen(void)
{
	begin();
	ask_for("alice");
	gap("guest-1", 1);
	CHECK(c.rename == 0 && input_is_open(&c) && has("guest-1", ""));
	CHECK(is_free("alice"));
	CHECK_EQ(times_shown("is now"), 0);
	CHECK_EQ(times_shown("taken"), 0);
}

/* --- numbers -------------------------------------------------------------- */

static void confirm_dev(uint32_t room, uint64_t seq)
{
	tell(build_in((struct frame_event){.kind = EVENT_ROOM,
			      .audience = AUDIENCE_TO,
			      .seq = seq,
			      .to_slot = SLOT,
			      .to_generation = c.generation,
			      .room = room,
			      .room_generation = 1},
		"", "", "dev", ""));
}

/* Programs are told where numbers begin anew; people have none. */
static void numbers(void)
{
	for (unsigned i = 0; i < 2; i++) {
		begin();
		if (i == 1)
			c.dialect = &dialect_events;
		welcome("guest-1", 0, EVENT_FRESH);
		tell(build_in((struct frame_event){.kind = EVENT_JOIN,
				      .audience = AUDIENCE_ROOM,
				      .id = JOIN_ID + 1,
				      .seq = 7,
				      .online = 2,
				      .from_slot = SLOT,
				      .from_generation = c.generation,
				      .room = DEV,
				      .room_generation = 1},
			"guest-1", "", "dev", ""));
		c.memberships.here = DEV;
		CHECK(comes_again());
		welcome("guest-1", 0, 0);
		confirm_dev(DEV, 7);
		tell_room(ROOM_LOBBY, JOIN_SEQ);
		tell_room(ROOM_LOBBY, JOIN_SEQ);
		CHECK_EQ(times_shown("gap\t"), 0);
		CHECK(comes_again());
		welcome("guest-1", 0, 0);
		confirm_dev(DEV + 1, 3);
		CHECK_EQ(times_shown("gap\t-\t"), i);
		CHECK_EQ(times_shown("\t#dev\t0\n"), i);
		tell_room(ROOM_LOBBY, JOIN_SEQ - 1);
		CHECK_EQ(times_shown("gap\t-\t"), 2 * i);
		CHECK_EQ(times_shown("\t-\t0\n"), i);
		CHECK_EQ(times_shown("missed"), 0);
		CHECK(c.memberships.here == DEV + 1);
	}
}

/* --- late lines ----------------------------------------------------------- */

static void late(
	uint64_t id, uint64_t generation, const char *room, const char *text)
{
	bool in_room = *room != '\0';

	tell(build_in(
		(struct frame_event){.kind = EVENT_PUBLIC,
			.audience = in_room ? AUDIENCE_ROOM : AUDIENCE_EVERYONE,
			.flags = EVENT_LATE,
			.id = id,
			.seq = id,
			.unix_ms = clock_wall_ms() - 125000,
			.from_slot = generation != 0 ? OTHER : 0,
			.from_generation = (uint32_t)generation,
			.room = in_room ? DEV : ROOM_LOBBY,
			.room_generation = in_room},
		"bob", "", room, text));
}

static void late_lines(void)
{
	begin();
	welcome("guest-1", 0, EVENT_FRESH);
	late(JOIN_ID + 1, 1, "", "one");
	late(JOIN_ID + 2, 0, "", "two"); /* bob has left meanwhile */
	late(JOIN_ID + 3, 1, "dev", "three");
	say(JOIN_ID + 4, "four");
	CHECK_EQ(times_shown("\n[bob 2 min ago] one\n[bob 2 min ago] two\n"
			     "#dev [bob 2 min ago] three\n[bob] four\n"),
		1);
	/* Who is ignored is not heard late either. */
	CHECK(ignored_add(&c.ignored, &table, OTHER));
	late(JOIN_ID + 5, table_generation(&table, OTHER), "", "five");
	CHECK_EQ(times_shown("five"), 0);

	begin();
	c.dialect = &dialect_events;
	welcome("guest-1", 0, EVENT_FRESH);
	late(JOIN_ID + 1, 0, "", "one");
	CHECK_EQ(times_shown("\npublic\t101\t"), 1);
	CHECK_EQ(times_shown("\tbob\t-\tone\n"), 1);
}

/* The last line that a dialect was given. */
static struct event given;

static char *keep(struct dialect_state *s, const struct event *e, char *dst)
{
	(void)s;
	if (e->kind == EVENT_PUBLIC)
		given = *e;
	return dst;
}

/* As scrollback, what came late is as old as the rest. */
static void late_and_old(void)
{
	const struct dialect spy = {.name = "spy", .render = keep};

	begin();
	c.dialect = &spy;
	welcome("guest-1", 0, EVENT_FRESH);
	late(90, 1, "", "old");
	CHECK(!given.late && given.age_ms >= 125000);
	late(JOIN_ID + 1, 1, "", "late");
	CHECK(given.late && given.age_ms >= 125000);
	say(JOIN_ID + 2, "new");
	CHECK(!given.late && given.age_ms == -1);
}

int main(void)
{
	if (!begin_all())
		return 1;
	RUN(at_the_join, "a name that is lost at the join");
	RUN(programs, "and what programs are told of it");
	RUN(after_a_gap, "a name that is lost later");
	RUN(unanswered, "while a rename waits for its answer");
	RUN(answered, "while the answer to a rename was missed");
	RUN(accepted_unseen, "a rename that was accepted, and not seen");
	RUN(refused_unseen, "a rename that was refused, and not seen");
	RUN(numbers, "where numbers begin anew");
	RUN(late_lines, "lines that come late have their age");
	RUN(late_and_old, "and are told from scrollback");
	end_all();
	return unit_end();
}

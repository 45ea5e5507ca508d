/* SPDX-License-Identifier: MIT */
/* Tests of server/child/channel.c: a child's channel, with a relay that dies at
 * any moment.  The test plays the relay. Runs in: nothing but tests. */
#include "tests/unit/channel_rig.h"

#include <string.h>
#include <unistd.h>

#include "server/child/dialect/events.h"
#include "tests/unit/unit.h"

/* --- tests --------------------------------------------------------------- */

static void first(void)
{
	begin();
	CHECK(attached.slot == SLOT && attached.generation == c.generation);
	CHECK_EQ(attached.last_id, 0);
	CHECK(attached.name_len == 7 && !memcmp(attached.name, "guest-1", 7));
	welcome("guest-1", 0, EVENT_FRESH);
	CHECK(c.channel.welcomed);
	CHECK_EQ(times_shown("* welcome, guest-1"), 1);
}

static void waits_for_welcome(void)
{
	begin();
	add(UP_PUBLIC, SPAN_EMPTY, (struct span){"hi", 2});
	CHECK(!receives(UP_PUBLIC, 1));
	welcome("guest-1", 0, EVENT_FRESH);
	CHECK(receives(UP_PUBLIC, 1));
	CHECK(comes_again());
	CHECK(!receives(UP_PUBLIC, 1));
	welcome("guest-1", 0, 0);
	CHECK(receives(UP_PUBLIC, 1));
	CHECK(comes_again());
	welcome("guest-1", 1, 0); /* it had happened */
	CHECK(!receives(UP_PUBLIC, 1) && unacked_is_empty(&c.unacked));
}

static void rename_happened(void)
{
	begin();
	ask_for("alice");
	welcome("alice", 1, 0);
	CHECK(c.rename == 0 && is_called("alice"));
	CHECK(is_free("guest-1") && !is_free("alice"));
	/* Its event comes all the same, and must not settle it again. */
	tell_rename(1, "guest-1", "alice");
	CHECK(is_called("alice") && is_free("guest-1") && !is_free("alice"));
}

static void rename_refused(void)
{
	begin();
	ask_for("alice");
	welcome("guest-1", 1, 0);
	CHECK(c.rename == 0 && is_called("guest-1"));
	CHECK(is_free("alice") && !is_free("guest-1"));
}

static void rename_unknown(void)
{
	begin();
	ask_for("alice");
	welcome("guest-1", 0, 0);
	CHECK(c.rename == 1 && !is_free("alice") && !is_free("guest-1"));
	CHECK(receives(UP_RENAME, 1));
}

/* The next relay tells the newest name, then events of older ones, and dies in
 * the middle of them; the one after it has refused what was asked last. */
static void rename_told_late(void)
{
	begin();
	ask_for("alice");
	welcome("alice", 1, 0);
	CHECK(table_claim(&table, SLOT, "bob", 3));
	c.rename = add(UP_RENAME, (struct span){"bob", 3}, SPAN_EMPTY);
	CHECK(receives(UP_RENAME, 2));
	CHECK(comes_again());
	welcome("bob", 2, 0);
	CHECK(c.rename == 0 && is_called("bob"));
	tell_rename(1, "guest-1", "alice");
	CHECK(is_called("bob"));
	CHECK(table_claim(&table, SLOT, "carol", 5));
	c.rename = add(UP_RENAME, (struct span){"carol", 5}, SPAN_EMPTY);
	CHECK(receives(UP_RENAME, 3));
	CHECK(comes_again());
	welcome("bob", 3, 0);
	CHECK(c.rename == 0 && is_called("bob"));
	CHECK(is_free("carol") && !is_free("bob"));
	tell_rename(2, "alice", "bob");
	tell_rename(4, "bob", "dave");
	CHECK(is_called("dave"));
}

static void scrollback_goes_on(void)
{
	begin();
	welcome("guest-1", 0, EVENT_FRESH);
	CHECK(comes_again());
	CHECK_EQ(attached.last_id, 0);
	welcome("guest-1", 0, EVENT_FRESH);
	say(90, "one");
	say(91, "two");
	CHECK(comes_again());
	CHECK_EQ(attached.last_id, 91);
	welcome("guest-1", 0, EVENT_FRESH);
	say(92, "three");
	say(JOIN_ID + 1, "live");
	CHECK_EQ(times_shown("* welcome, guest-1"), 1);
	CHECK_EQ(times_shown("[bob "), 3); /* as old */
	CHECK_EQ(times_shown("[bob] live"), 1);
	CHECK(comes_again());
	CHECK_EQ(attached.last_id, JOIN_ID + 1);
	CHECK_EQ(attached.last_seq, JOIN_ID + 1);
}

/* A channel that ends right after a gap: the next one counts on. */
static void gaps_add_up(void)
{
	begin();
	welcome_after("guest-1", 0, EVENT_FRESH, 3);
	CHECK_EQ(times_shown("you missed 3 messages"), 1);
	CHECK(comes_again());
	CHECK_EQ(attached.last_seq, JOIN_SEQ + 3);
	welcome("guest-1", 0, EVENT_FRESH);
	say(JOIN_ID + 9, "hi");
	CHECK(comes_again());
	CHECK_EQ(attached.last_seq, JOIN_ID + 9);
	welcome_after("guest-1", 0, 0, 5);
	CHECK(comes_again());
	CHECK_EQ(attached.last_seq, JOIN_ID + 14);
	CHECK_EQ(attached.last_id, JOIN_ID + 9);
}

/* One's own leave is the answer to a goodbye, and not shown. */
static void goodbye(void)
{
	begin();
	welcome("guest-1", 0, EVENT_FRESH);
	unacked_add_bye(&c.unacked, LEAVE_IDLE, SPAN_EMPTY);
	CHECK(receives(UP_BYE, 1));
	CHECK(!unacked_is_empty(&c.unacked));
	tell(build((struct frame_event){.kind = EVENT_LEAVE,
			   .audience = AUDIENCE_EVERYONE,
			   .id = JOIN_ID + 1,
			   .seq = JOIN_SEQ + 1,
			   .counter = 1,
			   .reason = LEAVE_IDLE,
			   .from_slot = SLOT,
			   .from_generation = c.generation},
		"guest-1", "", ""));
	CHECK(unacked_is_empty(&c.unacked));
	CHECK_EQ(times_shown("guest-1 left"), 0);
}

static void refused(void)
{
	int channels = 1;

	begin();
	while (c.phase == PHASE_TALK && channels < 1000 && comes_again())
		channels++;
	CHECK(c.phase == PHASE_FAREWELL && c.evicted);
	CHECKF(channels > 1 && channels < 1000, "%d channels", channels);
	CHECK_EQ(times_shown("! the server cannot go on"), 1);
}

static void bad_frame(void)
{
	struct frame_event *e = build(
		(struct frame_event){.kind = EVENT_PUBLIC}, "bob", "", "hi");

	begin();
	welcome("guest-1", 0, EVENT_FRESH);
	e->kind = EVENT_WHO; /* children make those themselves */
	tell(e);
	CHECK(c.phase == PHASE_FAREWELL && c.evicted);
	CHECK_EQ(times_shown("! the server cannot go on"), 1);
}

/* A newline from another child is no line of the server's, in whatever text it
 * comes; in a message each line has its sender. */
static void forged_lines(void)
{
	static const enum event_kind kinds[] = {EVENT_TOPIC, EVENT_LEAVE,
		EVENT_KICK, EVENT_NOTICE, EVENT_ERROR, EVENT_RENAME, EVENT_AWAY,
		EVENT_BYE, EVENT_INVITE, EVENT_MODE};
	static char many[2 * 100 + 1];

	begin();
	welcome("guest-1", 0, EVENT_FRESH);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		tell(build_in((struct frame_event){.kind = (uint8_t)kinds[i],
				      .audience = AUDIENCE_EVERYONE,
				      .id = JOIN_ID + 1 + i,
				      .seq = JOIN_ID + 1 + i,
				      .from_slot = OTHER,
				      .from_generation = 1},
			"bob", "carol", "dev", "x\n* forged\r* forged"));
		CHECK_EQ(times_shown("\n* forged"), 0);
		CHECK_EQ(times_shown("\r"), 0);
	}
	begin();
	welcome("guest-1", 0, EVENT_FRESH);
	say(JOIN_ID + 1, "x\n* forged");
	CHECK_EQ(times_shown("[bob] * forged\n"), 1);
	for (size_t i = 0; i + 1 < sizeof(many); i++)
		many[i] = i % 2 == 0 ? 'x' : '\n';
	say(JOIN_ID + 2, many);
	CHECK_EQ(times_shown("[bob] x\n"), MESSAGE_LINES_MAX);
}

/* --- rooms ---------------------------------------------------------------- */

static struct frame_event in_dev(
	enum event_kind kind, uint64_t id, uint64_t seq)
{
	return (struct frame_event){.kind = (uint8_t)kind,
		.audience = AUDIENCE_ROOM,
		.id = id,
		.seq = seq,
		.from_slot = OTHER,
		.from_generation = 1,
		.room = DEV,
		.room_generation = 1,
		.online = 2};
}

static void say_in_dev(uint64_t id, uint64_t seq, const char *text)
{
	tell(build_in(in_dev(EVENT_PUBLIC, id, seq), "bob", "", "dev", text));
}

/* The own join, by a frame of ours; 0: by none. */
static void join_dev(uint64_t id, uint64_t seq, uint64_t counter)
{
	struct frame_event e = in_dev(EVENT_JOIN, id, seq);

	e.from_slot = SLOT;
	e.from_generation = c.generation;
	e.counter = counter;
	tell(build_in(e, "guest-1", "", "dev", ""));
}

/* The client wants to talk there. */
static void ask_for_dev(void)
{
	begin();
	welcome("guest-1", 0, EVENT_FRESH);
	memcpy(c.memberships.wanted, "dev", 3);
	c.memberships.wanted_len = 3;
	c.join = unacked_add(&c.unacked,
		&(const struct frame_up){.kind = UP_JOIN},
		(struct span){"dev", 3}, SPAN_EMPTY, SPAN_EMPTY);
	CHECK(receives(UP_JOIN, c.join));
	CHECK(!input_is_open(&c));
}

static void enters(void)
{
	ask_for_dev();
	join_dev(JOIN_ID + 5, 7, 1);
	CHECK(c.join == 0 && input_is_open(&c) && c.memberships.here == DEV);
	CHECK_EQ(times_shown("#dev * guest-1 joined (2 here)\n"), 1);
	say_in_dev(90, 5, "old");
	say_in_dev(JOIN_ID + 6, 8, "new");
	CHECK_EQ(times_shown("#dev [bob 0 s ago] old"), 0); /* age: decades */
	CHECK_EQ(times_shown("#dev [bob "), 1);
	CHECK_EQ(times_shown("#dev [bob] new"), 1);
	/* Numbers of rooms are none of the lobby's. */
	CHECK(comes_again());
	CHECK(attached.last_id == JOIN_ID + 6 && attached.last_seq == 0);
}

/* The topic comes with the room, unless the dialect tells it itself. */
static void topics(void)
{
	struct dialect lists;

	ask_for_dev();
	rooms.rooms[DEV].topic[0].len = 3;
	memcpy(rooms.rooms[DEV].topic[0].text, "tea", 3);
	join_dev(JOIN_ID + 5, 7, 1);
	CHECK_EQ(times_shown("#dev * topic: tea\n"), 1);
	ask_for_dev();
	lists = *c.dialect;
	lists.watches = true;
	c.dialect = &lists;
	join_dev(JOIN_ID + 5, 7, 1);
	CHECK_EQ(times_shown("#dev * guest-1 joined (2 here)\n"), 1);
	CHECK_EQ(times_shown("topic"), 0);
	rooms.rooms[DEV].topic[0].len = 0;
}

/* In a burst the others read a digest; the client still goes on from there. */
static void enters_in_a_burst(void)
{
	struct frame_event e = in_dev(EVENT_JOIN, JOIN_ID + 5, 7);

	ask_for_dev();
	c.dialect = &dialect_events;
	e.audience = AUDIENCE_FROM;
	e.from_slot = SLOT;
	e.from_generation = c.generation;
	e.counter = 1;
	tell(build_in(e, "guest-1", "", "dev", ""));
	CHECK(c.join == 0 && c.memberships.here == DEV);
	CHECK_EQ(times_shown("join\t7\t0\tguest-1\t#dev\t2\n"), 1);
}

static void enters_not(void)
{
	ask_for_dev();
	tell(build_in((struct frame_event){.kind = EVENT_ERROR,
			      .audience = AUDIENCE_TO,
			      .error = ERROR_ROOM_FULL,
			      .id = JOIN_ID + 5,
			      .seq = JOIN_SEQ,
			      .counter = 1,
			      .more = 10,
			      .from_slot = SLOT,
			      .from_generation = c.generation,
			      .to_slot = SLOT,
			      .to_generation = c.generation},
		"", "", "dev", ""));
	CHECK_EQ(times_shown("! #dev is full: at most 10\n"), 1);
	CHECK(c.join == 0 && c.memberships.here == ROOM_LOBBY);
	CHECK(unacked_is_empty(&c.unacked));
}

/* The relay dies in the middle of the room's scrollback; then before it. */
static void room_scrollback_goes_on(void)
{
	ask_for_dev();
	join_dev(JOIN_ID + 5, 7, 1);
	say_in_dev(90, 5, "one");
	CHECK(comes_again());
	CHECK_EQ(attached.last_id, JOIN_ID + 4);
	welcome("guest-1", 1, 0);
	join_dev(JOIN_ID + 5, 7, 1);
	CHECK(comes_again());
	CHECK_EQ(attached.last_id, JOIN_ID + 4);
	welcome("guest-1", 1, 0);
	join_dev(JOIN_ID + 5, 7, 1);
	say_in_dev(90, 5, "one");
	say_in_dev(91, 6, "two");
	say_in_dev(JOIN_ID + 6, 8, "live");
	CHECK_EQ(times_shown("guest-1 joined"), 1);
	CHECK_EQ(times_shown("] one"), 1);
	CHECK_EQ(times_shown("] two"), 1);
	CHECK_EQ(times_shown("#dev [bob] live"), 1);
}

/* A relay that dies after it has let the client in: the event still comes. */
static void told_late(void)
{
	ask_for_dev();
	CHECK(comes_again());
	welcome("guest-1", 1, 0);
	CHECK(c.join == 1 && !input_is_open(&c));
	join_dev(JOIN_ID + 5, 7, 1);
	CHECK(c.join == 0 && c.memberships.here == DEV);
}

static void room_gaps(void)
{
	ask_for_dev();
	join_dev(JOIN_ID + 5, 7, 1);
	say_in_dev(JOIN_ID + 6, 8, "hi");
	CHECK(comes_again());
	welcome("guest-1", 1, 0);
	tell_room(DEV, 11);
	tell_room(ROOM_LOBBY, JOIN_SEQ);
	CHECK_EQ(times_shown("#dev * you missed 3 messages\n"), 1);
	CHECK_EQ(times_shown("any more"), 0);
	/* And the next time there is nothing of it. */
	CHECK(comes_again());
	welcome_after("guest-1", 1, 0, 2);
	tell_room(ROOM_LOBBY, JOIN_SEQ + 2);
	CHECK_EQ(times_shown("\n* you missed 2 messages\n"), 1);
	CHECK_EQ(times_shown("#dev * you are not in it any more\n"), 1);
	CHECK(c.memberships.here == ROOM_LOBBY);
}

/* A client that keeps lists is told of each gap, also of what is not counted,
 * and when it is known from where on it has all. */
static void gaps_of_lists(void)
{
	struct dialect lists = *c.dialect;

	ask_for_dev();
	join_dev(JOIN_ID + 5, 7, 1);
	lists.watches = true;
	c.dialect = &lists;
	CHECK(comes_again());
	welcome_after("guest-1", 1, 0, 2);
	CHECK_EQ(times_shown("you missed"), 0);
	CHECK(comes_again());
	welcome_after("guest-1", 1, 0, 3);
	tell_room_after(DEV, 7, JOIN_ID + 40);
	CHECK_EQ(times_shown("#dev * you missed 0 messages\n"), 1);
	tell_room_after(ROOM_LOBBY, JOIN_SEQ, JOIN_ID + 40);
	CHECK_EQ(times_shown("\n* you missed 5 messages\n"), 1);
	CHECK(comes_again());
	CHECK_EQ(attached.last_id, JOIN_ID + 40);
	welcome("guest-1", 1, 0);
	tell_room_after(DEV, 7, JOIN_ID + 50);
	tell_room_after(ROOM_LOBBY, JOIN_SEQ, JOIN_ID + 50);
	CHECK_EQ(times_shown("\n* you missed 0 messages\n"), 1);
	/* A leave that nobody counts is missed as one message. */
	CHECK(comes_again());
	CHECK_EQ(attached.last_seq, JOIN_SEQ);
	welcome_after("guest-1", 1, 0, 1);
	tell_room_after(ROOM_LOBBY, JOIN_SEQ, JOIN_ID + 60);
	CHECK(comes_again());
	CHECK_EQ(attached.last_seq, JOIN_SEQ);
}

/* The answer to a join is among what was missed. */
static void missed_answer(void)
{
	ask_for_dev();
	CHECK(comes_again());
	welcome_after("guest-1", 1, 0, 9);
	tell_room(DEV, 11);
	tell_room(ROOM_LOBBY, JOIN_SEQ);
	CHECK(c.join == 0 && c.memberships.here == DEV);
	CHECK_EQ(times_shown("* you talk in #dev now\n"), 1);

	ask_for_dev();
	CHECK(comes_again());
	welcome_after("guest-1", 1, 0, 9);
	tell_room(ROOM_LOBBY, JOIN_SEQ);
	CHECK(c.join == 0 && c.memberships.here == ROOM_LOBBY);

	/* Not that of a relay that has not had the frame. */
	ask_for_dev();
	CHECK(comes_again());
	welcome_after("guest-1", 0, 0, 9);
	tell_room(ROOM_LOBBY, JOIN_SEQ);
	CHECK(c.join == 1 && receives(UP_JOIN, 1));
}

/* One's own leaves at the end are not shown, but the one that was asked for. */
static void leaves(void)
{
	struct frame_event e;

	ask_for_dev();
	join_dev(JOIN_ID + 5, 7, 1);
	e = in_dev(EVENT_LEAVE, JOIN_ID + 6, 8);
	e.from_slot = SLOT;
	e.from_generation = c.generation;
	tell(build_in(e, "guest-1", "", "dev", "going"));
	CHECK_EQ(times_shown("#dev * guest-1 left: going (2 here)\n"), 1);
	CHECK(c.memberships.here == ROOM_LOBBY);
	join_dev(JOIN_ID + 7, 9, 0);
	e.id = JOIN_ID + 8;
	e.flags = EVENT_QUIT;
	tell(build_in(e, "guest-1", "", "dev", ""));
	CHECK_EQ(times_shown("guest-1 left"), 1);
}

static void tell_bob(enum event_kind kind, uint64_t id)
{
	struct frame_event e = in_dev(kind, id, id);

	e.to_slot = SLOT;
	e.to_generation = c.generation;
	if (kind == EVENT_PRIVATE || kind == EVENT_INVITE)
		e.audience = AUDIENCE_BOTH;
	tell(build_in(e, "bob", "guest-1", "dev", "psst"));
}

static void ignores(void)
{
	begin();
	welcome("guest-1", 0, EVENT_FRESH);
	CHECK(ignored_add(&c.ignored, &table, OTHER));
	say(90, "old");
	say(JOIN_ID + 1, "new");
	tell_bob(EVENT_PUBLIC, JOIN_ID + 2);
	tell_bob(EVENT_ACTION, JOIN_ID + 3);
	tell_bob(EVENT_PRIVATE, JOIN_ID + 4);
	tell_bob(EVENT_INVITE, JOIN_ID + 5);
	CHECK_EQ(times_shown("bob"), 0);
	CHECK_EQ(c.channel.last_id, JOIN_ID + 5);
	/* That they are there is no secret. */
	tell_bob(EVENT_JOIN, JOIN_ID + 6);
	CHECK_EQ(times_shown("#dev * bob joined"), 1);
	CHECK(ignored_remove(&c.ignored, &table, OTHER));
	tell_bob(EVENT_PUBLIC, JOIN_ID + 7);
	CHECK_EQ(times_shown("#dev [bob] psst"), 1);
}

/* The list of lines that the client has asked for: twice, around them. */
static void tell_list(uint64_t id)
{
	tell(build((struct frame_event){.kind = EVENT_HISTORY,
			   .audience = AUDIENCE_TO,
			   .id = id,
			   .seq = JOIN_SEQ,
			   .counter = c.asked,
			   .from_slot = SLOT,
			   .from_generation = c.generation,
			   .to_slot = SLOT,
			   .to_generation = c.generation},
		"", "", ""));
}

/* Asks for what has been said, and gets the beginning of it. */
static void begin_list(void)
{
	begin();
	welcome("guest-1", 0, EVENT_FRESH);
	say(JOIN_ID + 1, "heard");
	c.asked = add(UP_HISTORY, SPAN_EMPTY, (struct span){"q", 1});
	CHECK(receives(UP_HISTORY, c.asked) && !input_is_open(&c));
	tell_list(JOIN_ID + 4);
}

/* The next line waits for the end of the list; its lines are old, change
 * nothing, and are not those of who is ignored. */
static void tells_the_past(void)
{
	begin_list();
	CHECK(!input_is_open(&c));
	say(JOIN_ID + 1, "heard");
	say(JOIN_ID + 2, "old");
	CHECK(ignored_add(&c.ignored, &table, OTHER));
	say(JOIN_ID + 3, "hidden");
	CHECK(ignored_remove(&c.ignored, &table, OTHER));
	CHECK_EQ(times_shown("[bob] heard"), 1);
	CHECK_EQ(times_shown("] heard"), 2);
	CHECK_EQ(times_shown("[bob] old"), 0);
	CHECK_EQ(times_shown("] old"), 1);
	CHECK_EQ(times_shown("hidden"), 0);
	CHECK_EQ(c.channel.last_id, JOIN_ID + 4);
	CHECK_EQ(c.channel.last_seq, JOIN_SEQ);
	CHECK(!input_is_open(&c));
	tell_list(JOIN_ID + 4);
	CHECK(input_is_open(&c));
	say(JOIN_ID + 5, "live");
	CHECK_EQ(times_shown("[bob] live"), 1);
	CHECK_EQ(c.channel.last_id, JOIN_ID + 5);
}

/* The rest does not come again; what is new does. */
static void past_breaks_off(void)
{
	static char many[2 * 100 + 1];

	for (size_t i = 0; i + 1 < sizeof(many); i++)
		many[i] = i % 2 == 0 ? 'x' : '\n';
	begin_list();
	say(JOIN_ID + 2, "old");
	say(JOIN_ID + 3, many); /* no more lines than what is new has */
	CHECK_EQ(times_shown("] x\n"), MESSAGE_LINES_MAX - 1);
	CHECK(comes_again());
	CHECK_EQ(attached.last_id, JOIN_ID + 4);
	CHECK(!input_is_open(&c));
	welcome("guest-1", c.asked, 0);
	CHECK(input_is_open(&c));
	say(JOIN_ID + 5, "live");
	CHECK_EQ(times_shown("[bob] live"), 1);
}

/* In the log, or beside it: it is news, of no age and no number. */
static void since(void)
{
	struct frame_event e = {.kind = EVENT_SINCE,
		.audience = AUDIENCE_TO,
		.unix_ms = clock_wall_ms() - 5000,
		.more = 3,
		.to_slot = SLOT};

	begin();
	welcome("guest-1", 0, EVENT_FRESH);
	e.to_generation = c.generation;
	tell(build(e, "", "", ""));
	CHECK_EQ(times_shown("* 3 messages since you left at "), 1);
	CHECK_EQ(c.channel.last_id, 0);
	e.id = JOIN_ID + 1;
	e.seq = JOIN_SEQ;
	e.more = 1;
	tell(build(e, "", "", ""));
	CHECK_EQ(times_shown("* 1 message since you left at "), 1);
	CHECK_EQ(c.channel.last_id, JOIN_ID + 1);
}

/* The last test: nothing can be attached after it. */
static void server_gone(void)
{
	begin();
	close(receiver);
	CHECK(!comes_again());
	CHECK(c.phase == PHASE_FAREWELL && c.evicted);
}

int main(void)
{
	if (!begin_all())
		return 1;

	RUN(first, "the first channel: name, no event, one welcome");
	RUN(waits_for_welcome, "frames wait for the welcome, and come again");
	RUN(rename_happened, "a welcome tells that a rename has happened");
	RUN(rename_refused, "a welcome tells that a rename was refused");
	RUN(rename_unknown, "a rename that no relay knows of is asked again");
	RUN(rename_told_late, "an older name is not put back");
	RUN(scrollback_goes_on, "scrollback goes on where it broke off");
	RUN(gaps_add_up, "what was missed is counted once");
	RUN(goodbye, "a goodbye is acknowledged by one's own leave");
	RUN(refused, "a relay that never welcomes ends the connection");
	RUN(bad_frame, "a bad frame ends the connection");
	RUN(forged_lines, "no line comes of another's newline");
	RUN(enters, "a room is entered, and its scrollback is old");
	RUN(topics, "the topic of a room that is entered");
	RUN(enters_in_a_burst, "a room is entered in a burst");
	RUN(enters_not, "a room that cannot be entered");
	RUN(room_scrollback_goes_on,
		"a room's scrollback goes on where it broke off");
	RUN(told_late, "a join that the relay before has let happen");
	RUN(room_gaps, "what was missed in a room");
	RUN(gaps_of_lists, "what a client that keeps lists has missed");
	RUN(missed_answer, "a join whose answer was missed");
	RUN(leaves, "one's own leave is shown, but not at the end");
	RUN(ignores, "who is ignored is not read");
	RUN(tells_the_past, "what was said before is asked for");
	RUN(past_breaks_off, "and its channel ends in the middle");
	RUN(since, "what was said since the client was here");
	RUN(server_gone, "the end of the server ends the connection");
	end_all();
	return unit_end();
}

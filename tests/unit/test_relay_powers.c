/* SPDX-License-Identifier: MIT */
/* Tests of server/relay: who may enter a room, talk there and rule it, and what
 * each member reads of that.
 * Runs in: nothing but tests. */
#include "tests/unit/relay_rig.h"

enum {
	ALICE,
	BOB,
	CAROL,
	DAVE
};

/* alice makes the room, bob comes. */
static void begin_dev(void)
{
	begin(3, 2);
	CHECK(enter(ALICE, "dev", NULL) && enter(BOB, "dev", NULL));
	skip();
}

static void enters(void)
{
	begin(2, 2);
	CHECK(enter(ALICE, "dev", NULL));
	READS(ALICE, "#dev alice joins (1)");
	CHECK(say(ALICE, "dev", "one") && say(ALICE, "DEV", "two"));
	CHECK(say(ALICE, "dev", "three") && enter(BOB, "Dev", NULL));
	CHECK(say(BOB, "dev", "hi") && say(BOB, NULL, "all"));
	READS(ALICE, "#dev alice says: one | #dev alice says: two | "
		     "#dev alice says: three | #dev bob joins (2) | "
		     "#dev bob says: hi | bob says: all");
	READS(CAROL, "bob says: all");
}

/* The lines before the join, as far as they are kept, come after it. */
static void scrollback(void)
{
	begin(2, 2);
	CHECK(enter(ALICE, "dev", NULL));
	for (int i = 0; i < 3; i++)
		CHECK(say(ALICE, "dev", i == 0 ? "a" : i == 1 ? "b" : "c"));
	CHECK(enter(BOB, "dev", NULL));
	READS(BOB, "#dev bob joins (2) | #dev alice says: b | "
		   "#dev alice says: c");
	CHECK(say(ALICE, "dev", "d"));
	READS(BOB, "#dev alice says: d");
	begin(0, 2);
	CHECK(enter(ALICE, "dev", NULL) && say(ALICE, "dev", "a"));
	CHECK(enter(BOB, "dev", NULL) && say(ALICE, "dev", "b"));
	READS(BOB, "#dev bob joins (2) | #dev alice says: b");
}

static void leaves(void)
{
	begin_dev();
	CHECK(say(ALICE, "dev", "a") && part(BOB, "dev"));
	CHECK(say(ALICE, "dev", "b") && part(BOB, "dev"));
	CHECK(say(BOB, "dev", "c") && part(BOB, "lobby"));
	READS(BOB, "#dev alice says: a | #dev bob leaves (1) | "
		   "#dev error 4 | #dev error 4 | #lobby error 4");
	READS(ALICE, "#dev alice says: a | #dev bob leaves (1) | "
		     "#dev alice says: b");
	CHECK(part(ALICE, "dev") && say(ALICE, "dev", "d"));
	READS(ALICE, "#dev alice leaves (0) | #dev error 3");
}

/* Nothing of a room is for the next one of its number, in one round or two, nor
 * for one behind a relay's end. */
static void number_reused(void)
{
	begin(3, 1);
	for (int i = 0; i < 3; i++) {
		CHECK(enter(ALICE, "dev", NULL) && say(ALICE, "dev", "a"));
		if (i == 1)
			turn();
		CHECK(part(ALICE, "dev"));
		if (i == 2)
			replace_relay();
		CHECK(enter(BOB, "ops", NULL) && say(BOB, "ops", "b"));
		CHECK(enter(CAROL, "ops", NULL));
		READS(ALICE, i < 2 ? "#dev alice joins (1) | #dev alice says: a"
				     " | #dev alice leaves (0)"
				   : "welcome | #dev alice joins (1) | "
				     "#dev alice says: a | "
				     "#dev alice leaves (0)");
		READS(BOB, i < 2 ? "#ops bob joins (1) | #ops bob says: b | "
				   "#ops carol joins (2)"
				 : "welcome | #ops bob joins (1) | "
				   "#ops bob says: b | #ops carol joins (2)");
		READS(CAROL, i < 2 ? "#ops carol joins (2) | #ops bob says: b"
				   : "welcome | #ops carol joins (2) | "
				     "#ops bob says: b");
		CHECK(part(BOB, "ops") && part(CAROL, "ops"));
		skip();
	}
}

static void operators(void)
{
	begin_dev();
	CHECK(kick(BOB, "dev", "alice", false));
	CHECK(give(BOB, "dev", MODE_OPERATOR, true, "bob"));
	READS(BOB, "#dev error 7: alice | #dev error 7: bob");
	CHECK(kick(ALICE, "dev", "carol", false));
	CHECK(kick(ALICE, "dev", "nobody", false));
	READS(ALICE, "#dev error 5: carol | #dev error 1: nobody");
	CHECK(give(ALICE, "dev", MODE_OPERATOR, true, "bob"));
	CHECK(kick(BOB, "dev", "alice", false));
	CHECK(say(BOB, "dev", "alone"));
	READS(ALICE, "#dev alice mode 1+ bob | #dev bob kicks alice");
	READS(BOB, "#dev alice mode 1+ bob | #dev bob kicks alice | "
		   "#dev bob says: alone");
	CHECK(enter(ALICE, "dev", NULL));
	READS(ALICE, "#dev alice joins (2) | #dev bob says: alone");
	CHECK(kick(ALICE, "lobby", "bob", false));
	READS(ALICE, "#lobby error 7: bob");
}

/* The one who is there longest rules next; whoever is alone rules. */
static void succession(void)
{
	begin_dev();
	CHECK(enter(CAROL, "dev", NULL) && part(ALICE, "dev"));
	READS(CAROL, "#dev carol joins (3) | #dev alice leaves (2) | "
		     "#dev mode 1+ bob");
	CHECK(give(BOB, "dev", MODE_OPERATOR, false, "bob"));
	READS(CAROL, "#dev bob mode 1- bob | #dev mode 1+ carol");
	vanish(BOB);
	READS(CAROL, "#dev bob leaves (1)");
	CHECK(give(CAROL, "dev", MODE_OPERATOR, false, "carol"));
	READS(CAROL, "#dev carol mode 1- carol | #dev mode 1+ carol");
	skip();
	CHECK(enter(ALICE, "dev", NULL));
	CHECK(kick(CAROL, "dev", "carol", false));
	READS(ALICE, "#dev alice joins (2) | #dev carol kicks carol | "
		     "#dev mode 1+ alice");
}

static void bans(void)
{
	begin_dev();
	arrive(DAVE, "dave", "192.0.2.2:9"); /* at bob's host */
	CHECK(kick(ALICE, "dev", "bob", true));
	skip();
	CHECK(enter(BOB, "dev", NULL) && enter(DAVE, "dev", NULL));
	READS(BOB, "#dev error 9");
	READS(DAVE, "#dev error 9");
	CHECK(kick(ALICE, "dev", "carol", true));
	CHECK(kick(ALICE, "dev", "nobody", true));
	CHECK(enter(CAROL, "dev", NULL));
	READS(CAROL, "#dev error 9");
	READS(ALICE, "#dev alice mode 3+ carol | #dev alice mode 3+ nobody");
	replace_relay();
	CHECK(enter(BOB, "dev", NULL));
	READS(BOB, "welcome | #dev error 9");
	CHECK(give(ALICE, "dev", MODE_BAN, false, "Bob"));
	CHECK(give(ALICE, "dev", MODE_BAN, false, "bob"));
	READS(ALICE, "welcome | #dev alice mode 3- Bob | #dev error 13: bob");
	CHECK(enter(BOB, "dev", NULL));
	READS(BOB, "#dev bob joins (2)");
}

/* A ban alone removes nobody; who is banned is in there, and silent, unless it
 * has a power. */
static void ban_alone(void)
{
	begin_dev();
	CHECK(give(ALICE, "dev", MODE_BAN, true, "bob"));
	CHECK(say(BOB, "dev", "a") && say(BOB, NULL, "b"));
	READS(BOB, "#dev alice mode 3+ bob | #dev error 17 | bob says: b");
	CHECK(give(ALICE, "dev", MODE_VOICE, true, "bob"));
	CHECK(say(BOB, "dev", "c"));
	READS(BOB, "#dev alice mode 2+ bob | #dev bob says: c");
	CHECK(part(BOB, "dev") && enter(BOB, "dev", NULL));
	READS(BOB, "#dev bob leaves (1) | #dev error 9");
}

/* Of all whom a mask means, but for those who are exempt, under any name. */
static void masks(void)
{
	begin_dev();
	CHECK(give(ALICE, "dev", MODE_BAN, true, "C?r*"));
	skip();
	CHECK(enter(CAROL, "dev", NULL));
	READS(CAROL, "#dev error 9");
	CHECK(give(ALICE, "dev", MODE_EXEMPT, true, "*rol"));
	replace_relay();
	CHECK(enter(CAROL, "dev", NULL));
	READS(CAROL, "welcome | #dev carol joins (3)");
	CHECK(give(ALICE, "dev", MODE_EXEMPT, false, "carol"));
	CHECK(give(ALICE, "dev", MODE_EXEMPT, false, "*ROL"));
	READS(ALICE, "welcome | #dev alice mode 12+ *rol | "
		     "#dev carol joins (3) | #dev error 18: carol | "
		     "#dev alice mode 12- *ROL");
	CHECK(say(CAROL, "dev", "a"));
	READS(CAROL, "#dev alice mode 12- *ROL | #dev error 17");
	CHECK(!give(ALICE, "dev", MODE_BAN, true, "a b*"));
	CHECK(!give(CAROL, "dev", MODE_VOICE, true, "c*"));
}

static void mutes(void)
{
	begin_dev();
	CHECK(give(ALICE, "dev", MODE_MUTE, true, "bob"));
	CHECK(give(ALICE, "dev", MODE_MUTE, true, "carol"));
	CHECK(say(BOB, "dev", "a") && enter(CAROL, "dev", NULL));
	READS(BOB, "#dev alice mode 11+ bob | #dev alice mode 11+ carol | "
		   "#dev error 17 | #dev carol joins (3)");
	CHECK(give(ALICE, "dev", MODE_EXEMPT, true, "bob"));
	CHECK(say(BOB, "dev", "b") && say(CAROL, "dev", "c"));
	READS(BOB, "#dev alice mode 12+ bob | #dev bob says: b");
	/* It is no ban: ending one does not end it. */
	CHECK(give(ALICE, "dev", MODE_BAN, false, "carol"));
	CHECK(give(ALICE, "dev", MODE_MUTE, false, "carol"));
	CHECK(say(CAROL, "dev", "d"));
	READS(BOB, "#dev alice mode 11- carol | #dev carol says: d");
}

static bool ask_list(uint32_t slot, enum room_mode mode)
{
	return ask(slot,
		(struct request){.kind = UP_BANS, .room = "dev", .mode = mode});
}

static void told_lists(void)
{
	begin_dev();
	CHECK(kick(ALICE, "dev", "dave", true));
	CHECK(give(ALICE, "dev", MODE_MUTE, true, "m*"));
	CHECK(give(ALICE, "dev", MODE_ADMIT, true, "carol"));
	skip();
	CHECK(ask_list(BOB, MODE_NONE));
	READS(BOB, "#dev lists 3 dave alice 11 m* alice 13 carol alice");
	CHECK(ask_list(BOB, MODE_BAN));
	READS(BOB, "#dev lists 3- 3 dave alice 11 m* alice 13 carol alice");
	CHECK(ask_list(CAROL, MODE_NONE));
	READS(CAROL, "#dev error 4");
	CHECK(!ask_list(BOB, MODE_LOCKED));
}

static void standing_invitation(void)
{
	begin_dev();
	CHECK(set(ALICE, "dev", MODE_INVITE, true, NULL));
	CHECK(give(ALICE, "dev", MODE_ADMIT, true, "CAROL"));
	for (int i = 0; i < 2; i++)
		CHECK(enter(CAROL, "dev", NULL) && part(CAROL, "dev"));
	CHECK(give(ALICE, "dev", MODE_ADMIT, false, "carol"));
	CHECK(enter(CAROL, "dev", NULL));
	READS(CAROL, "#dev carol joins (3) | #dev carol leaves (2) | "
		     "#dev carol joins (3) | #dev carol leaves (2) | "
		     "#dev error 10");
}

/* Who is outside reads what it has said there, and nothing else. */
static void from_outside(void)
{
	begin_dev();
	CHECK(say(CAROL, "dev", "a"));
	READS(CAROL, "#dev error 4");
	CHECK(set(ALICE, "dev", MODE_EXTERNAL, true, NULL));
	CHECK(say(BOB, NULL, "all") && say(CAROL, "dev", "b") &&
		say(BOB, "dev", "c"));
	READS(CAROL, "bob says: all | #dev carol says: b");
	READS(BOB, "#dev alice mode 10+ | bob says: all | "
		   "#dev carol says: b | #dev bob says: c");
	CHECK(set(ALICE, "dev", MODE_MODERATED, true, NULL));
	CHECK(say(CAROL, "dev", "d"));
	CHECK(set(ALICE, "dev", MODE_MODERATED, false, NULL));
	CHECK(give(ALICE, "dev", MODE_MUTE, true, "carol"));
	CHECK(say(CAROL, "dev", "e"));
	CHECK(give(ALICE, "dev", MODE_MUTE, false, "carol"));
	CHECK(set(ALICE, "dev", MODE_SECRET, true, NULL));
	CHECK(say(CAROL, "dev", "f"));
	READS(CAROL, "#dev error 8 | #dev error 17 | #dev error 3");
}

static bool say_status(uint32_t slot, const char *room, enum room_mode mode)
{
	return ask(slot, (struct request){.kind = UP_PUBLIC,
				 .room = room,
				 .text = "psst",
				 .mode = mode});
}

/* A message for those with a power, and its sender. */
static void for_power(void)
{
	begin_dev();
	arrive(DAVE, "dave", "192.0.2.4:1");
	CHECK(enter(CAROL, "dev", NULL) && enter(DAVE, "dev", NULL));
	CHECK(give(ALICE, "dev", MODE_VOICE, true, "carol"));
	skip();
	CHECK(say_status(BOB, "dev", MODE_OPERATOR));
	CHECK(say(ALICE, "dev", "and"));
	CHECK(say_status(BOB, "dev", MODE_VOICE));
	READS(ALICE, "#dev bob says 1-: psst | #dev alice says: and | "
		     "#dev bob says 2-: psst");
	READS(BOB, "#dev bob says 1-: psst | #dev alice says: and | "
		   "#dev bob says 2-: psst");
	READS(CAROL, "#dev alice says: and | #dev bob says 2-: psst");
	READS(DAVE, "#dev alice says: and");
	/* Nobody who comes later reads it. */
	CHECK(part(DAVE, "dev") && enter(DAVE, "dev", NULL));
	READS(DAVE, "#dev dave leaves (3) | #dev dave joins (4) | "
		    "#dev alice says: and");
	CHECK(say_status(BOB, "lobby", MODE_OPERATOR));
	READS(BOB, "#dev dave leaves (3) | #dev dave joins (4) | "
		   "#lobby error 7");
	CHECK(!say_status(BOB, NULL, MODE_OPERATOR));
	CHECK(!say_status(CAROL, "dev", MODE_LOCKED));
}

/* Who gets the power later has not been told, however long it lags. */
static void for_power_since(void)
{
	uint64_t before;

	begin_dev();
	before = users[BOB].last_id;
	CHECK(say_status(ALICE, "dev", MODE_OPERATOR));
	CHECK(give(ALICE, "dev", MODE_OPERATOR, true, "bob"));
	READS(BOB, "#dev alice mode 1+ bob");
	close(users[BOB].fd);
	users[BOB].last_id = before;
	attach(BOB);
	READS(BOB, "welcome | #dev alice mode 1+ bob");
	CHECK(say_status(ALICE, "dev", MODE_OPERATOR));
	READS(BOB, "#dev alice says 1-: psst");
}

static void secret(void)
{
	begin_dev();
	CHECK(set(ALICE, "dev", MODE_SECRET, true, NULL));
	skip();
	CHECK(say(CAROL, "dev", "a") && part(CAROL, "dev"));
	CHECK(kick(CAROL, "dev", "bob", false) && enter(CAROL, "dev", NULL));
	READS(CAROL, "#dev error 3 | #dev error 3 | #dev error 3: bob | "
		     "#dev carol joins (3)");
}

/* Of the room without a value, in one event. */
static void several_modes(void)
{
	begin_dev();
	CHECK(set(ALICE, "dev", MODE_SEVERAL, false, "+f+g-e"));
	CHECK(say(BOB, "dev", "a") && enter(CAROL, "dev", NULL));
	READS(BOB, "#dev alice mode 14-: +f+g-e | #dev error 8");
	READS(CAROL, "#dev error 10");
	CHECK(set(BOB, "dev", MODE_SEVERAL, false, "-f-g"));
	CHECK(set(ALICE, "dev", MODE_SEVERAL, false, "-f-g"));
	READS(BOB, "#dev error 7 | #dev alice mode 14-: -f-g");
	CHECK(!set(ALICE, "dev", MODE_SEVERAL, false, "+f+h"));
	CHECK(!set(BOB, "dev", MODE_SEVERAL, false, "+f+"));
}

static void invited_where(void)
{
	begin_dev();
	CHECK(ask(CAROL, (struct request){.kind = UP_INVITES}));
	CHECK(enter(BOB, "ops", NULL) && invite(BOB, "ops", "carol"));
	CHECK(invite(ALICE, "dev", "carol"));
	turn();
	CHECK(ask(CAROL, (struct request){.kind = UP_INVITES}));
	CHECK(enter(CAROL, "ops", NULL));
	turn();
	CHECK(ask(CAROL, (struct request){.kind = UP_INVITES}));
	READS(CAROL, "invited: | #ops bob invites carol | "
		     "#dev alice invites carol | invited: #dev #ops | "
		     "#ops carol joins (2) | invited: #dev");
}

/* Who asks on without an answer is no honest child. */
static void one_question(void)
{
	begin_dev();
	CHECK(ask(ALICE, (struct request){.kind = UP_BANS, .room = "dev"}));
	turn();
	CHECK(ask(ALICE, (struct request){.kind = UP_INVITES}));
	CHECK(!ask(ALICE, (struct request){.kind = UP_INVITES}));
	/* Nor while its channel takes no answer. */
	CHECK(ask(BOB, (struct request){.kind = UP_INVITES}));
	s.members[BOB].lagging = true;
	s.members[BOB].cursor = s.members[BOB].asked_end - 1;
	s.round_start = s.members[BOB].asked_end;
	CHECK(!ask(BOB, (struct request){.kind = UP_BANS, .room = "dev"}));
}

static void bans_full(void)
{
	char name[NAME_MAX_BYTES];

	begin_dev();
	for (unsigned i = 1; i < ROOM_BANS_MAX; i++) {
		snprintf(name, sizeof(name), "user-%u", i);
		CHECK(kick(ALICE, "dev", name, true));
	}
	CHECK(kick(ALICE, "dev", "carol", true));
	skip();
	CHECK(kick(ALICE, "dev", "bob", true));
	READS(ALICE, "#dev error 14 16: bob");
	/* The same ban again needs no place: the first may have been cut short
	 * by a relay's end. */
	CHECK(kick(ALICE, "dev", "carol", true));
	CHECK(give(ALICE, "dev", MODE_BAN, false, "user-3"));
	CHECK(kick(ALICE, "dev", "bob", true));
	READS(ALICE, "#dev alice mode 3+ carol | #dev alice mode 3- user-3 | "
		     "#dev alice kicks for ever bob");
}

static void by_invitation(void)
{
	begin_dev();
	CHECK(set(ALICE, "dev", MODE_INVITE, true, NULL));
	skip();
	CHECK(enter(CAROL, "dev", NULL) && invite(BOB, "dev", "carol"));
	READS(BOB, "#dev error 7: carol");
	CHECK(invite(ALICE, "dev", "carol") && invite(ALICE, "dev", "bob"));
	READS(CAROL, "#dev error 10 | #dev alice invites carol");
	READS(ALICE, "#dev alice invites carol | #dev error 6: bob");
	CHECK(enter(CAROL, "dev", NULL) && part(CAROL, "dev"));
	CHECK(enter(CAROL, "dev", NULL));
	READS(CAROL, "#dev carol joins (3) | #dev carol leaves (2) | "
		     "#dev error 10");
}

static void key(void)
{
	begin_dev();
	CHECK(set(ALICE, "dev", MODE_KEY, true, "sesame"));
	CHECK(enter(CAROL, "dev", NULL) && enter(CAROL, "dev", "sesam"));
	CHECK(enter(CAROL, "dev", "sesame"));
	READS(CAROL, "#dev error 11 | #dev error 11 | #dev carol joins (3)");
	CHECK(part(CAROL, "dev") && set(ALICE, "dev", MODE_KEY, false, NULL));
	CHECK(enter(CAROL, "dev", NULL));
	READS(CAROL, "#dev carol leaves (2) | #dev carol joins (3)");
}

static void limit(void)
{
	begin_dev();
	CHECK(set(ALICE, "dev", MODE_LIMIT, true, "2"));
	CHECK(enter(CAROL, "dev", NULL));
	READS(CAROL, "#dev error 12 2");
	CHECK(set(ALICE, "dev", MODE_LIMIT, true, "3"));
	CHECK(enter(CAROL, "dev", NULL));
	READS(CAROL, "#dev carol joins (3)");
	/* No child sends one of these. */
	CHECK(!set(ALICE, "dev", MODE_LIMIT, true, "0"));
	CHECK(!set(BOB, "dev", MODE_LIMIT, true, "4294967297"));
	CHECK(!set(CAROL, "dev", MODE_LIMIT, true, "2x"));
}

static void moderated(void)
{
	begin_dev();
	CHECK(set(ALICE, "dev", MODE_MODERATED, true, NULL));
	CHECK(say(BOB, "dev", "a") && say(ALICE, "dev", "b"));
	READS(BOB, "#dev alice mode 5+ | #dev error 8 | #dev alice says: b");
	CHECK(give(ALICE, "dev", MODE_VOICE, true, "bob"));
	CHECK(say(BOB, "dev", "c"));
	READS(BOB, "#dev alice mode 2+ bob | #dev bob says: c");
	CHECK(give(ALICE, "dev", MODE_VOICE, false, "bob"));
	CHECK(say(BOB, "dev", "d"));
	CHECK(set(ALICE, "dev", MODE_MODERATED, false, NULL));
	CHECK(say(BOB, "dev", "e"));
	READS(BOB, "#dev alice mode 2- bob | #dev error 8 | "
		   "#dev alice mode 5- | #dev bob says: e");
}

static bool set_topic(uint32_t slot, const char *text)
{
	return ask(
		slot, (struct request){
			      .kind = UP_TOPIC, .room = "dev", .text = text});
}

static void topic(void)
{
	char text[TOPIC_MAX + 2];

	begin_dev();
	CHECK(set_topic(BOB, "noon"));
	CHECK(set(ALICE, "dev", MODE_LOCKED, true, NULL));
	CHECK(set_topic(BOB, "night") && set_topic(ALICE, NULL));
	READS(BOB, "#dev bob topic: noon | #dev alice mode 4+ | #dev error 7 | "
		   "#dev alice topic");
	CHECK(set_topic(CAROL, "mine"));
	READS(CAROL, "#dev error 4");
	memset(text, 'x', sizeof(text));
	text[TOPIC_MAX] = '\0';
	CHECK(set_topic(ALICE, text));
	text[TOPIC_MAX] = 'x';
	text[TOPIC_MAX + 1] = '\0';
	CHECK(!set_topic(ALICE, text));
}

static void limits(void)
{
	char name[NAME_MAX_BYTES];

	begin(3, ROOMS_PER_USER + 1);
	for (unsigned i = 0; i < ROOMS_PER_USER; i++) {
		snprintf(name, sizeof(name), "r%u", i);
		CHECK(enter(ALICE, name, NULL));
	}
	skip();
	CHECK(enter(ALICE, "more", NULL) && enter(ALICE, "R3", NULL));
	READS(ALICE, "#more error 16 16 | #R3 error 6");
	CHECK(enter(BOB, "more", NULL) && enter(BOB, "another", NULL));
	READS(BOB, "#more bob joins (1) | #another error 15 17");
	CHECK(part(ALICE, "r3") && enter(ALICE, "more", NULL));
	READS(ALICE, "#r3 alice leaves (0) | #more alice joins (2)");
	CHECK(enter(BOB, "another", NULL) && enter(BOB, "lobby", NULL));
	READS(BOB, "#more alice joins (2) | #another bob joins (1) | "
		   "#lobby error 6");
}

/* Who leaves the server leaves all rooms, and the rooms end or are ruled by
 * others. */
static void quits(void)
{
	begin_dev();
	CHECK(enter(ALICE, "ops", NULL));
	skip();
	CHECK(!ask(ALICE, (struct request){.kind = UP_BYE, .text = "so long"}));
	READS(BOB, "#dev alice leaves (1) | #dev mode 1+ bob | "
		   "alice leaves (2): so long");
	CHECK(rooms_find(&rooms, "ops", 3) == ROOM_NONE);
	arrive(ALICE, "zoe", "192.0.2.9:1");
	READS(ALICE, "welcome");
	CHECK(say(BOB, "dev", "a"));
	READS(ALICE, "");
}

static void forged_values(void)
{
	static const struct request sets[] = {
		{.mode = MODE_KEY, .text = "two words"},
		{.mode = MODE_KEY, .text = ":colon"},
		{.mode = MODE_KEY, .text = "one,two"},
		{.mode = MODE_LIMIT, .text = "000005"},
		{.mode = MODE_SEVERAL, .text = "+f-f"},
	};

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		begin_dev();
		CHECK(!set(ALICE, "dev", sets[i].mode,
			sets[i].mode != MODE_SEVERAL, sets[i].text));
	}
	begin_dev();
	CHECK(set(ALICE, "dev", MODE_KEY, true, "a:b"));
	CHECK(set(ALICE, "dev", MODE_LIMIT, true, "00005"));
}

/* A child that has been taken over: what no honest one sends ends it. */
static void forged(void)
{
	static char reason[TOPIC_MAX + 2];
	const struct request leaves = {
		.kind = UP_PART, .room = "dev", .text = reason};
	const struct request kicks = {
		.kind = UP_KICK, .room = "dev", .name = "bob", .text = reason};
	const struct request sets = {.kind = UP_MODE,
		.room = "dev",
		.mode = MODE_KEY,
		.on = true,
		.text = "a key"};

	memset(reason, 'x', TOPIC_MAX);
	begin_dev();
	CHECK(ask(BOB, leaves));
	begin_dev();
	CHECK(ask(ALICE, kicks));
	reason[TOPIC_MAX] = 'x';
	begin_dev();
	CHECK(!ask(BOB, leaves));
	begin_dev();
	CHECK(!ask(ALICE, kicks));
	begin_dev();
	CHECK(!ask(ALICE, sets));
	begin_dev();
	skip();
	CHECK(!ask(ALICE, (struct request){.kind = UP_BYE, .text = reason}));
	READS(BOB, "#dev alice leaves (1) | #dev mode 1+ bob");
}

int main(void)
{
	RUN(enters, "a room's lines are for who is in it");
	RUN(scrollback, "who enters reads what was said before");
	RUN(leaves, "who has left reads no more");
	RUN(number_reused, "rooms that share a number share nothing else");
	RUN(operators, "operators alone rule");
	RUN(succession, "a room always has an operator");
	RUN(bans, "who is banned stays out, by name and by address");
	RUN(ban_alone, "a ban alone kicks nobody");
	RUN(masks, "masks of names");
	RUN(mutes, "who is muted comes in, and is silent");
	RUN(told_lists, "members may read the lists");
	RUN(standing_invitation, "a standing invitation holds");
	RUN(from_outside, "an open room hears who is outside");
	RUN(for_power, "a message for operators, or those with voice");
	RUN(for_power_since, "and for who had the power then");
	RUN(secret, "a secret room is none for who is outside");
	RUN(several_modes, "several modes at once");
	RUN(invited_where, "which rooms a user is invited to");
	RUN(one_question, "one question at a time");
	RUN(bans_full, "a full list of bans takes no more");
	RUN(by_invitation, "an invitation is good for once");
	RUN(key, "who knows the key comes in");
	RUN(limit, "a full room takes nobody");
	RUN(moderated, "voice lets talk");
	RUN(topic, "a locked topic is the operators'");
	RUN(limits, "there are so many rooms, and so many for a user");
	RUN(quits, "who leaves the server leaves all rooms");
	RUN(forged_values, "values that no child lets pass");
	RUN(forged, "what no honest child sends");
	end();
	return unit_end();
}

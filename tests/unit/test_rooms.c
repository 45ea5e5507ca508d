/* SPDX-License-Identifier: MIT */
/* Tests of ipc/rooms.c: what each event does to the rooms.
 * Runs in: nothing but tests. */
#include "ipc/rooms.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/chance.h"
#include "tests/unit/rooms_rig.h"
#include "tests/unit/unit.h"

static void lobby(void)
{
	CHECK(begin());
	CHECK_EQ(number_of("lobby"), ROOM_LOBBY);
	CHECK_EQ(number_of("LOBBY"), ROOM_LOBBY);
	CHECK(rooms_exists(&r, ROOM_LOBBY));
	for (uint32_t i = 1; i <= ROOMS + 1; i++)
		CHECK(!rooms_exists(&r, i));
	CHECK_EQ(number_of("dev"), ROOM_NONE);
	/* Everyone is in it, without a place. */
	enter_lobby(3);
	CHECK(rooms_place(&r, 3, ROOM_LOBBY) == NULL);
	CHECK_EQ(r.rooms[ROOM_LOBBY].seq, 1);
	CHECK(rooms_are_sound(&r));
}

static void first_and_last(void)
{
	CHECK(begin());
	enter(3, "Dev");
	CHECK_EQ(number_of("dEV"), 1);
	CHECK(rooms_exists(&r, 1));
	CHECK_EQ(members("dev"), 1);
	CHECK(powers(3, "dev") == POWER_OPERATOR);
	CHECK(powers(4, "dev") == -1);
	enter(4, "Dev");
	CHECK_EQ(members("dev"), 2);
	CHECK(powers(4, "dev") == 0);
	leave(3, "Dev");
	CHECK_EQ(members("dev"), 1);
	CHECK(powers(3, "dev") == -1 && powers(4, "dev") == 0);
	leave(4, "Dev");
	CHECK_EQ(number_of("dev"), ROOM_NONE);
	CHECK(!rooms_exists(&r, 1));
	CHECK(rooms_place(&r, 4, 1) == NULL);
	CHECK(rooms_are_sound(&r));
}

/* Another room with the number of one that ended has nothing of it. */
static void next_generation(void)
{
	CHECK(begin());
	enter(3, "dev");
	enter(4, "dev");
	set_topic("dev", "old");
	set_mode("dev", MODE_LOCKED, true, "");
	set_mode("dev", MODE_KEY, true, "sesame");
	set_mode("dev", MODE_LIMIT, true, "5");
	ban("dev", "eve", "192.0.2.1");
	invite("dev", 7);
	leave(4, "dev");
	leave(3, "dev");
	enter(5, "ops");
	CHECK_EQ(number_of("ops"), 1);
	CHECK(has_topic("ops", ""));
	CHECK(modes("ops") == 0 && r.rooms[1].limit == 0);
	CHECK(private_of("ops")->key_len == 0 &&
		private_of("ops")->banned == 0 &&
		private_of("ops")->ninvites == 0);
	CHECK(rooms_place(&r, 3, 1) == NULL && rooms_place(&r, 4, 1) == NULL);
	CHECK(!was_in(3, "ops", 1));
	CHECK(powers(5, "ops") == POWER_OPERATOR);
}

static void full(void)
{
	char name[8];

	CHECK(begin());
	for (uint32_t i = 1; i <= ROOMS; i++) {
		CHECK_EQ(rooms_free(&r), i);
		snprintf(name, sizeof(name), "r%u", i);
		enter(i, name);
		CHECK_EQ(number_of(name), i);
	}
	CHECK_EQ(rooms_free(&r), ROOM_NONE);
	leave(7, "r7");
	CHECK_EQ(rooms_free(&r), 7);
	CHECK_EQ(number_of("r7"), ROOM_NONE);
	CHECK_EQ(number_of("r8"), 8);
}

/* --- places --------------------------------------------------------------- */

static void was(void)
{
	uint64_t first, left, again;

	CHECK(begin());
	enter(3, "dev");
	enter(4, "dev");
	first = last_id;
	set_topic("dev", "meanwhile");
	leave(4, "dev");
	left = last_id;
	set_topic("dev", "without");
	enter(4, "dev");
	again = last_id;
	/* One's own join and leave are in it. */
	CHECK(!was_in(4, "dev", first - 1) && was_in(4, "dev", first));
	CHECK(was_in(4, "dev", left - 1) && was_in(4, "dev", left));
	CHECK(!was_in(4, "dev", left + 1) && !was_in(4, "dev", again - 1));
	CHECK(was_in(4, "dev", again) && was_in(4, "dev", again + 1000));
	CHECK(was_in(3, "dev", left + 1));
	CHECK(!was_in(5, "dev", again));
	/* Who has the slot next was never in there. */
	leave(4, "dev");
	enter_lobby(4);
	CHECK(!was_in(4, "dev", first) && !was_in(4, "dev", again));
	CHECK(powers(4, "dev") == -1);
}

/* As of each event there is who was there after it. */
static void as_of(void)
{
	CHECK(begin());
	enter_lobby(3);  /* 1 */
	enter(3, "dev"); /* 2 */
	enter(4, "dev"); /* 3 */
	leave(3, "dev"); /* 4 */
	enter(5, "dev"); /* 5 */
	enter(3, "dev"); /* 6 */
	leave(5, "dev"); /* 7 */
	for (uint64_t id = 1; id < 10; id++) {
		bool in = (id >= 2 && id < 4) || id >= 6;

		CHECK((rooms_place_at(&r, 3, 1, id) != NULL) == in);
		CHECK((rooms_place_at(&r, 4, 1, id) != NULL) == (id >= 3));
		CHECK((rooms_place_at(&r, 5, 1, id) != NULL) ==
			(id >= 5 && id < 7));
	}
	CHECK(rooms_place_at(&r, 3, 1, ROOMS_NOW) == rooms_place(&r, 3, 1));
	CHECK(rooms_place_at(&r, 5, 1, ROOMS_NOW) == NULL);
	CHECK(rooms_place_at(&r, 3, ROOM_LOBBY, 1) == NULL);
}

static bool is_called(uint32_t slot, uint64_t id, const char *name)
{
	return strcmp(name_at(&r, slot, id), name) == 0;
}

/* The last two names are known as of when they were borne. */
static void stays(void)
{
	struct rooms_user u;

	CHECK(begin());
	CHECK(is_called(3, 0, "") && is_called(3, ROOMS_NOW, ""));
	enter_lobby(4);        /* 1 */
	enter_lobby(3);        /* 2 */
	change_name(3, "bob"); /* 3 */
	CHECK(is_called(3, 1, "") && is_called(3, 2, "somebody"));
	CHECK(is_called(3, 3, "bob") && is_called(3, ROOMS_NOW, "bob"));
	change_name(3, "carol"); /* 4 */
	CHECK(is_called(3, 3, "bob") && is_called(3, 4, "carol"));
	CHECK(is_called(3, 2, "bob")); /* the oldest that is known */
	leave_lobby(3);                /* 5 */
	CHECK(is_called(3, 4, "carol") && is_called(3, 5, ""));
	CHECK(is_called(4, ROOMS_NOW, "somebody"));
	CHECK(rooms_user(&r, 4, 1, &u) && u.generation == 104);
	/* What a user of before does late is nothing of the slot's now. */
	enter_lobby(3); /* 6 */
	CHECK(is_called(3, 5, "") && is_called(3, 6, "somebody"));
	happens((struct frame_event){.kind = EVENT_LEAVE,
			.audience = AUDIENCE_EVERYONE,
			.from_slot = 3,
			.from_generation = 99},
		"somebody", "", "", "");
	CHECK(is_called(3, ROOMS_NOW, "somebody"));
	/* A digest is of several, and of nobody's slot. */
	happens((struct frame_event){.kind = EVENT_LEAVE,
			.flags = EVENT_DIGEST,
			.from_slot = 3,
			.from_generation = 103},
		"", "", "", "bob");
	CHECK(is_called(3, ROOMS_NOW, "somebody"));
	CHECK(rooms_are_sound(&r));
}

static void says_that_it_is_away(uint32_t slot, const char *why)
{
	happens((struct frame_event){.kind = EVENT_AWAY,
			.audience = AUDIENCE_WATCHERS,
			.from_slot = slot,
			.from_generation = 100 + slot},
		"somebody", "", "", why);
}

static void since_when_one_is_away(void)
{
	CHECK(begin());
	enter_lobby(3); /* 1 */
	CHECK_EQ(atomic_load(&r.stays[3].away_id), 0);
	says_that_it_is_away(3, "at lunch"); /* 2 */
	CHECK_EQ(atomic_load(&r.stays[3].away_id), 2);
	says_that_it_is_away(3, "at tea"); /* 3 */
	CHECK_EQ(atomic_load(&r.stays[3].away_id), 3);
	says_that_it_is_away(3, ""); /* 4 */
	CHECK_EQ(atomic_load(&r.stays[3].away_id), 0);
	says_that_it_is_away(3, "for ever"); /* 5 */
	leave_lobby(3);
	enter_lobby(3); /* 7: another user */
	CHECK_EQ(atomic_load(&r.stays[3].away_id), 0);
}

static void all_places(void)
{
	char name[8];

	CHECK(begin());
	for (int i = 0; i < ROOMS_PER_USER; i++) {
		CHECK(rooms_free_place(&r, 3) == i);
		snprintf(name, sizeof(name), "r%d", i);
		enter(3, name);
	}
	CHECK(rooms_free_place(&r, 3) == -1);
	CHECK(rooms_free_place(&r, 4) == 0);
	for (int i = 0; i < ROOMS_PER_USER; i++) {
		snprintf(name, sizeof(name), "r%d", i);
		CHECK(powers(3, name) == POWER_OPERATOR);
	}
	/* The one that was left first. */
	leave(3, "r5");
	leave(3, "r2");
	CHECK(rooms_free_place(&r, 3) == 5);
	enter(3, "s1");
	CHECK(rooms_free_place(&r, 3) == 2);
	enter(3, "s2");
	CHECK(rooms_free_place(&r, 3) == -1);
	CHECK(powers(3, "s1") == POWER_OPERATOR);
	CHECK(powers(3, "r6") == POWER_OPERATOR);
}

static void kicks(void)
{
	struct frame_event e;

	CHECK(begin());
	enter(3, "dev");
	enter(4, "dev");
	e = in("dev", EVENT_KICK);
	e.from_slot = 3;
	e.to_slot = 4;
	e.online--;
	happens(e, "alice", "bob", "dev", "flood");
	CHECK(powers(4, "dev") == -1 && powers(3, "dev") == POWER_OPERATOR);
	CHECK_EQ(members("dev"), 1);
	CHECK(was_in(4, "dev", last_id) && !was_in(4, "dev", last_id + 1));
}

/* Several joins in one event: each had one of its own. */
static void digests(void)
{
	struct frame_event e;

	CHECK(begin());
	enter(3, "dev");
	e = in("dev", EVENT_JOIN);
	e.flags = EVENT_DIGEST;
	e.online = 9;
	happens(e, "", "", "dev", "bob");
	CHECK_EQ(members("dev"), 1);
	CHECK_EQ(r.rooms[1].seq, last_seq);
	e.kind = EVENT_LEAVE;
	e.online = 0;
	happens(e, "", "", "dev", "bob");
	CHECK_EQ(members("dev"), 1);
	CHECK(powers(0, "dev") == -1);
}

/* --- what a room has ------------------------------------------------------ */

static void topics(void)
{
	char text[TOPIC_MAX + 100];

	CHECK(begin());
	enter(3, "dev");
	CHECK(has_topic("dev", ""));
	set_topic("dev", "release at noon");
	CHECK(has_topic("dev", "release at noon"));
	CHECK(rooms_topic(&r, 1)->by_len == strlen("somebody"));
	set_topic("dev", "later");
	CHECK(has_topic("dev", "later"));
	set_topic("dev", "");
	CHECK(has_topic("dev", ""));
	memset(text, 'x', sizeof(text));
	text[TOPIC_MAX] = '\0';
	set_topic("dev", text);
	CHECK(has_topic("dev", text));
	text[TOPIC_MAX] = 'x';
	text[sizeof(text) - 1] = '\0';
	set_topic("dev", text);
	CHECK_EQ(rooms_topic(&r, 1)->len, TOPIC_MAX);
	CHECK_EQ(number_of("dev"), 1);
}

static void all_powers(void)
{
	CHECK(begin());
	enter(3, "dev");
	enter(4, "dev");
	set_power("dev", MODE_VOICE, true, 4, "bob");
	CHECK(powers(4, "dev") == POWER_VOICE);
	set_power("dev", MODE_OPERATOR, true, 4, "bob");
	CHECK(powers(4, "dev") == (POWER_VOICE | POWER_OPERATOR));
	set_power("dev", MODE_VOICE, false, 4, "bob");
	set_power("dev", MODE_OPERATOR, false, 3, "alice");
	CHECK(powers(4, "dev") == POWER_OPERATOR && powers(3, "dev") == 0);
	/* Of one who is not there: nobody's. */
	set_power("dev", MODE_OPERATOR, true, 5, "carol");
	CHECK(powers(5, "dev") == -1 && powers(3, "dev") == 0);
	/* They end with the stay. */
	leave(4, "dev");
	enter(4, "dev");
	CHECK(powers(4, "dev") == 0);
	CHECK(modes("dev") == 0);
}

static void all_modes(void)
{
	static const enum room_mode plain[] = {
		MODE_LOCKED, MODE_MODERATED, MODE_INVITE};

	CHECK(begin());
	enter(3, "dev");
	for (size_t i = 0; i < COUNT(plain); i++) {
		set_mode("dev", plain[i], true, "");
		CHECK(modes("dev") == 1u << plain[i]);
		set_mode("dev", plain[i], false, "");
		CHECK(modes("dev") == 0);
	}
	set_mode("dev", MODE_LIMIT, true, "30000");
	CHECK_EQ(r.rooms[1].limit, 30000);
	set_mode("dev", MODE_LIMIT, false, "");
	CHECK_EQ(r.rooms[1].limit, 0);
	/* Its value is private, that there is one is not. */
	set_mode("dev", MODE_KEY, true, "sesame");
	CHECK(modes("dev") == 1u << MODE_KEY);
	CHECK(private_of("dev")->key_len == 6 &&
		memcmp(private_of("dev")->key, "sesame", 6) == 0);
	CHECK(memmem(r.base, r.secrets_at, "sesame", 6) == NULL);
	set_mode("dev", MODE_KEY, false, "");
	CHECK(modes("dev") == 0 && private_of("dev")->key_len == 0);
}

static void bans(void)
{
	char name[8];

	CHECK(begin());
	enter(3, "dev");
	ban("dev", "eve", "192.0.2.1");
	CHECK_EQ(private_of("dev")->banned, 1);
	CHECK(private_of("dev")->bans[0].address_len == 9);
	/* The same one again, from elsewhere. */
	ban("dev", "EVE", "");
	CHECK_EQ(private_of("dev")->banned, 1);
	CHECK(private_of("dev")->bans[0].address_len == 0);
	/* Another list has entries of its own. */
	put_in_list("dev", MODE_MUTE, "eve", "");
	CHECK_EQ(private_of("dev")->banned, 3);
	set_power("dev", MODE_MUTE, false, 0, "Eve");
	CHECK_EQ(private_of("dev")->banned, 1);
	for (int i = 1; i < ROOM_BANS_MAX + 3; i++) {
		snprintf(name, sizeof(name), "e%d", i);
		ban("dev", name, "");
	}
	CHECK_EQ(private_of("dev")->banned, ROOM_BANS_FULL);
	CHECK(private_of("dev")->ninvites == 0);
	set_power("dev", MODE_BAN, false, 0, "Eve");
	CHECK_EQ(private_of("dev")->banned, ROOM_BANS_FULL - 1);
	set_power("dev", MODE_BAN, false, 0, "eve");
	CHECK_EQ(private_of("dev")->banned, ROOM_BANS_FULL - 1);
	for (int i = 1; i < ROOM_BANS_MAX; i++) {
		snprintf(name, sizeof(name), "e%d", i);
		set_power("dev", MODE_BAN, false, 0, name);
	}
	CHECK_EQ(private_of("dev")->banned, 0);
}

static bool is_invited(const char *room, uint32_t slot)
{
	const struct room_secrets *p = private_of(room);

	for (uint32_t i = 0; i < ROOM_INVITES_MAX; i++) {
		if (p->invites[i].slot == slot &&
			p->invites[i].generation == slot + 100)
			return true;
	}
	return false;
}

static void invitations(void)
{
	CHECK(begin());
	enter(3, "dev");
	for (uint32_t i = 10; i < 10 + ROOM_INVITES_MAX; i++)
		invite("dev", i);
	for (uint32_t i = 10; i < 10 + ROOM_INVITES_MAX; i++)
		CHECKF(is_invited("dev", i), "%u", i);
	/* Somebody asked again takes no other's. */
	invite("dev", 12);
	CHECK(is_invited("dev", 10));
	invite("dev", 30);
	CHECK(!is_invited("dev", 10) && is_invited("dev", 11) &&
		is_invited("dev", 30));
}

/* --- once more ------------------------------------------------------------ */

static void anything(const char *room)
{
	static const char *const texts[] = {"one", "two", "three", ""};
	uint32_t slot = (uint32_t)chance(8);
	const char *text = texts[chance(COUNT(texts))];

	if (powers(slot, room) == -1)
		enter(slot, room);
	else if (chance(3) == 0)
		leave(slot, room);
	else if (chance(4) == 0)
		set_topic(room, text);
	else if (chance(4) == 0)
		ban(room, text, "192.0.2.1");
	else if (chance(4) == 0)
		invite(room, slot);
	else if (chance(3) == 0)
		set_power(room, (enum room_mode)(1 + chance(3)), chance(2) == 0,
			slot, text);
	else
		set_mode(room, (enum room_mode)(MODE_LOCKED + chance(5)),
			chance(2) == 0, text);
}

/* Who is remembered, the last one first: event ids. */
static unsigned remembered(uint64_t before, uint64_t newest)
{
	struct past_user u;
	unsigned n = 0;

	for (; past_before(r.past, &before, &u); n++) {
		if (before != newest - n || u.name_len != strlen("somebody") ||
			u.user_len != 0)
			return 1000;
	}
	return n;
}

static void past(void)
{
	CHECK(begin());
	enter_lobby(3);
	CHECK_EQ(remembered(ROOMS_NOW, 0), 0);
	change_name(3, "Somebody");
	enter(3, "dev");
	leave(3, "dev");
	CHECK_EQ(remembered(ROOMS_NOW, 0), 0);
	change_name(3, "bob");
	leave_lobby(3);
	CHECK_EQ(remembered(ROOMS_NOW, last_id), 2);
	CHECK_EQ(remembered(last_id, last_id - 1), 1);
	/* Of an earlier connection in that slot. */
	event.e.from_generation++;
	rooms_apply(&r, &event.e);
	CHECK_EQ(remembered(ROOMS_NOW, last_id), 2);
	enter_lobby(3);
	for (int i = 0; i < 2 * PAST_MAX; i++)
		change_name(3, i % 2 == 0 ? "bob" : "alice");
	CHECK_EQ(remembered(ROOMS_NOW, last_id), PAST_MAX);
	CHECK_EQ(remembered(last_id, last_id - 1), PAST_MAX - 1);
	CHECK(rooms_are_sound(&r));
}

/* A relay that is killed before it has committed an event carries it out again:
 * nothing changes then. */
static void twice(void)
{
	static char before[DESCRIPTION_MAX], after[DESCRIPTION_MAX];
	static const char *const names[] = {"dev", "ops", "tea"};

	CHECK(begin());
	for (int i = 0; i < 20000; i++) {
		const char *room = names[chance(COUNT(names))];

		if (number_of(room) == ROOM_NONE)
			enter((uint32_t)chance(8), room);
		else
			anything(room);
		rooms_describe(&r, before);
		rooms_apply(&r, &event.e);
		rooms_describe(&r, after);
		CHECKF(strcmp(before, after) == 0, "kind %u, mode %u:\n%s\n%s",
			event.e.kind, event.e.mode, before, after);
	}
	CHECK(rooms_are_sound(&r));
}

int main(void)
{
	RUN(lobby, "the lobby is there, whatever is not");
	RUN(first_and_last, "a room begins and ends with its members");
	RUN(next_generation, "another room of the same number");
	RUN(full, "all the rooms there can be");
	RUN(was, "who was in a room, and when");
	RUN(as_of, "who was in a room as of an event");
	RUN(stays, "who was online as of an event, and under which name");
	RUN(since_when_one_is_away, "since when a user is away");
	RUN(all_places, "all the rooms that a user can be in");
	RUN(kicks, "who is kicked has left");
	RUN(digests, "a digest moves nobody");
	RUN(topics, "topics");
	RUN(all_powers, "operators and voice");
	RUN(all_modes, "modes, the limit and the key");
	RUN(bans, "bans");
	RUN(invitations, "invitations");
	RUN(past, "who has left or was renamed, the last ones");
	RUN(twice, "an event that is carried out twice");
	drop_rooms();
	return unit_end();
}

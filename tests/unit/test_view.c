/* SPDX-License-Identifier: MIT */
/* Tests of server/child/view.c: what a dialect can look up is as old as the
 * last event that its client has had.  The test plays the relay, and the
 * children. Runs in: nothing but tests. */
#include "server/child/view.h"

#include <stdalign.h>
#include <string.h>
#include <unistd.h>

#include "server/child/state.h"
#include "tests/unit/dialect_rig.h"
#include "tests/unit/unit.h"

#define SLOTS 4
#define DEV   1

static struct client client;
static struct table table;
static struct rooms rooms;
static uint64_t next_id;
static const struct options options = {.idle_timeout = 300};
static const struct view view = {&client};

/* The relay appends an event of the user in this slot, and carries it out. */
static uint64_t happens(enum event_kind kind, uint32_t slot, uint32_t room,
	const char *from, const char *to)
{
	static alignas(FRAME_ALIGN) char
		frame[sizeof(struct frame_event) + 3 * NAME_MAX_BYTES];
	static const char *const names[] = {"", "dev"};
	struct frame_event *e = (void *)frame;
	char *p;

	*e = (struct frame_event){.kind = (uint8_t)kind,
		.audience =
			room == ROOM_LOBBY ? AUDIENCE_EVERYONE : AUDIENCE_ROOM,
		.id = ++next_id,
		.from_len = (uint8_t)strlen(from),
		.to_len = (uint8_t)strlen(to),
		.from_slot = slot,
		.from_generation = table_generation(&table, slot),
		.room = room,
		.room_generation = room != ROOM_LOBBY,
		.room_len = (uint8_t)strlen(names[room]),
		.on = slot == 0 && room != ROOM_LOBBY,
		.online = kind == EVENT_JOIN};
	p = mempcpy(e->body, from, e->from_len);
	p = mempcpy(p, to, e->to_len);
	memcpy(p, names[room], e->room_len);
	rooms_apply(&rooms, e);
	if (slot == client.slot && room != ROOM_LOBBY)
		membership_note(&client.memberships, e, view_me(&view));
	return next_id;
}

/* A user comes: a child takes the name, the relay tells of it. */
static uint64_t comes_as(uint32_t slot, const char *name, const char *user)
{
	table_assign(&table, slot, "x");
	table_join_as(&table, slot, name, strlen(name));
	if (*user != '\0')
		table_set_user(&table, slot, user, strlen(user));
	return happens(EVENT_JOIN, slot, ROOM_LOBBY, name, "");
}

static uint64_t comes(uint32_t slot, const char *name)
{
	return comes_as(slot, name, "");
}

static uint64_t goes(uint32_t slot, const char *name)
{
	uint64_t id = happens(EVENT_LEAVE, slot, ROOM_LOBBY, name, "");

	table_release(&table, slot);
	return id;
}

static uint64_t is_renamed(uint32_t slot, const char *from, const char *to)
{
	table_claim(&table, slot, to, strlen(to));
	table_settle(&table, slot, true);
	return happens(EVENT_RENAME, slot, ROOM_LOBBY, from, to);
}

/* The client is Alice, in slot 0; the clock of her events stands still until
 * she reads more. */
static bool begin(void)
{
	static bool made;

	if (made) {
		close(table.fd);
		close(rooms.fd);
	}
	made = true;
	next_id = 0;
	memset(&client, 0, sizeof(client));
	if (table_create(&table, SLOTS) == -1 ||
		rooms_create(&rooms, 4, SLOTS, "lobby") == -1)
		return false;
	rooms.table = &table;
	membership_init(&client.memberships, client.membership);
	client.table = &table;
	client.rooms = &rooms;
	client.options = &options;
	client.started_ms = 1234;
	client.channel.live_id = comes(0, "alice");
	client.generation = table_generation(&table, 0);
	client.name_len = 5;
	memcpy(client.name, "alice", 5);
	return true;
}

static void reads(uint64_t id)
{
	client.channel.last_id = id;
}

/* Whether these are in the room. */
static bool shows(uint32_t room, const char *want)
{
	char all[SLOTS * (NAME_MAX_BYTES + 1) + 1] = "", *end = all;
	struct person p;
	bool same = true;

	for (uint32_t slot = 0; view_next(&view, room, &slot, &p);) {
		end = mempcpy(end, p.name.p, p.name.n);
		*end++ = ' ';
		same = same && view_is_in(&view, p.id, room, NULL);
	}
	end -= end > all;
	*end = '\0';
	if (strcmp(all, want) != 0)
		printf("# %s\n", all);
	return same && strcmp(all, want) == 0;
}

static bool has(const char *name)
{
	struct person p;

	return view_named(&view, span(name), &p);
}

static void joins_and_leaves(void)
{
	uint64_t came, renamed, went;

	CHECK(begin());
	CHECK(shows(ROOM_LOBBY, "alice"));
	came = comes(1, "bob");
	CHECK(shows(ROOM_LOBBY, "alice"));
	CHECK(!has("bob"));
	reads(came);
	CHECK(shows(ROOM_LOBBY, "alice bob"));
	CHECK(has("bob") && !has("bo"));

	renamed = is_renamed(1, "bob", "rob");
	CHECK(shows(ROOM_LOBBY, "alice bob"));
	CHECK(!has("rob"));
	reads(renamed);
	CHECK(shows(ROOM_LOBBY, "alice rob"));
	CHECK(has("rob") && !has("bob"));

	went = goes(1, "rob");
	CHECK(shows(ROOM_LOBBY, "alice rob"));
	reads(went);
	CHECK(shows(ROOM_LOBBY, "alice"));
	CHECK(!has("rob"));
}

/* A user of another host, whom the relay has put into the table, is looked up
 * as any other. */
static void other_hosts(void)
{
	struct person p;
	uint64_t came;

	CHECK(begin());
	table_open_all(&table);
	table_place(&table, 3, "bob", 3, "far away", 1700000000123);
	table_set_user(&table, 3, "b", 1);
	table_set_real(&table, 3, "Bob B.", 6);
	table_set_away(&table, 3, "tea", 3);
	came = happens(EVENT_JOIN, 3, ROOM_LOBBY, "bob", "");
	CHECK(!has("bob") && view_has(&view, span("bob")));
	reads(came);
	reads(happens(EVENT_JOIN, 3, DEV, "bob", ""));
	CHECK(shows(ROOM_LOBBY, "alice bob") && shows(DEV, "bob"));
	CHECK(view_online(&view) == 2 && view_members(&view, DEV) == 1);
	CHECK(view_named(&view, span("BOB"), &p) && is(p.user, "b"));
	view_about(&view, &p);
	CHECK(is(p.real, "Bob B.") && is(p.away, "tea") && !p.bot);
	CHECK(p.connected_ms == 1700000000123);
	CHECK(p.last_line_ms == 1700000000123);
	table_set_last_line(&table, 3, 1700000000999);
	view_about(&view, &p);
	CHECK(p.last_line_ms == 1700000000999);

	table_set_name(&table, 3, "rob", 3);
	reads(happens(EVENT_RENAME, 3, ROOM_LOBBY, "bob", "rob"));
	CHECK(has("rob") && !has("bob"));
	came = happens(EVENT_LEAVE, 3, ROOM_LOBBY, "rob", "");
	table_remove(&table, 3);
	reads(came);
	CHECK(shows(ROOM_LOBBY, "alice") && view_online(&view) == 1);
}

/* Who has had the name, the last one first: "user/real@id". */
static bool had(const char *name, const char *want)
{
	char all[200] = "", *end = all;
	uint64_t before = 0;
	struct person p;

	while (view_past(&view, span(name), &before, &p))
		end += sprintf(end, "%.*s:%.*s/%.*s@%u ", (int)p.name.n,
			p.name.p, (int)p.user.n, p.user.p, (int)p.real.n,
			p.real.p, (unsigned)before);
	if (strcmp(all, want) != 0)
		printf("# %s\n", all);
	return strcmp(all, want) == 0;
}

/* What a user has said of itself outlives its slot's next one; of a child that
 * has written what it likes nobody reads more than is clean. */
static void who_was(void)
{
	uint64_t went;

	CHECK(begin());
	rooms.table = &table;
	CHECK(had("bob", ""));
	comes(1, "bob");
	table_set_user(&table, 1, "bob!ob", 6);
	table_set_real(&table, 1, "Bob \033[1mExample", 15);
	reads(is_renamed(1, "bob", "BOB"));
	CHECK(had("bob", ""));
	reads(is_renamed(1, "BOB", "rob"));
	CHECK(had("Bob", "BOB:bobob/Bob [1mExample@4 "));
	went = goes(1, "rob");
	comes(1, "bob");
	CHECK(had("rob", ""));
	reads(went);
	CHECK(had("rob", "rob:bobob/Bob [1mExample@5 "));
	table_set_real(&table, 1, "x", 1);
	atomic_store(&table.about[1].real_len, 255);
	atomic_store(&table.about[1].user_len, 255);
	reads(goes(1, "bob"));
	CHECK(had("alice", "") && rooms_are_sound(&rooms));
	comes(1, "carol");
	reads(goes(1, "carol"));
	CHECK(had("carol", "carol:user/carol@9 "));
}

/* Before the welcome it is as it is now. */
static void before_the_welcome(void)
{
	CHECK(begin());
	client.channel.live_id = 0;
	client.name_len = 0;
	comes(1, "bob");
	CHECK(shows(ROOM_LOBBY, "alice bob"));
	CHECK(has("bob"));
	CHECK(is(view_my_name(&view), ""));
}

static void in_rooms(void)
{
	uint64_t id;
	struct room_view r;
	struct person p;
	uint8_t powers;

	CHECK(begin());
	reads(comes(1, "bob"));
	reads(comes(2, "carol"));
	CHECK(!view_room(&view, DEV, &r));
	CHECK(!view_room_named(&view, span("dev"), &r));

	/* A room that the client is not in: as it is now, but for those of whom
	 * it has not heard yet. */
	happens(EVENT_JOIN, 1, DEV, "bob", "");
	CHECK(shows(DEV, "bob"));
	comes(3, "dave");
	happens(EVENT_JOIN, 3, DEV, "dave", "");
	CHECK(shows(DEV, "bob"));
	CHECK(view_room_named(&view, span("Dev"), &r) && r.number == DEV);
	CHECK(is(r.name, "dev") && is(r.topic, "") && r.modes == 0);

	/* One that it is in: as of the last event. */
	reads(happens(EVENT_JOIN, 0, DEV, "alice", ""));
	CHECK(shows(DEV, "alice bob dave"));
	id = happens(EVENT_JOIN, 2, DEV, "carol", "");
	CHECK(shows(DEV, "alice bob dave"));
	reads(id);
	CHECK(shows(DEV, "alice bob carol dave"));
	id = happens(EVENT_LEAVE, 1, DEV, "bob", "");
	CHECK(shows(DEV, "alice bob carol dave"));
	reads(id);
	CHECK(shows(DEV, "alice carol dave"));
	CHECK(view_named(&view, span("bob"), &p));
	CHECK(!view_is_in(&view, p.id, DEV, &powers) && powers == 0);
	CHECK(view_is_in(&view, view_me(&view), DEV, &powers));
	CHECK_EQ(powers, POWER_OPERATOR);
	CHECK(!view_is_in(&view, view_me(&view), 99, NULL));
}

/* The users of a slot are not taken for each other; the last event's own user
 * is still known by it. */
static void by_id(void)
{
	struct audience_user bob = {1, 0};
	struct person p;
	uint64_t went;

	CHECK(begin());
	CHECK(!view_user(&view, bob, &p));
	reads(comes_as(1, "bob", "rob"));
	bob.generation = table_generation(&table, 1);
	CHECK(view_user(&view, bob, &p) && is(p.name, "bob"));
	went = goes(1, "bob");
	CHECK(view_user(&view, bob, &p));
	reads(went);
	CHECK(view_user(&view, bob, &p) && is(p.user, "rob"));
	CHECK(!view_is_in(&view, bob, ROOM_LOBBY, NULL));
	reads(went + 1);
	CHECK(!view_user(&view, bob, &p));
	reads(comes(1, "carol") + 1);
	CHECK(!view_user(&view, bob, &p));
	CHECK(!view_is_in(&view, bob, ROOM_LOBBY, NULL));
	bob.generation++;
	CHECK(view_user(&view, bob, &p) && is(p.name, "carol"));
	CHECK(is(p.user, "user"));
	bob.slot = SLOTS;
	CHECK(!view_user(&view, bob, &p));
	CHECK(!view_is_in(&view, bob, ROOM_LOBBY, NULL));
}

/* A child can have written anything. */
static void what_is_said(void)
{
	struct table_about *a;
	struct person p;

	CHECK(begin());
	CHECK(view_user(&view, view_me(&view), &p));
	view_about(&view, &p);
	CHECK(is(p.user, "user") && is(p.real, "alice") && is(p.away, ""));
	CHECK(p.connected_ms > 0 && p.last_line_ms > 0);
	table_set_real(&table, 0, "Al\x02 \r\n\xFFice", 10);
	table_set_away(&table, 0, "at\tlunch", 8);
	happens(EVENT_AWAY, 0, ROOM_LOBBY, "alice", "");
	view_about(&view, &p);
	CHECK(is(p.real, "Al \xEF\xBF\xBDice"));
	CHECK(is(p.away, "at lunch"));
	table_set_real(&table, 0, " \a", 2);
	table_set_away(&table, 0, "\a", 1);
	view_about(&view, &p);
	CHECK(is(p.real, "alice") && is(p.away, ""));

	a = &table.about[0];
	memset(a->real, '\xFF', sizeof(a->real));
	memset(a->away, '\xFF', sizeof(a->away));
	a->real_len = a->away_len = UINT8_MAX;
	view_about(&view, &p);
	CHECK_EQ(p.real.n, 3 * REAL_MAX_BYTES);
	CHECK_EQ(p.away.n, 3 * AWAY_MAX_BYTES);
	/* Of nobody there is nothing to tell. */
	p.id.generation = 0;
	view_about(&view, &p);
	CHECK(is(p.real, "alice") && is(p.away, "") && p.connected_ms == 0);
	p.id = (struct audience_user){SLOTS, 1};
	view_about(&view, &p);
	CHECK(is(p.real, "alice") && is(p.away, "") && p.connected_ms == 0);
}

/* Whether the client has read of a user or not. */
static void who_is_there(void)
{
	CHECK(begin());
	comes(1, "bob");
	reads(1);
	CHECK(!has("bob") && view_has(&view, span("bob")));
	reads(2);
	CHECK(has("bob") && view_has(&view, span("BOB")));
	CHECK(!view_has(&view, span("carol")));
}

static const char *user_name(const char *user, uint8_t len)
{
	const uint32_t slot = 1;
	static char name[USER_MAX_BYTES + 1];
	struct audience_user id = {slot, 0};
	struct person p;

	table_assign(&table, slot, "x");
	table_join_as(&table, slot, "bob", 3);
	table_set_user(&table, slot, user,
		len <= USER_MAX_BYTES ? len : USER_MAX_BYTES);
	table.about[slot].user_len = len;
	reads(happens(EVENT_JOIN, slot, ROOM_LOBBY, "bob", ""));
	id.generation = table_generation(&table, slot);
	if (!view_user(&view, id, &p))
		return "";
	memcpy(name, p.user.p, p.user.n);
	name[p.user.n] = '\0';
	return name;
}

static void what_users_are_called(void)
{
	CHECK(begin());
	CHECK(strcmp(user_name("al@x !:\xC3\xBC*y", 11), "alxy") == 0);
	CHECK(strcmp(user_name("@!", 2), "user") == 0);
	CHECK(strcmp(user_name("", 0), "user") == 0);
	CHECK(strcmp(user_name("uuuuuuuuuuuu", UINT8_MAX), "uuuuuuuuuuuu") ==
		0);
}

static void the_server(void)
{
	struct room_view r;

	CHECK(begin());
	comes(1, "bob");
	CHECK(view_room(&view, ROOM_LOBBY, &r) && is(r.name, "lobby"));
	CHECK_EQ(view_members(&view, ROOM_LOBBY), 2);
	CHECK(is(view_lobby(&view), "lobby"));
	CHECK_EQ(view_online(&view), 2);
	CHECK_EQ(view_users_max(&view), SLOTS);
	CHECK_EQ(view_room_end(&view), 5);
	CHECK(!view_room(&view, 5, &r) && !view_room(&view, ROOM_NONE, &r));
	CHECK_EQ(view_idle_timeout(&view), 300);
	CHECK(view_started_ms(&view) == 1234);
	CHECK(is(view_my_name(&view), "alice"));
}

/* Whoever is outside does not know of it; the client does, until it has read
 * that it is outside, too. */
static void secret_rooms(void)
{
	struct room_view r;

	CHECK(begin());
	comes(1, "bob");
	happens(EVENT_JOIN, 1, DEV, "bob", "");
	CHECK(view_room(&view, DEV, &r));
	atomic_store(&rooms.rooms[DEV].modes, 1U << MODE_SECRET);
	CHECK(!view_room(&view, DEV, &r));
	CHECK(!view_room_named(&view, (struct span){"dev", 3}, &r));
	reads(happens(EVENT_JOIN, 0, DEV, "alice", ""));
	CHECK(view_room(&view, DEV, &r));
	CHECK(view_room_named(&view, (struct span){"dev", 3}, &r));
	happens(EVENT_LEAVE, 0, DEV, "alice", "");
	CHECK(!view_room(&view, DEV, &r));
	CHECK(view_room(&view, ROOM_LOBBY, &r) && r.made_ms == 1234);
}

int main(void)
{
	RUN(joins_and_leaves, "who is online is as old as the last event");
	RUN(other_hosts, "users of other hosts");
	RUN(who_was, "who was here, and what it was called");
	RUN(before_the_welcome, "before the welcome it is as it is");
	RUN(in_rooms, "who is in a room, one's own or another");
	RUN(by_id, "users by slot and generation");
	RUN(what_is_said, "what clients say of users is cleaned");
	RUN(who_is_there, "who is online, read of or not");
	RUN(what_users_are_called, "user names, whatever their children write");
	RUN(secret_rooms, "a secret room is none for who is outside");
	RUN(the_server, "the lobby, and numbers of the server");
	return unit_end();
}

/* SPDX-License-Identifier: MIT */
/* Tests of server/relay/history.c: what a user finds in the log, by ids and by
 * times; and what is nobody else's.
 * Runs in: nothing but tests. */
#include "ipc/history.h"

#include "ipc/namelist.h"
#include "tests/unit/relay_rig.h"

enum {
	ALICE,
	BOB,
	CAROL,
	DAVE
};

#define LIST_TIME 1000000

/* Seconds before. */
#define AGO(seconds) (uint64_t)(LIST_TIME - (int64_t)(seconds)*1000)

/* "name:seconds ago," for each. */
static void tell_targets(const struct frame_event *e)
{
	const char *p = frame_text(e), *name = "";
	size_t n = e->text_len;
	int64_t time;

	while (n > sizeof(time)) {
		size_t len;

		memcpy(&time, p, sizeof(time));
		p += sizeof(time);
		n -= sizeof(time);
		len = namelist_next(&p, &n, &name);
		tell("%.*s:%lld,", (int)len, name,
			(long long)(LIST_TIME - time) / 1000);
	}
}

/* False: the relay has ended the member for it. */
static bool send_query(uint32_t slot, const char *room, const char *name,
	struct history_query q)
{
	static union {
		struct frame_up f;
		char bytes[FRAME_UP_MAX];
	} up;
	const struct frame_up head = {
		.kind = UP_HISTORY,
		.counter = ++users[slot].counter,
		.room_len = (uint8_t)length(room),
		.name_len = (uint8_t)length(name),
		.text_len = sizeof(q),
	};
	size_t n = frame_up_build(&up, &head, room, name, (const char *)&q);

	return send(users[slot].fd, &up, n, MSG_NOSIGNAL | MSG_DONTWAIT) ==
		       (ssize_t)n &&
	       intake_read(&s, slot) && is_member(&s, slot);
}

static bool find(uint32_t slot, const char *room, const char *name,
	enum history_kind kind, uint64_t id, uint32_t limit)
{
	return send_query(slot, room, name,
		(struct history_query){.kind = (uint8_t)kind,
			.first_by = id != 0 ? HISTORY_BY_ID : HISTORY_BY_NONE,
			.first = id,
			.limit = limit});
}

static bool find_between(
	uint32_t slot, uint64_t first, uint64_t second, uint32_t limit)
{
	return send_query(slot, "dev", NULL,
		(struct history_query){.kind = HISTORY_BETWEEN,
			.first_by = HISTORY_BY_ID,
			.second_by = HISTORY_BY_ID,
			.first = first,
			.second = second,
			.limit = limit});
}

static bool find_at(uint32_t slot, enum history_kind kind, uint64_t time,
	uint64_t second, uint32_t limit)
{
	return send_query(slot, kind == HISTORY_TARGETS ? NULL : "dev", NULL,
		(struct history_query){.kind = (uint8_t)kind,
			.first_by = HISTORY_BY_TIME,
			.second_by =
				second != 0 ? HISTORY_BY_TIME : HISTORY_BY_NONE,
			.first = time,
			.second = second,
			.limit = limit});
}

/* What a user reads: "[abc]" is a list of three lines, anything else that is
 * said is there as it is. */
static bool more; /* than the last list has */

static void hear(struct user *u, const struct frame_event *e)
{
	static uint64_t listed;

	if (e->kind == EVENT_HISTORY) {
		tell(listed == e->id ? "]" : "[");
		listed = listed == e->id ? 0 : e->id;
		more = e->more != 0;
	} else if (e->kind == EVENT_ERROR) {
		tell("!%u", e->error);
	} else if (e->kind == EVENT_TOPIC) {
		tell("/");
	}
	if (e->kind == EVENT_PUBLIC || e->kind == EVENT_TOPIC ||
		e->kind == EVENT_PRIVATE)
		tell("%.*s", e->text_len < 9 ? e->text_len : 9, frame_text(e));
	if (e->kind == EVENT_HISTORY && e->on && listed != 0)
		tell_targets(e);
	if (e->kind != EVENT_WELCOME && e->id > u->last_id)
		u->last_id = e->id;
}

static const char *heard(uint32_t slot)
{
	return read_by(slot, hear);
}

#define HEARS(slot, want)                                        \
	CHECKF(strcmp(heard(slot), (want)) == 0, "%s hears: %s", \
		users[slot].name, story)

static bool tell_to(uint32_t slot, const char *name, const char *text)
{
	return ask(
		slot, (struct request){
			      .kind = UP_PRIVATE, .name = name, .text = text});
}

static uint64_t newest(void)
{
	return s.log.next_id - 1;
}

/* The last n entries are a second apart, the newest at LIST_TIME, and all
 * before are older. */
static void set_times(uint64_t n)
{
	for (uint64_t id = newest(); id >= s.log.first_id; id--) {
		uint64_t at = 0, age = newest() - id;
		int64_t time = age < n ? LIST_TIME - 1000 * (int64_t)age : 1;

		CHECK(eventlog_find(&s.log, id, &at));
		memcpy(s.log.ring + at % EVENTLOG_RING +
				offsetof(struct frame_event, unix_ms),
			&time, sizeof(time));
	}
}

/* Alice and bob are in a room where six lines were said; the first one has
 * first_id. */
static uint64_t first_id;

static void begin_room(void)
{
	static const char *const lines[] = {"a", "b", "c", "d", "e", "f"};
	begin(20, 4);
	CHECK(enter(ALICE, "dev", NULL) && enter(BOB, "dev", NULL));
	first_id = newest() + 1;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		CHECK(say(i % 2, "dev", lines[i]));
	skip();
}

/* All that has come so far is heard. */
static void be_quiet(void)
{
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		if (users[slot].name != NULL)
			(void)heard(slot);
	}
}

/* Of many lines of one millisecond, those behind a number. */
static void by_number(void)
{
	struct history_query q = {.kind = HISTORY_AFTER,
		.first_by = HISTORY_BY_TIME,
		.second_by = HISTORY_BY_SEQ,
		.limit = 2};
	const struct frame_event *c;
	uint64_t at;

	begin_room();
	be_quiet();
	CHECK(eventlog_find(&s.log, first_id + 2, &at));
	c = eventlog_at(&s.log, at);
	/* All of them are of its millisecond, or before. */
	q.first = (uint64_t)clock_wall_ms() + 1000;
	for (uint64_t id = first_id; id < first_id + 6; id++) {
		CHECK(eventlog_find(&s.log, id, &at));
		memcpy(s.log.ring + ((const char *)&eventlog_at(&s.log, at)
						    ->unix_ms -
					    s.log.ring),
			&q.first, sizeof q.first);
	}
	q.second = c->seq;
	q.first--;
	CHECK(send_query(ALICE, "dev", NULL, q));
	HEARS(ALICE, "[de]");
	CHECK(more);
	q.second = c->seq + 2;
	CHECK(send_query(ALICE, "dev", NULL, q));
	HEARS(ALICE, "[f]");
	CHECK(!more);
	/* Another server's number. */
	q.second = 1000000;
	q.first--;
	CHECK(send_query(ALICE, "dev", NULL, q));
	HEARS(ALICE, "[ab]");
	q.second_by = HISTORY_BY_NONE;
	q.first++;
	CHECK(send_query(ALICE, "dev", NULL, q));
	HEARS(ALICE, "[ab]");
}

/* Whether the list is not all that there is. */
static void tells_of_more(void)
{
	begin_room();
	be_quiet();
	CHECK(find(ALICE, "dev", NULL, HISTORY_LATEST, 0, 2));
	HEARS(ALICE, "[ef]");
	CHECK(more);
	CHECK(find(ALICE, "dev", NULL, HISTORY_LATEST, 0, 6));
	HEARS(ALICE, "[abcdef]");
	CHECK(!more);
	CHECK(find(ALICE, "dev", NULL, HISTORY_LATEST, first_id + 2, 3));
	HEARS(ALICE, "[def]");
	CHECK(!more);
	CHECK(find(ALICE, "dev", NULL, HISTORY_AFTER, first_id + 1, 3));
	HEARS(ALICE, "[cde]");
	CHECK(more);
	CHECK(find(ALICE, "dev", NULL, HISTORY_AFTER, first_id + 1, 4));
	HEARS(ALICE, "[cdef]");
	CHECK(!more);
	CHECK(find(ALICE, "dev", NULL, HISTORY_AFTER, first_id + 5, 4));
	HEARS(ALICE, "[]");
	CHECK(!more);
}

static void by_id(void)
{
	uint64_t a;

	begin_room();
	a = first_id;
	be_quiet();
	CHECK(find(ALICE, "dev", NULL, HISTORY_LATEST, 0, 2));
	HEARS(ALICE, "[ef]");
	CHECK(find(ALICE, "dev", NULL, HISTORY_LATEST, 0, 100));
	HEARS(ALICE, "[abcdef]");
	CHECK(find(BOB, "DEV", NULL, HISTORY_LATEST, a + 2, 100));
	HEARS(BOB, "[def]");
	CHECK(find(ALICE, "dev", NULL, HISTORY_BEFORE, a + 4, 3));
	HEARS(ALICE, "[bcd]");
	CHECK(find(ALICE, "dev", NULL, HISTORY_BEFORE, a, 3));
	HEARS(ALICE, "[]");
	CHECK(find(ALICE, "dev", NULL, HISTORY_BEFORE, INT64_MAX - 1, 1));
	HEARS(ALICE, "[f]");
	CHECK(find(ALICE, "dev", NULL, HISTORY_AFTER, a + 1, 3));
	HEARS(ALICE, "[cde]");
	CHECK(find(ALICE, "dev", NULL, HISTORY_AFTER, a + 5, 3));
	HEARS(ALICE, "[]");
	CHECK(find(ALICE, "dev", NULL, HISTORY_AROUND, a + 3, 1));
	HEARS(ALICE, "[d]");
	CHECK(find(ALICE, "dev", NULL, HISTORY_AROUND, a + 3, 3));
	HEARS(ALICE, "[cde]");
	CHECK(find(ALICE, "dev", NULL, HISTORY_AROUND, a + 5, 4));
	HEARS(ALICE, "[cdef]");
	CHECK(find_between(ALICE, a, a + 5, 3));
	HEARS(ALICE, "[bcd]");
	CHECK(find_between(ALICE, a + 5, a, 3));
	HEARS(ALICE, "[cde]");
	CHECK(find_between(ALICE, a + 1, a + 2, 3));
	HEARS(ALICE, "[]");
	HEARS(BOB, "");
}

static void by_time(void)
{
	begin_room();
	be_quiet();
	set_times(6); /* from five seconds ago on */
	CHECK(find_at(ALICE, HISTORY_LATEST, AGO(2), 0, 100));
	HEARS(ALICE, "[ef]");
	CHECK(find_at(ALICE, HISTORY_BEFORE, AGO(3), 0, 100));
	HEARS(ALICE, "[ab]");
	CHECK(find_at(ALICE, HISTORY_BEFORE, AGO(3) + 1, 0, 100));
	HEARS(ALICE, "[abc]");
	CHECK(find_at(ALICE, HISTORY_AFTER, AGO(3) - 1, 0, 2));
	HEARS(ALICE, "[cd]");
	CHECK(find_at(ALICE, HISTORY_AFTER, AGO(3), 0, 2));
	HEARS(ALICE, "[de]");
	CHECK(find_at(ALICE, HISTORY_AROUND, AGO(3) + 500, 0, 2));
	HEARS(ALICE, "[cd]");
	CHECK(find_at(ALICE, HISTORY_BETWEEN, AGO(5), AGO(1), 2));
	HEARS(ALICE, "[bc]");
	CHECK(find_at(ALICE, HISTORY_BETWEEN, AGO(1), AGO(5), 2));
	HEARS(ALICE, "[cd]");
	/* Of all times there are. */
	CHECK(find_at(ALICE, HISTORY_AFTER, 0, 0, 1));
	HEARS(ALICE, "[a]");
	CHECK(find_at(ALICE, HISTORY_AFTER, INT64_MAX - 1, 0, 1));
	HEARS(ALICE, "[]");
}

/* Topics and kicks only for who wants them; the lobby is a room, too. */
static void kinds(void)
{
	struct history_query q = {.kind = HISTORY_LATEST, .limit = 9};

	begin_room();
	CHECK(ask(ALICE,
		(struct request){
			.kind = UP_TOPIC, .room = "dev", .text = "new"}));
	CHECK(say(ALICE, NULL, "x") && say(BOB, NULL, "y"));
	be_quiet();
	CHECK(send_query(ALICE, "dev", NULL, q));
	HEARS(ALICE, "[abcdef]");
	q.events = 1;
	CHECK(send_query(ALICE, "dev", NULL, q));
	HEARS(ALICE, "[abcdef/new]");
	CHECK(send_query(CAROL, NULL, NULL, q));
	HEARS(CAROL, "[xy]");
	CHECK(send_query(CAROL, "lobby", NULL, q));
	HEARS(CAROL, "[xy]");
}

static void begin_talk(void)
{
	begin(20, 4);
	CHECK(tell_to(ALICE, "bob", "a") && tell_to(BOB, "alice", "b"));
	CHECK(tell_to(ALICE, "carol", "c") && tell_to(CAROL, "bob", "d"));
	CHECK(tell_to(BOB, "alice", "e") && tell_to(ALICE, "alice", "s"));
	be_quiet();
}

static void of_two(void)
{
	begin_talk();
	CHECK(find(ALICE, NULL, "bob", HISTORY_LATEST, 0, 9));
	HEARS(ALICE, "[abe]");
	CHECK(find(BOB, NULL, "ALICE", HISTORY_LATEST, 0, 9));
	HEARS(BOB, "[abe]");
	CHECK(find(CAROL, NULL, "bob", HISTORY_LATEST, 0, 9));
	HEARS(CAROL, "[d]");
	CHECK(find(CAROL, NULL, "alice", HISTORY_LATEST, 0, 9));
	HEARS(CAROL, "[c]");
	CHECK(find(ALICE, NULL, "alice", HISTORY_LATEST, 0, 9));
	HEARS(ALICE, "[s]");
	CHECK(find(ALICE, NULL, "nobody", HISTORY_LATEST, 0, 9));
	HEARS(ALICE, "[]");
	/* By whatever name. */
	CHECK(ask(BOB, (struct request){.kind = UP_RENAME, .name = "rob"}));
	CHECK(tell_to(BOB, "alice", "r"));
	be_quiet();
	CHECK(find(ALICE, NULL, "rob", HISTORY_LATEST, 0, 9));
	HEARS(ALICE, "[aber]");
	CHECK(find(ALICE, NULL, "bob", HISTORY_LATEST, 0, 9));
	HEARS(ALICE, "[abe]");
}

/* Who has a name, or a slot, has none of the past of who had it. */
static void successors(void)
{
	begin_talk();
	vanish(BOB);
	arrive(DAVE, "bob", "192.0.2.4:1");
	be_quiet();
	CHECK(find(DAVE, NULL, "alice", HISTORY_LATEST, 0, 9));
	HEARS(DAVE, "[]");
	CHECK(find(DAVE, NULL, "carol", HISTORY_LATEST, 0, 9));
	HEARS(DAVE, "[]");
	CHECK(tell_to(DAVE, "alice", "n"));
	be_quiet();
	CHECK(find(DAVE, NULL, "alice", HISTORY_LATEST, 0, 9));
	HEARS(DAVE, "[n]");
	/* Alice has said and read all of it. */
	CHECK(find(ALICE, NULL, "bob", HISTORY_LATEST, 0, 9));
	HEARS(ALICE, "[aben]");
	arrive(BOB, "eve", "192.0.2.2:1");
	be_quiet();
	CHECK(find(BOB, NULL, "alice", HISTORY_LATEST, 0, 9));
	HEARS(BOB, "[]");
	CHECK(find_at(BOB, HISTORY_TARGETS, 0, INT64_MAX - 1, 9));
	HEARS(BOB, "[]");
	CHECK(tell_to(BOB, "alice", "v"));
	be_quiet();
	CHECK(find(BOB, NULL, "alice", HISTORY_LATEST, 0, 9));
	HEARS(BOB, "[v]");
}

static void rooms_of_others(void)
{
	char want[16];

	begin_room();
	be_quiet();
	snprintf(want, sizeof(want), "!%d", ERROR_NOT_IN_ROOM);
	CHECK(find(CAROL, "dev", NULL, HISTORY_LATEST, 0, 9));
	HEARS(CAROL, want);
	snprintf(want, sizeof(want), "!%d", ERROR_NO_SUCH_ROOM);
	CHECK(find(CAROL, "ops", NULL, HISTORY_LATEST, 0, 9));
	HEARS(CAROL, want);
	CHECK(enter(CAROL, "dev", NULL));
	be_quiet();
	CHECK(find(CAROL, "dev", NULL, HISTORY_LATEST, 0, 9));
	HEARS(CAROL, "[abcdef]");
	/* Another room of that name, and number. */
	CHECK(part(ALICE, "dev") && part(BOB, "dev") && part(CAROL, "dev"));
	CHECK(enter(CAROL, "dev", NULL) && say(CAROL, "dev", "z"));
	be_quiet();
	CHECK(find(CAROL, "dev", NULL, HISTORY_LATEST, 0, 9));
	HEARS(CAROL, "[z]");
}

/* Without scrollback newcomers find nothing either. */
static void no_scrollback(void)
{
	begin(0, 4);
	CHECK(enter(ALICE, "dev", NULL) && say(ALICE, "dev", "a"));
	CHECK(say(ALICE, NULL, "x"));
	CHECK(enter(BOB, "dev", NULL) && say(ALICE, "dev", "b"));
	arrive(DAVE, "dave", "192.0.2.4:1");
	be_quiet();
	CHECK(find(ALICE, "dev", NULL, HISTORY_LATEST, 0, 9));
	HEARS(ALICE, "[ab]");
	CHECK(find(BOB, "dev", NULL, HISTORY_LATEST, 0, 9));
	HEARS(BOB, "[b]");
	CHECK(find(BOB, NULL, NULL, HISTORY_LATEST, 0, 9));
	HEARS(BOB, "[x]");
	CHECK(find(DAVE, NULL, NULL, HISTORY_LATEST, 0, 9));
	HEARS(DAVE, "[]");
	CHECK(find_at(DAVE, HISTORY_TARGETS, 0, INT64_MAX - 1, 9));
	HEARS(DAVE, "[]");
}

static void targets(void)
{
	begin(20, 4);
	CHECK(enter(ALICE, "dev", NULL) && enter(ALICE, "ops", NULL));
	CHECK(enter(BOB, "other", NULL) && say(BOB, "other", "o"));
	CHECK(say(ALICE, "dev", "a") && tell_to(ALICE, "bob", "b"));
	CHECK(say(ALICE, "ops", "c") && tell_to(CAROL, "alice", "d"));
	CHECK(say(BOB, NULL, "e") && tell_to(BOB, "carol", "f"));
	be_quiet();
	/* dev: 5 s ago, bob: 4, ops: 3, carol: 2, lobby: 1 */
	set_times(6);
	CHECK(find_at(ALICE, HISTORY_TARGETS, 0, INT64_MAX - 1, 9));
	HEARS(ALICE, "[#dev:5,bob:4,#ops:3,carol:2,#lobby:1,]");
	CHECK(find_at(ALICE, HISTORY_TARGETS, AGO(5), AGO(2), 9));
	HEARS(ALICE, "[bob:4,#ops:3,]");
	CHECK(find_at(ALICE, HISTORY_TARGETS, AGO(2), AGO(5), 9));
	HEARS(ALICE, "[bob:4,#ops:3,]");
	CHECK(find_at(ALICE, HISTORY_TARGETS, AGO(6), AGO(0), 2));
	HEARS(ALICE, "[#dev:5,bob:4,]");
	CHECK(find_at(ALICE, HISTORY_TARGETS, AGO(0), AGO(6), 2));
	HEARS(ALICE, "[carol:2,#lobby:1,]");
	/* By the name that a user has now, and once. */
	CHECK(tell_to(ALICE, "bob", "g"));
	CHECK(ask(BOB, (struct request){.kind = UP_RENAME, .name = "rob"}));
	be_quiet();
	set_times(2);
	CHECK(find_at(ALICE, HISTORY_TARGETS, AGO(2), AGO(0), 9));
	HEARS(ALICE, "[rob:1,]");
}

/* The links are made again. */
static void another_relay(void)
{
	uint64_t a;

	begin_room();
	a = first_id;
	CHECK(tell_to(ALICE, "bob", "p") && tell_to(BOB, "alice", "q"));
	be_quiet();
	replace_relay();
	be_quiet();
	CHECK(find(ALICE, "dev", NULL, HISTORY_AFTER, a + 1, 3));
	HEARS(ALICE, "[cde]");
	CHECK(say(ALICE, "dev", "g") && tell_to(BOB, "alice", "r"));
	be_quiet();
	CHECK(find(ALICE, "dev", NULL, HISTORY_LATEST, 0, 3));
	HEARS(ALICE, "[efg]");
	CHECK(find(ALICE, NULL, "bob", HISTORY_LATEST, 0, 9));
	HEARS(ALICE, "[pqr]");
}

static char long_text[TEXT_MAX + 1];

/* A hundred of the longest lines: no channel takes them at once. */
static void begin_long(void)
{
	memset(long_text, 'x', TEXT_MAX);
	begin_room();
	for (int i = 0; i < HISTORY_LINES_MAX; i++) {
		CHECK(snprintf(long_text, 10, "<%06d>.", i) == 9);
		long_text[9] = 'x';
		CHECK(say(ALICE, "dev", long_text));
		if (i % 10 == 9)
			be_quiet();
	}
	be_quiet();
}

static size_t count(const char *what)
{
	size_t n = 0;

	for (const char *p = story; (p = strstr(p, what)) != NULL; p++)
		n++;
	return n;
}

/* New lines wait until the list has ended. */
static void in_parts(void)
{
	begin_long();
	CHECK(find(BOB, "dev", NULL, HISTORY_LATEST, 0, HISTORY_LINES_MAX));
	turn();
	CHECK(s.members[BOB].lagging);
	CHECK(say(ALICE, "dev", "live"));
	heard(BOB);
	CHECK_EQ(count("<0"), HISTORY_LINES_MAX);
	CHECK(strncmp(story, "[<000000>.<000001>.", 19) == 0);
	CHECK(strcmp(strchr(story, ']'), "]live") == 0);
	CHECK(!s.members[BOB].lagging);
}

/* The relay dies in the middle of a list: nothing new is lost. */
static void killed(void)
{
	begin_long();
	CHECK(find(BOB, "dev", NULL, HISTORY_LATEST, 0, HISTORY_LINES_MAX));
	turn();
	CHECK(say(ALICE, "dev", "live"));
	/* It has seen the beginning, and so does not get it again. */
	users[BOB].last_id = newest() - 1;
	replace_relay();
	HEARS(BOB, "live");
	CHECK(find(BOB, "dev", NULL, HISTORY_LATEST, 0, 1));
	HEARS(BOB, "[live]");
	/* Nothing of it has come: it comes now. */
	CHECK(find(BOB, "dev", NULL, HISTORY_LATEST, 0, 1));
	replace_relay();
	HEARS(BOB, "[live]");
}

/* The ring overtakes who reads a list too slowly; lines that have left it are
 * skipped. */
static void overtaken(void)
{
	begin_long();
	CHECK(find(BOB, "dev", NULL, HISTORY_LATEST, 0, HISTORY_LINES_MAX));
	turn();
	lossy = true;
	for (uint64_t head = eventlog_head(&s.log);
		eventlog_head(&s.log) < head + EVENTLOG_RING * 3 / 2;) {
		CHECK(say(CAROL, NULL, long_text));
		heard(CAROL);
		heard(ALICE);
	}
	CHECK(s.members[BOB].write_closed);
	close(users[BOB].fd);
	attach(BOB);
	be_quiet();
	CHECK(find(BOB, "dev", NULL, HISTORY_LATEST, 0, HISTORY_LINES_MAX));
	HEARS(BOB, "[]");
	CHECK(say(BOB, "dev", "again"));
	be_quiet();
	CHECK(find(BOB, "dev", NULL, HISTORY_LATEST, 0, HISTORY_LINES_MAX));
	HEARS(BOB, "[again]");
}

/* A line that is sent in part and has left the ring cannot be finished: the
 * channel ends, in the middle of it. */
static void half_a_line(void)
{
	uint64_t head;

	begin_long();
	CHECK(find(BOB, "dev", NULL, HISTORY_LATEST, 0, HISTORY_LINES_MAX));
	turn();
	head = eventlog_head(&s.log);
	lossy = true;
	while (eventlog_head(&s.log) < head + EVENTLOG_RING - (64U << 10)) {
		CHECK(say(CAROL, NULL, long_text));
		heard(CAROL);
		heard(ALICE);
	}
	CHECK(!s.members[BOB].write_closed);
	heard(BOB);
	CHECK(s.members[BOB].write_closed);
	CHECK_EQ(count("]"), 0);
	close(users[BOB].fd);
	attach(BOB);
	heard(BOB);
	CHECK(find(BOB, "dev", NULL, HISTORY_LATEST, 0, HISTORY_LINES_MAX));
	heard(BOB);
	/* The last ones are still there. */
	CHECK(strncmp(story, "[<00009", 7) == 0 && count("]") == 1);
}

static void forged(void)
{
	const struct history_query good = {.kind = HISTORY_LATEST, .limit = 1};
	struct history_query bad[9];

	for (size_t i = 0; i < COUNT(bad); i++)
		bad[i] = good;
	bad[0].kind = HISTORY_KINDS;
	bad[1].limit = 0;
	bad[2].limit = HISTORY_LINES_MAX + 1;
	bad[3].first_by = HISTORY_BYS;
	bad[4].events = 2;
	bad[5].second_by = HISTORY_BY_ID;
	bad[6].kind = HISTORY_BEFORE;
	bad[7].kind = HISTORY_BETWEEN;
	bad[7].first_by = HISTORY_BY_ID;
	bad[8].first_by = HISTORY_BY_TIME;
	bad[8].first = INT64_MAX;
	for (size_t i = 0; i < COUNT(bad); i++) {
		begin(20, 4);
		CHECK(send_query(ALICE, NULL, NULL, good));
		CHECKF(!send_query(ALICE, NULL, NULL, bad[i]), "%zu", i);
	}
	begin(20, 4);
	CHECK(enter(ALICE, "dev", NULL));
	CHECK(!send_query(ALICE, "dev", "bob", good));
}

int main(void)
{
	RUN(by_id, "lines of a room, by id");
	RUN(by_number, "behind a number");
	RUN(tells_of_more, "that there are more");
	RUN(by_time, "by time");
	RUN(kinds, "topics, and the lobby");
	RUN(of_two, "what two have told each other");
	RUN(successors, "later users of a name or a slot");
	RUN(rooms_of_others, "rooms where one is not, and earlier ones");
	RUN(no_scrollback, "without scrollback");
	RUN(targets, "with whom, and where");
	RUN(another_relay, "after a relay's end");
	RUN(in_parts, "more than a channel takes");
	RUN(killed, "a relay's end in the middle");
	RUN(overtaken, "the ring overtakes it");
	RUN(half_a_line, "the ring overtakes a line of it");
	RUN(forged, "forged queries");
	end();
	return unit_end();
}

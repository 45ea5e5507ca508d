/* SPDX-License-Identifier: MIT */
/* Tests of server/relay: members whose clients keep lists of their own get each
 * join and leave by itself, the others a digest.
 * Runs in: nothing but tests. */
#include <sys/syscall.h>

#include "tests/unit/relay_rig.h"

enum {
	ALICE,
	BOB,
	CAROL,
	DAVE
};

static unsigned sends;

/* In place of the C library's. */
ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	sends++;
	return syscall(SYS_sendmsg, fd, msg, flags);
}

/* The slot's client speaks another dialect from now on. */
static void watch(uint32_t slot, bool watches)
{
	close(users[slot].fd);
	users[slot].watches = watches;
	attach(slot);
	skip();
}

/* What comes and goes in the room waits for a digest. */
static void make_busy(const char *room)
{
	uint32_t n = rooms_find(&rooms, room, strlen(room));

	CHECK(n != ROOM_NONE);
	s.room[n].presence.window_ms = clock_monotonic_ms() + 3600 * 1000;
	s.room[n].presence.told = DIGEST_AFTER;
}

static void tell_all(void)
{
	while (s.ntelling > 0)
		presence_tell(&s, s.telling[0]);
}

/* Alice and bob, who watches, are in a room where digests tell who comes. */
static void begin_busy(void)
{
	begin(3, 4);
	watch(BOB, true);
	CHECK(enter(ALICE, "dev", NULL) && enter(BOB, "dev", NULL));
	CHECK(enter(CAROL, "ops", NULL));
	skip();
	make_busy("dev");
}

static void in_room(void)
{
	begin_busy();
	CHECK(enter(CAROL, "dev", NULL));
	READS(ALICE, "");
	READS(BOB, "#dev carol joins (3)");
	READS(CAROL, "#dev carol joins (3)");
	CHECK(part(CAROL, "dev") && enter(CAROL, "dev", NULL));
	/* The digest of the join comes before what carol does next. */
	CHECK(strstr(read_user(BOB),
		      "#dev carol leaves (2) | #dev carol joins (3)") != NULL);
	CHECK(strstr(read_user(ALICE), "carol leaves") == NULL);
	tell_all();
	CHECK(strstr(read_user(ALICE), "#dev joins (3)") != NULL);
	CHECK(strstr(read_user(BOB), "#dev joins (3)") != NULL);
	/* Not in a room where it is not. */
	make_busy("ops");
	CHECK(part(CAROL, "ops"));
	READS(BOB, "");
}

/* The joins and leaves of the lobby that a user has got. */
static unsigned arrivals(uint32_t slot)
{
	struct user *u = &users[slot];
	unsigned n = 0;
	size_t used = 0;
	ssize_t got;

	turn();
	got = recv(u->fd, u->buf, sizeof(u->buf), MSG_DONTWAIT);
	while (got > 0 && frame_event_check(u->buf + used,
				  (size_t)got - used) == FRAME_OK) {
		const struct frame_event *e = (void *)(u->buf + used);

		if (e->room == ROOM_LOBBY &&
			(e->kind == EVENT_JOIN || e->kind == EVENT_LEAVE) &&
			(e->flags & EVENT_DIGEST) == 0)
			n++;
		if (e->id > u->last_id)
			u->last_id = e->id;
		used += e->size;
	}
	return n;
}

static void in_lobby(void)
{
	begin(3, 4);
	watch(BOB, true);
	make_busy("lobby");
	arrive(DAVE, "dave", "192.0.2.4:1");
	CHECK_EQ(arrivals(BOB), 1);
	CHECK_EQ(arrivals(ALICE), 0);
	CHECK_EQ(arrivals(DAVE), 0); /* its welcome stands for that */
	vanish(DAVE);
	CHECK_EQ(arrivals(BOB), 1);
	CHECK_EQ(arrivals(ALICE), 0);
	/* And after a relay's end: what has not come yet, once. */
	arrive(DAVE, "dave", "192.0.2.4:1");
	arrivals(DAVE);
	replace_relay();
	CHECK_EQ(arrivals(BOB), 1);
	CHECK_EQ(arrivals(ALICE), 0);
	vanish(DAVE);
	CHECK_EQ(arrivals(BOB), 1);
}

static unsigned sends_of_round(void)
{
	sends = 0;
	round_end(&s, clock_monotonic_ms());
	return sends;
}

/* One send for each who watches in a round, and none for the others; joins and
 * leaves of the lobby gather until the digest. */
static void one_send(void)
{
	begin(3, 4);
	watch(BOB, true);
	watch(CAROL, true);
	CHECK(enter(ALICE, "dev", NULL) && enter(BOB, "dev", NULL));
	arrive(DAVE, "dave", "192.0.2.4:1");
	skip();
	make_busy("dev");
	for (int i = 0; i < 10; i++)
		CHECK(enter(DAVE, "dev", NULL) && part(DAVE, "dev"));
	CHECK_EQ(sends_of_round(), 3); /* bob and dave; alice gets digests */
	skip();
	make_busy("lobby");
	for (int i = 0; i < 5; i++) {
		vanish(DAVE);
		arrive(DAVE, "dave", "192.0.2.4:1");
	}
	vanish(DAVE);
	CHECK_EQ(sends_of_round(), 0);
	tell_all();
	CHECK_EQ(sends_of_round(), 3);
	CHECK_EQ(arrivals(BOB), 11);
	arrive(DAVE, "dave", "192.0.2.4:1");
	CHECK(say(ALICE, NULL, "hello"));
	CHECK(sends_of_round() >= 4);
	CHECK_EQ(arrivals(BOB), 1);
	/* What else is for those who watch does not wait. */
	CHECK(ask(BOB, (struct request){.kind = UP_AWAY, .text = "lunch"}));
	CHECK_EQ(sends_of_round(), 2);
	tell_all();
	CHECK_EQ(sends_of_round(), 4);
}

/* One who comes and goes wakes nobody each time: what is told of nobody has no
 * digest that ends the gathering. */
static void one_who_flaps(void)
{
	begin(3, 4);
	watch(BOB, true);
	skip();
	make_busy("lobby");
	for (int i = 0; i < 50; i++) {
		arrive(DAVE, "dave", "192.0.2.4:1");
		CHECK_EQ(sends_of_round(), 0);
		vanish(DAVE);
		CHECK_EQ(s.ntelling, 0);
		CHECK_EQ(sends_of_round(), 0);
	}
	s.room[ROOM_LOBBY].presence.window_ms = 0; /* the window is over */
	CHECK_EQ(sends_of_round(), 1);
	CHECK_EQ(arrivals(BOB), 100);
}

/* What a user has got, by its ids; since is the last one of before. */
static void reads_all(uint32_t slot, uint64_t *since)
{
	struct user *u = &users[slot];
	uint64_t at, id = *since + 1, got_id = 0;
	size_t used = 0;
	ssize_t got = recv(u->fd, u->buf, sizeof(u->buf), MSG_DONTWAIT);

	for (; got > 0 && used < (size_t)got; id++) {
		const struct frame_event *e = (void *)(u->buf + used);

		if (!eventlog_find(&s.log, id, &at) || id == s.log.next_id)
			break;
		if (!audience_has(eventlog_at(&s.log, at), s.rooms, slot,
			    u->generation, u->watches))
			continue;
		CHECK_EQ(e->id, id);
		got_id = id;
		used += e->size;
	}
	CHECK_EQ(used, (size_t)(got > 0 ? got : 0));
	*since = got_id != 0 ? got_id : *since;
}

/* Whatever else happens while joins gather: each entry comes once, in order. */
static void gathers_in_order(void)
{
	uint64_t since[CAROL + 1];
	uint64_t seed = (uint64_t)clock_monotonic_ms();

	printf("# seed %llu\n", (unsigned long long)seed);
	begin(3, 4);
	watch(BOB, true);
	watch(CAROL, true);
	CHECK(enter(ALICE, "dev", NULL) && enter(BOB, "dev", NULL));
	CHECK(enter(ALICE, "ops", NULL) && enter(CAROL, "ops", NULL));
	CHECK(enter(BOB, "ops", NULL));
	skip();
	for (uint32_t i = ALICE; i <= CAROL; i++)
		since[i] = s.log.next_id - 1;
	for (int i = 0; i < 20000 && !UNIT_FAILED; i++) {
		uint32_t who = (uint32_t)(seed >> 40) % 3;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		make_busy("lobby");
		switch (seed >> 60) {
		case 0:
		case 1:
		case 2:
		case 3:
			if (users[DAVE].name != NULL)
				vanish(DAVE);
			else
				arrive(DAVE, "dave", "192.0.2.4:1");
			break;
		case 4:
			CHECK(say(who, who == CAROL ? "ops" : "dev", "a"));
			break;
		case 5:
			CHECK(say(who, "ops", "b"));
			break;
		case 6:
			CHECK(ask(who, (struct request){.kind = UP_PRIVATE,
					       .name = "bob",
					       .text = "c"}));
			break;
		case 7:
			CHECK((seed >> 30) % 8 != 0 || say(who, NULL, "d"));
			break;
		case 8:
			CHECK(ask(who, (struct request){
					       .kind = UP_AWAY, .text = "e"}));
			break;
		case 9:
			reads_all(who, &since[who]);
			break;
		case 10:
			tell_all();
			break;
		default:
			round_end(&s, clock_monotonic_ms());
		}
	}
	turn();
	for (uint32_t i = ALICE; i <= CAROL; i++) {
		reads_all(i, &since[i]);
		CHECK(since[i] + 50 > s.log.next_id);
	}
}

/* More pieces than a round holds. */
static void split(void)
{
	const char *rest;
	unsigned n = 0;

	begin_busy();
	for (int i = 0; i < 2 * ROUND_RUNS; i++) {
		CHECK(enter(CAROL, "dev", NULL) && say(CAROL, "ops", "b"));
		CHECK(part(CAROL, "dev") && say(CAROL, "ops", "b"));
	}
	CHECK(s.room[rooms_find(&rooms, "dev", 3)].runs[true].split);
	rest = read_user(BOB);
	while ((rest = strstr(rest, "#dev carol joins (3)")) != NULL) {
		rest++;
		n++;
	}
	CHECK_EQ(n, 2 * ROUND_RUNS);
}

/* Who stops to watch gets digests, as the text clients do. */
static void changes(void)
{
	begin(3, 4);
	CHECK(enter(ALICE, "dev", NULL) && enter(BOB, "dev", NULL));
	watch(BOB, true);
	watch(ALICE, true);
	CHECK_EQ(s.room[ROOM_LOBBY].n, 2);
	watch(BOB, false);
	make_busy("dev");
	make_busy("lobby");
	CHECK(enter(CAROL, "dev", NULL));
	READS(ALICE, "#dev carol joins (3)");
	READS(BOB, "");
	vanish(ALICE);
	CHECK_EQ(s.room[ROOM_LOBBY].n, 0);
	CHECK_EQ(s.room[ROOM_LOBBY].nwatchers, 0);
}

static void flags(void)
{
	begin(3, 4);
	CHECK(ask(ALICE, (struct request){.kind = UP_PRIVATE,
				 .name = "bob",
				 .text = "waves",
				 .flags = EVENT_ACTED}));
	CHECK(ask(ALICE, (struct request){.kind = UP_PUBLIC,
				 .text = "hi",
				 .flags = EVENT_NOTICED}));
	READS(BOB, "alice to acting bob: waves | alice says noticed: hi");
	/* No other flag is a child's. */
	CHECK(!ask(ALICE, (struct request){.kind = UP_PUBLIC,
				  .text = "hi",
				  .flags = EVENT_DIGEST}));
}

/* Tags alone are for who watches where they are said, and wake nobody else. */
static void tags(void)
{
	struct request typing = {.kind = UP_TAGS, .tags = "+typing"};
	uint64_t seq;

	begin_busy();
	watch(CAROL, true);
	seq = eventlog_seq(&s.log, ROOM_LOBBY);
	CHECK(ask(ALICE, typing));
	READS(BOB, "alice tags @+typing");
	READS(CAROL, "alice tags @+typing");
	READS(ALICE, "");
	CHECK_EQ(eventlog_seq(&s.log, ROOM_LOBBY), seq);
	/* In a room, where carol is not: alice gets it as her answer. */
	typing.room = "dev";
	sends = 0;
	CHECK(ask(ALICE, typing));
	READS(BOB, "#dev alice tags @+typing");
	READS(ALICE, "#dev alice tags @+typing");
	READS(CAROL, "");
	CHECK_EQ(sends, 2);
	typing.room = "ops";
	CHECK(ask(ALICE, typing));
	CHECK(strstr(read_user(ALICE), "error") != NULL);
	READS(CAROL, "");
	/* To one user. */
	typing.room = NULL;
	typing.name = "carol";
	CHECK(ask(BOB, typing));
	READS(CAROL, "bob tags carol @+typing");
	READS(BOB, "bob tags carol @+typing");
	READS(ALICE, "");
	/* Beside a text they come to all who read it. */
	CHECK(ask(BOB, (struct request){.kind = UP_PUBLIC,
			       .room = "dev",
			       .text = "hi",
			       .tags = "+a=b"}));
	READS(ALICE, "#dev bob says: hi @+a=b");
}

/* Who types is not announced for it to those who read digests. */
static void tags_announce_nobody(void)
{
	begin_busy();
	CHECK(enter(CAROL, "dev", NULL));
	CHECK(ask(CAROL,
		(struct request){
			.kind = UP_TAGS, .room = "dev", .tags = "+typing"}));
	READS(ALICE, "");
	READS(BOB, "#dev carol joins (3) | #dev carol tags @+typing");
}

/* What no honest child sends ends its sender. */
static bool takes(enum up_kind kind, const char *text, const char *tags)
{
	begin(3, 4);
	return ask(ALICE, (struct request){.kind = kind,
				  .name = kind == UP_PRIVATE ? "bob" : NULL,
				  .room = kind == UP_TOPIC ? "dev" : NULL,
				  .text = text,
				  .tags = tags});
}

static void lines(void)
{
	static char most[2 * MESSAGE_LINES_MAX + 2];

	CHECK(takes(UP_PUBLIC, "one\ntwo\rthree", NULL));
	READS(BOB, "alice says: one\ntwo\rthree");
	CHECK(takes(UP_ACTION, "one\ntwo", NULL));
	CHECK(takes(UP_PRIVATE, "\none\n", NULL));
	/* Nothing else has lines. */
	CHECK(!takes(UP_AWAY, "one\ntwo", NULL));
	CHECK(!takes(UP_REALNAME, "one\rtwo", NULL));
	CHECK(!takes(UP_TOPIC, "one\ntwo", NULL));
	CHECK(!takes(UP_PUBLIC, "one\ttwo", NULL));
	CHECK(!takes(UP_PUBLIC, "one\ntwo\x1B", NULL));
	CHECK(!takes(UP_PUBLIC, "\x1Bone\ntwo", NULL));
	for (size_t i = 0; i + 1 < sizeof(most); i++)
		most[i] = i % 2 == 0 ? 'x' : '\n';
	CHECK(!takes(UP_PUBLIC, most, NULL));
	most[sizeof(most) - 3] = '\0';
	CHECK(takes(UP_PUBLIC, most, NULL));
	/* Nor do tags. */
	CHECK(!takes(UP_PUBLIC, "one", "+a\n:x"));
	CHECK(!takes(UP_PUBLIC, "one", "+a\r"));
	CHECK(!takes(UP_TAGS, NULL, "+a=\xC2\x85"));
	CHECK(takes(UP_TAGS, NULL, "anything else"));
}

/* The end of the server is no burst of leaves to each other. */
static void ending(void)
{
	begin(3, 4);
	watch(BOB, true);
	CHECK(enter(ALICE, "dev", NULL) && enter(BOB, "dev", NULL));
	skip();
	s.ending = true;
	vanish(ALICE);
	vanish(CAROL);
	CHECK_EQ(arrivals(BOB), 0);
}

/* At its start the relay had no memory for the whole of a list. */
static void list_cut_short(void)
{
	struct room_state *r;

	begin(3, 4);
	CHECK(enter(ALICE, "dev", NULL) && enter(BOB, "dev", NULL));
	skip();
	r = &s.room[rooms_find(&rooms, "dev", 3)];
	free(r->slots);
	r->slots = calloc(1, sizeof(*r->slots));
	r->slots[0] = ALICE;
	r->n = r->size = 1;
	watch(BOB, true);
	CHECKF(r->n == 2 && r->n <= r->size && r->nwatchers == 1,
		"%u of %u, %u watch", r->n, r->size, r->nwatchers);
	CHECK(say(ALICE, "dev", "hi"));
	READS(BOB, "#dev alice says: hi");
}

int main(void)
{
	RUN(in_room, "joins and leaves of a room");
	RUN(in_lobby, "joins and leaves of the server");
	RUN(one_send, "one send for each in a round");
	RUN(one_who_flaps, "one who comes and goes wakes nobody each time");
	RUN(gathers_in_order, "what gathers comes once, in order");
	RUN(split, "a round of many pieces");
	RUN(changes, "who begins and ends to watch");
	RUN(flags, "what a line is, beside its text");
	RUN(tags, "tags alone, and beside a text");
	RUN(tags_announce_nobody, "who types is not announced for it");
	RUN(lines, "messages of several lines, and what else has them");
	RUN(ending, "the server's end");
	RUN(list_cut_short, "a list is never written past its end");
	end();
	return unit_end();
}

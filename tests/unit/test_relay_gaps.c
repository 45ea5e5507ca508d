/* SPDX-License-Identifier: MIT */
/* Tests of server/relay: members of rooms whose channel is full, or whom the
 * log has overtaken.
 * Runs in: nothing but tests. */
#include <sys/syscall.h>

#include "tests/unit/relay_rig.h"

enum {
	ALICE,
	BOB,
	CAROL
};

static char page[TEXT_MAX + 1];

/* Says so much to all that the ring has overtaken this part of itself, in
 * rounds.  Nobody reads but alice. */
static void fill(uint64_t bytes)
{
	uint64_t until = eventlog_head(&s.log) + bytes;

	memset(page, 'x', TEXT_MAX);
	while (eventlog_head(&s.log) < until && !UNIT_FAILED) {
		CHECK(say(ALICE, NULL, page));
		round_end(&s, clock_monotonic_ms());
		if (s.lagging > 2)
			(void)read_user(ALICE);
	}
}

static void stay_behind(uint32_t slot)
{
	int small = 4096;

	setsockopt(s.members[slot].fd, SOL_SOCKET, SO_SNDBUF, &small,
		sizeof(small));
}

static void attach_again(uint32_t slot)
{
	char rest[4096];

	while (recv(users[slot].fd, rest, sizeof(rest), MSG_DONTWAIT) > 0)
		;
	close(users[slot].fd);
	attach(slot);
}

/* What is not said to all. */
static const char *in_rooms(uint32_t slot)
{
	static char words[sizeof(story)];
	char *end = words, *rest = story, *word;

	(void)read_user(slot);
	words[0] = '\0';
	while ((word = strsep(&rest, "|")) != NULL) {
		if (strstr(word, "xxxx") == NULL)
			end = stpcpy(stpcpy(end, word), "|");
	}
	return words;
}

/* The rooms are told as of where the story goes on: those that bob was in
 * then, whatever has become of them, and those that he is in now. */
static void overtaken(void)
{
	const char *words;

	begin(3, 4);
	CHECK(enter(ALICE, "stays", NULL) && enter(ALICE, "left", NULL));
	CHECK(enter(ALICE, "gone", NULL) && enter(BOB, "stays", NULL));
	CHECK(enter(BOB, "left", NULL) && enter(BOB, "gone", NULL));
	skip();
	stay_behind(BOB);
	CHECK(say(ALICE, "stays", "missed"));
	CHECK(kick(ALICE, "gone", "bob", false));
	fill(EVENTLOG_RING);
	CHECK(say(ALICE, "left", "late"));
	CHECK(kick(ALICE, "left", "bob", false) && part(ALICE, "left"));
	CHECK(enter(CAROL, "other", NULL)); /* has its number now */
	CHECK(enter(BOB, "new", NULL) && say(ALICE, "stays", "here"));
	fill(EVENTLOG_RING / 4);
	attach_again(BOB);
	words = in_rooms(BOB);
	CHECKF(strncmp(words, "welcome ", 8) == 0 &&
			strcmp(words + strcspn(words, "|"),
				"| #stays room | #left room | #new room 1 | "
				"room | #left alice says: late | "
				"#left alice kicks bob | #new bob joins (1) | "
				"#stays alice says: here |") == 0,
		"bob reads: %s", words);
	CHECK(users[BOB].gap_id > 0);
	CHECK_EQ(users[BOB].after_gap, users[BOB].gap_id + 1);
}

/* A channel that takes nothing for a while loses nothing: not what was said in
 * a room before the end of each membership of it. */
static void lags(void)
{
	begin(2, 2);
	CHECK(enter(ALICE, "dev", NULL) && enter(BOB, "dev", NULL));
	skip();
	stay_behind(BOB);
	fill(40000);
	CHECK(s.members[BOB].lagging);
	CHECK(say(ALICE, "dev", "a") && kick(ALICE, "dev", "bob", false));
	CHECK(say(ALICE, "dev", "b") && enter(BOB, "dev", NULL));
	turn();
	CHECK(say(BOB, "dev", "c") && part(BOB, "dev"));
	CHECK(say(ALICE, "dev", "d") && part(ALICE, "dev"));
	CHECK(enter(CAROL, "ops", NULL) && say(CAROL, "ops", "e"));
	turn();
	CHECK(enter(BOB, "ops", NULL) && say(CAROL, "ops", "f"));
	CHECK(s.members[BOB].lagging);
	CHECKF(strcmp(in_rooms(BOB),
		       " #dev alice says: a | #dev alice kicks bob | "
		       "#dev bob joins (2) | #dev bob says: c | "
		       "#dev bob leaves (1) | #ops bob joins (2) | "
		       "#ops carol says: e | #ops carol says: f|") == 0,
		"bob reads: %s", in_rooms(BOB));
	CHECK(!s.members[BOB].lagging);
}

/* A line that has gone out in part is finished, whatever becomes of the
 * scrollback that it is of, or of its room. */
static void cut_short(bool is_old)
{
	const struct member *m;
	const char *words;

	memset(page, 'y', TEXT_MAX);
	begin(1, 2);
	m = &s.members[BOB];
	CHECK(enter(ALICE, "dev", NULL));
	if (is_old)
		CHECK(say(ALICE, "dev", page));
	stay_behind(BOB);
	CHECK(enter(BOB, "dev", NULL));
	turn();
	if (!is_old)
		CHECK(say(ALICE, "dev", page));
	turn();
	CHECK(m->sent > 0 && (m->replay != ROOM_LOBBY) == is_old);
	CHECK(say(ALICE, "dev", "next") && part(BOB, "dev"));
	CHECK(part(ALICE, "dev") && enter(ALICE, "ops", NULL));
	CHECK(say(ALICE, "ops", "not his"));
	words = read_user(BOB);
	CHECKF(strcmp(words,
		       "#dev bob joins (2) | #dev alice says: "
		       "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy | "
		       "#dev alice says: next | #dev bob leaves (1)") == 0,
		"bob reads: %s", words);
}

/* More memberships than there are places: what was said in the first ones is
 * lost to who lags so much, but what was begun is finished, and each join and
 * leave is told. */
static void cut_forgotten(void)
{
	char want[4000], *end;

	memset(page, 'y', TEXT_MAX);
	begin(1, 2);
	lossy = true;
	stay_behind(BOB);
	CHECK(enter(ALICE, "dev", NULL) && enter(BOB, "dev", NULL));
	turn();
	CHECK(say(ALICE, "dev", page) && say(ALICE, "dev", "lost"));
	turn();
	CHECK(s.members[BOB].sent > 0 && part(BOB, "dev"));
	end = stpcpy(want, "#dev bob joins (2) | #dev alice says: "
			   "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy | "
			   "#dev bob leaves (1)");
	for (int i = 0; i < ROOMS_PER_USER; i++) {
		CHECK(enter(BOB, "ops", NULL) && part(BOB, "ops"));
		end = stpcpy(
			end, " | #ops bob joins (1) | #ops bob leaves (0)");
	}
	READS(BOB, want);
}

static void cut_line(void)
{
	cut_short(false);
}

static void cut_scrollback(void)
{
	cut_short(true);
}

/* A relay's end in the middle of a room's scrollback: the child asks from its
 * join on, and both come again. */
static void replaced(void)
{
	begin(3, 2);
	CHECK(enter(ALICE, "dev", NULL) && say(ALICE, "dev", "a"));
	CHECK(enter(BOB, "dev", NULL) && say(ALICE, "dev", "b"));
	READS(BOB, "#dev bob joins (2) | #dev alice says: a | "
		   "#dev alice says: b");
	replace_relay();
	READS(BOB, "welcome");
	CHECK(say(ALICE, "dev", "c") && kick(ALICE, "dev", "bob", false));
	replace_relay();
	READS(BOB, "welcome | #dev alice says: c | #dev alice kicks bob");
	CHECK(enter(BOB, "dev", NULL));
	turn();
	stop_relay();
	close(users[ALICE].fd);
	close(users[BOB].fd);
	close(users[CAROL].fd);
	start_relay();
	attach(ALICE);
	attach(BOB);
	attach(CAROL);
	READS(BOB, "welcome | #dev bob joins (2) | #dev alice says: a | "
		   "#dev alice says: b | #dev alice says: c");
}

/* --- what a round costs --------------------------------------------------- */

static unsigned sends;

/* In place of the C library's. */
ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	sends++;
	return syscall(SYS_sendmsg, fd, msg, flags);
}

static unsigned sends_of_round(void)
{
	sends = 0;
	round_end(&s, clock_monotonic_ms());
	return sends;
}

static void one_send(void)
{
	begin(3, 3);
	CHECK(enter(ALICE, "dev", NULL) && enter(BOB, "dev", NULL));
	CHECK(enter(ALICE, "ops", NULL) && enter(BOB, "ops", NULL));
	skip();
	CHECK(say(ALICE, "dev", "a") && say(ALICE, "dev", "b"));
	CHECK_EQ(sends_of_round(), 2);
	CHECK(say(ALICE, "dev", "c") && say(BOB, NULL, "d"));
	CHECK(say(ALICE, "ops", "e") && say(BOB, "dev", "f"));
	CHECK_EQ(sends_of_round(), 3);
	CHECK_EQ(sends_of_round(), 0);
	READS(BOB, "#dev alice says: a | #dev alice says: b | "
		   "#dev alice says: c | bob says: d | #ops alice says: e | "
		   "#dev bob says: f");
	READS(CAROL, "bob says: d");
}

/* More runs of a room's lines than a round holds. */
static void split(void)
{
	char want[8000], *end = want;

	begin(3, 3);
	CHECK(enter(ALICE, "dev", NULL) && enter(BOB, "dev", NULL));
	CHECK(enter(CAROL, "ops", NULL));
	skip();
	for (int i = 0; i < 3 * ROUND_RUNS; i++) {
		CHECK(say(ALICE, "dev", "a") && say(CAROL, "ops", "b"));
		CHECK(say(CAROL, NULL, "c"));
		end = stpcpy(end, i > 0 ? " | " : "");
		end = stpcpy(end, "#dev alice says: a | carol says: c");
	}
	/* The rest goes when the channels have room, as with those that lag. */
	CHECK_EQ(sends_of_round(), 3);
	READS(BOB, want);
	CHECK(say(ALICE, "dev", "z"));
	CHECK_EQ(sends_of_round(), 2);
	READS(BOB, "#dev alice says: z");
}

int main(void)
{
	RUN(one_send, "one send for each member in a round");
	RUN(split, "a round of many pieces");
	RUN(lags, "a member that lags gets all that it was there for");
	RUN(cut_line, "a line cut short is finished when its room is gone");
	RUN(cut_scrollback, "and so is one of the scrollback");
	RUN(cut_forgotten, "and so is one of a room left long ago");
	RUN(replaced, "nothing is lost or doubled by another relay");
	RUN(overtaken, "the rooms of a member whom the log has overtaken");
	end();
	return unit_end();
}

/* SPDX-License-Identifier: MIT */
/* Tests of client/session/joined.c.
 * Runs in: nothing but tests. */
#include "client/session/joined.h"

#include <string.h>

#include "tests/unit/unit.h"

#define ME "carol"

static struct joined joined;

static struct field field(const char *s)
{
	return (struct field){s, strlen(s)};
}

static void happens(enum event_kind kind, uint64_t seq, const char *from,
	const char *room, const char *text)
{
	struct event e = {.kind = kind,
		.has_seq = seq > 0,
		.seq = seq,
		.unix_ms = seq,
		.from = field(from),
		.room = field(room),
		.text = field(text)};

	joined_learn(&joined, &e, ME);
}

static void enter(const char *room, uint64_t seq)
{
	happens(EVENT_JOIN, seq, ME, room, "1");
}

static void begin(void)
{
	memset(&joined, 0, sizeof(joined));
}

static bool is_here(const char *room)
{
	return strcmp(joined.here, room) == 0;
}

static void moves(void)
{
	begin();
	enter("#dev", 1);
	CHECK(is_here("#dev"));
	enter("#ops", 5);
	CHECK(is_here("#ops") && joined.count == 2);
	/* Of others. */
	happens(EVENT_JOIN, 9, "bob", "#new", "2");
	happens(EVENT_LEAVE, 9, "bob", "#ops", "2");
	happens(EVENT_KICK, 9, "alice", "#ops", "bob " ME);
	CHECK(is_here("#ops") && joined.count == 2);
	happens(EVENT_NOTICE, 0, "", "#dev", "you talk in #dev now");
	CHECK(is_here("#dev"));
	/* The lobby's own joins and leaves are none of these. */
	happens(EVENT_JOIN, 9, ME, "", "2");
	happens(EVENT_LEAVE, 9, ME, "", "2");
	CHECK(is_here("#dev") && joined.lobby[0] == '\0');
	happens(EVENT_NOTICE, 0, "", "", "you talk in #Lobby now");
	CHECK(is_here("") && joined.count == 2);
	CHECK(strcmp(joined.lobby, "#Lobby") == 0);
}

static void leaves(void)
{
	begin();
	enter("#dev", 1);
	enter("#ops", 1);
	happens(EVENT_LEAVE, 9, ME, "#DEV", "2");
	CHECK(is_here("#ops") && joined.count == 1);
	happens(EVENT_KICK, 9, "alice", "#ops", ME " out");
	CHECK(is_here("") && joined.count == 0);
	enter("#dev", 1);
	happens(EVENT_BAN, 9, "alice", "#dev", ME);
	CHECK(is_here(""));
	enter("#dev", 1);
	happens(EVENT_LEAVE, 0, ME, "#dev", "- missed");
	CHECK(is_here("") && joined.count == 0);
}

static void pending(void)
{
	begin();
	joined_note(&joined, "", field("hello /join #dev"));
	CHECK(!joined.moving);
	joined_note(&joined, "/msg bob ", field("/join #dev"));
	CHECK(!joined.moving);
	joined_note(&joined, "", field("/JOIN #dev secret"));
	CHECK(joined.moving);
	happens(EVENT_JOIN, 2, "bob", "#dev", "2");
	CHECK(joined.moving);
	enter("#dev", 1);
	CHECK(!joined.moving && strcmp(joined.room[0].key, "secret") == 0);
	joined_note(&joined, "", field("/leave"));
	CHECK(joined.moving);
	happens(EVENT_LEAVE, 9, ME, "#dev", "2");
	CHECK(!joined.moving);
}

/* --- from one connection to the next ------------------------------------- */

static bool again_is(unsigned *at, const char *want)
{
	char dst[JOINED_AGAIN_MAX] = "";
	bool found = joined_next_again(&joined, at, dst);

	if (want == NULL ? !found : found && strcmp(dst, want) == 0)
		return true;
	printf("# %s\n", dst);
	return false;
}

static void entered_again(void)
{
	unsigned at = 0;

	begin();
	joined_lose(&joined);
	CHECK(!joined.returning && again_is(&at, NULL));
	joined_note(&joined, "", field("/join #dev secret"));
	enter("#dev", 3);
	enter("#ops", 4);
	enter("#art", 5);
	happens(EVENT_NOTICE, 0, "", "#dev", "you talk in #dev now");
	joined_lose(&joined);
	CHECK(joined.returning && is_here(""));
	CHECK(again_is(&at, "#ops") && again_is(&at, "#art"));
	CHECK(again_is(&at, "#dev secret") && again_is(&at, NULL));
	/* Lost again before all of them are entered. */
	enter("#ops", 9);
	joined_lose(&joined);
	at = 0;
	CHECK(again_is(&at, "#ops") && again_is(&at, "#art"));
	CHECK(again_is(&at, "#dev secret") && again_is(&at, NULL));
	enter("#ops", 12);
	joined_returned(&joined);
	CHECK(!joined.returning && joined.count == 1);
}

static void wished(void)
{
	unsigned at = 0;

	begin();
	joined_wish(&joined, "#dev");
	CHECK(joined.returning && is_here(""));
	CHECK(again_is(&at, "#dev") && again_is(&at, NULL));
}

static bool seen(const char *room, uint64_t seq, uint64_t unix_ms)
{
	struct event e = {.kind = EVENT_PUBLIC,
		.has_seq = true,
		.seq = seq,
		.unix_ms = unix_ms,
		.from = field("bob"),
		.room = field(room),
		.text = field("hi")};

	return joined_has_seen(&joined, &e, false);
}

static uint64_t old_seq(const char *room)
{
	struct event e = {.room = field(room)};

	return joined_old_seq(&joined, &e);
}

static void scrollback(void)
{
	begin();
	CHECK_EQ(old_seq("#dev"), 0);
	enter("#dev", 10);
	CHECK_EQ(old_seq("#dev"), 9);
	CHECK(!seen("#dev", 7, 7) && !seen("#dev", 9, 9));
	CHECK(!seen("#dev", 11, 11) && !seen("#dev", 12, 12));
	joined_lose(&joined);
	enter("#dev", 20);
	CHECK(seen("#dev", 7, 7) && seen("#dev", 12, 12));
	CHECK(!seen("#dev", 13, 13) && !seen("#dev", 19, 19));
	CHECK(!joined_misses(&joined.room[0]));
	CHECK(!seen("#ops", 7, 7));
	joined_lose(&joined);
	enter("#dev", 30);
	CHECK(!joined_misses(&joined.room[0]));
	CHECK(!seen("#dev", 25, 25) && joined_misses(&joined.room[0]));
	/* Another room of that name. */
	joined_lose(&joined);
	enter("#dev", 5);
	CHECK(!seen("#dev", 3, 3));
	CHECK(!joined_misses(&joined.room[0]));
}

static void full(void)
{
	char name[] = "#a";

	begin();
	for (unsigned i = 0; i < ROOMS_PER_USER + 1; i++, name[1]++)
		enter(name, i + 1);
	CHECK(joined.count == ROOMS_PER_USER);
	CHECK(is_here("#q"));
}

int main(void)
{
	RUN(moves, "where we talk is told by our joins and by notices");
	RUN(leaves, "who leaves a room, or has to, talks in the lobby");
	RUN(pending, "a line that moves us is waited for");
	RUN(entered_again, "rooms are entered again, the current one last");
	RUN(wished, "a wished room is entered as one of a connection before");
	RUN(scrollback, "the scrollback of a room comes once");
	RUN(full, "there are no more than a server lets us have");
	return unit_end();
}

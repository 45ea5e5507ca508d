/* SPDX-License-Identifier: MIT */
/* Tests of client/session/seen.c.
 * Runs in: nothing but tests. */
#include "client/session/seen.h"

#include <string.h>

#include "tests/unit/unit.h"

static struct seen seen;

/* Whether the user sees it; its time is ten times its number. */
static bool shows(enum event_kind kind, uint64_t seq, bool old, bool past)
{
	struct event e = {
		.kind = kind, .has_seq = true, .seq = seq, .unix_ms = 10 * seq};

	return !seen_has(&seen, &e, old, past);
}

static bool shows_live(uint64_t seq)
{
	return shows(EVENT_PUBLIC, seq, false, false);
}

static bool shows_old(uint64_t seq)
{
	return shows(EVENT_PUBLIC, seq, true, false);
}

static bool shows_past(uint64_t seq)
{
	return shows(EVENT_ACTION, seq, true, true);
}

/* A connection on which the messages up to 5 were seen, and a join after. */
static void was_here(void)
{
	memset(&seen, 0, sizeof(seen));
	CHECK(shows_live(4) && shows_live(5));
	CHECK(shows(EVENT_JOIN, 6, false, false));
	seen_lose(&seen);
}

static uint64_t behind; /* the number */

static uint64_t catch_up(void)
{
	return seen_catch_up(&seen, &behind);
}

static void scrollback(void)
{
	was_here();
	CHECK(!shows_old(4) && !shows_old(5) && seen.overlaps);
	CHECK(shows_old(7) && shows_live(9));
	CHECK_EQ(seen.replayed, 1);
	/* The next number shows as well that nothing is missing. */
	was_here();
	CHECK(shows_old(7) && seen.overlaps);
	was_here();
	CHECK(shows_old(8) && !seen.overlaps);
}

static void in_one_part(void)
{
	was_here();
	CHECK_EQ(catch_up(), 50);
	/* They come again, in their order. */
	CHECK(!shows_old(8) && !shows_live(9));
	CHECK(shows(EVENT_JOIN, 10, false, false));
	CHECK(!shows_past(5) && seen.overlaps);
	CHECK(shows_past(7) && shows_past(8) && shows_past(9));
	CHECK(seen_goes_on(&seen));
	seen_caught_up(&seen);
	CHECK(shows_live(11));
	CHECK_EQ(seen.seq, 11);
}

static void in_parts(void)
{
	was_here();
	CHECK_EQ(catch_up(), 50);
	/* Not even the first line is one that was there. */
	CHECK_EQ(behind, 0);
	CHECK(shows_past(8) && shows_past(9) && shows_past(9));
	CHECK(seen_goes_on(&seen));
	CHECK_EQ(catch_up(), 90);
	CHECK_EQ(behind, 9);
	CHECK(!shows_past(9) && !shows_past(9) && shows_past(10));
	CHECK(!seen.overlaps);
	CHECK(seen_goes_on(&seen));
	CHECK_EQ(catch_up(), 100);
	CHECK_EQ(behind, 10);
	CHECK(!seen_goes_on(&seen));
	seen_caught_up(&seen);
	CHECK_EQ(seen.replayed, 4);
}

/* What came live meanwhile was left out: it is still to be asked for. */
static void lost_in_the_middle(void)
{
	was_here();
	catch_up();
	CHECK(shows_past(7));
	CHECK(!shows_live(9) && shows(EVENT_LEAVE, 10, false, false));
	seen_lose(&seen);
	CHECK_EQ(catch_up(), 70);
	CHECK(!shows_past(7) && shows_past(9));
	/* Before the first line of an answer. */
	was_here();
	catch_up();
	CHECK(!shows_live(9) && shows(EVENT_LEAVE, 10, false, false));
	seen_lose(&seen);
	CHECK_EQ(catch_up(), 50);
	CHECK(!shows_past(5) && shows_past(9));
}

static void typed(void)
{
	was_here();
	CHECK(shows_past(4) && shows_past(5));
	CHECK_EQ(seen.replayed, 0);
	CHECK_EQ(seen.seq, 6);
}

static void anew(void)
{
	was_here();
	seen_begin_anew(&seen);
	CHECK(shows_old(1) && shows_old(2));
	memset(&seen, 0, sizeof(seen));
	CHECK_EQ(catch_up(), 0);
	CHECK(!seen.catching);
}

int main(void)
{
	RUN(scrollback, "scrollback: what was seen is left out");
	RUN(in_one_part, "what is asked for comes in its order, once");
	RUN(in_parts, "in parts, as long as there is more");
	RUN(lost_in_the_middle, "the next connection asks for the rest");
	RUN(typed, "what the user has asked for is shown");
	RUN(anew, "numbers that begin anew; nothing seen");
	return unit_end();
}

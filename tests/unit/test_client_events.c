/* SPDX-License-Identifier: MIT */
/* Tests of client/session/events.c.
 * Runs in: nothing but tests. */
#include "client/session/events.h"

#include <string.h>

#include "tests/unit/unit.h"

static struct event event;

static bool parses(const char *line)
{
	return event_parse(line, strlen(line), &event);
}

static void fields(void)
{
	CHECK(parses("public\t7\t1000\tbob\t-\t-"));
	CHECK(event.kind == EVENT_PUBLIC && event.has_seq);
	CHECK_EQ(event.seq, 7);
	CHECK_EQ(event.unix_ms, 1000);
	CHECK(event_field_is(event.from, "bob"));
	CHECK_EQ(event.to.n, 0);
	CHECK(event_field_is(event.text, "-"));
	CHECK(!parses("public\t7\t1000\tbob\t-"));
	CHECK(!parses("public\t7\t1000\tbob\t-\t-\t-"));
}

static void numbers(void)
{
	CHECK(parses("public\t18446744073709551615\t-\tbob\t-\thi"));
	CHECK(!parses("public\t18446744073709551616\t-\tbob\t-\thi"));
	CHECK(!parses("public\t-7\t-\tbob\t-\thi"));
	CHECK(!parses("public\t\t-\tbob\t-\thi"));
}

static void names(void)
{
	CHECK(parses("rename\t7\t1000\tbob\tb\303\266b\t-"));
	CHECK(!parses("rename\t7\t1000\tbob\t-\t-"));
	CHECK(!parses("who\t-\t-\t123456789012345678901234567890123\t-\t-"));
}

/* They become prompts, and what Tab puts into a line. */
static void dirty_names(void)
{
	CHECK(!parses("rename\t7\t1000\tbob\t\033[2Jbob\t-"));
	CHECK(!parses("who\t-\t-\tb\302\233ob\t-\t-"));
	CHECK(!parses("join\t7\t1000\tb\377b\t-\t3"));
	CHECK(!parses("private\t-\t1000\tbob\t\342\200\256you\thi"));
}

static void rooms(void)
{
	struct field room;

	CHECK(parses("public\t7\t1000\tbob\t#dev\thi"));
	CHECK(event_field_is(event.room, "#dev"));
	CHECK_EQ(event.to.n, 0);
	CHECK(parses("public\t7\t1000\tbob\t-\thi"));
	CHECK_EQ(event.room.n, 0);
	CHECK(parses("room\t-\t1000\t-\t#12345678901234567890123456789012\t3"));
	CHECK(!parses("room\t-\t1\t-\t#123456789012345678901234567890123\t3"));
	CHECK(!parses("room\t-\t1000\t-\t-\t3"));
	CHECK(!parses("public\t7\t1000\tbob\t#\thi"));
	CHECK(!parses("public\t7\t1000\tbob\t#-\thi"));
	CHECK(!parses("public\t7\t1000\tbob\t#d\033ev\thi"));
	/* No user's name is a room's. */
	CHECK(!parses("private\t-\t1000\tbob\t#dev\thi"));
	CHECK(!parses("kick\t7\t1000\t-\t#dev\tbob"));
	CHECK(!parses("invite\t-\t1000\talice\t-\tbob"));

	CHECK(parses("notice\t-\t1\t-\t#dev\tyou talk in #dev now"));
	CHECK(event_talk(&event, &room) && event_field_is(room, "#dev"));
	CHECK(parses("notice\t7\t1\t-\t-\tyou talk in #dev now"));
	CHECK(!event_talk(&event, &room));
	CHECK(parses("notice\t-\t1\t-\t-\tyou talk in dev now"));
	CHECK(!event_talk(&event, &room));
	CHECK(parses("notice\t-\t1\t-\t#dev\tmodes: none"));
	CHECK(!event_talk(&event, &room));
}

static void words(void)
{
	struct field rest, text = {"bob going home", 14};

	CHECK(event_field_is(event_word(text, &rest), "bob"));
	CHECK(event_field_is(rest, "going home"));
	CHECK(event_field_is(event_word(event_word(text, NULL), &rest), "bob"));
	CHECK_EQ(rest.n, 0);
	CHECK(event_field_is(event_word(rest, &rest), ""));
}

int main(void)
{
	RUN(fields, "six fields, of which a text may be anything");
	RUN(numbers, "numbers are digits, and fit");
	RUN(names, "a kind has the names that it needs, none too long");
	RUN(dirty_names, "a name with a control in it is none");
	RUN(rooms, "TO with the mark is a room's name, by the rule of names");
	RUN(words, "a text is taken apart at its first blank");
	return unit_end();
}

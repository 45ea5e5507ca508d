/* SPDX-License-Identifier: MIT */
/* Tests of client/session/sent.c.
 * Runs in: nothing but tests. */
#include "client/session/sent.h"

#include <string.h>

#include "tests/unit/unit.h"

static struct sent sent;

static struct field field(const char *s)
{
	return (struct field){s, strlen(s)};
}

static void begin(void)
{
	sent = (struct sent){.count = 0};
	sent_add(&sent, 1, "", field("one"));
	sent_add(&sent, 2, "/msg bob ", field("two"));
	sent_add(&sent, 3, "", field("three"));
}

static struct event said(enum event_kind kind, const char *text)
{
	return (struct event){
		.kind = kind, .from = field("carol"), .text = field(text)};
}

static void answers_overtake(void)
{
	struct event e = said(EVENT_PRIVATE, "two");

	begin();
	sent_answered(&sent, &e, false);
	CHECK(sent.count == 2);
	e = said(EVENT_PUBLIC, "three");
	sent_answered(&sent, &e, false);
	CHECK(sent.count == 1);
	CHECK(sent_oldest(&sent)->n == 3);
	CHECK(memcmp(sent_oldest(&sent)->text, "one", 3) == 0);
}

static void errors_are_of_commands(void)
{
	struct event e = said(EVENT_ERROR, "no such user: bob");

	begin();
	sent_answered(&sent, &e, false);
	CHECK(sent.count == 2 && sent_oldest(&sent)->ms == 1);
	/* To a question that nobody typed. */
	sent_answered(&sent, &e, true);
	CHECK(sent.count == 2);
}

/* A list that nobody typed for confirms no line that looks like a question. */
static void lists_are_of_questions(void)
{
	struct event e = said(EVENT_WHO_END, "3");

	memset(&sent, 0, sizeof(sent));
	sent_add(&sent, 1, "", field("who is here?"));
	sent_answered(&sent, &e, true);
	CHECK(sent.count == 1);
	sent_answered(&sent, &e, false);
	CHECK(sent.count == 0);
}

static void found_after_a_loss(void)
{
	struct event e = said(EVENT_PUBLIC, "one");
	struct sent_line line;

	begin();
	sent_lose(&sent, "carol");
	CHECK(sent_oldest(&sent) == NULL);
	sent_found(&sent, &e);
	CHECK(sent.lost == 2);
	e.from = field("dave");
	e.text = field("three");
	sent_found(&sent, &e);
	CHECK(sent.lost == 2);
	sent_settle(&sent);
	CHECK(sent_take_lost(&sent, &line) && line.ms == 2);
	CHECK(sent_take_lost(&sent, &line) && line.ms == 3);
	CHECK(!sent_take_lost(&sent, &line));
}

static void full(void)
{
	begin();
	for (unsigned i = 3; i < SENT_LINES; i++)
		sent_add(&sent, i, "", field("more"));
	CHECK(sent.more == 0);
	sent_add(&sent, 99, "", field("last"));
	CHECK(sent.more == 1 && sent.count == SENT_LINES);
	CHECK(sent_oldest(&sent)->ms == 2);
}

int main(void)
{
	RUN(answers_overtake, "a line is known by its echo, in any order");
	RUN(errors_are_of_commands, "an error is taken for that of a command");
	RUN(lists_are_of_questions, "a list answers who asked for it");
	RUN(found_after_a_loss,
		"what comes back in the scrollback is not lost");
	RUN(full, "of too many lines the oldest are counted");
	return unit_end();
}

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
	sent_add(&sent, 1, 1, "", "", field("one"));
	sent_add(&sent, 2, 2, "", "/msg bob ", field("two"));
	sent_add(&sent, 3, 3, "", "", field("three"));
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
	sent_add(&sent, 1, 1, "", "", field("who is here?"));
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
	CHECK(sent_take_lost(&sent, "", &line) && line.ms == 2);
	CHECK(sent_take_lost(&sent, "", &line) && line.ms == 3);
	CHECK(!sent_take_lost(&sent, "", &line));
}

/* A line goes nowhere but to the room that it was meant for. */
static void lost_in_rooms(void)
{
	struct event e = said(EVENT_PUBLIC, "hi");
	struct sent_line line;

	memset(&sent, 0, sizeof(sent));
	sent_add(&sent, 1, 1, "", "", field("hi"));
	sent_add(&sent, 2, 2, "#dev", "/msg #dev ", field("hi"));
	sent_add(&sent, 3, 3, "#dev", "", field("/me waves"));
	sent_add(&sent, 4, 4, "#ops", "", field("/topic x"));
	sent_lose(&sent, "carol");
	/* What came back in a room confirms no line of another one. */
	e.room = field("#ops");
	sent_found(&sent, &e);
	CHECK(sent.lost == 4);
	e.room = field("#DEV");
	sent_found(&sent, &e);
	CHECK(sent.lost == 3);
	e.kind = EVENT_ACTION;
	e.text = field("waves");
	e.room = field("");
	sent_found(&sent, &e);
	CHECK(sent.lost == 3);

	CHECK(sent_take_lost(&sent, "#Dev", &line) && line.ms == 3);
	CHECK(!sent_take_lost(&sent, "#dev", &line));
	CHECK(sent_take_lost(&sent, "", &line) && line.ms == 1);
	CHECK(!sent_take_lost(&sent, "", &line));
	CHECK(sent.lost == 1);
}

/* These say themselves where they go. */
static void lost_and_addressed(void)
{
	struct sent_line line;

	memset(&sent, 0, sizeof(sent));
	sent_add(&sent, 1, 1, "#dev", "/msg #dev ", field("hi"));
	sent_add(&sent, 2, 2, "#dev", "", field("to|bob|hi"));
	sent_add(&sent, 3, 3, "#dev", "", field("/join #ops"));
	sent_lose(&sent, "carol");
	for (unsigned i = 1; i <= 3; i++)
		CHECK(sent_take_lost(&sent, "", &line) && line.ms == i);
}

/* The kind of an answer tells which command it is to. */
static void answers_of_rooms(void)
{
	static const struct {
		enum event_kind kind;
		const char *line;
	} table[] = {
		{EVENT_JOIN, "/join #dev key"},
		{EVENT_NOTICE, "/JOIN #dev"},
		{EVENT_NOTICE, "/mode"},
		{EVENT_NOTICE, "/ignore bob"},
		{EVENT_LEAVE, "/leave"},
		{EVENT_TOPIC, "/topic"},
		{EVENT_KICK, "/kick bob out"},
		{EVENT_BAN, "/ban bob"},
		{EVENT_MODE, "/devoice bob"},
		{EVENT_MODE, "/mode locked on"},
		{EVENT_INVITE, "/invite bob"},
		{EVENT_ROOM_END, "/rooms"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct event e = said(table[i].kind, "-");

		memset(&sent, 0, sizeof(sent));
		sent_add(&sent, 1, 1, "", "/msg bob ", field("/join /mode"));
		CHECK(!sent_awaits(&sent, e.kind));
		sent_add(&sent, 2, 2, "", "", field(table[i].line));
		CHECKF(sent_awaits(&sent, e.kind), "%s", table[i].line);
		sent_answered(&sent, &e, false);
		CHECKF(sent.count == 1 && sent_oldest(&sent)->ms == 1, "%s",
			table[i].line);
	}
}

static void full(void)
{
	begin();
	for (unsigned i = 3; i < SENT_LINES; i++)
		sent_add(&sent, i, i, "", "", field("more"));
	CHECK(sent.more == 0);
	sent_add(&sent, 99, 99, "", "", field("last"));
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
	RUN(lost_in_rooms, "a line is sent again in its own room alone");
	RUN(lost_and_addressed,
		"one that says where it goes is sent from anywhere");
	RUN(answers_of_rooms, "what happens in a room answers its command");
	RUN(full, "of too many lines the oldest are counted");
	return unit_end();
}

/* SPDX-License-Identifier: MIT */
/* Tests of client/session/resume.c.
 * Runs in: nothing but tests. */
#include "client/session/resume.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

static struct resume resume;
static const struct joined joined = {.here = "#dev"};

static struct event event(enum event_kind kind, const char *text)
{
	return (struct event){.kind = kind, .text = {text, strlen(text)}};
}

static void comes(enum event_kind kind, const char *text)
{
	struct event e = event(kind, text);

	resume_count(&resume, &e);
	if (kind == EVENT_WELCOME)
		resume_learn(&resume, &e);
}

static bool awaits(enum event_kind kind, const char *text)
{
	struct event e = event(kind, text);

	return resume_await(&resume, &e);
}

static bool asks(const char *want)
{
	char line[RESUME_LINE_MAX];
	size_t n = resume_ask(&resume, line);

	return n == strlen(want) && memcmp(line, want, n) == 0;
}

static void begin(void)
{
	memset(&resume, 0, sizeof(resume));
	comes(EVENT_WELCOME, "3 token=00ff");
	comes(EVENT_PUBLIC, "hi");
	resume_count(&resume, NULL);
	resume.said = 7;
}

static void goes_on(void)
{
	begin();
	resume_lose(&resume, &joined, false);
	CHECK(asks("/resume 00ff 3"));
	CHECK(resume.asked);
	comes(EVENT_WELCOME, "4 token=00ff taken=5");
	CHECK(resume.resumed && !resume.asked);
	CHECK_EQ(resume.said, 5);
	CHECK(strcmp(resume.joined.here, "#dev") == 0);
	/* That welcome is not counted. */
	comes(EVENT_PUBLIC, "hi");
	resume_lose(&resume, &joined, false);
	CHECK(!resume.resumed);
	CHECK(asks("/resume 00ff 4"));
}

static void another(void)
{
	begin();
	resume_lose(&resume, &joined, false);
	CHECK(asks("/resume 00ff 3"));
	CHECK(awaits(EVENT_ERROR, REFUSED_RESUME));
	CHECK(!resume.asked);
	comes(EVENT_WELCOME, "1 token=abcd");
	CHECK(!resume.resumed);
	CHECK_EQ(resume.said, 0);
	resume_lose(&resume, &joined, false);
	CHECK(asks("/resume abcd 1"));
}

/* The hello has come without the line behind it. */
static void parted(void)
{
	begin();
	CHECK(asks("/resume 00ff 3"));
	CHECK(awaits(EVENT_WELCOME, "2 token=1111"));
	CHECK(awaits(EVENT_ERROR, "name in use: carol"));
	CHECK(resume.asked);
	comes(EVENT_WELCOME, "1 token=00ff taken=0");
	CHECK(resume.resumed);
	CHECK_EQ(resume.had, 3);
	CHECK(asks("/resume 00ff 3"));
	CHECK(awaits(EVENT_WELCOME, "2 token=1111"));
	CHECK(!awaits(EVENT_ERROR, REFUSED_RESUME));
	CHECK(asks(""));
}

static void nothing_to_go_on_with(void)
{
	char longest[200];

	begin();
	resume_lose(&resume, &joined, true);
	CHECK(asks("") && !resume.asked);
	/* A server without such secrets. */
	comes(EVENT_WELCOME, "3");
	CHECK(asks(""));
	snprintf(longest, sizeof(longest), "3 token=%0*d", RESUME_TOKEN_MAX, 0);
	comes(EVENT_WELCOME, longest);
	CHECK(resume_ask(&resume, longest) > RESUME_TOKEN_MAX);
	snprintf(longest, sizeof(longest), "3 token=%0*d", RESUME_TOKEN_MAX + 1,
		0);
	comes(EVENT_WELCOME, longest);
	CHECK(asks(""));
	comes(EVENT_WELCOME, "3 token=a\033b");
	CHECK(asks(""));
	comes(EVENT_WELCOME, "3 other=1 token=a  taken=x");
	CHECK(resume.resumed);
	CHECK_EQ(resume.said, 0);
}

int main(void)
{
	RUN(goes_on, "goes on behind what has come");
	RUN(another, "refused: another session begins");
	RUN(parted, "welcomed as another before the answer");
	RUN(nothing_to_go_on_with, "sessions that are over, or have no secret");
	return unit_end();
}

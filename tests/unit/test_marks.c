/* SPDX-License-Identifier: MIT */
/* Tests of server/child/marks.c: where a client goes on that has had so many
 * lines.
 * Runs in: nothing but tests. */
#include "server/child/marks.h"

#include "tests/unit/chance.h"
#include "tests/unit/unit.h"

#define LINES 3000

static struct marks m;

/* What was rendered: of each line, which event it is of, 0: of none. */
static uint64_t event_of[LINES + 1];
static struct mark at;

static void begin(void)
{
	m.n = 0;
	at = (struct mark){.lines = 0};
	marks_add(&m, &at);
}

/* Renders n lines of one event, or of none. */
static void render(uint64_t id, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		event_of[++at.lines] = id;
	if (id == 0)
		at.made += n;
	else
		at.id = at.seq = id;
	marks_add(&m, &at);
}

/* Rendered again from there, without the lines that are skipped: the first one
 * that is left. */
static uint64_t first_again(const struct resumption *from)
{
	uint64_t skip = from->skip;

	for (uint64_t i = 1; i <= at.lines; i++) {
		if (event_of[i] > from->id && skip-- == 0)
			return i;
	}
	return at.lines + 1;
}

/* The first line of an event behind the one that the client has had last. */
static uint64_t wanted(uint64_t lines)
{
	while (lines < at.lines && event_of[lines + 1] == 0)
		lines++;
	return lines + 1;
}

static void each_line_once(void)
{
	begin();
	render(0, 1);
	for (uint64_t id = 1; id <= 100; id++) {
		render(id, 1 + id % 4);
		if (id % 7 == 0)
			render(0, id % 3 + 1);
	}
	for (uint64_t lines = 0; lines <= at.lines && !UNIT_FAILED; lines++) {
		struct marks copy = m;
		struct resumption from = marks_go_back(&copy, lines);

		CHECK_EQ(from.lines, lines);
		CHECK_EQ(first_again(&from), wanted(lines));
		/* And once more, without a line in between. */
		from = marks_go_back(&copy, lines);
		CHECK_EQ(first_again(&from), wanted(lines));
	}
}

static void never_one_less(void)
{
	for (int run = 0; run < 50 && !UNIT_FAILED; run++) {
		begin();
		render(0, 1);
		for (uint64_t id = 1; at.lines < LINES - 20; id++)
			render(chance(4) == 0 ? 0 : id, 1 + chance(5));
		CHECK(m.n <= MARKS_MAX);
		for (uint64_t lines = 0; lines <= at.lines && !UNIT_FAILED;
			lines += 1 + chance(20)) {
			struct marks copy = m;
			struct resumption from = marks_go_back(&copy, lines);

			/* Of long ago some may come twice. */
			CHECK(first_again(&from) <= wanted(lines));
			if (at.lines - lines < 200)
				CHECK_EQ(first_again(&from), wanted(lines));
		}
	}
}

static void nothing_said(void)
{
	struct resumption from;

	begin();
	from = marks_go_back(&m, 0);
	CHECK(from.id == 0 && from.skip == 0 && from.lines == 0);
	CHECK_EQ(m.n, 1);
}

int main(void)
{
	RUN(nothing_said, "a session without a line");
	RUN(each_line_once, "each line once, whichever was the last");
	RUN(never_one_less, "of many lines, none is left out");
	return unit_end();
}

/* SPDX-License-Identifier: MIT */
/* Tests of client/input/history.c.
 * Runs in: nothing but tests. */
#include "client/input/history.h"

#include <string.h>

#include "tests/unit/chance.h"
#include "tests/unit/unit.h"

static struct history history;

static void add(const char *s)
{
	history_add(&history, s, strlen(s));
}

static bool is(unsigned back, const char *want)
{
	size_t n = 99;
	const char *line = history_line(&history, back, &n);

	if (want == NULL)
		return line == NULL;
	return line != NULL && n == strlen(want) && memcmp(line, want, n) == 0;
}

static unsigned find(unsigned back, const char *what)
{
	return history_find(&history, back, what, strlen(what));
}

static void empty(void)
{
	history_init(&history);
	CHECK(is(0, NULL) && is(1, NULL) && is(2, NULL));
	CHECK_EQ(find(0, "a"), 0);
	CHECK_EQ(find(0, ""), 0);
}

static void last_first(void)
{
	history_init(&history);
	add("one");
	add("two");
	add("three");
	CHECK(is(1, "three") && is(2, "two") && is(3, "one"));
	CHECK(is(0, NULL) && is(4, NULL) && is(4000000000u, NULL));
}

static void not_kept(void)
{
	static char longest[LINE_MAX_BYTES + 1];

	history_init(&history);
	add("");
	CHECK(is(1, NULL));
	add("one");
	add("one");
	add("");
	CHECK(is(1, "one") && is(2, NULL));
	add("on");
	add("one");
	CHECK(is(1, "one") && is(2, "on") && is(3, "one") && is(4, NULL));
	memset(longest, 'x', sizeof(longest));
	history_add(&history, longest, sizeof(longest));
	CHECK(is(1, "one"));
}

static void found(void)
{
	history_init(&history);
	add("hello bob");
	add("how are you");
	add("bob?");
	CHECK_EQ(find(0, "bob"), 1);
	CHECK_EQ(find(1, "bob"), 3);
	CHECK_EQ(find(2, "bob"), 3);
	CHECK_EQ(find(3, "bob"), 0);
	CHECK_EQ(find(0, "o"), 1);
	CHECK_EQ(find(1, "o"), 2);
	CHECK_EQ(find(0, "Bob"), 0);
	CHECK_EQ(find(0, "bob?how"), 0);
	CHECK_EQ(find(0, "you\nbob"), 0);
	CHECK_EQ(find(0, ""), 1);
	CHECK_EQ(find(2, ""), 3);
	CHECK_EQ(find(4000000000u, "bob"), 0);
}

/* Against an array of all that was ever added. */
static void oldest_make_room(void)
{
	enum {
		LINES = 400
	};
	static char lines[LINES][LINE_MAX_BYTES];
	static size_t lengths[LINES];

	history_init(&history);
	for (unsigned i = 0; i < LINES; i++) {
		size_t n = 1 + chance(i % 3 == 0 ? 4096 : 300);
		size_t held = 0;

		memset(lines[i], 'a' + (int)(i % 26), n);
		lengths[i] = n;
		history_add(&history, lines[i], n);
		CHECK(history.n <= HISTORY_BYTES);
		for (unsigned back = 1; back <= i + 1; back++) {
			unsigned of = i + 1 - back;
			const char *line = history_line(&history, back, &n);

			if (line == NULL) {
				/* it would not have fitted */
				CHECK(held + lengths[of] + 1 > HISTORY_BYTES);
				break;
			}
			CHECK_EQ(n, lengths[of]);
			CHECK(memcmp(line, lines[of], n) == 0);
			held += n + 1;
		}
		CHECK_EQ(held, history.n);
	}
}

static void longest_lines(void)
{
	static char line[LINE_MAX_BYTES];
	size_t n;

	history_init(&history);
	for (int i = 0; i < 20; i++) {
		memset(line, 'a' + i, sizeof(line));
		history_add(&history, line, sizeof(line));
		CHECK(i < 7 || history_line(&history, 8, &n) != NULL);
	}
	for (unsigned back = 1; back <= 8; back++) {
		const char *s = history_line(&history, back, &n);

		CHECK(s != NULL && n == sizeof(line));
		CHECK(s[0] == 'a' + 20 - (int)back && s[n - 1] == s[0]);
	}
	CHECK(is(9, NULL));
	add("x");
	CHECK(is(1, "x") && is(9, NULL));
	CHECK_EQ(find(0, "nn"), 8);
}

int main(void)
{
	RUN(empty, "nothing is in an empty one");
	RUN(last_first, "the last line is the first one back");
	RUN(not_kept, "empty lines and the last one again are not kept");
	RUN(found, "lines are found by what is in them");
	RUN(oldest_make_room, "the oldest make room, no more than it takes");
	RUN(longest_lines, "eight of the longest lines are kept");
	return unit_end();
}

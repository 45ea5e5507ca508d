/* SPDX-License-Identifier: MIT */
/* Tests of client/terminal/columns.c.  The widths are those that tmux 3.3a's
 * cursor moves by. Runs in: nothing but tests. */
#include "client/terminal/columns.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/chance.h"
#include "tests/unit/unit.h"

#define JOINER "\u200D"
#define DE     "\U0001F1E9\U0001F1EA" /* regional indicators D and E */

static const struct {
	const char *text;
	unsigned units;
	unsigned width;
} known[] = {
	{"", 0, 0}, {"a", 1, 1}, {"abc", 3, 3}, {"\u4E2D\u6587", 2, 4},
	{"\u00E9", 1, 1}, {"e\u0301", 1, 1}, {"e\u0301\u0302\u0303x", 2, 2},
	{"\u0301", 1, 0}, /* nothing to combine with */
	{"\u1112\u1161\u11AB", 1, 2}, {"\u0915\u094D\u0937", 2, 2},
	{"\u0E01\u0E33", 2, 2}, {"\u00A0\u00A7\u00AD\uFFFD", 4, 4},
	{"a\u200Bb", 2, 2}, {"\U0001F600", 1, 2}, {"\u2764\uFE0F", 1, 1},
	{"1\uFE0F\u20E3", 1, 1}, {"\U0001F44D\U0001F3FD", 1, 4},
	{"\U0001F468" JOINER "\U0001F469" JOINER "\U0001F467", 1, 2},
	{"\U0001F468" JOINER JOINER "\U0001F469", 1, 2},
	{"\u2764\uFE0F" JOINER "\U0001F525", 1, 1},
	{"\u4E2D" JOINER "\u0301\u4E2D", 2, 4}, {"a" JOINER "b", 2, 2},
	{"\u0644" JOINER "\u0627", 1, 1}, {"\U0001F1E9", 1, 1}, {DE, 1, 2},
	{DE "\U0001F1EB", 2, 3}, {DE DE, 2, 4}, {"\U0001F1E6\U0001F1FF", 1, 2},
	{DE "\u0301", 1, 2}, {"\U0001F1E9\uFE0F\U0001F1EA", 2, 2},
	{"\U0001F468" JOINER DE, 2, 3}, {"\U0001F3FD", 1, 2},
	{"a\U0001F3FD", 2, 3}, {"\u261D\uFE0F\U0001F3FD", 1, 3},
	{"\U0001FAE9", 1, 2},
	{"\u0378", 1, 1}, /* no character; tmux leaves it out */
};

static unsigned units_in(const char *s, size_t n)
{
	unsigned units = 0, width;

	for (size_t at = 0; at < n; units++)
		at += columns_unit(s + at, n - at, &width);
	return units;
}

static void widths(void)
{
	for (size_t i = 0; i < COUNT(known); i++) {
		const char *s = known[i].text;
		size_t n = strlen(s);

		CHECKF(units_in(s, n) == known[i].units, "%s: %u units", s,
			units_in(s, n));
		CHECKF(columns_width(s, n) == known[i].width, "%s: %u columns",
			s, columns_width(s, n));
	}
}

/* Not to be sent to a terminal; but somebody may ask. */
static void not_text(void)
{
	CHECK_EQ(columns_width("\xE4\xB8\xFF", 3), 3);
	CHECK_EQ(units_in("\xE4\xB8\xFF", 3), 3);
	CHECK_EQ(columns_width("\0\t\x1B\x7F", 4), 4);
	CHECK_EQ(units_in("e\0\xCC\x81", 4), 2);
	CHECK_EQ(columns_width("\xC2\x85", 2), 1);
	CHECK_EQ(columns_last_unit("a\xE4\xB8", 3), 1);
}

static void nothing(void)
{
	unsigned width = 9;

	CHECK_EQ(columns_unit("a", 0, &width), 0);
	CHECK_EQ(width, 0);
	CHECK_EQ(columns_last_unit("a", 0), 0);
	CHECK_EQ(columns_cut("a", 0, 5, &width), 0);
	CHECK_EQ(columns_wrap("a", 0, 5, &width), 0);
	CHECK_EQ(width, 0);
}

static const struct {
	const char *text, *plain;
} plain[] = {
	{"", ""},
	{"abc \u00E9\u4E2D", "abc \u00E9\u4E2D"},
	{"a\U0001F468" JOINER "\U0001F469" JOINER "\U0001F467z",
		"a\U0001F468\U0001F469\U0001F467z"},
	{"\u2764\uFE0F" JOINER "\U0001F525", "\u2764\U0001F525"},
	{"\U0001F44D\U0001F3FD!", "\U0001F44D!"},
	{"a\U0001F3FD", "a\U0001F3FD"},
	{"\U0001F469\U0001F3FD" JOINER "\U0001F680", "\U0001F469\U0001F680"},
	{"1\uFE0F\u20E3", "1\u20E3"},
	{DE "x", DE "x"},
	{"\U0001F3F4\U000E0067\U000E007F.", "\U0001F3F4."},
	{"e\u0301", "e\u0301"},
	{JOINER, ""},
};

static void plainly(void)
{
	for (size_t i = 0; i < COUNT(plain); i++) {
		const char *s = plain[i].text, *want = plain[i].plain;
		char out[64];
		size_t n = columns_plain(out, s, strlen(s));

		CHECKF(n == strlen(want) && memcmp(out, want, n) == 0, "%s", s);
		n = columns_plain(out, want, strlen(want));
		CHECKF(n == strlen(want), "%s: twice", s);
	}
}

/* --- texts by chance ----------------------------------------------------- */

static const char *const pieces[] = {"a", "b", " ", " ", "\u4E2D", "\u0301",
	JOINER, "\U0001F1E9", "\U0001F468", "\U0001F3FD", "\uFE0F", "\u00E9",
	"\xFF"};

struct text {
	char s[256];
	size_t n;
};

static void chance_text(struct text *t)
{
	size_t count = chance(24);

	for (size_t i = 0; i < count; i++) {
		const char *piece = pieces[chance(COUNT(pieces))];

		memcpy(t->s + t->n, piece, strlen(piece));
		t->n += strlen(piece);
	}
}

static void check_last(const struct text *t)
{
	size_t at = 0;

	while (at < t->n) {
		unsigned width;
		size_t n = columns_unit(t->s + at, t->n - at, &width);

		CHECK(n > 0 && n <= t->n - at && width <= 2 * n);
		at += n;
		CHECK_EQ(columns_last_unit(t->s, at), n);
	}
}

static void check_cut(const struct text *t, unsigned columns)
{
	unsigned used, next, width;
	size_t at = columns_cut(t->s, t->n, columns, &used);
	size_t first = columns_unit(t->s, t->n, &width);

	CHECK_EQ(columns_width(t->s, at), used);
	CHECK(at >= first && at <= t->n);
	CHECK(used <= columns || at == first);
	if (at < t->n) {
		columns_unit(t->s + at, t->n - at, &next);
		CHECK(used + next > columns);
	}
}

/* Where the last unit of s[0..n) that is a space ends; 0: there is none. */
static size_t behind_space(const char *s, size_t n)
{
	size_t last = 0;
	unsigned width;

	for (size_t at = 0, unit_n; at < n; at += unit_n) {
		unit_n = columns_unit(s + at, n - at, &width);
		if (unit_n == 1 && s[at] == ' ')
			last = at + 1;
	}
	return last;
}

/* A row is what fits and the spaces behind it, or ends behind the last space
 * in it, or has none. */
static void check_wrap(const struct text *t, unsigned columns)
{
	unsigned used, cut_used, width;
	size_t at = columns_wrap(t->s, t->n, columns, &used);
	size_t cut = columns_cut(t->s, t->n, columns, &cut_used);

	if (at > cut) {
		CHECK_EQ(used, cut_used);
		for (size_t i = cut; i < at; i++)
			CHECK(columns_unit(t->s + i, t->n - i, &width) == 1 &&
				t->s[i] == ' ');
	} else {
		CHECK_EQ(used, columns_width(t->s, at));
	}
	if (cut == t->n || behind_space(t->s, at) == 0)
		CHECK_EQ(at, cut);
	else
		CHECK_EQ(behind_space(t->s, at), at);
	if (at < t->n && at >= cut)
		CHECK(columns_unit(t->s + at, t->n - at, &width) > 1 ||
			t->s[at] != ' ');
	if (at < cut)
		CHECK_EQ(behind_space(t->s, cut), at);
}

static void by_chance(void)
{
	for (int i = 0; i < 20000; i++) {
		struct text t = {.n = 0};

		chance_text(&t);
		check_last(&t);
		for (unsigned columns = 0; columns < 12; columns++) {
			check_cut(&t, columns);
			check_wrap(&t, columns);
			if (UNIT_FAILED) {
				printf("# %.*s: %u\n", (int)t.n, t.s, columns);
				return;
			}
		}
	}
}

/* --- rows ---------------------------------------------------------------- */

/* The rows of a text, with a bar behind each. */
static const char *rows(const char *s, unsigned columns)
{
	static char out[256];
	size_t at = 0, n = strlen(s);
	char *end = out;

	while (at < n) {
		unsigned used;
		size_t row = columns_wrap(s + at, n - at, columns, &used);

		memcpy(end, s + at, row);
		end += row;
		*end++ = '|';
		at += row;
	}
	*end = '\0';
	return out;
}

static void wrapped(void)
{
	unsigned used;

	CHECK(strcmp(rows("hello world", 20), "hello world|") == 0);
	CHECK(strcmp(rows("hello world", 11), "hello world|") == 0);
	CHECK(strcmp(rows("hello world", 10), "hello |world|") == 0);
	CHECK(strcmp(rows("hello world", 6), "hello |world|") == 0);
	CHECK(strcmp(rows("hello world", 5), "hello |world|") == 0);
	CHECK(strcmp(rows("hello world", 4), "hell|o |worl|d|") == 0);
	CHECK(strcmp(rows("hello   world", 5), "hello   |world|") == 0);
	CHECK(strcmp(rows("a b c d", 3), "a b |c d|") == 0);
	CHECK(strcmp(rows("\u4E2D\u6587 \u4E2D\u6587", 6),
		      "\u4E2D\u6587 |\u4E2D\u6587|") == 0);
	CHECK(strcmp(rows("\u4E2D\u6587", 1), "\u4E2D|\u6587|") == 0);
	CHECK_EQ(columns_wrap("ab   cd", 7, 3, &used), 5);
	CHECK_EQ(used, 3); /* of three spaces one is in the row */
	CHECK_EQ(columns_wrap("a \u0301b", 5, 1, &used), 1); /* a mark on it */
	CHECK_EQ(columns_wrap("a \u0301b", 5, 2, &used), 4);
	CHECK_EQ(columns_wrap("ab cd", 5, 4, &used), 3);
	CHECK_EQ(used, 3);
}

/* --- locales ------------------------------------------------------------- */

static void whatever_locale(void)
{
	static const char *const locales[] = {
		"C", "POSIX", "xx_XX.UTF-8", "C.UTF-8", ""};

	for (size_t i = 0; i < COUNT(locales); i++) {
		setlocale(LC_ALL, "C");
		setenv("LC_ALL", locales[i], 1);
		columns_init();
		CHECKF(columns_width("\u4E2D\u6587", 6) == 4, "LC_ALL=%s",
			locales[i]);
		CHECK(strcmp(setlocale(LC_NUMERIC, NULL), "C") == 0);
		CHECK(strcmp(setlocale(LC_COLLATE, NULL), "C") == 0);
	}
}

static void no_locale(void)
{
	setlocale(LC_CTYPE, "C");
	CHECK_EQ(columns_width("\u4E2D\u6587", 6), 2);
	CHECK_EQ(columns_width(DE, 8), 2);
	columns_init();
}

int main(void)
{
	columns_init();
	RUN(widths, "units and widths are as in tmux");
	RUN(plainly, "what terminals make the same of");
	RUN(not_text, "what is no clean text takes one column a byte");
	RUN(nothing, "nothing takes nothing");
	RUN(by_chance, "units from the left and from the right, and rows");
	RUN(wrapped, "rows end behind spaces where there are any");
	RUN(whatever_locale, "widths are known in every locale");
	RUN(no_locale, "without UTF-8 each character is one column");
	return unit_end();
}

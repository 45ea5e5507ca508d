/* SPDX-License-Identifier: MIT */
/* Tests of server/child/dialect/render.c and of how the dialects render: the
 * longest there can be, and the pieces that all else is made of. Runs in:
 * nothing but tests. */
#include "server/child/dialect/render.h"

#include <string.h>

#include "server/child/dialect/events.h"
#include "server/child/dialect/text.h"
#include "tests/unit/dialect_rig.h"
#include "tests/unit/unit.h"

static char out[RENDER_MAX + 16];

static char longest[TEXT_MAX];

/* So many names of so many bytes. */
static struct span names_of(size_t count, size_t bytes)
{
	static char names[4096];
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (i > 0) {
			memcpy(names + n, ", ", 2);
			n += 2;
		}
		memset(names + n, 'x', bytes);
		n += bytes;
	}
	return (struct span){names, n};
}

static void fits(const struct event *e, size_t limit)
{
	const struct dialect *const both[] = {&dialect_text, &dialect_events};

	for (size_t i = 0; i < 2; i++) {
		size_t n;

		memset(out, 0x5A, sizeof(out));
		n = both[i]->render(e, out);
		CHECKF(n <= limit, "kind %d: %zu bytes", (int)e->kind, n);
		CHECKF(n == 0 || out[n - 1] == '\n', "kind %d", (int)e->kind);
		for (size_t k = n; k < sizeof(out); k++)
			CHECKF(out[k] == 0x5A, "byte %zu of %zu", k, n);
	}
}

static void worst_cases(void)
{
	for (unsigned kind = EVENT_WELCOME; kind <= EVENT_GAP; kind++) {
		struct event e = {
			.kind = (enum event_kind)kind,
			.seq = UINT64_MAX,
			.unix_ms = INT64_MAX,
			.age_ms = INT64_MAX,
			.from = {longest, NAME_MAX_BYTES},
			.to = {longest, NAME_MAX_BYTES},
			.text = {longest, TEXT_MAX},
			.online = UINT32_MAX,
			.more = UINT32_MAX,
			.from_me = kind != EVENT_BYE,
			.to_me = true,
		};

		fits(&e, RENDER_MAX);
		if (UNIT_FAILED)
			return;
		e.digest = kind == EVENT_JOIN || kind == EVENT_LEAVE;
		if (e.digest || kind == EVENT_WHO) {
			e.text = names_of(DIGEST_NAMES_MAX, NAME_MAX_BYTES);
			fits(&e, RENDER_MAX);
			e.text = names_of(WHO_LINE_MAX / 3, 1);
			fits(&e, RENDER_MAX);
		}
	}
}

/* A line of a list with the longest number that there may be. */
static void who_lines(void)
{
	struct event e = own(EVENT_WHO, "");
	size_t marks;

	e.online = USERS_MAX;
	marks = dialect_text.render(&e, out);
	CHECK(marks == strlen("* online:  (30,000)\n"));
	e.text = names_of((WHO_LINE_MAX - marks + 2) / 3, 1);
	CHECK(dialect_text.render(&e, out) <= WHO_LINE_MAX);
}

/* --- pieces -------------------------------------------------------------- */

static bool puts_number(uint64_t n, const char *plain, const char *grouped)
{
	char buf[64];
	size_t a = (size_t)(put_number(buf, n) - buf);

	if (!is((struct span){buf, a}, plain))
		return false;
	a = (size_t)(put_grouped(buf, n) - buf);
	return is((struct span){buf, a}, grouped);
}

static void numbers(void)
{
	CHECK(puts_number(0, "0", "0"));
	CHECK(puts_number(7, "7", "7"));
	CHECK(puts_number(10, "10", "10"));
	CHECK(puts_number(999, "999", "999"));
	CHECK(puts_number(1000, "1000", "1,000"));
	CHECK(puts_number(12345, "12345", "12,345"));
	CHECK(puts_number(100000, "100000", "100,000"));
	CHECK(puts_number(999999, "999999", "999,999"));
	CHECK(puts_number(1000000, "1000000", "1,000,000"));
	CHECK(puts_number(UINT64_MAX, "18446744073709551615",
		"18,446,744,073,709,551,615"));
}

static void name_lists(void)
{
	struct span names = span("a, bob, c.d");

	CHECK(is(next_name(&names), "a"));
	CHECK(is(next_name(&names), "bob"));
	CHECK(names.n == 3);
	CHECK(is(next_name(&names), "c.d"));
	CHECK(names.n == 0);
	CHECK(next_name(&names).n == 0);
	CHECK(names.n == 0);
	names = span("");
	CHECK(next_name(&names).n == 0);
}

int main(void)
{
	memset(longest, 'x', sizeof(longest));
	RUN(worst_cases, "the longest of each kind fits");
	RUN(who_lines, "a line of a list keeps to its limit");
	RUN(numbers, "numbers, with and without commas");
	RUN(name_lists, "names off a list");
	return unit_end();
}

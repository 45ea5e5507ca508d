/* SPDX-License-Identifier: MIT */
/* Tests of server/child/dialect/render.c and of how the dialects render: the
 * longest there can be, and the pieces that all else is made of. Runs in:
 * nothing but tests. */
#include "server/child/dialect/render.h"

#include <string.h>

#include "ipc/common/text.h"
#include "server/child/dialect/events.h"
#include "server/child/dialect/text.h"
#include "tests/unit/dialect_rig.h"
#include "tests/unit/unit.h"

static char out[RENDER_MAX + 16];

static char longest[TEXT_MAX], many_lines[TEXT_MAX];

/* So many names of so many bytes. */
static struct span names_of(size_t count, size_t bytes)
{
	static char list[4096];
	char *end = list;

	for (size_t i = 0; i < count; i++)
		end = namelist_put(end, longest, bytes);
	return (struct span){list, (size_t)(end - list)};
}

static size_t render(const struct dialect *d, const struct event *e)
{
	const char *end = d->render(fresh(), e, out);

	return (size_t)(end - out);
}

static size_t lines_in(const char *p, size_t n)
{
	size_t lines = 0;

	for (size_t i = 0; i < n; i++)
		lines += p[i] == '\n';
	return lines;
}

static void fits(const struct event *e, size_t limit)
{
	const struct dialect *const both[] = {&dialect_text, &dialect_events};

	for (size_t i = 0; i < 2; i++) {
		size_t n;

		memset(out, 0x5A, sizeof(out));
		n = render(both[i], e);
		CHECKF(n <= limit, "kind %d: %zu bytes", (int)e->kind, n);
		CHECKF(n == 0 || out[n - 1] == '\n', "kind %d", (int)e->kind);
		CHECKF(lines_in(out, n) <= RENDER_LINES_MAX, "kind %d",
			(int)e->kind);
		for (size_t k = n; k < sizeof(out); k++)
			CHECKF(out[k] == 0x5A, "byte %zu of %zu", k, n);
	}
}

static bool is_list(const struct event *e)
{
	return e->digest || e->kind == EVENT_WHO || e->kind == EVENT_MODES ||
	       e->kind == EVENT_IGNORED;
}

static void worst_cases(void)
{
	for (unsigned kind = EVENT_WELCOME; kind <= EVENT_IGNORED; kind++) {
		struct event e = {
			.kind = (enum event_kind)kind,
			.seq = UINT64_MAX,
			.unix_ms = INT64_MAX,
			.age_ms = INT64_MAX,
			.from = {longest, NAME_MAX_BYTES},
			.to = {longest, NAME_MAX_BYTES},
			.room = {longest, NAME_MAX_BYTES},
			.mode = MODE_OPERATOR,
			.on = true,
			.text = {longest, TEXT_MAX},
			.online = UINT32_MAX,
			.more = UINT32_MAX,
			.from_me = true,
			.reason = LEAVE_IDLE,
			.error = ERROR_UNKNOWN_COMMAND,
			.to_me = true,
		};

		if (!is_list(&e))
			fits(&e, RENDER_MAX);
		if (kind == EVENT_PUBLIC || kind == EVENT_ACTION ||
			kind == EVENT_PRIVATE) {
			e.text.p = many_lines;
			fits(&e, RENDER_MAX);
		}
		if (UNIT_FAILED)
			return;
		e.digest = kind == EVENT_JOIN || kind == EVENT_LEAVE;
		if (is_list(&e)) {
			e.text = names_of(DIGEST_NAMES_MAX, NAME_MAX_BYTES);
			fits(&e, RENDER_MAX);
		}
		if (kind == EVENT_WHO) {
			e.more = 0;
			e.text = names_of(512 / NAMELIST_ENTRY(1), 1);
			fits(&e, RENDER_MAX);
			e.room.n = 0;
			e.text = names_of(1024 / NAMELIST_ENTRY(1), 1);
			fits(&e, RENDER_MAX);
		}
	}
}

/* Lines of a list keep to their limit, whatever the names, and are full. */
static void who_lines(void)
{
	for (size_t bytes = 1; bytes <= NAME_MAX_BYTES; bytes++) {
		struct event e = own(EVENT_WHO, "");
		size_t n, names = 1024 / NAMELIST_ENTRY(bytes), shown = 0;

		e.online = USERS_MAX;
		e.text = names_of(names, bytes);
		n = render(&dialect_text, &e);
		for (const char *p = out, *end; p < out + n; p = end + 1) {
			end = memchr(p, '\n', (size_t)(out + n - p));
			CHECK(end != NULL && end + 1 - p <= WHO_LINE_MAX);
			CHECK(memcmp(p, "* online: x", 11) == 0);
			CHECK(memcmp(end - 9, " (30,000)", 9) == 0);
			CHECK(end + 1 == out + n ||
				(size_t)(end + 1 - p) + 2 + bytes >
					WHO_LINE_MAX);
			for (; p < end; p++)
				shown += *p == 'x';
		}
		CHECK_EQ(shown, names * bytes);
		if (UNIT_FAILED)
			return;
	}
}

/* The same for rooms with topics of any length: what does not fit is cut at a
 * character. */
static void room_lines(void)
{
	static char topic[TOPIC_MAX + 1];
	struct listed rooms[32];
	struct event e = own(EVENT_LISTED, "");

	for (size_t i = 0; i < TOPIC_MAX; i += 2)
		memcpy(topic + i, "\xC3\xBC", 2);
	e.listed = rooms;
	e.nlisted = COUNT(rooms);
	for (size_t bytes = 0; bytes <= TOPIC_MAX; bytes += 2) {
		size_t n, shown = 0;

		for (size_t i = 0; i < COUNT(rooms); i++)
			rooms[i] = (struct listed){
				{longest, 1 + (bytes + i) % NAME_MAX_BYTES},
				{topic, bytes}, (uint32_t)(bytes * i)};
		fits(&e, RENDER_MAX);
		n = render(&dialect_text, &e);
		for (const char *p = out, *end; p < out + n; p = end + 1) {
			end = memchr(p, '\n', (size_t)(out + n - p));
			CHECKF(end != NULL && end + 1 - p <= WHO_LINE_MAX,
				"%zu bytes", bytes);
			CHECK(memcmp(p, "* rooms: #x", 11) == 0);
			CHECK(text_is_clean(p, (size_t)(end - p)));
			if (bytes > WHO_LINE_MAX - 20)
				CHECK(memcmp(end - 3, "...", 3) == 0);
			for (; p < end; p++)
				shown += *p == '#';
		}
		CHECK_EQ(shown, COUNT(rooms));
		if (UNIT_FAILED)
			return;
	}
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
	struct span list = names("a bob c.d");

	CHECK(is(next_name(&list), "a"));
	CHECK(is(next_name(&list), "bob"));
	CHECK_EQ(list.n, NAMELIST_ENTRY(3));
	CHECK(is(next_name(&list), "c.d"));
	CHECK(list.n == 0 && next_name(&list).n == 0);
	list = names("");
	CHECK(next_name(&list).n == 0);
	/* A length that is not true is no name, and the end. */
	list = names("a bob");
	list.n--;
	CHECK(is(next_name(&list), "a"));
	CHECK(next_name(&list).n == 0 && list.n == 0);
}

int main(void)
{
	memset(longest, 'x', sizeof(longest));
	memset(many_lines, 'x', sizeof(many_lines));
	for (size_t i = 1; i < MESSAGE_LINES_MAX; i++)
		many_lines[i * TEXT_MAX / MESSAGE_LINES_MAX] = TEXT_NEWLINE;
	RUN(worst_cases, "the longest of each kind fits");
	RUN(who_lines, "lines of a list keep to their limit");
	RUN(room_lines, "rooms and their topics keep to it, too");
	RUN(numbers, "numbers, with and without commas");
	RUN(name_lists, "names off a list");
	return unit_end();
}

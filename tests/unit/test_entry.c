/* SPDX-License-Identifier: MIT */
/* Tests of ipc/entry.c: fields written and read, lengths that are none, users
 * and frames, and bytes that no host would have written.
 * Runs in: nothing but tests. */
#include "ipc/entry.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "ipc/common/limits.h"
#include "ipc/table.h"
#include "tests/unit/chance.h"
#include "tests/unit/unit.h"

static char bytes[FRAME_UP_MAX + 1024];

static struct entry_out out(size_t n)
{
	return (struct entry_out){bytes, bytes + n, false};
}

static struct entry_in in(size_t n)
{
	return (struct entry_in){bytes, bytes + n, false};
}

static size_t length(const struct entry_out *o)
{
	return (size_t)(o->p - bytes);
}

/* --- the header ------------------------------------------------------------
 */

static void heads(void)
{
	struct entry_head e = {.magic = ENTRY_MAGIC,
				  .version = ENTRY_VERSION,
				  .kind = ENTRY_BEAT,
				  .host = 1,
				  .world = 2,
				  .epoch = 3,
				  .n = 4},
			  got;

	/* At an odd place. */
	memcpy(bytes + 1, &e, sizeof e);
	CHECK(entry_head_of(&got, bytes + 1, sizeof e));
	CHECK(memcmp(&got, &e, sizeof e) == 0);
	CHECK(entry_head_of(&got, bytes + 1, sizeof e + 100));
	for (size_t n = 0; n < sizeof e; n++)
		CHECKF(!entry_head_of(&got, bytes + 1, n), "%zu bytes", n);
}

static bool is_head(uint32_t magic, uint8_t version, uint8_t kind)
{
	const struct entry_head e = {
		.magic = magic, .version = version, .kind = kind};
	struct entry_head got;

	return entry_head_of(&got, &e, sizeof e);
}

static void bad_heads(void)
{
	for (int kind = 1; kind < ENTRY_KINDS; kind++)
		CHECK(is_head(ENTRY_MAGIC, ENTRY_VERSION, (uint8_t)kind));
	CHECK(!is_head(ENTRY_MAGIC, ENTRY_VERSION, 0));
	CHECK(!is_head(ENTRY_MAGIC, ENTRY_VERSION, ENTRY_KINDS));
	CHECK(!is_head(ENTRY_MAGIC, ENTRY_VERSION, 255));
	CHECK(!is_head(ENTRY_MAGIC, ENTRY_VERSION + 1, ENTRY_BEAT));
	CHECK(!is_head(ENTRY_MAGIC, ENTRY_VERSION - 1, ENTRY_BEAT));
	/* Of a machine with the other order of bytes. */
	CHECK(!is_head(
		__builtin_bswap32(ENTRY_MAGIC), ENTRY_VERSION, ENTRY_BEAT));
}

/* --- fields ----------------------------------------------------------------
 */

static void fields(void)
{
	struct entry_out o = out(64);
	struct entry_in i;
	const char *text;
	size_t len;

	entry_put_u8(&o, 0xab);
	entry_put_u32(&o, 0x89abcdef);
	entry_put_u64(&o, 0x0123456789abcdef);
	entry_put_text(&o, "alice", 5);
	entry_put_text(&o, "", 0);
	entry_put_bytes(&o, "xyz", 3);
	CHECK(!o.bad && length(&o) == 1 + 4 + 8 + 7 + 2 + 3);
	i = in(length(&o));
	CHECK_EQ(entry_u8(&i), 0xab);
	CHECK_EQ(entry_u32(&i), 0x89abcdef);
	CHECK_EQ(entry_u64(&i), 0x0123456789abcdef);
	text = entry_text(&i, 5, &len);
	CHECK(len == 5 && memcmp(text, "alice", 5) == 0);
	(void)entry_text(&i, 0, &len);
	CHECK(len == 0 && !i.bad);
	CHECK(i.end - i.p == 3 && memcmp(i.p, "xyz", 3) == 0);
}

/* Nothing is written from the first field on for which there is no room. */
static void no_room(void)
{
	struct entry_out o = out(4);

	memset(bytes, '-', 16);
	entry_put_u64(&o, 0);
	CHECK(o.bad && length(&o) == 0);
	entry_put_u8(&o, 0);
	CHECK(o.bad && length(&o) == 0 && bytes[0] == '-');
	o = out(4);
	entry_put_text(&o, "abc", 3); /* its length, but not all of it */
	CHECK(o.bad && memcmp(bytes + 2, "--------", 8) == 0);
	o = out(4);
	entry_put_u32(&o, 1);
	CHECK(!o.bad);
	entry_put_bytes(&o, "", 0);
	CHECK(!o.bad);
	entry_put_u8(&o, 1);
	CHECK(o.bad && length(&o) == 4 && bytes[4] == '-');
}

static void no_text_so_long(void)
{
	static char text[2 * (UINT16_MAX + 1)];
	const size_t n = UINT16_MAX + 1;
	struct entry_out o = {text, text + sizeof text, false};

	entry_put_text(&o, text, n);
	CHECK(o.bad);
	o = (struct entry_out){text, text + sizeof text, false};
	entry_put_text(&o, text, n - 1);
	CHECK(!o.bad);
}

/* Where there is too little, zeros are read, and nothing moves any more. */
static void too_short(void)
{
	struct entry_in i;
	size_t len;

	memset(bytes, 0x11, 16);
	i = in(7);
	CHECK_EQ(entry_u64(&i), 0);
	CHECK(i.bad && i.p == bytes);
	CHECK_EQ(entry_u8(&i), 0);
	CHECK_EQ(entry_u32(&i), 0);
	CHECK(i.p == bytes);
	i = in(3);
	CHECK_EQ(entry_u32(&i), 0);
	CHECK(i.bad);
	i = in(0);
	CHECK_EQ(entry_u8(&i), 0);
	CHECK(i.bad);
	i = in(1); /* half a length */
	(void)entry_text(&i, 100, &len);
	CHECK(i.bad && len == 0);
}

static void bad_lengths(void)
{
	struct entry_out o = out(64);
	struct entry_in i;
	size_t len;

	entry_put_text(&o, "alice", 5);
	for (size_t n = 0; n < 7; n++) {
		i = in(n);
		(void)entry_text(&i, 100, &len);
		CHECKF(i.bad && len == 0, "%zu of 7 bytes", n);
	}
	i = in(7);
	(void)entry_text(&i, 4, &len); /* longer than it may be */
	CHECK(i.bad && len == 0);
	memset(bytes, 0xff, 2);
	i = in(64);
	(void)entry_text(&i, SIZE_MAX, &len);
	CHECK(i.bad && len == 0);
}

static bool is_time(uint64_t ms)
{
	struct entry_out o = out(8);
	struct entry_in i = in(8);

	entry_put_u64(&o, ms);
	return entry_time(&i) == (int64_t)ms && !i.bad;
}

static void times(void)
{
	CHECK(is_time(0) && is_time(1) && is_time(ENTRY_TIME_MAX));
	CHECK(!is_time(ENTRY_TIME_MAX + 1));
	CHECK(!is_time(INT64_MAX));
	CHECK(!is_time((uint64_t)INT64_MIN));
	CHECK(!is_time(UINT64_MAX));
}

/* --- users -----------------------------------------------------------------
 */

static const struct entry_user alice = {
	.slot = 7,
	.generation = 3,
	.counter = 12,
	.connected_ms = 1700000000000,
	.last_line_ms = 1700000000001,
	.bot = true,
	.name = "alice",
	.name_len = 5,
	.user = "al",
	.user_len = 2,
	.real = "Alice L.",
	.real_len = 8,
	.away = "",
	.address = "192.0.2.1:77",
	.address_len = 12,
};

static bool takes(const struct entry_user *u, struct entry_user *got)
{
	struct entry_out o = out(1024);
	struct entry_in i;

	entry_put_user(&o, u);
	i = in(length(&o));
	return !o.bad && entry_user(&i, got) && i.p == i.end;
}

static bool is_taken(struct entry_user u)
{
	struct entry_user got;

	return takes(&u, &got);
}

static bool is_same(const char *a, size_t a_len, const char *b, size_t b_len)
{
	return a_len == b_len && memcmp(a, b, a_len) == 0;
}

static void check_same(const struct entry_user *a, const struct entry_user *b)
{
	CHECK(a->slot == b->slot && a->generation == b->generation);
	CHECK(a->counter == b->counter && a->connected_ms == b->connected_ms);
	CHECK(a->last_line_ms == b->last_line_ms);
	CHECK(a->bot == b->bot && a->watches == b->watches);
	CHECK(is_same(a->name, a->name_len, b->name, b->name_len));
	CHECK(is_same(a->user, a->user_len, b->user, b->user_len));
	CHECK(is_same(a->real, a->real_len, b->real, b->real_len));
	CHECK(is_same(a->away, a->away_len, b->away, b->away_len));
	CHECK(is_same(a->address, a->address_len, b->address, b->address_len));
}

static void users(void)
{
	struct entry_user u = alice, got;
	char longest[256];

	memset(longest, 'n', sizeof longest);
	CHECK(takes(&u, &got));
	check_same(&u, &got);
	u.bot = false;
	u.watches = true;
	u.slot = USERS_MAX - 1;
	u.name = u.user = u.real = u.away = u.address = longest;
	u.name_len = NAME_MAX_BYTES;
	u.user_len = USER_MAX_BYTES;
	u.real_len = REAL_MAX_BYTES;
	u.away_len = AWAY_MAX_BYTES;
	u.address_len = TABLE_ADDRESS_MAX - 1;
	CHECK(takes(&u, &got));
	check_same(&u, &got);
}

/* Alice, with something else in one field. */
static struct entry_user other;

#define TAKES(field, value) \
	(other = alice, other.field = (value), is_taken(other))

#define TAKES_TEXT(field, value, n)                                     \
	(other = alice, other.field = (value), other.field##_len = (n), \
		is_taken(other))

static void bad_users(void)
{
	char longer[256];

	memset(longer, 'n', sizeof longer);
	CHECK(TAKES(slot, USERS_MAX - 1) && !TAKES(slot, USERS_MAX));
	CHECK(!TAKES(slot, UINT32_MAX));
	CHECK(!TAKES(generation, 0));
	CHECK(!TAKES(connected_ms, -1) && !TAKES(connected_ms, INT64_MAX));
	CHECK(!TAKES(last_line_ms, -1) && !TAKES(last_line_ms, INT64_MIN));
	CHECK(!TAKES_TEXT(name, "", 0));
	CHECK(!TAKES_TEXT(name, "a b", 3));
	CHECK(!TAKES_TEXT(name, "a\nb", 3));
	CHECK(!TAKES_TEXT(name, "\xff\xfe", 2));
	CHECK(!TAKES_TEXT(name, longer, NAME_MAX_BYTES + 1));
	CHECK(!TAKES_TEXT(user, longer, USER_MAX_BYTES + 1));
	CHECK(!TAKES_TEXT(real, longer, REAL_MAX_BYTES + 1));
	CHECK(!TAKES_TEXT(away, longer, AWAY_MAX_BYTES + 1));
	CHECK(!TAKES_TEXT(address, longer, TABLE_ADDRESS_MAX));
	CHECK(!TAKES_TEXT(address, "192.0.2.1\n", 10));
	CHECK(!TAKES_TEXT(address, "192.0.2.1\0", 10));
	/* A client may have said what is not clean; who shows it cleans it. */
	CHECK(TAKES_TEXT(real, "A\nL", 3));
}

static void cut_users(void)
{
	struct entry_out o = out(1024);
	struct entry_user got;
	struct entry_in i;

	entry_put_user(&o, &alice);
	for (size_t n = 0; n < length(&o); n++) {
		i = in(n);
		CHECKF(!entry_user(&i, &got), "%zu bytes", n);
	}
}

/* --- frames ----------------------------------------------------------------
 */

static alignas(FRAME_ALIGN) char built[FRAME_UP_MAX];
static alignas(FRAME_ALIGN) char copy[FRAME_UP_MAX + FRAME_ALIGN];

static size_t build(size_t text_len)
{
	static char text[TEXT_MAX];
	const struct frame_up head = {.kind = UP_PUBLIC,
		.counter = 9,
		.text_len = (uint32_t)text_len};

	memset(text, 't', text_len);
	return frame_up_build((void *)built, &head, "", "", text);
}

/* The n bytes at p as what is left of a body, at an odd place. */
static bool takes_frame(const void *p, size_t n)
{
	char *at = malloc(n + 1);
	struct entry_in i = {at + 1, at + 1 + n, false};
	bool taken;

	memcpy(at + 1, p, n);
	taken = entry_frame(&i, (void *)copy);
	free(at);
	return taken && memcmp(copy, p, n) == 0;
}

static void frames(void)
{
	static char longer[FRAME_UP_MAX + FRAME_ALIGN];
	struct entry_in i;
	size_t n = build(100);

	CHECK(takes_frame(built, n));
	for (size_t less = 0; less < n; less++)
		CHECKF(!takes_frame(built, less), "%zu bytes", less);
	/* Something is behind it. */
	CHECK(!takes_frame(built, n + FRAME_ALIGN));
	n = build(TEXT_MAX);
	CHECK(takes_frame(built, n));
	memcpy(longer, built, n);
	memset(longer + FRAME_UP_MAX, '+', FRAME_ALIGN);
	CHECK(!takes_frame(longer, sizeof longer));
	CHECK(copy[FRAME_UP_MAX] == '\0'); /* nothing is written there */
	n = build(100);
	((struct frame_up *)(void *)built)->kind = UP_KINDS;
	CHECK(!takes_frame(built, n));
	n = build(100);
	((struct frame_up *)(void *)built)->size = UINT32_MAX;
	CHECK(!takes_frame(built, n));
	n = build(100);
	memcpy(bytes, built, n);
	i = in(n);
	i.bad = true; /* a field before it was bad */
	CHECK(!entry_frame(&i, (void *)copy));
}

/* --- anything --------------------------------------------------------------
 */

/* Exactly n bytes, where valgrind and AddressSanitizer see their end. */
static void read_all(const char *p, size_t n)
{
	char *exact = malloc(n > 0 ? n : 1);
	struct entry_in i = {exact, exact + n, false};
	struct entry_user u;
	size_t len;

	memcpy(exact, p, n);
	if (entry_user(&i, &u))
		CHECK(i.p <= i.end && !i.bad && u.name_len > 0);
	i = (struct entry_in){exact, exact + n, false};
	for (int k = 0; k < 20; k++) {
		const char *text = entry_text(&i, chance(300), &len);

		CHECK(text + len <= i.end && (!i.bad || len == 0));
		(void)entry_u32(&i);
	}
	i = (struct entry_in){exact, exact + n, false};
	(void)entry_frame(&i, (void *)copy);
	free(exact);
}

static void at_random(void)
{
	for (int round = 0; round < 20000 && !UNIT_FAILED; round++) {
		struct entry_out o = out(1024);
		size_t n;

		if (chance(2) == 0) {
			entry_put_user(&o, &alice);
			n = length(&o);
		} else {
			n = build(chance(40));
			memcpy(bytes, built, n);
		}
		for (uint64_t k = chance(4); k > 0; k--)
			bytes[chance(n)] = (char)chance(256);
		read_all(bytes, chance(8) == 0 ? chance(n) : n);
	}
}

int main(void)
{
	RUN(heads, "a header, whole or not at all");
	RUN(bad_heads, "headers of other versions, kinds and machines");
	RUN(fields, "fields are read as they were written");
	RUN(no_room, "a field without room, and nothing behind it");
	RUN(no_text_so_long, "a text of more than 65,535 bytes");
	RUN(too_short, "zeros where there is too little");
	RUN(bad_lengths, "lengths beyond the end, or beyond the limit");
	RUN(times, "times that have a date");
	RUN(users, "users are read as they were written");
	RUN(bad_users, "users that nobody can be");
	RUN(cut_users, "users that are cut short");
	RUN(frames, "frames at the end of a body");
	RUN(at_random, "random bytes in users and frames");
	return unit_end();
}

/* SPDX-License-Identifier: MIT */
/* Tests of server/disk/record.c and crc32c.c.
 * Runs in: nothing but tests. */
#include "server/disk/record.h"

#include <string.h>

#include "server/disk/crc32c.h"
#include "tests/unit/chance.h"
#include "tests/unit/unit.h"

static unsigned char bytes[RECORD_MAX];
static char noise[TEXT_MAX];

/* --- sums ------------------------------------------------------------------
 */

/* RFC 3720, B.4. */
static void vectors(void)
{
	static const unsigned char read_command[48] = {0x01,
		0xC0, [16] = 0x14, [22] = 0x04, [27] = 0x14, [31] = 0x18,
		[32] = 0x28, [40] = 0x02};
	unsigned char data[32] = {0};

	CHECK_EQ(crc32c(0, data, sizeof data), 0x8A9136AA);
	memset(data, 0xFF, sizeof data);
	CHECK_EQ(crc32c(0, data, sizeof data), 0x62A8AB43);
	for (unsigned i = 0; i < sizeof data; i++)
		data[i] = (unsigned char)i;
	CHECK_EQ(crc32c(0, data, sizeof data), 0x46DD794E);
	for (unsigned i = 0; i < sizeof data; i++)
		data[i] = (unsigned char)(31 - i);
	CHECK_EQ(crc32c(0, data, sizeof data), 0x113FDB5C);
	CHECK_EQ(crc32c(0, read_command, sizeof read_command), 0xD9963A56);
	CHECK_EQ(crc32c(0, "123456789", 9), 0xE3069283);
	CHECK_EQ(crc32c(0, "", 0), 0);
}

/* The definition, bit by bit. */
static uint32_t slow_sum(uint32_t before, const unsigned char *p, size_t n)
{
	uint32_t sum = ~before;

	for (size_t i = 0; i < n; i++) {
		sum ^= p[i];
		for (int bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ ((sum & 1) != 0 ? 0x82F63B78 : 0);
	}
	return ~sum;
}

/* Every entry of every table, every length, and every place to go on from. */
static void sums(void)
{
	const unsigned char *p = (const unsigned char *)noise;

	for (size_t n = 0; n < 2000; n++) {
		size_t at = (size_t)chance(4096), cut = (size_t)chance(n + 1);
		uint32_t sum = slow_sum((uint32_t)n, p + at, n);

		CHECK_EQ(crc32c((uint32_t)n, p + at, n), sum);
		CHECK_EQ(crc32c(crc32c((uint32_t)n, p + at, cut), p + at + cut,
				 n - cut),
			sum);
	}
}

/* --- records ---------------------------------------------------------------
 */

static struct record_part part(const char *p, size_t n)
{
	return (struct record_part){p, n};
}

/* One with something in every field. */
static struct record full(void)
{
	return (struct record){.kind = RECORD_PUBLIC,
		.flags = RECORD_LATE,
		.mode = RECORD_MODE_VOICE,
		.on = 1,
		.reason = RECORD_LEFT_LOST,
		.id = UINT64_C(0x0102030405060708),
		.seq = UINT64_C(0x1112131415161718),
		.unix_ms = RECORD_TIME_MAX,
		.login = 0x31323334,
		.number = 0x41424344,
		.modes = 0x5152,
		.online = 0x6162,
		.from = part("alice", 5),
		.to = part("bob", 3),
		.room = part("dev", 3),
		.text = part("hi", 2),
		.tags = part("+x", 2)};
}

static bool same_part(struct record_part a, struct record_part b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static bool same(const struct record *a, const struct record *b)
{
	return a->kind == b->kind && a->flags == b->flags &&
	       a->mode == b->mode && a->on == b->on && a->reason == b->reason &&
	       a->id == b->id && a->seq == b->seq && a->unix_ms == b->unix_ms &&
	       a->login == b->login && a->number == b->number &&
	       a->modes == b->modes && a->online == b->online &&
	       same_part(a->from, b->from) && same_part(a->to, b->to) &&
	       same_part(a->room, b->room) && same_part(a->text, b->text) &&
	       same_part(a->tags, b->tags);
}

/* What stands on the disks of others does not change: byte by byte. */
static void layout(void)
{
	static const unsigned char expected[] = {80, 0, 0, 0, 0, 0, 0, 0, 8, 7,
		6, 5, 4, 3, 2, 1, 1, 2, 2, 1, 5, 5, 3, 3, 0x18, 0x17, 0x16,
		0x15, 0x14, 0x13, 0x12, 0x11, 0xFF, 0xDB, 0x1F, 0xD2, 0x77,
		0xE6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x34, 0x33, 0x32, 0x31,
		0x44, 0x43, 0x42, 0x41, 0x52, 0x51, 0x62, 0x61, 2, 0, 2, 0, 'a',
		'l', 'i', 'c', 'e', 'b', 'o', 'b', 'd', 'e', 'v', 'h', 'i', '+',
		'x', 0};
	struct record r = full(), read;

	memset(bytes, 0xAA, sizeof bytes);
	CHECK_EQ(record_write(bytes, &r), sizeof expected);
	for (size_t i = 0; i < sizeof expected; i++)
		CHECKF(bytes[i] == expected[i], "byte %zu is %u, not %u", i,
			bytes[i], expected[i]);
	CHECK(bytes[sizeof expected] == 0xAA);
	CHECK(record_read(&read, bytes, sizeof expected));
	CHECK(same(&r, &read));
}

static void numbers(void)
{
	static const struct {
		int number, value;
	} forever[] = {{RECORD_PUBLIC, 1}, {RECORD_ACTION, 2},
		{RECORD_TOPIC, 3}, {RECORD_KICK, 4}, {RECORD_MODE, 5},
		{RECORD_BAN, 6}, {RECORD_JOIN, 7}, {RECORD_LEAVE, 8},
		{RECORD_PASSED, 9}, {RECORD_END, 10}, {RECORD_ROOM, 11},
		{RECORD_LIST, 12}, {RECORD_SEEN, 13}, {RECORD_COUNTS, 14},
		{RECORD_BANNED, 15}, {RECORD_NOTICED, 1}, {RECORD_LATE, 2},
		{RECORD_QUIT, 4}, {RECORD_ALONE, 8}, {RECORD_MODE_NONE, 0},
		{RECORD_MODE_OPERATOR, 1}, {RECORD_MODE_VOICE, 2},
		{RECORD_MODE_BAN, 3}, {RECORD_MODE_LOCKED, 4},
		{RECORD_MODE_MODERATED, 5}, {RECORD_MODE_INVITE, 6},
		{RECORD_MODE_KEY, 7}, {RECORD_MODE_LIMIT, 8},
		{RECORD_MODE_SECRET, 9}, {RECORD_MODE_EXTERNAL, 10},
		{RECORD_MODE_MUTE, 11}, {RECORD_MODE_EXEMPT, 12},
		{RECORD_MODE_ADMIT, 13}, {RECORD_MODE_SEVERAL, 14},
		{RECORD_LEFT, 0}, {RECORD_LEFT_IDLE, 1},
		{RECORD_LEFT_STALLED, 2}, {RECORD_LEFT_SHUTDOWN, 3},
		{RECORD_LEFT_KICKED, 4}, {RECORD_LEFT_LOST, 5},
		{RECORD_LEFT_TAKEN_OVER, 6}};

	for (size_t i = 0; i < COUNT(forever); i++)
		CHECKF(forever[i].number == forever[i].value, "number %zu", i);
}

/* Whatever can be written is read as it was. */
static void round_trip(void)
{
	for (int i = 0; i < 20000; i++) {
		struct record r = full(), read;
		size_t n;

		r.kind = (uint8_t)(1 + chance(RECORD_KINDS - 1));
		r.id = r.kind > RECORD_END ? 0 : 1 + chance(1000);
		r.from = part(noise, (size_t)chance(NAME_MAX_BYTES + 1));
		r.to = part(noise + 50, (size_t)chance(NAME_MAX_BYTES + 1));
		r.room = part(noise + 99, (size_t)chance(NAME_MAX_BYTES + 1));
		r.text = part(noise,
			i % 100 == 0 ? (size_t)TEXT_MAX : (size_t)chance(200));
		r.tags = part(
			noise, (size_t)chance(i % 7 == 0 ? TAGS_MAX + 1 : 1));
		n = record_write(bytes, &r);
		CHECK(n > 0 && n <= RECORD_MAX && n % RECORD_ALIGN == 0);
		CHECK_EQ(record_size(bytes), n);
		CHECK(record_read(&read, bytes, n) && same(&r, &read));
		CHECK(!record_read(&read, bytes, n - RECORD_ALIGN));
		CHECK(n == RECORD_MAX ||
			!record_read(&read, bytes, n + RECORD_ALIGN));
	}
}

static void longest(void)
{
	struct record r = full(), read;

	r.from = r.to = r.room = part(noise, NAME_MAX_BYTES);
	r.text = part(noise, TEXT_MAX);
	r.tags = part(noise, TAGS_MAX);
	CHECK_EQ(record_write(bytes, &r), RECORD_MAX);
	CHECK(record_read(&read, bytes, RECORD_MAX) && same(&r, &read));
}

/* What the rules forbid is not written, and not read. */
static void refused(void)
{
	static const struct {
		size_t at;
		unsigned char byte;
	} wrong[] = {{16, 0}, {16, RECORD_KINDS}, {16, RECORD_ROOM}, {17, 16},
		{18, RECORD_MODES}, {19, 2}, {20, RECORD_REASONS}, {38, 1},
		{39, 0x80}, {57, 0x80}, {0, 72}, {0, 88}, {0, 81}, {0, 0},
		{21, 0}, {21, 33}, {22, 255}, {23, 33}, {61, 255}, {63, 255},
		{79, 1}};
	struct record r = full(), read;
	size_t n = record_write(bytes, &r);

	for (size_t i = 0; i < COUNT(wrong); i++) {
		unsigned char was = bytes[wrong[i].at];

		bytes[wrong[i].at] = wrong[i].byte;
		CHECKF(!record_read(&read, bytes, n), "byte %zu", wrong[i].at);
		bytes[wrong[i].at] = was;
	}
	CHECK(record_read(&read, bytes, n));
	memset(bytes + 8, 0, 8);
	CHECK(!record_read(&read, bytes, n)); /* a line is no state */
	for (size_t cut = 0; cut < RECORD_HEAD; cut++)
		CHECK(!record_read(&read, bytes, cut));
}

static void not_written(void)
{
	struct record r = full();

	r.unix_ms = -1;
	CHECK_EQ(record_write(bytes, &r), 0);
	r = full();
	r.unix_ms++;
	CHECK_EQ(record_write(bytes, &r), 0);
	r = full();
	r.text.n = TEXT_MAX + 1;
	CHECK_EQ(record_write(bytes, &r), 0);
	r = full();
	r.tags.n = TAGS_MAX + 1;
	CHECK_EQ(record_write(bytes, &r), 0);
	r = full();
	r.to.n = 256 + 3; /* would fit as 3 */
	CHECK_EQ(record_write(bytes, &r), 0);
	r = full();
	r.kind = RECORD_ROOM;
	CHECK_EQ(record_write(bytes, &r), 0);
	r = full();
	r.modes = 1 << RECORD_MODES;
	CHECK_EQ(record_write(bytes, &r), 0);
}

/* A topic and a mode may be state, a line and a join may not; an end may have
 * come before the first id. */
static void state(void)
{
	for (int kind = 1; kind < RECORD_KINDS; kind++) {
		struct record r = full();
		bool may = kind == RECORD_TOPIC || kind == RECORD_MODE ||
			   kind >= RECORD_END;

		r.kind = (uint8_t)kind;
		r.id = 0;
		CHECKF((record_write(bytes, &r) > 0) == may, "kind %d", kind);
		r.id = 1;
		CHECKF((record_write(bytes, &r) > 0) == (kind <= RECORD_END),
			"kind %d", kind);
	}
}

static void chain(void)
{
	struct record r = full();
	size_t n = record_write(bytes, &r);
	uint32_t sum = record_seal(bytes, n, 7), found;

	CHECK(record_follows(bytes, n, 7, &found) && found == sum);
	CHECK(!record_follows(bytes, n, 8, &found));
	for (size_t i = 0; i < 8 * n; i++) {
		bytes[i / 8] ^= (unsigned char)(1U << i % 8);
		CHECKF(!record_follows(bytes, n, 7, &found), "bit %zu", i);
		bytes[i / 8] ^= (unsigned char)(1U << i % 8);
	}
	CHECK(record_follows(bytes, n, 7, &found));
	CHECK(record_seal(bytes, n, 8) != sum);
	/* The same bytes again give another sum. */
	CHECK(record_seal(bytes, n, 7) == sum);
	CHECK(record_seal(bytes, n, sum) != sum);
}

int main(void)
{
	for (size_t i = 0; i < sizeof noise; i++)
		noise[i] = (char)chance(256);

	RUN(vectors, "the sums of the standard");
	RUN(sums, "sums of all lengths, in one piece and in two");
	RUN(layout, "each number stands where it stands");
	RUN(numbers, "numbers are for ever");
	RUN(round_trip, "what is written is read");
	RUN(longest, "the longest record");
	RUN(refused, "what breaks the rules is not read");
	RUN(not_written, "and not written");
	RUN(state, "which kinds are state");
	RUN(chain, "a record follows one other, bit by bit");
	return unit_end();
}

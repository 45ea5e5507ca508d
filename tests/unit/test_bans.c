/* SPDX-License-Identifier: MIT */
/* Tests of server/control/bans.c and of the ranges in it, server/network.c.
 * Runs in: nothing but tests. */
#include "server/control/bans.h"

#include <arpa/inet.h>
#include <string.h>

#include "tests/unit/unit.h"

static struct bans b;

static void begin(void)
{
	memset(&b, 0, sizeof(b));
}

/* What is none is nobody's, which is seen. */
static struct network parse(const char *text)
{
	struct network n = {0};

	(void)network_parse(&n, text);
	return n;
}

/* Whoever comes from there. */
static struct network from(const char *text)
{
	struct in6_addr v6;
	struct in_addr v4;

	if (inet_pton(AF_INET, text, &v4) == 1)
		return network_of_v4(&v4);
	return inet_pton(AF_INET6, text, &v6) == 1 ? network_of(&v6)
						   : (struct network){0};
}

static bool add(const char *range, int64_t until_ms, int64_t now)
{
	const struct ban ban = {
		.of = parse(range), .until_ms = until_ms, .by = 7};

	return bans_add(&b, &ban, now);
}

static bool drop(const char *range, int64_t now)
{
	const struct network n = parse(range);

	return bans_remove(&b, &n, now);
}

static bool has(const char *address, int64_t now)
{
	const struct network n = from(address);

	return bans_find(&b, &n, now) != NULL;
}

/* --- ranges -------------------------------------------------------------- */

static void check_text(const char *text, const char *expected)
{
	const struct network n = parse(text);
	char got[NETWORK_TEXT_MAX];

	network_text(&n, got);
	CHECKF(strcmp(got, expected) == 0, "%s: %s", text, got);
}

static void forms(void)
{
	struct network n, again;
	char text[NETWORK_TEXT_MAX];

	check_text("192.0.2.7", "192.0.2.7");
	check_text("192.0.2.7/32", "192.0.2.7");
	check_text("192.0.2.0/24", "192.0.2.0/24");
	check_text("128.0.0.0/1", "128.0.0.0/1");
	check_text("2001:db8::7", "2001:db8::/64");
	check_text("2001:db8::7/128", "2001:db8::7/128");
	check_text("2001:DB8::/32", "2001:db8::/32");
	check_text("8000::/1", "8000::/1");
	check_text("2001:db8::8000:0:0:0/65", "2001:db8:0:0:8000::/65");
	check_text("2001:db8::/64", "2001:db8::/64");
	/* One form for each address. */
	check_text("::ffff:192.0.2.7", "192.0.2.7");
	check_text("::ffff:192.0.2.0/120", "192.0.2.0/24");
	check_text("::ffff:c000:207", "192.0.2.7");
	check_text("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128");
	/* And what is written is read again. */
	for (uint32_t bits = 1; bits <= 128; bits++) {
		n = (struct network){UINT64_C(1) << 63, 0, bits};
		CHECK(network_parse(&again, network_text(&n, text)) ==
			NETWORK_OK);
		CHECKF(network_same(&n, &again), "%s", text);
	}
	for (uint32_t bits = 1; bits <= 32; bits++) {
		n = (struct network){0, UINT64_C(0xffff80000000), 96 + bits};
		CHECK(network_parse(&again, network_text(&n, text)) ==
			NETWORK_OK);
		CHECKF(network_same(&n, &again), "%s", text);
	}
}

static void refused(void)
{
	static const struct {
		const char *text;
		enum network_verdict verdict;
	} wrong[] = {
		{"", NETWORK_NONE},
		{"/", NETWORK_NONE},
		{"/24", NETWORK_NONE},
		{"localhost", NETWORK_NONE},
		{"192.0.2", NETWORK_NONE},
		{"192.0.2/24", NETWORK_NONE},
		{"192.0.2.0.0/24", NETWORK_NONE},
		{"192.0.02.0/24", NETWORK_NONE},
		{" 192.0.2.0/24", NETWORK_NONE},
		{"[2001:db8::]/32", NETWORK_NONE},
		{"fe80::1%lo", NETWORK_NONE},
		{"2001:db8::/32::", NETWORK_PREFIX},
		{"192.0.2.0/", NETWORK_PREFIX},
		{"192.0.2.0/33", NETWORK_PREFIX},
		{"192.0.2.0/024", NETWORK_PREFIX},
		{"192.0.2.0/+24", NETWORK_PREFIX},
		{"192.0.2.0/-1", NETWORK_PREFIX},
		{"192.0.2.0/ 24", NETWORK_PREFIX},
		{"192.0.2.0/24 ", NETWORK_PREFIX},
		{"192.0.2.0/24/24", NETWORK_PREFIX},
		{"192.0.2.0/4294967320", NETWORK_PREFIX},
		{"192.0.2.0/255.255.255.0", NETWORK_PREFIX},
		{"2001:db8::/129", NETWORK_PREFIX},
		{"0.0.0.0/0", NETWORK_ALL},
		{"192.0.2.0/0", NETWORK_ALL},
		{"::/0", NETWORK_ALL},
		{"::ffff:0:0/96", NETWORK_ALL},
		{"192.0.2.7/24", NETWORK_INSIDE},
		{"192.0.2.1/31", NETWORK_INSIDE},
		{"2001:db8::1/32", NETWORK_INSIDE},
		{"2001:db8::1/127", NETWORK_INSIDE},
		{"127.0.0.1", NETWORK_NOBODY},
		{"127.0.0.0/8", NETWORK_NOBODY},
		{"127.8.0.0/16", NETWORK_NOBODY},
		{"::1", NETWORK_NOBODY},
		{"::1/128", NETWORK_NOBODY},
		{"::ffff:127.0.0.1", NETWORK_NOBODY},
		{"0.0.0.0", NETWORK_NOBODY},
		{"::", NETWORK_NOBODY},
		{"::/1", NETWORK_MIXED},
		{"::/64", NETWORK_MIXED},
		{"::/80", NETWORK_MIXED},
		{"::5", NETWORK_MIXED},
	};
	struct network n;

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		enum network_verdict got = network_parse(&n, wrong[i].text);

		CHECKF(got == wrong[i].verdict, "'%s': %s", wrong[i].text,
			network_explain(got));
	}
	/* What a stranger may send. */
	n = (struct network){0, 0, 129};
	CHECK(network_check(&n) == NETWORK_PREFIX);
	n = (struct network){UINT64_MAX, UINT64_MAX, UINT32_MAX};
	CHECK(network_check(&n) == NETWORK_PREFIX);
	n = (struct network){UINT64_MAX, 0, 63};
	CHECK(network_check(&n) == NETWORK_INSIDE);
}

/* At each number of bits: all that agree in them are in, the first that
 * differs is not. */
static void edges(void)
{
	for (uint32_t bits = 1; bits <= 128; bits++) {
		const struct network one = {UINT64_C(0x20010db8a5a5a5a5),
			UINT64_C(0x123456789abcdef0), 128};
		struct network range = one, other = one;
		uint32_t at = 128 - bits; /* of the last bit that counts */

		range.bits = bits;
		CHECKF(network_has(&range, &one), "%u", bits);
		if (at < 64)
			other.low ^= UINT64_C(1) << at;
		else
			other.high ^= UINT64_C(1) << (at - 64);
		CHECKF(!network_has(&range, &other), "%u", bits);
		other = one;
		if (at > 64)
			other.high ^= UINT64_C(1) << (at - 65);
		else if (at > 0)
			other.low ^= UINT64_C(1) << (at - 1);
		CHECKF(network_has(&range, &other), "%u", bits);
	}
}

static void counted(void)
{
	struct network a = from("192.0.2.7"), host = network_host(&a);
	const struct network nobody = {0};

	CHECK(network_same(&a, &host));
	a = from("::ffff:192.0.2.7");
	CHECK(network_same(&a, &host));
	a = from("2001:db8::7");
	host = network_host(&a);
	CHECK_EQ(host.bits, 64);
	a = from("2001:db8::ffff:1:2:3");
	CHECK(network_has(&host, &a));
	a = from("2001:db8:0:1::7");
	CHECK(!network_has(&host, &a));
	host = network_host(&nobody);
	CHECK_EQ(host.bits, 0);
	CHECK(!network_has(&nobody, &a) && !network_has(&a, &nobody));
	CHECK(!network_has(&nobody, &nobody));
}

/* --- bans ---------------------------------------------------------------- */

static void banned(void)
{
	begin();
	CHECK(!has("192.0.2.7", 0));
	CHECK(add("192.0.2.7", BANS_FOR_EVER, 0));
	CHECK(has("192.0.2.7", 0) && has("192.0.2.7", INT64_MAX - 1));
	CHECK(has("::ffff:192.0.2.7", 0));
	CHECK(!has("192.0.2.6", 0) && !has("::c000:207", 0));
	CHECK_EQ(b.bans[0].by, 7);
	CHECK(drop("192.0.2.7", 0));
	CHECK(!has("192.0.2.7", 0));
	CHECK(!drop("192.0.2.7", 0));
	CHECK_EQ(bans_count(&b, 0), 0);
}

static void ranges(void)
{
	begin();
	CHECK(add("192.0.2.0/24", BANS_FOR_EVER, 0));
	CHECK(add("2001:db8::/32", BANS_FOR_EVER, 0));
	CHECK(has("192.0.2.0", 0) && has("192.0.2.255", 0));
	CHECK(has("::ffff:192.0.2.9", 0));
	CHECK(!has("192.0.1.255", 0) && !has("192.0.3.0", 0));
	CHECK(has("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", 0));
	CHECK(!has("2001:db9::", 0) && !has("2001:db7:ffff::", 0));
	/* One within another is one more, and goes alone. */
	CHECK(add("192.0.2.7", 1000, 0));
	CHECK_EQ(bans_count(&b, 0), 3);
	CHECK(!drop("192.0.2.8", 0));
	CHECK(drop("192.0.2.0/24", 0));
	CHECK(has("192.0.2.7", 0) && !has("192.0.2.8", 0));
	/* One that is over hides none that is not. */
	CHECK(add("192.0.0.0/16", 5000, 0));
	CHECK(has("192.0.2.7", 2000));
	CHECK(!has("192.0.2.7", 5000));
}

/* Loopback is nobody, whatever is in the list. */
static void nobody(void)
{
	const struct network n = {0};

	begin();
	b.bans[b.count++] = (struct ban){.until_ms = BANS_FOR_EVER};
	CHECK(bans_find(&b, &n, 0) == NULL);
	CHECK(!has("192.0.2.7", 0));
}

static void runs_out(void)
{
	begin();
	CHECK(add("192.0.2.7", 1000, 0));
	CHECK(add("192.0.2.8", 2000, 0));
	CHECK(has("192.0.2.7", 999));
	CHECK(!has("192.0.2.7", 1000));
	CHECK(has("192.0.2.8", 1999));
	CHECK_EQ(bans_count(&b, 999), 2);
	CHECK_EQ(bans_count(&b, 1000), 1);
	CHECK(has("192.0.2.8", 1999));
	/* One that is over is none. */
	CHECK(!drop("192.0.2.8", 2000));
	CHECK_EQ(bans_count(&b, 0), 0);
}

/* What is said last counts, be it longer or shorter. */
static void anew(void)
{
	begin();
	CHECK(add("192.0.2.7", 1000, 0));
	CHECK(add("192.0.2.7/32", 3000, 0));
	CHECK_EQ(bans_count(&b, 0), 1);
	CHECK(has("192.0.2.7", 2999));
	CHECK(add("::ffff:192.0.2.7", 500, 0));
	CHECK(!has("192.0.2.7", 500));
	CHECK_EQ(bans_count(&b, 0), 1);
}

static bool add_number(uint32_t n, int64_t until_ms, int64_t now)
{
	const struct ban ban = {.of = {0, UINT64_C(0xffff00000000) | n, 128},
		.until_ms = until_ms};

	return bans_add(&b, &ban, now);
}

static bool has_number(uint32_t n, int64_t now)
{
	const struct network of = {0, UINT64_C(0xffff00000000) | n, 128};

	return bans_find(&b, &of, now) != NULL;
}

static void full(void)
{
	begin();
	for (uint32_t n = 1; n <= BANS_MAX; n++)
		CHECK(add_number(n, n == 100 ? 1000 : BANS_FOR_EVER, 0));
	CHECK(!add_number(1000, BANS_FOR_EVER, 999));
	/* One that is there already needs no room. */
	CHECK(add_number(50, BANS_FOR_EVER, 999));
	/* What has run out makes room. */
	CHECK(add_number(1000, BANS_FOR_EVER, 1000));
	CHECK(!add_number(1001, BANS_FOR_EVER, 1000));
	for (uint32_t n = 1; n <= BANS_MAX; n++)
		CHECK(has_number(n, 1000) == (n != 100));
	CHECK(has_number(1000, 1000));
	/* In the order in which they were made. */
	for (size_t i = 1; i < b.count; i++)
		CHECK(b.bans[i - 1].of.low < b.bans[i].of.low);
	CHECK_EQ(b.count, BANS_MAX);
}

int main(void)
{
	RUN(forms, "each range has one form");
	RUN(refused, "what is no range, or none to be banned");
	RUN(edges, "a range ends where its bits end");
	RUN(counted, "what counts as one host");
	RUN(banned, "banned, and not any more");
	RUN(ranges, "ranges, and one within another");
	RUN(nobody, "loopback is never banned");
	RUN(runs_out, "a ban runs out");
	RUN(anew, "a ban anew replaces the one before");
	RUN(full, "as many as can be");
	return unit_end();
}

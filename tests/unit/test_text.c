/* SPDX-License-Identifier: MIT */
/* Tests of ipc/common/text.c against an oracle that shares no idea with it: all
 * well-formed sequences are written down first, then looked up.
 * Runs in: nothing but tests. */
#include "ipc/common/text.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

/* Bit i is set if the bytes of i, big-endian, are a well-formed sequence of
 * so many bytes; for begins, if they begin one that is longer. */
static unsigned char whole[4][1 << 21];
static unsigned char begins[4][1 << 21];

static bool bit(const unsigned char *bits, unsigned long i)
{
	return bits[i / 8] >> i % 8 & 1;
}

static void set_bit(unsigned char *bits, unsigned long i)
{
	bits[i / 8] = (unsigned char)(bits[i / 8] | 1u << i % 8);
}

/* Six-bit digits, as the tables in RFC 3629 draw them. */
static size_t oracle_encode(unsigned char *out, unsigned long cp)
{
	unsigned long a = cp % 64, b = cp / 64 % 64, c = cp / 4096 % 64;

	if (cp < 128) {
		out[0] = (unsigned char)cp;
		return 1;
	}
	if (cp < 2048) {
		out[0] = (unsigned char)(192 + cp / 64);
		out[1] = (unsigned char)(128 + a);
		return 2;
	}
	if (cp < 65536) {
		out[0] = (unsigned char)(224 + cp / 4096);
		out[1] = (unsigned char)(128 + b);
		out[2] = (unsigned char)(128 + a);
		return 3;
	}
	out[0] = (unsigned char)(240 + cp / 262144);
	out[1] = (unsigned char)(128 + c);
	out[2] = (unsigned char)(128 + b);
	out[3] = (unsigned char)(128 + a);
	return 4;
}

static bool is_scalar(unsigned long cp)
{
	return cp < 0xD800 || (cp > 0xDFFF && cp <= 0x10FFFF);
}

static void oracle_make(void)
{
	for (unsigned long cp = 0; cp <= 0x10FFFF; cp++) {
		unsigned char s[4];
		unsigned long number = 0;
		size_t n = is_scalar(cp) ? oracle_encode(s, cp) : 0;

		for (size_t i = 0; i < n; i++) {
			number = number * 256 + s[i];
			if (i + 1 < n)
				set_bit(begins[i + 1], number);
			else if (n < 4)
				set_bit(whole[n], number);
		}
	}
}

/* The longest beginning of a sequence is what one U+FFFD stands for. */
static size_t oracle_decode(
	const unsigned char *s, size_t n, unsigned long *cp, bool *good)
{
	static const unsigned long bias[] = {0, 0, 0x3080, 0xE2080, 0x3C82080};
	unsigned long number = 0, sum = 0;
	size_t longest = 1;

	*cp = 0xFFFD;
	*good = false;
	for (size_t i = 0; i < n && i < 4; i++) {
		number = number * 256 + s[i];
		sum = sum * 64 + s[i];
		if (i == 3 ? s[3] >= 128 && s[3] < 192
			   : bit(whole[i + 1], number)) {
			*cp = sum - bias[i + 1];
			*good = true;
			return i + 1;
		}
		if (i == 3 || !bit(begins[i + 1], number))
			break;
		longest = i + 1;
	}
	return longest;
}

static bool oracle_control(unsigned long cp)
{
	static const char *const list = "\u2028\u2029\u202A\u202B\u202C\u202D"
					"\u202E\u2066\u2067\u2068\u2069";
	unsigned char s[5] = {0};

	if (cp < 32 || cp == 127 || (cp >= 128 && cp < 160))
		return true;
	return is_scalar(cp) && oracle_encode(s, cp) == 3 &&
	       strstr(list, (const char *)s) != NULL;
}

/* Decoding and cleaning of one string, whole. */
static void check_string(const unsigned char *s, size_t n)
{
	unsigned char want[16] = {0}; /* three for each of four */
	char got[16];
	size_t len = 0;
	bool clean = true;

	for (size_t at = 0; at < n;) {
		unsigned long cp;
		uint32_t got_cp;
		bool good;
		size_t used = oracle_decode(s + at, n - at, &cp, &good);

		CHECKF(text_decode((const char *)s + at, n - at, &got_cp) ==
					used &&
				got_cp == cp,
			"%02X %02X %02X %02X, at %zu of %zu", s[0], s[1], s[2],
			s[3], at, n);
		at += used;
		clean = clean && good && !oracle_control(cp);
		if (cp == '\t' || cp == 0x2028 || cp == 0x2029)
			want[len++] = ' ';
		else if (!oracle_control(cp))
			len += oracle_encode(want + len, cp);
	}
	CHECKF(text_clean(got, (const char *)s, n) == len &&
			memcmp(got, want, len) == 0,
		"%02X %02X %02X %02X, %zu", s[0], s[1], s[2], s[3], n);
	CHECKF(text_is_clean((const char *)s, n) == clean,
		"%02X %02X %02X %02X, %zu", s[0], s[1], s[2], s[3], n);
	CHECK(text_is_clean(got, len));
}

static void short_strings(void)
{
	for (unsigned i = 0; i < 0x10000 && !UNIT_FAILED; i++) {
		unsigned char s[4] = {
			(unsigned char)(i >> 8), (unsigned char)i};

		check_string(s + 1, 1);
		check_string(s, 2);
	}
}

static void three_bytes(void)
{
	for (unsigned long i = 0; i < 0x1000000 && !UNIT_FAILED; i++) {
		unsigned char s[4] = {(unsigned char)(i >> 16),
			(unsigned char)(i >> 8), (unsigned char)i};

		check_string(s, 3);
	}
}

/* Every first byte with every mix of the bytes where a rule changes. */
static void four_bytes(void)
{
	static const unsigned char edges[] = {0x00, 0x41, 0x7F, 0x80, 0x8F,
		0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xF0, 0xF4,
		0xFF};
	const size_t count = sizeof(edges);

	for (size_t i = 0; i < 256 * count * count * count; i++) {
		unsigned char s[4] = {(unsigned char)(i % 256),
			edges[i / 256 % count], edges[i / 256 / count % count],
			edges[i / 256 / count / count]};

		check_string(s, 4);
		if (UNIT_FAILED)
			return;
	}
}

static void cut_off(void)
{
	for (unsigned long cp = 0x80; cp <= 0x10FFFF; cp += 17) {
		unsigned char s[4];
		size_t n = is_scalar(cp) ? oracle_encode(s, cp) : 0;

		for (size_t i = 1; i < n; i++) {
			char *copy = malloc(i); /* a read behind it is seen */
			uint32_t got = 0;
			size_t used;

			CHECK(copy != NULL);
			memcpy(copy, s, i);
			used = text_decode(copy, i, &got);
			free(copy);
			CHECKF(used == i && got == TEXT_REPLACEMENT,
				"U+%04lX cut after %zu", cp, i);
		}
	}
}

static void round_trip(void)
{
	for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
		unsigned char want[4];
		char s[4];
		uint32_t back;
		size_t n = text_encode(s, cp);

		if (!is_scalar(cp)) {
			CHECK(n == 3 && memcmp(s, "\xEF\xBF\xBD", 3) == 0);
			continue;
		}
		CHECKF(n == oracle_encode(want, cp), "U+%04X", cp);
		CHECKF(memcmp(s, want, n) == 0, "U+%04X", cp);
		CHECKF(text_decode(s, n, &back) == n && back == cp, "U+%04X",
			cp);
	}
}

static void beyond_unicode(void)
{
	static const uint32_t none[] = {0x110000, 0x1FFFFF, 0x200000, 1u << 31,
		UINT32_MAX, 0xD800, 0xDBFF, 0xDC00, 0xDFFF};

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		char s[4];

		CHECK_EQ(text_encode(s, none[i]), 3);
		CHECK(memcmp(s, "\xEF\xBF\xBD", 3) == 0);
	}
}

static void clean_code_points(void)
{
	for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
		char s[6] = "<", got[18];
		size_t n;

		if (!is_scalar(cp))
			continue;
		n = 1 + text_encode(s + 1, cp);
		s[n++] = '>';
		CHECKF(text_is_control(cp) == oracle_control(cp), "U+%04X", cp);
		CHECKF(text_is_clean(s, n) == !oracle_control(cp), "U+%04X",
			cp);
		if (cp == '\t' || cp == 0x2028 || cp == 0x2029)
			CHECKF(text_clean(got, s, n) == 3 &&
					memcmp(got, "< >", 3) == 0,
				"U+%04X", cp);
		else if (oracle_control(cp))
			CHECKF(text_clean(got, s, n) == 2 &&
					memcmp(got, "<>", 2) == 0,
				"U+%04X", cp);
		else
			CHECKF(text_clean(got, s, n) == n &&
					memcmp(got, s, n) == 0,
				"U+%04X", cp);
	}
}

/* Leaving out a control must not make a new character of what is around it. */
static void clean_joins_nothing(void)
{
	static const char in[] = "\xC3\x1B\xA9\xE2\x80\xE2\x80\xAE\xAE";
	char out[3 * sizeof(in)];
	size_t n = text_clean(out, in, sizeof(in) - 1);

	CHECK_EQ(n, 12);
	CHECK(memcmp(out, "\uFFFD\uFFFD\uFFFD\uFFFD", 12) == 0);
	CHECK(text_is_clean(out, n));
	CHECK_EQ(text_clean(out, "\0a\0", 3), 1);
	CHECK_EQ(text_clean(out, "", 0), 0);
}

static void clean_fills_its_room(void)
{
	enum {
		N = 4096
	};
	static char in[N], out[3 * N + 1], again[9 * N];

	memset(in, 0xFF, N);
	out[3 * N] = '#';
	CHECK_EQ(text_clean(out, in, N), 3 * N);
	CHECK(out[3 * N] == '#');
	CHECK_EQ(text_clean(again, out, 3 * N), 3 * N);
	CHECK(memcmp(out, again, 3 * N) == 0);
}

static void blank(void)
{
	CHECK(text_is_blank("", 0));
	CHECK(text_is_blank("   ", 3));
	CHECK(text_is_blank("  x", 2));
	CHECK(!text_is_blank("  x", 3));
	CHECK(!text_is_blank("x  ", 3));
	CHECK(text_is_blank("\u00A0\t\u3000\uFEFF\u200B\r", 13));
	for (unsigned c = 0; c < 256; c++) {
		char s = (char)c;

		CHECKF(text_is_blank(&s, 1) == (c <= ' ' || c == 0x7F),
			"byte %u", c);
	}
}

static void blanks(void)
{
	static const struct {
		const char *s;
		size_t blanks;
	} cases[] = {
		{"", 0},
		{"/msg", 0},
		{" /msg", 1},
		{"\t  /msg ", 3},
		{"\xEF\xBB\xBF/msg", 3},
		{"\u00A0/msg", 2},
		{"\u3000 \u2009/msg", 7},
		{"\u200B\u202E\u2066\u2060/msg", 12},
		{"\x1B\x01\xC2\x85/msg", 4},
		/* What is visible, or broken, stops it. */
		{"\u2010/msg", 0},
		{"\uFF0F/msg", 0},
		{"\xC2/msg", 0},
		{"\xA0/msg", 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECKF(text_blanks(cases[i].s, strlen(cases[i].s)) ==
				cases[i].blanks,
			"case %zu", i);
}

int main(void)
{
	oracle_make();
	RUN(short_strings, "every string of one and two bytes");
	RUN(three_bytes, "every string of three bytes");
	RUN(four_bytes, "strings of four bytes, at every edge");
	RUN(cut_off, "a sequence that is cut off is one U+FFFD");
	RUN(round_trip, "every code point there and back");
	RUN(beyond_unicode, "what is no character is written as U+FFFD");
	RUN(clean_code_points, "cleaning drops what is listed; TAB is a blank");
	RUN(clean_joins_nothing, "cleaning makes nothing new");
	RUN(clean_fills_its_room, "cleaning needs 3 n bytes and is idempotent");
	RUN(blank, "blank is what shows nothing");
	RUN(blanks, "the blanks before a word");
	return unit_end();
}

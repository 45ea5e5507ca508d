/* SPDX-License-Identifier: MIT */
/* Fuzzes ipc/common/name.c: what is accepted keeps the rule, as far as simple
 * checks can say it; names that are the same have the same key. Runs in:
 * nothing but tests.
 *
 * Input: a byte of flags, the length of a first name, the first name, the
 * second.  A name is bytes, or with NAMED_BY_NUMBER code points of two bytes
 * each. */
#include "ipc/common/name.h"

#include "ipc/common/limits.h"
#include "ipc/common/skeleton.h"
#include "ipc/common/text.h"
#include "tests/fuzz/fuzz.h"

#define NAMED_BY_NUMBER 1
#define OTHER_CASE      2 /* the second name is the first, in other case */

/* Longer than a name may be. */
#define LONGEST 48

struct name {
	char *s; /* on the heap, with nothing behind it */
	size_t n;
};

static struct name make(struct fuzz_input in, bool by_number)
{
	char buf[LONGEST + 4];
	size_t n = 0;

	while (in.n > 0 && n < LONGEST) {
		uint32_t cp;

		if (!by_number) {
			buf[n++] = (char)fuzz_byte(&in);
			continue;
		}
		cp = (uint32_t)fuzz_number(&in, 2);
		/* No surrogates: a part of the higher planes. */
		if (cp / 0x800 == 0x1B)
			cp += 0x1E800 - 0xD800;
		n += text_encode(buf + n, cp);
	}
	return (struct name){fuzz_copy(buf, n), n};
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char other_case(char c)
{
	if (is_upper(c))
		return (char)(c - 'A' + 'a');
	return is_lower(c) ? (char)(c - 'a' + 'A') : c;
}

static bool in(uint32_t cp, uint32_t first, uint32_t last)
{
	return first <= cp && cp <= last;
}

/* --- what is accepted ---------------------------------------------------- */

/* Roughly, by blocks: which scripts do not go together. */
enum script {
	NONE,
	LATIN,
	EAST_ASIAN,
	GREEK,
	CYRILLIC,
	ARMENIAN,
	HEBREW,
	ARABIC,
	INDIC, /* and on: one for each 128 code points from U+0900 */
};

static unsigned script_of(uint32_t cp)
{
	if (cp < 0x80)
		return is_upper((char)cp) || is_lower((char)cp) ? LATIN : NONE;
	if (cp <= 0x24F || in(cp, 0x1E00, 0x1EFF))
		return LATIN;
	if (in(cp, 0x370, 0x3FF))
		return GREEK;
	if (in(cp, 0x400, 0x52F))
		return CYRILLIC;
	if (in(cp, 0x531, 0x58F))
		return ARMENIAN;
	if (in(cp, 0x590, 0x5FF))
		return HEBREW;
	if (in(cp, 0x600, 0x6FF) || in(cp, 0x750, 0x77F))
		return ARABIC;
	if (in(cp, 0x900, 0xDFF))
		return INDIC + (cp - 0x900) / 0x80;
	if (in(cp, 0x3000, 0x31FF) || in(cp, 0x3400, 0x9FFF) ||
		in(cp, 0xAC00, 0xD7A3) || in(cp, 0x20000, 0x3134F))
		return EAST_ASIAN;
	return NONE; /* which these checks do not tell apart */
}

/* No letters, or invisible ones, accents that stand alone, second forms. */
static bool is_tricky(uint32_t cp)
{
	return in(cp, 0x80, 0xBF) || cp == 0xD7 || cp == 0xF7 ||
	       in(cp, 0x300, 0x36F) || cp == 0x61C || in(cp, 0x1100, 0x11FF) ||
	       in(cp, 0x17B4, 0x17B5) || in(cp, 0x180B, 0x180F) ||
	       in(cp, 0x2000, 0x2BFF) || in(cp, 0x3000, 0x3004) ||
	       in(cp, 0x3007, 0x3030) || cp == 0x3164 ||
	       in(cp, 0xE000, 0xFFFF) || in(cp, 0x1D400, 0x1D7FF) ||
	       cp >= 0x31350;
}

/* strncasecmp(3) folds what is ASCII and nothing else: the locale is "C". */
static bool is_reserved(const struct name *a)
{
	return (a->n == 3 && strncasecmp(a->s, "you", 3) == 0) ||
	       (a->n == 4 && strncasecmp(a->s, "chat", 4) == 0) ||
	       (a->n == 6 && strncasecmp(a->s, "server", 6) == 0) ||
	       (a->n == 8 && strncasecmp(a->s, "everyone", 8) == 0);
}

static void check_accepted(const struct name *a)
{
	char clean[3 * NAME_MAX_BYTES];
	bool letter = false, latin = false, east = false;
	unsigned other = NONE;

	CHECK(a->n >= 1 && a->n <= NAME_MAX_BYTES);
	CHECK(!is_reserved(a));
	for (size_t at = 0, len; at < a->n; at += len) {
		uint32_t cp;
		unsigned script;

		len = utf8_sequence(a->s + at, a->n - at, &cp);
		CHECK(len > 0 && !utf8_is_control(cp) && !is_tricky(cp));
		CHECK(cp >= 0x80 || is_digit((char)cp) || is_upper((char)cp) ||
			is_lower((char)cp) || memchr("_-.", (int)cp, 3));
		letter = letter || cp >= 0x80 ||
			 memchr("_-.", (int)cp, 3) == NULL;
		script = script_of(cp);
		latin = latin || script == LATIN;
		east = east || script == EAST_ASIAN;
		if (script > EAST_ASIAN) {
			CHECK(other == NONE || other == script);
			other = script;
		}
	}
	CHECK(letter);
	CHECK(other == NONE || (!latin && !east));
	CHECK(text_is_clean(a->s, a->n));
	CHECK(text_clean(clean, a->s, a->n) == a->n);
	CHECK(memcmp(clean, a->s, a->n) == 0);
}

/* Of ASCII alone the rule is simple enough to say it in whole. */
static void check_ascii(const struct name *a, enum name_verdict verdict)
{
	bool good = a->n >= 1 && a->n <= NAME_MAX_BYTES, letter = false;

	for (size_t i = 0; i < a->n; i++) {
		char c = a->s[i];
		bool counts = is_digit(c) || is_upper(c) || is_lower(c);

		if ((unsigned char)c >= 0x80)
			return;
		letter = letter || counts;
		good = good && (counts || c == '_' || c == '-' || c == '.');
	}
	CHECK((verdict == NAME_OK) == (good && letter && !is_reserved(a)));
	CHECK(verdict != NAME_NOT_UTF8 && verdict != NAME_MIXED_SCRIPTS);
	if (good)
		CHECK((verdict == NAME_NO_LETTER) == !letter);
}

static bool is_utf8(const struct name *a)
{
	for (size_t at = 0, len; at < a->n; at += len) {
		uint32_t cp;

		len = utf8_sequence(a->s + at, a->n - at, &cp);
		if (len == 0)
			return false;
	}
	return true;
}

static enum name_verdict check_verdict(const struct name *a)
{
	enum name_verdict verdict = name_check(a->s, a->n);
	const char *why = name_explain(verdict);

	CHECK(why != NULL && strlen(why) > 0);
	CHECK((verdict == NAME_EMPTY) == (a->n == 0));
	CHECK((verdict == NAME_TOO_LONG) == (a->n > NAME_MAX_BYTES));
	CHECK((verdict == NAME_RESERVED) == is_reserved(a));
	if (verdict == NAME_NOT_UTF8)
		CHECK(!is_utf8(a));
	if (verdict == NAME_OK)
		check_accepted(a);
	check_ascii(a, verdict);
	return verdict;
}

/* --- which are the same -------------------------------------------------- */

/* guest-N: 1 to 9 digits, the first no zero. */
static uint64_t guest_number(const struct name *a)
{
	static const char guest[] = "guest-";
	uint64_t number = 0;

	if (a->n < 7 || a->n > 15 || a->s[6] == '0')
		return 0;
	for (size_t i = 0; i < a->n; i++) {
		char c = is_upper(a->s[i]) ? other_case(a->s[i]) : a->s[i];

		if (i < 6 ? c != guest[i] : !is_digit(c))
			return 0;
		if (i >= 6)
			number = number * 10 + (uint64_t)(c - '0');
	}
	return number;
}

static void check_key(const struct name *a)
{
	uint64_t key = name_key(a->s, a->n), guest = guest_number(a);

	CHECK(key != 0);
	CHECK(((key & NAME_GUEST) != 0) == (guest != 0));
	CHECK(guest == 0 || key == NAME_GUEST + guest);
}

static void check_pair(const struct name *a, const struct name *b)
{
	bool same = name_same(a->s, a->n, b->s, b->n), want = a->n == b->n;

	for (size_t i = 0; want && i < a->n; i++)
		want = a->s[i] == b->s[i] || a->s[i] == other_case(b->s[i]);
	CHECK(same == want);
	CHECK(name_same(b->s, b->n, a->s, a->n) == same);
	if (same) {
		CHECK(name_key(a->s, a->n) == name_key(b->s, b->n));
		CHECK(skeleton_key(a->s, a->n) == skeleton_key(b->s, b->n));
		CHECK(name_check(a->s, a->n) == name_check(b->s, b->n));
	} else if (guest_number(a) != 0 || guest_number(b) != 0) {
		CHECK(name_key(a->s, a->n) != name_key(b->s, b->n));
	}
}

/* It fits, and looks like itself. */
static void check_skeleton(const struct name *a)
{
	char room[SKELETON_MAX(LONGEST + 4)];
	size_t n = skeleton_make(room, a->s, a->n);

	CHECK(n <= SKELETON_MAX(a->n));
	CHECK(skeleton_key(room, n) == skeleton_key(a->s, a->n));
}

/* The case of letters is one bit, which means something else elsewhere. */
static void check_case(struct name *a)
{
	for (size_t i = 0; i < a->n; i++) {
		char was = a->s[i], now = (char)(was ^ 0x20);
		struct name b = {fuzz_copy(a->s, a->n), a->n};

		b.s[i] = now;
		CHECK(name_same(a->s, a->n, b.s, b.n) ==
			(now == other_case(was)));
		fuzz_free(b.s, b.n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	uint8_t flags = fuzz_byte(&input);
	struct fuzz_input first = fuzz_part(&input, fuzz_byte(&input));
	struct name a = make(first, flags & NAMED_BY_NUMBER);
	struct name b = make(
		flags & OTHER_CASE ? first : input, flags & NAMED_BY_NUMBER);

	for (size_t i = 0; (flags & OTHER_CASE) != 0 && i < b.n; i++)
		b.s[i] = other_case(b.s[i]);
	check_verdict(&a);
	check_verdict(&b);
	check_key(&a);
	check_key(&b);
	check_skeleton(&a);
	check_case(&a);
	check_pair(&a, &a);
	check_pair(&a, &b);
	fuzz_free(a.s, a.n);
	fuzz_free(b.s, b.n);
	return 0;
}

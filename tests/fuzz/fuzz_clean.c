/* SPDX-License-Identifier: MIT */
/* Fuzzes ipc/common/text.c: whatever is cleaned is clean, and nothing else
 * changes. Runs in: nothing but tests.
 *
 * Input: the bytes to clean. */
#include "ipc/common/text.h"

#include "tests/fuzz/fuzz.h"

/* Whether some well-formed sequence begins with s[0..n): each byte that is
 * missing is then 0x80 or 0xBF. */
static bool is_beginning(const char *s, size_t n)
{
	char longer[4];

	for (unsigned fill = 0; fill < 8; fill++) {
		size_t have = n < 4 ? n : 4;
		uint32_t cp;

		memcpy(longer, s, have);
		for (size_t i = have; i < 4; i++)
			longer[i] = (char)((fill >> (i - 1) & 1) ? 0xBF : 0x80);
		if (utf8_sequence(longer, 4, &cp) > n)
			return true;
	}
	return false;
}

/* What text_clean has to write. */
static size_t clean(char *dst, const char *s, size_t n)
{
	size_t len = 0;

	for (size_t at = 0, used; at < n; at += used) {
		uint32_t cp;

		used = utf8_sequence(s + at, n - at, &cp);
		if (used > 0) {
			if (cp == '\t' || cp == 0x2028 || cp == 0x2029) {
				dst[len++] = ' ';
			} else if (!utf8_is_control(cp)) {
				memcpy(dst + len, s + at, used);
				len += used;
			}
			continue;
		}
		/* The longest beginning of a sequence, at least a byte, is one
		 * mark. */
		for (used = 1; used < n - at && used < 3 &&
			       is_beginning(s + at, used + 1);
			used++)
			;
		memcpy(dst + len, "\xEF\xBF\xBD", 3);
		len += 3;
	}
	return len;
}

static void check_code_points(const char *s, size_t n)
{
	for (size_t at = 0; at < n; at++) {
		uint32_t cp, want;
		size_t used = text_decode(s + at, n - at, &cp);
		size_t len = utf8_sequence(s + at, n - at, &want);
		char again[4];

		CHECK(used >= 1 && used <= 4 && used <= n - at);
		if (len == 0) {
			CHECK(cp == TEXT_REPLACEMENT && used <= 3);
			continue;
		}
		CHECK(used == len && cp == want);
		CHECK(text_is_control(cp) == utf8_is_control(cp));
		CHECK(text_encode(again, cp) == len);
		CHECK(memcmp(again, s + at, len) == 0);
	}
}

/* What stands behind the blanks is none, and of ASCII what is one is known. */
static void check_blank(const char *s, size_t n)
{
	size_t blanks = text_blanks(s, n);

	CHECK(blanks <= n && text_blanks(s + blanks, n - blanks) == 0);
	CHECK(text_is_blank(s, n) == (blanks == n));
	for (size_t i = 0; i < n && i <= blanks; i++) {
		unsigned char byte = (unsigned char)s[i];

		if (byte < 0x80)
			CHECK((i < blanks) == (byte <= ' ' || byte == 0x7F));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *src = fuzz_copy(data, size), *want = malloc(3 * size + 1);
	char *dst = malloc(3 * size + 1), *twice = malloc(9 * size + 1);
	char *room;
	size_t n, again;
	bool same;

	CHECK(want != NULL && dst != NULL && twice != NULL);
	/* Its last byte but one is the last that may be written. */
	room = dst + 1;
	n = text_clean(room, src, size);
	CHECK(n <= 3 * size);
	CHECK(n == clean(want, src, size));
	CHECK(memcmp(room, want, n) == 0);
	CHECK(text_is_clean(room, n));
	CHECK(utf8_is_clean(room, n));
	again = text_clean(twice, room, n);
	CHECK(again == n && memcmp(twice, room, n) == 0);
	same = n == size && memcmp(room, src, n) == 0;
	CHECK(text_is_clean(src, size) == same);
	CHECK(utf8_is_clean(src, size) == same);
	check_code_points(src, size);
	check_blank(src, size);
	fuzz_free(src, size);
	free(want);
	free(dst);
	free(twice);
	return 0;
}

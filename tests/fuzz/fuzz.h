/* SPDX-License-Identifier: MIT */
/* What the fuzz targets share: checks that abort, input taken bit by bit, and
 * UTF-8 said once more, by arithmetic and not by ipc/common/text.c's table.
 * Runs in: nothing but tests.
 *
 * A target is run by libFuzzer, or by scripts/fuzz for all of them.  With a
 * file as its argument it runs that input alone. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What libFuzzer calls; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property that has to hold for every input. */
#define CHECK(expression)                                               \
	do {                                                            \
		if (!(expression))                                      \
			fuzz_fail(__FILE__, __LINE__, #expression, ""); \
	} while (0)

/* CHECK, and a few words of what it was about. */
#define CHECKW(expression, what)                                          \
	do {                                                              \
		if (!(expression))                                        \
			fuzz_fail(__FILE__, __LINE__, #expression, what); \
	} while (0)

static inline _Noreturn void fuzz_fail(
	const char *file, int line, const char *expression, const char *what)
{
	fprintf(stderr, "%s:%d: %s: %s\n", file, line, expression, what);
	abort();
}

/* --- the input ----------------------------------------------------------- */

/* What is left of it.  Taking more than there is gives zeros. */
struct fuzz_input {
	const uint8_t *p;
	size_t n;
};

static inline uint8_t fuzz_byte(struct fuzz_input *in)
{
	if (in->n == 0)
		return 0;
	in->n--;
	return *in->p++;
}

/* A number of so many bytes, the lowest first. */
static inline uint64_t fuzz_number(struct fuzz_input *in, unsigned bytes)
{
	uint64_t number = 0;

	for (unsigned i = 0; i < bytes; i++)
		number |= (uint64_t)fuzz_byte(in) << 8 * i;
	return number;
}

/* n bytes, or what is left. */
static inline struct fuzz_input fuzz_part(struct fuzz_input *in, size_t n)
{
	struct fuzz_input part = {in->p, n < in->n ? n : in->n};

	in->p += part.n;
	in->n -= part.n;
	return part;
}

/* A copy of exactly n bytes on the heap, where AddressSanitizer sees who reads
 * beyond it; the caller's. */
static inline void *fuzz_copy(const void *p, size_t n)
{
	char *copy = malloc(n > 0 ? n : 1);

	CHECK(copy != NULL);
	if (n == 0)
		return copy + 1; /* nothing of it may be read */
	return memcpy(copy, p, n);
}

static inline void fuzz_free(void *copy, size_t n)
{
	free(n > 0 ? copy : (char *)copy - 1);
}

/* Bytes of which long runs are cheap: the byte 1, a count and a byte stand for
 * 33 * count of the last; all others for themselves.  Writes at most cap. */
static inline size_t fuzz_expand(struct fuzz_input in, char *dst, size_t cap)
{
	size_t n = 0;

	while (in.n > 0 && n < cap) {
		uint8_t byte = fuzz_byte(&in);
		size_t run = 1;

		if (byte == 1 && in.n >= 2) {
			run = (size_t)33 * fuzz_byte(&in);
			byte = fuzz_byte(&in);
		}
		run = run < cap - n ? run : cap - n;
		memset(dst + n, byte, run);
		n += run;
	}
	return n;
}

/* --- UTF-8 --------------------------------------------------------------- */

/* The length of the well-formed sequence that s[0..n) begins with, and its
 * code point; 0: it begins with none.  n > 0. */
static inline size_t utf8_sequence(const char *s, size_t n, uint32_t *cp)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned first = (unsigned char)s[0];
	size_t len = 1;

	*cp = first;
	if (first < 0x80)
		return 1;
	while (len < 8 && (first & (0x80u >> len)) != 0)
		len++;
	if (len < 2 || len > 4 || len > n)
		return 0;
	*cp = first & (0x7Fu >> len);
	for (size_t i = 1; i < len; i++) {
		if (((unsigned char)s[i] & 0xC0) != 0x80)
			return 0;
		*cp = *cp * 64 + ((unsigned char)s[i] & 0x3F);
	}
	if (*cp < least[len] || *cp > 0x10FFFF || *cp / 0x800 == 0x1B)
		return 0;
	return len;
}

/* Whether a code point may reach nobody's terminal (ipc/common/text.h). */
static inline bool utf8_is_control(uint32_t cp)
{
	static const uint32_t others[] = {0x2028, 0x2029, 0x202A, 0x202B,
		0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (cp == others[i])
			return true;
	}
	return cp <= 0x1F || (0x7F <= cp && cp <= 0x9F);
}

/* Whether all of s is well-formed and has no controls. */
static inline bool utf8_is_clean(const char *s, size_t n)
{
	uint32_t cp;

	for (size_t at = 0, len; at < n; at += len) {
		len = utf8_sequence(s + at, n - at, &cp);
		if (len == 0 || utf8_is_control(cp))
			return false;
	}
	return true;
}

/* The most of s, which is well-formed, that fits cap bytes. */
static inline size_t utf8_cut(const char *s, size_t n, size_t cap)
{
	if (n <= cap)
		return n;
	while (cap > 0 && ((unsigned char)s[cap] & 0xC0) == 0x80)
		cap--;
	return cap;
}

#endif

/* SPDX-License-Identifier: MIT */
/* Decodes and encodes UTF-8, and cleans text for terminals.
 * Owns nothing.  Runs in: any. */
#include "ipc/common/text.h"

#define SURROGATE_FIRST 0xD800u
#define SURROGATE_LAST  0xDFFFu
#define CODE_POINT_LAST 0x10FFFFu

/* The rest of a sequence, by its first byte. */
struct lead {
	size_t more;   /* so many continuation bytes follow */
	unsigned low;  /* the second byte lies in low .. high; this alone */
	unsigned high; /* keeps out overlong forms, surrogates and U+110000 */
	uint32_t contents; /* the bits of the code point in the first byte */
};

/* The table of well-formed sequences (RFC 3629, section 4), read from the
 * first byte.  More is 0 where no sequence starts with it. */
static struct lead lead_of(unsigned first)
{
	struct lead lead = {.more = 0, .low = 0x80, .high = 0xBF};

	if (first >= 0xC2 && first <= 0xDF) {
		lead.more = 1;
		lead.contents = first & 0x1F;
	} else if (first >= 0xE0 && first <= 0xEF) {
		lead.more = 2;
		lead.contents = first & 0x0F;
		if (first == 0xE0)
			lead.low = 0xA0;
		if (first == 0xED)
			lead.high = 0x9F;
	} else if (first >= 0xF0 && first <= 0xF4) {
		lead.more = 3;
		lead.contents = first & 0x07;
		if (first == 0xF0)
			lead.low = 0x90;
		if (first == 0xF4)
			lead.high = 0x8F;
	}
	return lead;
}

/* text_decode that also says whether s was well-formed, since U+FFFD itself may
 * be sent. */
static size_t decode(const char *s, size_t n, uint32_t *cp, bool *good)
{
	unsigned first = (unsigned char)s[0];

	*good = true;
	*cp = first;
	if (first < 0x80)
		return 1;

	struct lead lead = lead_of(first);
	uint32_t value = lead.contents;
	size_t used = 1;

	while (used <= lead.more && used < n) {
		unsigned byte = (unsigned char)s[used];

		if (byte < lead.low || byte > lead.high)
			break;
		value = value << 6 | (byte & 0x3F);
		lead.low = 0x80;
		lead.high = 0xBF;
		used++;
	}
	*good = lead.more > 0 && used == lead.more + 1;
	*cp = *good ? value : TEXT_REPLACEMENT;
	return used;
}

size_t text_decode(const char *s, size_t n, uint32_t *cp)
{
	bool good;

	return decode(s, n, cp, &good);
}

size_t text_encode(char *dst, uint32_t cp)
{
	if (cp > CODE_POINT_LAST ||
		(cp >= SURROGATE_FIRST && cp <= SURROGATE_LAST))
		cp = TEXT_REPLACEMENT;

	if (cp < 0x80) {
		dst[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		dst[0] = (char)(0xC0 | cp >> 6);
		dst[1] = (char)(0x80 | (cp & 0x3F));
		return 2;
	}
	if (cp < 0x10000) {
		dst[0] = (char)(0xE0 | cp >> 12);
		dst[1] = (char)(0x80 | (cp >> 6 & 0x3F));
		dst[2] = (char)(0x80 | (cp & 0x3F));
		return 3;
	}
	dst[0] = (char)(0xF0 | cp >> 18);
	dst[1] = (char)(0x80 | (cp >> 12 & 0x3F));
	dst[2] = (char)(0x80 | (cp >> 6 & 0x3F));
	dst[3] = (char)(0x80 | (cp & 0x3F));
	return 4;
}

bool text_is_control(uint32_t cp)
{
	if (cp < 0x20 || (cp >= 0x7F && cp <= 0x9F))
		return true;
	return (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);
}

/* The controls that stand for room between words. */
static bool is_room(uint32_t cp)
{
	return cp == '\t' || cp == 0x2028 || cp == 0x2029;
}

/* What was ill-formed is written as U+FFFD before the next byte is looked at,
 * so leaving a control out never joins two halves to something new. */
size_t text_clean(char *dst, const char *src, size_t n)
{
	size_t len = 0;

	for (size_t at = 0; at < n;) {
		uint32_t cp;

		at += text_decode(src + at, n - at, &cp);
		if (is_room(cp))
			cp = ' ';
		if (!text_is_control(cp))
			len += text_encode(dst + len, cp);
	}
	return len;
}

bool text_is_clean(const char *s, size_t n)
{
	for (size_t at = 0; at < n;) {
		uint32_t cp;
		bool good;

		at += decode(s + at, n - at, &cp, &good);
		if (!good || text_is_control(cp))
			return false;
	}
	return true;
}

/* Unicode's White_Space, its Default_Ignorable_Code_Points that have no use
 * before a word, and the byte-order mark. */
static bool is_blank(uint32_t cp)
{
	return cp == ' ' || text_is_control(cp) || cp == 0xA0 || cp == 0xAD ||
	       cp == 0x061C || cp == 0x1680 || cp == 0x180E ||
	       (cp >= 0x2000 && cp <= 0x200F) ||
	       (cp >= 0x2028 && cp <= 0x202F) ||
	       (cp >= 0x205F && cp <= 0x206F) || cp == 0x3000 || cp == 0xFEFF;
}

size_t text_blank(const char *s, size_t n)
{
	uint32_t cp;
	size_t used = n > 0 ? text_decode(s, n, &cp) : 0;

	return used > 0 && is_blank(cp) ? used : 0;
}

size_t text_blanks(const char *s, size_t n)
{
	size_t at = 0, used;

	while ((used = text_blank(s + at, n - at)) > 0)
		at += used;
	return at;
}

bool text_is_blank(const char *s, size_t n)
{
	return text_blanks(s, n) == n;
}

/* SPDX-License-Identifier: MIT */
/* Owns the LC_CTYPE of the locale, for wcwidth, and the rules for units;
 * wcwidth knows the widths.
 * Runs in: client. */
#include "client/terminal/columns.h"

#include <langinfo.h>
#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include "ipc/common/text.h"

#define JOINER 0x200Du /* ZERO WIDTH JOINER */

static bool speaks_utf8(const char *locale)
{
	return setlocale(LC_CTYPE, locale) != NULL &&
	       strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* In a locale without UTF-8 wcwidth may know some widths and not others: then
 * it is not used. */
void columns_init(void)
{
	if (!speaks_utf8("") && !speaks_utf8("C.UTF-8") &&
		!speaks_utf8("en_US.UTF-8"))
		setlocale(LC_CTYPE, "C");
}

/* Emoji newer than the locale are wide, as all new ones are. */
static unsigned width_of_unknown(uint32_t cp)
{
	return cp >= 0x1F300 && cp <= 0x1FAFF ? 2 : 1;
}

/* The width of a character.  No ASCII character has width 0, not even NUL, so
 * each begins a unit, whatever is before it. */
static unsigned width_of(uint32_t cp)
{
	int width = cp < 0x80 ? 1 : wcwidth((wchar_t)cp);

	return width < 0 ? width_of_unknown(cp) : (unsigned)width;
}

/* One character, or one ill-formed byte; n > 0. */
static size_t character(const char *s, size_t n, uint32_t *cp)
{
	size_t used = text_decode(s, n, cp);

	if (*cp == TEXT_REPLACEMENT &&
		(used != 3 || memcmp(s, "\xEF\xBF\xBD", 3) != 0))
		return 1;
	return used;
}

static bool is_regional(uint32_t cp)
{
	return cp >= 0x1F1E6 && cp <= 0x1F1FF;
}

/* EMOJI MODIFIER FITZPATRICK TYPE-1-2 to TYPE-6 */
static bool is_tone(uint32_t cp)
{
	return cp >= 0x1F3FB && cp <= 0x1F3FF;
}

static bool is_selector(uint32_t cp)
{
	return (cp >= 0xFE00 && cp <= 0xFE0F) ||
	       (cp >= 0xE0100 && cp <= 0xE01EF);
}

/* Characters that take a skin tone: the symbols that have any, and more. */
static bool takes_tone(uint32_t cp)
{
	return is_selector(cp) || (cp >= 0x2600 && cp <= 0x27BF) ||
	       (cp >= 0x1F300 && cp <= 0x1FAFF && !is_tone(cp));
}

static bool has_tone(uint32_t last, uint32_t cp)
{
	return is_tone(cp) && takes_tone(last);
}

/* A joiner combines with any character beyond ASCII, as in tmux.  That is more
 * than UAX #29 says, but where they differ fonts show no letter alone. */
size_t columns_unit(const char *s, size_t n, unsigned *width)
{
	uint32_t last, cp;
	size_t at, used;

	*width = 0;
	if (n == 0)
		return 0;
	at = character(s, n, &last);
	*width = width_of(last);
	if (is_regional(last) && at < n) {
		used = character(s + at, n - at, &cp);
		if (is_regional(cp)) {
			at += used;
			*width += width_of(cp);
			last = cp;
		}
	}
	for (; at < n; at += used, last = cp) {
		used = character(s + at, n - at, &cp);
		if (has_tone(last, cp))
			*width += width_of(cp);
		else if (width_of(cp) > 0 && (last != JOINER || cp < 0x80))
			break;
	}
	return at;
}

static bool is_behind_joiner(const char *s, size_t at)
{
	return at >= 3 && memcmp(s + at - 3, "\xE2\x80\x8D", 3) == 0;
}

/* Units are parsed from the left; but a character that cannot be part of a unit
 * before it is found near by.  The last place where a unit surely begins. */
static size_t sure_begin(const char *s, size_t n)
{
	for (size_t at = n; at-- > 0;) {
		uint32_t cp;

		if (((unsigned char)s[at] & 0xC0) == 0x80)
			continue;
		character(s + at, n - at, &cp);
		if (cp < 0x80 ||
			(width_of(cp) > 0 && !is_regional(cp) && !is_tone(cp) &&
				!is_behind_joiner(s, at)))
			return at;
	}
	return 0;
}

/* Tags after a black flag spell the flag of a region. */
static bool is_tag(uint32_t cp)
{
	return cp >= 0xE0020 && cp <= 0xE007F;
}

size_t columns_plain(char *dst, const char *s, size_t n)
{
	size_t length = 0;
	uint32_t last = 0, cp;

	for (size_t at = 0, used; at < n; at += used, last = cp) {
		used = character(s + at, n - at, &cp);
		if (cp == JOINER || is_selector(cp) || is_tag(cp) ||
			has_tone(last, cp))
			continue;
		memcpy(dst + length, s + at, used);
		length += used;
	}
	return length;
}

/* From U+0530 on there are scripts that not all terminals know. */
bool columns_are_sure(const char *unit, size_t n)
{
	return n <= 2 && (unsigned char)unit[0] < 0xD4;
}

size_t columns_last_unit(const char *s, size_t n)
{
	size_t used = 0;
	unsigned width;

	for (size_t at = sure_begin(s, n); at < n; at += used)
		used = columns_unit(s + at, n - at, &width);
	return used;
}

unsigned columns_width(const char *s, size_t n)
{
	unsigned sum = 0, width;

	for (size_t at = 0; at < n; sum += width)
		at += columns_unit(s + at, n - at, &width);
	return sum;
}

size_t columns_cut(const char *s, size_t n, unsigned columns, unsigned *used)
{
	size_t at = 0;

	*used = 0;
	while (at < n) {
		unsigned width;
		size_t unit = columns_unit(s + at, n - at, &width);

		if (at > 0 && *used + width > columns)
			break;
		at += unit;
		*used += width;
	}
	return at;
}

/* A space without a mark on it. */
static bool is_space(const char *s, size_t n, size_t at)
{
	unsigned width;

	return at < n && s[at] == ' ' &&
	       columns_unit(s + at, n - at, &width) == 1;
}

size_t columns_wrap(const char *s, size_t n, unsigned columns, unsigned *used)
{
	size_t cut = columns_cut(s, n, columns, used);
	size_t at = cut;

	if (cut == n)
		return n;
	if (is_space(s, n, cut)) {
		while (is_space(s, n, cut))
			cut++;
		return cut;
	}
	while (at > 0 && !is_space(s, n, at - 1))
		at--;
	if (at == 0)
		return cut;
	*used = columns_width(s, at);
	return at;
}

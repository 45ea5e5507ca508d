/* SPDX-License-Identifier: MIT */
/* Valid nicknames, and which of them are the same.  Owns nothing; the
 * letters beyond ASCII are in a table that scripts/make-letters makes.
 * Runs in: any. */
#include "ipc/common/name.h"

#include <string.h>

#include "ipc/common/letters.h"
#include "ipc/common/limits.h"
#include "ipc/common/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* One character of a name. */
struct letter {
	uint32_t cp;
	uint8_t script; /* enum letters_script */
	uint8_t kind;   /* LETTERS_LETTER, _EXTENDER, or _MARK + class */
	bool counts;    /* a letter or digit: a name needs one */
};

static bool is_digit(uint32_t cp)
{
	return cp >= '0' && cp <= '9';
}

static bool is_ascii_letter(uint32_t cp)
{
	return (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z');
}

static unsigned char fold(char c)
{
	unsigned char byte = (unsigned char)c;

	return byte >= 'A' && byte <= 'Z' ? (unsigned char)(byte | 0x20) : byte;
}

static const struct letters_range *range_of(uint32_t cp)
{
	size_t low = 0, high = COUNT(letters_ranges);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct letters_range *range = &letters_ranges[middle];

		if (cp < range->first)
			high = middle;
		else if (cp > range->last)
			low = middle + 1;
		else
			return range;
	}
	return NULL;
}

/* Fills *letter for cp; false if no name may have it. */
static bool look_up(uint32_t cp, struct letter *letter)
{
	*letter = (struct letter){.cp = cp, .kind = LETTERS_LETTER};
	if (cp < 0x80) {
		letter->counts = is_ascii_letter(cp) || is_digit(cp);
		if (is_ascii_letter(cp))
			letter->script = LETTERS_LATIN;
		return letter->counts || cp == '_' || cp == '-' || cp == '.';
	}

	const struct letters_range *range = range_of(cp);

	if (range == NULL)
		return false;
	letter->script = range->script;
	letter->kind = range->kind;
	letter->counts = range->kind == LETTERS_LETTER;
	return true;
}

/* Whether one name may have letters of both scripts.  Nearly every script has
 * a letter that looks like an 'o' or an 'l'; those of East Asia are written
 * with Latin every day and have few (UTS #39, section 5.2: highly
 * restrictive). */
static bool scripts_mix(uint8_t a, uint8_t b)
{
	if (a == b)
		return true;
	return (a == LETTERS_LATIN || a == LETTERS_EAST_ASIAN) &&
	       (b == LETTERS_LATIN || b == LETTERS_EAST_ASIAN);
}

/* Korean has blanks, but its particles go on a name without one. */
static bool is_without_blanks(uint8_t script)
{
	switch (script) {
	case LETTERS_EAST_ASIAN:
	case LETTERS_THAI:
	case LETTERS_LAO:
	case LETTERS_TIBETAN:
	case LETTERS_MYANMAR:
	case LETTERS_KHMER:
	case LETTERS_TAI_LE:
	case LETTERS_NEW_TAI_LUE:
	case LETTERS_YI:
		return true;
	default:
		return false;
	}
}

bool name_goes_on(uint32_t a, uint32_t b)
{
	struct letter first, second;

	if (b >= 0x300 && b <= 0x36F) /* accents, which no name has */
		return true;
	if (a == '.' || b == '.' || !look_up(a, &first) || !look_up(b, &second))
		return false;
	if (second.kind != LETTERS_LETTER)
		return true;
	if (first.script == LETTERS_NO_SCRIPT ||
		second.script == LETTERS_NO_SCRIPT)
		return true;
	return first.script == second.script &&
	       !is_without_blanks(first.script);
}

/* Whether b may come right after a.  This is what makes a name's form the
 * only one: marks in canonical order, none on a stranger, none twice, and no
 * two characters where one stands for both. */
static bool may_follow(const struct letter *a, const struct letter *b)
{
	for (size_t i = 0; i < COUNT(letters_pairs); i++) {
		if (letters_pairs[i].first == a->cp &&
			letters_pairs[i].second == b->cp)
			return false;
	}
	if (b->kind == LETTERS_LETTER)
		return true;
	if (a->script != b->script)
		return false;
	if (b->kind == LETTERS_EXTENDER)
		return true;
	return a->cp != b->cp && (b->kind == LETTERS_MARK || a->kind < b->kind);
}

/* The next character of s[0..n) and how many bytes it took. */
static enum name_verdict next_letter(
	const char *s, size_t n, struct letter *letter, size_t *used)
{
	uint32_t cp;

	*used = text_decode(s, n, &cp);
	if (cp == TEXT_REPLACEMENT &&
		(*used != 3 || memcmp(s, "\xEF\xBF\xBD", 3) != 0))
		return NAME_NOT_UTF8;
	if (look_up(cp, letter))
		return NAME_OK;
	/* An accent by itself, as NFD has it. */
	return cp >= 0x300 && cp <= 0x36F ? NAME_NOT_CANONICAL
					  : NAME_BAD_CHARACTER;
}

/* All of name_check but the lengths and the reserved words. */
static enum name_verdict check_letters(const char *s, size_t n)
{
	struct letter before = {.script = LETTERS_NO_SCRIPT};
	uint8_t script = LETTERS_NO_SCRIPT;
	bool counts = false;

	for (size_t at = 0, used; at < n; at += used) {
		struct letter letter;
		enum name_verdict verdict =
			next_letter(s + at, n - at, &letter, &used);

		if (verdict != NAME_OK)
			return verdict;
		if (!may_follow(&before, &letter))
			return NAME_NOT_CANONICAL;
		if (script == LETTERS_NO_SCRIPT)
			script = letter.script;
		else if (letter.script != LETTERS_NO_SCRIPT &&
			 !scripts_mix(script, letter.script))
			return NAME_MIXED_SCRIPTS;
		counts = counts || letter.counts;
		before = letter;
	}
	return counts ? NAME_OK : NAME_NO_LETTER;
}

/* Words that the programs' own lines use for a user. */
static bool is_reserved(const char *s, size_t n)
{
	static const char *const words[] = {"everyone", "server", "you"};

	for (size_t i = 0; i < COUNT(words); i++) {
		if (name_same(s, n, words[i], strlen(words[i])))
			return true;
	}
	return false;
}

enum name_verdict name_check_room(const char *s, size_t n)
{
	enum name_verdict verdict;

	if (n == 0)
		return NAME_EMPTY;
	if (n > NAME_MAX_BYTES)
		return NAME_TOO_LONG;
	verdict = check_letters(s, n);
	return verdict == NAME_OK && is_reserved(s, n) ? NAME_RESERVED
						       : verdict;
}

enum name_verdict name_check(const char *s, size_t n)
{
	enum name_verdict verdict = name_check_room(s, n);

	/* That of the server, as IRC clients read it. */
	if (verdict == NAME_OK && name_same(s, n, "chat", strlen("chat")))
		return NAME_RESERVED;
	return verdict;
}

const char *name_explain(enum name_verdict verdict)
{
	switch (verdict) {
	case NAME_OK:
		return "the name is fine";
	case NAME_EMPTY:
		return "a name cannot be empty";
	case NAME_TOO_LONG:
		return "a name has at most " LIMIT_TEXT(
			NAME_MAX_BYTES) " bytes";
	case NAME_NOT_UTF8:
		return "a name is written in UTF-8";
	case NAME_BAD_CHARACTER:
		return "a name has only letters, digits, '_', '-' and '.'";
	case NAME_NO_LETTER:
		return "a name has at least one letter or digit";
	case NAME_MIXED_SCRIPTS:
		return "a name does not mix scripts that look alike";
	case NAME_NOT_CANONICAL:
		return "a name has its accents and marks in their canonical "
		       "form (Unicode NFC)";
	case NAME_RESERVED:
		return "\"chat\", \"everyone\", \"server\" and \"you\" are "
		       "the server's own words";
	}
	return "the name is not allowed";
}

bool name_same(const char *a, size_t an, const char *b, size_t bn)
{
	if (an != bn)
		return false;
	for (size_t i = 0; i < an; i++) {
		if (fold(a[i]) != fold(b[i]))
			return false;
	}
	return true;
}

/* The N of guest-N, 0 for any other name.  Nine digits at most and no
 * leading zero, so that each number has one spelling. */
static uint64_t guest_number(const char *s, size_t n)
{
	const size_t prefix = sizeof("guest-") - 1;
	uint64_t number = 0;

	if (n <= prefix || n > prefix + 9 ||
		!name_same(s, prefix, "guest-", prefix) || s[prefix] == '0')
		return 0;
	for (size_t i = prefix; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return 0;
		number = number * 10 + (uint64_t)(s[i] - '0');
	}
	return number;
}

/* FNV-1a, and the finaliser of MurmurHash3 after it: FNV alone leaves the
 * upper bits of short names much alike. */
uint64_t name_key(const char *s, size_t n)
{
	uint64_t guest = guest_number(s, n);
	uint64_t hash = UINT64_C(0xCBF29CE484222325);

	if (guest != 0)
		return NAME_GUEST + guest;
	for (size_t i = 0; i < n; i++) {
		hash ^= fold(s[i]);
		hash *= UINT64_C(0x100000001B3);
	}
	hash ^= hash >> 33;
	hash *= UINT64_C(0xFF51AFD7ED558CCD);
	hash ^= hash >> 33;
	hash *= UINT64_C(0xC4CEB9FE1A85EC53);
	hash ^= hash >> 33;
	hash &= ~NAME_GUEST;
	return hash != 0 ? hash : 1;
}

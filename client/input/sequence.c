/* SPDX-License-Identifier: MIT */
/* The key sequences of terminals: letters with and without numbers before them,
 * and how each family of terminals encodes Shift, Control and Alt.
 * Runs in: client. */
#include "client/input/sequence.h"

#include <string.h>

static bool is_all(const struct sequence *q, const char *of)
{
	for (size_t i = 0; i < q->n; i++) {
		if (strchr(of, q->s[i]) == NULL)
			return false;
	}
	return true;
}

/* The number at a place, 0 if there is none. */
static unsigned number_at(const struct sequence *q, size_t at)
{
	unsigned number = 0;

	while (at < q->n && q->s[at] >= '0' && q->s[at] <= '9' &&
		number < 1000000)
		number = number * 10 + (unsigned)(q->s[at++] - '0');
	return number;
}

static unsigned last_number(const struct sequence *q)
{
	size_t at = q->n;

	while (at > 0 && q->s[at - 1] != ';')
		at--;
	return number_at(q, at);
}

/* xterm's number for modifiers is 1 more than their sum: Shift 1, Alt 2,
 * Control 4, Meta 8.  Some have an Escape before the sequence for Alt. */
static bool moves_words(const struct sequence *q)
{
	unsigned modifiers = last_number(q);

	return q->meta || (modifiers > 1 && ((modifiers - 1) & ~1u) != 0);
}

/* The arrows and their neighbours. */
static enum key letter(const struct sequence *q, char last)
{
	switch (last) {
	case 'A':
		return KEY_UP;
	case 'B':
		return KEY_DOWN;
	case 'C':
		return moves_words(q) ? KEY_WORD_RIGHT : KEY_RIGHT;
	case 'D':
		return moves_words(q) ? KEY_WORD_LEFT : KEY_LEFT;
	case 'F':
		return KEY_END;
	case 'H':
		return KEY_HOME;
	case 'Z':
		return KEY_BACKTAB;
	default:
		return KEY_NONE;
	}
}

static enum key numbered(const struct sequence *q)
{
	switch (number_at(q, 0)) {
	case 1:
	case 7:
		return KEY_HOME;
	case 3:
		return KEY_DELETE;
	case 4:
	case 8:
		return KEY_END;
	case 200:
		return q->last == '~' ? KEY_PASTE_BEGIN : KEY_NONE;
	default:
		return KEY_NONE;
	}
}

#define SHIFT 1u
#define CTRL  4u
#define LOCKS (64u | 128u) /* of kitty */

unsigned sequence_code(const struct sequence *q)
{
	const char *first = memchr(q->s, ';', q->n);
	const char *last = memrchr(q->s, ';', q->n);
	unsigned code = number_at(q, 0), modifiers = 0, held;

	if (first != NULL)
		modifiers = number_at(q, (size_t)(first - q->s) + 1);
	if (q->last == '~' && code == 27 && first != last)
		code = last_number(q);
	else if (q->last != 'u')
		return 0;
	held = modifiers > 0 ? (modifiers - 1) & ~LOCKS : 0;
	if (q->meta || !is_all(q, "0123456789;") ||
		(held & ~(SHIFT | CTRL)) != 0)
		return 0;
	if ((held & CTRL) == 0)
		return code;
	return code >= '@' && code < 0x7F ? code & 0x1F : 0;
}

/* ECMA-48, section 5.4: the last byte is 0x40 to 0x7E.  But rxvt ends a
 * sequence with a number with '$' for Shift. */
bool sequence_csi_ends(const struct sequence *q)
{
	return (q->last >= 0x40 && q->last < 0x7F) ||
	       (q->last == '$' && q->n > 0 && is_all(q, "0123456789"));
}

enum key sequence_csi(const struct sequence *q)
{
	/* Otherwise it is no key but an answer, or a mouse. */
	if (!is_all(q, "0123456789;"))
		return KEY_NONE;
	/* ~ of all; ^ $ @ of rxvt: with Control, with Shift, with both. */
	if (strchr("~^$@", q->last) != NULL)
		return numbered(q);
	/* rxvt, with Shift */
	if (q->n == 0 && q->last >= 'a' && q->last <= 'd')
		return letter(q, (char)(q->last - 'a' + 'A'));
	return letter(q, q->last);
}

/* xterm's ctlseqs, "VT220-Style Function Keys": * to 9 in ASCII's order. */
static bool is_keypad(char last)
{
	return (last >= 'j' && last <= 'y') || last == 'X';
}

char sequence_keypad(char last)
{
	return last == 'X' ? '=' : (char)(last - 'j' + '*');
}

enum key sequence_ss3(const struct sequence *q)
{
	if (!is_all(q, "0123456789;"))
		return KEY_NONE;
	if (is_keypad(q->last))
		return q->meta ? KEY_NONE : KEY_TEXT;
	switch (q->last) {
	case 'I': /* Tab and Enter of the keypad */
		return KEY_TAB;
	case 'M':
		return KEY_ENTER;
	case 'a': /* rxvt, with Control */
		return KEY_UP;
	case 'b':
		return KEY_DOWN;
	case 'c':
		return KEY_WORD_RIGHT;
	case 'd':
		return KEY_WORD_LEFT;
	default:
		return letter(q, q->last);
	}
}

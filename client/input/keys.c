/* SPDX-License-Identifier: MIT */
/* Owns the state between the bytes that a terminal sends: a character, a
 * control character, Escape and a sequence, or a paste.
 * Runs in: client. */
#include "client/input/keys.h"

#include <stdint.h>
#include <string.h>

#include "client/input/sequence.h"
#include "ipc/common/text.h"

#define BEL    0x07
#define ESCAPE 0x1B
#define DEL    0x7F

/* A sequence longer than its buffer: none that is known. */
#define TOO_LONG (sizeof(((struct keys *)NULL)->sequence) + 1)

enum state {
	GROUND,
	CHARACTER, /* in a UTF-8 sequence */
	ESCAPED,   /* after Escape */
	CSI,       /* after Escape [ */
	SS3,       /* after Escape O */
	FUNCTION,  /* after Escape [ [: the Linux console's F1 to F5 */
	MOUSE,     /* after Escape [ M: three bytes, of X10's mouse */
	STRING     /* in an answer of the terminal, up to a control character */
};

static const char paste_end[] = "\x1B[201~";

#define CTRL(letter) ((letter)&0x1F)

static const enum key controls[0x20] = {
	[CTRL('A')] = KEY_HOME,
	[CTRL('B')] = KEY_LEFT,
	[CTRL('C')] = KEY_CANCEL,
	[CTRL('D')] = KEY_END_OR_DELETE,
	[CTRL('E')] = KEY_END,
	[CTRL('F')] = KEY_RIGHT,
	[CTRL('G')] = KEY_ABORT,
	[CTRL('H')] = KEY_BACKSPACE,
	[CTRL('I')] = KEY_TAB,
	[CTRL('J')] = KEY_ENTER,
	[CTRL('K')] = KEY_KILL_TO_END,
	[CTRL('L')] = KEY_REDRAW,
	[CTRL('M')] = KEY_ENTER,
	[CTRL('N')] = KEY_DOWN,
	[CTRL('P')] = KEY_UP,
	[CTRL('R')] = KEY_SEARCH,
	[CTRL('T')] = KEY_TRANSPOSE,
	[CTRL('U')] = KEY_KILL_TO_START,
	[CTRL('W')] = KEY_KILL_BLANK_WORD,
	[CTRL('X')] = KEY_AGAIN,
	[CTRL('Y')] = KEY_YANK,
	[CTRL('Z')] = KEY_SUSPEND,
};

void keys_init(struct keys *k)
{
	k->state = GROUND;
	k->meta = false;
	k->pasting = false;
	k->again = false;
	k->n = 0;
	k->pending = 0;
}

static enum key begin(struct keys *k, enum state state)
{
	k->state = state;
	k->pending = 0;
	return KEY_NONE;
}

static void collect(struct keys *k, unsigned char byte)
{
	if (k->pending < sizeof(k->sequence))
		k->sequence[k->pending++] = (char)byte;
	else
		k->pending = TOO_LONG;
}

/* --- characters ---------------------------------------------------------- */

/* The length of a UTF-8 sequence with this first byte; 0: it begins none. */
static size_t length_of(unsigned char first)
{
	if (first >= 0xC2 && first <= 0xDF)
		return 2;
	if (first >= 0xE0 && first <= 0xEF)
		return 3;
	return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

/* A letter of another encoding is shown as U+FFFD, not dropped. */
static enum key ill_formed(struct keys *k)
{
	k->state = GROUND;
	k->n = text_encode(k->text, TEXT_REPLACEMENT);
	return KEY_TEXT;
}

static enum key ground(struct keys *k, unsigned char byte)
{
	k->state = GROUND;
	k->meta = false;
	if (byte == DEL)
		return KEY_BACKSPACE;
	if (byte < 0x20) {
		if (byte == ESCAPE)
			begin(k, ESCAPED);
		return controls[byte];
	}
	if (byte >= 0x80) {
		if (length_of(byte) == 0)
			return ill_formed(k);
		begin(k, CHARACTER);
		collect(k, byte);
		return KEY_NONE;
	}
	k->text[k->n++] = (char)byte;
	return KEY_TEXT;
}

/* A byte that does not continue the sequence ends it, and counts. */
static enum key character(struct keys *k, unsigned char byte)
{
	uint32_t cp;

	collect(k, byte);
	if (text_decode(k->sequence, k->pending, &cp) < k->pending) {
		k->again = true;
		return ill_formed(k);
	}
	if (k->pending < length_of((unsigned char)k->sequence[0]))
		return KEY_NONE;
	k->state = GROUND;
	if (k->meta || text_is_control(cp))
		return KEY_NONE;
	k->n = k->pending;
	memcpy(k->text, k->sequence, k->n);
	return KEY_TEXT;
}

/* --- sequences ----------------------------------------------------------- */

static enum key by_code(struct keys *k, unsigned code)
{
	if (code < 0x80)
		return ground(k, (unsigned char)code);
	/* kitty's non-printing keys have private-use codes */
	if (text_is_control(code) || (code >= 0xE000 && code <= 0xF8FF))
		return KEY_NONE;
	k->n = text_encode(k->text, code);
	return KEY_TEXT;
}

static enum key in_sequence(struct keys *k, unsigned char byte)
{
	bool csi = k->state == CSI;
	bool known = k->pending <= sizeof(k->sequence);
	struct sequence q = {k->sequence, k->pending, (char)byte, k->meta};
	enum key key = KEY_NONE;

	if (!(known && csi ? sequence_csi_ends(&q) : byte >= 0x40)) {
		collect(k, byte);
		return KEY_NONE;
	}
	if (csi && k->pending == 0 && (byte == '[' || byte == 'M'))
		return begin(k, byte == '[' ? FUNCTION : MOUSE);
	begin(k, GROUND);
	if (known && csi && sequence_code(&q) != 0)
		return by_code(k, sequence_code(&q));
	if (known)
		key = csi ? sequence_csi(&q) : sequence_ss3(&q);
	if (key == KEY_TEXT)
		k->text[k->n++] = sequence_keypad((char)byte);
	k->pasting = key == KEY_PASTE_BEGIN;
	return key;
}

static enum key escaped(struct keys *k, unsigned char byte)
{
	bool twice = k->meta;

	k->meta = false;
	k->state = GROUND;
	switch (byte) {
	case '[':
	case 'O':
		k->meta = twice;
		return begin(k, byte == '[' ? CSI : SS3);
	case ']': /* answers, such as to a program's earlier query of a colour
		   */
	case 'P':
	case 'X':
	case '^':
	case '_':
		return begin(k, STRING);
	case ESCAPE:
		k->meta = true;
		return begin(k, ESCAPED);
	case 'b':
		return KEY_WORD_LEFT;
	case 'd':
		return KEY_KILL_WORD_RIGHT;
	case 'f':
		return KEY_WORD_RIGHT;
	case CTRL('H'):
	case DEL:
		return KEY_KILL_WORD_LEFT;
	default:
		break;
	}
	if (byte >= 0x20 && byte < 0x80)
		return KEY_NONE;

	enum key key = ground(k, byte);

	k->meta = k->state == CHARACTER;
	return key;
}

/* --- a paste ------------------------------------------------------------- */

/* Bytes that looked like the end of a paste and were not are returned with the
 * byte that showed it; without it if it is Escape: the end may begin there. */
static enum key pasted(struct keys *k, unsigned char byte)
{
	if (byte == (unsigned char)paste_end[k->pending]) {
		if (paste_end[++k->pending] != '\0')
			return KEY_NONE;
		k->pasting = false;
		k->pending = 0;
		return KEY_PASTE_END;
	}
	memcpy(k->text, paste_end, k->pending);
	k->n = k->pending;
	k->pending = byte == ESCAPE ? 1 : 0;
	if (byte != ESCAPE)
		k->text[k->n++] = (char)byte;
	return KEY_PASTED;
}

bool keys_await_end(const struct keys *k)
{
	return k->pasting || k->state == STRING;
}

/* The end of a paste may have come in part: its rest is then ignored, too. */
enum key keys_quiet(struct keys *k)
{
	k->n = 0;
	if (k->state == STRING)
		k->state = GROUND;
	if (!k->pasting)
		return KEY_NONE;
	k->pasting = false;
	if (k->pending > 0)
		k->state = k->pending == 1 ? ESCAPED : CSI;
	k->pending = k->pending < 2 ? 0 : k->pending - 2;
	memcpy(k->sequence, paste_end + 2, k->pending);
	return KEY_PASTE_END;
}

/* --- all of it ----------------------------------------------------------- */

enum key keys_byte(struct keys *k, unsigned char byte)
{
	k->n = 0;
	k->again = false;
	if (k->pasting)
		return pasted(k, byte);
	if (k->state == ESCAPED)
		return escaped(k, byte);
	if (k->state == CHARACTER)
		return character(k, byte);
	if (byte == BEL && k->state == STRING) /* ends it, of xterm's */
		return begin(k, GROUND);
	if (byte < 0x20)
		return ground(k, byte);
	switch (k->state) {
	case MOUSE: /* DEL is a position, and so are bytes of UTF-8 */
		if (++k->pending == 3)
			k->state = GROUND;
		return KEY_NONE;
	case STRING:
		return byte == DEL ? ground(k, byte) : KEY_NONE;
	case FUNCTION:
		k->state = GROUND;
		return byte < DEL ? KEY_NONE : ground(k, byte);
	case CSI:
	case SS3:
		if (byte >= DEL)
			return ground(k, byte);
		return in_sequence(k, byte);
	default:
		return ground(k, byte);
	}
}

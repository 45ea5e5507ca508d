/* SPDX-License-Identifier: MIT */
/* Parses the bytes of a terminal into keys.  A state machine: a byte in, at
 * most one key out.  No I/O, no clock.
 *
 * Escape has no meaning of its own but begins the next key, so no timeout is
 * needed to recognise it (M-b may be typed as Escape, b).  Unknown sequences
 * are ignored as a whole.  A control character inside a sequence ends the
 * sequence and counts.  Bytes that are no UTF-8 become U+FFFD.
 * Sequences: ECMA-48; xterm's ctlseqs for keys and for bracketed paste. */
#ifndef CLIENT_INPUT_KEYS_H
#define CLIENT_INPUT_KEYS_H

#include <stdbool.h>
#include <stddef.h>

enum key {
	KEY_NONE, /* more bytes are needed, or they mean nothing */
	KEY_TEXT, /* one character: text[0..n), well-formed, no control */
	KEY_ENTER,
	KEY_TAB,
	KEY_BACKTAB,
	KEY_BACKSPACE,
	KEY_DELETE,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_UP,
	KEY_DOWN,
	KEY_HOME,
	KEY_END,
	KEY_WORD_LEFT,       /* M-b, C-Left, M-Left */
	KEY_WORD_RIGHT,      /* M-f, C-Right, M-Right */
	KEY_KILL_WORD_RIGHT, /* M-d */
	KEY_KILL_WORD_LEFT,  /* M-Backspace */
	KEY_CANCEL,          /* C-c */
	KEY_END_OR_DELETE,   /* C-d */
	KEY_KILL_TO_END,     /* C-k */
	KEY_KILL_TO_START,   /* C-u */
	KEY_KILL_BLANK_WORD, /* C-w: back to a space */
	KEY_TRANSPOSE,       /* C-t */
	KEY_YANK,            /* C-y */
	KEY_SEARCH,          /* C-r */
	KEY_ABORT,           /* C-g */
	KEY_REDRAW,          /* C-l */
	KEY_SUSPEND,         /* C-z */
	KEY_AGAIN,           /* C-x */
	KEY_PASTE_BEGIN,     /* bracketed paste: until KEY_PASTE_END ... */
	KEY_PASTED,          /* ... bytes text[0..n), as they were pasted */
	KEY_PASTE_END
};

/* The end of a paste, without its last byte, and the byte that was not it. */
#define KEYS_TEXT_MAX 8

struct keys {
	int state;
	bool meta; /* Escape came before the key in progress */
	bool pasting;
	bool again; /* the byte was not taken: pass it once more */
	size_t n;   /* of the text of the key that was returned */
	char text[KEYS_TEXT_MAX];
	/* the bytes so far of a character or sequence */
	size_t pending;
	char sequence[16];
};

void keys_init(struct keys *k);

/* Takes a byte; text and n are valid until the next one. */
enum key keys_byte(struct keys *k, unsigned char byte);

/* Whether a paste or an answer of the terminal is in progress: either may never
 * end, and Escape ] may have been typed by accident. */
bool keys_await_end(const struct keys *k);

/* Ends what is in progress and has not ended in time: KEY_PASTE_END for a
 * paste, else KEY_NONE. */
enum key keys_quiet(struct keys *k);

#endif

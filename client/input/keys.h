/* SPDX-License-Identifier: MIT */
/* What a terminal sends, taken apart into keys.  A state machine: a byte in,
 * at most one key out.  No I/O, no clock.
 *
 * Escape has no meaning of its own but begins the key that comes next, so no
 * time has to pass to know it (M-b may be typed as Escape, b).  What is not
 * known is swallowed as a whole.  A control character inside a sequence ends
 * the sequence and counts.  What is no UTF-8 is U+FFFD.
 * Sequences: ECMA-48; xterm's ctlseqs for keys and for bracketed paste. */
#ifndef CLIENT_INPUT_KEYS_H
#define CLIENT_INPUT_KEYS_H

#include <stdbool.h>
#include <stddef.h>

enum key {
	KEY_NONE, /* more bytes are needed, or what came means nothing */
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
	bool meta; /* Escape came before what is under way */
	bool pasting;
	bool again; /* the byte is still to be taken: give it once more */
	size_t n;   /* of the text of the key that was returned */
	char text[KEYS_TEXT_MAX];
	/* what has come of a character or of a sequence */
	size_t pending;
	char sequence[16];
};

void keys_init(struct keys *k);

/* Takes a byte; text and n hold until the next one. */
enum key keys_byte(struct keys *k, unsigned char byte);

/* Whether a paste is under way, or an answer of the terminal: both may go on
 * for as long as they like, and Escape ] may have been typed by accident. */
bool keys_await_end(const struct keys *k);

/* What is under way and has not ended for a while is over: KEY_PASTE_END where
 * that was a paste, else KEY_NONE. */
enum key keys_quiet(struct keys *k);

#endif

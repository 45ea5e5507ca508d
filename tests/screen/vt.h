/* SPDX-License-Identifier: MIT */
/* A terminal, as small as the client's needs of it: whatever it is told beyond
 * them is wrong.  Where terminals differ it does as xterm does. */
#ifndef TESTS_SCREEN_VT_H
#define TESTS_SCREEN_VT_H

#include "tests/screen/grid.h"

#define VT_SEQUENCE 32

enum vt_state {
	VT_GROUND,
	VT_ESCAPE,
	VT_CONTROL
};

struct vt {
	struct grid grid;
	bool pending; /* the last column is written: the next goes below */
	bool hidden;  /* the cursor */
	bool paste;   /* bracketed paste is on */
	bool colored; /* a colour was ever asked for */
	bool homed;   /* the cursor was sent home since the last resize */
	enum vt_state state;
	uint32_t c; /* what has come of a character */
	unsigned more;
	char sequence[VT_SEQUENCE];
	size_t length;
	char wrong[96]; /* what it does not know; empty while all is well */
};

void vt_init(struct vt *vt, size_t rows, size_t cols);

/* Terminals move what they show as they like when their size changes: here
 * nothing of it is left, and the cursor is anywhere. */
void vt_resize(struct vt *vt, size_t rows, size_t cols, size_t row, size_t col);

void vt_feed(struct vt *vt, const char *bytes, size_t n);

/* Whether the client can rest here: no sequence is half done, the cursor is
 * seen, and where it seems to be. */
bool vt_rests(const struct vt *vt);

#endif

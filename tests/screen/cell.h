/* SPDX-License-Identifier: MIT */
/* One character as a screen holds it: a base and the marks upon it. */
#ifndef TESTS_SCREEN_CELL_H
#define TESTS_SCREEN_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CELL_MARKS     3
#define CELL_BYTES     (4 * (1 + CELL_MARKS))
#define CELL_LINE      4352 /* the longest line of cells */
#define CELL_LINE_TEXT 4352 /* and of text, terminated */

enum {
	CELL_RIGHT = 0x110000, /* the right half of the wide one before it */
	CELL_DIGIT             /* where one is expected: any digit */
};

struct cell {
	uint32_t base;
	uint32_t marks[CELL_MARKS]; /* 0: no more */
};

/* Columns of a base or a mark; -1 for what no screen may be told. */
int cell_width_of(uint32_t c);

/* 1 or 2. */
size_t cell_width(const struct cell *cell);

/* False where it has no room for another mark. */
bool cell_add_mark(struct cell *cell, uint32_t mark);

bool cell_is_space(const struct cell *cell);

/* A space without a mark: nothing is seen of it. */
bool cell_is_blank(const struct cell *cell);

/* Letters and digits; whatever is not ASCII counts as a letter. */
bool cell_is_word(const struct cell *cell);

/* Whether seen is what was expected, which may be CELL_DIGIT. */
bool cell_same(const struct cell *expected, const struct cell *seen);

/* Text of at most CELL_LINE cells, taken apart: how many there are.  It
 * begins with no mark. */
size_t cell_read(struct cell *cells, const char *text);

/* Writes n cells as text, terminated; returns its length. */
size_t cell_write(char *text, const struct cell *cells, size_t n);

/* The length of that text. */
size_t cell_bytes(const struct cell *cells, size_t n);

/* Encodes one character in UTF-8; returns how many bytes of four it takes. */
size_t cell_encode(char *bytes, uint32_t c);

/* Adds one byte to what has come of a character (*c, with *more bytes to
 * come); false where that is no UTF-8. */
bool cell_decode(uint32_t *c, unsigned *more, unsigned char byte);

#endif

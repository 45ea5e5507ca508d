/* SPDX-License-Identifier: MIT */
/* What a text takes on a terminal: the units that a user sees, their width in
 * columns, and where rows end.  Pure functions after columns_init.
 *
 * A unit is a character and the marks that combine with it: marks of no width,
 * the character after a zero-width joiner, the second of two regional
 * indicators, a skin tone.  Its width is that of its first character, or of
 * both indicators, and of tones, by wcwidth(3).  A character unknown to that
 * function counts as one column, as two among emoji.
 *
 * Terminals differ on emoji.  All is as in tmux 3.3; others make more of a
 * variation selector (U+2764 U+FE0F of width 2) or less of a skin tone, draw
 * the parts of a joined sequence side by side, or omit characters newer than
 * their tables.  Where a cursor depends on it: columns_plain.
 * Texts are clean (ipc/common/text.h); in others each invalid byte is a
 * column. */
#ifndef CLIENT_TERMINAL_COLUMNS_H
#define CLIENT_TERMINAL_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

/* Sets wcwidth to UTF-8, whatever the user's locale is.  On a machine without
 * such a locale every character is one column, marks too. */
void columns_init(void);

/* The length of the unit that s[0..n) begins with, at least 1 if n > 0, and its
 * width.  The length is right if a unit begins at s. */
size_t columns_unit(const char *s, size_t n, unsigned *width);

/* The length of the unit that s[0..n) ends with; 0 if n is 0. */
size_t columns_last_unit(const char *s, size_t n);

/* The width of the whole text. */
unsigned columns_width(const char *s, size_t n);

/* Writes s without the characters on whose width terminals differ: joiners,
 * variation selectors, tags and skin tones; the parts of a sequence stand side
 * by side.  dst has room for n bytes; returns the new length.  A unit becomes
 * one or more. */
size_t columns_plain(char *dst, const char *s, size_t n);

/* Whether all terminals agree on a unit. */
bool columns_are_sure(const char *unit, size_t n);

/* The number of bytes of s that fit a row of this width, at least one unit, cut
 * where the row is full.  *used: the columns that they take. */
size_t columns_cut(const char *s, size_t n, unsigned columns, unsigned *used);

/* The same, but cut after the last space if there is one, not inside a word.
 * The spaces at the cut belong to the row and may exceed it: the caller does
 * not draw those, and *used does not count them. */
size_t columns_wrap(const char *s, size_t n, unsigned columns, unsigned *used);

#endif

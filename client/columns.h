/* What a text takes on a terminal: the units that a person sees, their width
 * in columns, and where rows end.  Pure functions after columns_init.
 *
 * A unit is a character and what combines with it: marks of no width, what a
 * zero-width joiner ties on, the second of two regional indicators.  Its width
 * is that of its first character, or of both indicators; wcwidth(3) tells it.
 * What that function does not know counts as one column.
 *
 * A limit: terminals differ on emoji.  All is as in tmux 3.3; others make more
 * of a variation selector (U+2764 U+FE0F of width 2) or less of a skin tone,
 * which here is a unit of its own, draw the parts of a joined sequence side by
 * side, or leave out what is newer than their tables.
 * Texts are clean (ipc/text.h); what is not counts as one column a byte. */
#ifndef CLIENT_COLUMNS_H
#define CLIENT_COLUMNS_H

#include <stddef.h>

/* Makes wcwidth speak UTF-8, whatever the locale of the user is.  On a machine
 * that has no such locale every character is one column, marks too. */
void columns_init(void);

/* The length of the unit that s[0..n) begins with, at least 1 where n > 0,
 * and its width: 0, 1 or 2.  The length is right where a unit begins at s. */
size_t columns_unit(const char *s, size_t n, unsigned *width);

/* The length of the unit that s[0..n) ends with; 0 where n is 0. */
size_t columns_last_unit(const char *s, size_t n);

/* The width of all of it. */
unsigned columns_width(const char *s, size_t n);

/* How many bytes of s go into a row of so many columns, at least one unit:
 * cut wherever the row is full.  *used: the columns that they take. */
size_t columns_cut(const char *s, size_t n, unsigned columns, unsigned *used);

/* The same, but cut behind the last space where there is one, and not inside
 * a word.  The spaces at the cut belong to the row and may hang out of it:
 * whoever draws leaves them out, and *used has none that hangs out. */
size_t columns_wrap(const char *s, size_t n, unsigned columns, unsigned *used);

#endif

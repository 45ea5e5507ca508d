/* SPDX-License-Identifier: MIT */
/* UTF-8 as strict as RFC 3629, and the cleaning of users' text.
 * Pure functions: no state, no allocation, no errno, never blocking. */
#ifndef IPC_COMMON_TEXT_H
#define IPC_COMMON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_REPLACEMENT 0xFFFDu /* U+FFFD, for what is not UTF-8 */

/* Decodes the first code point of s[0..n), n > 0, and returns how many bytes
 * it took.  Ill-formed input (overlong, surrogate, beyond U+10FFFF, cut off)
 * gives TEXT_REPLACEMENT for its maximal subpart (Unicode 15, section 3.9,
 * table 3-8), so it always advances by at least 1. */
size_t text_decode(const char *s, size_t n, uint32_t *cp);

/* Encodes cp into dst (room for 4) and returns the length.  What is no
 * character (surrogates, beyond U+10FFFF) is written as TEXT_REPLACEMENT. */
size_t text_encode(char *dst, uint32_t cp);

/* Whether cp may not reach a terminal: C0, DEL, C1, the separators of
 * lines and paragraphs (U+2028, 9), at which programs cut a line in two, bidi
 * embeddings, overrides and isolates (U+202A..E, U+2066..9).  The marks LRM,
 * RLM and ALM are none: right-to-left text needs them, and they turn nothing
 * around. */
bool text_is_control(uint32_t cp);

/* Copies src to dst, ill-formed parts replaced by U+FFFD, TAB and the two
 * separators by a blank, and other controls left out; returns the length.  dst
 * needs room for 3 * n bytes; nothing is terminated.  src and dst do not
 * overlap. */
size_t text_clean(char *dst, const char *src, size_t n);

/* Whether text_clean would change nothing. */
bool text_is_clean(const char *s, size_t n);

/* How many bytes the first character of s has if it shows nothing: a blank of
 * any script, a control, an invisible character, a byte-order mark; 0: it is
 * none, or s is empty. */
size_t text_blank(const char *s, size_t n);

/* The number of bytes at the beginning of s that show nothing. */
size_t text_blanks(const char *s, size_t n);

/* Whether that is all of s; so also of an empty s. */
bool text_is_blank(const char *s, size_t n);

#endif

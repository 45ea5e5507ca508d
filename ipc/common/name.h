/* SPDX-License-Identifier: MIT */
/* The rule for nicknames.  Pure functions.
 *
 * A name is 1 to NAME_MAX_BYTES bytes of UTF-8: ASCII letters and digits,
 * '_', '-', '.', and letters of other scripts in their one canonical form
 * (NFC, and no compatibility characters), with the vowel signs that go on
 * them.  It has at least one letter or digit; its letters are of one script,
 * or of Latin with Chinese, Japanese or Korean (UTS #39, highly restrictive:
 * never Latin with Cyrillic or Greek); and it is no word that the server's
 * own lines use for somebody ("chat", "everyone", "server", "you").  Names that
 * differ in nothing but ASCII case are the same name.  What this does not tell
 * apart: letters that look alike within one script, and whole names in another.
 */
#ifndef IPC_COMMON_NAME_H
#define IPC_COMMON_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum name_verdict {
	NAME_OK,
	NAME_EMPTY,
	NAME_TOO_LONG,
	NAME_NOT_UTF8,
	NAME_BAD_CHARACTER,
	NAME_NO_LETTER,
	NAME_MIXED_SCRIPTS,
	NAME_NOT_CANONICAL,
	NAME_RESERVED
};

enum name_verdict name_check(const char *s, size_t n);

/* The same for the name of a room, which may be that of the server: its '#'
 * tells it from that. */
enum name_verdict name_check_room(const char *s, size_t n);

/* The rule that the name breaks, as the end of a sentence: for NAME_TOO_LONG "a
 * name has at most 32 bytes".  Static storage. */
const char *name_explain(enum name_verdict verdict);

/* Whether a word that has the character a goes on with b, as far as names are
 * concerned: letters of one script, digits, '_' and '-' do.  Scripts that are
 * written without blanks, and others beside them, end a name anywhere but
 * before a mark; a full stop more likely ends a sentence. */
bool name_goes_on(uint32_t a, uint32_t b);

bool name_same(const char *a, size_t an, const char *b, size_t bn);

/* A number that is the same for names that are the same, never 0, and
 * different for nearly all others (a hash; name_same decides).  The names
 * guest-1 .. guest-999999999 get NAME_GUEST + number, and no other name does,
 * so that a scan of keys alone finds the free guest numbers. */
#define NAME_GUEST (UINT64_C(1) << 63)
uint64_t name_key(const char *s, size_t n);

#endif

/* SPDX-License-Identifier: MIT */
/* Masks of names.
 * Runs in: relay, child. */
#include "ipc/common/mask.h"

#include <stdint.h>
#include <string.h>

#include "ipc/common/limits.h"

bool mask_is_wild(const char *mask, size_t n)
{
	return memchr(mask, '*', n) != NULL || memchr(mask, '?', n) != NULL;
}

/* A digit may stand at any place of a name. */
enum name_verdict mask_check(const char *mask, size_t n)
{
	char name[NAME_MAX_BYTES];

	if (n == 0 || n > sizeof name || !mask_is_wild(mask, n))
		return name_check(mask, n);
	for (size_t i = 0; i < n; i++)
		name[i] = mask[i] == '*' || mask[i] == '?' ? '0' : mask[i];
	return name_check(name, n);
}

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* The bytes of the first character. */
static size_t character(const char *s, size_t n)
{
	size_t i = 1;

	while (i < n && ((unsigned char)s[i] & 0xC0) == 0x80)
		i++;
	return i;
}

/* A star takes as little as it can; when what follows does not match, the last
 * star takes one character more. */
bool mask_matches(const char *mask, size_t m, const char *name, size_t n)
{
	size_t i = 0, j = 0, star = SIZE_MAX, taken = 0;

	while (j < n) {
		if (i < m && mask[i] == '*') {
			star = i++;
			taken = j;
		} else if (i < m && mask[i] == '?') {
			i++;
			j += character(name + j, n - j);
		} else if (i < m && fold(mask[i]) == fold(name[j])) {
			i++;
			j++;
		} else if (star != SIZE_MAX) {
			i = star + 1;
			j = ++taken;
		} else {
			return false;
		}
	}
	while (i < m && mask[i] == '*')
		i++;
	return i == m;
}

/* SPDX-License-Identifier: MIT */
/* A list of names in one run of bytes, each after one byte with its length.
 * There is no separator, so readers need not know which bytes a name cannot
 * have. */
#ifndef IPC_NAMELIST_H
#define IPC_NAMELIST_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The bytes that a name of n bytes takes in a list. */
#define NAMELIST_ENTRY(n) (1 + (n))

/* Appends a name of at most 255 bytes at p; returns the list's new end. */
static inline char *namelist_put(char *p, const char *name, size_t n)
{
	*p++ = (char)(uint8_t)n;
	memcpy(p, name, n);
	return p + n;
}

/* Takes the first name off the list of *n bytes at *list: *name is in the list.
 * Returns its length; 0 at the end, and where a length is wrong. */
static inline size_t namelist_next(
	const char **list, size_t *n, const char **name)
{
	size_t len = *n > 0 ? (uint8_t) * *list : 0;

	if (*n < NAMELIST_ENTRY(len)) {
		*n = 0;
		return 0;
	}
	*name = *list + 1;
	*list += NAMELIST_ENTRY(len);
	*n -= NAMELIST_ENTRY(len);
	return len;
}

#endif

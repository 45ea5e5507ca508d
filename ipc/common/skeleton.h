/* SPDX-License-Identifier: MIT */
/* Which names look like the same name.  Pure functions.
 *
 * Names with the same skeleton can be taken for each other: names that differ
 * in ASCII case, in letters of other scripts that look like ASCII (UTS #39,
 * section 4), in 0 and o, in 1, l and i, in m and rn, in w and vv, or in '_',
 * '-' and '.'.  Letters that look like none of ASCII stand for themselves. */
#ifndef IPC_COMMON_SKELETON_H
#define IPC_COMMON_SKELETON_H

#include <stddef.h>
#include <stdint.h>

/* The bytes of a skeleton, of a name that has n. */
#define SKELETON_MAX(n) (2 * (n))

/* Writes the skeleton of s[0..n) to dst (SKELETON_MAX(n)); returns its length.
 * Bytes that are of no name stay as they are. */
size_t skeleton_make(char *dst, const char *s, size_t n);

/* A number that is the same for names with the same skeleton, never 0, and
 * different for nearly all others.  n is at most LOGIN_MAX_BYTES. */
uint64_t skeleton_key(const char *s, size_t n);

#endif

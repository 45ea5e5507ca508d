/* SPDX-License-Identifier: MIT */
/* Whether a unit test, or what it tests, leaves descriptors open.
 * Runs in: nothing but tests. */
#ifndef TESTS_UNIT_DESCRIPTORS_H
#define TESTS_UNIT_DESCRIPTORS_H

#include <dirent.h>
#include <stddef.h>

/* How many are open: two such figures can be compared, each counts one more
 * and the folder itself. */
static inline size_t descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	while (dir != NULL && readdir(dir) != NULL)
		n++;
	if (dir != NULL)
		closedir(dir);
	return n;
}

#endif

/* SPDX-License-Identifier: MIT */
/* What the tests of ipc/frame.c need for both directions: lengths that matter,
 * memory that ends, and bytes that go wrong.
 * Runs in: nothing but tests. */
#ifndef TESTS_UNIT_FRAME_RIG_H
#define TESTS_UNIT_FRAME_RIG_H

#include "ipc/frame.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/chance.h"

#define ROUNDS 1000000

/* Lengths around everything that the rules and the padding turn on. */
static const size_t text_lengths[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 63,
	64, 255, 256, 257, LINE_MAX_BYTES, TEXT_MAX - 9, TEXT_MAX - 1,
	TEXT_MAX};

/* Bytes that end where the memory does, so that a look behind them is the
 * program's last one. */
static inline void *at_the_end(const void *bytes, size_t n)
{
	static char *end;

	if (end == NULL) {
		size_t page = (size_t)sysconf(_SC_PAGESIZE);
		size_t size = (FRAME_EVENT_MAX / page + 2) * page;
		char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED ||
			mprotect(p + size - page, page, PROT_NONE) == -1)
			return NULL;
		end = p + size - page;
	}
	return memcpy(end - (n + 7) / 8 * 8, bytes, n);
}

/* The rule, said once more in other words. */
static inline size_t padded(size_t n)
{
	while (n % 8 != 0)
		n++;
	return n;
}

/* A good frame, or noise, with a few bytes of it changed. */
static inline void scribble(char *bytes, size_t n, bool good)
{
	uint64_t changes = chance(4);

	if (!good) {
		for (size_t i = 0; i < n; i++)
			bytes[i] = (char)chance(256);
		return;
	}
	for (uint64_t i = 0; i < changes; i++)
		bytes[chance(n)] =
			(char)(chance(2) == 0 ? chance(256) : chance(16));
}

#endif

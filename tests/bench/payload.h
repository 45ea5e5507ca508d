/* SPDX-License-Identifier: MIT */
/* The message that is measured: 64 bytes of text, the same for all servers.
 *
 *     ~RRRR SSSS NNNNNNNN TTTTTTTTTTTTTTTT xxxxxxxxxxxxxxxxxxxxxxxxxxx
 *
 * run, sender, the sender's sequence number and when it was sent, in
 * hexadecimal.  Every server ends a line with it, whatever it puts before. */
#ifndef TESTS_BENCH_PAYLOAD_H
#define TESTS_BENCH_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PAYLOAD_SIZE 64
#define PAYLOAD_MARK 6 /* "~RRRR " tells it from all else, and older runs */

struct payload {
	uint32_t sender, sequence;
	uint64_t sent; /* ns, as by clock_ns */
};

/* Nanoseconds of CLOCK_MONOTONIC. */
uint64_t clock_ns(void);

/* Writes a payload without an end. */
void payload_write(char text[PAYLOAD_SIZE], const char mark[PAYLOAD_MARK],
	const struct payload *p);

/* Whether a line, without its end, ends with a payload of this run. */
static inline bool payload_ends(
	const char *line, size_t n, const char mark[PAYLOAD_MARK])
{
	return n >= PAYLOAD_SIZE &&
	       memcmp(line + n - PAYLOAD_SIZE, mark, PAYLOAD_MARK) == 0;
}

/* False where the payload is damaged. */
bool payload_read(const char text[PAYLOAD_SIZE], struct payload *p);

#endif

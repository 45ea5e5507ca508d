/* SPDX-License-Identifier: MIT */
/* The client's way of reading events, for a fuzz target that has the server's:
 * the two have types of the same names.
 * Runs in: nothing but tests. */
#ifndef TESTS_FUZZ_READER_H
#define TESTS_FUZZ_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reader_part {
	const char *p;
	size_t n;
};

/* An event as the client has it. */
struct reader_event {
	bool known; /* its kind is */
	uint64_t seq, unix_ms, number;
	struct reader_part from, to, room, text;
};

/* Whether the client takes a line, without its line end. */
bool reader_takes(const char *line, size_t n, struct reader_event *e);

/* Who reads, and when; as struct reader of client/menu/render.h. */
struct reader_eyes {
	const char *name;
	uint64_t welcome_seq, now_ms;
};

/* Writes what the client says of a line that it takes to dst, with room for
 * size; returns the length, 0 where it says nothing. */
size_t reader_says(const char *line, size_t n, const struct reader_eyes *eyes,
	char *dst, size_t size);

#endif

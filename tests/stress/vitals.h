/* SPDX-License-Identifier: MIT */
/* What the server takes of the machine, over time, and whether it grows. */
#ifndef TESTS_STRESS_VITALS_H
#define TESTS_STRESS_VITALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/stress/procs.h"

#define VITALS_MAX 16384

/* Taken at moments that should be all alike. */
struct vitals {
	uint64_t at;
	pid_t relay;
	struct procs_memory parent_memory, relay_memory;
	uint64_t parent_descriptors, relay_descriptors, processes, shm;
};

struct history {
	pid_t server;
	struct vitals all[VITALS_MAX];
	size_t n, steady; /* how many, and the first one of a steady relay */
};

/* Looks now. */
void vitals_take(struct history *h);

/* Whether the server has as many processes and descriptors now as when it was
 * first looked at. */
bool vitals_as_before(const struct history *h);

/* The last figures, or what they are now, in words; static memory. */
const char *vitals_last(const struct history *h);
const char *vitals_tell(const struct history *h);

/* From here on the relay stays, and has all the memory that it needs. */
void vitals_steady(struct history *h);

/* Prints by how much each figure has grown from the first to the last, by a
 * straight line through them, and whether that is too much: true where none
 * is.  The first quarter does not count, and of the relay only what came
 * after vitals_steady: memory is taken once and then used again. */
bool vitals_judge(const struct history *h);

#endif

/* SPDX-License-Identifier: MIT */
/* What a server takes of processor and memory, seen from outside. */
#ifndef TESTS_BENCH_USAGE_H
#define TESTS_BENCH_USAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Processor time, in ns, user and system.  Exact for what lives; what has
 * ended counts in the clock ticks of its parent's books. */
struct usage {
	uint64_t tree; /* the server, all below it, and what has ended of it */
	uint64_t own;  /* the server's first process alone */
	unsigned processes;
};

/* Fails where there is no such process. */
struct usage usage_of(pid_t server);

/* Memory of the whole machine, in KiB: what sockets and page tables take is in
 * no process's books. */
struct memory {
	uint64_t available; /* the kernel's own estimate, MemAvailable */
	uint64_t used;      /* neither free nor cache; shared memory is used */
	uint64_t known;     /* the sum of what the kernel gives a purpose for */
};

struct memory memory_now(void);

/* The same when it has stopped changing, or after four seconds. */
struct memory memory_settled(void);

/* The proportional memory of all processes of a server and their page tables,
 * in KiB, or 0 where we may not look into one of them. */
uint64_t memory_of(pid_t server);

#endif

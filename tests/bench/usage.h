/* SPDX-License-Identifier: MIT */
/* What a server, or several, take of processor and memory, seen from outside.
 */
#ifndef TESTS_BENCH_USAGE_H
#define TESTS_BENCH_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SERVERS_MAX 32

/* The first process of each server. */
struct servers {
	size_t n;
	pid_t pids[SERVERS_MAX];
};

/* What a process is, by its name; those of other servers are of no kind. */
enum kind {
	KIND_PARENT,
	KIND_RELAY,
	KIND_BUS,
	KIND_CHILDREN,
	KIND_ENGINE, /* nats-server, all its threads */
	KINDS
};

extern const char *const kind_names[KINDS];

/* Processor time, in ns, user and system.  Exact for what lives; what has
 * ended counts in the clock ticks of its parent's books. */
struct usage {
	uint64_t tree; /* the servers, all below, and what has ended of that */
	uint64_t own;  /* the servers' first processes alone */
	uint64_t kinds[KINDS]; /* of what lives */
	unsigned processes;
};

/* Fails where there is no such process. */
struct usage usage_of(const struct servers *s);

/* The processor time of this process, in ns. */
uint64_t usage_own(void);

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

/* The proportional memory of all processes of the servers and their page
 * tables, in KiB, or 0 where we may not look into one of them. */
uint64_t memory_of(const struct servers *s);

#endif

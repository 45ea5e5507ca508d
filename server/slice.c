/* SPDX-License-Identifier: MIT */
/* Short slices of processor time.
 * Runs in: relay, disk. */
#include "server/slice.h"

#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The shortest one that the kernel grants. */
#define SLICE_NS 100000

void slice_shorten(void)
{
	/* struct sched_attr of sched_setattr(2); all zeros is SCHED_OTHER. */
	const struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
	} attr = {.size = sizeof attr, .runtime = SLICE_NS};

	(void)syscall(SYS_sched_setattr, 0, &attr, 0);
}

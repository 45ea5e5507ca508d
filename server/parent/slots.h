/* SPDX-License-Identifier: MIT */
/* The parent's private account of the slots.  Its decisions rest on this, never
 * on shared memory that children can write. */
#ifndef SERVER_PARENT_SLOTS_H
#define SERVER_PARENT_SLOTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "server/network.h"

/* In memory that forked processes do not inherit: they do not need it, and
 * would pay for it. */
struct slots {
	struct network *from; /* by slot; of no bits: not counted */
	pid_t *pid;           /* by slot, 0: free */
	uint8_t *dismissed;   /* by slot: ticks until SIGKILL, 0: no */
	bool *trusted;        /* by slot: its peer may say whom it stands for */
	uint32_t *free;       /* a stack of free slots, the lowest on top */
	uint32_t capacity, nfree;
	uint32_t high; /* all slots in use are below */
};

/* 0, or -1 with errno, most likely ENOMEM. */
int slots_init(struct slots *s, uint32_t capacity);

/* Takes a free slot for a peer; false if there is none. */
bool slots_take(struct slots *s, const struct network *from, uint32_t *slot);

/* In an upgrade: enters a slot in use; and, when all of these are known, the
 * free ones. */
struct kept_slot {
	uint32_t slot;
	pid_t pid;
	struct network from;
	uint8_t dismissed;
	bool trusted;
};
void slots_keep(struct slots *s, const struct kept_slot *kept);
void slots_kept(struct slots *s);

void slots_free(struct slots *s, uint32_t slot);

/* The slot of a process, or -1. */
int64_t slots_find(const struct slots *s, pid_t pid);

/* The number of slots in use, in all and from a range. */
uint32_t slots_used(const struct slots *s);
uint32_t slots_used_from(const struct slots *s, const struct network *range);

#endif

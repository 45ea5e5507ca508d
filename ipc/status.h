/* SPDX-License-Identifier: MIT */
/* What an administrator may want to know, in shared memory: counted by the
 * parent and by the relay, each its own, read by whoever is handed the
 * descriptor.  No child has it. */
#ifndef IPC_STATUS_H
#define IPC_STATUS_H

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#include "ipc/common/limits.h"

#define STATUS_TEXT_MAX (LISTENERS_MAX * LISTENER_NAME_MAX)

/* So many notices wait for a relay that is not there, or stopped.  Each fits a
 * line of any terminal some times over. */
#define NOTICES_MAX 8
#define NOTICE_MAX  400

struct status {
	uint32_t capacity;
	pid_t pid;
	int64_t started_ms; /* wall clock */
	char version[32];
	char listeners[STATUS_TEXT_MAX]; /* names with a space between them */
	_Atomic uint32_t banned;
	/* the parent's, since the start, upgrades included */
	_Atomic uint64_t connects;       /* children started */
	_Atomic uint64_t refused;        /* connections turned away */
	_Atomic uint64_t killed;         /* children ended by a signal */
	_Atomic uint64_t lock_repairs;   /* locks of dead children freed */
	_Atomic uint64_t relay_restarts; /* not by an upgrade */
	_Atomic uint64_t upgrades;
	/* what an administrator has to say: kept here until a relay has told
	 * it; notice n, which counts from 0, is at n modulo NOTICES_MAX */
	_Atomic uint64_t notices;
	struct notice {
		uint16_t len;
		char text[NOTICE_MAX];
	} notice[NOTICES_MAX];
	/* the relay's */
	_Atomic uint64_t messages; /* public, actions included */
	_Atomic uint64_t privates;
	_Atomic uint64_t text_bytes; /* of both */
	_Atomic uint64_t deliveries; /* of public events, to one user each */
	_Atomic uint64_t joins, leaves, renames;
	_Atomic uint64_t announced; /* notices told */
	_Atomic uint64_t gaps;      /* times somebody was told of one */
	_Atomic uint64_t missed;    /* messages in them */
	_Atomic uint64_t evictions; /* channels cut off by the log */
	_Atomic uint64_t logged;    /* bytes of events so far */
	_Atomic uint64_t lag[];     /* by slot: bytes not yet sent to it */
};

/* The size of the shared memory for so many slots. */
static inline size_t status_size(uint32_t capacity)
{
	return sizeof(struct status) + capacity * sizeof(uint64_t);
}

/* Counters have one writer each: no locked instruction is needed. */
static inline void status_count(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_store_explicit(counter,
		atomic_load_explicit(counter, memory_order_relaxed) + n,
		memory_order_relaxed);
}

#endif

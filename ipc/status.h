/* SPDX-License-Identifier: MIT */
/* Counters for administrators, in shared memory: the parent and the relay each
 * write their own, and processes that are passed the descriptor read them.  No
 * child has it. */
#ifndef IPC_STATUS_H
#define IPC_STATUS_H

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#include "ipc/address.h"
#include "ipc/common/limits.h"
#include "ipc/eras.h"

#define STATUS_TEXT_MAX (LISTENERS_MAX * LISTENER_NAME_MAX)

/* The queue of notices for a relay that is restarting or stopped, and the most
 * bytes of each. */
#define NOTICES_MAX 8
#define NOTICE_MAX  400

/* The most bytes of what is said of the bus, its NUL included. */
#define STATUS_BUS_MAX 256

/* The most bytes of a path that is shown, its NUL included. */
#define STATUS_PATH_MAX 256

/* The queue of what trusted proxies say, until the parent has judged it; it
 * does so at once. */
#define CLAIMS_MAX 64

/* How this host stands to the others, and each of them as it knows it. */
enum status_phase {
	STATUS_ALONE, /* nothing is on its way to the others */
	STATUS_JOINING,
	STATUS_TOGETHER
};

enum status_host_state {
	STATUS_HOST_NONE, /* an empty place; a name is written there */
	STATUS_HOST_OUT,
	STATUS_HOST_COMING,
	STATUS_HOST_HERE
};

struct status_host {
	_Atomic uint32_t users;
	_Atomic uint8_t state; /* enum status_host_state */
	uint8_t name_len;
	char name[BUS_NAME_MAX];
	uint8_t unused[2];
};

/* The session that has the client of a slot, or is about to take it.  The relay
 * writes it, and the parent looks when the child of the slot has ended. */
struct status_heir {
	_Atomic uint32_t of; /* the generation of the slot, written last */
	_Atomic uint32_t slot, generation;
	uint32_t unused;
};

/* Where the client of a slot comes from, by the word of the proxy that it has
 * come by. */
struct claim {
	uint32_t slot, generation;
	struct net_address address;
	_Atomic uint8_t verdict; /* the parent's: the answer (ipc/attach.h) */
	uint8_t unused[7];
};

struct status {
	uint32_t capacity; /* of the table: with users of other hosts */
	pid_t pid;
	int64_t started_ms; /* wall clock */
	char version[32];
	char listeners[STATUS_TEXT_MAX]; /* names with a space between them */
	_Atomic uint32_t banned;
	uint32_t max_rooms; /* beside the lobby */
	/* the parent's, since the start, upgrades included */
	_Atomic uint64_t connects;       /* children started */
	_Atomic uint64_t refused;        /* connections refused */
	_Atomic uint64_t killed;         /* children ended by a signal */
	_Atomic uint64_t lock_repairs;   /* locks of dead children freed */
	_Atomic uint64_t relay_restarts; /* not by an upgrade */
	_Atomic uint64_t upgrades;
	/* the queue of notices, until a relay has announced them; notice n,
	 * which counts from 0, is at n modulo NOTICES_MAX */
	_Atomic uint64_t notices;
	struct notice {
		uint16_t len;
		char text[NOTICE_MAX];
	} notice[NOTICES_MAX];
	/* the queue of claims; claim n, which counts from 0, is at n modulo
	 * CLAIMS_MAX: how many the relay has written, and the parent judged */
	_Atomic uint64_t claimed, judged;
	struct claim claims[CLAIMS_MAX];
	/* the relay's */
	_Atomic uint64_t messages; /* public, actions included */
	_Atomic uint64_t privates;
	_Atomic uint64_t text_bytes; /* of both */
	_Atomic uint64_t deliveries; /* of public events, to one user each */
	_Atomic uint64_t joins, leaves, renames;
	_Atomic uint64_t announced; /* notices announced */
	_Atomic uint64_t gaps;      /* gap events sent */
	_Atomic uint64_t missed;    /* messages in them */
	_Atomic uint64_t evictions; /* channels overtaken by the log */
	_Atomic uint64_t logged;    /* bytes of events so far */
	/* --bus: the parent's */
	_Atomic int32_t bus_pid; /* 0: none runs */
	uint32_t users_max;      /* of this host: the table has more slots */
	_Atomic uint64_t bus_restarts;
	/* the bus's: whether it is connected; where to, or why not, in the one
	 * of two texts that is not being written */
	_Atomic uint32_t bus_up, bus_text;
	char bus_texts[2][STATUS_BUS_MAX];
	_Atomic uint64_t bus_connects; /* connections that came to serve */
	_Atomic uint64_t bus_received, bus_received_bytes; /* entries, told */
	_Atomic uint64_t bus_sent, bus_sent_bytes;
	_Atomic uint64_t bus_last; /* sequence of the last entry received */
	_Atomic uint64_t bus_end;  /* of the last one that the engine has */
	/* --state: the parent's */
	_Atomic int32_t disk_pid;     /* 0: none runs */
	_Atomic uint32_t disk_behind; /* the relay's: it does not wait */
	/* ipc/disk.h: positions of the log, and who is to be woken; the relay's
	 * and the disk's */
	_Atomic uint64_t disk_asked, disk_answered;
	_Atomic uint32_t disk_waits, disk_sleeps;
	_Atomic uint64_t disk_restarts, sync_restarts;
	/* the disk's: in which segment it is, what it has written there, and
	 * what all the files have; the rest is 0 before anything is in them */
	_Atomic uint64_t disk_segment, disk_written, disk_bytes;
	_Atomic int64_t disk_oldest_ms; /* wall clock, of the oldest entry */
	_Atomic int32_t disk_error; /* errno while it cannot write; 0: it can */
	uint32_t unused;
	_Atomic uint64_t disk_lost; /* entries that are in no file */
	_Atomic uint64_t disk_head; /* position of the log up to which the files
				       are */
	_Atomic int32_t sync_error; /* of the segment that is synced last */
	uint32_t unused2;
	struct eras eras; /* recover's, of the event log; the last one is now */
	/* the role's that syncs: up to which place of which segment, when */
	_Atomic uint64_t synced_segment, synced;
	_Atomic int64_t synced_ms; /* wall clock */
	/* the directory of --state and the file of --log-chat, cut where they
	 * are longer; empty: none */
	char state[STATUS_PATH_MAX], chat_log[STATUS_PATH_MAX];
	_Atomic uint64_t chat_log_bytes; /* when --status was asked last */
	/* the relay's: the first host is this one; the phase is kept over
	 * restarts of the relay */
	_Atomic int64_t alone_ms; /* wall clock: since when not together, 0 */
	_Atomic uint32_t phase;   /* enum status_phase */
	_Atomic uint32_t remote_users;
	_Atomic uint64_t unsent, unsent_bytes; /* own entries not back yet */
	_Atomic uint64_t read;                 /* sequence of the last judged */
	struct status_host hosts[HOSTS_MAX];
	/* by slot: bytes not yet sent to it; from users_max on, which of the
	 * hosts its user is of.  And behind those of all slots, see
	 * status_heir. */
	_Atomic uint64_t lag[];
};

/* The size of the shared memory for this many slots. */
static inline size_t status_size(uint32_t capacity)
{
	return sizeof(struct status) +
	       capacity * (sizeof(uint64_t) + sizeof(struct status_heir));
}

static inline struct status_heir *status_heir(struct status *s, uint32_t slot)
{
	char *end = (char *)s + sizeof *s + s->capacity * sizeof s->lag[0];

	return (struct status_heir *)(void *)end + slot;
}

/* Counters have one writer each: no locked instruction is needed. */
static inline void status_count(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_store_explicit(counter,
		atomic_load_explicit(counter, memory_order_relaxed) + n,
		memory_order_relaxed);
}

#endif

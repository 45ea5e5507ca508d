/* SPDX-License-Identifier: MIT */
/* Attaching: a child makes a channel and passes its far end to the relay.  A
 * new child, one whose relay died, and one that the ring has overtaken do the
 * same.
 *
 * The attach socket is one SEQPACKET pair for all.  The parent keeps both ends,
 * so that messages in it outlive a relay; the relay has the receiving end, each
 * child the sending one.  When parent and relay are gone, sending fails: so a
 * child learns of their end. */
#ifndef IPC_ATTACH_H
#define IPC_ATTACH_H

#include <stdint.h>
#include <sys/types.h>

#include "ipc/common/limits.h"
#include "ipc/layout.h"

struct attach {
	uint32_t version; /* FRAME_VERSION of the child */
	uint32_t slot, generation;
	uint8_t name_len;
	uint8_t watches;  /* whether its client keeps lists of its own of who is
			     where: it gets each join and leave */
	uint8_t welcomed; /* whether it has had a welcome before */
	uint8_t unused;
	uint64_t last_id, last_seq; /* of the last event seen; 0: none */
	char name[NAME_MAX_BYTES];
};

LAYOUT_SIZE(struct attach, 64, "bump FRAME_VERSION");
LAYOUT_AT(struct attach, version, 0, "the same in all versions");
LAYOUT_AT(struct attach, watches, 13, "bump FRAME_VERSION");
LAYOUT_AT(struct attach, welcomed, 14, "bump FRAME_VERSION");
LAYOUT_AT(struct attach, last_id, 16, "bump FRAME_VERSION");
LAYOUT_AT(struct attach, name, 32, "bump FRAME_VERSION");

/* The slot of the bus, which attaches as a child does, but without a name.  The
 * relay compares the pid that the kernel vouches for with status->bus_pid,
 * which the parent sets before the bus attaches. */
#define ATTACH_BUS UINT32_MAX

/* The same for the disk, and status->disk_pid. */
#define ATTACH_DISK (UINT32_MAX - 1)

enum attach_end {
	ATTACH_RECEIVER,
	ATTACH_SENDER
};

/* Makes the attach socket, close-on-exec and non-blocking, the caller's.  0, or
 * -1 with errno. */
int attach_open(int pair[2]);

/* Makes a channel, sends one end with *a, and returns the other: non-blocking,
 * the caller's.  -1 with errno: EAGAIN, try later (the relay is busy, or no
 * descriptors are left); EPIPE and ECONNRESET, the server is gone. */
int attach_send(int sender, const struct attach *a);

/* Takes one message: 1, with the descriptor, which is the caller's, and the
 * pid that the kernel vouches for; 0, none waits; -1 with errno: EBADMSG, the
 * message was bad, or no descriptor was left for it (its sender sees the
 * channel end); EPIPE, all senders are gone. */
int attach_receive(int receiver, struct attach *a, int *fd, pid_t *pid);

#endif

/* SPDX-License-Identifier: MIT */
/* The way in: a child hands the far end of a channel that it made to the
 * relay.  A new child, one whose relay died, and one that fell behind
 * do the same.
 *
 * The attach socket is one SEQPACKET pair for all.  The parent keeps both
 * ends, so that what waits in it outlives a relay; the relay has the
 * receiving end, each child the sending one.  When parent and relay are gone,
 * sending fails: that is how a child knows. */
#ifndef IPC_ATTACH_H
#define IPC_ATTACH_H

#include <stdint.h>
#include <sys/types.h>

#include "ipc/common/limits.h"
#include "ipc/layout.h"

struct attach {
	uint32_t version; /* FRAME_VERSION of the child */
	uint32_t slot, generation;
	uint32_t name_len;
	uint64_t last_id, last_seq; /* of the last event seen; 0: none */
	char name[NAME_MAX_BYTES];
};

LAYOUT_SIZE(struct attach, 64, "bump FRAME_VERSION");
LAYOUT_AT(struct attach, version, 0, "the same in all versions");
LAYOUT_AT(struct attach, last_id, 16, "bump FRAME_VERSION");
LAYOUT_AT(struct attach, name, 32, "bump FRAME_VERSION");

enum attach_end {
	ATTACH_RECEIVER,
	ATTACH_SENDER
};

/* Makes the attach socket, close-on-exec and non-blocking, the caller's.  0, or
 * -1 with errno. */
int attach_open(int pair[2]);

/* Makes a channel, sends one end with *a, and returns the other: non-blocking,
 * the caller's.  -1 with errno: EAGAIN, try later (the relay is
 * behind, or no descriptors are left); EPIPE and ECONNRESET, the server is
 * gone. */
int attach_send(int sender, const struct attach *a);

/* Takes one message: 1, with the descriptor, which is the caller's, and the
 * pid that the kernel vouches for; 0, nothing is there; -1 with errno, one
 * was there and was no good (EBADMSG; so it is when no descriptor is left for
 * it: its sender sees the channel end), or the socket failed (EPIPE: nobody
 * can send any more). */
int attach_receive(int receiver, struct attach *a, int *fd, pid_t *pid);

#endif

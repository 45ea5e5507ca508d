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

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ipc/address.h"
#include "ipc/common/limits.h"
#include "ipc/common/lines.h"
#include "ipc/common/passing.h"
#include "ipc/layout.h"

enum attach_kind {
	ATTACH_CHANNEL, /* the far end of a child's channel */
	ATTACH_LAST,    /* the same of a child that takes no other client: its
			   user leaves */
	ATTACH_RESUME,  /* a child's client wants a session of an older
			   connection to go on with this one: a channel for the
			   answer, then the descriptors that the child has of
			   its client */
	ATTACH_EVICT,   /* a child's client wants the name of its own login,
			   which another connection of that login has: that one
			   is to leave.  Nothing comes by the channel */
	ATTACH_ADDRESS, /* a child's client has come by a proxy, which has said
			   where from: a channel for the answer */
	ATTACH_KINDS
};

struct attach {
	uint32_t version; /* FRAME_VERSION of the child */
	uint32_t slot, generation;
	uint8_t name_len;
	uint8_t watches;  /* whether its client keeps lists of its own of who is
			     where: it gets each join and leave */
	uint8_t welcomed; /* whether it has had a welcome before */
	uint8_t kind;     /* enum attach_kind */
	uint64_t last_id, last_seq; /* of the last event seen; 0: none */
	char name[NAME_MAX_BYTES];
	/* The secret of the user's session; resume: of the one wanted. */
	unsigned char token[TOKEN_BYTES];
};

LAYOUT_SIZE(struct attach, 80, "bump FRAME_VERSION");
LAYOUT_AT(struct attach, version, 0, "the same in all versions");
LAYOUT_AT(struct attach, watches, 13, "bump FRAME_VERSION");
LAYOUT_AT(struct attach, welcomed, 14, "bump FRAME_VERSION");
LAYOUT_AT(struct attach, last_id, 16, "bump FRAME_VERSION");
LAYOUT_AT(struct attach, kind, 15, "bump FRAME_VERSION");
LAYOUT_AT(struct attach, name, 32, "bump FRAME_VERSION");
LAYOUT_AT(struct attach, token, 64, "bump FRAME_VERSION");

/* The state of a connection's transport, which only children know. */
#define ATTACH_TRANSPORT_MAX 224

/* A whole message.  All but the head is of ATTACH_RESUME: how many lines its
 * client has had of the session; what its connection speaks, and the state of
 * the transport; and what it has sent behind that line and its child has read.
 * Of ATTACH_ADDRESS are bytes alone, a struct net_address. */
#define ATTACH_BYTES_MAX LINES_BUFFER
struct attach_message {
	struct attach head;
	uint64_t lines; /* LINES_UNTOLD: the client has not said it */
	uint32_t len;
	uint32_t protocol; /* an entry of the table of protocols, whose order
			      is of FRAME_VERSION */
	unsigned char transport[ATTACH_TRANSPORT_MAX];
	char bytes[ATTACH_BYTES_MAX];
};
#define LINES_UNTOLD UINT64_MAX

LAYOUT_SIZE(struct attach_message, 8520, "bump FRAME_VERSION");
LAYOUT_AT(struct attach_message, transport, 96, "bump FRAME_VERSION");
LAYOUT_AT(struct attach_message, bytes, 320, "bump FRAME_VERSION");
LAYOUT_NUMBER(ATTACH_ADDRESS, 4, "bump FRAME_VERSION");
LAYOUT_SIZE(struct net_address, 24, "bump FRAME_VERSION");

/* The text of a welcome that brings the descriptors of a new connection
 * (EVENT_WELCOME, on): the fields of its request, and who has sent it. */
struct attach_resumed {
	uint64_t lines;
	uint32_t slot, generation;
	uint32_t protocol, unused;
	unsigned char transport[ATTACH_TRANSPORT_MAX];
	char bytes[ATTACH_BYTES_MAX];
};

/* The answer to ATTACH_RESUME, one byte on its channel: the session goes on
 * with the client of the sender, or there is none that would.  An end without
 * an answer: the relay has died, ask again. */
#define ATTACH_DONE    'd'
#define ATTACH_REFUSED 'r'

/* That to ATTACH_ADDRESS is the parent's: ATTACH_DONE, the client comes from
 * there; ATTACH_REFUSED, this child may not say so; or there is no place for
 * who comes from there, since it is banned, or too many have come. */
#define ATTACH_BANNED  'b'
#define ATTACH_CROWDED 'c'

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

/* The same with ATTACH_RESUME: returns the near end of a channel for the
 * answer.  *m is the message, len bytes behind its head; fds, n of them, are
 * those of the client, and stay the caller's. */
int attach_resume(
	int sender, const struct attach_message *m, const int *fds, size_t n);

/* The same with ATTACH_ADDRESS, without such descriptors: *head is of the
 * message. */
int attach_address(int sender, const struct attach *head,
	const struct net_address *address);

/* Takes one message: 1, with descriptors, which are the caller's, the channel
 * first, and the pid that the kernel vouches for; 0, none waits; -1 with errno:
 * EBADMSG, the message was bad, or no descriptor was left for it (its sender
 * sees the channel end); EPIPE, all senders are gone. */
int attach_receive(
	int receiver, struct attach_message *m, struct passing *beside);

#endif

/* SPDX-License-Identifier: MIT */
/* The entries of the stream that several hosts read in one order.
 *
 * An entry is a header and a body of its kind.  Numbers are as the hosts have
 * them in memory: all hosts are of one byte order, which the magic number
 * checks.  Hosts trust each other's decisions but not each other's bytes:
 * whoever reads a body checks its lengths, and what breaks the rules has no
 * effect on any host. */
#ifndef IPC_ENTRY_H
#define IPC_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/frame.h"
#include "ipc/layout.h"

#define ENTRY_MAGIC UINT32_C(0x54414843)

/* Bump it with any change below, of struct frame_up, or of what an entry does:
 * hosts of two versions would not come to the same state. */
#define ENTRY_VERSION 1

enum entry_kind {
	/* Of the hosts themselves (ipc/hosts.h): */
	ENTRY_HELLO = 1, /* a host wants to join: its name */
	ENTRY_BASE,      /* nobody is there: begins anew; the sequence that was
			    the last one of the stream */
	ENTRY_RESUME,    /* goes on under a new epoch */
	ENTRY_GONE,      /* has not heard of a host: its id, epoch, number */
	ENTRY_BEAT,      /* is there */
	ENTRY_BYE,       /* ends */
	ENTRY_READY,     /* has brought all its users */
	ENTRY_MARK,      /* what follows from all entries up to this one ... */
	ENTRY_STATE,     /* ... is this, a part of it: the MARK's sequence,
			    whether it is the last one; items */
	/* Of its users: */
	ENTRY_IN,       /* a user has come: user, its rooms */
	ENTRY_FRAME,    /* does something: slot, generation, name; a frame_up */
	ENTRY_LATE,     /* has said something while others could not hear it:
			   slot, generation, name; id in its log, time, a
			   frame_up */
	ENTRY_SETTINGS, /* of a room where all are of this host: room */
	ENTRY_TOLD,     /* the place of a private message, which itself goes to
			   its receiver's host alone: its number */
	ENTRY_KINDS
};

struct entry_head {
	uint32_t magic;
	uint8_t version, kind;
	uint8_t unused[2];
	uint64_t host;  /* id of who wrote it */
	uint64_t world; /* sequence of the BASE that all follows from */
	uint64_t epoch; /* of its numbers */
	uint64_t n;     /* from 1 on in each epoch, without a hole */
};

LAYOUT_SIZE(struct entry_head, 40, "bump ENTRY_VERSION");
LAYOUT_AT(struct entry_head, host, 8, "bump ENTRY_VERSION");
LAYOUT_AT(struct entry_head, n, 32, "bump ENTRY_VERSION");
LAYOUT_NUMBER(ENTRY_KINDS, 15, "bump ENTRY_VERSION");
LAYOUT_SIZE(struct frame_up, 32, "bump ENTRY_VERSION");
LAYOUT_NUMBER(UP_KINDS, 18, "bump ENTRY_VERSION");
LAYOUT_NUMBER(MODES, 15, "bump ENTRY_VERSION");

/* Copies the header of the n bytes at p; false if it is not one of ours. */
bool entry_head_of(struct entry_head *head, const void *p, size_t n);

/* --- bodies: fields one after the other, strings after their length --------
 */

/* Where the next field is written, or read.  Too little room, or a length
 * beyond the end, sets bad; nothing is written or read from then on. */
struct entry_out {
	char *p, *end;
	bool bad;
};

struct entry_in {
	const char *p, *end;
	bool bad;
};

void entry_put_u8(struct entry_out *o, uint8_t n);
void entry_put_u32(struct entry_out *o, uint32_t n);
void entry_put_u64(struct entry_out *o, uint64_t n);
void entry_put_bytes(struct entry_out *o, const void *p, size_t n);
/* Of at most 65,535 bytes, after its length. */
void entry_put_text(struct entry_out *o, const char *text, size_t n);

uint8_t entry_u8(struct entry_in *i);
uint32_t entry_u32(struct entry_in *i);
uint64_t entry_u64(struct entry_in *i);

/* Milliseconds of the wall clock, from 1970 to the end of the year 9999: who
 * writes a date has room for no more. */
#define ENTRY_TIME_MAX INT64_C(253402300799999)
int64_t entry_time(struct entry_in *i);

/* A text of at most max bytes, which stays in the body; *n: its length. */
const char *entry_text(struct entry_in *i, size_t max, size_t *n);

/* A user of a host, as ENTRY_IN and ENTRY_STATE have it; all texts stay in the
 * body. */
struct entry_user {
	uint32_t slot, generation;
	uint64_t counter; /* of its last frame */
	int64_t connected_ms, last_line_ms;
	bool bot, watches;
	const char *name, *user, *real, *away, *address;
	size_t name_len, user_len, real_len, away_len, address_len;
};

void entry_put_user(struct entry_out *o, const struct entry_user *u);

/* False, and nothing of it can be used, if it breaks the rules: a name that no
 * user can have, an address that is not clean.  What clients say of their users
 * is as they have said it, and cleaned by who shows it. */
bool entry_user(struct entry_in *i, struct entry_user *u);

/* The frame at the end of the body, copied to dst, which is aligned and has
 * FRAME_UP_MAX bytes.  False if it is none. */
bool entry_frame(struct entry_in *i, struct frame_up *dst);

#endif

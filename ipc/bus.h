/* SPDX-License-Identifier: MIT */
/* The frames on the channel between the relay and the bus, the process that
 * joins this server to those of other hosts by an engine that keeps one stream
 * of entries for all (server/bus/).
 *
 * A frame is a header, a body and zeros up to a multiple of BUS_ALIGN.  Both
 * ends are processes of one host and of one version.  Any oddity in a frame
 * ends the channel.  The bus resends nothing: what was under way when a
 * connection ended is in the stream or is not, and the relay finds out by
 * reading it. */
#ifndef IPC_BUS_H
#define IPC_BUS_H

#include <stddef.h>
#include <stdint.h>

#include "ipc/frame.h"
#include "ipc/layout.h"

/* The most bytes of an entry, or of what is told to one host. */
#define BUS_ENTRY_MAX 65536

/* The most bytes of the words of BUS_DOWN. */
#define BUS_WORDS_MAX 200

#define BUS_ALIGN 8

enum bus_kind {
	/* From the relay: */
	BUS_READ = 1, /* a: the first sequence of the stream that is wanted, 0
			 is 1; b: the number of this reading, which replaces
			 the one before.  Not before BUS_UP, and forgotten at
			 BUS_DOWN. */
	BUS_APPEND,   /* body: an entry, not empty; a, b: its epoch and number,
			 which the engine uses to drop a repeated one */
	BUS_TELL,     /* a: a host's id; body, not empty: for that host alone,
			 once or never */
	BUS_AGAIN,    /* the engine does not answer: leave it for the next */
	/* From the bus: */
	BUS_UP,    /* connected; a, b: the first and the last sequence of the
		      stream; where it is empty, a is b + 1, and both are 0 if
		      it never had an entry */
	BUS_DOWN,  /* not connected any more; body: why, in words */
	BUS_ENTRY, /* a: its sequence, one more than that of the last one of
		      this reading unless the stream has lost some; b: the
		      number of the reading; unix_ms: when the engine took it;
		      body: the entry; empty: one that no server has made */
	BUS_TOLD,  /* body: of another host's BUS_TELL */
	BUS_KINDS
};

struct bus_frame {
	uint32_t size; /* of the whole frame, with its zeros */
	uint8_t kind;
	uint8_t padding; /* how many zeros there are behind the body */
	uint8_t unused[2];
	uint64_t a, b;
	int64_t unix_ms; /* wall clock */
	char body[];
};

/* They stay with the processes of one program: no version is bumped. */
LAYOUT_SIZE(struct bus_frame, 32, "nothing to bump");
LAYOUT_AT(struct bus_frame, unix_ms, 24, "nothing to bump");

#define BUS_FRAME_MAX (sizeof(struct bus_frame) + BUS_ENTRY_MAX)

static inline size_t bus_body_len(const struct bus_frame *f)
{
	return f->size - sizeof *f - f->padding;
}

/* Fills in size, kind, padding and the zeros behind a body of n bytes, at most
 * BUS_ENTRY_MAX, and zeros the rest of the header.  Returns the size. */
size_t bus_frame_begin(struct bus_frame *f, enum bus_kind kind, size_t n);

/* The id of a host, by its name among the servers. */
uint64_t bus_host_id(const char *name);

/* Whether the n bytes at p, aligned to BUS_ALIGN, begin with a whole frame that
 * the relay, or the bus, may have sent.  Its zeros are not looked at. */
enum frame_verdict bus_check_from_relay(const void *p, size_t n);
enum frame_verdict bus_check_from_bus(const void *p, size_t n);

#endif

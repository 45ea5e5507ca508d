/* SPDX-License-Identifier: MIT */
/* The hosts that read one stream, and which of its entries count.
 *
 * Whether an entry is accepted follows from the entries before it, its own
 * sequence and nothing else, so every host comes to the same answer; what is
 * not accepted has no effect anywhere.  An entry that its writer has sent
 * twice, one that comes late, one after a hole: each is refused by its number.
 * tests/model/bus.pml has a model of this.
 *
 * The rules: HELLO puts out all users of its host, and is bound to no world.  A
 * BASE is accepted where nothing was appended since its writer looked, and
 * begins a world, named by its sequence, with that host alone.  RESUME begins a
 * new epoch of a host that is present.  All else belongs to the world, to the
 * host's epoch, and has its next number; a host that is coming may but bring
 * its users.  GONE puts out a host of which nothing has been accepted since
 * what it names. */
#ifndef IPC_HOSTS_H
#define IPC_HOSTS_H

#include "ipc/common/limits.h"
#include "ipc/entry.h"

enum host_state {
	HOST_OUT,    /* none of its users is here: only a HELLO counts */
	HOST_COMING, /* after its HELLO: brings its users */
	HOST_PRESENT
};

struct host {
	uint64_t id; /* 0: none */
	uint64_t epoch, n;
	uint8_t state; /* enum host_state */
	uint8_t name_len;
	char name[BUS_NAME_MAX];
	uint8_t unused[6];
};

struct hosts {
	uint64_t world; /* 0: none is known */
	struct host host[HOSTS_MAX];
};

LAYOUT_SIZE(struct host, 64, "bump UPGRADE_VERSION and ENTRY_VERSION");
LAYOUT_NUMBER(HOSTS_MAX, 32, "bump UPGRADE_VERSION and ENTRY_VERSION");

/* The host of an id (bus_host_id), or NULL. */
struct host *hosts_find(struct hosts *h, uint64_t id);

struct hosts_verdict {
	bool accepted;
	bool anew;    /* a world has begun */
	uint64_t out; /* the host whose users are put out, 0: none */
};

/* Whether the entry of this sequence counts; if so, *h is that after it.  body:
 * behind the header, n bytes. */
struct hosts_verdict hosts_accept(struct hosts *h, const struct entry_head *e,
	uint64_t seq, const char *body, size_t n);

/* How many are present. */
uint32_t hosts_present(const struct hosts *h);

/* How many hosts that are present have a smaller id than that one. */
uint32_t hosts_rank(const struct hosts *h, uint64_t id);

void hosts_put(const struct hosts *h, struct entry_out *o);
/* False if it breaks the rules. */
bool hosts_take(struct hosts *h, struct entry_in *i);

#endif

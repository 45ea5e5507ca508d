/* SPDX-License-Identifier: MIT */
/* The event log: a ring of the last events in shared memory, written by the
 * relay alone and mapped by no child, since private messages are in it.
 *
 * It outlives a relay: the parent keeps its descriptor, and the next relay
 * continues where the last one stopped.  An event is in the log, or is not, by
 * one atomic store; sessions, which say who is a member and which of
 * its frames was the last, follow from the events and are redone on opening.
 *
 * A position is a count of bytes since the log began; it only grows.  Entries
 * are struct frame_event, as they travel to the children.
 *
 * It can begin with entries of an earlier server, restored from its files
 * before the relay starts: lines of nobody who is here (generation 0), under
 * the ids and numbers that they had, with holes where others were. */
#ifndef IPC_EVENTLOG_H
#define IPC_EVENTLOG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/frame.h"
#include "ipc/hosts.h"
#include "ipc/rooms.h"
#include "ipc/seen.h"

/* The size of the ring: some 50,000 short lines.  A child that lags further
 * behind gets a gap. */
#define EVENTLOG_RING (UINT64_C(8) << 20)

/* No more entries than this are in the ring at once. */
#define EVENTLOG_IDS (EVENTLOG_RING / sizeof(struct frame_event))

enum session_state {
	SESSION_NONE,
	SESSION_JOINED,
	SESSION_LEFT
};

/* The relay's knowledge of one slot, in the same shared memory.  All of it but
 * the origin and the token follows from the events.  The relay writes the
 * origin before it appends the join of a user of another host, and never for a
 * slot that can have a child. */
struct session {
	uint32_t generation;
	uint8_t state;
	uint8_t name_len;
	char name[NAME_MAX_BYTES];
	uint64_t counter; /* the last frame of its child that was accepted */
	uint64_t join_id; /* its join in the log */
	uint64_t join_seq;
	uint32_t login; /* of the user, 0: none (server/parent/peer.h) */
	uint32_t unused;
	uint64_t host;                           /* of the user; 0: this one */
	uint32_t origin_slot, origin_generation; /* who it is there */
	/* The secret by which a new connection of this user goes on with the
	 * session, as its child has it; the relay's, zeros: none. */
	unsigned char token[TOKEN_BYTES];
};

LAYOUT_SIZE(struct session, 104, "bump FRAME_VERSION");
LAYOUT_AT(struct session, name, 6, "bump FRAME_VERSION");
LAYOUT_AT(struct session, counter, 40, "bump FRAME_VERSION");
LAYOUT_AT(struct session, join_seq, 56, "bump FRAME_VERSION");
LAYOUT_AT(struct session, login, 64, "bump FRAME_VERSION");
LAYOUT_AT(struct session, host, 72, "bump FRAME_VERSION");
LAYOUT_AT(struct session, origin_slot, 80, "bump FRAME_VERSION");
LAYOUT_AT(struct session, token, 88, "bump FRAME_VERSION");

/* How this host stands to the others, where several are one chat.  TOGETHER,
 * the members and rooms follow from the entries of the stream up to "applied";
 * ALONE, from this host's users only. */
enum bus_phase {
	BUS_ALONE,
	BUS_SWITCHING, /* members and rooms are on the way from one to the other
			*/
	BUS_TOGETHER
};

struct bus_state {
	uint32_t phase;
	uint32_t unused;
	uint64_t epoch;   /* the last one that this host has used */
	uint64_t applied; /* sequence of the last entry that was judged */
	uint64_t hash;    /* of its bytes and time: whether it is still there */
	uint64_t applying;  /* one that may have been performed in part, 0 */
	uint64_t before;    /* the log's next id before that */
	uint64_t shown;     /* what was said up to here has been told */
	uint64_t alone_id;  /* lines said alone are in the log from here on */
	uint64_t switch_id; /* the log's next id when the switch began */
	uint64_t gap_id;    /* children that have seen less than the events
			       before this one renew what they know */
	struct hosts hosts;
};

LAYOUT_AT(struct bus_state, hosts, 80, "bump UPGRADE_VERSION");

struct eventlog_header;

struct eventlog {
	struct eventlog_header *header;
	struct session *sessions;
	struct bus_state *bus;
	struct seen *seen; /* follows from the events, as sessions do */
	char *ring;        /* mapped twice in a row: entries never wrap */
	uint64_t *start;   /* by id modulo its size: where entries start */
	uint64_t first_id, next_id;
	struct rooms *rooms; /* follow from the events, as sessions do */
	uint32_t capacity;
};

/* The size of the shared memory for this many slots, for shm_create. */
size_t eventlog_size(uint32_t capacity);

/* Maps the log behind fd, which stays the caller's, as do the rooms, and
 * recovers both: an entry
 * that was cut short by a kill is gone, all before it are there.  0, or -1
 * with errno; EBADMSG: the log is damaged, which only a bug can do.  After an
 * error eventlog_close is not needed; the process must end. */
int eventlog_open(
	struct eventlog *log, int fd, uint32_t capacity, struct rooms *rooms);

/* Before the first event: appends an entry of an earlier server, with its id,
 * which is greater than that of the entry before, and its number; from and to
 * are nobody. */
void eventlog_restore(struct eventlog *log, const struct frame_event *head,
	const char *from, const char *to, const char *room, const char *text);

/* The entries so far are of an earlier server, whose last id this was: the next
 * event gets the one after it. */
void eventlog_restored(struct eventlog *log, uint64_t last_id);

/* The first id that is no earlier server's. */
uint64_t eventlog_live_id(const struct eventlog *log);

/* Maps the log for a process that only reads it, as it is being written: its
 * positions and entries, which the relay may give up at any time.  0, or -1
 * with errno. */
int eventlog_watch(struct eventlog *log, int fd, uint32_t capacity);

/* The number of the last event of a room that has one. */
uint64_t eventlog_seq(const struct eventlog *log, uint32_t room);

/* Unmaps and frees. */
void eventlog_close(struct eventlog *log);

/* Appends *head with the bytes given, the tags right behind the text, and
 * returns the entry.  The caller sets
 * all fields but size, id and seq, which are set here, and the time: 0 is
 * now.  The oldest entries make room.  Never blocks or fails. */
const struct frame_event *eventlog_append(struct eventlog *log,
	const struct frame_event *head, const char *from, const char *to,
	const char *room, const char *text);

/* Positions: of the oldest entry, and behind the newest. */
uint64_t eventlog_tail(const struct eventlog *log);
uint64_t eventlog_head(const struct eventlog *log);

/* The entry at a position that is one of an entry. */
const struct frame_event *eventlog_at(
	const struct eventlog *log, uint64_t position);

/* Where the entry with this id starts, or, at a hole, the next one; false if it
 * is not in the log (any more, or yet).  The head counts as the start of the
 * next id. */
bool eventlog_find(const struct eventlog *log, uint64_t id, uint64_t *position);

#endif

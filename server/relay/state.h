/* SPDX-License-Identifier: MIT */
/* The relay's state, shared by the files that it is made of.  Each calls only
 * those that stand before it here: fanout (events out), append (one event),
 * presence (joins and leaves in bursts), round, names, members (and their
 * channels), intake (frames in), admission (newcomers), loop. */
#ifndef SERVER_RELAY_STATE_H
#define SERVER_RELAY_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ipc/audience.h"
#include "ipc/common/limits.h"
#include "ipc/eventlog.h"
#include "ipc/status.h"
#include "ipc/table.h"
#include "server/options.h"

/* The public parts of one round, as contiguous runs of bytes in the log.  With
 * more runs than this, every cursor moves by itself. */
#define ROUND_RUNS 32

/* The data of an epoll event that is not a member's slot. */
enum {
	WATCH_INPUT = -1,
	WATCH_ATTACH = -2,
	WATCH_LIFELINE = -3,
	WATCH_DEBUG = -4
};

/* One slot in the relay.  Its session says whether it is a member; a member
 * without a channel is about to attach again. */
struct member {
	int fd;            /* the channel, -1: none */
	uint64_t cursor;   /* position of the first entry not wholly sent */
	uint32_t sent;     /* bytes of that entry that are sent */
	uint64_t live_id;  /* entries before this one are scrollback */
	uint64_t own_id;   /* the first entry for it alone since it was up to
			      date, 0: none */
	int64_t moved_ms;  /* when the cursor moved last, while behind */
	int64_t waited_ms; /* since when input waits for it, 0: it does not */
	bool lagging;      /* the cursor is not at the head */
	bool armed;        /* its channel is watched for room */
	bool pending;      /* in this round's list */
	bool write_closed; /* nothing is sent any more, but it is read */
	bool join_unannounced; /* its join waits for a digest */
	char *partial;         /* the beginning of a frame, FRAME_UP_MAX */
	uint32_t partial_len;
};

/* Joins or leaves that wait for one digest. */
struct unannounced {
	uint32_t count;
	uint32_t named;
	uint8_t len[DIGEST_NAMES_MAX];
	char name[DIGEST_NAMES_MAX][NAME_MAX_BYTES];
};

struct presence {
	struct unannounced joins, leaves;
	uint64_t oldest;   /* position of the first of these in the log */
	int64_t window_ms; /* when the window began, monotonic */
	uint32_t told;     /* lines sent in it */
};

struct run {
	uint64_t start, end;
};

struct switchboard {
	const struct options *options;
	const struct table *table;
	struct status *status;
	struct eventlog log;
	int events; /* epoll: attach, lifeline, room in channels, input */
	int input;  /* epoll: all channels; itself watched by events */
	int attach, lifeline, debug;
	int chatlog;            /* --log-chat, -1: none */
	struct member *members; /* by slot */
	uint64_t *keys;         /* by slot: name_key of members, 0: none */
	uint32_t high;          /* all members are below */
	uint32_t online;        /* members */
	uint32_t detached;      /* members without a channel */
	int64_t detached_ms;    /* when they were checked last */

	/* the events since the last fan-out */
	uint64_t round_start;
	struct run runs[ROUND_RUNS];
	uint32_t nruns;
	bool split;           /* more runs than fit */
	uint64_t looked_tail; /* the tail when the members were checked */
	uint32_t *pending;
	uint32_t npending;

	struct presence presence;
	uint64_t recent[HISTORY_MAX]; /* ids of the last public lines, a ring */
	uint64_t nrecent;
	bool paused; /* input waits for members far behind */
	bool ending; /* the server ends; leaves are no longer announced */
};

static inline struct session *session_of(
	const struct switchboard *s, uint32_t slot)
{
	return &s->log.sessions[slot];
}

static inline bool is_member(const struct switchboard *s, uint32_t slot)
{
	return session_of(s, slot)->state == SESSION_JOINED;
}

/* --- fanout.c ----------------------------------------------------------- */

/* Adds an event that was just appended to the round. */
void fanout_note(struct switchboard *s, const struct frame_event *e);

/* Has the member's cursor moved at the end of the round. */
void fanout_touch(struct switchboard *s, uint32_t slot);

/* Sends the round to everyone, as far as their channels take it. */
void fanout_flush(struct switchboard *s);

/* --- append.c ----------------------------------------------------------- */

/* Appends an event to the log and to the round. */
const struct frame_event *switchboard_append(struct switchboard *s,
	const struct frame_event *head, const char *from, const char *to,
	const char *text);

/* Keeps the id of a public line for the scrollback of newcomers; as part of
 * that, or for an entry of an earlier relay. */
void append_note_recent(struct switchboard *s, const struct frame_event *e);

/* --- debug.c ------------------------------------------------------------ */

/* Logs lines that children have sent, at most some per call. */
void debug_receive(int receiver);

/* --- presence.c --------------------------------------------------------- */

/* Appends the member's join, or its leave, announced now or later; the leave
 * with the counter of the UP_BYE that caused it, 0: none did. */
void presence_join(struct switchboard *s, uint32_t slot, uint32_t generation,
	const char *name, uint8_t len);
const struct frame_event *presence_leave(
	struct switchboard *s, uint32_t slot, uint8_t reason, uint64_t counter);

/* Sends all pending digests. */
void presence_tell(struct switchboard *s);

/* Announces a pending join, before its member is seen to act. */
void presence_before(struct switchboard *s, uint32_t slot);

/* Sends pending digests before the ring overtakes their events: a relay started
 * after that would not know them.  Call it before each fan-out: in between,
 * less is appended than the half of the ring that is left. */
void presence_look(struct switchboard *s);

/* Sends pending digests when they are due or the ring comes near.  Returns when
 * the next is due; DEADLINE_NONE: nothing is pending. */
int64_t presence_tick(struct switchboard *s, int64_t now);

/* Restores pending announcements from an entry of an earlier relay. */
void presence_replay(struct switchboard *s, const struct frame_event *e);

/* --- round.c ------------------------------------------------------------ */

/* Between inputs: sends the round if it has become long. */
void round_relieve(struct switchboard *s);

/* Sends the digests that are due, and the round.  Returns the next deadline, or
 * DEADLINE_NONE. */
int64_t round_end(struct switchboard *s, int64_t now);

/* --- names.c ------------------------------------------------------------ */

/* The member of this name, or -1. */
int64_t names_find(const struct switchboard *s, const char *name, size_t len);

/* Enters a member's name, in place of the one that it had; takes it out. */
void names_put(
	struct switchboard *s, uint32_t slot, const char *name, size_t len);
void names_remove(struct switchboard *s, uint32_t slot);

/* --- members.c ---------------------------------------------------------- */

/* Takes the members over from the sessions of an earlier relay. */
void members_recover(struct switchboard *s);

/* Whether the parent still has this member's process, by the roster, which
 * children cannot write. */
bool members_is_alive(const struct switchboard *s, uint32_t slot);

/* Makes the user of this slot a member, without a channel yet. */
void members_join(struct switchboard *s, uint32_t slot, uint32_t generation,
	const char *name, uint8_t len);

/* Makes fd the member's channel, and takes it.  False without memory: the child
 * tries again. */
bool members_connect(struct switchboard *s, uint32_t slot, int fd);

/* Ends a channel, not the membership. */
void members_detach(struct switchboard *s, uint32_t slot);

/* Ends a membership; by the member's own UP_BYE, which has this counter and is
 * acknowledged. */
void members_leave(struct switchboard *s, uint32_t slot, uint8_t reason);
void members_bye(
	struct switchboard *s, uint32_t slot, uint8_t reason, uint64_t counter);

/* A member's channel has ended: ends the membership, unless its process lives
 * and will attach again. */
void members_hang_up(struct switchboard *s, uint32_t slot);

/* Ends members without a channel whose process is gone.  Returns when to check
 * again; DEADLINE_NONE: there are none. */
int64_t members_sweep(struct switchboard *s, int64_t now);

/* --- intake.c ----------------------------------------------------------- */

/* Reads once from a member's channel and acts on the whole frames; ends the
 * membership at a bad frame.  False at the channel's end. */
bool intake_read(struct switchboard *s, uint32_t slot);

/* Reads the rest of the channel, if any, of a member whose process is gone, and
 * acts on it. */
void intake_drain(struct switchboard *s, uint32_t slot);

/* Frees a name for a newcomer that has it by the table: ends the member that
 * has it here if its process is gone.  False if that lives. */
bool intake_free_name(struct switchboard *s, const char *name, size_t len);

/* --- admission.c -------------------------------------------------------- */

/* Takes all messages from the attach socket. */
void admission_receive(struct switchboard *s);

#endif

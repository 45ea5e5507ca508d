/* SPDX-License-Identifier: MIT */
/* The relay's part of many hosts, shared by the files of this folder.  Each
 * calls only those that stand before it here: queue (own entries until they are
 * back), link (the channel to the bus), remote (users of other hosts), late
 * (what was said alone), about (a user as the table has it), record (users and
 * rooms as an entry has them), snapshot (all of them), perform (what an entry
 * does), private (messages to one user), phase (alone, joining, together),
 * stream (each entry), status (what is told of it), tick (time), receive (from
 * the bus), publish (what the relay gives to the stream).
 *
 * A host is alone, and then serves as a server without others; or it is
 * together with others, and then its members and rooms follow from the entries
 * of one stream, which every host performs in the same order by the same code.
 * ipc/hosts.h says which entries count, chatserver-bus(7) what users see. */
#ifndef SERVER_RELAY_HOSTS_STATE_H
#define SERVER_RELAY_HOSTS_STATE_H

#include "ipc/bus.h"
#include "ipc/entry.h"
#include "ipc/hosts.h"
#include "server/relay/state.h"

/* A host that hears nothing of its own for this long is alone: longer than a
 * cluster of engines takes to choose another leader (6 s, measured).  After
 * half of it the bus takes the next engine. */
#define PATIENCE_MS 8000

/* The interval of beats where a host has nothing else to say. */
#define BEAT_MS 1000

/* A host of which nothing is heard for this long is put out. */
#define GONE_MS 30000

/* How long a host that joins waits for another one to answer, each time that it
 * sees no sign of any; and between the parts of an answer. */
#define ANSWER_MS 3000

/* How long a switch waits for members that lag: what they have not had by then,
 * they have missed. */
#define DRAIN_MS 2000

/* The present hosts answer one after the other, in this interval, until one has
 * done so. */
#define RANK_MS 1000

/* The most bytes of own entries that are not back yet: what joins is all users
 * of this host.  Input waits while there are more than QUEUE_BUSY, and what one
 * read of a channel can bring is less than QUEUE_SPARE. */
#define QUEUE_MAX   (32u << 20)
#define QUEUE_BUSY  (4u << 20)
#define QUEUE_SPARE (1u << 20)

/* What is for the bus itself, and private messages to other hosts. */
#define CONTROL_MAX (512u << 10)

/* Private messages that wait for their place; with more than this the oldest is
 * delivered at once.  Places that wait for their message, and those that
 * have had one, the last ones. */
#define TOLD_MAX (256u << 10)
#define DUE_MAX  64

/* The most bytes of a STATE, in all its parts. */
#define STATE_MAX (64u << 20)

/* --- queue.c ---------------------------------------------------------------
 */

/* Own entries, as frames for the bus, the oldest first; among them what is for
 * this host alone and waits for those before it. */
struct queue {
	char *buf;
	size_t start, sent, end; /* the front, what is not sent yet, the end */
	size_t mid;      /* bytes that are left of a frame sent in part */
	uint64_t next_n; /* number of the next one, while open */
	bool open;       /* entries are numbered, and may be sent */
};

/* A kind of frame that stays here: a struct local and a frame_up. */
#define QUEUE_LOCAL BUS_KINDS

struct local {
	struct audience_user from;
	struct audience_user told; /* who has the private message already, on
				      another host; generation 0: nobody */
};

struct link {
	const struct options *options;
	struct bus_state *b;
	uint64_t me;
	int fd;     /* to the bus, -1: none is there */
	bool up;    /* the bus is connected */
	bool armed; /* the channel is watched for room */
	bool joining;
	bool resuming; /* a RESUME is not back yet */
	bool holding;  /* members wait: no input, nobody is admitted */
	bool off;      /* another server has our name: no more of this */
	bool overrun;  /* the queue had no room */
	bool full;     /* an entry has brought a user without room here */
	bool heard;    /* what is performed has been heard by others */
	struct queue q;
	char *rest; /* of a frame that was sent in part when the queue closed */
	size_t rest_start, rest_end;
	char *control;
	size_t control_start, control_end;
	char *in; /* from the bus */
	size_t in_start, in_end;

	uint64_t reading;  /* number of the BUS_READ */
	uint64_t read_seq; /* the last one that has come */
	uint64_t end_seq;  /* the stream's last one when it was connected */
	uint64_t verify;   /* the first one must be this one, 0 */
	int64_t own_ms;    /* when something own was back last */
	int64_t up_ms;     /* when the bus was connected last */
	int64_t tick_ms;   /* when this process has looked last */
	bool again;        /* the bus has been told to take another engine */

	/* joining */
	bool telling;       /* hosts are known: what others say is told */
	uint64_t hello_seq; /* 0: not back yet */
	int64_t hello_ms;
	int64_t other_ms;    /* when another host was heard last */
	int64_t retry_ms;    /* not before that */
	uint64_t base_epoch; /* of a BASE under way, 0 */
	int64_t base_ms;
	struct gather {
		uint64_t host, mark;
		uint32_t parts;
		bool whole;
		char *buf;
		size_t len, size;
		int64_t ms;
	} gather;

	/* together */
	int64_t beat_ms;
	int64_t answer_ms; /* a HELLO wants an answer then, 0 */
	uint64_t answer_seq;
	uint64_t late_id; /* lines said alone are sent from here on, 0 */
	bool late_again;  /* what of them an earlier relay has sent is not
			     known */
	int64_t heard_ms[HOSTS_MAX];
	int64_t report_ms; /* --status is told then */

	/* who has the private message to another host that is acted on */
	struct audience_user told_to;
	/* those from other hosts whose place in the stream has not come, each
	 * behind its size; and places whose message has not come */
	char *told;
	size_t told_len;
	int64_t told_ms; /* when the first of these came */
	struct told {
		uint64_t host, number;
	} due[DUE_MAX], done[DUE_MAX];
	uint32_t ndue, ndone;

	/* users of other hosts: slots by who they are there */
	uint32_t *bucket, *next;
	uint32_t buckets;
	uint32_t *free;
	uint32_t nfree;
};

static inline struct link *link_of(const struct switchboard *s)
{
	return s->link;
}

/* What is for this host alone, and changes nothing that others know: it is in
 * no entry. */
static inline bool frame_is_local(const struct frame_up *f)
{
	return f->kind == UP_PRIVATE || f->kind == UP_BANS ||
	       f->kind == UP_INVITES || f->kind == UP_HISTORY ||
	       (f->kind == UP_TAGS && f->name_len > 0);
}

/* Whether an entry of n bytes has room. */
bool queue_has_room(const struct link *l, size_t n);

/* Begins a frame with an entry of this kind at the end; *o is for its body.
 * NULL: no room. */
struct bus_frame *queue_begin(
	struct link *l, enum entry_kind kind, struct entry_out *o);

/* Ends it: it will be sent. */
void queue_end(struct link *l, struct bus_frame *f, const struct entry_out *o);

/* Keeps a frame of a member of this host, to be acted on when all before it
 * are back. */
void queue_put_local(
	struct link *l, const struct local *local, const struct frame_up *f);

/* The front, or NULL; the frame and what is behind it stay until queue_pop. */
const struct bus_frame *queue_front(const struct link *l);
void queue_pop(struct link *l);

/* Numbers all from n on, in the link's epoch and world, and sends them. */
void queue_open(struct link *l, uint64_t n);
void queue_close(struct link *l);
void queue_clear(struct link *l);

/* --- link.c ------------------------------------------------------------------
 */

/* Sends what waits for the bus, as far as it takes it. */
void link_flush(struct switchboard *s);

/* Adds a frame for the bus itself; false: no room, as nothing is taken. */
bool link_put(struct link *l, enum bus_kind kind, uint64_t a, uint64_t b,
	const void *body, size_t n);

/* Adds an entry that is not of the queue, with its own epoch and number 1. */
void link_put_entry(
	struct link *l, enum entry_kind kind, const void *body, size_t n);

void link_close(struct switchboard *s);

/* Has the stream read from a sequence on. */
void link_read(struct link *l, uint64_t from);

/* --- remote.c ---------------------------------------------------------------
 */

bool remote_set_up(struct switchboard *s);

/* Takes over those that an earlier relay has left. */
void remote_recover(struct switchboard *s);

/* The slot of a user of a host, this one included; -1: there is none. */
int64_t remote_find(const struct switchboard *s, uint64_t host, uint32_t slot,
	uint32_t generation);

/* A free slot for a user of another host, or -1. */
int64_t remote_take(struct switchboard *s, uint64_t host, uint32_t slot,
	uint32_t generation);

/* Its user has gone. */
void remote_release(struct switchboard *s, uint32_t slot);

/* All users of a host leave; of all other hosts where id is 0. */
void remote_put_out(struct switchboard *s, uint64_t id, uint8_t reason);

uint32_t remote_count(const struct switchboard *s);

/* The id of the host of a member, this one or another. */
uint64_t remote_host(const struct switchboard *s, uint32_t slot);

/* --- late.c
 * -------------------------------------------------------------------
 */

/* Marks what was said by own users, alone, that others have heard already. */
void late_heard(struct switchboard *s, uint32_t slot, uint32_t generation,
	uint64_t counter);
void late_heard_id(struct switchboard *s, uint64_t id);

/* Gives lines said alone to the stream, while it has room. */
void late_send(struct switchboard *s);

/* Tells a line of another host that was said a while ago. */
void late_tell(struct switchboard *s, uint64_t host, const char *body, size_t n,
	int64_t ms, bool is_late);

/* Tells once more what was said while members waited. */
void late_tell_again(struct switchboard *s);

/* --- about.c -----------------------------------------------------------------
 */

/* Writes a user, with what the table has of the slot's user beside what is
 * known. */
void about_put_user(const struct switchboard *s, struct entry_out *o,
	const struct entry_user *known, uint32_t slot, uint32_t generation);

/* --- record.c ---------------------------------------------------------------
 */

/* The user of a slot, its rooms, and what is set in a room. */
void record_put_user(
	const struct switchboard *s, struct entry_out *o, uint32_t slot);
void record_put_places(
	const struct switchboard *s, struct entry_out *o, uint32_t slot);
void record_put_settings(
	const struct switchboard *s, struct entry_out *o, uint32_t room);

/* Makes a user a member under its name, or, where another has that, the
 * smallest free guest-N.  The slot, or -1: it is a member already, or there is
 * no room for it (*full). */
int64_t record_join(struct switchboard *s, uint64_t host,
	const struct entry_user *u, bool *full);

/* Enters a room with these powers, making it where it is not there. */
void record_enter(struct switchboard *s, uint32_t slot, const char *name,
	size_t len, uint8_t powers);

/* Whether all in the room are of the host; one that is not there is. */
bool record_is_of(const struct switchboard *s, uint32_t room, uint64_t host);

/* Sets what an entry says of a room, except in one that has users of other
 * hosts than that.  False if it breaks the rules. */
bool record_set(struct switchboard *s, struct entry_in *i, uint64_t host);

/* --- snapshot.c --------------------------------------------------------------
 */

/* Gives the whole state to the stream, as of the entry mark, now.  False: no
 * room. */
bool snapshot_send(struct switchboard *s, uint64_t mark);

/* Loads it; all members are out.  False if it breaks the rules, or is of hosts
 * with other settings: *why. */
bool snapshot_load(
	struct switchboard *s, const char *p, size_t n, const char **why);

/* Whether it has this host coming, in this epoch. */
bool snapshot_has(const char *p, size_t n, uint64_t host, uint64_t epoch);

/* --- perform.c --------------------------------------------------------------
 */

/* What an accepted entry does to members and rooms. */
void perform(struct switchboard *s, const struct entry_head *e, uint64_t seq,
	int64_t ms, const char *body, size_t n);

/* Performs the queue here, as no other host will. */
void perform_alone(struct switchboard *s);

/* Performs what stands at the front of the queue for this host alone. */
void perform_local(struct switchboard *s);

/* --- phase.c ---------------------------------------------------------------
 */

void phase_join(struct switchboard *s);
void phase_split(struct switchboard *s, const char *why);
void phase_switch(struct switchboard *s);
void phase_base(struct switchboard *s, uint64_t seq);
void phase_ready(struct switchboard *s);
void phase_resume(struct switchboard *s);
void phase_hold(struct switchboard *s, bool on);

/* --- private.c ---------------------------------------------------------------
 */

/* Takes a private message from another host, and the place of one; whatever
 * comes second has it delivered. */
void private_take(struct switchboard *s, const char *p, size_t n);
void private_place(struct switchboard *s, uint64_t host, uint64_t number);

/* Delivers all whose place has not come: it may come no more. */
void private_deliver(struct switchboard *s);

/* --- status.c ----------------------------------------------------------------
 */

/* Writes what --status says of the hosts, if it is time, or the phase is
 * another one. */
void status_report(struct switchboard *s, int64_t now);

/* --- stream.c ---------------------------------------------------------------
 */

void stream_take(struct switchboard *s, uint64_t seq, int64_t ms,
	const char *body, size_t n);

#endif

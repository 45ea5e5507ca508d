/* SPDX-License-Identifier: MIT */
/* The relay's state, shared by the files that it is made of.  Each calls only
 * those that stand before it here: cursor (of one member), disk (what lasts),
 * fanout (events out), walk, targets, history and since (what was said),
 * append (one event),
 * presence (joins and leaves in bursts), round, names, rooms (who is in them),
 * bans (a room's lists), powers (what operators do), entry (of rooms), members
 * (and their channels), intake (frames in), resume (sessions that go on with
 * another connection), claims (what trusted proxies say), admission
 * (newcomers), loop. */
#ifndef SERVER_RELAY_STATE_H
#define SERVER_RELAY_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ipc/attach.h"
#include "ipc/audience.h"
#include "ipc/common/limits.h"
#include "ipc/disk.h"
#include "ipc/eventlog.h"
#include "ipc/status.h"
#include "ipc/table.h"
#include "server/options.h"

/* The parts of one round that are a room's, as contiguous runs of bytes in the
 * log.  With more runs than this, every cursor moves by itself. */
#define ROUND_RUNS 32

/* The data of an epoll event that is not a member's slot. */
enum {
	WATCH_INPUT = -1,
	WATCH_ATTACH = -2,
	WATCH_LIFELINE = -3,
	WATCH_DEBUG = -4,
	WATCH_BUS = -5,
	WATCH_DISK = -6
};

/* Why no input is read. */
enum {
	PAUSE_LAGGING = 1, /* a member is far behind */
	PAUSE_HOSTS = 2,   /* other hosts are */
	PAUSE_DISK = 4     /* the disk is away */
};

/* The newest event of a room, or of a user, of those that are linked. */
struct chain {
	uint64_t id;         /* 0: none */
	uint32_t generation; /* whose it is */
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
	/* the scrollback of a room that it has entered: lines of the room from
	 * this id on, before the join; ROOM_LOBBY: none is due; ROOM_NONE: the
	 * list of the EVENT_HISTORY where the cursor stays, from that one on */
	uint32_t replay;
	uint64_t replay_id, replay_end;
	struct chain privates; /* its private messages, of both directions */
	uint32_t round; /* the one room of this round, or ROOM_NONE: its cursor
			   has to be moved by itself */
	bool watches;   /* it gets each join and leave by itself */
	bool ahead;     /* of what gathers: it is at its cursor */
	bool lagging;   /* the cursor is not at the head */
	bool armed;     /* its channel is watched for room */
	bool pending;   /* in this round's list */
	bool write_closed; /* nothing is sent any more, but it is read */
	uint32_t evicted;  /* the generation of the user who must leave, since
			      its name is that of a login */
	bool aside;   /* out, until other hosts have it, too; its channel stays
		       */
	bool leaving; /* that it leaves is on its way through the stream */
	uint64_t published;     /* its last frame that is, or was */
	struct attach *waiting; /* a newcomer's, and its channel, until the
				   stream has its join; NULL: none */
	int waiting_fd;
	uint64_t asked_end; /* position behind the answer to its last question
			       by this channel, 0: it has asked none */
	char *partial;      /* the beginning of a frame, FRAME_UP_MAX */
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
	uint64_t oldest_id; /* the first of these in the log; all joins since
			       then are unannounced */
	int64_t window_ms;  /* when the window began, monotonic */
	uint32_t told;      /* lines sent in it */
};

struct run {
	uint64_t start, end;
};

/* Events since the last fan-out that some members share. */
struct runs {
	struct run run[ROUND_RUNS];
	uint32_t n;
	bool split; /* more runs than fit */
};

/* What the relay alone knows of a room, the lobby included; by number. */
struct room_state {
	uint32_t *slots;    /* of its members, first those who watch, not in
			       order; the lobby has these alone */
	uint32_t n, size;   /* of the list */
	uint32_t nwatchers; /* the first ones */
	struct presence presence;
	struct chain lines; /* what is said there, and topics and kicks */
	uint64_t *recent;   /* ids of the last lines, a ring of --history */
	uint64_t nrecent;
	/* its events since the last fan-out: for all, and for those who watch,
	 * who get more */
	struct runs runs[2];
	bool active; /* in the list of rooms of this round */
};

/* The channel to the disk, where --state is given. */
struct disk {
	int fd;          /* -1: none */
	uint64_t asked;  /* position of the log */
	bool wanted;     /* an event is to be kept, and not asked for */
	bool behind;     /* nothing waits for it */
	int64_t away_ms; /* since when a round waits for it to attach, 0 */
};

struct link;

struct switchboard {
	const struct options *options;
	struct table *table;
	struct status *status;
	struct rooms *rooms;
	struct eventlog log;
	int events; /* epoll: attach, lifeline, room in channels, input */
	int input;  /* epoll: all channels; itself watched by events */
	int attach, lifeline, debug;
	int chatlog;            /* --log-chat, -1: none */
	struct member *members; /* by slot */
	uint64_t *keys;         /* by slot: name_key of members, 0: none */
	uint32_t high;          /* all members are below */
	uint32_t online;        /* members */
	uint32_t lagging;       /* members that lag */
	uint32_t detached;      /* members without a channel */
	int64_t detached_ms;    /* when they were checked last */

	/* the events since the last fan-out */
	uint64_t round_start;
	/* joins and leaves of the lobby may gather for some rounds, for those
	 * who watch and get nothing else; from here on */
	uint64_t gather_start;
	bool hurried;         /* one of what gathers is neither of them */
	bool flushing_others; /* what gathers stays */
	bool some_ahead;      /* of the members */
	uint64_t looked_tail; /* the tail when the members were checked */
	uint32_t *pending;    /* slots */
	uint32_t npending;
	uint32_t *active; /* rooms with events, the lobby not among them */
	uint32_t nactive;

	struct room_state *room; /* by number */
	uint32_t *telling;       /* rooms where digests are pending */
	uint32_t ntelling;
	unsigned int paused; /* input waits: why */
	bool ending; /* the server ends; leaves are no longer announced */

	struct disk disk;
	struct takeover *takeovers; /* a list (resume.c) */

	/* claims: up to which one the children have their answers; and the
	 * channels for the next ones, claim n at n modulo CLAIMS_MAX */
	uint64_t answered;
	int claim[CLAIMS_MAX];

	/* other hosts (hosts/), NULL: there are none */
	struct link *link;
	int64_t entry_ms; /* the time of what is performed, 0: now */
	bool silent;      /* what happens is told to nobody */
	bool heirless;    /* many leave: rooms get operators after the last */
};

static inline struct session *session_of(
	const struct switchboard *s, uint32_t slot)
{
	return &s->log.sessions[slot];
}

static inline void set_lagging(
	struct switchboard *s, struct member *m, bool lagging)
{
	s->lagging = s->lagging + lagging - m->lagging;
	m->lagging = lagging;
}

static inline uint32_t room_online(const struct switchboard *s, uint32_t room)
{
	return room == ROOM_LOBBY ? s->online : s->room[room].n;
}

/* Whether the slot is for users of other hosts. */
static inline bool hosts_is_remote(const struct switchboard *s, uint32_t slot)
{
	return slot >= s->options->max_users;
}

static inline bool is_member(const struct switchboard *s, uint32_t slot)
{
	return session_of(s, slot)->state == SESSION_JOINED;
}

/* --- cursor.c ------------------------------------------------------------ */

/* Sends the member what it gets from its cursor on, as far as its channel takes
 * it, in one call. */
void cursor_pump(struct switchboard *s, uint32_t slot);

/* After a send of entries from the cursor on, with its result; errno as it was
 * set there. */
void cursor_sent(struct switchboard *s, uint32_t slot, ssize_t n);

/* Closes overtaken channels for writing, and pauses or resumes input. */
void cursor_look(struct switchboard *s);

/* Pauses or resumes input, for this reason. */
void cursor_pause(struct switchboard *s, unsigned int why, bool on);

/* Closes the member's channel for writing: its child attaches again. */
void cursor_close(struct switchboard *s, uint32_t slot);

/* --- disk.c -------------------------------------------------------------- */

/* Makes fd, from this process, the channel to the disk, and takes it; takes its
 * answers. */
void disk_attach(struct switchboard *s, int fd, pid_t pid);
void disk_receive(struct switchboard *s);

/* Looks at an event that was just appended. */
void disk_note(struct switchboard *s, const struct frame_event *e);

/* In the middle of a round's input: has the disk begin with it. */
void disk_hint(struct switchboard *s);

/* Before a round is sent: waits until the disk has it; not for long.  False:
 * it is to be sent when the disk has attached, or later than disk_due. */
bool disk_await(struct switchboard *s);

/* When such a round is to be sent in any case; DEADLINE_NONE: there is none. */
int64_t disk_due(const struct switchboard *s);

/* --- fanout.c ----------------------------------------------------------- */

/* Adds an event that was just appended to the round. */
void fanout_note(struct switchboard *s, const struct frame_event *e);

/* Has the member's cursor moved at the end of the round. */
void fanout_touch(struct switchboard *s, uint32_t slot);

/* Sends the round to everyone, as far as their channels take it; and what has
 * gathered, or not. */
void fanout_flush(struct switchboard *s);
void fanout_flush_others(struct switchboard *s);

/* --- walk.c, history.c --------------------------------------------------- */

/* Links an entry with the one before it of the same room, or of the same users;
 * for a new one, or one of an earlier relay. */
void history_note(struct switchboard *s, const struct frame_event *e);

/* The text of EVENT_HISTORY, in static storage until the next call. */
struct found_history {
	const char *text;
	size_t len;
	bool targets;
	bool more; /* than the limit */
};

/* Finds what UP_HISTORY asks for: in a room where the sender is, or with the
 * user of the frame's name, who has it now: -1, nobody.  False if the frame
 * breaks the rules. */
bool history_find(struct switchboard *s, uint32_t slot, uint32_t room,
	int64_t user, const struct frame_up *f, struct found_history *found);

/* --- since.c ------------------------------------------------------------- */

/* When the login of the member's user was here last, before it joined; NULL: it
 * has none, or never. */
const struct seen *since_of(const struct switchboard *s, uint32_t slot);

/* How many messages were said in the lobby since then. */
uint32_t since_count(
	const struct switchboard *s, uint32_t slot, const struct seen *seen);

/* --- append.c ----------------------------------------------------------- */

/* The head of an event in a room, for all in there: from a member, or without
 * a user where slot is NOBODY. */
#define NOBODY UINT32_MAX
struct frame_event append_head(const struct switchboard *s, uint32_t room,
	uint32_t slot, enum event_kind kind);

/* Appends an event to the log and to the round; its room's name is that of the
 * room with its number. */
const struct frame_event *switchboard_append(struct switchboard *s,
	const struct frame_event *head, const char *from, const char *to,
	const char *text);

/* The same with the room's name: of a room that begins with the event, or of
 * none. */
const struct frame_event *append_in(struct switchboard *s,
	const struct frame_event *head, const char *from, const char *to,
	const char *room, const char *text);

/* Reports to the sender that its frame failed, by an event that is delivered
 * once, in its place, like any other.  The subject is the frame's name, the
 * number as enum error says. */
void append_refusal(struct switchboard *s, uint32_t slot,
	const struct frame_up *f, enum error error, uint32_t number);

/* Keeps the id of a line for the scrollback of its room's newcomers; as part of
 * that, or for an entry of an earlier relay. */
void append_note_recent(struct switchboard *s, const struct frame_event *e);

/* --- debug.c ------------------------------------------------------------ */

/* Logs lines that children have sent, at most some per call. */
void debug_receive(int receiver);

/* --- presence.c ---------------------------------------------------------- */

/* Appends a join of a room, announced now or later; *e has the room's number
 * and generation, the counter of the frame and "on". */
void presence_join(struct switchboard *s, const struct frame_event *e,
	const char *name, const char *room);

/* Appends the member's leave of a room, announced now or later; *e has the
 * reason, the flags and the counter of the frame that caused it. */
const struct frame_event *presence_leave(struct switchboard *s,
	const struct frame_event *e, uint64_t join_id, const char *text);

/* The end of the room's window: until then a digest waits. */
int64_t presence_due(const struct switchboard *s, uint32_t room);

/* Sends the pending digests of a room; drops them. */
void presence_tell(struct switchboard *s, uint32_t room);
void presence_forget(struct switchboard *s, uint32_t room);

/* Has digests announce a member, in the lobby and in its rooms, who has come
 * without being told. */
void presence_announce(struct switchboard *s, uint32_t slot);

/* What comes and goes in the room from here on is left to the next digest. */
void presence_gather(struct switchboard *s, uint32_t room);

/* Announces the pending joins of a member, in the lobby and in rooms, before it
 * is seen to act. */
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

/* Sends the digests that are due, and the round, if that waits for no more.
 * Returns the next deadline, or DEADLINE_NONE. */
int64_t round_end(struct switchboard *s, int64_t now);

/* --- names.c ------------------------------------------------------------ */

/* The member of this name, or -1. */
int64_t names_find(const struct switchboard *s, const char *name, size_t len);

/* Enters a member's name, in place of the one that it had; takes it out. */
void names_put(
	struct switchboard *s, uint32_t slot, const char *name, size_t len);
void names_remove(struct switchboard *s, uint32_t slot);

/* --- rooms.c ------------------------------------------------------------- */

/* Makes what the relay has of each room.  False without memory. */
bool rooms_set_up(struct switchboard *s);

/* The number of the room that a frame names, where the sender is; ROOM_NONE:
 * the sender has been refused. */
uint32_t rooms_of_frame(
	struct switchboard *s, uint32_t slot, const struct frame_up *f);

/* Makes room for one more in the list of a room.  False without memory. */
bool rooms_reserve(struct switchboard *s, uint32_t room);

/* Puts a member into the list, which has room for it. */
void rooms_add(struct switchboard *s, uint32_t room, uint32_t slot);

/* Appends the member's leave of a room, and ends its membership; *e as for
 * presence_leave.  A room whose last operator has left gets another one. */
void rooms_leave(struct switchboard *s, uint32_t room,
	const struct frame_event *e, const char *text);

/* Has the member watch, or not; false without memory. */
bool rooms_watch(struct switchboard *s, uint32_t slot, bool watches);

/* Takes a member out of the list, by the event just appended. */
void rooms_drop(struct switchboard *s, uint32_t room, uint32_t slot);

/* If the room has no operator, the member who is there longest becomes one: not
 * this slot, unless it is alone. */
void rooms_succeed(struct switchboard *s, uint32_t room, uint32_t except);
void rooms_succeed_all(struct switchboard *s);

/* Ends the member's membership of all rooms, as it leaves the server. */
void rooms_quit(struct switchboard *s, uint32_t slot, uint8_t reason);

/* Rebuilds the lists from the memory of an earlier relay. */
void rooms_recover(struct switchboard *s);

/* --- bans.c -------------------------------------------------------------- */

/* Whether a ban of the room holds for the user of the slot; whether that, or a
 * mute, keeps it from talking; whether it needs no invitation. */
bool ban_holds(const struct switchboard *s, uint32_t room, uint32_t slot);
bool ban_silences(const struct switchboard *s, uint32_t room, uint32_t slot);
bool ban_admits(const struct switchboard *s, uint32_t room, uint32_t slot);

/* Adds the name in the frame, which is that of a member, to, or of nobody, -1,
 * to a list: that of its mode, or the bans.  By an event of its own, as nobody
 * reads the address: the event after it has the frame's counter.  False: the
 * list is full, and the sender has been refused. */
bool ban_add(struct switchboard *s, uint32_t room, uint32_t slot, int64_t to,
	const struct frame_up *f);

/* Tells the room of an entry, or of its end, which this event is. */
void ban_tell(struct switchboard *s, uint32_t room, uint32_t slot,
	const struct frame_up *f, bool on);

/* Ends an entry, or refuses the sender. */
void ban_remove(struct switchboard *s, uint32_t room, uint32_t slot,
	const struct frame_up *f);

/* Acts on UP_BANS: any member may know. */
void ban_list(struct switchboard *s, uint32_t slot, const struct frame_up *f);

/* --- powers.c ------------------------------------------------------------ */

/* The room that a frame talks in: where the sender is, or one that is open for
 * others; ROOM_NONE: the sender has been refused. */
uint32_t powers_room_of_talk(
	struct switchboard *s, uint32_t slot, const struct frame_up *f);

/* Whether the sender may enter the room, or talk there: ERROR_NONE, or why
 * not. */
enum error powers_admit(const struct switchboard *s, uint32_t room,
	uint32_t slot, const struct frame_up *f);
enum error powers_let_talk(
	const struct switchboard *s, uint32_t room, uint32_t slot);

/* Whether the frame says something to a room where the sender may not, now. */
bool powers_refuse_talk(
	const struct switchboard *s, uint32_t slot, const struct frame_up *f);

/* Acts on UP_INVITES. */
void powers_tell_invites(
	struct switchboard *s, uint32_t slot, const struct frame_up *f);

/* Acts on UP_TOPIC, UP_KICK, UP_INVITE or UP_MODE.  False if the frame breaks
 * the rules. */
bool powers_act(struct switchboard *s, uint32_t slot, const struct frame_up *f);

/* --- entry.c ------------------------------------------------------------- */

/* Acts on UP_JOIN and UP_PART. */
void entry_join(struct switchboard *s, uint32_t slot, const struct frame_up *f);
void entry_part(struct switchboard *s, uint32_t slot, const struct frame_up *f);

/* --- members.c ---------------------------------------------------------- */

/* Takes the members over from the sessions of an earlier relay. */
void members_recover(struct switchboard *s);

/* Whether the parent still has this member's process, by the roster, which
 * children cannot write. */
bool members_is_alive(const struct switchboard *s, uint32_t slot);

/* Makes the user of this slot a member, without a channel yet. */
void members_join(struct switchboard *s, uint32_t slot, uint32_t generation,
	const char *name, uint8_t len);

/* The same for one that never has a channel here, or has it already; counter:
 * of the last frame of its child. */
void members_enter(struct switchboard *s, uint32_t slot, uint32_t generation,
	const char *name, uint8_t len, uint64_t counter);

/* Takes the member out of all lists, until members_enter: its channel and its
 * child stay. */
void members_set_aside(struct switchboard *s, uint32_t slot);

/* Makes fd the member's channel, and takes it.  False without memory: the child
 * tries again. */
bool members_connect(struct switchboard *s, uint32_t slot, int fd);

/* Ends a channel, not the membership. */
void members_detach(struct switchboard *s, uint32_t slot);

/* Ends a membership; by the member's own UP_BYE, which is acknowledged.
 * members_leave has other hosts know first, where there are any. */
void members_leave(struct switchboard *s, uint32_t slot, uint8_t reason);
void members_end(struct switchboard *s, uint32_t slot, uint8_t reason);
void members_bye(
	struct switchboard *s, uint32_t slot, const struct frame_up *f);

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

/* Whether no child would send another frame: clean text, valid names. */
bool intake_is_valid(const struct frame_up *f);

/* Acts on a frame that is valid; false if it breaks the rules all the same. */
bool intake_perform(
	struct switchboard *s, uint32_t slot, const struct frame_up *f);

/* Reads the rest of the channel, if any, of a member whose process is gone, and
 * acts on it. */
void intake_drain(struct switchboard *s, uint32_t slot);

/* Frees a name for a newcomer that has it by the table: ends the member that
 * has it here if its process is gone.  False if that lives. */
bool intake_free_name(struct switchboard *s, const char *name, size_t len);

/* --- resume.c ------------------------------------------------------------ */

/* The slot of the member whose session has this secret, or -1.  The time that
 * it takes depends on neither. */
int64_t resume_find(const struct switchboard *s, const unsigned char *token);

/* Takes the question of a child, whose process it is from, and the descriptors
 * beside it. */
void resume_ask(struct switchboard *s, const struct attach_message *m,
	struct passing *beside);

/* The client that the welcome of a member's new channel brings; NULL: none. */
struct takeover *resume_due(
	struct switchboard *s, uint32_t slot, const struct attach *a);

/* Sends that welcome, with what it brings, which has an end then.  False if the
 * channel does not take it. */
bool resume_hand_over(
	struct switchboard *s, struct takeover *t, struct frame_event *welcome);

/* Has the member leave whose name is that of its login, and a child wants it
 * for the same login. */
void resume_evict(struct switchboard *s, const struct attach *a);

/* Refuses those whose session has ended, or does not answer.  Returns when the
 * next one has waited too long. */
int64_t resume_tick(struct switchboard *s, int64_t now);

/* --- claims.c ------------------------------------------------------------- */

/* Before the first claim. */
void claims_begin(struct switchboard *s);

/* Takes what a child says of where its client comes from, whose process the
 * message is from, and the channel for the answer. */
void claims_ask(struct switchboard *s, const struct attach_message *m, int fd);

/* Passes on the verdicts that are there. */
void claims_answer(struct switchboard *s);

/* --- admission.c -------------------------------------------------------- */

/* Takes all messages from the attach socket. */
void admission_receive(struct switchboard *s);

/* The newcomer's join has come out of the stream: it gets its channel. */
void admission_go_on(struct switchboard *s, uint32_t slot, uint32_t generation);

/* Takes all who have waited while nobody was admitted. */
void admission_release(struct switchboard *s);

/* --- hosts/: other hosts ------------------------------------------------- */

/* False without memory. */
bool hosts_set_up(struct switchboard *s);

/* After the members are there: goes on where an earlier relay has ended. */
void hosts_recover(struct switchboard *s);

/* Makes fd, from this process, the channel to the bus, and takes it; takes what
 * has come there, and sends what waits. */
void hosts_attach(struct switchboard *s, int fd, pid_t pid);
void hosts_receive(struct switchboard *s);

/* What is due.  Returns when to come again; DEADLINE_NONE: never. */
int64_t hosts_tick(struct switchboard *s, int64_t now);

/* Tells other hosts that this one ends. */
void hosts_end(struct switchboard *s);

/* Whether what users do is decided where it comes out of the stream; whether
 * nobody is admitted now; whether much is on its way. */
bool hosts_decide(const struct switchboard *s);
bool hosts_is_holding(const struct switchboard *s);
bool hosts_is_busy(const struct switchboard *s);

/* The flag of a line that other hosts cannot hear now, or 0. */
uint8_t hosts_mark(const struct switchboard *s);

/* A valid frame of a member; the leave of one; a newcomer: to the stream.  The
 * first returns false where the caller is to act on the frame at once: nothing
 * is before it that others must know. */
bool hosts_publish(
	struct switchboard *s, uint32_t slot, const struct frame_up *f);
void hosts_leave(struct switchboard *s, uint32_t slot, uint8_t reason);
void hosts_bring(struct switchboard *s, const struct attach *a);

/* Whether the private frame that is being acted on has gone to this user of
 * another host. */
bool hosts_has_told(const struct switchboard *s, uint32_t to);

/* --- recover.c ----------------------------------------------------------- */

/* Restores, once the log is open, all that an earlier relay has left there. */
void recover(struct switchboard *s);

#endif

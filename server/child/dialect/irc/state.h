/* SPDX-License-Identifier: MIT */
/* The state of an IRC connection.  Shared by the files of this folder alone:
 * irc.c (the dialect's hooks); commands.c (the table, and HELP), and the
 * commands in it: register.c, caps.c, rooms.c, modes.c, lists.c, user_modes.c,
 * names.c, who.c, list.c, query.c, monitor.c, about.c, talk.c, multiline.c,
 * history.c; reply.c and lines.c (what they write), label.c; render.c,
 * presence.c, away.c, welcome.c, errors.c (events); isupport.c. */
#ifndef SERVER_CHILD_DIALECT_IRC_STATE_H
#define SERVER_CHILD_DIALECT_IRC_STATE_H

#include "ipc/common/limits.h"
#include "ipc/rooms.h"
#include "server/child/dialect/dialect.h"
#include "server/child/dialect/irc/message.h"
#include "server/child/view.h"

/* The name of the server, and the host of all its users. */
#define IRC_SERVER "chat"

/* ircv3.net, "Labeled responses": at most 64 bytes. */
#define IRC_LABEL_MAX 64

/* Names that a client can have on its list of MONITOR. */
#define IRC_MONITOR_MAX 100

/* Modes by how they take a parameter, as modes.c has them, and those of users;
 * and how many but flags a line can have. */
#define IRC_MODES_LISTS "beI"
#define IRC_MODES_KEY   "k"
#define IRC_MODES_LIMIT "l"
#define IRC_MODES_FLAGS "imnst"
#define IRC_MODES_NAMED "ov"
#define IRC_MODES_USER  "Bi"
#define IRC_MODES_MAX   4

/* ircv3.net, "Multiline messages": what a batch may have. */
#define IRC_BATCH_BYTES LINE_MAX_BYTES
#define IRC_BATCH_LINES MESSAGE_LINES_MAX

/* Bytes that a long answer writes at once, about. */
#define IRC_PART (8u << 10)

enum irc_cap {
	CAP_AWAY_NOTIFY,
	CAP_BATCH,
	CAP_CAP_NOTIFY,
	CAP_CHATHISTORY,
	CAP_ECHO_MESSAGE,
	CAP_EVENT_PLAYBACK,
	CAP_EXTENDED_JOIN,
	CAP_EXTENDED_MONITOR,
	CAP_LABELED_RESPONSE,
	CAP_MESSAGE_TAGS,
	CAP_MULTILINE,
	CAP_MULTI_PREFIX,
	CAP_SERVER_TIME,
	CAP_SETNAME,
	CAP_STANDARD_REPLIES,
	CAP_USERHOST_IN_NAMES,
	CAPS
};

struct irc {
	uint32_t caps; /* bits: 1 << enum irc_cap */
	bool cap_302;
	bool negotiates; /* until CAP END nobody joins */
	bool has_user;
	bool registered;
	bool quiet; /* the command that is running has no errors: NOTICE */

	/* Before the welcome what the client wants to be called, then what it
	 * believes that it is. */
	uint8_t nick_len, user_len, real_len;
	char nick[NAME_MAX_BYTES], user[USER_MAX_BYTES], real[REAL_MAX_BYTES];

	/* The line that is being carried out, while it has parts left. */
	bool again;      /* its command is to be called for the next part */
	bool waiting;    /* the child or the relay has a request of it */
	uint32_t step;   /* which part */
	uint32_t slot;   /* of a long list: where it goes on */
	uint64_t whowas; /* the same of WHOWAS: an event */
	struct span line;
	enum verb verb;        /* of the request */
	struct span to;        /* whom it is about; a part of the line */
	uint64_t batches;      /* counted */
	bool batched;          /* the answer has begun, in a batch */
	bool labeled, replied; /* has a label; and an answer to it */
	uint8_t label_len;
	char label[IRC_LABEL_MAX];

	/* A message of several lines that the client has begun: multiline.c. */
	enum irc_multi {
		MULTI_NONE,
		MULTI_OPEN,
		MULTI_DROPPED /* the rest of it is passed over */
	} multi;
	bool whole_batch; /* what is being written is a batch already */

	/* Rooms whose names are still to be told, and where the first one goes
	 * on. */
	uint8_t nnames;
	uint16_t names[ROOMS_PER_USER + 1];
	uint32_t names_slot;

	uint8_t nmonitored; /* names of MONITOR */
	uint64_t past; /* the batch of lines of the past; 0: there is none */
	bool tells;    /* they come now */
	bool told;     /* the request for them was answered */

	int64_t heard_ms; /* when the last line came, monotonic */
};

DIALECT_OWN(struct irc)

/* A command that runs. */
struct irc_call {
	struct dialect_state *s;
	struct irc *irc;
	const struct irc_message *m;
	struct request *r;
};

static inline bool irc_has(const struct irc *irc, enum irc_cap cap)
{
	return (irc->caps & 1U << cap) != 0;
}

/* Commands write what they answer to dst, make the request, and ask to be
 * called again where the line has parts left. */
typedef char *irc_command(struct irc_call *c, char *dst);

irc_command irc_cap, irc_nick, irc_user, irc_pass, irc_quit, irc_ping, irc_pong;
irc_command irc_join, irc_part_rooms, irc_topic, irc_kick, irc_invite, irc_mode;
irc_command irc_user_mode;
irc_command irc_names, irc_who, irc_list;
irc_command irc_whois, irc_whowas, irc_userhost, irc_ison, irc_monitor;
irc_command irc_lusers, irc_motd, irc_version, irc_time, irc_info, irc_admin,
	irc_help, irc_links, irc_stats, irc_oper, irc_refused;
irc_command irc_chathistory;
irc_command irc_privmsg, irc_notice, irc_tagmsg, irc_batch, irc_away,
	irc_setname;

/* --- commands.c ----------------------------------------------------------- */

/* Runs the command of the line in c->irc->line. */
char *irc_run(struct irc_call *c, char *dst);

/* --- talk.c --------------------------------------------------------------- */

/* Sends a text to a room or a user. */
char *irc_say(
	struct irc_call *c, char *dst, struct span target, struct span text);

/* --- multiline.c ---------------------------------------------------------- */

/* Whether the line is a part of a batch. */
bool irc_in_batch(const struct irc_call *c);

/* Takes it; refused: it has an error of its own, which has been told. */
char *irc_batch_line(struct irc_call *c, char *dst, bool refused);

/* A line that was too long to be taken: maybe of the batch that is open, which
 * is dropped; the error answers that. */
char *irc_batch_broken(struct dialect_state *s, char *dst, char *end);

/* --- isupport.c ----------------------------------------------------------- */

char *irc_isupport(struct dialect_state *s, char *dst);

/* --- welcome.c ------------------------------------------------------------ */

/* 001 to 005, and what follows them. */
char *irc_welcome(struct dialect_state *s, char *dst, const struct event *e);

/* --- rooms.c -------------------------------------------------------------- */

/* What follows an own JOIN: the topic; and its names are next. */
char *irc_entered(
	struct dialect_state *s, char *dst, const struct room_view *r);

/* 332 and 333, nothing where there is no topic. */
char *irc_put_topic(
	struct dialect_state *s, char *dst, const struct room_view *r);

/* --- modes.c -------------------------------------------------------------- */

/* "+o", "-k": the letter of a mode, and what it is of. */
char *irc_put_mode(struct dialect_state *s, char *dst, const struct event *e);

/* --- lists.c -------------------------------------------------------------- */

/* A change of one of the room's lists, or, without a parameter, the question
 * what is in it. */
char *irc_change_list(struct irc_call *c, char *dst, const struct room_view *r,
	enum room_mode mode, char letter, bool on, struct span param);

/* The answer to that. */
char *irc_put_bans(struct dialect_state *s, char *dst, const struct event *e);

/* The mode that a list is shown by, and what stands before its masks. */
enum room_mode irc_shown_in(enum room_mode mode);
struct span irc_mark_of(enum room_mode mode);

/* --- names.c -------------------------------------------------------------- */

/* Goes on with the names of rooms. */
char *irc_put_names(struct dialect_state *s, char *dst);

/* --- register.c ----------------------------------------------------------- */

/* Whether the client has said all that it must to be registered. */
bool irc_has_said_all(const struct irc *irc);

/* --- presence.c ----------------------------------------------------------- */

/* The name of the event's room, the lobby's, too. */
struct span irc_room_of(struct dialect_state *s, const struct event *e);

char *irc_put_welcome(
	struct dialect_state *s, char *dst, const struct event *e);
char *irc_put_join(struct dialect_state *s, char *dst, const struct event *e);
char *irc_put_leave(struct dialect_state *s, char *dst, const struct event *e);
char *irc_put_rename(struct dialect_state *s, char *dst, const struct event *e);
char *irc_put_kick(struct dialect_state *s, char *dst, const struct event *e);
char *irc_put_gap(struct dialect_state *s, char *dst, const struct event *e);

/* --- away.c --------------------------------------------------------------- */

char *irc_put_away(struct dialect_state *s, char *dst, const struct event *e);

/* What follows another's JOIN: that it is away, if the client has not read of
 * it. */
char *irc_put_away_at_join(
	struct dialect_state *s, char *dst, const struct event *e);

/* After a gap. */
void irc_forget_away(void);

/* --- monitor.c ------------------------------------------------------------ */

/* What an event says of the names of MONITOR. */
char *irc_put_monitored(
	struct dialect_state *s, char *dst, const struct event *e);

/* --- about.c -------------------------------------------------------------- */

char *irc_put_lusers(struct dialect_state *s, char *dst);
char *irc_put_motd(struct dialect_state *s, char *dst);

/* --- render.c ------------------------------------------------------------- */

char *irc_render(struct dialect_state *s, const struct event *e, char *dst);

/* --- history.c ------------------------------------------------------------ */

/* The beginning of a batch of lines of the past, of this room if of one; marks
 * lines as part of it; the end; and instead of all that a refusal. */
char *irc_begin_history(struct dialect_state *s, char *dst,
	const struct event *e, struct span room);
char *irc_put_past(struct dialect_state *s, char *dst, char *end);
char *irc_end_history(struct dialect_state *s, char *dst);
char *irc_refuse_history(struct dialect_state *s, char *dst);

/* --- label.c -------------------------------------------------------------- */

/* Takes note of the label of a line that begins. */
void irc_label(struct irc *irc, struct span tags);

/* What answers the line answers also an earlier one, with this label; if both
 * have one the line's own is acknowledged. */
void irc_label_too(struct irc *irc, struct span label);

/* Marks the lines from dst to end as the answer; whole: nothing follows.
 * Returns their end. */
char *irc_answer(struct dialect_state *s, char *dst, char *end, bool whole);

/* Writes the label, if there is one, as the tag of the one line, or of the
 * beginning of the one batch, that is the answer. */
char *irc_put_label(struct irc *irc, char *p);

/* Marks the lines from dst to end as part of a batch, but for those that are
 * part of another one.  Returns their end. */
char *irc_tag_batch(char *dst, char *end, struct span batch);

#endif

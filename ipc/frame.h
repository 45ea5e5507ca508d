/* SPDX-License-Identifier: MIT */
/* The frames on the channel between a child and the relay.
 *
 * Frames are binary, a multiple of FRAME_ALIGN long, header first; both ends
 * are processes of one host and of one version (FRAME_VERSION is checked when
 * a channel is attached).  Any oddity in a frame ends its sender. */
#ifndef IPC_FRAME_H
#define IPC_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/common/limits.h"
#include "ipc/layout.h"

/* Bump it with any change below, of struct attach or of struct session. */
#ifndef FRAME_VERSION
#define FRAME_VERSION 11
#endif
#define FRAME_ALIGN 8

/* Why a user left; but for the last one, also a child's exit status.  A killed
 * child is plain. */
enum leave_reason {
	LEAVE_PLAIN,
	LEAVE_IDLE,
	LEAVE_STALLED,
	LEAVE_SHUTDOWN,
	LEAVE_KICKED, /* by an administrator */
	LEAVE_LOST,   /* its host is out of reach: never a child's own */
	LEAVE_TAKEN,  /* a newer connection of the user has its session: only
			 of a bye */
	LEAVE_REASONS /* how many there are */
};

/* Errors in a user's request, worded by each dialect.  The event's text is the
 * argument. */
enum error {
	ERROR_NONE,
	ERROR_NO_SUCH_USER, /* the name */
	ERROR_NAME_IN_USE,  /* the name */
	/* In a room, which the event names, too: */
	ERROR_NO_SUCH_ROOM,   /* nothing */
	ERROR_NOT_IN_ROOM,    /* nothing */
	ERROR_USER_NOT_IN,    /* the name */
	ERROR_USER_IS_IN,     /* the name: it needs no invitation */
	ERROR_NOT_OPERATOR,   /* nothing */
	ERROR_MODERATED,      /* nothing */
	ERROR_ROOM_BANNED,    /* nothing */
	ERROR_ROOM_INVITE,    /* nothing */
	ERROR_ROOM_KEY,       /* nothing */
	ERROR_ROOM_FULL,      /* number: its limit */
	ERROR_NO_SUCH_BAN,    /* the name */
	ERROR_BANS_FULL,      /* number: how many there can be */
	ERROR_TOO_MANY_ROOMS, /* number: how many there can be */
	ERROR_ROOMS_PER_USER, /* number: how many a user can be in */
	ERROR_MUTED,          /* nothing */
	ERROR_NOT_LISTED,     /* the name: in no such list but the bans */
	FRAME_ERRORS,         /* the relay finds those above; a child: */
	ERROR_OWN_NAME =
		FRAME_ERRORS,  /* the name, which is the asker's already */
	ERROR_BAD_NAME,        /* number: an enum name_verdict */
	ERROR_LINE_TOO_LONG,   /* number: bytes that a line may have */
	ERROR_TOO_FAST,        /* number: lines a second that are sent on */
	ERROR_UNKNOWN_COMMAND, /* the command, as it was typed */
	ERROR_USAGE,           /* the right form */
	ERROR_EVICTED,         /* the relay does not take this connection */
	ERROR_BAD_ROOM,        /* number: an enum name_verdict of its name */
	ERROR_LOBBY,           /* its name: it has no operators */
	ERROR_LOBBY_LEAVE,     /* its name: nobody leaves it */
	ERROR_TOPIC_TOO_LONG,  /* number: bytes that it may have */
	ERROR_BAD_KEY,         /* number: bytes that it may have */
	ERROR_BAD_LIMIT,       /* number: the largest one */
	ERROR_IGNORED_FULL,    /* number: how many there can be */
	ERROR_NOT_IGNORED,     /* the name */
	ERROR_IGNORE_SELF,     /* nothing */
	ERROR_NAME_LOST,       /* the name that the user had or wished: another
				  host's user has it; to: the new one */
	ERROR_LOGIN,           /* the name: a login of this host, of somebody
				  else */
	ERROR_LOGIN_ALIKE,     /* the name; to: the login that it looks like */
	ERROR_NO_SESSION,      /* nothing: no session has that token */
	ERRORS                 /* how many there are */
};

/* What an operator changes in a room, or in one of its members. */
enum room_mode {
	MODE_NONE,
	MODE_OPERATOR,  /* of the user named */
	MODE_VOICE,     /* the same: talks where it is moderated */
	MODE_BAN,       /* of the user named */
	MODE_LOCKED,    /* operators alone set the topic */
	MODE_MODERATED, /* operators and those with voice alone talk */
	MODE_INVITE,    /* who comes in must be invited */
	MODE_KEY,       /* text: who comes in must know it */
	MODE_LIMIT,     /* text: a number of members */
	MODE_SECRET,    /* only members know of the room */
	MODE_EXTERNAL,  /* who is not in the room may talk there */
	/* Of the user named, or of all whom a mask means (ipc/common/mask.h),
	 * as MODE_BAN: the lists of a room. */
	MODE_MUTE,    /* does not talk, without a power */
	MODE_EXEMPT,  /* no ban or mute holds for it */
	MODE_ADMIT,   /* needs no invitation */
	MODE_SEVERAL, /* text: modes of the room without a value, each as '+'
			 or '-' and a letter from 'a' on */
	MODES         /* how many there are */
};

/* Whether the mode is a list of the room. */
static inline bool mode_is_list(unsigned int mode)
{
	return mode == MODE_BAN || mode == MODE_MUTE || mode == MODE_EXEMPT ||
	       mode == MODE_ADMIT;
}

/* Whether it is of the room, and has no value. */
static inline bool mode_is_flag(unsigned int mode)
{
	return mode == MODE_LOCKED || mode == MODE_MODERATED ||
	       mode == MODE_INVITE || mode == MODE_SECRET ||
	       mode == MODE_EXTERNAL;
}

/* Takes the first change off the text of MODE_SEVERAL; false at the end, and
 * where there is none. */
static inline bool mode_next(
	const char **text, size_t *n, enum room_mode *mode, bool *on)
{
	if (*n < 2 || ((*text)[0] != '+' && (*text)[0] != '-'))
		return false;
	*on = (*text)[0] == '+';
	*mode = (enum room_mode)((*text)[1] - 'a');
	if (!mode_is_flag(*mode))
		return false;
	*text += 2;
	*n -= 2;
	return true;
}

/* Whether it is of a user, by name. */
static inline bool mode_is_named(unsigned int mode)
{
	return mode == MODE_OPERATOR || mode == MODE_VOICE ||
	       mode_is_list(mode);
}

/* --- up: child to relay ------------------------------------------------- */

enum up_kind {
	UP_PUBLIC = 1, /* text; room: where, none: to everyone; mode:
			  operator or voice, for who has that in there */
	UP_ACTION,     /* the same */
	UP_PRIVATE,    /* name: to whom; text */
	UP_RENAME,     /* name: the new one, already claimed in the table */
	UP_JOIN,       /* room; text: its key, or none */
	UP_PART,       /* room; text: a reason, or none */
	UP_TOPIC,      /* room; text: the topic, or none to clear it */
	UP_KICK,       /* room; name: whom; text: a reason, or none; on: and
			  bans */
	UP_INVITE,     /* room; name: whom */
	UP_MODE,       /* room; mode, on; name or text, as the mode has it */
	UP_AWAY,       /* text: why the user is away; none: it is not */
	UP_REALNAME,   /* text */
	UP_BANS,       /* room; mode: which of its lists, none: all */
	UP_INVITES,    /* which rooms the user is invited to */
	UP_HISTORY,    /* room or name, none: the lobby; text: a query of
			  ipc/history.h, as it is in memory */
	UP_TAGS,       /* tags; name: to whom; or room and mode: as public */
	UP_BYE,        /* reason; text: the user's words for a plain one, or
			  none; the channel ends after this */
	UP_KINDS
};

struct frame_up {
	uint32_t size; /* of all: header, room, name, text, tags, padding */
	uint8_t kind;
	uint8_t room_len, name_len;
	uint8_t reason;
	uint64_t counter; /* of this child, from 1 on, without a hole */
	uint32_t text_len;
	uint8_t mode;  /* enum room_mode */
	uint8_t on;    /* whether it is set */
	uint8_t flags; /* private: EVENT_ACTED; and public: EVENT_NOTICED */
	uint8_t unused;
	uint16_t tags_len; /* public, action, private: maybe; tags: always */
	uint8_t unused2[6];
	char body[]; /* the room's name, the user's name, the text, the tags */
};

#define FRAME_UP_MAX                                                          \
	(sizeof(struct frame_up) + 2 * NAME_MAX_BYTES + TEXT_MAX + TAGS_MAX + \
		FRAME_ALIGN)

/* Of a public or private message, or an action, the text may have several
 * lines: a newline is between two of them, and the other mark where its sender
 * cut a line that was too long for it.  No more of both than a message of
 * MESSAGE_LINES_MAX lines has; all other text has none. */
#define TEXT_NEWLINE '\n'
#define TEXT_CUT     '\r'

/* --- down: an entry of the event log, sent as it stands there ----------- */

enum event_kind {
	EVENT_WELCOME = 1, /* not in the log: the first frame of a channel;
			      reason: the user must leave, or plain; on:
			      with the descriptors of another client, and the
			      text is a struct attach_resumed */
	EVENT_PUBLIC,      /* from; text; room; mode: as it was sent */
	EVENT_ACTION,      /* the same */
	EVENT_PRIVATE,     /* from, to; text */
	EVENT_JOIN,        /* from; or a digest; room */
	EVENT_LEAVE,       /* the same; reason; text, the user's */
	EVENT_RENAME,      /* from: the old name, to: the new one */
	EVENT_TOPIC,       /* from; room; text */
	EVENT_KICK,        /* from, to; room; text; on: to is banned, too */
	EVENT_MODE,        /* from, or nobody; to or text; room; mode, on */
	EVENT_INVITE,      /* from, to; room; on: by an operator, lets in */
	EVENT_BAN,         /* for the relay alone: from, to; room; mode: which
			      list; text: an address */
	EVENT_ROOM,        /* not in the log, after the welcome of a user whom
			      the log has overtaken: for each room that the
			      user is in, and last of all for the lobby, the
			      SEQ that it goes on from; more: enum power; id:
			      the last one that is not told any more */
	EVENT_ERROR,       /* to one user; error, and what it is about */
	EVENT_AWAY,        /* from; text: why it is away; none: it is not */
	EVENT_REALNAME,    /* from; text */
	EVENT_BANS,        /* to one user; room; mode: which list, none: all;
			      text: of each of its entries the mode as a letter
			      from 'a' on, the mask, by whom, and when, as a
			      list of names */
	EVENT_INVITES,     /* to one user; text: a list of rooms, with '#' */
	EVENT_HISTORY,     /* to one user, twice, with the lines of its list
			      between; room, or to: a user's name; text, on:
			      ipc/history.h */
	EVENT_TAGS,        /* from; tags; to, or room: who watches there */
	EVENT_SINCE,       /* to one user, after the welcome; more: messages in
			      the lobby since it was here last; unix_ms: when
			      it left */
	EVENT_NOTICE, /* an administrator's, to everyone; or a child's own */
	EVENT_BYE,    /* the server ends */
	/* Made by the children themselves, never on a channel: */
	EVENT_WHO,
	EVENT_WHO_END,
	EVENT_WARNING, /* an error that answers no line */
	EVENT_GAP,
	EVENT_LISTED,      /* a room in the answer to /rooms */
	EVENT_LISTED_END,  /* the end of that answer */
	EVENT_HERE,        /* the client talks in this room now */
	EVENT_GONE,        /* the client is not in this room any more; its leave
			      was missed */
	EVENT_MODES,       /* the modes of a room, and its operators */
	EVENT_IGNORE,      /* whether a user is ignored from now on */
	EVENT_HISTORY_END, /* the second time that EVENT_HISTORY has come */
	EVENT_IGNORED,     /* who is */
};

/* Who sees an event; ipc/audience.h has the questions about it. */
enum audience {
	AUDIENCE_NOBODY,   /* the relay alone */
	AUDIENCE_WATCHERS, /* of the lobby: who watches; a digest tells the
			      others of a join or leave */
	AUDIENCE_EVERYONE,
	AUDIENCE_ROOM,  /* who is in the room, and the users of from and to */
	AUDIENCE_BOTH,  /* the users of from and to */
	AUDIENCE_TO,    /* the user of to */
	AUDIENCE_POWER, /* who has the power of mode in the room, and the user
			   of from */
	AUDIENCE_FROM,  /* the user of from, and who watches in the room: a
			   digest tells the others */
	AUDIENCES       /* how many there are */
};

enum event_flag {
	/* A join or leave of several: text is a list of names (ipc/namelist.h),
	 * more counts those that are not named. */
	EVENT_DIGEST = 2,
	/* The first welcome of a user: scrollback follows. */
	EVENT_FRESH = 4,
	/* A leave of a room by who leaves the server. */
	EVENT_QUIT = 8,
	/* A private message that says what its sender does. */
	EVENT_ACTED = 16,
	/* Public or private: no program should answer it. */
	EVENT_NOTICED = 32,
	/* Public, action: said while hosts could not hear each other, and told
	 * only now; the time is when it was said.  Its user may have left since
	 * (generation 0). */
	EVENT_LATE = 64,
	/* For the relay alone.  Public, action: said while other hosts could
	 * not hear it, and not yet sent on. */
	EVENT_ALONE = 128,
};

struct frame_event {
	uint32_t size; /* of all: header, from, to, room, text, tags,
			  padding */
	uint8_t kind;
	uint8_t flags;
	uint8_t from_len, to_len;
	uint64_t id;      /* counts the log's entries, from 1 on */
	uint64_t seq;     /* counts the events of its room, this included if
			     AUDIENCE_EVERYONE or AUDIENCE_ROOM */
	int64_t unix_ms;  /* wall clock; late: when it was said; since */
	uint64_t counter; /* of the frame that caused this; 0: none did.
			     welcome: the last one that was accepted */
	uint32_t from_slot, from_generation; /* generation 0: nobody */
	uint32_t to_slot, to_generation;
	uint32_t room, room_generation; /* ipc/rooms.h; 0: the lobby */
	uint16_t online;                /* in the room, after this event */
	uint16_t tags_len; /* client-only tags of a message, as written */
	uint32_t more;     /* digest: names left out; other join or leave of
			      the lobby: the user's login; welcome: events
			      missed; error: its number; room: enum power;
			      history: 1: there are more than its limit;
			      since */
	uint16_t text_len;
	uint8_t reason;   /* enum leave_reason */
	uint8_t audience; /* enum audience */
	uint8_t error;    /* enum error */
	uint8_t room_len; /* 0: the lobby */
	uint8_t mode;     /* enum room_mode */
	uint8_t on;       /* whether it is set; join: as an operator; leave: the
			     join was not announced either */
	char body[];      /* from, to, the room's name, text, tags */
};

#define FRAME_EVENT_MAX                                               \
	(sizeof(struct frame_event) + 3 * NAME_MAX_BYTES + TEXT_MAX + \
		TAGS_MAX + FRAME_ALIGN)

#define FRAME_BUMP "bump FRAME_VERSION"
LAYOUT_NUMBER(LEAVE_REASONS, 7, FRAME_BUMP);
LAYOUT_NUMBER(FRAME_ERRORS, 19, FRAME_BUMP);
LAYOUT_NUMBER(UP_KINDS, 18, FRAME_BUMP);
LAYOUT_NUMBER(EVENT_BYE, 23, FRAME_BUMP);
LAYOUT_NUMBER(EVENT_LATE, 64, FRAME_BUMP);
LAYOUT_NUMBER(AUDIENCES, 8, FRAME_BUMP);
LAYOUT_NUMBER(MODES, 15, FRAME_BUMP);
LAYOUT_NUMBER(FRAME_ALIGN, 8, FRAME_BUMP);
LAYOUT_NUMBER(NAME_MAX_BYTES, 32, FRAME_BUMP);
LAYOUT_NUMBER(TEXT_MAX, 12384, FRAME_BUMP);
LAYOUT_NUMBER(TAGS_MAX, 4094, FRAME_BUMP);
LAYOUT_SIZE(struct frame_up, 32, FRAME_BUMP);
LAYOUT_AT(struct frame_up, kind, 4, FRAME_BUMP);
LAYOUT_AT(struct frame_up, counter, 8, FRAME_BUMP);
LAYOUT_AT(struct frame_up, text_len, 16, FRAME_BUMP);
LAYOUT_AT(struct frame_up, flags, 22, FRAME_BUMP);
LAYOUT_AT(struct frame_up, tags_len, 24, FRAME_BUMP);
LAYOUT_SIZE(struct frame_event, 80, FRAME_BUMP);
LAYOUT_AT(struct frame_event, kind, 4, FRAME_BUMP);
LAYOUT_AT(struct frame_event, id, 8, FRAME_BUMP);
LAYOUT_AT(struct frame_event, unix_ms, 24, FRAME_BUMP);
LAYOUT_AT(struct frame_event, from_slot, 40, FRAME_BUMP);
LAYOUT_AT(struct frame_event, room, 56, FRAME_BUMP);
LAYOUT_AT(struct frame_event, tags_len, 66, FRAME_BUMP);
LAYOUT_AT(struct frame_event, text_len, 72, FRAME_BUMP);
LAYOUT_AT(struct frame_event, error, 76, FRAME_BUMP);
LAYOUT_AT(struct frame_event, body, 80, FRAME_BUMP);

/* The size of a frame with a header and body of these lengths. */
size_t frame_size(size_t header, size_t body);

/* Builds an up frame in dst, which has room for FRAME_UP_MAX and is aligned,
 * with the fields of *head but for its size; returns that.  The tags stand
 * right behind the text. */
size_t frame_up_build(void *dst, const struct frame_up *head, const char *room,
	const char *name, const char *text);

enum frame_verdict {
	FRAME_MORE,
	FRAME_OK,
	FRAME_BAD
};

/* Whether n aligned bytes begin with a whole and well-formed up frame: sizes,
 * kind, and which fields the kind has.  Its text is not checked. */
enum frame_verdict frame_up_check(const void *p, size_t n);

/* The same for an entry of the log. */
enum frame_verdict frame_event_check(const void *p, size_t n);

static inline const char *frame_up_room(const struct frame_up *f)
{
	return f->body;
}

static inline const char *frame_up_name(const struct frame_up *f)
{
	return f->body + f->room_len;
}

static inline const char *frame_up_text(const struct frame_up *f)
{
	return f->body + f->room_len + f->name_len;
}

static inline const char *frame_up_tags(const struct frame_up *f)
{
	return frame_up_text(f) + f->text_len;
}

static inline const char *frame_from(const struct frame_event *e)
{
	return e->body;
}

static inline const char *frame_to(const struct frame_event *e)
{
	return e->body + e->from_len;
}

static inline const char *frame_room(const struct frame_event *e)
{
	return e->body + e->from_len + e->to_len;
}

static inline const char *frame_text(const struct frame_event *e)
{
	return e->body + e->from_len + e->to_len + e->room_len;
}

static inline const char *frame_tags(const struct frame_event *e)
{
	return frame_text(e) + e->text_len;
}

/* Whether its text may have several lines. */
static inline bool frame_is_message(const struct frame_event *e)
{
	return e->kind == EVENT_PUBLIC || e->kind == EVENT_ACTION ||
	       e->kind == EVENT_PRIVATE;
}

#endif

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
#define FRAME_VERSION 4
#endif
#define FRAME_ALIGN 8

/* Why a user left; also a child's exit status.  A killed child is plain. */
enum leave_reason {
	LEAVE_PLAIN,
	LEAVE_IDLE,
	LEAVE_STALLED,
	LEAVE_SHUTDOWN,
	LEAVE_KICKED, /* by an administrator */
	LEAVE_REASONS /* how many there are */
};

/* Errors in a user's request, worded by each dialect.  The event's text is the
 * argument. */
enum error {
	ERROR_NONE,
	ERROR_NO_SUCH_USER, /* the name */
	ERROR_NAME_IN_USE,  /* the name */
	FRAME_ERRORS,       /* the relay finds those above; a child: */
	ERROR_OWN_NAME =
		FRAME_ERRORS,  /* the name, which is the asker's already */
	ERROR_BAD_NAME,        /* number: an enum name_verdict */
	ERROR_LINE_TOO_LONG,   /* number: bytes that a line may have */
	ERROR_TOO_FAST,        /* number: lines a second that are sent on */
	ERROR_UNKNOWN_COMMAND, /* the command, as it was typed */
	ERROR_USAGE,           /* the right form */
	ERROR_EVICTED,         /* the relay does not take this connection */
};

/* --- up: child to relay ------------------------------------------------- */

enum up_kind {
	UP_PUBLIC = 1, /* text */
	UP_ACTION,     /* text */
	UP_PRIVATE,    /* name: to whom; text */
	UP_RENAME,     /* name: the new one, already claimed in the table */
	UP_BYE,        /* reason; the channel ends after this */
	UP_KINDS
};

struct frame_up {
	uint32_t size; /* of all: header, name, text, padding */
	uint8_t kind;
	uint8_t name_len;
	uint8_t reason;
	uint8_t unused;
	uint64_t counter; /* of this child, from 1 on, without a hole */
	uint32_t text_len;
	uint32_t unused2;
	char body[]; /* the name, then the text */
};

#define FRAME_UP_MAX \
	(sizeof(struct frame_up) + NAME_MAX_BYTES + TEXT_MAX + FRAME_ALIGN)

/* --- down: an entry of the event log, sent as it stands there ----------- */

enum event_kind {
	EVENT_WELCOME = 1, /* not in the log: the first frame of a channel */
	EVENT_PUBLIC,      /* from; text */
	EVENT_ACTION,      /* the same */
	EVENT_PRIVATE,     /* from, to; text */
	EVENT_JOIN,        /* from; or a digest */
	EVENT_LEAVE,       /* the same; reason */
	EVENT_RENAME,      /* from: the old name, to: the new one */
	EVENT_ERROR,       /* to one user; error, and what it is about */
	EVENT_NOTICE, /* an administrator's, to everyone; or a child's own */
	EVENT_BYE,    /* the server ends */
	/* Made by the children themselves, never on a channel: */
	EVENT_WHO,
	EVENT_WHO_END,
	EVENT_WARNING, /* an error that answers no line */
	EVENT_GAP,
};

/* Who sees an event; ipc/audience.h has the questions about it. */
enum audience {
	AUDIENCE_NOBODY, /* a join or leave that a digest announces later */
	AUDIENCE_EVERYONE,
	AUDIENCE_BOTH, /* the users of from and to */
	AUDIENCE_TO,   /* the user of to */
	AUDIENCES      /* how many there are */
};

enum event_flag {
	/* A join or leave of several: text is a list of names (ipc/namelist.h),
	 * more counts those that are not named. */
	EVENT_DIGEST = 2,
	/* The first welcome of a user: scrollback follows. */
	EVENT_FRESH = 4,
};

struct frame_event {
	uint32_t size; /* of all: header, from, to, text, padding */
	uint8_t kind;
	uint8_t flags;
	uint8_t from_len, to_len;
	uint64_t id;      /* counts the log's entries, from 1 on */
	uint64_t seq;     /* counts public events, this included if
			     AUDIENCE_EVERYONE */
	int64_t unix_ms;  /* wall clock */
	uint64_t counter; /* of the frame that caused this; 0: none did.
			     welcome: the last one that was accepted */
	uint32_t from_slot, from_generation; /* generation 0: nobody */
	uint32_t to_slot, to_generation;
	uint32_t online; /* after this event */
	uint32_t more;   /* digest: names left out; welcome: events missed */
	uint16_t text_len;
	uint8_t reason;   /* enum leave_reason */
	uint8_t audience; /* enum audience */
	uint8_t error;    /* enum error */
	uint8_t unused[3];
	char body[]; /* from, to, text */
};

#define FRAME_EVENT_MAX                                               \
	(sizeof(struct frame_event) + 2 * NAME_MAX_BYTES + TEXT_MAX + \
		FRAME_ALIGN)

#define FRAME_BUMP "bump FRAME_VERSION"
LAYOUT_NUMBER(LEAVE_REASONS, 5, FRAME_BUMP);
LAYOUT_NUMBER(FRAME_ERRORS, 3, FRAME_BUMP);
LAYOUT_NUMBER(UP_KINDS, 6, FRAME_BUMP);
LAYOUT_NUMBER(EVENT_BYE, 10, FRAME_BUMP);
LAYOUT_NUMBER(FRAME_ALIGN, 8, FRAME_BUMP);
LAYOUT_NUMBER(NAME_MAX_BYTES, 32, FRAME_BUMP);
LAYOUT_NUMBER(TEXT_MAX, 12288, FRAME_BUMP);
LAYOUT_SIZE(struct frame_up, 24, FRAME_BUMP);
LAYOUT_AT(struct frame_up, kind, 4, FRAME_BUMP);
LAYOUT_AT(struct frame_up, counter, 8, FRAME_BUMP);
LAYOUT_AT(struct frame_up, text_len, 16, FRAME_BUMP);
LAYOUT_SIZE(struct frame_event, 72, FRAME_BUMP);
LAYOUT_AT(struct frame_event, kind, 4, FRAME_BUMP);
LAYOUT_AT(struct frame_event, id, 8, FRAME_BUMP);
LAYOUT_AT(struct frame_event, unix_ms, 24, FRAME_BUMP);
LAYOUT_AT(struct frame_event, from_slot, 40, FRAME_BUMP);
LAYOUT_AT(struct frame_event, online, 56, FRAME_BUMP);
LAYOUT_AT(struct frame_event, text_len, 64, FRAME_BUMP);
LAYOUT_AT(struct frame_event, error, 68, FRAME_BUMP);
LAYOUT_AT(struct frame_event, body, 72, FRAME_BUMP);

/* The size of a frame with a header and body of these lengths. */
size_t frame_size(size_t header, size_t body);

/* Builds an up frame in dst, which has room for FRAME_UP_MAX and is aligned;
 * returns its size. */
size_t frame_up_build(void *dst, enum up_kind kind, uint64_t counter,
	const char *name, size_t name_len, const char *text, size_t text_len);

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

static inline const char *frame_from(const struct frame_event *e)
{
	return e->body;
}

static inline const char *frame_to(const struct frame_event *e)
{
	return e->body + e->from_len;
}

static inline const char *frame_text(const struct frame_event *e)
{
	return e->body + e->from_len + e->to_len;
}

#endif

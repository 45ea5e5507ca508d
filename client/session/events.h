/* SPDX-License-Identifier: MIT */
/* The events dialect (server/chatserver-events.7), read.  Pure functions. */
#ifndef CLIENT_SESSION_EVENTS_H
#define CLIENT_SESSION_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/common/limits.h"

enum event_kind {
	EVENT_UNKNOWN, /* of a newer server: to be skipped */
	EVENT_WELCOME,
	EVENT_PUBLIC,
	EVENT_ACTION,
	EVENT_PRIVATE,
	EVENT_JOIN,
	EVENT_LEAVE,
	EVENT_RENAME,
	EVENT_WHO,
	EVENT_WHO_END,
	EVENT_ERROR,
	EVENT_NOTICE,
	EVENT_GAP,
	EVENT_BYE,
	EVENT_TOPIC,
	EVENT_KICK, /* the text: a name, and a reason may follow */
	EVENT_BAN,  /* the same */
	EVENT_MODE,
	EVENT_INVITE, /* the text: whom */
	EVENT_ROOM,   /* the text: members, and a topic may follow */
	EVENT_ROOM_END,
	EVENT_HISTORY,    /* the text: a number of lines, which follow */
	EVENT_HISTORY_END /* the same, and more */
};

/* The name of a room, with its '#'. */
#define ROOM_MARK '#'
#define ROOM_MAX  (1 + NAME_MAX_BYTES)

/* Points into the line that was parsed; not terminated. */
struct field {
	const char *s;
	size_t n;
};

/* A field as the two arguments of "%.*s". */
#define FIELD(f) (int)(f).n, (f).s

struct event {
	enum event_kind kind;
	bool has_seq;
	uint64_t seq;
	uint64_t unix_ms;
	struct field
		from;    /* clean; empty where unused; at most NAME_MAX_BYTES */
	struct field to; /* empty where there is a room */
	struct field room; /* with its '#'; empty: none, or the lobby */
	char status;       /* public, action: '@' for the operators of the room
			      alone, '+' for those with voice, too; else 0 */
	struct field text; /* as it is: a text may well be "-" */
};

/* Reads a line, without its line end, of exactly six fields.  False where it
 * is none, with e undefined. */
bool event_parse(const char *line, size_t n, struct event *e);

/* The number at the beginning of a field, 0 where there is none. */
uint64_t event_number(struct field f);

/* The first word of a field; *rest, which may be NULL, is what stands behind
 * the blank after it. */
struct field event_word(struct field f, struct field *rest);

bool event_field_is(struct field f, const char *s);

/* The same without regard to ASCII case, as names of users and rooms are. */
bool event_name_is(struct field f, const char *name);

/* Whether an event is one's move to another room, which name is in it: then
 * true.  "you talk in #dev now". */
bool event_talk(const struct event *e, struct field *room);

#endif

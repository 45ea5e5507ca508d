/* SPDX-License-Identifier: MIT */
/* The events dialect (server/chatserver-events.7), read.  Pure functions. */
#ifndef CLIENT_SESSION_EVENTS_H
#define CLIENT_SESSION_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
	EVENT_BYE
};

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
		from; /* clean; empty where unused; at most NAME_MAX_BYTES */
	struct field to;
	struct field text; /* as it is: a text may well be "-" */
};

/* Reads a line, without its line end, of exactly six fields.  False where it
 * is none, with e undefined. */
bool event_parse(const char *line, size_t n, struct event *e);

/* The number at the beginning of a field, 0 where there is none. */
uint64_t event_number(struct field f);

bool event_field_is(struct field f, const char *s);

#endif

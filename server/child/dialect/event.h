/* SPDX-License-Identifier: MIT */
/* An event as the dialects render it: from the relay, or made by the child for
 * its own client. */
#ifndef SERVER_CHILD_DIALECT_EVENT_H
#define SERVER_CHILD_DIALECT_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/frame.h"

/* Bytes without a terminating NUL; the maker of the event owns them. */
struct span {
	const char *p;
	size_t n;
};

#define SPAN_EMPTY ((struct span){"", 0})

struct event {
	enum event_kind kind;
	uint64_t seq; /* 0: has none */
	int64_t unix_ms;
	int64_t age_ms; /* of scrollback; -1: a new event */
	struct span from, to;
	/* The message; digest, who: a list of names (ipc/namelist.h); error,
	 * warning: the subject; bye of a kicked user: the administrator's
	 * reason. */
	struct span text;
	uint32_t online;
	uint32_t more; /* digest: names left out; gap: events missed */
	/* Error, warning: as enum error says; leave, bye: the seconds of the
	 * reason; welcome: the idle timeout in seconds, 0: none. */
	uint32_t number;
	enum error error;
	enum leave_reason reason; /* leave, bye; plain: the user's wish */
	bool digest;
	bool from_me, to_me;
};

#endif

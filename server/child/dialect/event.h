/* SPDX-License-Identifier: MIT */
/* An event as the dialects render it: the same whether it came from the relay
 * or was made by the child for its own client. */
#ifndef SERVER_CHILD_DIALECT_EVENT_H
#define SERVER_CHILD_DIALECT_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/frame.h"

/* Bytes without an end mark; they belong to whoever made the event. */
struct span {
	const char *p;
	size_t n;
};

#define SPAN_EMPTY ((struct span){"", 0})

struct event {
	enum event_kind kind;
	uint64_t seq; /* 0: has none */
	int64_t unix_ms;
	int64_t age_ms; /* of scrollback; -1: this is news */
	struct span from, to;
	/* What is said; digest, who: a list of names (ipc/namelist.h); error,
	 * warning: what it is about; bye of one who is kicked: the
	 * administrator's words. */
	struct span text;
	uint32_t online;
	uint32_t more; /* digest: names left out; gap: events missed */
	/* Error, warning: as enum error says; leave, bye: the seconds of the
	 * reason; welcome: seconds that one may be idle, 0: any. */
	uint32_t number;
	enum error error;
	enum leave_reason reason; /* leave, bye; plain: by their own wish */
	bool digest;
	bool from_me, to_me;
};

#endif

/* SPDX-License-Identifier: MIT */
/* An event as the dialects render it: from the relay, or made by the child for
 * its own client. */
#ifndef SERVER_CHILD_DIALECT_EVENT_H
#define SERVER_CHILD_DIALECT_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/audience.h"
#include "ipc/frame.h"
#include "server/span.h"

/* One of the rooms that there are. */
struct listed {
	struct span room, topic;
	uint32_t members;
};

struct event {
	enum event_kind kind;
	uint64_t seq; /* 0: has none */
	uint64_t id;  /* of the log's entry; 0: the child has made it */
	int64_t unix_ms;
	int64_t age_ms;   /* of scrollback, of what is late, and of since; -1:
			     a new event */
	struct span room; /* without '#'; empty: the lobby, or none */
	struct span from, to;
	struct audience_user from_id, to_id; /* for view_user */
	/* The message, perhaps of several lines (ipc/frame.h); digest, who: a
	 * list of names (ipc/namelist.h); error, warning: the subject; bye of a
	 * kicked user: the administrator's reason; topic: the topic, shown if
	 * from is empty; kick, leave of a room: the user's reason; mode: key or
	 * limit; modes: a list of its operators; ignored: a list of names;
	 * bans, invites: as ipc/frame.h has them; history that is "on": as
	 * ipc/history.h has it. */
	struct span text;
	struct span token;  /* welcome: the secret of the session */
	struct span tags;   /* of a message or alone, as another's child has
			       sent them: anything but controls */
	struct span powers; /* who of a room: an enum power for each name */
	const struct listed *listed; /* listed: these, nlisted of them */
	uint32_t nlisted;
	uint32_t online; /* in the room; listed end: rooms; modes: operators */
	uint32_t more;   /* digest: names left out; gap: events missed, which
			    may be 0 for a dialect that watches; modes: bits,
			    1 << enum room_mode; history end: whether there are
			    more; since: messages; welcome that is "on": lines
			    of the client that were taken */
	/* Error, warning: as enum error says; leave, bye: the seconds of the
	 * reason; welcome: the idle timeout in seconds, 0: none; modes: the
	 * limit; history and its end: how many lines it has. */
	uint32_t number;
	enum error error;
	enum leave_reason reason; /* leave, bye; plain: the user's wish */
	enum room_mode mode;      /* public, action: who alone reads it */
	bool on;   /* mode, ignore: it is set; kick: to is banned, too;
		      welcome: of a session that goes on */
	bool quit; /* leave of a room: by who leaves the server */
	bool digest;
	bool alone;  /* a join or leave that a digest tells to all but those
			who watch */
	bool acted;  /* private: an action */
	bool notice; /* public, private: no program should answer it */
	bool late;   /* public, action: of another host, said while that could
			not be heard, and told only now: news, with an age */
	bool answer; /* it answers the client's last request */
	bool from_me, to_me;
};

/* The time at which it is told, of one that has an age.  Both can be anything
 * that 64 bits hold. */
static inline int64_t event_now_ms(const struct event *e)
{
	return (int64_t)((uint64_t)e->unix_ms + (uint64_t)e->age_ms);
}

#endif

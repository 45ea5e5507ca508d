/* SPDX-License-Identifier: MIT */
/* What has been seen of the lobby, or of a room, from one connection to the
 * next: so that nothing is shown twice, and what was missed is asked for. */
#ifndef CLIENT_SESSION_SEEN_H
#define CLIENT_SESSION_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "client/session/events.h"

struct seen {
	uint64_t seq, ms; /* of the last event */
	uint64_t said_ms; /* of the last message; 0: none */

	/* Up to there it was seen before, on an earlier connection or in an
	 * earlier part of the answer; seq 0: by no number. */
	uint64_t before_seq, before_ms;
	bool overlaps;     /* what came goes back to what was seen */
	unsigned replayed; /* old lines that are new to us */

	/* What was missed is being asked for, in parts. */
	bool catching;
	unsigned parts;
	uint64_t last_seq, last_ms; /* of the last line of this part; 0: none */
};

/* The connection is lost. */
void seen_lose(struct seen *seen);

/* The server counts from anew: no number says what was seen. */
void seen_begin_anew(struct seen *seen);

/* Begins to ask for what was missed, or goes on; returns the time from which on
 * to ask, 0: nothing was ever seen; *seq: behind this number, 0: from any.
 * Until all has come, messages that come otherwise are taken to be in the
 * answer, and left out. */
uint64_t seen_catch_up(struct seen *seen, uint64_t *seq);

/* Whether to go on, at the end of a part behind which there is more. */
bool seen_goes_on(const struct seen *seen);

void seen_caught_up(struct seen *seen);

/* Whether an event is not to be shown.  old: it is from before we came; past:
 * it is part of an answer.  If it is shown, it is seen now. */
bool seen_has(struct seen *seen, const struct event *e, bool old, bool past);

#endif

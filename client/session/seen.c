/* SPDX-License-Identifier: MIT */
/* Owns what is new to the user of what the server tells again.
 * Runs in: client.
 *
 * Only scrollback and what was asked for can come twice.  Live events are new
 * whatever their number: all events of one digest have the same, and a server
 * that has been restarted starts at 1 again. */
#include "client/session/seen.h"

static bool is_message(const struct event *e)
{
	return e->kind == EVENT_PUBLIC || e->kind == EVENT_ACTION;
}

/* What has come while the past was asked for is before that in nothing but
 * time: it is not seen without it. */
void seen_lose(struct seen *seen)
{
	if (seen->catching) {
		seen->seq =
			seen->last_seq != 0 ? seen->last_seq : seen->before_seq;
		seen->ms =
			seen->last_seq != 0 ? seen->last_ms : seen->before_ms;
	}
	seen->before_seq = seen->seq;
	seen->before_ms = seen->ms;
	seen->overlaps = false;
	seen->replayed = 0;
	seen->catching = false;
	seen->parts = 0;
}

void seen_begin_anew(struct seen *seen)
{
	seen->seq = seen->before_seq = 0;
}

/* The last message itself comes again, which shows that none is missing. */
uint64_t seen_catch_up(struct seen *seen, uint64_t *seq)
{
	uint64_t from_ms = seen->said_ms != 0 ? seen->said_ms : seen->before_ms;

	*seq = 0;
	if (from_ms == 0)
		return 0;
	if (seen->catching) {
		seen->before_seq = *seq = seen->last_seq;
		seen->before_ms = from_ms = seen->last_ms;
	}
	seen->catching = true;
	seen->parts++;
	seen->last_seq = seen->last_ms = 0;
	return from_ms;
}

/* Of a part without a line there is nothing behind which to go on. */
bool seen_goes_on(const struct seen *seen)
{
	return seen->last_seq != 0;
}

void seen_caught_up(struct seen *seen)
{
	seen->catching = false;
}

/* Whether a line of the past was there before. */
static bool is_again(struct seen *seen, const struct event *e)
{
	bool again =
		e->seq <= seen->before_seq && e->unix_ms <= seen->before_ms;

	if (seen->parts <= 1 && (again || e->seq == seen->before_seq + 1))
		seen->overlaps = true;
	seen->replayed += !again;
	return again;
}

bool seen_has(struct seen *seen, const struct event *e, bool old, bool past)
{
	if (past && !seen->catching)
		return false; /* the user has asked for it */
	if (seen->catching && !past && (old || is_message(e)))
		return true;
	if (past) {
		seen->last_seq = e->seq;
		seen->last_ms = e->unix_ms;
	}
	if ((old || past) && is_again(seen, e))
		return true;
	if (e->seq > seen->seq)
		seen->seq = e->seq;
	if (e->unix_ms > seen->ms)
		seen->ms = e->unix_ms;
	if (is_message(e) && e->unix_ms > seen->said_ms)
		seen->said_ms = e->unix_ms;
	return false;
}

/* SPDX-License-Identifier: MIT */
/* Owns the keep-alives.
 * Runs in: client.
 *
 * The server sends its idle timeout after the welcome.  Half of it between two
 * lines leaves the other half for a slow machine or link, and costs
 * a server of 10,000 listeners 67 empty lines a second at its default. */
#include "client/session/alive.h"

#include <string.h>

#include "ipc/common/protocol.h"

bool alive_learn(struct session *s, const struct event *e)
{
	const size_t skipped = sizeof(NOTICE_IDLE) - 1;

	if (e->kind != EVENT_NOTICE || e->has_seq || e->text.n <= skipped ||
		memcmp(e->text.s, NOTICE_IDLE, skipped) != 0)
		return false;
	s->idle_s = event_number(
		(struct field){e->text.s + skipped, e->text.n - skipped});
	if (s->idle_s > ALIVE_IDLE_MAX_S)
		s->idle_s = 0;
	return true;
}

int alive_left_ms(const struct session *s)
{
	int64_t left;

	if (!s->stays || !s->ready || s->idle_s == 0)
		return -1;
	left = s->said_ms + (int64_t)s->idle_s * 500 - session_now_ms();
	return left > 0 ? (int)left : 0;
}

void alive_show(struct session *s)
{
	if (alive_left_ms(s) != 0)
		return;
	/* Without room other lines are on their way, which is enough. */
	if (session_can_say(s)) {
		connection_send(s->connection, "", "", 0);
		s->resume.said++;
	}
	s->said_ms = session_now_ms();
}

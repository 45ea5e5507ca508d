/* Owns the signs of life.
 * Runs in: client.
 *
 * The server says in its welcome how long one may be silent.  Half of that
 * between two lines leaves the other half for a slow machine or link, and costs
 * a server of 10,000 listeners 67 empty lines a second at its default. */
#include "client/alive.h"

#include <string.h>

#include "ipc/protocol.h"

void alive_learn(struct session *s, const struct event *welcome)
{
	const size_t skipped = sizeof(WELCOME_IDLE) - 1;
	struct field text = welcome->text;
	const char *blank = memchr(text.s, ' ', text.n);
	size_t rest = blank == NULL ? 0 : (size_t)(text.s + text.n - blank) - 1;

	s->idle_s = 0;
	if (rest > skipped && memcmp(blank + 1, WELCOME_IDLE, skipped) == 0)
		s->idle_s = event_number(
			(struct field){blank + 1 + skipped, rest - skipped});
	if (s->idle_s > ALIVE_IDLE_MAX_S)
		s->idle_s = 0;
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
	/* Without room there are lines on their way, which will do. */
	if (session_can_say(s))
		connection_send(s->connection, "", "", 0);
	s->said_ms = session_now_ms();
}

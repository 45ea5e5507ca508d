/* SPDX-License-Identifier: MIT */
/* Owns when the quiet list is asked for.
 * Runs in: client. */
#include "client/session/refresh.h"

#include <string.h>

/* The rest of a digest: that some left whom it does not name. */
static bool tells_of_unnamed(const struct event *e)
{
	static const char end[] = " left";
	size_t n = sizeof(end) - 1;

	return e->kind == EVENT_NOTICE && e->has_seq && e->text.n > n &&
	       memcmp(e->text.s + e->text.n - n, end, n) == 0;
}

bool refresh_is_due_to(const struct event *e)
{
	return e->room.n == 0 && (e->kind == EVENT_GAP || tells_of_unnamed(e));
}

/* Whether an answer to be had now can be told from any other. */
static bool can_ask(const struct session *s)
{
	return session_is_settled(s) && s->unsure == 0 && session_can_say(s);
}

void refresh_go_on(struct refresh *r, struct session *s)
{
	int64_t now = session_now_ms();

	if (r->rooms_wanted && !r->rooms_asked && can_ask(s)) {
		r->rooms_wanted = false;
		r->rooms_asked = true;
		session_ask(s, "/rooms", (struct field){"", 0});
	}
	if (!r->wanted || r->asked || !can_ask(s))
		return;
	if (now < r->due_ms) {
		s->wake_ms = r->due_ms;
		return;
	}
	r->wanted = false;
	r->asked = true;
	r->found = false;
	r->due_ms = now + REFRESH_PAUSE_MS;
	session_ask(s, "/who", (struct field){"", 0});
}

void refresh_forget(struct refresh *r, struct session *s)
{
	*r = (struct refresh){.wanted = false};
	s->wake_ms = 0;
}

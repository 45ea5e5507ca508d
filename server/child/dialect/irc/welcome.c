/* SPDX-License-Identifier: MIT */
/* The welcome: 001 to 005, and what follows them.
 * Runs in: child. */
#include <string.h>

#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

char *irc_welcome(struct dialect_state *s, char *dst, const struct event *e)
{
	struct irc *irc = own(s);
	char since[32];

	irc->registered = true;
	irc->nick_len = (uint8_t)e->to.n;
	memcpy(irc->nick, e->to.p, e->to.n);
	irc->heard_ms = s->now_ms;
	s->due_ms = s->now_ms + (int64_t)view_idle_timeout(s->view) * 500;
	if (view_idle_timeout(s->view) == 0)
		s->due_ms = 0;
	dst = reply(s, dst, "001", ":Welcome to the chat, $", e->to);
	dst = reply(s, dst, "002",
		":Your host is " IRC_SERVER ", running chatserver-" VERSION);
	dst = reply(s, dst, "003", ":This server was started $",
		(struct span){since,
			(size_t)(reply_time(since, view_started_ms(s->view)) -
				 since)});
	dst = reply(s, dst, "004",
		IRC_SERVER " chatserver-" VERSION " " IRC_MODES_USER
			   " " IRC_MODES_LISTS IRC_MODES_KEY IRC_MODES_LIMIT
				   IRC_MODES_FLAGS IRC_MODES_NAMED
			   " " IRC_MODES_LISTS IRC_MODES_KEY IRC_MODES_LIMIT
				   IRC_MODES_NAMED);
	dst = irc_isupport(s, dst);
	dst = irc_put_lusers(s, dst);
	return irc_put_motd(s, dst);
}

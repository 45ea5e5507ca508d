/* SPDX-License-Identifier: MIT */
/* Connection messages: PASS, NICK, USER, PING, PONG, QUIT, as
 * modern.ircdocs.horse, "Connection messages", has them.
 * Runs in: child. */
#include <string.h>

#include "ipc/common/name.h"
#include "ipc/common/text.h"
#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

bool irc_has_said_all(const struct irc *irc)
{
	return !irc->negotiates && irc->has_user && irc->nick_len > 0;
}

/* Joins, if all is there; the name may be refused: the next NICK tries again.
 */
static void join(struct irc_call *c)
{
	struct irc *irc = c->irc;

	if (!irc_has_said_all(irc))
		return;
	c->r->verb = VERB_JOIN;
	c->r->on = true;
	c->r->name = (struct span){irc->nick, irc->nick_len};
	c->r->user = (struct span){irc->user, irc->user_len};
	c->r->text = (struct span){irc->real, irc->real_len};
}

static char *wish(struct irc_call *c, struct span name, char *dst)
{
	struct audience_user me = view_me(c->s->view);
	struct person other;

	if (name.n > sizeof c->irc->nick ||
		name_check(name.p, name.n) != NAME_OK)
		return reply(c->s, dst, "432", "& :Erroneous nickname", name);
	/* The table decides later; but clients want to know at once. */
	if (view_named(c->s->view, name, &other) &&
		!view_is_mine(c->s->view, name) &&
		(other.id.slot != me.slot ||
			other.id.generation != me.generation))
		return reply(c->s, dst, "433", "& :Nickname is already in use",
			name);
	memcpy(c->irc->nick, name.p, name.n);
	c->irc->nick_len = (uint8_t)name.n;
	join(c);
	return dst;
}

/* NICK; and the end of CAP, which has no name. */
char *irc_nick(struct irc_call *c, char *dst)
{
	struct span name = c->m->n > 0 ? c->m->param[0] : SPAN_EMPTY;

	if (irc_is(c->m->command, "CAP")) {
		if (!c->irc->registered)
			join(c);
		return dst;
	}
	if (name.n == 0)
		return reply(c->s, dst, "431", ":No nickname given");
	if (!c->irc->registered)
		return wish(c, name, dst);
	c->r->verb = VERB_RENAME;
	c->r->name = c->irc->to = name;
	return dst;
}

char *irc_pass(struct irc_call *c, char *dst)
{
	(void)c;
	return dst;
}

/* A user name without what would end it in a prefix; "user" if nothing is
 * left. */
static void set_user(struct irc *irc, struct span name)
{
	irc->user_len = 0;
	for (size_t i = 0; i < name.n && irc->user_len < USER_MAX_BYTES; i++) {
		char a = name.p[i];

		if (a > ' ' && a <= '~' && strchr("!@:*?,", a) == NULL)
			irc->user[irc->user_len++] = a;
	}
}

char *irc_user(struct irc_call *c, char *dst)
{
	struct span real = span_cut(c->m->param[3], REAL_MAX_BYTES);

	if (c->m->param[0].n == 0 || c->m->param[3].n == 0)
		return reply(c->s, dst, "461", "& :Not enough parameters",
			c->m->command);
	if (c->irc->has_user)
		return reply(c->s, dst, "462", ":You may not reregister");
	set_user(c->irc, c->m->param[0]);
	memcpy(c->irc->real, real.p, real.n);
	c->irc->real_len = (uint8_t)real.n;
	c->irc->has_user = true;
	join(c);
	return dst;
}

/* --- the end -------------------------------------------------------------- */

char *irc_quit(struct irc_call *c, char *dst)
{
	c->r->verb = VERB_QUIT;
	if (c->m->n > 0)
		c->r->text = c->m->param[0];
	return dst;
}

char *irc_ping(struct irc_call *c, char *dst)
{
	char *p = put_word(dst, ":" IRC_SERVER " PONG " IRC_SERVER " :");
	struct span token = span_cut(c->m->param[0], IRC_LINE_MAX / 2);

	p += text_clean(p, token.p, token.n);
	return reply_end(dst, p);
}

char *irc_pong(struct irc_call *c, char *dst)
{
	(void)c;
	return dst;
}

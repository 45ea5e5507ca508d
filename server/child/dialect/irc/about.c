/* SPDX-License-Identifier: MIT */
/* Questions about the server: LUSERS, MOTD, VERSION, TIME, INFO, ADMIN,
 * and the commands that it has no use for; modern.ircdocs.horse, "Server
 * queries and commands".
 * Runs in: child. */
#include <string.h>

#include "ipc/common/clock.h"
#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

static const struct span server = {IRC_SERVER, sizeof IRC_SERVER - 1};

/* Whether the question names a server, which is not this one. */
static bool is_elsewhere(struct irc_call *c, char **dst)
{
	if (c->m->n == 0 || c->m->param[0].n == 0 ||
		irc_matches(c->m->param[0], server) ||
		irc_matches(c->m->param[0], view_my_name(c->s->view)))
		return false;
	*dst = reply(c->s, *dst, "402", "& :No such server", c->m->param[0]);
	return true;
}

static uint64_t count_rooms(const struct view *v)
{
	uint32_t end = view_room_end(v);
	uint64_t n = 0;
	struct room_view r;

	for (uint32_t i = 0; i < end; i++)
		n += view_room(v, i, &r);
	return n;
}

char *irc_put_lusers(struct dialect_state *s, char *dst)
{
	uint64_t online = view_online(s->view);

	dst = reply(s, dst, "251",
		":There are % users and 0 invisible on 1 servers", online);
	dst = reply(s, dst, "252", "0 :operator(s) online");
	dst = reply(s, dst, "254", "% :channels formed", count_rooms(s->view));
	dst = reply(s, dst, "255", ":I have % clients and 0 servers", online);
	dst = reply(s, dst, "265", ":Current local users %", online);
	return reply(s, dst, "266", ":Current global users %", online);
}

char *irc_lusers(struct irc_call *c, char *dst)
{
	return irc_put_lusers(c->s, dst);
}

char *irc_put_motd(struct dialect_state *s, char *dst)
{
	struct span line;

	if (!view_motd(s->view, 0, &line))
		return reply(s, dst, "422", ":There is no message of the day");
	dst = reply(s, dst, "375", ":- " IRC_SERVER " message of the day -");
	for (size_t i = 0; view_motd(s->view, i, &line); i++)
		dst = reply(s, dst, "372", ":- $", line);
	return reply(s, dst, "376", ":End of the message of the day");
}

char *irc_motd(struct irc_call *c, char *dst)
{
	return is_elsewhere(c, &dst) ? dst : irc_put_motd(c->s, dst);
}

char *irc_version(struct irc_call *c, char *dst)
{
	if (is_elsewhere(c, &dst))
		return dst;
	dst = reply(c->s, dst, "351",
		"chatserver-" VERSION " " IRC_SERVER " :RealTimeChatSystem");
	return irc_isupport(c->s, dst);
}

char *irc_time(struct irc_call *c, char *dst)
{
	char now[32] = "";
	int64_t ms = clock_wall_ms();

	if (is_elsewhere(c, &dst))
		return dst;
	return reply(c->s, dst, "391", IRC_SERVER " % 0 :$",
		(uint64_t)(ms / 1000),
		(struct span){now, (size_t)(reply_time(now, ms) - now)});
}

char *irc_info(struct irc_call *c, char *dst)
{
	if (is_elsewhere(c, &dst))
		return dst;
	dst = reply(
		c->s, dst, "371", ":RealTimeChatSystem, chatserver " VERSION);
	dst = reply(c->s, dst, "371",
		":IRC, text by nc or telnet, and chatclient: one chat for all");
	return reply(c->s, dst, "374", ":End of INFO list");
}

char *irc_admin(struct irc_call *c, char *dst)
{
	if (is_elsewhere(c, &dst))
		return dst;
	dst = reply(c->s, dst, "256", IRC_SERVER " :Administrative info");
	dst = reply(c->s, dst, "257", ":RealTimeChatSystem");
	dst = reply(c->s, dst, "258", ":It is told by who runs this server");
	return reply(c->s, dst, "259", ":root@localhost");
}

/* --- what there is not ------------------------------------------------------
 */

char *irc_links(struct irc_call *c, char *dst)
{
	dst = reply(c->s, dst, "364",
		IRC_SERVER " " IRC_SERVER " :0 RealTimeChatSystem");
	return reply(c->s, dst, "365", "* :End of LINKS list");
}

char *irc_stats(struct irc_call *c, char *dst)
{
	return reply(c->s, dst, "219", "& :End of STATS report",
		c->m->n > 0 ? c->m->param[0] : (struct span){"*", 1});
}

/* Administrators come by the control socket (chatserver(8)), not by a
 * password. */
char *irc_oper(struct irc_call *c, char *dst)
{
	return reply(c->s, dst, "491", ":No operators here");
}

char *irc_refused(struct irc_call *c, char *dst)
{
	return reply(c->s, dst, "481",
		":Permission Denied- You're not an IRC operator");
}

/* SPDX-License-Identifier: MIT */
/* Questions about users: WHOIS, WHOWAS, USERHOST, ISON; modern.ircdocs.horse,
 * "User-based queries".
 * Runs in: child. */
#include <string.h>

#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

static char *put_rooms(struct irc_call *c, char *dst, const struct person *who)
{
	uint32_t end = view_room_end(c->s->view);
	char *line = NULL, *p = dst;

	for (uint32_t i = ROOM_LOBBY; i < end; i++) {
		struct room_view r;
		uint8_t powers = 0;

		if (i != ROOM_LOBBY &&
			!view_is_in(c->s->view, who->id, i, &powers))
			continue;
		if (!view_room(c->s->view, i, &r))
			continue;
		if (line != NULL &&
			p - line + NAME_MAX_BYTES + 4 > IRC_LINE_MAX) {
			p = reply_end(line, p);
			line = NULL;
		}
		if (line == NULL) {
			line = p;
			p = reply_begin(c->s, p, "319");
			p = put_word(put_span(p, who->name), " :");
		} else {
			*p++ = ' ';
		}
		if ((powers & POWER_OPERATOR) != 0)
			*p++ = '@';
		else if ((powers & POWER_VOICE) != 0)
			*p++ = '+';
		p = reply_room(p, r.name);
	}
	return line != NULL ? reply_end(line, p) : p;
}

static char *put_whois(struct irc_call *c, char *dst, struct span name)
{
	struct person who;

	if (!view_named(c->s->view, name, &who))
		return reply(c->s, dst, "401", "& :No such nick/channel", name);
	view_about(c->s->view, &who);
	dst = reply(c->s, dst, "311", "$ $ " IRC_SERVER " * :$", who.name,
		who.user, who.real);
	dst = put_rooms(c, dst, &who);
	dst = reply(c->s, dst, "312", "$ " IRC_SERVER " :RealTimeChatSystem",
		who.name);
	if (who.bot)
		dst = reply(c->s, dst, "335", "$ :is a bot", who.name);
	if (who.away.n > 0)
		dst = reply(c->s, dst, "301", "$ :$", who.name, who.away);
	return reply(c->s, dst, "317", "$ % % :seconds idle, signon time",
		who.name, reply_idle(&who),
		(uint64_t)(who.connected_ms / 1000));
}

/* "WHOIS alice", "WHOIS chat alice", "WHOIS alice alice". */
char *irc_whois(struct irc_call *c, char *dst)
{
	struct span name = c->m->n > 0 ? c->m->param[0] : SPAN_EMPTY, rest;
	struct person who;

	if (c->m->n > 1) {
		if (!irc_is(name, IRC_SERVER) &&
			!view_named(c->s->view, name, &who))
			return reply(
				c->s, dst, "402", "& :No such server", name);
		name = c->m->param[1];
	}
	rest = name;
	name = irc_cut(&rest, ',');
	if (name.n == 0)
		return reply(c->s, dst, "431", ":No nickname given");
	dst = put_whois(c, dst, name);
	return reply(c->s, dst, "318", "& :End of /WHOIS list", name);
}

/* --- WHOWAS ----------------------------------------------------------------
 */

/* How many are asked for; no number, or none above 0: all. */
static uint32_t read_count(struct span word)
{
	uint32_t n = 0;

	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] < '0' || word.p[i] > '9')
			return UINT32_MAX;
		if (n < USERS_MAX)
			n = 10 * n + (uint32_t)(word.p[i] - '0');
	}
	return n > 0 ? n : UINT32_MAX;
}

static char *put_whowas(struct irc_call *c, char *dst, const struct person *who)
{
	char left[32] = "";
	size_t n = (size_t)(reply_time(left, who->last_line_ms) - left);

	dst = reply(c->s, dst, "314", "$ $ " IRC_SERVER " * :$", who->name,
		who->user, who->real);
	return reply(c->s, dst, "312", "$ " IRC_SERVER " :$", who->name,
		(struct span){left, n});
}

/* The last one first, a part at a time: c->irc->slot of them are told. */
char *irc_whowas(struct irc_call *c, char *dst)
{
	struct span name = c->m->n > 0 ? c->m->param[0] : SPAN_EMPTY;
	uint32_t count = read_count(c->m->n > 1 ? c->m->param[1] : SPAN_EMPTY);
	char *part = dst;
	struct person who;

	if (name.n == 0)
		return reply(c->s, dst, "431", ":No nickname given");
	if (c->irc->slot == 0)
		c->irc->whowas = 0;
	while (c->irc->slot < count &&
		view_past(c->s->view, name, &c->irc->whowas, &who)) {
		dst = put_whowas(c, dst, &who);
		c->irc->slot++;
		c->irc->again = dst - part >= (ptrdiff_t)IRC_PART;
		if (c->irc->again)
			return dst;
	}
	if (c->irc->slot == 0)
		dst = reply(c->s, dst, "406", "& :There was no such nickname",
			name);
	return reply(c->s, dst, "369", "& :End of WHOWAS", name);
}

/* --- short answers ---------------------------------------------------------
 */

char *irc_userhost(struct irc_call *c, char *dst)
{
	char *p = put_word(reply_begin(c->s, dst, "302"), ":");
	const char *before = "";

	for (size_t i = 0; i < c->m->n && i < 5; i++) {
		struct person who;

		if (!view_named(c->s->view, c->m->param[i], &who))
			continue;
		view_about(c->s->view, &who);
		p = put_span(put_word(p, before), who.name);
		p = put_word(p, who.away.n > 0 ? "=-" : "=+");
		p = put_word(put_span(p, who.user), "@" IRC_SERVER);
		before = " ";
	}
	return reply_end(dst, p);
}

/* The names may be parameters, or one of them with blanks. */
char *irc_ison(struct irc_call *c, char *dst)
{
	char *p = put_word(reply_begin(c->s, dst, "303"), ":");
	const char *before = "";

	for (size_t i = 0; i < c->m->n; i++) {
		struct span rest = c->m->param[i];

		while (rest.n > 0) {
			struct span name = irc_cut(&rest, ' ');
			struct person who;

			if (name.n == 0 || p - dst > IRC_LINE_MAX ||
				!view_named(c->s->view, name, &who))
				continue;
			p = put_span(put_word(p, before), who.name);
			before = " ";
		}
	}
	return reply_end(dst, p);
}

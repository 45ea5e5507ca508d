/* SPDX-License-Identifier: MIT */
/* Messages: PRIVMSG, NOTICE, TAGMSG, AWAY, SETNAME; modern.ircdocs.horse,
 * "Sending messages"; ircv3.net, "Message Tags", "setname".
 * Runs in: child. */
#include <string.h>

#include "ipc/common/text.h"
#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

/* TARGMAX. */
#define TARGETS_MAX 4

/* ircdocs.horse, "Client-to-Client Protocol": the end may be missing. */
static bool take_ctcp(struct span *text, struct span *command)
{
	if (text->n == 0 || *text->p != '\1')
		return false;
	text->p++;
	text->n--;
	if (text->n > 0 && text->p[text->n - 1] == '\1')
		text->n--;
	*command = irc_cut(text, ' ');
	return true;
}

/* STATUSMSG: "@#room" is for the operators there, "+#room" for those with
 * voice, too. */
static enum room_mode take_status(struct span *word)
{
	struct span room = *word;
	enum room_mode mode = MODE_NONE;

	while (room.n > 0 && (*room.p == '@' || *room.p == '+')) {
		if (mode != MODE_VOICE)
			mode = *room.p == '@' ? MODE_OPERATOR : MODE_VOICE;
		room = (struct span){room.p + 1, room.n - 1};
	}
	if (room.n == 0 || *room.p != '#')
		return MODE_NONE;
	*word = room;
	return mode;
}

/* Whether the client may talk there, as far as it knows. */
static bool is_open(const struct irc_call *c, const struct room_view *r)
{
	if (r->number == ROOM_LOBBY)
		return c->r->mode == MODE_NONE;
	return (r->modes & 1U << MODE_EXTERNAL) != 0 ||
	       view_is_in(c->s->view, view_me(c->s->view), r->number, NULL);
}

/* NOTICE has no errors: a program that answers notices would go round in
 * circles. */
static char *to_room(
	struct irc_call *c, char *dst, struct span word, struct span text)
{
	struct span name;
	struct room_view r;

	if (!irc_room(word, &name) || !view_room_named(c->s->view, name, &r))
		return c->irc->quiet ? dst
				     : reply(c->s, dst, "403",
					       "& :No such channel", word);
	if (!is_open(c, &r))
		return c->irc->quiet
			       ? dst
			       : reply(c->s, dst, "404",
					 "# :Cannot send to channel", r.name);
	c->r->verb = text.n == 0 ? VERB_TAGS : c->r->on ? VERB_ACT : VERB_SAY;
	c->r->room = name;
	c->r->text = text;
	return dst;
}

static char *to_user(
	struct irc_call *c, char *dst, struct span word, struct span text)
{
	struct person who;

	if (!view_has(c->s->view, word))
		return c->irc->quiet ? dst
				     : reply(c->s, dst, "401",
					       "& :No such nick/channel", word);
	c->r->verb = text.n == 0 ? VERB_TAGS : VERB_TELL;
	c->r->name = c->irc->to = word;
	c->r->text = text;
	if (c->irc->quiet || text.n == 0 || !view_named(c->s->view, word, &who))
		return dst;
	view_about(c->s->view, &who);
	if (who.away.n > 0)
		dst = reply(c->s, dst, "301", "$ :$", who.name, who.away);
	return dst;
}

static char *to_target(
	struct irc_call *c, char *dst, struct span target, struct span text)
{
	c->r->mode = take_status(&target);
	return target.n > 0 && *target.p == '#' ? to_room(c, dst, target, text)
						: to_user(c, dst, target, text);
}

char *irc_say(
	struct irc_call *c, char *dst, struct span target, struct span text)
{
	struct span ctcp = SPAN_EMPTY;
	bool is_ctcp = take_ctcp(&text, &ctcp);

	c->r->notice = c->irc->quiet;
	c->r->await = c->irc->quiet || c->irc->labeled || c->irc->again;
	c->r->on = is_ctcp && irc_is(ctcp, "ACTION");
	if (is_ctcp && !c->r->on)
		return c->irc->quiet ? dst
				     : reply_notice(c->s, dst,
					       "CTCP is not passed on here, "
					       "but for ACTION (/me)");
	if (text_is_blank(text.p, text.n))
		return c->irc->quiet
			       ? dst
			       : reply(c->s, dst, "412", ":No text to send");
	return to_target(c, dst, target, text);
}

/* Takes the next target of a list; false: there is none that is served, and an
 * error may have been written. */
static bool next_target(
	struct irc_call *c, char **dst, struct span list, struct span *target)
{
	struct irc *irc = c->irc;
	struct span after;

	if (!irc_part(list, irc->step, target))
		return false;
	if (irc->step >= TARGETS_MAX) {
		if (!irc->quiet)
			*dst = reply(c->s, *dst, "407", "& :Too many targets",
				*target);
		return false;
	}
	irc->step++;
	irc->again = irc_part(list, irc->step, &after);
	return true;
}

/* The tags of the line that are for other clients. */
static struct span tags_of(const struct irc_call *c)
{
	static char tags[IRC_TAGS_MAX];

	if (!irc_has(c->irc, CAP_MESSAGE_TAGS))
		return SPAN_EMPTY;
	return (struct span){tags, irc_client_tags(tags, c->m->tags)};
}

static char *message(struct irc_call *c, char *dst)
{
	struct irc *irc = c->irc;
	struct span target;

	if (c->m->n == 0 || c->m->param[0].n == 0)
		return irc->quiet ? dst
				  : reply(c->s, dst, "411",
					    ":No recipient given (&)",
					    c->m->command);
	if (c->m->n < 2 || c->m->param[1].n == 0)
		return irc->quiet ? dst
				  : reply(c->s, dst, "412", ":No text to send");
	if (!next_target(c, &dst, c->m->param[0], &target))
		return dst;
	c->r->tags = tags_of(c);
	return irc_say(c, dst, target, c->m->param[1]);
}

char *irc_privmsg(struct irc_call *c, char *dst)
{
	return message(c, dst);
}

char *irc_notice(struct irc_call *c, char *dst)
{
	c->irc->quiet = true;
	return message(c, dst);
}

char *irc_tagmsg(struct irc_call *c, char *dst)
{
	struct span target;

	if (!irc_has(c->irc, CAP_MESSAGE_TAGS))
		return reply(
			c->s, dst, "421", "& :Unknown command", c->m->command);
	if (c->m->n == 0)
		return reply(c->s, dst, "461", "& :Not enough parameters",
			c->m->command);
	if (!next_target(c, &dst, c->m->param[0], &target))
		return dst;
	c->r->tags = tags_of(c);
	/* Nothing of it is for others. */
	if (c->r->tags.n == 0)
		return dst;
	c->r->await = c->irc->labeled || c->irc->again;
	return to_target(c, dst, target, SPAN_EMPTY);
}

char *irc_away(struct irc_call *c, char *dst)
{
	c->r->verb = VERB_AWAY;
	if (c->m->n > 0 && !text_is_blank(c->m->param[0].p, c->m->param[0].n))
		c->r->text = c->m->param[0];
	return dst;
}

char *irc_setname(struct irc_call *c, char *dst)
{
	struct span real = c->m->param[0];

	if (text_is_blank(real.p, real.n))
		return reply_fail(c->s, dst, "SETNAME INVALID_REALNAME",
			"Real name is not valid");
	if (real.n > REAL_MAX_BYTES)
		return reply_fail(c->s, dst, "SETNAME INVALID_REALNAME",
			"Real name is too long: at most 64 bytes");
	c->r->verb = VERB_REALNAME;
	c->r->text = real;
	return dst;
}

/* SPDX-License-Identifier: MIT */
/* Channels: JOIN, PART, TOPIC, KICK, INVITE; modern.ircdocs.horse, "Channel
 * operations".
 * Runs in: child.
 *
 * What the relay refuses becomes a numeric in render.c. */
#include <string.h>

#include "ipc/common/text.h"
#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

static struct span param(const struct irc_call *c, size_t i)
{
	return i < c->m->n ? c->m->param[i] : SPAN_EMPTY;
}

/* The next part of a list, one in each step. */
static bool next_part(struct irc_call *c, struct span list, struct span *part)
{
	struct span after;

	if (!irc_part(list, c->irc->step, part))
		return false;
	c->irc->step++;
	c->irc->again = irc_part(list, c->irc->step, &after);
	return true;
}

static char *no_such_room(struct irc_call *c, char *dst, struct span word)
{
	return reply(c->s, dst, "403", "& :No such channel", word);
}

static bool is_in(const struct irc_call *c, uint32_t room)
{
	return view_is_in(c->s->view, view_me(c->s->view), room, NULL);
}

static void ask(struct irc_call *c, enum verb verb, struct span room)
{
	c->r->verb = verb;
	c->r->room = room;
}

/* --- JOIN, PART ----------------------------------------------------------- */

/* "JOIN 0": every room is left, one in each step; nobody leaves the lobby. */
static char *leave_all(struct irc_call *c, char *dst)
{
	uint32_t end = view_room_end(c->s->view);
	struct room_view r;

	if (c->irc->step == 0)
		c->irc->step = ROOM_LOBBY + 1;
	for (uint32_t i = c->irc->step; i < end; i++) {
		if (!is_in(c, i) || !view_room(c->s->view, i, &r))
			continue;
		c->irc->step = i + 1;
		c->irc->again = true;
		ask(c, VERB_EXIT, r.name);
		break;
	}
	return dst;
}

char *irc_join(struct irc_call *c, char *dst)
{
	struct span word, name, key = SPAN_EMPTY;
	struct room_view r;
	uint32_t step = c->irc->step;

	if (irc_is(c->m->param[0], "0"))
		return leave_all(c, dst);
	if (!next_part(c, c->m->param[0], &word))
		return dst;
	if (!irc_room(word, &name))
		return no_such_room(c, dst, word);
	if (view_room_named(c->s->view, name, &r) && is_in(c, r.number))
		return dst;
	if (!irc_part(param(c, 1), step, &key))
		key = SPAN_EMPTY;
	ask(c, VERB_ENTER, name);
	c->r->text = key;
	c->irc->to = name;
	return dst;
}

char *irc_part_rooms(struct irc_call *c, char *dst)
{
	struct span word, name;
	struct room_view r;

	if (!next_part(c, c->m->param[0], &word))
		return dst;
	if (!irc_room(word, &name) || !view_room_named(c->s->view, name, &r))
		return no_such_room(c, dst, word);
	if (r.number == ROOM_LOBBY)
		return reply_fail(c->s, dst, "PART LOBBY",
			"Everyone is in the lobby: QUIT leaves the server");
	if (!is_in(c, r.number))
		return reply(c->s, dst, "442", "# :You're not on that channel",
			r.name);
	ask(c, VERB_EXIT, name);
	c->r->text = param(c, 1);
	return dst;
}

/* --- TOPIC ---------------------------------------------------------------- */

char *irc_put_topic(
	struct dialect_state *s, char *dst, const struct room_view *r)
{
	if (r->topic.n == 0)
		return dst;
	dst = reply(s, dst, "332", "# :$", r->name, r->topic);
	return reply(s, dst, "333", "# $ %", r->name,
		r->topic_by.n > 0 ? r->topic_by : (struct span){IRC_SERVER, 4},
		(uint64_t)(r->topic_ms / 1000));
}

char *irc_entered(struct dialect_state *s, char *dst, const struct room_view *r)
{
	struct irc *irc = own(s);

	dst = irc_put_topic(s, dst, r);
	for (uint8_t i = 0; i < irc->nnames; i++) {
		if (irc->names[i] != r->number)
			continue;
		if (i == 0)
			irc->names_slot = 0;
		return dst;
	}
	if (irc->nnames == sizeof irc->names / sizeof irc->names[0])
		return dst; /* nobody is in so many */
	if (irc->nnames == 0)
		irc->names_slot = 0;
	irc->names[irc->nnames++] = (uint16_t)r->number;
	return dst;
}

char *irc_topic(struct irc_call *c, char *dst)
{
	struct span name, text = param(c, 1);
	struct room_view r;

	if (!irc_room(c->m->param[0], &name) ||
		!view_room_named(c->s->view, name, &r))
		return no_such_room(c, dst, c->m->param[0]);
	if (c->m->n < 2) {
		if (r.topic.n == 0)
			return reply(
				c->s, dst, "331", "# :No topic is set", r.name);
		return irc_put_topic(c->s, dst, &r);
	}
	if (!is_in(c, r.number))
		return reply(c->s, dst, "442", "# :You're not on that channel",
			r.name);
	text = span_cut(text, TOPIC_MAX);
	ask(c, text_is_blank(text.p, text.n) ? VERB_UNTOPIC : VERB_TOPIC, name);
	if (c->r->verb == VERB_TOPIC)
		c->r->text = text;
	return dst;
}

/* --- KICK, INVITE --------------------------------------------------------- */

char *irc_kick(struct irc_call *c, char *dst)
{
	struct span name, who, room = c->m->param[0], after;
	uint32_t step = c->irc->step;
	struct room_view r;

	if (!next_part(c, c->m->param[1], &who))
		return dst;
	/* One room for all of them, or one for each. */
	if (irc_part(room, 1, &after) && !irc_part(room, step, &room))
		room = SPAN_EMPTY;
	if (!irc_room(room, &name) || !view_room_named(c->s->view, name, &r))
		return no_such_room(c, dst, room);
	if (!is_in(c, r.number))
		return reply(c->s, dst, "442", "# :You're not on that channel",
			r.name);
	if (!view_has(c->s->view, who))
		return reply(c->s, dst, "401", "& :No such nick/channel", who);
	ask(c, VERB_KICK, name);
	c->r->name = c->irc->to = who;
	c->r->text = param(c, 2);
	return dst;
}

char *irc_invite(struct irc_call *c, char *dst)
{
	struct span name, who = param(c, 0);
	struct room_view r;

	if (c->m->n == 0) {
		c->r->verb = VERB_INVITES;
		return dst;
	}
	if (c->m->n < 2)
		return reply(c->s, dst, "461", "& :Not enough parameters",
			c->m->command);
	if (!view_has(c->s->view, who))
		return reply(c->s, dst, "401", "& :No such nick/channel", who);
	if (!irc_room(c->m->param[1], &name) ||
		!view_room_named(c->s->view, name, &r))
		return no_such_room(c, dst, c->m->param[1]);
	if (!is_in(c, r.number))
		return reply(c->s, dst, "442", "# :You're not on that channel",
			r.name);
	ask(c, VERB_INVITE, name);
	c->r->name = c->irc->to = who;
	return dst;
}

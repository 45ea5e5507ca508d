/* SPDX-License-Identifier: MIT */
/* Who comes and goes, and under which name, as IRC clients read it.
 * Runs in: child.
 *
 * Each join and leave comes by itself: what a digest says is known by then.  A
 * user's end is told once, by the leave of the lobby, where everyone is. */
#include <string.h>

#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"
#include "server/child/dialect/words.h"

struct span irc_room_of(struct dialect_state *s, const struct event *e)
{
	return e->room.n > 0 ? e->room : view_lobby(s->view);
}

/* Tags and source look the user up again, where its real name stands. */
static char *put_extended_join(struct dialect_state *s, char *dst,
	const struct event *e, struct span room)
{
	struct person who = {.id = e->from_id, .name = e->from};
	char real[3 * REAL_MAX_BYTES];
	size_t n;

	view_about(s->view, &who);
	n = span_cut(who.real, sizeof real).n;
	memcpy(real, who.real.p, n);
	return reply_event(
		s, dst, e, "JOIN # * :$", room, (struct span){real, n});
}

char *irc_put_join(struct dialect_state *s, char *dst, const struct event *e)
{
	struct span room = irc_room_of(s, e);
	struct room_view r;

	if (e->digest)
		return dst;
	if (irc_has(own(s), CAP_EXTENDED_JOIN))
		dst = put_extended_join(s, dst, e, room);
	else
		dst = reply_event(s, dst, e, "JOIN #", room);
	if (e->from_me)
		return view_room_named(s->view, room, &r)
			       ? irc_entered(s, dst, &r)
			       : dst;
	return irc_put_away_at_join(s, dst, e);
}

char *irc_put_leave(struct dialect_state *s, char *dst, const struct event *e)
{
	char why[TOPIC_MAX + WHO_LINE_MAX] = "";
	struct event cut = *e;
	struct span reason;

	if (e->digest || e->quit)
		return dst;
	/* What the relay takes is no longer; it is another's words. */
	cut.text = span_cut(e->text, TOPIC_MAX);
	reason = (struct span){why, (size_t)(put_reason(why, &cut) - why)};
	if (e->room.n == 0 && e->reason == LEAVE_PLAIN)
		return reply_event(s, dst, e,
			reason.n > 0 ? "QUIT :Quit: $" : "QUIT :Quit$", reason);
	if (e->room.n == 0)
		return reply_event(s, dst, e, "QUIT :$", reason);
	if (reason.n == 0)
		return reply_event(s, dst, e, "PART #", e->room);
	return reply_event(s, dst, e, "PART # :$", e->room, reason);
}

char *irc_put_rename(struct dialect_state *s, char *dst, const struct event *e)
{
	struct irc *irc = own(s);

	if (e->from_me) {
		irc->nick_len = (uint8_t)e->to.n;
		memcpy(irc->nick, e->to.p, e->to.n);
	}
	/* It has been told without its event. */
	if (e->from.n == e->to.n && memcmp(e->from.p, e->to.p, e->to.n) == 0)
		return dst;
	return reply_event(s, dst, e, "NICK $", e->to);
}

char *irc_put_kick(struct dialect_state *s, char *dst, const struct event *e)
{
	struct event ban = *e;

	if (e->on) {
		/* Two lines of one event: one of them has its id. */
		ban.id = 0;
		dst = irc_put_mode(s, dst, &ban);
	}
	return reply_event(s, dst, e, "KICK # $ :$", e->room, e->to,
		e->text.n > 0 ? e->text : e->from);
}

/* The lobby is entered by nobody's wish, as on networks that have one. */
char *irc_put_welcome(struct dialect_state *s, char *dst, const struct event *e)
{
	struct event mine = *e;

	dst = irc_welcome(s, dst, e);
	mine.kind = EVENT_JOIN;
	mine.id = 0;
	mine.from = e->to;
	mine.from_id = view_me(s->view);
	mine.from_me = true;
	return irc_put_join(s, dst, &mine);
}

/* --- after a gap -----------------------------------------------------------
 */

/* The client's list of a room is old: it leaves, in its own eyes, and comes
 * again.  Each room has a gap of its own, the lobby's is the last. */
static char *renew(struct dialect_state *s, char *dst, const struct event *e,
	struct span room)
{
	struct event mine = *e;
	struct room_view r;

	mine.id = 0;
	mine.from = (struct span){own(s)->nick, own(s)->nick_len};
	mine.from_id = view_me(s->view);
	mine.from_me = true;
	mine.room = room;
	mine.kind = EVENT_JOIN;
	dst = reply_event(s, dst, &mine, "PART # :you missed % messages", room,
		(uint64_t)e->more);
	/* Whoever has gone may have left other rooms, untold. */
	if (!view_room_named(s->view, room, &r))
		return dst;
	return irc_put_join(s, dst, &mine);
}

char *irc_put_gap(struct dialect_state *s, char *dst, const struct event *e)
{
	struct irc *irc = own(s);
	struct span me = view_my_name(s->view);
	struct event mine = *e;

	if (me.n > 0 &&
		(me.n != irc->nick_len || memcmp(me.p, irc->nick, me.n) != 0)) {
		mine.id = 0;
		mine.from = (struct span){irc->nick, irc->nick_len};
		mine.from_id = view_me(s->view);
		dst = reply_event(s, dst, &mine, "NICK $", me);
		irc->nick_len = (uint8_t)me.n;
		memcpy(irc->nick, me.p, me.n);
	}
	irc_forget_away();
	return renew(s, dst, e, irc_room_of(s, e));
}

/* SPDX-License-Identifier: MIT */
/* Events as IRC clients read them.
 * Runs in: child.
 *
 * Each join and leave comes by itself: what a digest says is known by then.  A
 * user's end is told once, by the leave of the lobby, where everyone is. */
#include <string.h>

#include "server/child/dialect/irc/errors.h"
#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"
#include "server/child/dialect/words.h"

/* The name of the event's room, the lobby's, too; in static storage. */
static struct span room_of(struct dialect_state *s, const struct event *e)
{
	static char name[3 * NAME_MAX_BYTES];
	struct room_view r;

	if (e->room.n > 0)
		return e->room;
	if (!view_room(s->view, ROOM_LOBBY, &r))
		return SPAN_EMPTY;
	r.name = span_cut(r.name, sizeof name);
	memcpy(name, r.name.p, r.name.n);
	return (struct span){name, r.name.n};
}

/* --- messages ------------------------------------------------------------- */

static char *put_message(struct dialect_state *s, char *dst,
	const struct event *e, struct span to, bool action)
{
	return reply_text(s, dst, e, e->notice ? "NOTICE" : "PRIVMSG", to,
		action ? "\1ACTION " : "", action ? "\1" : "");
}

/* "#dev", or "@#dev" of those with a power there; in static storage. */
static struct span target_of(struct dialect_state *s, const struct event *e)
{
	static char to[2 + 3 * NAME_MAX_BYTES];
	char *p = to;

	if (e->mode != MODE_NONE)
		*p++ = e->mode == MODE_OPERATOR ? '@' : '+';
	p = reply_room(p, room_of(s, e));
	return (struct span){to, (size_t)(p - to)};
}

static char *put_public(
	struct dialect_state *s, char *dst, const struct event *e)
{

	/* Its sender has shown it already. */
	if (e->from_me && e->age_ms < 0 && !irc_has(own(s), CAP_ECHO_MESSAGE))
		return dst;
	return put_message(s, dst, e, target_of(s, e), e->kind == EVENT_ACTION);
}

/* The sender's copy; what a client sends is no longer than this. */
static char *put_echo(struct dialect_state *s, char *dst, const struct event *e)
{
	struct event cut = *e;

	if (!e->from_me || !irc_has(own(s), CAP_ECHO_MESSAGE))
		return dst;
	cut.text = span_cut(e->text, MESSAGE_MAX_BYTES);
	return put_message(s, dst, &cut, e->to, e->acted);
}

static char *put_private(
	struct dialect_state *s, char *dst, const struct event *e)
{
	struct event cut = *e;

	if (!e->to_me)
		return dst;
	if (e->from_me)
		cut.text = span_cut(e->text, MESSAGE_MAX_BYTES);
	return put_message(s, dst, &cut, e->to, e->acted);
}

/* Tags alone, to a room or to a user; one's own are an echo. */
static char *put_tagmsg(
	struct dialect_state *s, char *dst, const struct event *e, bool echo)
{
	char tags[TAGS_MAX];

	if (!irc_has(own(s), CAP_MESSAGE_TAGS) ||
		irc_client_tags(tags, e->tags) == 0 ||
		(echo && !irc_has(own(s), CAP_ECHO_MESSAGE)))
		return dst;
	return reply_event(
		s, dst, e, "TAGMSG $", e->to.n > 0 ? e->to : target_of(s, e));
}

/* What a user gets of a private message that is from somebody, after the
 * sender's copy. */
static char *put_received(
	struct dialect_state *s, char *dst, const struct event *e)
{
	if (e->kind == EVENT_PRIVATE)
		return put_private(s, dst, e);
	if (e->kind == EVENT_TAGS && e->to_me)
		return put_tagmsg(s, dst, e, false);
	return dst;
}

/* --- who comes and goes --------------------------------------------------- */

static char *put_join(struct dialect_state *s, char *dst, const struct event *e)
{
	struct span room = room_of(s, e);
	struct room_view r;
	struct person who;

	if (e->digest)
		return dst;
	who = reply_person(s, e->from_id, e->from);
	if (irc_has(own(s), CAP_EXTENDED_JOIN))
		dst = reply_event(s, dst, e, "JOIN # * :$", room, who.real);
	else
		dst = reply_event(s, dst, e, "JOIN #", room);
	if (e->from_me)
		return view_room_named(s->view, room, &r)
			       ? irc_entered(s, dst, &r)
			       : dst;
	return irc_put_away_at_join(s, dst, e);
}

static char *put_leave(
	struct dialect_state *s, char *dst, const struct event *e)
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

static char *put_rename(
	struct dialect_state *s, char *dst, const struct event *e)
{
	struct irc *irc = own(s);

	if (e->from_me) {
		irc->nick_len = (uint8_t)e->to.n;
		memcpy(irc->nick, e->to.p, e->to.n);
	}
	return reply_event(s, dst, e, "NICK $", e->to);
}

static char *put_kick(struct dialect_state *s, char *dst, const struct event *e)
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
static char *put_welcome(
	struct dialect_state *s, char *dst, const struct event *e)
{
	struct event mine = *e;

	dst = irc_welcome(s, dst, e);
	mine.kind = EVENT_JOIN;
	mine.id = 0;
	mine.from = e->to;
	mine.from_id = view_me(s->view);
	mine.from_me = true;
	return put_join(s, dst, &mine);
}

/* --- after a gap -----------------------------------------------------------
 */

/* The client's list of a room is old: it leaves, in its own eyes, and comes
 * again. */
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
	return put_join(s, dst, &mine);
}

static char *put_gap(struct dialect_state *s, char *dst, const struct event *e)
{
	struct irc *irc = own(s);
	struct span me = view_my_name(s->view);
	uint32_t end = view_room_end(s->view);
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
	if (e->room.n > 0)
		return renew(s, dst, e, e->room);
	dst = renew(s, dst, e, room_of(s, e));
	for (uint32_t i = ROOM_LOBBY + 1; i < end; i++) {
		char name[3 * NAME_MAX_BYTES];
		struct room_view r;

		if (!view_is_in(s->view, view_me(s->view), i, NULL) ||
			!view_room(s->view, i, &r))
			continue;
		r.name = span_cut(r.name, sizeof name);
		memcpy(name, r.name.p, r.name.n);
		dst = renew(s, dst, e, (struct span){name, r.name.n});
	}
	return dst;
}

/* --- all -------------------------------------------------------------------
 */

static char *put_invite(
	struct dialect_state *s, char *dst, const struct event *e)
{
	if (e->from_me)
		return reply(s, dst, "341", "$ #", e->to, e->room);
	if (!e->to_me)
		return dst;
	return reply_event(s, dst, e, "INVITE $ #", e->to, e->room);
}

static char *put_invites(
	struct dialect_state *s, char *dst, const struct event *e)
{
	struct span rest = e->text, room;

	while ((room = next_name(&rest)).n > 0)
		dst = reply(s, dst, "336", "$", room);
	return reply(s, dst, "337", ":End of INVITE list");
}

static char *put_bye(struct dialect_state *s, char *dst, const struct event *e)
{
	char *p = put_word(dst, "ERROR :Closing link: ");

	if (!own(s)->registered && e->reason == LEAVE_IDLE)
		return reply_end(dst, put_word(p, "Registration timed out"));
	p = e->reason == LEAVE_PLAIN ? put_word(p, "Quit") : put_reason(p, e);
	return reply_end(dst, p);
}

static char *put_warning(
	struct dialect_state *s, char *dst, const struct event *e)
{
	char *p = put_word(reply_begin(s, dst, "NOTICE"), ":");

	return reply_end(dst, put_error(p, e));
}

/* Whether it answers the last request: the relay says so, and an error of the
 * child itself does. */
static bool is_answer(const struct event *e)
{
	return e->answer || (e->kind == EVENT_ERROR && e->id == 0);
}

static char *put_error_event(
	struct dialect_state *s, char *dst, const struct event *e)
{
	if (own(s)->verb == VERB_HISTORY && own(s)->waiting && is_answer(e))
		return irc_refuse_history(s, dst);
	if (own(s)->quiet && own(s)->waiting && is_answer(e))
		return dst;
	return irc_put_error(s, dst, e);
}

static char *put_room_event(
	struct dialect_state *s, char *dst, const struct event *e)
{
	switch (e->kind) {
	case EVENT_TOPIC:
		/* One that is only shown is asked for here in another way. */
		return e->from.n == 0 ? dst
				      : reply_event(s, dst, e, "TOPIC # :$",
						e->room, e->text);
	case EVENT_KICK:
		return put_kick(s, dst, e);
	case EVENT_MODE:
		return irc_put_mode(s, dst, e);
	case EVENT_INVITE:
		return put_invite(s, dst, e);
	case EVENT_BANS:
		return irc_put_bans(s, dst, e);
	case EVENT_INVITES:
		return put_invites(s, dst, e);
	case EVENT_GONE:
		return reply_event(
			s, dst, e, "PART # :you missed your leaving", e->room);
	default:
		return dst;
	}
}

static char *put_event(
	struct dialect_state *s, char *dst, const struct event *e)
{
	switch (e->kind) {
	case EVENT_WELCOME:
		return put_welcome(s, dst, e);
	case EVENT_PUBLIC:
	case EVENT_ACTION:
		return put_public(s, dst, e);
	case EVENT_PRIVATE:
		return put_echo(s, dst, e);
	case EVENT_TAGS:
		return e->from_me || e->to.n == 0
			       ? put_tagmsg(s, dst, e, e->from_me)
			       : dst;
	case EVENT_JOIN:
		return put_join(s, dst, e);
	case EVENT_LEAVE:
		return put_leave(s, dst, e);
	case EVENT_RENAME:
		return put_rename(s, dst, e);
	case EVENT_AWAY:
		return irc_put_away(s, dst, e);
	case EVENT_REALNAME:
		return irc_has(own(s), CAP_SETNAME)
			       ? reply_event(s, dst, e, "SETNAME :$", e->text)
			       : dst;
	case EVENT_ERROR:
		return put_error_event(s, dst, e);
	case EVENT_WARNING:
		return put_warning(s, dst, e);
	case EVENT_NOTICE:
		return reply_event(
			s, dst, e, "NOTICE # :$", room_of(s, e), e->text);
	case EVENT_GAP:
		return put_gap(s, dst, e);
	case EVENT_HISTORY:
		return irc_begin_history(s, dst, e, room_of(s, e));
	case EVENT_HISTORY_END:
		return irc_end_history(s, dst);
	case EVENT_BYE:
		return put_bye(s, dst, e);
	default:
		return put_room_event(s, dst, e);
	}
}

/* Scrollback, or what the client has asked for: who can ask gets nothing else.
 */
static char *put_old(struct dialect_state *s, char *dst, const struct event *e)
{
	struct irc *irc = own(s);
	char *p;

	if (!irc->tells && irc_has(irc, CAP_CHATHISTORY))
		return dst;
	p = e->kind == EVENT_PRIVATE ? put_message(s, dst, e, e->to, e->acted)
				     : put_event(s, dst, e);
	return irc->tells ? irc_put_past(s, dst, p) : p;
}

char *irc_render(struct dialect_state *s, const struct event *e, char *dst)
{
	struct irc *irc = own(s);
	bool answers = irc->waiting && is_answer(e);
	char *p;

	/* One that was greeted as text first is in the lobby already. */
	if (!irc->registered && e->kind != EVENT_WELCOME &&
		e->kind != EVENT_ERROR && e->kind != EVENT_BYE)
		return dst;
	irc->whole_batch = false;
	if (e->age_ms >= 0)
		return put_old(s, dst, e);
	p = irc_put_monitored(s, put_event(s, dst, e), e);
	/* The names of a room follow the own JOIN at once, where they fit:
	 * after a gap they are those of all rooms. */
	if (irc->nnames == 1 && p - dst < (ptrdiff_t)RENDER_MAX / 2 &&
		(e->kind == EVENT_WELCOME ||
			(e->kind == EVENT_JOIN && e->from_me)))
		p = irc_put_names(s, p);
	s->more = s->more || irc->nnames > 0;
	if (answers) {
		irc->waiting = false;
		p = irc_answer(s, dst, p, !irc->again && irc->nnames == 0);
	}
	irc->whole_batch = false;
	return put_received(s, p, e);
}

/* SPDX-License-Identifier: MIT */
/* Events as IRC clients read them.
 * Runs in: child. */
#include <string.h>

#include "server/child/dialect/irc/errors.h"
#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"
#include "server/child/dialect/words.h"

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
	p = reply_room(p, irc_room_of(s, e));
	return (struct span){to, (size_t)(p - to)};
}

/* Scrollback, not what is late: that is told now, and nobody else tells it. */
static bool is_old(const struct event *e)
{
	return e->age_ms >= 0 && !e->late && e->kind != EVENT_SINCE;
}

static char *put_public(
	struct dialect_state *s, char *dst, const struct event *e)
{
	/* Its sender has shown it already. */
	if (e->from_me && !is_old(e) && !irc_has(own(s), CAP_ECHO_MESSAGE))
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

/* --- all ------------------------------------------------------------------ */

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

static char *put_since_notice(
	struct dialect_state *s, char *dst, const struct event *e)
{
	char *p = put_word(reply_begin(s, dst, "NOTICE"), ":");

	return e->more > 0 ? reply_end(dst, put_since(p, e)) : dst;
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
	char *p;

	if (own(s)->verb == VERB_HISTORY && own(s)->waiting && is_answer(e))
		return irc_refuse_history(s, dst);
	if (own(s)->quiet && own(s)->waiting && is_answer(e))
		return dst;
	p = irc_put_error(s, dst, e);
	return e->error == ERROR_LINE_TOO_LONG ? irc_batch_broken(s, dst, p)
					       : p;
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
		return irc_put_kick(s, dst, e);
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
		return irc_put_welcome(s, dst, e);
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
		return irc_put_join(s, dst, e);
	case EVENT_LEAVE:
		return irc_put_leave(s, dst, e);
	case EVENT_RENAME:
		return irc_put_rename(s, dst, e);
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
			s, dst, e, "NOTICE # :$", irc_room_of(s, e), e->text);
	case EVENT_SINCE:
		return put_since_notice(s, dst, e);
	case EVENT_GAP:
		return irc_put_gap(s, dst, e);
	case EVENT_HISTORY:
		return irc_begin_history(s, dst, e, irc_room_of(s, e));
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
	if (is_old(e))
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

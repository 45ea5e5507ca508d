/* SPDX-License-Identifier: MIT */
/* The hooks of the IRC dialect: registration, lines and their parts, PING.
 * Runs in: child.
 *
 * A line may ask for several things, one for each target: each is a request of
 * its own, and the next one is made when the one before has been answered.  The
 * line stays until then. */
#include "server/child/dialect/irc.h"

#include <string.h>

#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

/* Whether the line, or what it has begun, is over. */
static bool is_over(const struct irc *irc)
{
	return !irc->again && !irc->waiting && irc->nnames == 0;
}

/* Messages go on without waiting, unless the client wants to know. */
static bool is_talk(enum verb verb)
{
	return verb == VERB_SAY || verb == VERB_ACT || verb == VERB_TELL ||
	       verb == VERB_TAGS;
}

/* Carries out the next part of the line, and marks what it writes. */
static char *run(struct dialect_state *s, struct request *r, char *dst)
{
	struct irc *irc = own(s);
	struct irc_call c = {.s = s, .irc = irc, .r = r};
	char *p = dst;

	irc->again = irc->waiting = false;
	*r = REQUEST_EMPTY;
	p = irc_run(&c, p);
	irc->verb = r->verb;
	irc->waiting = r->verb != VERB_NONE && (!is_talk(r->verb) || r->await);
	p = irc_answer(s, dst, p, is_over(irc));
	/* A request that nobody answers ends in more(), too. */
	s->more = !is_over(irc);
	return p;
}

static char *begin_line(
	struct dialect_state *s, struct span text, struct request *r, char *dst)
{
	struct irc *irc = own(s);

	irc->line = irc_uncoloured(text);
	irc->step = irc->slot = 0;
	irc->to = SPAN_EMPTY;
	irc->quiet = false;
	irc->heard_ms = s->now_ms;
	return run(s, r, dst);
}

static char *line(
	struct dialect_state *s, struct span text, struct request *r, char *dst)
{
	return begin_line(s, text, r, dst);
}

static char *hello(
	struct dialect_state *s, struct span text, struct request *r, char *dst)
{
	dst = begin_line(s, text, r, dst);
	/* Nothing of a hello has parts, and the welcome is no answer. */
	own(s)->again = own(s)->waiting = own(s)->labeled = s->more = false;
	return dst;
}

static char *more(struct dialect_state *s, struct request *r, char *dst)
{
	struct irc *irc = own(s);
	char *p = dst;

	*r = REQUEST_EMPTY;
	irc->waiting = false;
	if (irc->nnames > 0) {
		p = irc_put_names(s, p);
		p = irc_answer(s, dst, p, is_over(irc));
	} else if (irc->again) {
		return run(s, r, p);
	} else {
		p = irc_answer(s, dst, p, true);
	}
	s->more = !is_over(irc);
	return p;
}

/* A client that has not registered by then leaves: it needs a second, and has
 * been heard of by nobody. */
#define REGISTER_MS 30000

static char *begin(struct dialect_state *s, char *dst)
{
	s->due_ms = s->now_ms + REGISTER_MS;
	return dst;
}

/* Half of the idle timeout without a line: the client is asked whether it is
 * there, and PONG is a line. */
static char *tick(struct dialect_state *s, struct request *r, char *dst)
{
	int64_t half = (int64_t)view_idle_timeout(s->view) * 500;
	int64_t due = own(s)->heard_ms + half;

	*r = REQUEST_EMPTY;
	/* The server may be busy; a client that has said all waits for it. */
	if (!own(s)->registered && irc_has_said_all(own(s)))
		return begin(s, dst);
	if (!own(s)->registered) {
		r->verb = VERB_END;
		r->reason = LEAVE_IDLE;
		return dst;
	}
	if (half == 0)
		return dst;
	s->due_ms = s->now_ms < due ? due : s->now_ms + half;
	if (s->now_ms < due)
		return dst;
	return put_word(dst, "PING :" IRC_SERVER "\r\n");
}

const struct dialect dialect_irc = {
	.name = "irc",
	.waits = true,
	.watches = true,
	.line_max = IRC_TAGS_MAX + IRC_LINE_MAX,
	.begin = begin,
	.hello = hello,
	.line = line,
	.render = irc_render,
	.tick = tick,
	.more = more,
};

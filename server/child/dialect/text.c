/* SPDX-License-Identifier: MIT */
/* The text dialect: lines that users type and read.
 * Runs in: child. */
#include "server/child/dialect/text.h"

#include "ipc/common/age.h"
#include "ipc/common/limits.h"
#include "server/child/dialect/render.h"
#include "server/child/dialect/text_rooms.h"
#include "server/child/dialect/typed.h"
#include "server/child/dialect/words.h"

/* The age of scrollback, and of what is late. */
static char *put_old(char *p, const struct event *e)
{
	struct age a = age_of(e->age_ms, 1);

	if (e->age_ms < 0)
		return p;
	p = put_number(put_word(p, " "), a.n);
	p = put_word(put_word(p, " "), a.unit);
	return put_word(p, " ago");
}

/* [alice] hello, [alice -> @#dev] hello, [alice 2 min ago] hello, [* alice]
 * waves: no name has a blank or a star, so no user can make a line look old, or
 * an old line look new; a line that begins with a star alone is the server's.
 */
static char *put_public(char *p, const struct event *e)
{
	p = text_put_mark(p, e);
	p = put_word(p, e->kind == EVENT_ACTION ? "[* " : "[");
	p = put_span(p, e->from);
	p = put_old(p, e);
	if (e->mode != MODE_NONE)
		p = put_status(put_word(p, " -> "), e);
	p = put_word(p, "] ");
	return put_line(p, e->text);
}

static char *put_private(char *p, const struct event *e)
{
	if (e->from_me) {
		p = put_word(p, e->acted ? "[* you" : "[you");
		p = put_word(put_old(p, e), " -> ");
		p = put_span(p, e->to);
		p = put_word(p, "] ");
		p = put_line(p, e->text);
	}
	if (e->from_me && e->to_me)
		*p++ = '\n';
	if (e->to_me) {
		p = put_word(p, e->acted ? "[* " : "[");
		p = put_span(p, e->from);
		p = put_word(put_old(p, e), " -> you] ");
		p = put_line(p, e->text);
	}
	return p;
}

/* Each line of a message has its sender before it, so none can look like
 * another's. */
static char *put_message(char *p, const struct event *e)
{
	struct event line = *e;
	struct span rest = e->text;
	char *begin = p;

	while ((line.text = next_line(&rest)).n > 0) {
		if (p > begin)
			*p++ = '\n';
		p = e->kind == EVENT_PRIVATE ? put_private(p, &line)
					     : put_public(p, &line);
	}
	return p;
}

/* alice; alice and bob; alice, bob, carol and dave; alice, bob, carol and 97
 * others. */
static char *put_digest(char *p, const struct event *e)
{
	struct span rest = e->text, name[4];
	size_t n = 0, shown, others = e->more;

	while (rest.n > 0) {
		struct span one = next_name(&rest);

		if (n < 4)
			name[n++] = one;
		else
			others++;
	}
	if (others > 0 && n == 4) {
		n = 3;
		others++;
	}
	shown = n;
	for (size_t i = 0; i < shown; i++) {
		if (i > 0)
			p = put_word(p,
				i + 1 == shown && others == 0 ? " and " : ", ");
		p = put_span(p, name[i]);
	}
	if (others > 0) {
		p = put_word(p, shown > 0 ? " and " : "");
		p = put_grouped(p, others);
		p = put_word(p, others == 1 ? " other" : " others");
	}
	return p;
}

static char *put_presence(char *p, const struct event *e)
{
	p = text_put_star(p, e);
	p = e->digest ? put_digest(p, e) : put_span(p, e->from);
	p = put_word(p, e->kind == EVENT_JOIN ? " joined" : " left");
	if (has_reason(e))
		p = put_reason(put_word(p, ": "), e);
	p = put_word(p, " (");
	p = put_grouped(p, e->online);
	return put_word(p, e->room.n > 0 ? " here)" : " online)");
}

/* Whether a rename tells the client what it knows already. */
static bool is_no_news(const struct event *e)
{
	return e->from.n == e->to.n && memcmp(e->from.p, e->to.p, e->to.n) == 0;
}

static char *put_rename(char *p, const struct event *e)
{
	if (is_no_news(e))
		return p;
	p = put_word(p, "* ");
	p = put_span(p, e->from);
	p = put_word(p, " is now ");
	return put_span(p, e->to);
}

static char *put_welcome(char *p, const struct event *e)
{
	p = put_word(p, "* welcome, ");
	p = put_span(p, e->to);
	p = put_word(p, "; ");
	p = put_grouped(p, e->online);
	return put_word(p, " online; /help for help");
}

/* As many lines as needed, each at most WHO_LINE_MAX bytes; the last one has no
 * '\n', as everywhere here. */
static char *put_who(char *p, const struct event *e)
{
	struct span rest = e->text;
	char count[32];
	char *end = put_grouped(put_word(count, " ("), e->online);

	memcpy(end, ")", sizeof ")");
	while (rest.n > 0) {
		char *line = p;

		p = put_word(text_put_star(p, e),
			e->room.n > 0 ? "here: " : "online: ");
		p = put_names(p, line, &rest, count);
		if (rest.n > 0)
			*p++ = '\n';
	}
	return p;
}

static char *put_gap(char *p, const struct event *e)
{
	p = put_word(text_put_star(p, e), "you missed ");
	p = put_grouped(p, e->more);
	return put_word(p, e->more == 1 ? " message" : " messages");
}

static char *put_history_end(char *p, const struct event *e)
{
	p = text_put_star(p, e);
	if (e->number == 0 && e->more == 0)
		return put_word(p, "no history");
	p = put_word(p, "end of history");
	return e->more > 0 ? put_word(p, "; there is more") : p;
}

static char *put_ignored_lines(char *p, const struct event *e)
{
	struct span rest = e->text;

	for (;;) {
		char *line = p;

		p = put_ignored(text_put_star(p, e), line, &rest);
		if (rest.n == 0)
			return p;
		*p++ = '\n';
	}
}

/* --- all ------------------------------------------------------------------ */

static char *put_bye(char *p, const struct event *e)
{
	if (e->reason == LEAVE_PLAIN)
		return put_word(p, "* goodbye");
	if (e->reason == LEAVE_TAKEN)
		return put_reason(put_word(p, "! "), e);
	return put_reason(put_word(p, "! disconnected: "), e);
}

static char *render(struct dialect_state *s, const struct event *e, char *dst)
{
	char *p = dst;

	(void)s;
	switch (e->kind) {
	case EVENT_WELCOME:
		p = put_welcome(p, e);
		break;
	case EVENT_PUBLIC:
	case EVENT_ACTION:
	case EVENT_PRIVATE:
		p = put_message(p, e);
		break;
	case EVENT_JOIN:
	case EVENT_LEAVE:
		p = put_presence(p, e);
		break;
	case EVENT_RENAME:
		p = put_rename(p, e);
		break;
	case EVENT_WHO:
		p = put_who(p, e);
		break;
	case EVENT_WHO_END:
		break;
	case EVENT_ERROR:
	case EVENT_WARNING:
		p = put_error(put_word(p, "! "), e);
		break;
	case EVENT_NOTICE:
		p = put_span(text_put_star(p, e), e->text);
		break;
	case EVENT_GAP:
		p = put_gap(p, e);
		break;
	case EVENT_SINCE:
		p = e->more > 0 ? put_since(put_word(p, "* "), e) : p;
		break;
	case EVENT_HISTORY:
		break;
	case EVENT_HISTORY_END:
		p = put_history_end(p, e);
		break;
	case EVENT_IGNORE:
		p = put_ignore(put_word(p, "* "), e);
		break;
	case EVENT_IGNORED:
		p = put_ignored_lines(p, e);
		break;
	case EVENT_BYE:
		p = put_bye(p, e);
		break;
	default:
		p = text_render_room(p, e);
	}
	if (p > dst)
		*p++ = '\n';
	return p;
}

static char *line(
	struct dialect_state *s, struct span text, struct request *r, char *dst)
{
	struct event e = {.kind = EVENT_NOTICE};

	if (!typed_parse(text, r))
		return dst;
	for (size_t i = 0; typed_help(i, &e.text); i++)
		dst = render(s, &e, dst);
	return dst;
}

/* A first line that gives a name takes effect before the welcome, so that
 * others read one name; after one that quits the client does not join. */
static char *hello(
	struct dialect_state *s, struct span text, struct request *r, char *dst)
{
	(void)s;
	if (typed_parse(text, r) ||
		(r->verb != VERB_RENAME && r->verb != VERB_QUIT))
		r->verb = VERB_WAIT;
	else if (r->verb == VERB_RENAME)
		r->verb = VERB_JOIN;
	return dst;
}

const struct dialect dialect_text = {
	.name = "text",
	.hello = hello,
	.line = line,
	.render = render,
};

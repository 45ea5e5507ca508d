/* SPDX-License-Identifier: MIT */
/* The events dialect, "/events 1": one line of six tab-separated fields for
 * each event, as server/chatserver-events.7 describes it.
 * Runs in: child. */
#include "server/child/dialect/events.h"

#include "ipc/common/protocol.h"
#include "server/child/dialect/render.h"
#include "server/child/dialect/text.h"

static const char *const kinds[] = {
	[EVENT_WELCOME] = KIND_WELCOME,
	[EVENT_PUBLIC] = KIND_PUBLIC,
	[EVENT_ACTION] = KIND_ACTION,
	[EVENT_PRIVATE] = KIND_PRIVATE,
	[EVENT_JOIN] = KIND_JOIN,
	[EVENT_LEAVE] = KIND_LEAVE,
	[EVENT_RENAME] = KIND_RENAME,
	[EVENT_WHO] = KIND_WHO,
	[EVENT_WHO_END] = KIND_WHO_END,
	[EVENT_ERROR] = KIND_ERROR,
	[EVENT_WARNING] = KIND_NOTICE,
	[EVENT_NOTICE] = KIND_NOTICE,
	[EVENT_GAP] = KIND_GAP,
	[EVENT_BYE] = KIND_BYE,
};

static char *put_field(char *p, struct span s)
{
	*p++ = '\t';
	if (s.n == 0)
		*p++ = '-';
	return put_span(p, s);
}

/* All but the text, up to its tab. */
static char *put_head(char *p, const struct event *e, const char *kind,
	struct span from, struct span to)
{
	p = put_word(p, kind);
	*p++ = '\t';
	if (e->seq != 0)
		p = put_number(p, e->seq);
	else
		*p++ = '-';
	*p++ = '\t';
	p = put_number(p, (uint64_t)e->unix_ms);
	p = put_field(p, from);
	return put_field(p, to);
}

/* The text of events that carry a number: users online, events missed. */
static char *put_count(char *p, const struct event *e)
{
	*p++ = '\t';
	p = put_number(p, e->kind == EVENT_GAP ? e->more : e->online);
	if (e->kind == EVENT_LEAVE && !e->digest && e->text.n > 0) {
		*p++ = ' ';
		p = put_span(p, e->text);
	}
	*p++ = '\n';
	return p;
}

static const struct span none = {"", 0};

/* One line for each name; what a digest does not name becomes a notice. */
static char *put_each(char *p, const struct event *e)
{
	struct span rest = e->text;

	while (rest.n > 0) {
		p = put_head(p, e, kinds[e->kind], next_name(&rest), none);
		if (e->kind == EVENT_WHO)
			p = put_word(p, "\t-\n");
		else
			p = put_count(p, e);
	}
	if (e->more > 0) {
		p = put_head(p, e, KIND_NOTICE, none, none);
		*p++ = '\t';
		p = put_word(p, "and ");
		p = put_number(p, e->more);
		p = put_word(p, e->more == 1 ? " other" : " others");
		p = put_word(
			p, e->kind == EVENT_JOIN ? " joined\n" : " left\n");
	}
	return p;
}

/* The welcome, and a notice of what a program has to know to stay. */
static char *put_welcome(char *p, const struct event *e)
{
	struct event rule = {.unix_ms = e->unix_ms};

	p = put_head(p, e, KIND_WELCOME, e->from, e->to);
	p = put_count(p, e);
	if (e->text.n > 0) {
		p = put_head(p, &rule, KIND_NOTICE, none, none);
		p = put_field(p, e->text);
		*p++ = '\n';
	}
	return p;
}

static size_t render(const struct event *e, char *dst)
{
	char *p = dst;

	switch (e->kind) {
	case EVENT_WHO:
		p = put_each(p, e);
		break;
	case EVENT_JOIN:
	case EVENT_LEAVE:
		if (e->digest) {
			p = put_each(p, e);
			break;
		}
		p = put_head(p, e, kinds[e->kind], e->from, e->to);
		p = put_count(p, e);
		break;
	case EVENT_WELCOME:
		p = put_welcome(p, e);
		break;
	case EVENT_WHO_END:
	case EVENT_GAP:
		p = put_head(p, e, kinds[e->kind], e->from, e->to);
		p = put_count(p, e);
		break;
	default:
		p = put_head(p, e, kinds[e->kind], e->from, e->to);
		p = put_field(p, e->text);
		*p++ = '\n';
	}
	return (size_t)(p - dst);
}

static void parse(const char *line, size_t n, struct request *r)
{
	dialect_text.parse(line, n, r);
}

const struct dialect dialect_events = {
	.hello = EVENTS_HELLO,
	.parse = parse,
	.render = render,
};

/* SPDX-License-Identifier: MIT */
/* MONITOR: who is told of the coming and going of which names; ircv3.net,
 * "Monitor".
 * Runs in: child.
 *
 * Every client reads of each join, leave and rename in the lobby; this tells
 * the same once more for the names of a list.  Whether a name is online is kept
 * with it, so that after a gap the differences are told. */
#include <string.h>

#include "ipc/common/name.h"
#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

#define ONLINE  "730"
#define OFFLINE "731"
#define LIST    "732"
#define FULL    "734"

/* The list of this child's connection; irc->nmonitored are in use. */
static struct monitored {
	bool online;
	uint8_t len;
	char name[NAME_MAX_BYTES];
} monitored[IRC_MONITOR_MAX];

static struct span name_of(const struct monitored *m)
{
	return (struct span){m->name, m->len};
}

static struct monitored *find(const struct irc *irc, struct span name)
{
	for (uint32_t i = 0; i < irc->nmonitored; i++) {
		if (name_same(monitored[i].name, monitored[i].len, name.p,
			    name.n))
			return &monitored[i];
	}
	return NULL;
}

/* --- lines of many names -------------------------------------------------- */

/* A numeric with names and commas, in as many lines as it takes. */
struct names {
	struct dialect_state *s;
	const char *numeric;
	char *line; /* the one that is being written; NULL: none */
};

static char *put_end(struct names *n, char *p)
{
	if (n->line != NULL)
		p = reply_end(n->line, p);
	n->line = NULL;
	return p;
}

/* A name is at most nick!user@host. */
#define NAME_ROOM \
	(NAME_MAX_BYTES + USER_MAX_BYTES + (int)sizeof(IRC_SERVER) + 3)

static char *put_before(struct names *n, char *p)
{
	if (n->line != NULL && p - n->line > IRC_LINE_MAX - NAME_ROOM)
		p = put_end(n, p);
	if (n->line != NULL) {
		*p++ = ',';
		return p;
	}
	n->line = p;
	return put_word(reply_begin(n->s, p, n->numeric), ":");
}

static char *put_online(struct names *n, char *p, const struct person *who)
{
	return reply_mask(put_before(n, p), who);
}

static char *put_one(struct names *n, char *p, struct span name)
{
	return put_span(put_before(n, p), name);
}

/* --- the list ------------------------------------------------------------- */

/* How those of the list from this one on are: first who is online, then who is
 * not; changed: only if that is news. */
static char *put_status(
	struct dialect_state *s, char *dst, uint32_t first, bool changed)
{
	struct names on = {.s = s, .numeric = ONLINE};
	struct names off = {.s = s, .numeric = OFFLINE};
	bool was[IRC_MONITOR_MAX] = {false};
	const uint32_t n = own(s)->nmonitored;
	struct person who;

	for (uint32_t i = first; i < n; i++) {
		was[i] = monitored[i].online;
		monitored[i].online =
			view_named(s->view, name_of(&monitored[i]), &who);
		if (monitored[i].online && !(changed && was[i]))
			dst = put_online(&on, dst, &who);
	}
	dst = put_end(&on, dst);
	for (uint32_t i = first; i < n; i++) {
		if (!monitored[i].online && !(changed && !was[i]))
			dst = put_one(&off, dst, name_of(&monitored[i]));
	}
	return put_end(&off, dst);
}

static char *add(struct irc_call *c, char *dst, struct span targets)
{
	uint32_t first = c->irc->nmonitored;

	while (targets.n > 0) {
		struct span rest = targets;
		struct span name = irc_cut(&targets, ',');
		struct monitored *m;

		if (name.n == 0 || find(c->irc, name) != NULL)
			continue;
		if (name_check(name.p, name.n) != NAME_OK) {
			dst = reply(c->s, dst, "432", "& :Erroneous nickname",
				name);
			continue;
		}
		if (c->irc->nmonitored == IRC_MONITOR_MAX) {
			dst = reply(c->s, dst, FULL,
				"% & :Monitor list is full",
				(uint64_t)IRC_MONITOR_MAX, rest);
			break;
		}
		m = &monitored[c->irc->nmonitored++];
		memcpy(m->name, name.p, name.n);
		m->len = (uint8_t)name.n;
	}
	return put_status(c->s, dst, first, false);
}

static void take_out(struct irc *irc, struct span targets)
{
	while (targets.n > 0) {
		struct monitored *m = find(irc, irc_cut(&targets, ','));

		if (m != NULL)
			*m = monitored[--irc->nmonitored];
	}
}

static char *list(struct irc_call *c, char *dst)
{
	struct names n = {.s = c->s, .numeric = LIST};

	for (uint32_t i = 0; i < c->irc->nmonitored; i++)
		dst = put_one(&n, dst, name_of(&monitored[i]));
	dst = put_end(&n, dst);
	return reply(c->s, dst, "733", ":End of MONITOR list");
}

char *irc_monitor(struct irc_call *c, char *dst)
{
	struct span what = c->m->param[0];
	struct span targets = c->m->n > 1 ? c->m->param[1] : SPAN_EMPTY;
	bool adds = irc_is(what, "+");

	if (adds || irc_is(what, "-")) {
		if (targets.n == 0)
			return reply(c->s, dst, "461",
				"& :Not enough parameters", c->m->command);
		if (adds)
			return add(c, dst, targets);
		take_out(c->irc, targets);
		return dst;
	}
	if (irc_is(what, "C"))
		c->irc->nmonitored = 0;
	else if (irc_is(what, "L"))
		return list(c, dst);
	else if (irc_is(what, "S"))
		return put_status(c->s, dst, 0, false);
	else
		return reply_fail(c->s, dst, "MONITOR UNKNOWN_SUBCOMMAND",
			"MONITOR takes + - C L S");
	return dst;
}

/* --- events --------------------------------------------------------------- */

static char *put_came(struct dialect_state *s, char *dst, const struct event *e,
	struct span name)
{
	struct names on = {.s = s, .numeric = ONLINE};
	struct monitored *m = find(own(s), name);
	struct person who;

	if (m == NULL || m->online)
		return dst;
	m->online = true;
	who = reply_person(s, e->from_id, name);
	return put_end(&on, put_online(&on, dst, &who));
}

static char *put_went(struct dialect_state *s, char *dst, struct span name)
{
	struct names off = {.s = s, .numeric = OFFLINE};
	struct monitored *m = find(own(s), name);

	if (m == NULL || !m->online)
		return dst;
	m->online = false;
	return put_end(&off, put_one(&off, dst, name));
}

char *irc_put_monitored(
	struct dialect_state *s, char *dst, const struct event *e)
{
	if (own(s)->nmonitored == 0 || e->digest || e->room.n > 0)
		return dst;
	switch (e->kind) {
	case EVENT_JOIN:
		return put_came(s, dst, e, e->from);
	case EVENT_LEAVE:
		return put_went(s, dst, e->from);
	case EVENT_RENAME:
		if (name_same(e->from.p, e->from.n, e->to.p, e->to.n))
			return dst;
		dst = put_went(s, dst, e->from);
		return put_came(s, dst, e, e->to);
	case EVENT_GAP:
		return put_status(s, dst, 0, true);
	default:
		return dst;
	}
}

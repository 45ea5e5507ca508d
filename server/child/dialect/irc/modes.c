/* SPDX-License-Identifier: MIT */
/* MODE: modern.ircdocs.horse, "Mode message".  A room's modes are those of
 * enum room_mode; those of users are in user_modes.c.
 * Runs in: child. */
#include <string.h>

#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

/* How a mode takes its parameter. */
enum takes {
	NEVER,
	ON_SET, /* l: when it is set */
	ON_KEY, /* k: when it is set, and it may have one else */
	ALWAYS, /* o, v, and the lists; these are told without one */
};

static const struct letter {
	enum room_mode mode;
	enum takes takes;
	char letter;
	bool inverse; /* set where the mode is not */
} letters[] = {
	{MODE_OPERATOR, ALWAYS, 'o', false},
	{MODE_VOICE, ALWAYS, 'v', false},
	{MODE_BAN, ALWAYS, 'b', false},
	{MODE_EXEMPT, ALWAYS, 'e', false},
	{MODE_ADMIT, ALWAYS, 'I', false},
	{MODE_KEY, ON_KEY, 'k', false},
	{MODE_LIMIT, ON_SET, 'l', false},
	{MODE_INVITE, NEVER, 'i', false},
	{MODE_MODERATED, NEVER, 'm', false},
	{MODE_LOCKED, NEVER, 't', false},
	{MODE_SECRET, NEVER, 's', false},
	{MODE_EXTERNAL, NEVER, 'n', true},
};

#define LETTERS (sizeof letters / sizeof letters[0])

static const struct letter *find(char letter)
{
	for (size_t i = 0; i < LETTERS; i++) {
		if (letters[i].letter == letter)
			return &letters[i];
	}
	return NULL;
}

/* One change of the line. */
struct change {
	char letter;
	bool on;
	struct span param;
};

/* What a line has had so far. */
struct taken {
	uint32_t asked;    /* lists, as bits */
	uint32_t variable; /* changes that are of no flag */
};

static bool has_param(const struct letter *l, bool on)
{
	return l->takes == ALWAYS || (l->takes != NEVER && on) ||
	       l->takes == ON_KEY;
}

/* Whether the change that stands at this place counts for nothing: one of a
 * flag, or a letter that nobody knows, that comes again; a list's second
 * question; and what is more than ISUPPORT MODES. */
static bool is_passed_over(struct span modes, size_t at, const struct letter *l,
	struct span param, struct taken *t)
{
	if (l == NULL || l->takes == NEVER)
		return memchr(modes.p + at + 1, modes.p[at],
			       modes.n - at - 1) != NULL;
	if (mode_is_list(l->mode) && param.n == 0) {
		if ((t->asked & 1U << l->mode) != 0)
			return true;
		t->asked |= 1U << l->mode;
	}
	return ++t->variable > IRC_MODES_MAX;
}

/* Change number i of the line; false after the last. */
static bool find_change(const struct irc_message *m, size_t i, struct change *c)
{
	struct span modes = m->param[1];
	struct taken taken = {0};
	size_t next = 2;

	c->on = true;
	for (size_t at = 0; at < modes.n; at++) {
		const struct letter *l = find(modes.p[at]);

		if (modes.p[at] == '+' || modes.p[at] == '-') {
			c->on = modes.p[at] == '+';
			continue;
		}
		c->letter = modes.p[at];
		c->param = SPAN_EMPTY;
		if (l != NULL && has_param(l, c->on) && next < m->n)
			c->param = m->param[next++];
		if (!is_passed_over(modes, at, l, c->param, &taken) && i-- == 0)
			return true;
	}
	return false;
}

/* --- a room's --------------------------------------------------------------
 */

static char *put_modes(struct irc_call *c, char *dst, const struct room_view *r)
{
	char *p = reply_begin(c->s, dst, "324");

	p = put_word(reply_room(p, r->name), " +");
	for (size_t i = LETTERS; i-- > 0;) {
		bool set = letters[i].mode == MODE_LIMIT
				   ? r->limit > 0
				   : (r->modes & 1U << letters[i].mode) != 0;

		if (letters[i].takes != ALWAYS && set != letters[i].inverse)
			*p++ = letters[i].letter;
	}
	/* The parameters in the order of the letters: l, then k. */
	if (r->limit > 0)
		p = put_number(put_word(p, " "), r->limit);
	if ((r->modes & 1U << MODE_KEY) != 0)
		p = put_word(p, " *");
	dst = reply_end(dst, p);
	return reply(c->s, dst, "329", "# %", r->name,
		(uint64_t)(r->made_ms / 1000));
}

static char *no_param(
	struct irc_call *c, char *dst, const struct room_view *r, char letter)
{
	return reply(c->s, dst, "696", "# $ * :You must specify a parameter",
		r->name, (struct span){&letter, 1});
}

/* Whether the child will take it: a number from 1 to USERS_MAX. */
static bool is_limit(struct span text)
{
	uint32_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9' || n > USERS_MAX)
			return false;
		n = 10 * n + (uint32_t)(text.p[i] - '0');
	}
	return n >= 1 && n <= USERS_MAX;
}

static char *set(struct irc_call *c, char *dst, const struct room_view *r,
	const struct change *change)
{
	const struct letter *l = find(change->letter);

	if (l == NULL)
		return reply(c->s, dst, "472", "& :is unknown mode char to me",
			(struct span){&change->letter, 1});
	if (mode_is_list(l->mode)) {
		c->r->room = r->name;
		return irc_change_list(c, dst, r, l->mode, l->letter,
			change->on, change->param);
	}
	/* As it always is. */
	if (l->mode == MODE_EXTERNAL && change->on && r->number == ROOM_LOBBY)
		return dst;
	if (change->param.n == 0 &&
		(l->takes == ALWAYS || (l->takes != NEVER && change->on)))
		return no_param(c, dst, r, change->letter);
	if (l->mode == MODE_LIMIT && change->on && !is_limit(change->param))
		return reply(c->s, dst, "696",
			"# l & :A limit is a number from 1 on", r->name,
			change->param);
	c->r->verb = VERB_MODE;
	c->r->room = r->name;
	c->r->mode = l->mode;
	c->r->on = change->on != l->inverse;
	if (l->takes == ALWAYS)
		c->r->name = c->irc->to = change->param;
	else if (change->on)
		c->r->text = change->param;
	return dst;
}

/* Flags one behind the other are one request; false: there are not two of
 * them. */
static bool set_flags(struct irc_call *c, const struct room_view *r)
{
	static char text[IRC_LINE_MAX];
	struct change change;
	uint32_t step = c->irc->step;
	size_t n = 0;

	for (; n + 2 <= sizeof text && n < TOPIC_MAX - 2 &&
		find_change(c->m, step, &change);
		step++) {
		const struct letter *l = find(change.letter);

		if (l == NULL || !mode_is_flag(l->mode))
			break;
		text[n++] = change.on != l->inverse ? '+' : '-';
		text[n++] = (char)('a' + l->mode);
	}
	if (n < 4)
		return false;
	c->irc->step = step;
	c->r->verb = VERB_MODE;
	c->r->room = r->name;
	c->r->mode = MODE_SEVERAL;
	c->r->text = (struct span){text, n};
	return true;
}

char *irc_mode(struct irc_call *c, char *dst)
{
	static char name[NAME_MAX_BYTES];
	struct change change, after;
	struct room_view r;
	struct span room;

	if (c->m->param[0].n == 0 || *c->m->param[0].p != '#')
		return irc_user_mode(c, dst);
	if (!irc_room(c->m->param[0], &room) ||
		!view_room_named(c->s->view, room, &r))
		return reply(
			c->s, dst, "403", "& :No such channel", c->m->param[0]);
	if (c->m->n < 2)
		return put_modes(c, dst, &r);
	if (!find_change(c->m, c->irc->step, &change))
		return dst;
	/* A request outlives the view's answer. */
	r.name = span_cut(r.name, sizeof name);
	memcpy(name, r.name.p, r.name.n);
	r.name.p = name;
	if (r.number == ROOM_LOBBY || !set_flags(c, &r)) {
		c->irc->step++;
		dst = set(c, dst, &r, &change);
	}
	c->irc->again = find_change(c->m, c->irc->step, &after);
	return dst;
}

/* --- events ----------------------------------------------------------------
 */

static const struct letter *letter_of(enum room_mode mode)
{
	for (size_t i = 0; i < LETTERS; i++) {
		if (letters[i].mode == mode)
			return &letters[i];
	}
	return NULL;
}

/* "+i-mn" */
static char *put_several(
	struct dialect_state *s, char *dst, const struct event *e)
{
	const char *text = e->text.p;
	size_t n = e->text.n, used = 0;
	char changes[TOPIC_MAX], before = '\0';
	enum room_mode mode;
	bool on;

	while (used + 2 <= sizeof changes && mode_next(&text, &n, &mode, &on)) {
		const struct letter *l = letter_of(mode);
		char sign = on != l->inverse ? '+' : '-';

		if (sign != before)
			changes[used++] = before = sign;
		changes[used++] = l->letter;
	}
	return reply_event(
		s, dst, e, "MODE # $", e->room, (struct span){changes, used});
}

char *irc_put_mode(struct dialect_state *s, char *dst, const struct event *e)
{
	enum room_mode mode = e->kind == EVENT_KICK ? MODE_BAN : e->mode;
	const struct letter *l = letter_of(irc_shown_in(mode));
	char flag[2];
	struct span change = {flag, 2};

	if (mode == MODE_SEVERAL)
		return put_several(s, dst, e);
	if (l == NULL)
		return dst;
	flag[0] = e->on != l->inverse ? '+' : '-';
	flag[1] = l->letter;
	if (mode_is_list(mode))
		return reply_event(s, dst, e, "MODE # $ $$!*@*", e->room,
			change, irc_mark_of(mode), e->to);
	if (e->mode == MODE_KEY)
		return reply_event(s, dst, e, "MODE # $ $", e->room, change,
			e->on && e->text.n > 0 ? e->text
					       : (struct span){"*", 1});
	if (e->mode == MODE_OPERATOR || e->mode == MODE_VOICE)
		return reply_event(
			s, dst, e, "MODE # $ $", e->room, change, e->to);
	if (e->mode == MODE_LIMIT && e->on)
		return reply_event(
			s, dst, e, "MODE # $ $", e->room, change, e->text);
	return reply_event(s, dst, e, "MODE # $", e->room, change);
}

/* SPDX-License-Identifier: MIT */
/* WHO, a part at a time, and its fields by WHOX.
 * Runs in: child. */
#include <string.h>

#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

/* The fields of WHOX in the order in which they are written. */
static const char whox[] = "tcuihsnfdlaor";

struct who {
	struct span room; /* empty: none */
	uint32_t number;
	struct span fields, token;
	bool x;
};

static char *put_flags(struct irc_call *c, char *p, const struct who *w,
	const struct person *who)
{
	uint8_t powers = 0;

	*p++ = who->away.n > 0 ? 'G' : 'H';
	if (w->room.n > 0 && w->number != ROOM_LOBBY)
		view_is_in(c->s->view, who->id, w->number, &powers);
	p = reply_powers(c->irc, p, powers);
	if (who->bot)
		*p++ = 'B';
	return p;
}

static char *put_room_of(char *p, const struct who *w)
{
	return w->room.n > 0 ? reply_room(p, w->room) : put_word(p, "*");
}

static char *put_field(struct irc_call *c, char *p, char field,
	const struct who *w, const struct person *who)
{
	switch (field) {
	case 't':
		return put_span(p, w->token);
	case 'c':
		return put_room_of(p, w);
	case 'u':
		return put_span(p, who->user);
	case 'i':
		return put_word(p, "255.255.255.255");
	case 'h':
	case 's':
		return put_word(p, IRC_SERVER);
	case 'n':
		return put_span(p, who->name);
	case 'f':
		return put_flags(c, p, w, who);
	case 'd':
	case 'a':
		return put_word(p, "0");
	case 'l':
		return put_number(p, reply_idle(who));
	case 'o':
		return put_word(p, "n/a");
	default:
		return put_span(put_word(p, ":"), who->real);
	}
}

/* RPL_WHOREPLY, or RPL_WHOSPCRPL (WHOX, as ircu has it). */
static char *put_who(struct irc_call *c, char *dst, const struct who *w,
	const struct person *who)
{
	char *p = reply_begin(c->s, dst, w->x ? "354" : "352");
	bool first = true;

	for (const char *f = w->x ? whox : "cuhsnf"; *f != '\0'; f++) {
		if (w->x && (w->fields.n == 0 || memchr(w->fields.p, *f,
							 w->fields.n) == NULL))
			continue;
		if (!first)
			*p++ = ' ';
		p = put_field(c, p, *f, w, who);
		first = false;
	}
	if (!w->x)
		p = put_span(put_word(p, " :0 "), who->real);
	return reply_end(dst, p);
}

/* Up to three digits. */
static bool is_token(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	}
	return s.n > 0 && s.n <= 3;
}

/* "%tn,42" */
static struct who read_who(const struct irc_message *m)
{
	struct who w = {.room = SPAN_EMPTY,
		.fields = m->n > 1 ? m->param[1] : SPAN_EMPTY,
		.token = {"0", 1}};
	struct span flags = irc_cut(&w.fields, '%');

	(void)flags;
	w.x = w.fields.n > 0;
	if (w.x) {
		struct span fields = irc_cut(&w.fields, ',');

		if (is_token(w.fields))
			w.token = w.fields;
		w.fields = fields;
	}
	return w;
}

static bool is_meant(struct span mask, const struct person *who)
{
	return irc_is(mask, "0") || irc_matches(mask, who->name) ||
	       irc_matches(mask, who->user) || irc_matches(mask, who->real) ||
	       irc_matches(mask, (struct span){IRC_SERVER, 4});
}

static bool is_mask(struct span word)
{
	return irc_is(word, "0") || memchr(word.p, '*', word.n) != NULL ||
	       memchr(word.p, '?', word.n) != NULL;
}

/* Those who are meant, of a room or of all, from c->irc->slot on. */
static char *put_all(
	struct irc_call *c, char *dst, const struct who *w, struct span mask)
{
	char *part = dst;
	struct person who;
	bool named = mask.n == 0;

	/* A line for each, at most: the last one of all is the end's. */
	for (uint32_t seen = 1; seen < RENDER_LINES_MAX; seen++) {
		if (dst - part >= (ptrdiff_t)IRC_PART)
			break;
		if (!view_next(c->s->view, w->number, &c->irc->slot, &who))
			return dst;
		view_about(c->s->view, &who);
		if (named || is_meant(mask, &who))
			dst = put_who(c, dst, w, &who);
	}
	c->irc->again = true;
	return dst;
}

char *irc_who(struct irc_call *c, char *dst)
{
	struct span mask = c->m->n > 0 && c->m->param[0].n > 0
				   ? c->m->param[0]
				   : (struct span){"*", 1};
	struct who w = read_who(c->m);
	struct person who;
	struct room_view r;
	struct span name;

	if (*mask.p == '#') {
		if (irc_room(mask, &name) &&
			view_room_named(c->s->view, name, &r)) {
			w.room = r.name;
			w.number = r.number;
			dst = put_all(c, dst, &w, SPAN_EMPTY);
		}
	} else if (!is_mask(mask) && view_named(c->s->view, mask, &who)) {
		view_about(c->s->view, &who);
		dst = put_who(c, dst, &w, &who);
	} else {
		dst = put_all(c, dst, &w, mask);
	}
	if (c->irc->again)
		return dst;
	return reply(c->s, dst, "315", "& :End of WHO list", mask);
}

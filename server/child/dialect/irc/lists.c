/* SPDX-License-Identifier: MIT */
/* The long answers, a part at a time: NAMES, WHO, LIST.
 * Runs in: child.
 *
 * They are read from the view as of the last event rendered, and events go on
 * between the parts: who comes or goes meanwhile is told as well, so the
 * client's list is right in the end. */
#include <string.h>

#include "ipc/common/clock.h"
#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

/* The longest name in NAMES, with its marks and a blank. */
#define NAME_PART (2 + NAME_MAX_BYTES + 1 + IRC_USER_MAX + 1 + 4 + 1)

/* "@+", or the higher alone. */
static char *put_powers(const struct irc *irc, char *p, uint8_t powers)
{
	if ((powers & POWER_OPERATOR) != 0)
		*p++ = '@';
	if ((powers & POWER_VOICE) != 0 &&
		((powers & POWER_OPERATOR) == 0 ||
			irc_has(irc, CAP_MULTI_PREFIX)))
		*p++ = '+';
	return p;
}

/* --- NAMES ---------------------------------------------------------------- */

static char *put_name(struct dialect_state *s, char *p, uint32_t room,
	const struct person *who)
{
	const struct irc *irc = own(s);
	uint8_t powers = 0;

	if (room != ROOM_LOBBY)
		view_is_in(s->view, who->id, room, &powers);
	p = put_powers(irc, p, powers);
	if (irc_has(irc, CAP_USERHOST_IN_NAMES))
		return reply_mask(p, who);
	return put_span(p, who->name);
}

/* Lines of names from *slot on, about IRC_PART bytes of them; false: there are
 * more. */
static bool put_names_of(struct dialect_state *s, char **dst,
	const struct room_view *r, uint32_t *slot)
{
	char *part = *dst, *line = NULL, *p = part;
	struct person who;
	bool all = true;

	while ((all = p - part < (ptrdiff_t)IRC_PART) &&
		view_next(s->view, r->number, slot, &who)) {
		if (line != NULL && p - line + NAME_PART > IRC_LINE_MAX) {
			p = reply_end(line, p);
			line = NULL;
		}
		if (line == NULL) {
			line = p;
			p = put_word(reply_begin(s, p, "353"), "= ");
			p = put_word(reply_room(p, r->name), " :");
		} else {
			*p++ = ' ';
		}
		p = put_name(s, p, r->number, &who);
	}
	*dst = line != NULL ? reply_end(line, p) : p;
	return all;
}

static char *end_names(struct dialect_state *s, char *dst, struct span room)
{
	return reply(s, dst, "366", "# :End of /NAMES list", room);
}

char *irc_put_names(struct dialect_state *s, char *dst)
{
	struct irc *irc = own(s);
	char *part = dst;

	while (irc->nnames > 0 && dst - part < (ptrdiff_t)IRC_PART) {
		struct room_view r;
		bool there = view_room(s->view, irc->names[0], &r);

		if (there && !put_names_of(s, &dst, &r, &irc->names_slot))
			break;
		if (there)
			dst = end_names(s, dst, r.name);
		irc->nnames--;
		memmove(irc->names, irc->names + 1,
			irc->nnames * sizeof irc->names[0]);
		irc->names_slot = 0;
	}
	return dst;
}

char *irc_names(struct irc_call *c, char *dst)
{
	struct span word, name, after;
	struct room_view r;

	if (c->m->n == 0 || !irc_part(c->m->param[0], c->irc->step, &word))
		return reply(c->s, dst, "366", "* :End of /NAMES list");
	if (!irc_room(word, &name) || !view_room_named(c->s->view, name, &r)) {
		dst = reply(c->s, dst, "366", "& :End of /NAMES list", word);
	} else if (put_names_of(c->s, &dst, &r, &c->irc->slot)) {
		dst = end_names(c->s, dst, r.name);
	} else {
		c->irc->again = true;
		return dst;
	}
	c->irc->step++;
	c->irc->slot = 0;
	c->irc->again = irc_part(c->m->param[0], c->irc->step, &after);
	return dst;
}

/* --- WHO ------------------------------------------------------------------ */

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
	return put_powers(c->irc, p, powers);
}

static char *put_room_of(char *p, const struct who *w)
{
	return w->room.n > 0 ? reply_room(p, w->room) : put_word(p, "*");
}

static uint64_t idle_seconds(const struct person *who, int64_t now_ms)
{
	int64_t since = who->last_line_ms > who->connected_ms
				? who->last_line_ms
				: who->connected_ms;

	return now_ms > since ? (uint64_t)(now_ms - since) / 1000 : 0;
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
		return put_number(p, idle_seconds(who, clock_wall_ms()));
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

		if (w.fields.n > 0 && w.fields.n <= 3)
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

	/* Each part looks at so many users that none takes long. */
	for (uint32_t seen = 0; seen < 2000; seen++) {
		if (dst - part >= (ptrdiff_t)IRC_PART)
			break;
		if (!view_next(c->s->view, w->number, &c->irc->slot, &who))
			return dst;
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
		dst = put_who(c, dst, &w, &who);
	} else {
		dst = put_all(c, dst, &w, mask);
	}
	if (c->irc->again)
		return dst;
	return reply(c->s, dst, "315", "& :End of WHO list", mask);
}

/* --- LIST ----------------------------------------------------------------- */

/* Whether a room is one of those that the client named, or matches one. */
static bool is_listed(struct span list, struct span room)
{
	struct span part;

	if (list.n == 0)
		return true;
	for (size_t i = 0; irc_part(list, i, &part); i++) {
		if (part.n > 0 && *part.p == '#') {
			part.p++;
			part.n--;
			if (irc_matches(part, room))
				return true;
		} else if (part.n > 0 && *part.p == '*' &&
			   irc_matches(part, room)) {
			return true;
		}
	}
	return false;
}

char *irc_list(struct irc_call *c, char *dst)
{
	struct span list = c->m->n > 0 ? c->m->param[0] : SPAN_EMPTY;
	uint32_t end = view_room_end(c->s->view);
	char *part = dst;
	struct room_view r;

	if (c->irc->slot == 0)
		dst = reply(c->s, dst, "321", "Channel :Users  Name");
	for (; c->irc->slot < end; c->irc->slot++) {
		if (dst - part >= (ptrdiff_t)IRC_PART) {
			c->irc->again = true;
			return dst;
		}
		if (view_room(c->s->view, c->irc->slot, &r) &&
			is_listed(list, r.name))
			dst = reply(c->s, dst, "322", "# % :$", r.name,
				(uint64_t)r.members, r.topic);
	}
	return reply(c->s, dst, "323", ":End of /LIST");
}

/* SPDX-License-Identifier: MIT */
/* NAMES, also after a JOIN, a part at a time.
 * Runs in: child.
 *
 * As all long answers it is read from the view as of the last event rendered,
 * and events go on between the parts: who comes or goes meanwhile is told as
 * well, so the client's list is right in the end. */
#include <string.h>

#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

/* The longest name in NAMES, with its marks and a blank. */
#define NAME_PART (2 + NAME_MAX_BYTES + 1 + USER_MAX_BYTES + 1 + 4 + 1)

static char *put_name(struct dialect_state *s, char *p, uint32_t room,
	const struct person *who)
{
	const struct irc *irc = own(s);
	uint8_t powers = 0;

	if (room != ROOM_LOBBY)
		view_is_in(s->view, who->id, room, &powers);
	p = reply_powers(irc, p, powers);
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
			p = put_word(reply_begin(s, p, "353"),
				(r->modes & 1U << MODE_SECRET) != 0 ? "@ "
								    : "= ");
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

/* One end for all of the rooms. */
char *irc_names(struct irc_call *c, char *dst)
{
	struct span word, name, after;
	struct room_view r;

	if (c->m->n == 0 || !irc_part(c->m->param[0], c->irc->step, &word))
		return reply(c->s, dst, "366", "* :End of /NAMES list");
	if (irc_room(word, &name) && view_room_named(c->s->view, name, &r) &&
		!put_names_of(c->s, &dst, &r, &c->irc->slot)) {
		c->irc->again = true;
		return dst;
	}
	c->irc->step++;
	c->irc->slot = 0;
	c->irc->again = irc_part(c->m->param[0], c->irc->step, &after);
	return c->irc->again ? dst
			     : reply(c->s, dst, "366", "& :End of /NAMES list",
				       c->m->param[0]);
}

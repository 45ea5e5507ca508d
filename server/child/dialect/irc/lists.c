/* SPDX-License-Identifier: MIT */
/* The lists of a room by MODE: bans, exceptions, invite exceptions; and mutes,
 * which are shown among the bans.
 * Runs in: child. */
#include "server/child/dialect/lists.h"

#include <string.h>

#include "ipc/common/mask.h"
#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

/* ISUPPORT EXTBAN: who is banned so may come in, and not talk. */
#define MUTE "m:"

/* Takes the mark of a mute off a ban. */
static bool take_mute(struct span *mask)
{
	size_t n = sizeof MUTE - 1;

	if (mask->n < n || memcmp(mask->p, MUTE, n) != 0)
		return false;
	mask->p += n;
	mask->n -= n;
	return true;
}

/* The name of a mask, where nothing else in it means anything: NAME,
 * NAME!*@*. */
static bool mask_name(struct span mask, struct span *name)
{
	*name = irc_cut(&mask, '!');
	for (size_t i = 0; i < mask.n; i++) {
		if (mask.p[i] != '*' && mask.p[i] != '@')
			return false;
	}
	return mask_check(name->p, name->n) == NAME_OK;
}

/* The numerics of each list. */
static const struct list {
	enum room_mode mode;
	const char *entry, *end, *words;
} lists[] = {
	{MODE_BAN, "367", "368", "# :End of channel ban list"},
	{MODE_EXEMPT, "348", "349", "# :End of channel exception list"},
	{MODE_ADMIT, "346", "347", "# :End of channel invite exception list"},
};

static const struct list *find_list(enum room_mode mode)
{
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		if (lists[i].mode == mode)
			return &lists[i];
	}
	return NULL;
}

enum room_mode irc_shown_in(enum room_mode mode)
{
	return mode == MODE_MUTE ? MODE_BAN : mode;
}

struct span irc_mark_of(enum room_mode mode)
{
	return mode == MODE_MUTE ? (struct span){MUTE, sizeof MUTE - 1}
				 : SPAN_EMPTY;
}

char *irc_put_bans(struct dialect_state *s, char *dst, const struct event *e)
{
	const struct list *list = find_list(e->mode);
	struct span rest = e->text;
	struct list_entry x;

	if (list == NULL)
		return dst;
	while (lists_next(&rest, &x)) {
		if (irc_shown_in(x.list) == list->mode)
			dst = reply(s, dst, list->entry, "# $$!*@* $ $",
				e->room, irc_mark_of(x.list), x.name, x.by,
				x.seconds);
	}
	return reply(s, dst, list->end, list->words, e->room);
}

char *irc_change_list(struct irc_call *c, char *dst, const struct room_view *r,
	enum room_mode mode, char letter, bool on, struct span param)
{
	struct span mask = param, name;

	if (mask.n == 0 && r->number == ROOM_LOBBY)
		return reply(c->s, dst, find_list(mode)->end,
			find_list(mode)->words, r->name);
	c->r->mode = mode;
	if (mask.n == 0) {
		c->r->verb = VERB_BANS;
		return dst;
	}
	if (mode == MODE_BAN && take_mute(&mask))
		c->r->mode = MODE_MUTE;
	if (!mask_name(mask, &name))
		return reply(c->s, dst, "696",
			"# $ & :Masks are of names: NICKNAME or NICKNAME!*@*",
			r->name, (struct span){&letter, 1}, param);
	c->r->verb = VERB_MODE;
	c->r->on = on;
	c->r->name = c->irc->to = name;
	return dst;
}

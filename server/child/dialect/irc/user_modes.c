/* SPDX-License-Identifier: MIT */
/* MODE of a user: modern.ircdocs.horse, "User mode"; ircv3.net, "Bot Mode".  B,
 * for programs, is the only one; what clients set by themselves is taken and
 * means nothing here.
 * Runs in: child. */
#include <string.h>

#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

/* What the line makes of B; false if there is a letter that nobody knows. */
static bool read_modes(struct span modes, bool *bot)
{
	bool on = true;

	for (size_t i = 0; i < modes.n; i++) {
		char letter = modes.p[i];

		if (letter == '+' || letter == '-')
			on = letter == '+';
		else if (letter == 'B')
			*bot = on;
		else if (memchr("iwsox", letter, 5) == NULL)
			return false;
	}
	return true;
}

char *irc_user_mode(struct irc_call *c, char *dst)
{
	struct audience_user me = view_me(c->s->view);
	struct span who = c->m->param[0];
	struct person person;
	bool bot;

	if (!view_named(c->s->view, who, &person))
		return reply(c->s, dst, "401", "& :No such nick/channel", who);
	if (person.id.slot != me.slot || person.id.generation != me.generation)
		return reply(c->s, dst, "502",
			":Cannot change mode for other users");
	view_about(c->s->view, &person);
	bot = person.bot;
	if (c->m->n < 2)
		return reply(c->s, dst, "221", bot ? "+B" : "+");
	if (!read_modes(c->m->param[1], &bot))
		return reply(c->s, dst, "501", ":Unknown MODE flag");
	if (bot == person.bot)
		return dst;
	c->r->verb = VERB_BOT;
	c->r->on = bot;
	*dst = ':';
	return reply_end(
		dst, put_word(put_span(put_word(reply_mask(dst + 1, &person),
					       " MODE "),
				      person.name),
			     bot ? " +B" : " -B"));
}

/* SPDX-License-Identifier: MIT */
/* Who is away: modern.ircdocs.horse, "Away message"; ircv3.net, "away-notify".
 * Runs in: child.
 *
 * A client reads each AWAY, since it shares the lobby with everyone; so a join
 * tells again only who has been away since before the client came, or in a
 * gap. */
#include <string.h>

#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

/* Of whom this child's client has read that it is away: a bit for each slot. */
static unsigned char told[(USERS_MAX + 7) / 8];

static bool is_told(uint32_t slot)
{
	return (told[slot / 8 % sizeof told] >> slot % 8 & 1) != 0;
}

static void set_told(uint32_t slot, bool on)
{
	unsigned char *byte = &told[slot / 8 % sizeof told];
	unsigned char bit = (unsigned char)(1U << slot % 8);

	/* A page that is never touched costs nothing. */
	if (is_told(slot) != on)
		*byte = (unsigned char)(*byte ^ bit);
}

char *irc_put_away(struct dialect_state *s, char *dst, const struct event *e)
{
	if (e->from_me)
		return e->text.n > 0
			       ? reply(s, dst, "306",
					 ":You have been marked as being away")
			       : reply(s, dst, "305",
					 ":You are no longer marked as being "
					 "away");
	set_told(e->from_id.slot,
		e->text.n > 0 && irc_has(own(s), CAP_AWAY_NOTIFY));
	if (!irc_has(own(s), CAP_AWAY_NOTIFY))
		return dst;
	if (e->text.n == 0)
		return reply_event(s, dst, e, "AWAY");
	return reply_event(s, dst, e, "AWAY :$", e->text);
}

char *irc_put_away_at_join(
	struct dialect_state *s, char *dst, const struct event *e)
{
	char why[3 * AWAY_MAX_BYTES];
	struct person who = {.id = e->from_id, .name = e->from};
	struct span away;

	if (!irc_has(own(s), CAP_AWAY_NOTIFY))
		return dst;
	/* The slot has another user. */
	if (e->room.n == 0)
		set_told(e->from_id.slot, false);
	view_about(s->view, &who);
	away = span_cut(who.away, sizeof why);
	/* What the user says by now may be told by an event after the join. */
	if (away.n == 0 || who.away_id == 0 || who.away_id > e->id ||
		is_told(e->from_id.slot))
		return dst;
	set_told(e->from_id.slot, true);
	/* Tags and source look the user up again, where it stands. */
	memcpy(why, away.p, away.n);
	return reply_event(s, dst, e, "AWAY :$", (struct span){why, away.n});
}

void irc_forget_away(void)
{
	memset(told, 0, sizeof told);
}

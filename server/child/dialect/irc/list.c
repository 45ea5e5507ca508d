/* SPDX-License-Identifier: MIT */
/* LIST, a part at a time, with conditions as defs.ircdocs.horse, "ELIST", has
 * them.
 * Runs in: child. */
#include <string.h>

#include "ipc/common/clock.h"
#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

/* The number of a condition; what is none counts as one, somehow. */
static uint32_t number_of(struct span digits)
{
	uint32_t n = 0;

	for (size_t i = 0; i < digits.n && n < USERS_MAX * 100; i++)
		n = 10 * n + (uint32_t)((digits.p[i] - '0') & 15);
	return n;
}

/* "C>10", "C<10": more, or less, than 10 minutes old; "T" of its topic. */
static bool is_time(struct span word)
{
	return word.n >= 2 && strchr("CcTt", *word.p) != NULL &&
	       (word.p[1] == '<' || word.p[1] == '>');
}

static bool has_time(struct span word, const struct room_view *r)
{
	bool topic = *word.p == 'T' || *word.p == 't';
	int64_t age = clock_wall_ms() - (topic ? r->topic_ms : r->made_ms);
	int64_t than =
		(int64_t)number_of((struct span){word.p + 2, word.n - 2}) *
		60000;

	if (topic && r->topic.n == 0)
		return false;
	return word.p[1] == '<' ? age < than : age > than;
}

/* Whether a room is meant by one condition of ELIST: ">2", "<5" for its
 * members, "!MASK" for other names, a time, else a name or mask. */
static bool is_meant_room(
	const struct view *v, struct span word, const struct room_view *r)
{
	char kind = word.n > 0 ? *word.p : '\0';
	uint32_t n;
	bool matches;

	if (is_time(word))
		return has_time(word, r);
	if (kind == '>' || kind == '<') {
		n = number_of((struct span){word.p + 1, word.n - 1});
		return kind == '>' ? view_members(v, r->number) > n
				   : view_members(v, r->number) < n;
	}
	word.p += kind == '!';
	word.n -= kind == '!';
	matches = irc_matches(word, r->name);
	if (word.n > 0 && *word.p == '#')
		matches = irc_matches(
			(struct span){word.p + 1, word.n - 1}, r->name);
	return matches != (kind == '!');
}

static bool is_condition(struct span word)
{
	return is_time(word) || (word.n > 0 && strchr("<>!", *word.p) != NULL);
}

/* All of the conditions must hold, and one of the names, if there are any. */
static bool is_listed(
	const struct view *v, struct span list, const struct room_view *r)
{
	bool named = false, meant = false;

	while (list.n > 0) {
		struct span word = irc_cut(&list, ',');
		bool yes = is_meant_room(v, word, r);

		if (is_condition(word) && !yes)
			return false;
		named = named || !is_condition(word);
		meant = meant || (yes && !is_condition(word));
	}
	return meant || !named;
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
			is_listed(c->s->view, list, &r))
			dst = reply(c->s, dst, "322", "# % :$", r.name,
				(uint64_t)view_members(c->s->view, r.number),
				r.topic);
	}
	return reply(c->s, dst, "323", ":End of /LIST");
}

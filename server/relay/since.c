/* SPDX-License-Identifier: MIT */
/* What a login of this host has missed since it was here last: lines of the
 * lobby, as far as the log still has them.
 * Runs in: relay. */
#include "server/relay/walk.h"

/* Nobody reads more, and counting them takes time. */
#define SINCE_MAX 9999

/* Whether another connection of the login is here, and has read all. */
static bool is_here(const struct switchboard *s, uint32_t slot)
{
	uint32_t login = session_of(s, slot)->login;

	for (uint32_t i = 0; i < s->high; i++) {
		if (i != slot && is_member(s, i) &&
			session_of(s, i)->login == login)
			return true;
	}
	return false;
}

const struct seen *since_of(const struct switchboard *s, uint32_t slot)
{
	const struct session *who = session_of(s, slot);
	const struct seen *seen = seen_find(s->log.seen, who->login);

	/* Another connection of the login may have ended since. */
	return seen != NULL && seen->id < who->join_id && !is_here(s, slot)
		       ? seen
		       : NULL;
}

uint32_t since_count(
	const struct switchboard *s, uint32_t slot, const struct seen *seen)
{
	struct walk w = {.s = s};
	uint32_t n = 0;

	for (walk_in_room(&w, slot, ROOM_LOBBY);
		w.id > seen->id && w.id > w.floor && n < SINCE_MAX;
		walk_back(&w))
		n += walk_is_wanted(&w);
	return n;
}

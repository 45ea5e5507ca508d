/* SPDX-License-Identifier: MIT */
/* Finds a member by name: a key for each slot, so that a scan of all members
 * reads little memory.  The names themselves are in the log's sessions.
 * Runs in: relay. */
#include "ipc/common/name.h"
#include "server/relay/state.h"

int64_t names_find(const struct switchboard *s, const char *name, size_t len)
{
	uint64_t key = name_key(name, len);

	for (uint32_t i = 0; i < s->high; i++) {
		const struct session *who = session_of(s, i);

		if (s->keys[i] == key &&
			name_same(who->name, who->name_len, name, len))
			return i;
	}
	return -1;
}

void names_put(
	struct switchboard *s, uint32_t slot, const char *name, size_t len)
{
	s->keys[slot] = name_key(name, len);
}

void names_remove(struct switchboard *s, uint32_t slot)
{
	s->keys[slot] = 0;
}

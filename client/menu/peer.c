/* SPDX-License-Identifier: MIT */
/* The words: what leaves a choice, and what prompts say in the place where the
 * name of a user may stand.
 * Runs in: client. */
#include "client/menu/peer.h"

#include <string.h>

#include "ipc/common/name.h"

static const char *const words[] = {
	PEER_EXIT, "menu", "public", "name", "offline"};

bool peer_is_word(struct field name)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (name_same(name.s, name.n, words[i], strlen(words[i])))
			return true;
	}
	return false;
}

struct field peer_name(struct field typed)
{
	size_t mark = strlen(PEER_MARK);

	if (typed.n < mark || memcmp(typed.s, PEER_MARK, mark) != 0)
		return typed;
	return (struct field){typed.s + mark, typed.n - mark};
}

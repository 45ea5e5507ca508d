/* SPDX-License-Identifier: MIT */
/* The lists of a room.
 * Runs in: child. */
#include "server/child/dialect/lists.h"

#include "ipc/namelist.h"
#include "server/child/dialect/render.h"

bool lists_next(struct span *rest, struct list_entry *entry)
{
	struct span letter = next_name(rest);

	entry->name = next_name(rest);
	entry->by = next_name(rest);
	entry->seconds = next_name(rest);
	if (letter.n != 1 || entry->seconds.n == 0)
		return false;
	entry->list = (enum room_mode)(*letter.p - 'a');
	return true;
}

/* NULL: it is no list. */
static const char *word_of(enum room_mode list)
{
	switch (list) {
	case MODE_BAN:
		return "banned";
	case MODE_MUTE:
		return "muted";
	case MODE_EXEMPT:
		return "exempt from bans";
	case MODE_ADMIT:
		return "admitted without invitation";
	default:
		return NULL;
	}
}

static struct span names_of(struct span all, enum room_mode list)
{
	static char names[ROOM_BANS_MAX * NAMELIST_ENTRY(NAME_MAX_BYTES)];
	struct list_entry x;
	char *end = names;

	while (lists_next(&all, &x)) {
		if (x.list == list && x.name.n <= NAME_MAX_BYTES &&
			(size_t)(names + sizeof names - end) >=
				NAMELIST_ENTRY(x.name.n))
			end = namelist_put(end, x.name.p, x.name.n);
	}
	return (struct span){names, (size_t)(end - names)};
}

const char *lists_next_names(
	struct span all, enum room_mode *list, struct span *names)
{
	while (++*list < MODES) {
		const char *word = word_of(*list);

		if (word == NULL)
			continue;
		*names = names_of(all, *list);
		if (names->n > 0)
			return word;
	}
	return NULL;
}

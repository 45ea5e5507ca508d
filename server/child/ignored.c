/* SPDX-License-Identifier: MIT */
/* The users whom a client ignores.
 * Runs in: child. */
#include "server/child/ignored.h"

#include "ipc/namelist.h"

void ignored_init(struct ignored *i, struct ignored_user *who)
{
	*i = (struct ignored){.who = who};
}

bool ignored_has(const struct ignored *i, uint32_t slot, uint32_t generation)
{
	for (uint32_t k = 0; k < i->n; k++) {
		if (i->who[k].slot == slot &&
			i->who[k].generation == generation)
			return true;
	}
	return false;
}

/* A slot of another user, or of none: who was ignored does not come back. */
static bool is_gone(const struct ignored *i, uint32_t k, const struct table *t)
{
	char name[NAME_MAX_BYTES];

	return table_generation(t, i->who[k].slot) != i->who[k].generation ||
	       table_name(t, i->who[k].slot, name) == 0;
}

static void forget_gone(struct ignored *i, const struct table *t)
{
	uint32_t kept = 0;

	for (uint32_t k = 0; k < i->n; k++) {
		if (!is_gone(i, k, t))
			i->who[kept++] = i->who[k];
	}
	i->n = kept;
}

bool ignored_add(struct ignored *i, const struct table *t, uint32_t slot)
{
	uint32_t generation = table_generation(t, slot);

	if (ignored_has(i, slot, generation))
		return true;
	if (i->n == IGNORED_MAX)
		forget_gone(i, t);
	if (i->n == IGNORED_MAX)
		return false;
	i->who[i->n].slot = slot;
	i->who[i->n++].generation = generation;
	return true;
}

bool ignored_remove(struct ignored *i, const struct table *t, uint32_t slot)
{
	uint32_t generation = table_generation(t, slot);

	for (uint32_t k = 0; k < i->n; k++) {
		if (i->who[k].slot != slot ||
			i->who[k].generation != generation)
			continue;
		i->n--;
		for (; k < i->n; k++)
			i->who[k] = i->who[k + 1];
		return true;
	}
	return false;
}

size_t ignored_list(struct ignored *i, const struct table *t, char *dst)
{
	char name[NAME_MAX_BYTES], *end = dst;

	if (i->n > 0)
		forget_gone(i, t);
	for (uint32_t k = 0; k < i->n; k++) {
		size_t n = table_name(t, i->who[k].slot, name);

		if (n > 0)
			end = namelist_put(end, name, n);
	}
	return (size_t)(end - dst);
}

/* SPDX-License-Identifier: MIT */
/* The users whom a client ignores: by slot and generation, so that no rename
 * undoes it, and no later user of a name is meant. */
#ifndef SERVER_CHILD_IGNORED_H
#define SERVER_CHILD_IGNORED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/table.h"

struct ignored_user {
	uint32_t slot, generation;
};

struct ignored {
	struct ignored_user *who; /* n of IGNORED_MAX */
	uint32_t n;
};

/* Begins with none, in memory of IGNORED_MAX: apart, since a page that is never
 * touched costs nothing. */
void ignored_init(struct ignored *i, struct ignored_user *who);

bool ignored_has(const struct ignored *i, uint32_t slot, uint32_t generation);

/* Adds the present user of a slot; forgets those who are gone where room is
 * needed.  False if there is none. */
bool ignored_add(struct ignored *i, const struct table *t, uint32_t slot);

/* False if the present user of the slot was not ignored. */
bool ignored_remove(struct ignored *i, const struct table *t, uint32_t slot);

/* Forgets those who are gone, and copies the names of the others as a list
 * (ipc/namelist.h), which needs IGNORED_LIST bytes; returns its length. */
#define IGNORED_LIST (IGNORED_MAX * (1 + NAME_MAX_BYTES))
size_t ignored_list(struct ignored *i, const struct table *t, char *dst);

#endif

/* SPDX-License-Identifier: MIT */
/* A table and who is in it, for the tests of ipc/table.c.
 * Runs in: nothing but tests.
 *
 * One process may play all the slots, since a slot is only a number. */
#ifndef TESTS_UNIT_TABLE_RIG_H
#define TESTS_UNIT_TABLE_RIG_H

#include "ipc/namelist.h"
#include "ipc/table.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ipc/common/name.h"

static struct table t;
static char name[NAME_MAX_BYTES + 1]; /* of the last join, terminated */

/* Behind the last test, too. */
static inline void drop_table(void)
{
	if (t.base == NULL)
		return;
	munmap(t.base, t.size);
	close(t.fd);
	t.base = NULL;
}

/* A table that is empty, instead of the one before. */
static inline bool begin(uint32_t capacity)
{
	drop_table();
	return table_create(&t, capacity) == 0;
}

/* A new user in a slot; its name goes to name. */
static inline void join(uint32_t slot)
{
	table_assign(&t, slot, "192.0.2.1:1234");
	memset(name, 0, sizeof(name));
	name[table_join(&t, slot, "", 0, name)] = '\0';
}

static inline bool joins_as(uint32_t slot, const char *want)
{
	join(slot);
	return strcmp(name, want) == 0;
}

static inline bool claim(uint32_t slot, const char *what)
{
	return table_claim(&t, slot, what, strlen(what));
}

static inline bool rename_to(uint32_t slot, const char *what)
{
	bool taken = claim(slot, what);

	if (taken)
		table_settle(&t, slot, true);
	return taken;
}

/* Whether nobody but this slot holds a name. */
static inline bool is_free(uint32_t slot, const char *what)
{
	bool free = claim(slot, what);

	if (free)
		table_settle(&t, slot, false);
	return free;
}

/* All names in one string, with ", " between them. */
static inline const char *list(void)
{
	static char buf[200000], words[2 * sizeof(buf)];
	uint32_t slot = 0;
	size_t n = table_list(&t, 1, &slot, buf, sizeof(buf)), len;
	const char *rest = buf, *one;
	char *end = words;

	while ((len = namelist_next(&rest, &n, &one)) > 0) {
		if (end > words)
			end = mempcpy(end, ", ", 2);
		end = mempcpy(end, one, len);
	}
	*end = '\0';
	return words;
}

static inline bool lists(const char *want)
{
	return strcmp(list(), want) == 0;
}

#endif

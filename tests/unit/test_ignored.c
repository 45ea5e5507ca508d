/* SPDX-License-Identifier: MIT */
/* Tests of server/child/ignored.c: whom a client ignores, whatever they are
 * called.
 * Runs in: nothing but tests. */
#include "server/child/ignored.h"

#include <string.h>
#include <unistd.h>

#include "tests/unit/dialect_rig.h"
#include "tests/unit/unit.h"

#define USERS (IGNORED_MAX + 4)

static struct table table;
static struct ignored ignored;
static struct ignored_user users[IGNORED_MAX];

static uint32_t come(uint32_t slot, const char *name)
{
	char given[NAME_MAX_BYTES];
	uint32_t generation = table_assign(&table, slot, "x");

	table_join(&table, slot, name, strlen(name), given);
	return generation;
}

static bool lists(const char *want)
{
	char names_now[IGNORED_LIST];
	size_t n = ignored_list(&ignored, &table, names_now);
	struct span list = names(want);

	return n == list.n && memcmp(names_now, list.p, n) == 0;
}

static void by_person(void)
{
	uint32_t bob = come(1, "bob"), carol = come(2, "carol");

	ignored_init(&ignored, users);
	CHECK(lists(""));
	CHECK(!ignored_remove(&ignored, &table, 1));
	CHECK(ignored_add(&ignored, &table, 1));
	CHECK(ignored_add(&ignored, &table, 1)); /* again is no more */
	CHECK(ignored_add(&ignored, &table, 2));
	CHECK(lists("bob carol"));
	CHECK(ignored_has(&ignored, 1, bob) && ignored_has(&ignored, 2, carol));
	CHECK(!ignored_has(&ignored, 1, bob - 1) &&
		!ignored_has(&ignored, 3, 1));
	/* A new name changes nothing. */
	CHECK(table_claim(&table, 1, "dave", 4));
	table_settle(&table, 1, true);
	CHECK(lists("dave carol"));
	/* The next user of the slot is another. */
	table_release(&table, 1);
	CHECK(!ignored_has(&ignored, 1, come(1, "dave")));
	CHECK(lists("carol"));
	CHECK(!ignored_remove(&ignored, &table, 1));
	CHECK(ignored_remove(&ignored, &table, 2));
	CHECK(lists("") && !ignored_has(&ignored, 2, carol));
	table_release(&table, 1);
	table_release(&table, 2);
}

static void full(void)
{
	uint32_t last;

	ignored_init(&ignored, users);
	for (uint32_t slot = 0; slot < USERS; slot++)
		come(slot, "");
	for (uint32_t slot = 0; slot < IGNORED_MAX; slot++)
		CHECK(ignored_add(&ignored, &table, slot));
	CHECK(!ignored_add(&ignored, &table, IGNORED_MAX));
	/* Who is gone makes room, and only they. */
	table_release(&table, 5);
	table_release(&table, 6);
	come(6, "new");
	CHECK(ignored_add(&ignored, &table, IGNORED_MAX));
	CHECK(ignored_add(&ignored, &table, IGNORED_MAX + 1));
	CHECK(!ignored_add(&ignored, &table, IGNORED_MAX + 2));
	for (uint32_t slot = 0; slot < IGNORED_MAX + 2; slot++) {
		last = table_generation(&table, slot);
		CHECKF(ignored_has(&ignored, slot, last) ==
				(slot != 5 && slot != 6),
			"slot %u", slot);
	}
}

int main(void)
{
	if (table_create(&table, USERS) == -1)
		return 1;
	RUN(by_person, "a person, not a name");
	RUN(full, "as many as there can be; who is gone makes room");
	close(table.fd);
	return unit_end();
}

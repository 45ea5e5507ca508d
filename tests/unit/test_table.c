/* SPDX-License-Identifier: MIT */
/* Tests of ipc/table.c: slots, guest numbers and limits.
 * Runs in: nothing but tests. */
#include "ipc/table.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/unit/chance.h"
#include "tests/unit/descriptors.h"
#include "tests/unit/table_rig.h"
#include "tests/unit/unit.h"

/* --- guests -------------------------------------------------------------- */

static void nobody(void)
{
	uint32_t slot = 0;
	char buf[100];

	CHECK(begin(10));
	CHECK_EQ(t.capacity, 10);
	CHECK_EQ(table_online(&t), 0);
	CHECK_EQ(table_list(&t, 1, &slot, buf, sizeof(buf)), 0);
	/* Assigned is not here yet. */
	table_assign(&t, 3, "x");
	slot = 0;
	CHECK_EQ(table_online(&t), 0);
	CHECK_EQ(table_list(&t, 1, &slot, buf, sizeof(buf)), 0);
}

static void roster(void)
{
	const char *longest = "[1111:2222:3333:4444:5555:6666:7777:8888]:65535";
	char longer[200];

	CHECK(begin(10));
	CHECK_EQ(table_assign(&t, 4, longest), 1);
	CHECK(strcmp(t.roster[4].address, longest) == 0);
	CHECK_EQ(atomic_load(t.high), 5);
	CHECK(atomic_load(&t.roster[4].pid) == 0);
	CHECK(t.roster[4].connected_ms > 0);
	table_set_pid(&t, 4, 4321);
	CHECK(atomic_load(&t.roster[4].pid) == 4321);
	table_release(&t, 4);
	CHECK(atomic_load(&t.roster[4].pid) == 0);
	CHECK_EQ(table_assign(&t, 4, "a"), 2);
	CHECK(strcmp(t.roster[4].address, "a") == 0);
	CHECK_EQ(table_assign(&t, 2, "b"), 1);
	CHECK_EQ(atomic_load(t.high), 5);

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	table_assign(&t, 4, longer);
	CHECK_EQ(strnlen(t.roster[4].address, TABLE_ADDRESS_MAX),
		TABLE_ADDRESS_MAX - 1);
	CHECK(t.roster[5].address[0] == '\0');
}

static void guests(void)
{
	CHECK(begin(20));
	CHECK(joins_as(0, "guest-1"));
	CHECK(joins_as(1, "guest-2"));
	CHECK(joins_as(7, "guest-3")); /* the slot is not the number */
	CHECK(joins_as(3, "guest-4"));
	CHECK_EQ(table_online(&t), 4);
	CHECK(lists("guest-1, guest-2, guest-4, guest-3"));

	/* The smallest that is free, whoever had it. */
	table_release(&t, 1);
	table_release(&t, 0);
	CHECK_EQ(table_online(&t), 2);
	CHECK(joins_as(9, "guest-1"));
	CHECK(rename_to(7, "carol"));
	CHECK(joins_as(0, "guest-2"));
	CHECK(joins_as(1, "guest-3"));
	CHECK(joins_as(2, "guest-5"));

	/* Who takes such a name by a rename has it, in any case. */
	CHECK(rename_to(2, "GUEST-7"));
	CHECK(joins_as(4, "guest-5"));
	CHECK(joins_as(5, "guest-6"));
	CHECK(joins_as(6, "guest-8"));
	/* Not so by what only looks like one. */
	CHECK(rename_to(2, "guest-07"));
	CHECK(rename_to(6, "guest-8a"));
	CHECK(joins_as(8, "guest-7"));
	CHECK(joins_as(10, "guest-8"));
}

static void guest_claims(void)
{
	CHECK(begin(20));
	CHECK(joins_as(0, "guest-1"));
	CHECK(claim(0, "guest-3"));
	CHECK(joins_as(1, "guest-2"));
	CHECK(joins_as(2, "guest-4"));
	table_settle(&t, 0, true);
	CHECK(joins_as(3, "guest-1"));
	CHECK(claim(2, "bob"));
	CHECK(joins_as(4, "guest-5"));
	table_settle(&t, 2, true);
	CHECK(joins_as(5, "guest-4"));
}

/* More of them than are looked for at once. */
static void many_guests(void)
{
	const uint32_t most = 20000;
	char want[NAME_MAX_BYTES];

	CHECK(begin(most + 1));
	for (uint32_t i = 0; i < most; i++)
		join(i);
	snprintf(want, sizeof(want), "guest-%u", most);
	CHECK(strcmp(name, want) == 0);
	for (uint32_t n = 1; n <= most; n = n * 2 + 1) {
		table_release(&t, n - 1);
		snprintf(want, sizeof(want), "guest-%u", n);
		CHECKF(joins_as(most, want), "%s was free, not %s", want, name);
		table_release(&t, most);
		CHECK(joins_as(n - 1, want));
	}
}

/* Who renames holds two numbers, so there may be more of them taken than
 * there are slots. */
static void guests_hold_two(void)
{
	CHECK(begin(20));
	for (uint32_t i = 0; i < 20; i++) {
		char want[32];

		snprintf(want, sizeof(want), "guest-%u", 2 * i + 1);
		join(i);
		CHECKF(strcmp(name, want) == 0, "%s is no %s", name, want);
		snprintf(want, sizeof(want), "guest-%u", 2 * i + 2);
		CHECK(claim(i, want));
	}
}

/* Against the rule in its plainest form: at each moment which numbers are
 * held. */
static void random_guests(void)
{
	enum {
		SLOTS = 40
	};
	unsigned int held[SLOTS] = {0};

	CHECK(begin(SLOTS));
	for (int i = 0; i < 20000; i++) {
		uint32_t slot = (uint32_t)chance(SLOTS);
		unsigned int n = 1;
		char want[32];

		if (held[slot] != 0 && chance(3) == 0) {
			snprintf(want, sizeof(want), "user%u", slot);
			CHECK(rename_to(slot, want));
			held[slot] = UINT32_MAX;
		} else if (held[slot] != 0) {
			table_release(&t, slot);
			held[slot] = 0;
		} else {
			for (uint32_t k = 0; k < SLOTS; k++) {
				if (held[k] == n) {
					n++;
					k = UINT32_MAX; /* from 0 again */
				}
			}
			snprintf(want, sizeof(want), "guest-%u", n);
			CHECKF(joins_as(slot, want), "%s is no %s", name, want);
			held[slot] = n;
		}
	}
}

/* --- limits -------------------------------------------------------------- */

static void capacities(void)
{
	uint32_t slot = 0;
	char buf[100];

	CHECK(begin(1));
	CHECK(joins_as(0, "guest-1"));
	CHECK(rename_to(0, "alice"));
	CHECK(lists("alice"));

	/* The largest: all guest numbers but one are taken. */
	CHECK(begin(USERS_MAX));
	table_assign(&t, USERS_MAX - 1, "x");
	for (uint32_t i = 0; i < USERS_MAX - 1; i++)
		atomic_store(&t.keys[i % 2][i], NAME_GUEST + i + 1);
	CHECK(joins_as(USERS_MAX - 1, "guest-30000"));
	for (uint32_t i = 0; i < USERS_MAX - 1; i++)
		table_release(&t, i);
	CHECK_EQ(table_online(&t), 1);
	CHECK(rename_to(USERS_MAX - 1, "omega"));
	CHECK(joins_as(0, "guest-1"));
	CHECK(lists("guest-1, omega"));
	CHECK_EQ(table_list(&t, USERS_MAX, &slot, buf, 8), 8);
	CHECK_EQ(table_list(&t, USERS_MAX, &slot, buf, 8), 6);
	CHECK_EQ(slot, USERS_MAX);
	CHECK_EQ(table_assign(&t, USERS_MAX - 1, "x"), 3);
}

/* Nothing of this process is in /dev/shm, nor an open descriptor. */
static void leaves_nothing(void)
{
	size_t before = descriptors(), found = 0;
	const struct dirent *e;
	char prefix[64];
	DIR *dir;

	CHECK(begin(100));
	CHECK_EQ(descriptors(), before);
	snprintf(prefix, sizeof(prefix), "chatserver-%ld-", (long)getpid());
	dir = opendir("/dev/shm");
	CHECK(dir != NULL);
	while ((e = readdir(dir)) != NULL)
		found += strncmp(e->d_name, prefix, strlen(prefix)) == 0;
	closedir(dir);
	CHECK_EQ(found, 0);
}

static void no_memory(void)
{
	struct rlimit limit, old;
	struct table none;

	CHECK(getrlimit(RLIMIT_NOFILE, &old) == 0);
	limit = old;
	limit.rlim_cur = 0;
	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	CHECK(table_create(&none, 10) == -1 && errno == EMFILE);
	CHECK(setrlimit(RLIMIT_NOFILE, &old) == 0);
	CHECK(begin(10));
}

static bool says(const char *said, uint8_t len, const char *want)
{
	return len == strlen(want) && memcmp(said, want, len) == 0;
}

/* What a client says of its user, until the slot has another. */
static void about(void)
{
	const struct table_about *a;
	uint32_t generation;

	CHECK(begin(2));
	join(0);
	generation = table_generation(&t, 0);
	CHECK(table_about(&t, 0, generation) == NULL);
	table_set_user(&t, 0, "al", 2);
	a = table_about(&t, 0, generation);
	CHECK(a != NULL && says(a->user, a->user_len, "al"));
	CHECK(a->real_len == 0 && a->away_len == 0);
	table_set_real(&t, 0, "Alice", 5);
	table_set_away(&t, 0, "at lunch", 8);
	table_set_real(&t, 0, "Ann", 3);
	CHECK(says(a->user, a->user_len, "al"));
	CHECK(says(a->real, a->real_len, "Ann"));
	CHECK(says(a->away, a->away_len, "at lunch"));
	table_set_away(&t, 0, "", 0);
	CHECK(a->away_len == 0 && a->user_len == 2);

	/* Nothing of it holds for the next one. */
	table_release(&t, 0);
	join(0);
	CHECK(table_about(&t, 0, table_generation(&t, 0)) == NULL);
	table_set_away(&t, 0, "in", 2);
	CHECK(a->user_len == 0 && a->real_len == 0);
	CHECK(table_about(&t, 0, generation) == NULL);
	CHECK(table_about(&t, 0, generation + 1) == a);
}

int main(void)
{
	alarm(60); /* instead of waiting for ever */
	RUN(nobody, "an empty table");
	RUN(roster, "slots, generations, addresses");
	RUN(guests, "the smallest free guest number");
	RUN(many_guests, "the smallest free guest number of thousands");
	RUN(guest_claims, "guest numbers during a rename");
	RUN(guests_hold_two, "more guest numbers are held than slots");
	RUN(random_guests, "guest numbers, at random");
	RUN(about, "what is said of a user");
	RUN(capacities, "the smallest table and the largest");
	RUN(leaves_nothing, "no object and no descriptor is left");
	RUN(no_memory, "no descriptors are left for a table");
	drop_table();
	return unit_end();
}

/* SPDX-License-Identifier: MIT */
/* Tests of ipc/table_remote.c, and of the names that the relay decides: users
 * of other hosts in the table.
 * Runs in: nothing but tests. */
#include "ipc/table.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "tests/unit/processes.h"
#include "tests/unit/table_rig.h"
#include "tests/unit/unit.h"

#define LOCAL 4
#define SLOTS 8

static uint32_t place(uint32_t slot, const char *who)
{
	return table_place(
		&t, slot, who, strlen(who), "192.0.2.7:1234", 1700000000123);
}

static bool is_called(uint32_t slot, const char *want)
{
	char is[NAME_MAX_BYTES];
	size_t n = table_name(&t, slot, is);

	return n == strlen(want) && memcmp(is, want, n) == 0;
}

static bool has_claimed(uint32_t slot, const char *want)
{
	char is[NAME_MAX_BYTES];
	size_t n = table_claimed(&t, slot, is);

	return n == strlen(want) && memcmp(is, want, n) == 0;
}

static void come_and_go(void)
{
	const struct table_roster *r;
	uint32_t generation;

	CHECK(begin(SLOTS));
	CHECK_EQ(atomic_load(t.high), 0);
	table_open_all(&t);
	CHECK_EQ(atomic_load(t.high), SLOTS);
	CHECK(joins_as(0, "guest-1"));
	CHECK_EQ(atomic_load(t.high), SLOTS);
	r = &t.roster[6];
	generation = place(6, "bob");
	CHECK_EQ(generation, 1);
	CHECK_EQ(table_generation(&t, 6), 1);
	CHECK(atomic_load(&r->pid) == 0 && r->connected_ms == 1700000000123);
	CHECK(strcmp(r->address, "192.0.2.7:1234") == 0);
	CHECK(atomic_load(&t.slots[6].last_line_ms) == 1700000000123);
	table_set_last_line(&t, 6, 1700000000999);
	CHECK(atomic_load(&t.slots[6].last_line_ms) == 1700000000999);
	CHECK(is_called(6, "bob") && table_find(&t, "BOB", 3) == 6);
	CHECK_EQ(table_online(&t), 2);
	CHECK(lists("guest-1, bob"));

	table_set_name(&t, 6, "carol", 5);
	CHECK(is_called(6, "carol") && table_find(&t, "bob", 3) == -1);
	CHECK(has_claimed(6, ""));
	table_set_name(&t, 6, "Carol", 5);
	CHECK(is_called(6, "Carol") && lists("guest-1, Carol"));
	table_remove(&t, 6);
	CHECK(is_called(6, "") && table_find(&t, "carol", 5) == -1);
	CHECK_EQ(table_online(&t), 1);
	/* The next one there is another. */
	CHECK_EQ(place(6, "dave"), 2);
	CHECK(is_called(6, "dave") && lists("guest-1, dave"));
	table_set_name(&t, 6, "erin", 4);
	table_remove(&t, 6);
	CHECK(lists("guest-1") && is_free(0, "erin") && is_free(0, "dave"));
}

/* Their names are taken, guest numbers, too. */
static void taken(void)
{
	char long_address[2 * TABLE_ADDRESS_MAX];

	CHECK(begin(SLOTS));
	table_open_all(&t);
	place(5, "bob");
	place(6, "guest-1");
	CHECK(joins_as(0, "guest-2"));
	CHECK(!rename_to(0, "Bob"));
	CHECK(rename_to(0, "alice"));
	table_set_name(&t, 5, "carol", 5);
	CHECK(!rename_to(0, "carol") && rename_to(0, "bob"));
	/* What the relay has decided is not asked for. */
	place(7, "bob");
	CHECK(is_called(7, "bob") && is_called(0, "bob"));

	memset(long_address, 'x', sizeof(long_address));
	long_address[sizeof(long_address) - 1] = '\0';
	table_remove(&t, 7);
	table_place(&t, 7, "erin", 4, long_address, 1);
	CHECK_EQ(strlen(t.roster[7].address), TABLE_ADDRESS_MAX - 1);
}

/* What is said of them is the relay's, and of the next one nothing is. */
static void about(void)
{
	uint32_t generation;
	const struct table_about *a;

	CHECK(begin(SLOTS));
	table_open_all(&t);
	generation = place(5, "bob");
	CHECK(table_about(&t, 5, generation) == NULL);
	table_set_user(&t, 5, "b", 1);
	table_set_real(&t, 5, "Bob B.", 6);
	table_set_away(&t, 5, "tea", 3);
	table_set_bot(&t, 5, true);
	a = table_about(&t, 5, generation);
	CHECK(a != NULL && a->user_len == 1 && a->real_len == 6);
	CHECK(a->away_len == 3 && memcmp(a->away, "tea", 3) == 0 && a->bot);
	table_remove(&t, 5);
	generation = place(5, "carol");
	CHECK(table_about(&t, 5, generation) == NULL);
	table_set_real(&t, 5, "Carol", 5);
	a = table_about(&t, 5, generation);
	CHECK(a != NULL && a->user_len == 0 && a->away_len == 0 && !a->bot);
}

/* A name that is lost, with and without a claim beside it. */
static void lost(void)
{
	CHECK(begin(SLOTS));
	table_open_all(&t);
	join(0);
	CHECK(rename_to(0, "bob"));
	place(5, "bob");
	table_take_name(&t, 0, "guest-7", 7);
	CHECK(is_called(0, "guest-7") && has_claimed(0, ""));
	CHECK(table_find(&t, "bob", 3) == 5);
	CHECK(!is_free(1, "guest-7"));

	CHECK(claim(0, "alice") && has_claimed(0, "alice"));
	table_take_name(&t, 0, "guest-9", 7);
	CHECK(is_called(0, "guest-9") && has_claimed(0, "alice"));
	CHECK(is_free(1, "guest-7") && !is_free(1, "alice"));
	table_settle(&t, 0, true);
	CHECK(is_called(0, "alice") && is_free(1, "guest-9"));

	CHECK(claim(0, "carol"));
	table_take_name(&t, 0, "guest-3", 7);
	table_settle(&t, 0, false);
	CHECK(is_called(0, "guest-3") && has_claimed(0, ""));
	CHECK(is_free(1, "carol") && is_free(1, "alice"));
	CHECK(!is_free(1, "guest-3"));
}

/* --- readers meanwhile ---------------------------------------------------- */

/* Changes names as long as it lives: slot 0 is a child's with a claim, slot 5 a
 * user of another host. */
static void change_for_ever(void)
{
	char mine[32];

	for (unsigned n = 0;; n++) {
		int len = snprintf(mine, sizeof(mine), "name-%u", n);

		table_set_name(&t, 5, mine, (size_t)len);
		table_take_name(&t, 0, mine, (size_t)len);
	}
}

/* At every moment there is one of the names, never none, and never the
 * claim. */
static void readers(void)
{
	int64_t until = clock_monotonic_ms() + 300;
	pid_t pid;

	CHECK(begin(SLOTS));
	table_open_all(&t);
	join(0);
	CHECK(rename_to(0, "name-x") && claim(0, "wished"));
	place(5, "name-x");
	pid = fork_child();
	if (pid == 0)
		change_for_ever();
	while (clock_monotonic_ms() < until && !UNIT_FAILED) {
		for (uint32_t slot = 0; slot <= 5; slot += 5) {
			char is[NAME_MAX_BYTES];
			size_t n = table_name(&t, slot, is);

			CHECKF(n >= 6 && memcmp(is, "name-", 5) == 0,
				"slot %u: %.*s", slot, (int)n, is);
		}
		CHECK(!claim(1, "wished"));
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	CHECK(!is_called(0, "name-x") && !is_called(5, "name-x"));
}

int main(void)
{
	RUN(come_and_go, "users of other hosts come, go and are renamed");
	RUN(taken, "nobody here can have their names");
	RUN(about, "what is said of them");
	RUN(lost, "a name that is lost to one of them");
	RUN(readers, "readers see the one name or the other");
	drop_table();
	return unit_end();
}

/* SPDX-License-Identifier: MIT */
/* Tests of ipc/table.c: who holds which name, and until when.
 * Runs in: nothing but tests. */
#include "ipc/table.h"

#include <string.h>
#include <unistd.h>

#include "tests/unit/table_rig.h"
#include "tests/unit/unit.h"

/* Between claim and settle both are held, the old one is shown. */
static void claimed_names(void)
{
	CHECK(claim(0, "amber"));
	CHECK(lists("alice, guest-2, guest-3, guest-4"));
	CHECK_EQ(table_online(&t), 4);
	CHECK(!claim(1, "alice"));
	CHECK(!claim(1, "amber"));
	CHECK(!claim(1, "Alice"));
	CHECK(!claim(1, "AMBER"));
}

static void found_names(void)
{
	/* A name that is only claimed is not shown, and not found. */
	CHECK_EQ((uint64_t)table_find(&t, "ALICE", 5), 0);
	CHECK(table_find(&t, "amber", 5) == -1);
	CHECK(table_find(&t, "alic", 4) == -1);
	CHECK_EQ((uint64_t)table_find(&t, "guest-3", 7), 2);
}

static void settled_names(void)
{
	/* It came to nothing: the new one is free, the old one is not. */
	table_settle(&t, 0, false);
	CHECK(lists("alice, guest-2, guest-3, guest-4"));
	CHECK(!claim(1, "alice"));
	CHECK(rename_to(1, "Amber"));
	CHECK(lists("alice, Amber, guest-3, guest-4"));
	CHECK(!claim(0, "amber"));

	/* It was taken: the other way round. */
	CHECK(claim(0, "andrea"));
	table_settle(&t, 0, true);
	CHECK(lists("andrea, Amber, guest-3, guest-4"));
	CHECK(!claim(2, "ANDREA"));
	CHECK(rename_to(2, "Alice"));
	CHECK(!claim(0, "alice"));
	/* And again, so that each place for a name has been both. */
	CHECK(claim(0, "anna"));
	CHECK(!claim(3, "anna"));
	CHECK(!claim(3, "andrea"));
	table_settle(&t, 0, true);
	CHECK(is_free(3, "andrea"));
	CHECK(!claim(3, "anna"));
	CHECK(lists("anna, Amber, Alice, guest-4"));
	CHECK_EQ(table_online(&t), 4);
}

static void two_names(void)
{
	CHECK(begin(10));
	for (uint32_t i = 0; i < 4; i++)
		join(i);
	CHECK(rename_to(0, "alice"));
	CHECK(lists("alice, guest-2, guest-3, guest-4"));
	claimed_names();
	if (!UNIT_FAILED)
		found_names();
	if (!UNIT_FAILED)
		settled_names();
}

/* A claim that is refused leaves everything as it was. */
static void refused(void)
{
	CHECK(begin(10));
	join(0);
	join(1);
	CHECK(rename_to(0, "alice"));
	CHECK(rename_to(1, "bob"));
	CHECK(!claim(1, "alice"));
	CHECK(lists("alice, bob"));
	table_release(&t, 0);
	join(2);
	CHECK(is_free(2, "alice"));
	CHECK(!claim(2, "bob"));
	CHECK(rename_to(1, "alice"));
	CHECK(is_free(2, "bob"));
}

static void own_case(void)
{
	CHECK(begin(10));
	join(0);
	join(1);
	CHECK(rename_to(0, "alice"));
	CHECK(claim(0, "Alice"));
	CHECK(!claim(1, "aLICE"));
	table_settle(&t, 0, false);
	CHECK(lists("alice, guest-2"));
	CHECK(!claim(1, "aLICE")); /* still held once */
	CHECK(rename_to(0, "ALICE"));
	CHECK(lists("ALICE, guest-2"));
	CHECK(!claim(1, "alice"));
	CHECK(rename_to(0, "bob"));
	CHECK(is_free(1, "alice"));
	/* Only ASCII has cases. */
	CHECK(rename_to(0, "\xC3\xA4rmel"));
	CHECK(!claim(1, "\xC3\xA4RMEL"));
	CHECK(is_free(1, "\xC3\x84rmel"));
}

static void all_lengths(void)
{
	char longest[NAME_MAX_BYTES + 1];

	CHECK(begin(NAME_MAX_BYTES + 1));
	memset(longest, 'x', sizeof(longest));
	for (uint32_t i = 0; i <= NAME_MAX_BYTES; i++)
		join(i);
	for (uint32_t n = 1; n <= NAME_MAX_BYTES; n++) {
		CHECK(table_claim(&t, n, longest, n));
		table_settle(&t, n, true);
		CHECK(!table_claim(&t, 0, longest, n));
	}
	for (uint32_t n = 1; n <= NAME_MAX_BYTES; n++) {
		table_release(&t, n);
		CHECK(table_claim(&t, 0, longest, n));
		table_settle(&t, 0, false);
	}
}

static void released(void)
{
	CHECK(begin(10));
	join(0);
	join(1);
	CHECK(rename_to(0, "alice"));
	CHECK(claim(0, "amber"));
	table_release(&t, 0);
	CHECK_EQ(table_online(&t), 1);
	CHECK(lists("guest-2"));
	CHECK(is_free(1, "alice"));
	CHECK(is_free(1, "amber"));
	CHECK(is_free(1, "guest-1"));
	/* Whoever has the slot next has none of it, whichever of the two
	 * names was the shown one. */
	CHECK(joins_as(0, "guest-1"));
	CHECK(lists("guest-1, guest-2"));
	CHECK(is_free(1, "alice") && is_free(1, "amber"));
	CHECK(rename_to(0, "alice"));
	table_release(&t, 0);
	CHECK(joins_as(0, "guest-1"));
	CHECK(lists("guest-1, guest-2"));
	/* A slot that nobody joined. */
	table_assign(&t, 5, "x");
	table_release(&t, 5);
	CHECK(lists("guest-1, guest-2"));
}

/* Two names of one key are two names. */
static void same_key(void)
{
	CHECK(begin(10));
	join(0);
	join(1);
	CHECK(rename_to(0, "alice"));
	atomic_store(&t.keys[0][0], name_key("bob", 3));
	atomic_store(&t.keys[1][0], name_key("bob", 3));
	CHECK(is_free(1, "bob"));
}

/* A name that is wished for from the start. */
static bool joins_wishing(uint32_t slot, const char *wished, const char *want)
{
	table_assign(&t, slot, "192.0.2.1:1234");
	memset(name, 0, sizeof(name));
	name[table_join(&t, slot, wished, strlen(wished), name)] = '\0';
	return strcmp(name, want) == 0;
}

static void wished(void)
{
	static const char longest[] = "abcdefghijklmnopqrstuvwxyz012345";

	CHECK(begin(20));
	CHECK(joins_wishing(0, "alice", "alice"));
	CHECK(joins_wishing(1, "\xC3\x84rmel", "\xC3\x84rmel"));
	CHECK(joins_wishing(2, longest, longest));
	/* Taken, whatever the case: as if there were no wish. */
	CHECK(joins_wishing(3, "alice", "guest-1"));
	CHECK(joins_wishing(4, "ALICE", "guest-2"));
	CHECK(joins_wishing(5, "", "guest-3"));
	/* And what is no name. */
	CHECK(joins_wishing(6, "a b", "guest-4"));
	CHECK(joins_wishing(7, "\033[2J", "guest-5"));
	CHECK(joins_wishing(8, "you", "guest-6"));
	CHECK(joins_wishing(9, "abcdefghijklmnopqrstuvwxyz0123456", "guest-7"));
	CHECK(!claim(3, "Alice"));
	CHECK_EQ(table_online(&t), 10);
	/* A guest's number may be wished for, and is not given twice. */
	CHECK(joins_wishing(10, "guest-8", "guest-8"));
	CHECK(joins_wishing(11, "", "guest-9"));
	/* One that another is about to take, or to leave, is taken. */
	CHECK(claim(0, "anna"));
	CHECK(joins_wishing(12, "anna", "guest-10"));
	CHECK(joins_wishing(13, "alice", "guest-11"));
	table_settle(&t, 0, true);
	CHECK(joins_wishing(14, "alice", "alice"));
	/* And in a slot whose last user had another. */
	table_release(&t, 14);
	CHECK(joins_wishing(14, "bob", "bob"));
	CHECK(is_free(0, "alice"));
}

static bool joins_exactly(uint32_t slot, const char *want)
{
	char shown[NAME_MAX_BYTES];
	size_t n = strlen(want);

	table_assign(&t, slot, "192.0.2.1:1234");
	return table_join_as(&t, slot, want, n) &&
	       table_name(&t, slot, shown) == n && memcmp(shown, want, n) == 0;
}

/* That one or none. */
static void exactly(void)
{
	CHECK(begin(4));
	CHECK(joins_exactly(0, "alice"));
	CHECK(!joins_exactly(1, "Alice"));
	CHECK_EQ(table_online(&t), 1);
	CHECK(joins_exactly(1, "bob"));
	CHECK(claim(0, "anna"));
	CHECK(!joins_exactly(2, "anna"));
	table_settle(&t, 0, true);
	CHECK(joins_exactly(2, "alice"));
	/* And in a slot whose last user shows the other of its names. */
	table_release(&t, 0);
	CHECK(joins_exactly(0, "anna"));
	CHECK(claim(0, "amber"));
	CHECK(lists("anna, bob, alice"));
}

int main(void)
{
	alarm(60); /* instead of waiting for ever */
	RUN(two_names, "during a rename both names are held");
	RUN(refused, "a claim that is refused changes nothing");
	RUN(own_case, "a change of one's own name's case");
	RUN(all_lengths, "names of all lengths");
	RUN(released, "a release frees both names");
	RUN(same_key, "names of the same key");
	RUN(wished, "a name that is wished for");
	RUN(exactly, "a name that must be that one");
	drop_table();
	return unit_end();
}

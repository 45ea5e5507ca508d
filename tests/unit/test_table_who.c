/* SPDX-License-Identifier: MIT */
/* Tests of ipc/table.c: lists of all users, and nobody twice.
 * Runs in: nothing but tests. */
#include "ipc/table.h"

#include <string.h>
#include <unistd.h>

#include "tests/unit/table_rig.h"
#include "tests/unit/unit.h"

#define MANY 3000

/* The name of a slot: of all lengths, no two the same. */
static size_t many_name(uint32_t slot, char *dst)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	size_t n = slot < 36 ? 1 : 2 + slot % (NAME_MAX_BYTES - 1);
	uint32_t rest = n == 2 ? slot / (NAME_MAX_BYTES - 1) : slot;

	for (size_t i = n; i > 0; i--) {
		dst[i - 1] = digits[rest % 36];
		rest /= 36;
	}
	return n;
}

/* Some slots are empty, the ends among them. */
static bool is_here(uint32_t slot)
{
	return slot != 0 && slot != MANY - 1 && slot % 7 != 3;
}

static void fill(void)
{
	char buf[NAME_MAX_BYTES];

	CHECK(begin(MANY));
	for (uint32_t i = 0; i < MANY; i++) {
		table_assign(&t, i, "x");
		if (!is_here(i))
			continue;
		table_join(&t, i, "", 0, buf);
		CHECK(table_claim(&t, i, buf, many_name(i, buf)));
		table_settle(&t, i, true);
	}
}

/* Takes the names of one list off the slots that are next; every one has to
 * be there.  *end is the slot after the last. */
static void check_names(
	const char *p, size_t n, uint32_t *slot, uint32_t *users)
{
	for (size_t at = 0; at < n; ++*slot) {
		char want[NAME_MAX_BYTES];
		size_t len;

		CHECK(*slot < MANY);
		if (!is_here(*slot))
			continue;
		len = many_name(*slot, want);
		CHECKF(n - at > len && (uint8_t)p[at] == len &&
				memcmp(p + at + 1, want, len) == 0,
			"slot %u", *slot);
		at += NAMELIST_ENTRY(len);
		++*users;
	}
}

static void list_by(size_t cap)
{
	static char buf[200000];
	uint32_t slot = 0, next = 0, users = 0;

	for (;;) {
		char want[NAME_MAX_BYTES];
		size_t n;

		memset(buf, 0x5A, cap + 1);
		n = table_list(&t, 1, &slot, buf, cap);
		CHECKF(n <= cap && buf[cap] == 0x5A, "%zu of %zu", n, cap);
		if (n == 0)
			break;
		check_names(buf, n, &next, &users);
		if (UNIT_FAILED)
			return;
		while (next < MANY && !is_here(next))
			next++;
		/* The next one would not have fitted. */
		CHECK(next == MANY ||
			n + NAMELIST_ENTRY(many_name(next, want)) > cap);
	}
	CHECKF(next == MANY && users == table_online(&t), "%u users by %zu",
		users, cap);
	CHECK(users > MANY * 3 / 4);
}

static void who(void)
{
	static const size_t caps[] = {NAME_MAX_BYTES + 1, NAME_MAX_BYTES + 2,
		2 * NAME_MAX_BYTES + 1, 2 * NAME_MAX_BYTES + 2, 100,
		WHO_LINE_MAX - 20, WHO_LINE_MAX, 4096, 199999};

	fill();
	if (UNIT_FAILED)
		return;
	for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++) {
		list_by(caps[i]);
		if (UNIT_FAILED)
			return;
	}
	for (size_t cap = NAME_MAX_BYTES + 1; cap < 200 && !UNIT_FAILED; cap++)
		list_by(cap);
}

/* Who comes and goes between two lines spoils neither. */
static void who_changes(void)
{
	char buf[20];
	uint32_t slot = 0;

	CHECK(begin(10));
	for (uint32_t i = 0; i < 6; i++)
		join(i);
	CHECK_EQ(table_list(&t, 7, &slot, buf, sizeof(buf)), 16);
	CHECK(memcmp(buf, "\7guest-1\7guest-2", 16) == 0);
	CHECK_EQ(slot, 2);
	table_release(&t, 0);
	table_release(&t, 2);
	CHECK(rename_to(3, "dora"));
	CHECK_EQ(table_list(&t, 7, &slot, buf, sizeof(buf)), 13);
	CHECK(memcmp(buf, "\4dora\7guest-5", 13) == 0);
	CHECK_EQ(table_list(&t, 7, &slot, buf, sizeof(buf)), 8);
	CHECK(memcmp(buf, "\7guest-6", 8) == 0);
	CHECK_EQ(table_list(&t, 7, &slot, buf, sizeof(buf)), 0);
	/* The lock is free again after each. */
	CHECK_EQ(atomic_load(&t.lock->owner), 0);
}

/* A length that no honest child writes. */
static void nonsense(void)
{
	static char buf[1000];
	uint32_t slot = 0;

	CHECK(begin(10));
	join(0);
	join(1);
	t.slots[0].name_len[0] = 255;
	atomic_store(&t.slots[1].current, 254);
	memset(buf, 0x5A, sizeof(buf));
	CHECK_EQ(table_list(&t, 1, &slot, buf, sizeof(buf)),
		NAMELIST_ENTRY(NAME_MAX_BYTES) + NAMELIST_ENTRY(7));
	CHECK(buf[NAMELIST_ENTRY(NAME_MAX_BYTES) + NAMELIST_ENTRY(7)] == 0x5A);
	CHECK(is_free(1, "bob"));
}

int main(void)
{
	alarm(60); /* instead of waiting for ever */
	RUN(who, "3,000 slots listed, every user once");
	RUN(who_changes, "a list of those who come and go");
	RUN(nonsense, "nonsense in a slot is contained");
	drop_table();
	return unit_end();
}

/* SPDX-License-Identifier: MIT */
/* Tests of ipc/table.c: a table that is mapped a second time, by its
 * descriptor.
 * Runs in: nothing but tests. */
#include "ipc/table.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/table_rig.h"
#include "tests/unit/unit.h"

static struct table other;

static bool attach(uint32_t capacity)
{
	errno = 0;
	return table_attach(&other, dup(t.fd), capacity) == 0;
}

static bool copy(uint32_t capacity)
{
	errno = 0;
	return table_copy(&other, dup(t.fd), capacity) == 0;
}

static void detach(void)
{
	if (other.base != NULL && other.base != MAP_FAILED)
		munmap(other.base, other.size);
	close(other.fd);
}

static bool is_named(uint32_t slot, const char *want)
{
	char got[NAME_MAX_BYTES];
	size_t n = table_name(&other, slot, got);

	return n == strlen(want) && memcmp(got, want, n) == 0;
}

static void same(void)
{
	CHECK(begin(100));
	join(0);
	join(2);
	CHECK(rename_to(2, "alice"));
	CHECK(attach(100));
	CHECK_EQ(table_online(&other), 2);
	CHECK(is_named(0, "guest-1") && is_named(1, "") &&
		is_named(2, "alice"));
	CHECK_EQ(table_generation(&other, 2), 1);
	CHECK(strcmp(other.roster[2].address, "192.0.2.1:1234") == 0);
	/* What happens in one is seen in the other, both ways. */
	join(99);
	CHECK(is_named(99, "guest-2"));
	table_release(&other, 0);
	CHECK(lists("alice, guest-2"));
	table_dismiss(&other, 2, "because");
	CHECK(strcmp(t.roster[2].reason, "because") == 0);
	/* The claim of another name is no other user, whichever is shown. */
	CHECK(claim(2, "bob"));
	CHECK(is_named(2, "alice"));
	table_settle(&t, 2, true);
	CHECK(is_named(2, "bob"));
	table_release(&t, 2);
	CHECK(is_named(2, ""));
	/* Who has the slot next has no name yet, and no reason to go. */
	CHECK_EQ(table_assign(&t, 2, "x"), 2);
	CHECK(is_named(2, "") && t.roster[2].reason[0] == '\0');
	detach();
}

static void other_capacity(void)
{
	CHECK(begin(1000));
	for (uint32_t n = 1; n < 1000; n += 37) {
		CHECKF(!attach(n) && errno == EINVAL, "%u", n);
		detach();
	}
	CHECK(!attach(2000) && errno == EINVAL);
	detach();
	CHECK(attach(1000));
	detach();
	errno = 0;
	CHECK(table_attach(&other, -1, 1000) == -1 && errno == EBADF);
}

/* What happens in one is not seen in the other, whatever it is. */
static void copied(void)
{
	CHECK(begin(10));
	join(0);
	CHECK(!copy(1000) && errno == EINVAL);
	detach();
	CHECK(copy(10));
	CHECK(is_named(0, "guest-1"));
	atomic_store(&other.slots[0].lines, 1);
	CHECK(atomic_load(&t.slots[0].lines) == 0);
	table_release(&t, 0);
	join(1);
	CHECK(ftruncate(t.fd, 0) == 0);
	CHECK(is_named(0, "guest-1") && is_named(1, ""));
	CHECK_EQ(table_online(&other), 1);
	detach();
	CHECK(!copy(10) && errno == EINVAL);
	detach();
	errno = 0;
	CHECK(table_copy(&other, -1, 10) == -1 && errno == EBADF);
}

/* What a child writes may be nonsense; a name never reaches beyond itself. */
static void nonsense(void)
{
	char got[NAME_MAX_BYTES];

	CHECK(begin(10));
	join(0);
	CHECK(attach(10));
	t.slots[0].name_len[0] = 255;
	CHECK_EQ(table_name(&other, 0, got), NAME_MAX_BYTES);
	atomic_store(&t.slots[0].current, 255);
	CHECK_EQ(table_name(&other, 0, got), NAME_MAX_BYTES);
	detach();
}

static void long_reason(void)
{
	char reason[2 * TABLE_REASON_MAX + 1];

	CHECK(begin(2));
	memset(reason, 'x', sizeof(reason));
	reason[sizeof(reason) - 1] = '\0';
	table_dismiss(&t, 0, reason);
	CHECK_EQ(strlen(t.roster[0].reason), TABLE_REASON_MAX - 1);
	CHECK(t.roster[1].reason[0] == '\0');
}

int main(void)
{
	alarm(60); /* instead of waiting for ever */
	RUN(same, "both see the same table");
	RUN(other_capacity, "a table of another capacity");
	RUN(copied, "a copy is a copy");
	RUN(nonsense, "lengths that make no sense");
	RUN(long_reason, "a reason that is too long is cut");
	drop_table();
	return unit_end();
}

/* Tests of server/bans.c.
 * Runs in: nothing but tests. */
#include "server/bans.h"

#include <string.h>

#include "tests/unit/unit.h"

static struct bans b;

static void begin(void)
{
	memset(&b, 0, sizeof(b));
}

static void banned(void)
{
	begin();
	CHECK(!bans_has(&b, 7, 0));
	CHECK(bans_add(&b, 7, INT64_MAX, 0));
	CHECK(bans_has(&b, 7, 0) && bans_has(&b, 7, INT64_MAX - 1));
	CHECK(!bans_has(&b, 8, 0));
	CHECK(bans_remove(&b, 7, 0));
	CHECK(!bans_has(&b, 7, 0));
	CHECK(!bans_remove(&b, 7, 0));
	CHECK_EQ(bans_count(&b, 0), 0);
}

/* Loopback has the key 0, whatever is in the list. */
static void nobody(void)
{
	begin();
	CHECK(bans_add(&b, 0, INT64_MAX, 0));
	CHECK(!bans_has(&b, 0, 0));
}

static void runs_out(void)
{
	begin();
	CHECK(bans_add(&b, 7, 1000, 0));
	CHECK(bans_add(&b, 8, 2000, 0));
	CHECK(bans_has(&b, 7, 999));
	CHECK(!bans_has(&b, 7, 1000));
	CHECK(bans_has(&b, 8, 1999));
	CHECK_EQ(bans_count(&b, 999), 2);
	CHECK_EQ(bans_count(&b, 1000), 1);
	CHECK(bans_has(&b, 8, 1999));
	/* One that is over is none. */
	CHECK(!bans_remove(&b, 8, 2000));
	CHECK_EQ(bans_count(&b, 0), 0);
}

/* What is said last counts, be it longer or shorter. */
static void anew(void)
{
	begin();
	CHECK(bans_add(&b, 7, 1000, 0));
	CHECK(bans_add(&b, 7, 3000, 0));
	CHECK_EQ(bans_count(&b, 0), 1);
	CHECK(bans_has(&b, 7, 2999));
	CHECK(bans_add(&b, 7, 500, 0));
	CHECK(!bans_has(&b, 7, 500));
	CHECK_EQ(bans_count(&b, 0), 1);
}

static void full(void)
{
	begin();
	for (uint64_t key = 1; key <= BANS_MAX; key++)
		CHECK(bans_add(&b, key, key == 100 ? 1000 : INT64_MAX, 0));
	CHECK(!bans_add(&b, 1000, INT64_MAX, 999));
	/* One that is there already needs no room. */
	CHECK(bans_add(&b, 50, INT64_MAX, 999));
	/* What has run out makes room. */
	CHECK(bans_add(&b, 1000, INT64_MAX, 1000));
	CHECK(!bans_add(&b, 1001, INT64_MAX, 1000));
	for (uint64_t key = 1; key <= BANS_MAX; key++)
		CHECK(bans_has(&b, key, 1000) == (key != 100));
	CHECK(bans_has(&b, 1000, 1000));
	for (uint64_t key = 1; key <= BANS_MAX; key++)
		CHECK(bans_remove(&b, key, 1000) == (key != 100));
	CHECK_EQ(bans_count(&b, 1000), 1);
}

int main(void)
{
	RUN(banned, "banned, and not any more");
	RUN(nobody, "loopback is never banned");
	RUN(runs_out, "a ban runs out");
	RUN(anew, "a ban anew replaces the one before");
	RUN(full, "as many as can be");
	return unit_end();
}

/* SPDX-License-Identifier: MIT */
/* Tests of ipc/eras.h.
 * Runs in: nothing but tests. */
#include "ipc/eras.h"

#include "tests/unit/unit.h"

static const struct eras eras = {
	.n = 3, .of = {{0, 100}, {50, 200}, {80, 300}}};

static bool places(uint64_t era, uint64_t id, uint64_t want)
{
	return eras_place(&eras, era, &id) && id == want;
}

static bool refuses(uint64_t era, uint64_t id)
{
	return !eras_place(&eras, era, &id);
}

static void of_an_id(void)
{
	CHECK_EQ(eras_of(&eras, 0), 100);
	CHECK_EQ(eras_of(&eras, 49), 100);
	CHECK_EQ(eras_of(&eras, 50), 200);
	CHECK_EQ(eras_of(&eras, 79), 200);
	CHECK_EQ(eras_of(&eras, 80), 300);
	CHECK_EQ(eras_of(&eras, UINT64_MAX), 300);
}

static void known(void)
{
	CHECK(places(100, 1, 1));
	CHECK(places(200, 50, 50));
	CHECK(places(300, 80, 80));
	CHECK(places(300, 1000, 1000));
}

/* The same ids were given out again. */
static void lost(void)
{
	CHECK(places(100, 50, 49));
	CHECK(places(200, 1000, 79));
	CHECK(places(99, 7, 0));
}

static void unknown(void)
{
	CHECK(refuses(150, 7));
	CHECK(refuses(301, 90));
	CHECK(refuses(200, 49));
	CHECK(refuses(300, 79));
}

int main(void)
{
	RUN(of_an_id, "the era of an id");
	RUN(known, "an id of its era is that");
	RUN(lost, "one that was lost is the last before, one of before 0");
	RUN(unknown, "no such era, or no id of it");
	return unit_end();
}

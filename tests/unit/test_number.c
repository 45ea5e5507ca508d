/* SPDX-License-Identifier: MIT */
/* Tests of ipc/common/number.c.
 * Runs in: nothing but tests. */
#include "ipc/common/number.h"

#include <limits.h>

#include "tests/unit/unit.h"

static bool is_number(const char *s, int base, unsigned long wanted)
{
	unsigned long n = wanted + 1;

	return number_parse(s, base, 0, ULONG_MAX, &n) && n == wanted;
}

static void digits(void)
{
	CHECK(is_number("0", 10, 0));
	CHECK(is_number("65535", 10, 65535));
	CHECK(is_number("007", 10, 7));
	CHECK(is_number("660", 8, 0660));
	CHECK(is_number("18446744073709551615", 10, 18446744073709551615UL));
}

static void others(void)
{
	static const char *const wrong[] = {"", " 7", "7 ", "+7", "-7", "7x",
		"0x7", "1e3", "1.5", "x", "18446744073709551616",
		"99999999999999999999999", "7\n", "\xd9\xa7"};

	for (size_t i = 0; i < COUNT(wrong); i++) {
		unsigned long n = 42;

		CHECKF(!number_parse(wrong[i], 10, 0, ULONG_MAX, &n), "'%s'",
			wrong[i]);
		CHECK_EQ(n, 42);
	}
	CHECK(!is_number("8", 8, 8));
	CHECK(!is_number("78", 8, 7));
}

static void limits(void)
{
	unsigned long n = 42;

	CHECK(!number_parse("4", 10, 5, 7, &n));
	CHECK(!number_parse("8", 10, 5, 7, &n));
	CHECK_EQ(n, 42);
	CHECK(number_parse("5", 10, 5, 7, &n) && n == 5);
	CHECK(number_parse("7", 10, 5, 7, &n) && n == 7);
}

int main(void)
{
	RUN(digits, "digits are a number");
	RUN(others, "nothing else is");
	RUN(limits, "from min to max, both included");
	return unit_end();
}

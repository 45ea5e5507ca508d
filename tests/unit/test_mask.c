/* SPDX-License-Identifier: MIT */
/* Tests of ipc/common/mask.c: masks of names.
 * Runs in: nothing but tests. */
#include "ipc/common/mask.h"

#include <string.h>

#include "tests/unit/unit.h"

static bool matches(const char *mask, const char *name)
{
	return mask_matches(mask, strlen(mask), name, strlen(name));
}

static enum name_verdict check(const char *mask)
{
	return mask_check(mask, strlen(mask));
}

static void matching(void)
{
	CHECK(matches("bob", "BOB") && !matches("bob", "bobby"));
	CHECK(matches("b*", "bob") && matches("*", "bob") && matches("*", "x"));
	CHECK(matches("*b", "bob") && !matches("*b", "alice"));
	CHECK(matches("b?b", "bob") && !matches("b?b", "bb"));
	CHECK(matches("*o*b*", "robob") && !matches("*o*x*", "robob"));
	CHECK(matches("**", "a") && !matches("?", "ab"));
	/* One character, however many bytes. */
	CHECK(matches("J?rg", "Jörg") && matches("?", "日"));
	CHECK(!matches("", "a") && matches("", "") && matches("*", ""));
}

static void checking(void)
{
	CHECK(check("bob") == NAME_OK && check("b*") == NAME_OK);
	CHECK(check("*") == NAME_OK && check("Jör?") == NAME_OK);
	CHECK(check("") == NAME_EMPTY && check("you") == NAME_RESERVED);
	CHECK(check("a b*") == NAME_BAD_CHARACTER);
	CHECK(check("a!*@*") == NAME_BAD_CHARACTER);
	CHECK(check("\xC3*\xB6") != NAME_OK && check("\x1b*") != NAME_OK);
	CHECK(check("123456789012345678901234567890123*") == NAME_TOO_LONG);
	CHECK(check("12345678901234567890123456789012") == NAME_OK);
	CHECK(mask_is_wild("a?", 2) && mask_is_wild("*", 1));
	CHECK(!mask_is_wild("a", 1) && !mask_is_wild("", 0));
}

int main(void)
{
	RUN(matching, "what a mask means");
	RUN(checking, "what can be one");
	return unit_end();
}

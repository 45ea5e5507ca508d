/* SPDX-License-Identifier: MIT */
/* Tests of ipc/common/option.c with a table of its own.
 * Runs in: nothing but tests. */
#include "ipc/common/option.h"

#include <string.h>

#include "tests/unit/unit.h"

enum {
	USE_NONE,
	USE_ASK,
	USE_TELL
};

const struct option_entry option_table[] = {
	{.kind = OPTION_PARAGRAPH, .help = "usage:\n"},
	{"-p", "--port", OPTION_PORT, "N", .help = "a number"},
	{"--a", NULL, OPTION_TEXT, "A", .help = ""},
	{"--b", NULL, OPTION_TEXT, "B", .help = "both"},
	{"--alias", NULL, OPTION_TEXT, "A", .help = NULL},
	{.kind = OPTION_PARAGRAPH, .help = "\n"},
	{"--ask", NULL, OPTION_USE, .set = USE_ASK, .help = "one\ntwo"},
	{"--tell", NULL, OPTION_USE, "EVERYBODY", .set = USE_TELL,
		.help = "long"},
	{"--to", NULL, OPTION_TEXT, "WHOM", .with = OPTION_WITH(USE_TELL),
		.brief = "told elsewhere"},
};
const size_t option_count = COUNT(option_table);

static void help(void)
{
	char text[OPTION_HELP_MAX];

	CHECK(strcmp(option_help(text, 16), "usage:\n"
					    "  -p, --port N  a number\n"
					    "  --a A, --b B  both\n"
					    "\n"
					    "  --ask         one\n"
					    "                two\n"
					    "  --tell EVERYBODY\n"
					    "                long\n") == 0);
}

static void words(void)
{
	char text[OPTION_LIST_MAX];

	CHECK(option_word("off|on|auto", "off") == 0);
	CHECK(option_word("off|on|auto", "auto") == 2);
	CHECK(option_word("off|on|auto", "o") == -1);
	CHECK(option_word("off|on|auto", "") == -1);
	CHECK(option_word("off|on|auto", "off|on") == -1);
	CHECK(strcmp(option_words(text, "a|b|c", " or "), "a, b or c") == 0);
	CHECK(strcmp(option_words(text, "a|b", " nor "), "a nor b") == 0);
	CHECK(strcmp(option_words(text, "a", " or "), "a") == 0);
}

static void uses(void)
{
	char text[OPTION_LIST_MAX];

	CHECK(option_is_with(&option_table[8], OPTION_WITH(USE_TELL)));
	CHECK(!option_is_with(&option_table[8], OPTION_WITH(USE_ASK)));
	CHECK(!option_is_with(&option_table[8], OPTION_WITH(USE_NONE)));
	CHECK(option_is_with(&option_table[1], OPTION_WITH(USE_ASK)));
	CHECK(strcmp(option_uses(text, option_table[8].with, " or "),
		      "--tell") == 0);
	CHECK(strcmp(option_uses(text, ~0U, " and "), "--ask and --tell") == 0);
}

static void names(void)
{
	const struct option_entry *e = &option_table[1];

	CHECK(option_spelled(e, "-p", 2) == e->name);
	CHECK(option_spelled(e, "--port=1", 6) == e->also);
	CHECK(option_spelled(e, "--por", 5) == NULL);
	CHECK(option_spelled(&option_table[0], "", 0) == NULL);
}

int main(void)
{
	RUN(help, "--help, with two options of one text and one left out");
	RUN(words, "the words that a value may be");
	RUN(uses, "which options go with what a program does");
	RUN(names, "the names of an option, in whole");
	return unit_end();
}

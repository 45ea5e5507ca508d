/* SPDX-License-Identifier: MIT */
/* Tests of client/input/complete.c.  A line is written with a bar where the
 * cursor is. Runs in: nothing but tests. */
#include "client/input/complete.h"

#include <string.h>

#include "client/terminal/columns.h"
#include "tests/unit/unit.h"

static struct roster roster;
static struct textbuf edit;
static struct completion completion;

static void meet(const char *name)
{
	roster_add(&roster, (struct field){name, strlen(name)});
}

static void begin(const char *before)
{
	size_t at = (size_t)(strchr(before, '|') - before);

	textbuf_init(&edit);
	textbuf_insert(&edit, before, at);
	textbuf_insert(&edit, before + at + 1, strlen(before + at + 1));
	edit.at = at;
	complete_accept(&completion);
}

static const char *line(void)
{
	static char out[LINE_MAX_BYTES + 2];

	snprintf(out, sizeof(out), "%.*s|%.*s", (int)edit.at, edit.text,
		(int)(edit.n - edit.at), edit.text + edit.at);
	return out;
}

static bool next(enum complete_what what)
{
	return complete_next(&completion, &edit, &roster, what, 1);
}

static bool previous(enum complete_what what)
{
	return complete_next(&completion, &edit, &roster, what, -1);
}

/* One Tab makes after of before; no candidate where after is NULL.  The bar of
 * to|NAME| is written as '!'. */
static void check(
	const char *before, enum complete_what what, const char *after)
{
	bool found;

	begin(before);
	for (size_t i = 0; i < edit.n; i++) {
		if (edit.text[i] == '!')
			edit.text[i] = '|';
	}
	found = next(what);
	CHECKF(found == (after != NULL), "%s: %s", before, line());
	for (size_t i = 0; i < edit.n; i++) {
		if (edit.text[i] == '|')
			edit.text[i] = '!';
	}
	CHECKF(strcmp(line(), after != NULL ? after : before) == 0, "%s: %s",
		before, line());
}

static void chat(const char *before, const char *after)
{
	check(before, COMPLETE_CHAT, after);
}

static void people(void)
{
	roster_clear(&roster);
	meet("bob");
	meet("Bobby");
	meet("ann");
	meet("\u00E9va");
}

static void names(void)
{
	people();
	chat("bo|", "bob: |");
	chat("BO|", "bob: |");
	chat("BOBB|", "Bobby: |");
	chat("hi bo|", "hi bob |");
	chat("hi  a|", "hi  ann |");
	chat("\u00E9|", "\u00E9va: |");
	chat("|", "bob: |");
	chat("hi |", "hi bob |");
	chat(" bo|", " bob |");
	chat("bo| there", "bob: | there");
	chat("hi a|x", "hi ann |x");
	chat("x|", NULL);
	chat("bobx|", NULL);
	chat("hi@bo|", NULL);
	chat("bob: |", "bob: bob |");
}

static void commands(void)
{
	people();
	meet("/xodd");
	chat("/w|", "/who |");
	chat("/WH|", "/who |");
	chat("/n|", "/nick |");
	chat("/h|", "/help |");
	chat("/q|", "/quit |");
	chat("/me|", "/me |");
	chat("/who|", "/who |");
	chat("|/w", "bob: |/w");
	chat("/whom|", NULL);
	chat("/j|", "/join |");
	chat("/O|", "/op |");
	chat("/x|", NULL);
	chat("//|", NULL);
	chat("hi /w|", NULL);
	chat(" /w|", NULL);
	begin("/|");
	for (int i = 0; i < 6; i++)
		CHECK(next(COMPLETE_CHAT));
	CHECK(strcmp(line(), "/quit |") == 0);
	for (int i = 6; i < 21; i++)
		CHECK(next(COMPLETE_CHAT));
	CHECK(strcmp(line(), "/mode |") == 0);
	for (int i = 21; i < 28; i++)
		CHECK(next(COMPLETE_CHAT));
	CHECK(strcmp(line(), "/bans |") == 0);
	CHECK(next(COMPLETE_CHAT) && strcmp(line(), "/|") == 0);
	begin("/m|");
	CHECK(next(COMPLETE_CHAT) && strcmp(line(), "/msg |") == 0);
	CHECK(next(COMPLETE_CHAT) && strcmp(line(), "/me |") == 0);
	CHECK(next(COMPLETE_CHAT) && strcmp(line(), "/mode |") == 0);
	CHECK(next(COMPLETE_CHAT) && strcmp(line(), "/mute |") == 0);
	CHECK(next(COMPLETE_CHAT) && strcmp(line(), "/m|") == 0);
}

/* A room is completed by its mark, and never instead of a user. */
static void rooms(void)
{
	people();
	meet("#dev");
	meet("#Design");
	chat("/join #|", "/join #dev |");
	chat("/join #DES|", "/join #Design |");
	chat("/msg #d|", "/msg #dev |");
	chat("to!#d|", "to!#dev!|");
	chat("#d|", "#dev |");
	chat("in #d|", "in #dev |");
	chat("d|", NULL);
	chat("#x|", NULL);
	check("#d|", COMPLETE_NAME, NULL);
	begin("/join #d|");
	CHECK(next(COMPLETE_CHAT) && strcmp(line(), "/join #dev |") == 0);
	CHECK(next(COMPLETE_CHAT) && strcmp(line(), "/join #Design |") == 0);
	CHECK(next(COMPLETE_CHAT) && strcmp(line(), "/join #d|") == 0);
	begin("|");
	for (size_t i = 0; i + 2 < roster.count; i++)
		CHECK(next(COMPLETE_CHAT));
	CHECK(next(COMPLETE_CHAT) && strcmp(line(), "|") == 0);
}

static void names_behind_commands(void)
{
	people();
	chat("/msg bo|", "/msg bob |");
	chat("/msg |", "/msg bob |");
	chat("/msg bob a|", "/msg bob ann |");
	chat("/me a|", "/me ann |");
	chat("/msg b| hi", "/msg bob | hi");
	chat("to!bo|", "to!bob!|");
	chat("to!|", "to!bob!|");
	chat("to!bob!a|", NULL);
	chat("to!bob!hi a|", "to!bob!hi ann |");
	chat("to! a|", "to! ann |");
	chat("to|", NULL);
	chat("xto!a|", NULL);
	chat("hi to!a|", NULL);
}

static void whole_names(void)
{
	people();
	check("bo|", COMPLETE_NAME, "bob|");
	check("|", COMPLETE_NAME, "bob|");
	check("bo|x", COMPLETE_NAME, "bob|x");
	check("/w|", COMPLETE_NAME, NULL);
	check("hi bo|", COMPLETE_NAME, NULL);
	check("bo|", COMPLETE_NOTHING, NULL);
	check("|", COMPLETE_NOTHING, NULL);
}

/* The client has such a word itself. */
static void words(void)
{
	roster_clear(&roster);
	meet("Exit");
	meet("exits");
	check("ex|", COMPLETE_NAME, "@Exit|");
	check("exits|", COMPLETE_NAME, "exits|");
	check("@ex|", COMPLETE_NAME, "@Exit|");
	check("@|", COMPLETE_NAME, "@Exit|");
	check("@exits|", COMPLETE_NAME, "@exits|");
	check("@@|", COMPLETE_NAME, NULL);
	check("@ex|", COMPLETE_CHAT, NULL);
	chat("ex|", "Exit: |");
	begin("ex|");
	CHECK(next(COMPLETE_NAME) && strcmp(line(), "@Exit|") == 0);
	CHECK(next(COMPLETE_NAME) && strcmp(line(), "exits|") == 0);
	CHECK(next(COMPLETE_NAME) && strcmp(line(), "ex|") == 0);
}

static void round_and_round(void)
{
	people();
	begin("hi BO| there");
	for (int i = 0; i < 3; i++) {
		CHECK(next(COMPLETE_CHAT));
		CHECK(strcmp(line(), "hi bob | there") == 0);
		CHECK(next(COMPLETE_CHAT));
		CHECK(strcmp(line(), "hi Bobby | there") == 0);
		CHECK(next(COMPLETE_CHAT));
		CHECK(strcmp(line(), "hi BO| there") == 0);
	}
	for (int i = 0; i < 3; i++) {
		CHECK(previous(COMPLETE_CHAT));
		CHECK(strcmp(line(), "hi Bobby | there") == 0);
		CHECK(previous(COMPLETE_CHAT));
		CHECK(strcmp(line(), "hi bob | there") == 0);
		CHECK(previous(COMPLETE_CHAT));
		CHECK(strcmp(line(), "hi BO| there") == 0);
	}
	begin("bo|");
	CHECK(previous(COMPLETE_NAME) && strcmp(line(), "Bobby|") == 0);
	begin("/w|");
	CHECK(previous(COMPLETE_CHAT) && strcmp(line(), "/who |") == 0);
}

static void accepted(void)
{
	people();
	begin("bo|");
	CHECK(next(COMPLETE_NAME) && next(COMPLETE_NAME));
	CHECK(strcmp(line(), "Bobby|") == 0);
	complete_accept(&completion);
	CHECK(next(COMPLETE_NAME));
	CHECK(strcmp(line(), "Bobby|") == 0);
	CHECK(next(COMPLETE_NAME));
	CHECK(strcmp(line(), "Bobby|") == 0);
	begin("bob|");
	CHECK(next(COMPLETE_CHAT));
	complete_accept(&completion);
	textbuf_insert(&edit, "a", 1);
	CHECK(next(COMPLETE_CHAT) && strcmp(line(), "bob: ann |") == 0);
}

/* Between two Tabs people come and go. */
static void roster_changes(void)
{
	people();
	begin("bo|");
	CHECK(next(COMPLETE_NAME) && next(COMPLETE_NAME));
	roster_remove(&roster, (struct field){"bob", 3});
	CHECK(next(COMPLETE_NAME) && strcmp(line(), "bo|") == 0);
	CHECK(next(COMPLETE_NAME) && strcmp(line(), "Bobby|") == 0);
	roster_clear(&roster);
	CHECK(!next(COMPLETE_NAME) && strcmp(line(), "Bobby|") == 0);
	CHECK(!previous(COMPLETE_NAME) && strcmp(line(), "Bobby|") == 0);
	meet("bond");
	CHECK(previous(COMPLETE_NAME) && strcmp(line(), "bo|") == 0);
	roster_clear(&roster);
	people();
	begin("bo|");
	CHECK(previous(COMPLETE_NAME) && strcmp(line(), "Bobby|") == 0);
	roster_clear(&roster);
	meet("bond");
	CHECK(previous(COMPLETE_NAME) && strcmp(line(), "bond|") == 0);
}

static void long_ones(void)
{
	static char a[LINE_MAX_BYTES];
	char name[] = "a2345678901234567890123456789012";

	roster_clear(&roster);
	meet(name);
	memset(a, 'a', sizeof(a));
	begin("|");
	textbuf_insert(&edit, name, 32);
	CHECK(next(COMPLETE_CHAT));
	CHECK(strcmp(line(), "a2345678901234567890123456789012: |") == 0);
	CHECK(next(COMPLETE_CHAT));
	CHECK(strcmp(line(), "a2345678901234567890123456789012|") == 0);
	begin("|");
	textbuf_insert(&edit, a, 33);
	CHECK(!next(COMPLETE_CHAT) && !completion.cycling);
	textbuf_set(&edit, a, sizeof(a));
	CHECK(!next(COMPLETE_CHAT));
	/* no room for the name and a space */
	a[sizeof(a) - 33] = ' ';
	textbuf_set(&edit, a, sizeof(a) - 31);
	CHECK(!next(COMPLETE_CHAT));
	CHECK_EQ(edit.n, sizeof(a) - 31);
	CHECK_EQ(edit.at, edit.n);
	CHECK(!completion.cycling);
	a[sizeof(a) - 34] = ' ';
	a[sizeof(a) - 33] = 'a';
	textbuf_set(&edit, a, sizeof(a) - 32);
	CHECK(next(COMPLETE_CHAT));
	CHECK_EQ(edit.n, sizeof(a));
}

int main(void)
{
	columns_init();
	RUN(names, "names, with a colon at the start of a line");
	RUN(commands, "commands, at the start of a line alone");
	RUN(rooms, "rooms, by their mark");
	RUN(names_behind_commands, "names behind commands");
	RUN(whole_names, "where a name is asked for, or none");
	RUN(words, "names that are words of the client are marked");
	RUN(round_and_round, "all candidates, then what was typed");
	RUN(accepted, "another key accepts what is shown");
	RUN(roster_changes, "people come and go between two Tabs");
	RUN(long_ones, "names and lines of the greatest length");
	return unit_end();
}

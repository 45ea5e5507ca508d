/* SPDX-License-Identifier: MIT */
/* Tests of client/session/roster.c.
 * Runs in: nothing but tests. */
#include "client/session/roster.h"

#include <string.h>

#include "tests/unit/unit.h"

static struct roster roster;

static struct field field(const char *s)
{
	return (struct field){s, strlen(s)};
}

/* Names with a space before each, in their order. */
static const char *all(void)
{
	static char out[256];
	size_t n = 0;

	for (size_t i = 0; i < roster.count; i++)
		n += (size_t)snprintf(out + n, sizeof(out) - n, " %.*s",
			roster.names[i].n, roster.names[i].name);
	out[n] = '\0';
	return out;
}

#define IS(want) CHECKF(strcmp(all(), want) == 0, "%s", all())

static void fill(const char *names)
{
	roster_clear(&roster);
	for (; *names != '\0'; names++)
		roster_add(&roster, (struct field){names, 1});
}

static void added(void)
{
	roster_clear(&roster);
	IS("");
	roster_add(&roster, field("ann"));
	roster_add(&roster, field("bob"));
	roster_add(&roster, field("ANN"));
	roster_add(&roster, field("an"));
	roster_add(&roster, field("\u00C9va"));
	roster_add(&roster, field("\u00E9va"));
	IS(" ann bob an \u00C9va \u00E9va");
	roster_clear(&roster);
	IS("");
}

static void spoke(void)
{
	fill("abcd");
	roster_find(&roster, field("c"))->unread = 3;
	roster_spoke(&roster, field("c"));
	IS(" c a b d");
	roster_spoke(&roster, field("c"));
	IS(" c a b d");
	roster_spoke(&roster, field("D"));
	IS(" D c a b");
	roster_spoke(&roster, field("e"));
	IS(" e D c a b");
	CHECK_EQ(roster_find(&roster, field("C"))->unread, 3);
	CHECK_EQ(roster_find(&roster, field("e"))->unread, 0);
}

static void removed(void)
{
	fill("abcd");
	roster_find(&roster, field("d"))->unread = 3;
	roster_remove(&roster, field("B"));
	IS(" a c d");
	CHECK_EQ(roster_find(&roster, field("d"))->unread, 3);
	roster_remove(&roster, field("b"));
	roster_remove(&roster, field("d"));
	roster_remove(&roster, field("a"));
	IS(" c");
	roster_remove(&roster, field("c"));
	roster_remove(&roster, field("c"));
	IS("");
	roster_add(&roster, field("d"));
	CHECK_EQ(roster_find(&roster, field("d"))->unread, 0);
}

static void renamed(void)
{
	fill("abcd");
	roster_find(&roster, field("b"))->unread = 3;
	roster_rename(&roster, field("B"), field("bobby"));
	IS(" a bobby c d");
	CHECK_EQ(roster_find(&roster, field("bobby"))->unread, 3);
	roster_rename(&roster, field("bobby"), field("BOBBY"));
	IS(" a BOBBY c d");
	CHECK_EQ(roster_find(&roster, field("bobby"))->unread, 3);
	/* to a name of which the leave was not seen, before it and behind */
	roster_rename(&roster, field("bobby"), field("a"));
	IS(" a c d");
	CHECK_EQ(roster_find(&roster, field("a"))->unread, 3);
	roster_rename(&roster, field("a"), field("d"));
	IS(" d c");
	CHECK_EQ(roster_find(&roster, field("d"))->unread, 3);
	roster_rename(&roster, field("nobody"), field("x"));
	IS(" d c x");
	roster_rename(&roster, field("nobody"), field("c"));
	IS(" d x c");
}

/* Whom a list does not name is gone; the others keep places and counts. */
static void listed(void)
{
	fill("abcdef");
	roster_find(&roster, field("c"))->unread = 3;
	roster_doubt(&roster);
	IS(" a b c d e f");
	roster_add(&roster, field("C"));
	roster_add(&roster, field("g"));
	roster_spoke(&roster, field("f"));
	roster_rename(&roster, field("d"), field("dd"));
	roster_remove(&roster, field("b"));
	roster_drop_doubtful(&roster);
	IS(" f c dd g");
	CHECK_EQ(roster_find(&roster, field("c"))->unread, 3);
	roster_drop_doubtful(&roster);
	IS(" f c dd g");
}

/* A list of users says nothing of rooms. */
static void rooms(void)
{
	static const char longest[] = "#12345678901234567890123456789012";

	fill("a");
	roster_add(&roster, field("#dev"));
	roster_add(&roster, field(longest));
	roster_add(&roster, field("#Dev"));
	roster_doubt(&roster);
	roster_drop_doubtful(&roster);
	CHECK_EQ(roster.count, 2);
	CHECK(roster_match(&roster, "#", 1, 1) == &roster.names[1]);
	CHECK(roster_match(&roster, "#D", 2, 0) == &roster.names[0]);
	CHECK(roster_match(&roster, "", 0, 0) == NULL);
}

static void odd_names(void)
{
	static const char longer[] = "123456789012345678901234567890123";

	fill("a");
	roster_add(&roster, field(""));
	roster_spoke(&roster, field(""));
	roster_rename(&roster, field("a"), field(""));
	roster_add(&roster, field(longer));
	roster_spoke(&roster, field(longer));
	roster_rename(&roster, field("a"), field(longer));
	IS(" a");
	roster_add(&roster, (struct field){longer, NAME_MAX_BYTES});
	CHECK(roster_find(&roster, (struct field){longer, NAME_MAX_BYTES}) ==
		&roster.names[1]);
	CHECK(roster_find(&roster, field(longer)) == NULL);
}

static void matched(void)
{
	static const char *const names[] = {
		"bob", "ann", "Bobby", "b", "\u00E9"};

	roster_clear(&roster);
	for (size_t i = 0; i < COUNT(names); i++)
		roster_add(&roster, field(names[i]));
	CHECK(roster_match(&roster, "bo", 2, 0) == &roster.names[0]);
	CHECK(roster_match(&roster, "BO", 2, 1) == &roster.names[2]);
	CHECK(roster_match(&roster, "bo", 2, 2) == NULL);
	CHECK(roster_match(&roster, "bobb", 4, 0) == &roster.names[2]);
	CHECK(roster_match(&roster, "bobbyx", 6, 0) == NULL);
	CHECK(roster_match(&roster, "\u00E9", 2, 0) == &roster.names[4]);
	CHECK(roster_match(&roster, "", 0, 4) == &roster.names[4]);
	CHECK(roster_match(&roster, "", 0, 5) == NULL);
	CHECK(roster_match(&roster, "", 0, SIZE_MAX) == NULL);
}

/* Who was silent longest makes room. */
static void full(void)
{
	char name[16];

	roster_clear(&roster);
	for (int i = 0; i < ROSTER_MAX; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		roster_add(&roster, field(name));
	}
	CHECK_EQ(roster.count, ROSTER_MAX);
	roster.names[ROSTER_MAX - 1].unread = 3;
	roster_spoke(&roster, field("n1022"));
	CHECK_EQ(roster.count, ROSTER_MAX);
	roster_add(&roster, field("new"));
	CHECK_EQ(roster.count, ROSTER_MAX);
	CHECK(roster_find(&roster, field("new")) ==
		&roster.names[ROSTER_MAX - 1]);
	CHECK_EQ(roster.names[ROSTER_MAX - 1].unread, 0);
	CHECK(roster_find(&roster, field("n1023")) == NULL);
	CHECK(roster_find(&roster, field("n1022")) == &roster.names[0]);
	roster_spoke(&roster, field("newer"));
	CHECK_EQ(roster.count, ROSTER_MAX);
	CHECK(roster_find(&roster, field("newer")) == &roster.names[0]);
	CHECK(roster_find(&roster, field("new")) == NULL);
	CHECK(roster_find(&roster, field("n1021")) ==
		&roster.names[ROSTER_MAX - 1]);
}

int main(void)
{
	RUN(added, "new names come last, and once");
	RUN(spoke, "who speaks goes to the front");
	RUN(removed, "who leaves is gone");
	RUN(renamed, "who takes another name keeps the place");
	RUN(listed, "whom a list does not name is gone");
	RUN(rooms, "rooms stay, and are found by their mark");
	RUN(odd_names, "what is no name is not taken");
	RUN(matched, "names are found by how they begin");
	RUN(full, "in a full table who was silent longest makes room");
	return unit_end();
}

/* SPDX-License-Identifier: MIT */
/* Tests of server/child/dialect/irc/message.c: lines taken apart, masks, and
 * where long texts are cut.
 * Runs in: nothing but tests. */
#include "server/child/dialect/irc/message.h"

#include "tests/unit/dialect_rig.h"
#include "tests/unit/unit.h"

static void check_line(const char *line, const char *tags, const char *command,
	size_t n, const char *const *param)
{
	struct irc_message m;

	CHECKF(irc_parse(span(line), &m), "%s", line);
	CHECKF(is(m.tags, tags) && is(m.command, command), "%s", line);
	CHECKF(m.n == n, "%s: %zu", line, m.n);
	for (size_t i = 0; i < n; i++)
		CHECKF(is(m.param[i], param[i]), "%s: %zu", line, i);
}

static void parts(void)
{
	static const struct {
		const char *line, *tags, *command;
		size_t n;
		const char *param[4];
	} lines[] = {
		{"NICK alice", "", "NICK", 1, {"alice"}},
		{"NICK :alice", "", "NICK", 1, {"alice"}},
		{"JOIN :", "", "JOIN", 1, {""}},
		{"  JOIN   #a   key  ", "", "JOIN", 2, {"#a", "key"}},
		{"USER a 0 * :A B", "", "USER", 4, {"a", "0", "*", "A B"}},
		{":x!y@z PRIVMSG #a ::) hi", "", "PRIVMSG", 2, {"#a", ":) hi"}},
		{"@label=1;+x PING :a b", "label=1;+x", "PING", 1, {"a b"}},
		{"@a  :b QUIT", "a", "QUIT", 0, {NULL}},
		{"PRIVMSG a:b c", "", "PRIVMSG", 2, {"a:b", "c"}},
	};
	struct irc_message m;

	for (size_t i = 0; i < COUNT(lines) && !UNIT_FAILED; i++)
		check_line(lines[i].line, lines[i].tags, lines[i].command,
			lines[i].n, lines[i].param);
	CHECK(!irc_parse(span(""), &m) && !irc_parse(span("  "), &m));
	CHECK(!irc_parse(span("@a=b"), &m) && !irc_parse(span(":a"), &m));
}

static void last_parameter(void)
{
	struct irc_message m;

	CHECK(irc_parse(span("X 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"), &m));
	CHECK(m.n == IRC_PARAMS && is(m.param[IRC_PARAMS - 1], "15 16"));
}

static void tags(void)
{
	struct span value;

	CHECK(irc_tag(span("a=1;label=x=y;b"), "label", &value));
	CHECK(is(value, "x=y"));
	CHECK(irc_tag(span("b"), "b", &value) && is(value, ""));
	CHECK(irc_tag(span("b=1;b=2"), "b", &value) && is(value, "2"));
	CHECK(!irc_tag(span("labels=1;alabel=2"), "label", &value));
	CHECK(!irc_tag(span(""), "label", &value));
}

static void lists(void)
{
	struct span part;

	CHECK(irc_part(span("#a,#b"), 0, &part) && is(part, "#a"));
	CHECK(irc_part(span("#a,#b"), 1, &part) && is(part, "#b"));
	CHECK(!irc_part(span("#a,#b"), 2, &part));
	CHECK(irc_part(span("a,,b"), 1, &part) && is(part, ""));
	CHECK(!irc_part(span("a,"), 1, &part));
	CHECK(!irc_part(span(""), 0, &part));
}

static void masks(void)
{
	static const struct {
		const char *mask, *name;
		bool matches;
	} of[] = {
		{"*", "", true},
		{"*", "alice", true},
		{"a*e", "alice", true},
		{"A*E", "alice", true},
		{"a*c", "alice", false},
		{"?lice", "alice", true},
		{"?lice", "lice", false},
		{"?", "\xC3\xA9", true},
		{"*a*b*", "xaxbx", true},
		{"*ab", "aab", true},
		{"", "a", false},
		{"a**", "a", true},
	};

	for (size_t i = 0; i < COUNT(of); i++)
		CHECKF(irc_matches(span(of[i].mask), span(of[i].name)) ==
				of[i].matches,
			"%s %s", of[i].mask, of[i].name);
}

static void cuts(void)
{
	CHECK_EQ(irc_fit(span("hello"), 5), 5);
	CHECK_EQ(irc_fit(span("one two three"), 10), 8);
	CHECK_EQ(irc_fit(span("hellohello"), 5), 5);
	/* A word as long as half a line is cut. */
	CHECK_EQ(irc_fit(span("a bbbbbbbbbbbbbb"), 10), 10);
	/* Never inside a character. */
	CHECK_EQ(irc_fit(span("a\xC3\xA9\xC3\xA9"), 4), 3);
	CHECK_EQ(irc_fit(span("\xF0\x9F\x98\x83x"), 2), 4);
}

static void rooms(void)
{
	struct span name;

	CHECK(irc_room(span("#dev"), &name) && is(name, "dev"));
	CHECK(!irc_room(span("#"), &name) && !irc_room(span("dev"), &name));
	CHECK(!irc_room(span("#a b"), &name) && !irc_room(span(""), &name));
	CHECK(!irc_room(span("#a\x07"), &name));
}

/* Tags that other clients may get; all else is left out. */
static void client_tags(void)
{
	static const struct {
		const char *tags, *want;
	} lines[] = {
		{"", ""},
		{"+a", "+a"},
		{"+a=;+b=c", "+a=;+b=c"},
		{"label=1;+typing=active;time=x", "+typing=active"},
		{"+draft/reply=x-1;+example.org/a-b=\\:\\s",
			"+draft/reply=x-1;+example.org/a-b=\\:\\s"},
		{"+", ""},
		{"+=x;+a_b;+\xC3\xBC;++a;;", ""},
		{"msgid=1;account=a;batch=1", ""},
		/* Not a line's end, nor that of the tags. */
		{"+a=b c;+d=\r;+e=\n:x;+f=\x1B;+g=\xFF;+h", "+h"},
		{"+a=\xC3\xBC@=", "+a=\xC3\xBC@="},
	};
	char out[100];

	for (size_t i = 0; i < COUNT(lines) && !UNIT_FAILED; i++) {
		size_t n = irc_client_tags(out, span(lines[i].tags));

		CHECKF(is((struct span){out, n}, lines[i].want), "%s: %.*s",
			lines[i].tags, (int)n, out);
	}
}

/* A colour's digits go with it. */
static void colours(void)
{
	static const struct {
		const char *line, *want;
	} lines[] = {
		{"hi", "hi"},
		{"\x03"
		 "04,08red\x03 x",
			"red x"},
		{"\x03"
		 "4red",
			"red"},
		{"\x03"
		 "042",
			"2"},
		{"\x03"
		 "4,x",
			",x"},
		{"\x03"
		 "4,123",
			"3"},
		{"\x03,4", ",4"},
		{"\x03", ""},
		{"a\x04"
		 "FF00aared",
			"ared"},
		{"a\x04"
		 "FF00aa,123456red",
			"ared"},
		{"a\x04"
		 "FF00ax",
			"aFF00ax"},
		{"\x02"
		 "bold\x02",
			"\x02"
			"bold\x02"},
	};

	for (size_t i = 0; i < COUNT(lines) && !UNIT_FAILED; i++)
		CHECKF(is(irc_uncoloured(span(lines[i].line)), lines[i].want),
			"line %zu", i);
}

int main(void)
{
	RUN(parts, "a line has tags, a command and parameters");
	RUN(last_parameter, "the fifteenth parameter is the rest of the line");
	RUN(tags, "tags are found by their whole names");
	RUN(lists, "lists have commas");
	RUN(masks, "masks have * and ?, and no case");
	RUN(cuts, "long texts are cut at blanks or characters");
	RUN(rooms, "a room is # and a name");
	RUN(client_tags, "tags for other clients");
	RUN(colours, "colours and their digits");
	return unit_end();
}

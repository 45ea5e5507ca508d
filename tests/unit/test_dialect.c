/* SPDX-License-Identifier: MIT */
/* Tests of server/dialect*.c: which dialect a line asks for, and what people
 * type.
 * Runs in: nothing but tests. */
#include "server/child/dialect/dialect.h"

#include <string.h>

#include "ipc/common/text.h"
#include "server/child/dialect/events.h"
#include "server/child/dialect/text.h"
#include "tests/unit/chance.h"
#include "tests/unit/dialect_rig.h"
#include "tests/unit/unit.h"

/* Whether a line asks for the events dialect, with this behind it. */
static bool asks(const char *line, size_t n, const char *more)
{
	struct span rest = SPAN_EMPTY;

	return dialect_for(line, n, &rest) == &dialect_events && is(rest, more);
}

static void which_dialect(void)
{
	static const char *const others[] = {"", "/", "/events", "/events ",
		"/events 2", "/events 11", "/Events 1", "/events\t1",
		"events 1", "hello", "x/events 1", "/events 1x"};
	static const char *const same[] = {"/events 1", "/events 1 ",
		" /events 1", "\xEF\xBB\xBF/events 1\t"};

	struct span rest;

	CHECK(dialect_first() == &dialect_text);
	CHECK(asks("/events 1x", 9, ""));
	CHECK(asks("/events 1 alice", 15, "alice"));
	CHECK(asks("/events 1  al ice ", 18, "al ice"));
	CHECK(asks("/events 1 /who", 14, "/who"));
	for (size_t i = 0; i < COUNT(same); i++)
		CHECKF(asks(same[i], strlen(same[i]), ""), "%s", same[i]);
	for (size_t i = 0; i < COUNT(others); i++)
		CHECKF(dialect_for(others[i], strlen(others[i]), &rest) == NULL,
			"%s", others[i]);
}

/* The word of a line without a command, and of a line that is none. */
#define SAY  ""
#define NONE NULL

static const struct {
	const char *line;
	const char *word;
	const char *name, *text; /* of a command */
	const char *error, *about;
} lines[] = {
	{"hello", SAY, "", "hello", "", ""},
	{" hello  ", SAY, "", " hello  ", "", ""},
	{"a/who", SAY, "", "a/who", "", ""},
	{"a|b|c", SAY, "", "a|b|c", "", ""},
	{"//who", SAY, "", "/who", "", ""},
	{"//", SAY, "", "/", "", ""},
	{"// a", SAY, "", "/ a", "", ""},
	{"///", SAY, "", "//", "", ""},

	{"who", "who", "", "", "", ""},
	{"who ", "who", "", "", "", ""},
	{"who   ", "who", "", "", "", ""},
	{"/who", "who", "", "", "", ""},
	{"/who ", "who", "", "", "", ""},
	{"/who   ", "who", "", "  ", "", ""},
	{" who", "who", "", "", "", ""},
	{"\t who ", "who", "", "", "", ""},
	{"who?", SAY, "", "who?", "", ""},
	{"whom", SAY, "", "whom", "", ""},
	{"who is there", SAY, "", "who is there", "", ""},
	{"Who", SAY, "", "Who", "", ""},
	{"wh", SAY, "", "wh", "", ""},
	{"/who x", NONE, "", "", "usage", "/who"},

	{"rename|bob", "nick", "bob", "", "", ""},
	{"rename|bob  ", "nick", "bob", "", "", ""},
	{"rename|bob|", "nick", "bob", "", "", ""},
	{"rename|a b", "nick", "a b", "", "", ""},
	{"/nick bob", "nick", "bob", "", "", ""},
	{"/nick bob  ", "nick", "bob", "", "", ""},
	{"/nick a b", "nick", "a b", "", "", ""},
	{"rename|", NONE, "", "", "usage", "rename|NAME"},
	{"rename|  ", NONE, "", "", "usage", "rename|NAME"},
	{"rename|a|b", NONE, "", "", "usage", "rename|NAME"},
	{"/nick", NONE, "", "", "usage", "/nick NAME"},
	{"/nick  ", NONE, "", "", "usage", "/nick NAME"},
	{"rename", SAY, "", "rename", "", ""},
	{"rename bob", SAY, "", "rename bob", "", ""},
	{"Rename|bob", "nick", "bob", "", "", ""},
	{" rename| bob", "nick", "bob", "", "", ""},
	{"/nick\tbob", "nick", "bob", "", "", ""},
	{"/nick\u00A0bob", "nick", "bob", "", "", ""},

	{"to|bob|hi", "msg", "bob", "hi", "", ""},
	{"to|bob|hi there ", "msg", "bob", "hi there ", "", ""},
	{"to|bob |hi", "msg", "bob", "hi", "", ""},
	{"to|bob|a|b|", "msg", "bob", "a|b|", "", ""},
	{"/msg bob hi", "msg", "bob", "hi", "", ""},
	{"/msg bob hi there", "msg", "bob", "hi there", "", ""},
	{"/msg bob  hi", "msg", "bob", " hi", "", ""},
	{"/msg  bob hi", "msg", "bob", "hi", "", ""},
	{"/msg\tbob\thi", "msg", "bob", "hi", "", ""},
	{" /msg bob hi", "msg", "bob", "hi", "", ""},
	{"\u00A0/msg bob hi", "msg", "bob", "hi", "", ""},
	{"\xEF\xBB\xBF/msg bob hi", "msg", "bob", "hi", "", ""},
	{"\u200B\u3000\x1B/msg bob hi", "msg", "bob", "hi", "", ""},
	{"/Msg bob hi", "msg", "bob", "hi", "", ""},
	{" to|bob|hi", "msg", "bob", "hi", "", ""},
	{"To| bob |hi", "msg", "bob", "hi", "", ""},
	{"\xEF\xBB\xBFto|bob|hi", "msg", "bob", "hi", "", ""},
	{"to|bob", NONE, "", "", "usage", "to|NAME|TEXT"},
	{"to|bob|", NONE, "", "", "usage", "to|NAME|TEXT"},
	{"to|bob|  ", NONE, "", "", "usage", "to|NAME|TEXT"},
	{"to||hi", NONE, "", "", "usage", "to|NAME|TEXT"},
	{"to|", NONE, "", "", "usage", "to|NAME|TEXT"},
	{"/msg", NONE, "", "", "usage", "/msg NAME TEXT"},
	{"/msg bob", NONE, "", "", "usage", "/msg NAME TEXT"},
	{"/msg bob   ", NONE, "", "", "usage", "/msg NAME TEXT"},
	{"to", SAY, "", "to", "", ""},
	{"tom|bob|hi", SAY, "", "tom|bob|hi", "", ""},

	{"/me waves", "me", "", "waves", "", ""},
	{"/me  waves to all ", "me", "", " waves to all ", "", ""},
	{"/me", NONE, "", "", "usage", "/me TEXT"},
	{"/me   ", NONE, "", "", "usage", "/me TEXT"},

	{"/help", "help", "", "", "", ""},
	{"/quit", "quit", "", "", "", ""},
	{"/help me", NONE, "", "", "usage", "/help"},
	{"/quit now", NONE, "", "", "usage", "/quit"},

	{"/", NONE, "", "", "unknown command", "/"},
	{"/ ", NONE, "", "", "unknown command", "/"},
	{"/foo", NONE, "", "", "unknown command", "/foo"},
	{"/foo bar baz", NONE, "", "", "unknown command", "/foo"},
	{"/WHO", "who", "", "", "", ""},
	{" /quit", "quit", "", "", "", ""},
	{"\t/foo", NONE, "", "", "unknown command", "/foo"},
	{" //who", SAY, "", "/who", "", ""},
	{"/whom", NONE, "", "", "unknown command", "/whom"},
	{"/who|", NONE, "", "", "unknown command", "/who|"},
	{"/m", NONE, "", "", "unknown command", "/m"},
	{"/events 1", NONE, "", "", "unknown command", "/events"},
};

static bool is_word(const struct request *r, const char *word)
{
	if (word == NULL)
		return r->command == NULL;
	if (word[0] == '\0')
		return r->command == command_say;
	return r->command != NULL && r->command == command_find(span(word));
}

static void parse_line(const struct dialect *d, size_t i)
{
	const char *line = lines[i].line;
	struct request r = parse(d, line, strlen(line));

	CHECKF(is_word(&r, lines[i].word), "%s", line);
	CHECKF(is(r.name, lines[i].name), "%s: %.*s", line, (int)r.name.n,
		r.name.p);
	CHECKF(is(r.text, lines[i].text), "%s: %.*s", line, (int)r.text.n,
		r.text.p);
	CHECKF((r.error == NULL) == (r.command != NULL), "%s", line);
	if (r.error == NULL)
		return;
	CHECKF(strcmp(r.error, lines[i].error) == 0, "%s: %s", line, r.error);
	CHECKF(is(r.about, lines[i].about), "%s: %.*s", line, (int)r.about.n,
		r.about.p);
	CHECKF(strcmp(r.hint, strcmp(r.error, "usage") == 0
				      ? ""
				      : "; /help lists them") == 0,
		"%s: %s", line, r.hint);
}

static void parses(void)
{
	for (size_t i = 0; i < COUNT(lines); i++) {
		parse_line(&dialect_text, i);
		/* What a program sends is what people type. */
		parse_line(&dialect_events, i);
		if (UNIT_FAILED)
			return;
	}
}

static bool is_within(struct span s, const char *line, size_t n)
{
	return s.n == 0 || (s.n <= n && memmem(line, n, s.p, s.n) != NULL);
}

/* Lines put together from what means something. */
static void parses_anything(void)
{
	static const char *const pieces[] = {"/", "/", "|", "|", " ", " ",
		"who", "rename", "to", "msg", "nick", "me", "help", "quit",
		"bob", "x", "\xC3\xA9"};

	for (int i = 0; i < 300000; i++) {
		char line[64];
		size_t n = 0;
		struct request r;

		for (uint64_t k = 1 + chance(7); k > 0; k--) {
			const char *piece = pieces[chance(COUNT(pieces))];

			memcpy(line + n, piece, strlen(piece));
			n += strlen(piece);
		}
		if (text_is_blank(line, n))
			continue;
		r = parse(&dialect_text, line, n);
		CHECKF((r.command == NULL) == (r.error != NULL), "%.*s", (int)n,
			line);
		CHECKF(r.hint != NULL, "%.*s", (int)n, line);
		CHECKF(is_within(r.name, line, n) && is_within(r.text, line, n),
			"%.*s", (int)n, line);
		/* Nothing after a slash is told to all by mistake. */
		if (line[0] == '/' && (n == 1 || line[1] != '/'))
			CHECKF(r.command != command_say, "%.*s", (int)n, line);
	}
}

int main(void)
{
	RUN(which_dialect, "which first line asks for a dialect");
	RUN(parses, "every form of a line");
	RUN(parses_anything, "lines of random pieces");
	return unit_end();
}

/* SPDX-License-Identifier: MIT */
/* Tests of server/child/dialect/typed.c and of how the dialects take a first
 * line: what people type.
 * Runs in: nothing but tests. */
#include "server/child/dialect/dialect.h"

#include <string.h>

#include "ipc/common/text.h"
#include "server/child/dialect/events.h"
#include "server/child/dialect/text.h"
#include "tests/unit/chance.h"
#include "tests/unit/dialect_rig.h"
#include "tests/unit/unit.h"

/* What a first line asks for before the welcome. */
static const struct {
	const char *line;
	enum verb text, events;
	const char *name; /* of the events dialect */
} hellos[] = {
	{"/events 1", VERB_WAIT, VERB_JOIN, ""},
	{" /events 1 ", VERB_WAIT, VERB_JOIN, ""},
	{"/events 1 alice", VERB_WAIT, VERB_JOIN, "alice"},
	{"/events 1  al ice ", VERB_WAIT, VERB_JOIN, "al ice"},
	{"/events 1 /stay", VERB_WAIT, VERB_JOIN, ""},
	{"/events 1 /stay alice", VERB_WAIT, VERB_JOIN, "alice"},
	{"/events 1 /stays", VERB_WAIT, VERB_JOIN, "/stays"},
	{"/events 1 /who", VERB_WAIT, VERB_PEEK, ""},
	{"/events 1 /who x", VERB_WAIT, VERB_JOIN, "/who x"},
	{"/events 1 who", VERB_WAIT, VERB_JOIN, "who"},
	{"/nick alice", VERB_JOIN, VERBS, "alice"},
	{"rename|alice", VERB_JOIN, VERBS, "alice"},
	{"/nick", VERB_WAIT, VERBS, ""},
	{"/quit", VERB_QUIT, VERBS, ""},
	{"/help", VERB_WAIT, VERBS, ""},
	{"/who", VERB_WAIT, VERBS, ""},
	{"hello", VERB_WAIT, VERBS, ""},
};

static void first_lines(void)
{
	for (size_t i = 0; i < COUNT(hellos); i++) {
		const char *line = hellos[i].line;
		struct request r = ask(dialect_text.hello, line, strlen(line));

		CHECKF(r.verb == hellos[i].text, "%s", line);
		if (r.verb == VERB_JOIN)
			CHECKF(is(r.name, hellos[i].name), "%s", line);
		if (hellos[i].events == VERBS)
			continue;
		r = ask(dialect_events.hello, line, strlen(line));
		CHECKF(r.verb == hellos[i].events, "%s", line);
		if (r.verb == VERB_JOIN)
			CHECKF(is(r.name, hellos[i].name), "%s", line);
	}
}

static const struct {
	const char *line;
	enum verb verb;
	enum error error;
	const char *name, *text, *about;
} lines[] = {
	{"hello", VERB_SAY, ERROR_NONE, "", "hello", ""},
	{" hello  ", VERB_SAY, ERROR_NONE, "", " hello  ", ""},
	{"a/who", VERB_SAY, ERROR_NONE, "", "a/who", ""},
	{"a|b|c", VERB_SAY, ERROR_NONE, "", "a|b|c", ""},
	{"//who", VERB_SAY, ERROR_NONE, "", "/who", ""},
	{"//", VERB_SAY, ERROR_NONE, "", "/", ""},
	{"// a", VERB_SAY, ERROR_NONE, "", "/ a", ""},
	{"///", VERB_SAY, ERROR_NONE, "", "//", ""},

	{"who", VERB_WHO, ERROR_NONE, "", "", ""},
	{"who ", VERB_WHO, ERROR_NONE, "", "", ""},
	{"who   ", VERB_WHO, ERROR_NONE, "", "", ""},
	{"/who", VERB_WHO, ERROR_NONE, "", "", ""},
	{"/who ", VERB_WHO, ERROR_NONE, "", "", ""},
	{"/who   ", VERB_WHO, ERROR_NONE, "", "  ", ""},
	{" who", VERB_WHO, ERROR_NONE, "", "", ""},
	{"\t who ", VERB_WHO, ERROR_NONE, "", "", ""},
	{"who?", VERB_SAY, ERROR_NONE, "", "who?", ""},
	{"whom", VERB_SAY, ERROR_NONE, "", "whom", ""},
	{"who is there", VERB_SAY, ERROR_NONE, "", "who is there", ""},
	{"Who", VERB_SAY, ERROR_NONE, "", "Who", ""},
	{"wh", VERB_SAY, ERROR_NONE, "", "wh", ""},
	{"/who x", VERB_ERROR, ERROR_USAGE, "", "", "/who [#ROOM]"},

	{"rename|bob", VERB_RENAME, ERROR_NONE, "bob", "", ""},
	{"rename|bob  ", VERB_RENAME, ERROR_NONE, "bob", "", ""},
	{"rename|bob|", VERB_RENAME, ERROR_NONE, "bob", "", ""},
	{"rename|a b", VERB_RENAME, ERROR_NONE, "a b", "", ""},
	{"/nick bob", VERB_RENAME, ERROR_NONE, "bob", "", ""},
	{"/nick bob  ", VERB_RENAME, ERROR_NONE, "bob", "", ""},
	{"/nick a b", VERB_RENAME, ERROR_NONE, "a b", "", ""},
	{"rename|", VERB_ERROR, ERROR_USAGE, "", "", "rename|NAME"},
	{"rename|  ", VERB_ERROR, ERROR_USAGE, "", "", "rename|NAME"},
	{"rename|a|b", VERB_ERROR, ERROR_USAGE, "", "", "rename|NAME"},
	{"/nick", VERB_ERROR, ERROR_USAGE, "", "", "/nick NAME"},
	{"/nick  ", VERB_ERROR, ERROR_USAGE, "", "", "/nick NAME"},
	{"rename", VERB_SAY, ERROR_NONE, "", "rename", ""},
	{"rename bob", VERB_SAY, ERROR_NONE, "", "rename bob", ""},
	{"Rename|bob", VERB_RENAME, ERROR_NONE, "bob", "", ""},
	{" rename| bob", VERB_RENAME, ERROR_NONE, "bob", "", ""},
	{"/nick\tbob", VERB_RENAME, ERROR_NONE, "bob", "", ""},
	{"/nick\u00A0bob", VERB_RENAME, ERROR_NONE, "bob", "", ""},

	{"to|bob|hi", VERB_TELL, ERROR_NONE, "bob", "hi", ""},
	{"to|bob|hi there ", VERB_TELL, ERROR_NONE, "bob", "hi there ", ""},
	{"to|bob |hi", VERB_TELL, ERROR_NONE, "bob", "hi", ""},
	{"to|bob|a|b|", VERB_TELL, ERROR_NONE, "bob", "a|b|", ""},
	{"/msg bob hi", VERB_TELL, ERROR_NONE, "bob", "hi", ""},
	{"/msg bob hi there", VERB_TELL, ERROR_NONE, "bob", "hi there", ""},
	{"/msg bob  hi", VERB_TELL, ERROR_NONE, "bob", " hi", ""},
	{"/msg  bob hi", VERB_TELL, ERROR_NONE, "bob", "hi", ""},
	{"/msg\tbob\thi", VERB_TELL, ERROR_NONE, "bob", "hi", ""},
	{" /msg bob hi", VERB_TELL, ERROR_NONE, "bob", "hi", ""},
	{"\u00A0/msg bob hi", VERB_TELL, ERROR_NONE, "bob", "hi", ""},
	{"\xEF\xBB\xBF/msg bob hi", VERB_TELL, ERROR_NONE, "bob", "hi", ""},
	{"\u200B\u3000\x1B/msg bob hi", VERB_TELL, ERROR_NONE, "bob", "hi", ""},
	{"/Msg bob hi", VERB_TELL, ERROR_NONE, "bob", "hi", ""},
	{" to|bob|hi", VERB_TELL, ERROR_NONE, "bob", "hi", ""},
	{"To| bob |hi", VERB_TELL, ERROR_NONE, "bob", "hi", ""},
	{"\xEF\xBB\xBFto|bob|hi", VERB_TELL, ERROR_NONE, "bob", "hi", ""},
	{"to|bob", VERB_ERROR, ERROR_USAGE, "", "", "to|NAME|TEXT"},
	{"to|bob|", VERB_ERROR, ERROR_USAGE, "", "", "to|NAME|TEXT"},
	{"to|bob|  ", VERB_ERROR, ERROR_USAGE, "", "", "to|NAME|TEXT"},
	{"to||hi", VERB_ERROR, ERROR_USAGE, "", "", "to|NAME|TEXT"},
	{"to|", VERB_ERROR, ERROR_USAGE, "", "", "to|NAME|TEXT"},
	{"/msg", VERB_ERROR, ERROR_USAGE, "", "", "/msg NAME TEXT"},
	{"/msg bob", VERB_ERROR, ERROR_USAGE, "", "", "/msg NAME TEXT"},
	{"/msg bob   ", VERB_ERROR, ERROR_USAGE, "", "", "/msg NAME TEXT"},
	{"to", VERB_SAY, ERROR_NONE, "", "to", ""},
	{"tom|bob|hi", VERB_SAY, ERROR_NONE, "", "tom|bob|hi", ""},

	{"/me waves", VERB_ACT, ERROR_NONE, "", "waves", ""},
	{"/me  waves to all ", VERB_ACT, ERROR_NONE, "", " waves to all ", ""},
	{"/me", VERB_ERROR, ERROR_USAGE, "", "", "/me TEXT"},
	{"/me   ", VERB_ERROR, ERROR_USAGE, "", "", "/me TEXT"},

	{"/help", VERB_NONE, ERROR_NONE, "", "", ""},
	{"/quit", VERB_QUIT, ERROR_NONE, "", "", ""},
	{"/help me", VERB_ERROR, ERROR_USAGE, "", "", "/help"},
	{"/quit now", VERB_ERROR, ERROR_USAGE, "", "", "/quit"},

	{"/", VERB_ERROR, ERROR_UNKNOWN_COMMAND, "", "", "/"},
	{"/ ", VERB_ERROR, ERROR_UNKNOWN_COMMAND, "", "", "/"},
	{"/foo", VERB_ERROR, ERROR_UNKNOWN_COMMAND, "", "", "/foo"},
	{"/foo bar baz", VERB_ERROR, ERROR_UNKNOWN_COMMAND, "", "", "/foo"},
	{"/WHO", VERB_WHO, ERROR_NONE, "", "", ""},
	{" /quit", VERB_QUIT, ERROR_NONE, "", "", ""},
	{"\t/foo", VERB_ERROR, ERROR_UNKNOWN_COMMAND, "", "", "/foo"},
	{" //who", VERB_SAY, ERROR_NONE, "", "/who", ""},
	{"/whom", VERB_ERROR, ERROR_UNKNOWN_COMMAND, "", "", "/whom"},
	{"/who|", VERB_ERROR, ERROR_UNKNOWN_COMMAND, "", "", "/who|"},
	{"/m", VERB_ERROR, ERROR_UNKNOWN_COMMAND, "", "", "/m"},
	{"/events 1", VERB_ERROR, ERROR_UNKNOWN_COMMAND, "", "", "/events"},
};

/* The lines about rooms, and what operators type. */
static const struct {
	const char *line;
	enum verb verb;
	const char *room, *name, *text;
	enum room_mode mode;
	bool on;
	const char *usage;
} room_lines[] = {
	{"/join #dev", VERB_ENTER, "dev", "", "", MODE_NONE, false, ""},
	{"/JOIN #dev  key ", VERB_ENTER, "dev", "", "key", MODE_NONE, false,
		""},
	{"/join dev", VERB_ENTER, "dev", "", "", MODE_NONE, false, ""},
	{"/join #dev a b", VERB_ENTER, "dev", "", "a b", MODE_NONE, false, ""},
	{"/join ##dev", VERB_ENTER, "#dev", "", "", MODE_NONE, false, ""},
	{"/join", VERB_ERROR, "", "", "", MODE_NONE, false,
		"/join #ROOM [KEY]"},
	{"/join #", VERB_ERROR, "", "", "", MODE_NONE, false,
		"/join #ROOM [KEY]"},
	{"/leave", VERB_EXIT, "", "", "", MODE_NONE, false, ""},
	{"/leave #dev", VERB_EXIT, "dev", "", "", MODE_NONE, false, ""},
	{"/leave #dev  so long ", VERB_EXIT, "dev", "", "so long", MODE_NONE,
		false, ""},
	{"/leave so long", VERB_EXIT, "", "", "so long", MODE_NONE, false, ""},
	{"/rooms", VERB_ROOMS, "", "", "", MODE_NONE, false, ""},
	{"/rooms x", VERB_ERROR, "", "", "", MODE_NONE, false, "/rooms"},
	{"/who #dev", VERB_WHO, "dev", "", "", MODE_NONE, false, ""},
	{"/who #dev x", VERB_ERROR, "", "", "", MODE_NONE, false,
		"/who [#ROOM]"},
	{"/msg #dev hi there", VERB_SAY, "dev", "", "hi there", MODE_NONE,
		false, ""},
	{"to|#dev|hi|there", VERB_SAY, "dev", "", "hi|there", MODE_NONE, false,
		""},
	{"/msg # hi", VERB_ERROR, "", "", "", MODE_NONE, false,
		"/msg NAME TEXT"},
	{"to|#|hi", VERB_ERROR, "", "", "", MODE_NONE, false, "to|NAME|TEXT"},
	{"/msg #dev", VERB_ERROR, "", "", "", MODE_NONE, false,
		"/msg NAME TEXT"},
	{"/topic", VERB_TOPIC, "", "", "", MODE_NONE, false, ""},
	{"/topic  tea at five ", VERB_TOPIC, "", "", "tea at five", MODE_NONE,
		false, ""},
	{"/topic #dev", VERB_TOPIC, "", "", "#dev", MODE_NONE, false, ""},
	{"/topic -", VERB_UNTOPIC, "", "", "", MODE_NONE, false, ""},
	{"/topic --", VERB_TOPIC, "", "", "--", MODE_NONE, false, ""},
	{"/invite bob", VERB_INVITE, "", "bob", "", MODE_NONE, false, ""},
	{"/kick bob", VERB_KICK, "", "bob", "", MODE_NONE, false, ""},
	{"/kick  bob  be nice ", VERB_KICK, "", "bob", "be nice", MODE_NONE,
		false, ""},
	{"/kick", VERB_ERROR, "", "", "", MODE_NONE, false,
		"/kick NAME [REASON]"},
	{"/ban bob", VERB_KICK, "", "bob", "", MODE_NONE, true, ""},
	{"/ban bob spam", VERB_KICK, "", "bob", "spam", MODE_NONE, true, ""},
	{"/unban bob", VERB_MODE, "", "bob", "", MODE_BAN, false, ""},
	{"/op bob", VERB_MODE, "", "bob", "", MODE_OPERATOR, true, ""},
	{"/deop bob", VERB_MODE, "", "bob", "", MODE_OPERATOR, false, ""},
	{"/voice bob", VERB_MODE, "", "bob", "", MODE_VOICE, true, ""},
	{"/devoice bob", VERB_MODE, "", "bob", "", MODE_VOICE, false, ""},
	{"/op", VERB_ERROR, "", "", "", MODE_NONE, false, "/op NAME"},
	{"/mode", VERB_MODE, "", "", "", MODE_NONE, false, ""},
	{"/mode  ", VERB_MODE, "", "", "", MODE_NONE, false, ""},
	{"/mode locked", VERB_MODE, "", "", "", MODE_LOCKED, true, ""},
	{"/mode locked on", VERB_MODE, "", "", "", MODE_LOCKED, true, ""},
	{"/mode Invite OFF ", VERB_MODE, "", "", "", MODE_INVITE, false, ""},
	{"/mode moderated maybe", VERB_ERROR, "", "", "", MODE_NONE, false,
		"/mode moderated [on|off]"},
	{"/mode key secret", VERB_MODE, "", "", "secret", MODE_KEY, true, ""},
	{"/mode key off", VERB_MODE, "", "", "", MODE_KEY, false, ""},
	{"/mode key", VERB_ERROR, "", "", "", MODE_NONE, false,
		"/mode key WORD|off"},
	{"/mode limit 10", VERB_MODE, "", "", "10", MODE_LIMIT, true, ""},
	{"/mode +o bob", VERB_ERROR, "", "", "", MODE_NONE, false,
		"/mode [locked|moderated|invite|secret|external|key WORD|"
		"limit N] [on|off]"},
	{"/mode secret", VERB_MODE, "", "", "", MODE_SECRET, true, ""},
	{"/mode external off", VERB_MODE, "", "", "", MODE_EXTERNAL, false, ""},
	{"/mute bob", VERB_MODE, "", "bob", "", MODE_MUTE, true, ""},
	{"/unmute bob", VERB_MODE, "", "bob", "", MODE_MUTE, false, ""},
	{"/exempt b*", VERB_MODE, "", "b*", "", MODE_EXEMPT, true, ""},
	{"/unexempt b*", VERB_MODE, "", "b*", "", MODE_EXEMPT, false, ""},
	{"/admit bob", VERB_MODE, "", "bob", "", MODE_ADMIT, true, ""},
	{"/unadmit bob", VERB_MODE, "", "bob", "", MODE_ADMIT, false, ""},
	{"/admit", VERB_ERROR, "", "", "", MODE_NONE, false, "/admit NAME"},
	{"/bans", VERB_BANS, "", "", "", MODE_NONE, false, ""},
	{"/invite", VERB_INVITES, "", "", "", MODE_NONE, false, ""},
	{"/msg @#dev hi", VERB_SAY, "dev", "", "hi", MODE_OPERATOR, false, ""},
	{"/msg +#dev hi", VERB_SAY, "dev", "", "hi", MODE_VOICE, false, ""},
	{"/msg @dev hi", VERB_TELL, "", "@dev", "hi", MODE_NONE, false, ""},
	{"/ignore", VERB_IGNORE, "", "", "", MODE_NONE, false, ""},
	{"/ignore bob", VERB_IGNORE, "", "bob", "", MODE_NONE, false, ""},
	{"/unignore bob", VERB_UNIGNORE, "", "bob", "", MODE_NONE, false, ""},
	{"/unignore", VERB_ERROR, "", "", "", MODE_NONE, false,
		"/unignore NAME"},
};

static void parse_room_line(const struct dialect *d, size_t i)
{
	const char *line = room_lines[i].line;
	struct request r = ask(d->line, line, strlen(line));

	CHECKF(r.verb == room_lines[i].verb, "%s", line);
	CHECKF(is(r.about, room_lines[i].usage), "%s: %.*s", line,
		(int)r.about.n, r.about.p);
	CHECKF(is(r.room, room_lines[i].room), "%s", line);
	if (r.verb == VERB_ERROR)
		return;
	CHECKF(is(r.name, room_lines[i].name), "%s", line);
	CHECKF(is(r.text, room_lines[i].text), "%s: %.*s", line, (int)r.text.n,
		r.text.p);
	CHECKF(r.mode == room_lines[i].mode, "%s", line);
	CHECKF(r.on == room_lines[i].on, "%s", line);
}

static void parses_rooms(void)
{
	for (size_t i = 0; i < COUNT(room_lines); i++) {
		parse_room_line(&dialect_text, i);
		parse_room_line(&dialect_events, i);
		if (UNIT_FAILED)
			return;
	}
}

static void parse_line(const struct dialect *d, size_t i)
{
	const char *line = lines[i].line;
	struct request r = ask(d->line, line, strlen(line));

	CHECKF(r.verb == lines[i].verb, "%s", line);
	CHECKF(is(r.name, lines[i].name), "%s: %.*s", line, (int)r.name.n,
		r.name.p);
	CHECKF(is(r.text, lines[i].text), "%s: %.*s", line, (int)r.text.n,
		r.text.p);
	CHECKF(r.error == lines[i].error, "%s: %d", line, (int)r.error);
	CHECKF(is(r.about, lines[i].about), "%s: %.*s", line, (int)r.about.n,
		r.about.p);
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
		"join", "leave", "topic", "mode", "key", "kick", "#", "bob",
		"x", "\xC3\xA9"};

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
		r = ask(dialect_text.line, line, n);
		CHECKF((r.verb == VERB_ERROR) == (r.error != ERROR_NONE),
			"%.*s", (int)n, line);
		CHECKF(is_within(r.name, line, n) &&
				is_within(r.text, line, n) &&
				is_within(r.room, line, n),
			"%.*s", (int)n, line);
		/* Nothing after a slash is told to all by mistake. */
		if (line[0] == '/' && (n == 1 || line[1] != '/'))
			CHECKF(r.verb != VERB_SAY || r.room.n > 0, "%.*s",
				(int)n, line);
	}
}

int main(void)
{
	RUN(first_lines, "what a first line asks for");
	RUN(parses, "every form of a line");
	RUN(parses_rooms, "every form of a line about rooms");
	RUN(parses_anything, "lines of random pieces");
	return unit_end();
}

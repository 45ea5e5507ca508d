/* SPDX-License-Identifier: MIT */
/* What users type: the table of commands, and the parser of lines.
 * Runs in: child. */
#include "server/child/dialect/typed.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "ipc/common/text.h"
#include "server/child/dialect/render.h"
#include "server/child/dialect/typed_history.h"
#include "server/child/dialect/words.h"

/* Whether a command takes a room, a name, a text. */
enum part {
	NO,
	MAY,
	MUST
};

static const struct command {
	const char *usage; /* the word, and what follows it */
	enum verb verb;
	enum part room, name, text;
	enum room_mode mode;
	bool on;
} commands[] = {
	{"/msg NAME TEXT", VERB_TELL, NO, MUST, MUST, MODE_NONE, false},
	{"/me TEXT", VERB_ACT, NO, NO, MUST, MODE_NONE, false},
	{"/nick NAME", VERB_RENAME, NO, MUST, NO, MODE_NONE, false},
	{"/who [#ROOM]", VERB_WHO, MAY, NO, NO, MODE_NONE, false},
	{"/history [#ROOM|NAME] [N]", VERB_HISTORY, MAY, NO, MAY, MODE_NONE,
		false},
	{"/since [#ROOM|NAME] TIME (2h, 90m)", VERB_HISTORY, MAY, NO, MUST,
		MODE_NONE, true},
	{"/ignore [NAME]", VERB_IGNORE, NO, MAY, NO, MODE_NONE, false},
	{"/unignore NAME", VERB_UNIGNORE, NO, MUST, NO, MODE_NONE, false},
	{"/join #ROOM [KEY]", VERB_ENTER, MUST, NO, MAY, MODE_NONE, false},
	{"/leave [#ROOM] [REASON]", VERB_EXIT, MAY, NO, MAY, MODE_NONE, false},
	{"/rooms", VERB_ROOMS, NO, NO, NO, MODE_NONE, false},
	{"/topic [TEXT]", VERB_TOPIC, NO, NO, MAY, MODE_NONE, false},
	{"/invite [NAME]", VERB_INVITE, NO, MAY, NO, MODE_NONE, false},
	{"/kick NAME [REASON]", VERB_KICK, NO, MUST, MAY, MODE_NONE, false},
	{"/ban NAME [REASON]", VERB_KICK, NO, MUST, MAY, MODE_NONE, true},
	{"/unban NAME", VERB_MODE, NO, MUST, NO, MODE_BAN, false},
	{"/mute NAME", VERB_MODE, NO, MUST, NO, MODE_MUTE, true},
	{"/unmute NAME", VERB_MODE, NO, MUST, NO, MODE_MUTE, false},
	{"/exempt NAME", VERB_MODE, NO, MUST, NO, MODE_EXEMPT, true},
	{"/unexempt NAME", VERB_MODE, NO, MUST, NO, MODE_EXEMPT, false},
	{"/admit NAME", VERB_MODE, NO, MUST, NO, MODE_ADMIT, true},
	{"/unadmit NAME", VERB_MODE, NO, MUST, NO, MODE_ADMIT, false},
	{"/bans", VERB_BANS, NO, NO, NO, MODE_NONE, false},
	{"/op NAME", VERB_MODE, NO, MUST, NO, MODE_OPERATOR, true},
	{"/deop NAME", VERB_MODE, NO, MUST, NO, MODE_OPERATOR, false},
	{"/voice NAME", VERB_MODE, NO, MUST, NO, MODE_VOICE, true},
	{"/devoice NAME", VERB_MODE, NO, MUST, NO, MODE_VOICE, false},
	{"/mode", VERB_MODE, NO, NO, MAY, MODE_NONE, false},
	{"/help", VERB_NONE, NO, NO, NO, MODE_NONE, false},
	{"/quit", VERB_QUIT, NO, NO, NO, MODE_NONE, false},
};

#define COMMANDS (sizeof commands / sizeof commands[0])

/* It fits a terminal of 24 lines, the line that asks for it included. */
static const char *const help[] = {
	"TEXT: say it to everyone",
	"/msg NAME TEXT: say it to one user; or to|NAME|TEXT",
	"/me TEXT: say what you do",
	"/nick NAME: change your name; or rename|NAME",
	"/who: list who is online; or who",
	"/history [N], /since 2h: read what was said before",
	"/ignore NAME, /unignore NAME: read nothing of theirs, or again",
	"//TEXT: say TEXT with a slash before it",
	"/help: this list",
	"/quit: leave",
	"rooms:",
	"/join #ROOM [KEY]: enter it, or make it, and talk there",
	"/leave [#ROOM] [REASON]: leave it",
	"/msg #ROOM TEXT: say it there",
	"/rooms, /who #ROOM: list the rooms, or who is in one",
	"/topic [TEXT]: read or set the topic; /topic -: remove it",
	"/invite NAME: invite to the room where you talk; /invite: where to go",
	"operators of the room where you talk:",
	"/kick NAME [REASON], /ban NAME, /unban NAME: keep someone out",
	"/[un]mute, /[un]exempt, /[un]admit NAME; /bans: read who is what",
	"/op NAME, /voice NAME, /deop NAME, /devoice NAME: who may what",
	"/mode [locked|moderated|invite|secret|external [on|off]]",
	"/mode key WORD|off, /mode limit N|off",
};

#define HELP (sizeof help / sizeof help[0])

static const struct command *find(struct span word)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		const char *w = commands[i].usage + 1;

		if (strcspn(w, " ") == word.n &&
			strncasecmp(w, word.p, word.n) == 0)
			return &commands[i];
	}
	return NULL;
}

static struct span span(const char *p, size_t n)
{
	return (struct span){p, n};
}

/* Command words ignore case: a telephone's keyboard begins each line with a
 * capital. */
static bool starts_with(struct span line, const char *word)
{
	size_t n = strlen(word);

	return line.n >= n && strncasecmp(line.p, word, n) == 0;
}

static struct span without_blanks(struct span s)
{
	size_t blanks = text_blanks(s.p, s.n);

	return span(s.p + blanks, s.n - blanks);
}

/* Cuts the part before the first bar off *rest; all of it if there is none. */
static struct span cut_bar(struct span *rest)
{
	const char *end = memchr(rest->p, '|', rest->n);
	struct span part = *rest;

	if (end != NULL)
		part.n = (size_t)(end - rest->p);
	rest->p += part.n;
	rest->n -= part.n;
	if (rest->n > 0) {
		rest->p++;
		rest->n--;
	}
	return part;
}

/* Cuts the part before the first blank off *rest, and the blank. */
static struct span cut_word(struct span *rest)
{
	struct span part = span(rest->p, 0);
	size_t blank = 0;

	while (part.n < rest->n &&
		(blank = text_blank(rest->p + part.n, rest->n - part.n)) == 0)
		part.n++;
	rest->p += part.n + blank;
	rest->n -= part.n + blank;
	return part;
}

static void fail(struct request *r, enum error error, struct span about)
{
	r->verb = VERB_ERROR;
	r->error = error;
	r->about = about;
}

static bool fits(enum part part, bool has)
{
	return part == MAY || (part == MUST) == has;
}

static bool is_word(struct span s, const char *word)
{
	return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

/* What /mode takes after its word. */
static const struct {
	enum room_mode mode;
	bool valued; /* a value or "off"; else "on", "off" or nothing */
	const char *usage;
} modes[] = {
	{MODE_LOCKED, false, "/mode locked [on|off]"},
	{MODE_MODERATED, false, "/mode moderated [on|off]"},
	{MODE_INVITE, false, "/mode invite [on|off]"},
	{MODE_SECRET, false, "/mode secret [on|off]"},
	{MODE_EXTERNAL, false, "/mode external [on|off]"},
	{MODE_KEY, true, "/mode key WORD|off"},
	{MODE_LIMIT, true, "/mode limit N|off"},
};

static const char mode_usage[] =
	"/mode [locked|moderated|invite|secret|external|key WORD|limit N] "
	"[on|off]";

/* /mode, or /mode WORD VALUE. */
static void use_mode(struct request *r, struct span rest)
{
	struct span word = cut_word(&rest), value;
	size_t i = 0;
	bool off;

	r->verb = VERB_MODE;
	if (word.n == 0)
		return;
	while (i < sizeof modes / sizeof modes[0] &&
		!is_word(word, mode_word(modes[i].mode)))
		i++;
	if (i == sizeof modes / sizeof modes[0]) {
		fail(r, ERROR_USAGE, span(mode_usage, sizeof mode_usage - 1));
		return;
	}
	value = span_trim(without_blanks(rest));
	off = is_word(value, "off");
	if (modes[i].valued ? value.n == 0
			    : value.n > 0 && !off && !is_word(value, "on")) {
		fail(r, ERROR_USAGE,
			span(modes[i].usage, strlen(modes[i].usage)));
		return;
	}
	r->mode = modes[i].mode;
	r->on = !off;
	if (modes[i].valued && !off)
		r->text = value;
}

/* A message for a room, or for who has a power there: "#dev", "@#dev",
 * "+#dev"; *mode has which. */
static bool take_room(struct span *name, enum room_mode *mode)
{
	struct span room = *name;

	*mode = MODE_NONE;
	if (room.n > 0 && (*room.p == '@' || *room.p == '+')) {
		*mode = *room.p == '@' ? MODE_OPERATOR : MODE_VOICE;
		room = span(room.p + 1, room.n - 1);
	}
	if (room.n < 2 || *room.p != '#')
		return false;
	*name = span(room.p + 1, room.n - 1);
	return true;
}

/* Makes the request of a command, if the arguments are those that it takes; if
 * not, an error with the usage. */
static void use(struct request *r, const struct command *c, struct span name,
	struct span text, const char *usage)
{
	struct span room = name;
	enum room_mode mode = c->mode;
	bool to_room = c->verb == VERB_TELL && take_room(&room, &mode);

	if (!fits(c->room, r->room.n > 0) || !fits(c->name, name.n > 0) ||
		!fits(c->text, !text_is_blank(text.p, text.n)) ||
		(name.n == 1 && name.p[0] == '#')) {
		r->room = SPAN_EMPTY;
		fail(r, ERROR_USAGE, span(usage, strlen(usage)));
		return;
	}
	r->verb = to_room ? VERB_SAY : c->verb;
	r->mode = to_room ? mode : c->mode;
	r->on = c->on;
	r->name = name;
	r->text = text;
	if (to_room) {
		r->room = room;
		r->name = SPAN_EMPTY;
	}
	if (r->verb == VERB_INVITE && name.n == 0)
		r->verb = VERB_INVITES;
}

static void use_history(
	struct request *r, const struct command *c, struct span rest)
{
	if (typed_history(r, rest, c->on))
		return;
	r->room = SPAN_EMPTY;
	fail(r, ERROR_USAGE, span(c->usage, strlen(c->usage)));
}

/* Cuts a room off *rest; the '#' may be left out where nothing else can come
 * first. */
static struct span cut_room(struct span *rest, enum part part)
{
	struct span after = without_blanks(*rest), room;

	if (part == NO || after.n == 0 || (part == MAY && after.p[0] != '#'))
		return SPAN_EMPTY;
	room = cut_word(&after);
	*rest = after;
	if (room.p[0] == '#')
		room = span(room.p + 1, room.n - 1);
	return room;
}

/* /word #ROOM NAME TEXT, as far as the command takes them.  A message keeps the
 * blanks at its beginning. */
static void parse_slash(struct span line, struct request *r)
{
	struct span rest = span(line.p + 1, line.n - 1);
	struct span word = cut_word(&rest), name = SPAN_EMPTY;
	const struct command *c = find(word);

	if (c == NULL) {
		fail(r, ERROR_UNKNOWN_COMMAND, span(line.p, word.n + 1));
		return;
	}
	r->room = cut_room(&rest, c->room);
	if (c->name != NO && c->text == NO) {
		name = span_trim(without_blanks(rest));
		rest.n = 0;
	} else if (c->name != NO) {
		rest = without_blanks(rest);
		name = cut_word(&rest);
	}
	/* What is no message has no blanks around it. */
	if (c->text == MAY)
		rest = span_trim(without_blanks(rest));
	if (c->verb == VERB_MODE && c->text == MAY)
		use_mode(r, rest);
	else if (c->verb == VERB_HISTORY)
		use_history(r, c, rest);
	else
		use(r, c, name, rest, c->usage);
	if (r->verb == VERB_TOPIC && r->text.n == 1 && r->text.p[0] == '-') {
		r->verb = VERB_UNTOPIC;
		r->text = SPAN_EMPTY;
	}
}

static void parse_bars(struct span line, struct request *r, const char *word,
	const char *usage)
{
	struct span rest = line, name;

	cut_bar(&rest);
	name = span_trim(without_blanks(cut_bar(&rest)));
	use(r, find(span(word, strlen(word))), name, rest, usage);
}

static void say(struct request *r, struct span text)
{
	r->verb = VERB_SAY;
	r->text = text;
}

bool typed_parse(struct span whole, struct request *r)
{
	struct span line = without_blanks(whole);

	*r = REQUEST_EMPTY;
	if (starts_with(line, "//"))
		say(r, span(line.p + 1, line.n - 1));
	else if (starts_with(line, "/"))
		parse_slash(line, r);
	else if (starts_with(line, "rename|"))
		parse_bars(line, r, "nick", "rename|NAME");
	else if (starts_with(line, "to|"))
		parse_bars(line, r, "msg", "to|NAME|TEXT");
	else if (span_trim(line).n == 3 && memcmp(line.p, "who", 3) == 0)
		r->verb = VERB_WHO;
	else
		say(r, whole);
	return r->verb == VERB_NONE;
}

bool typed_help(size_t i, struct span *line)
{
	if (i < HELP)
		*line = span(help[i], strlen(help[i]));
	return i < HELP;
}

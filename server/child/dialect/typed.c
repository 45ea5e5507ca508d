/* SPDX-License-Identifier: MIT */
/* What users type: the table of commands, and the parser of lines.
 * Runs in: child. */
#include "server/child/dialect/typed.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "ipc/common/text.h"
#include "server/child/dialect/render.h"

/* What follows a command's word. */
enum arguments {
	ARGUMENTS_NONE,
	ARGUMENTS_NAME,
	ARGUMENTS_TEXT,
	ARGUMENTS_NAME_TEXT,
};

static const struct command {
	const char *word; /* after the slash; NULL: a line without one */
	enum verb verb;
	enum arguments arguments;
	const char *usage; /* as it is typed */
	const char *help;
} commands[] = {
	{NULL, VERB_SAY, ARGUMENTS_TEXT, "TEXT", "say it to everyone"},
	{"msg", VERB_TELL, ARGUMENTS_NAME_TEXT, "/msg NAME TEXT",
		"say it to one user; or to|NAME|TEXT"},
	{"me", VERB_ACT, ARGUMENTS_TEXT, "/me TEXT", "say what you do"},
	{"nick", VERB_RENAME, ARGUMENTS_NAME, "/nick NAME",
		"change your name; or rename|NAME"},
	{"who", VERB_WHO, ARGUMENTS_NONE, "/who", "list who is online; or who"},
	{"help", VERB_NONE, ARGUMENTS_NONE, "/help", "this list"},
	{"quit", VERB_QUIT, ARGUMENTS_NONE, "/quit", "leave"},
};

#define COMMANDS (sizeof commands / sizeof commands[0])

static const struct command *find(struct span word)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		const char *w = commands[i].word;

		if (w != NULL && strlen(w) == word.n &&
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

/* Makes the request of a command, if the arguments are those that it takes; if
 * not, an error with the usage. */
static void use(struct request *r, const struct command *c, struct span name,
	struct span text, const char *usage)
{
	bool has_name = name.n > 0, has_text = !text_is_blank(text.p, text.n);
	bool wants_name = c->arguments == ARGUMENTS_NAME ||
			  c->arguments == ARGUMENTS_NAME_TEXT;
	bool wants_text = c->arguments == ARGUMENTS_TEXT ||
			  c->arguments == ARGUMENTS_NAME_TEXT;

	if (has_name != wants_name || has_text != wants_text) {
		fail(r, ERROR_USAGE, span(usage, strlen(usage)));
		return;
	}
	r->verb = c->verb;
	r->name = name;
	r->text = text;
}

/* /word NAME TEXT, as far as the command takes them.  A message keeps the
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
	if (c->arguments == ARGUMENTS_NAME) {
		name = span_trim(without_blanks(rest));
		rest.n = 0;
	} else if (c->arguments == ARGUMENTS_NAME_TEXT) {
		rest = without_blanks(rest);
		name = cut_word(&rest);
	}
	use(r, c, name, rest, c->usage);
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

	*r = (struct request){
		.name = SPAN_EMPTY, .text = SPAN_EMPTY, .about = SPAN_EMPTY};
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
	static const char slash[] = "//TEXT: say TEXT with a slash before it";
	static char text[128];
	char *p = text;

	if (i == COMMANDS)
		*line = span(slash, sizeof slash - 1);
	if (i < COMMANDS) {
		p = put_word(p, commands[i].usage);
		p = put_word(p, ": ");
		p = put_word(p, commands[i].help);
		*line = span(text, (size_t)(p - text));
	}
	return i <= COMMANDS;
}

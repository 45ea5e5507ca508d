/* SPDX-License-Identifier: MIT */
/* The text dialect: lines that people type and read.
 * Runs in: child. */
#include "server/child/dialect/text.h"

#include <stdbool.h>
#include <strings.h>

#include "ipc/common/text.h"
#include "server/child/dialect/render.h"

/* --- what they type ------------------------------------------------------ */

static struct span span(const char *p, size_t n)
{
	return (struct span){p, n};
}

/* Words of commands are the same in capitals: a telephone's keyboard begins
 * each line with one. */
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

static void use(
	struct request *r, struct span word, struct span name, struct span text)
{
	const struct command *c = command_find(word);
	bool has_name = name.n > 0, has_text = !text_is_blank(text.p, text.n);
	bool wants_name, wants_text;

	if (c == NULL) {
		r->error = "unknown command";
		r->about = word;
		r->hint = "; /help lists them";
		return;
	}
	wants_name = c->arguments == ARGUMENTS_NAME ||
		     c->arguments == ARGUMENTS_NAME_TEXT;
	wants_text = c->arguments == ARGUMENTS_TEXT ||
		     c->arguments == ARGUMENTS_NAME_TEXT;
	if (has_name != wants_name || has_text != wants_text) {
		r->error = "usage";
		r->about = span(c->usage, strlen(c->usage));
		return;
	}
	r->command = c;
	r->name = name;
	r->text = text;
}

/* /word NAME TEXT, as far as the word takes them.  What is said keeps the
 * blanks that it begins with. */
static void parse_slash(struct span line, struct request *r)
{
	struct span rest = span(line.p + 1, line.n - 1);
	struct span word = cut_word(&rest), name = SPAN_EMPTY;
	const struct command *c = command_find(word);

	if (c != NULL && c->arguments == ARGUMENTS_NAME) {
		name = span_trim(without_blanks(rest));
		rest.n = 0;
	} else if (c != NULL && c->arguments == ARGUMENTS_NAME_TEXT) {
		rest = without_blanks(rest);
		name = cut_word(&rest);
	}
	use(r, word, name, rest);
	if (r->error != NULL && c == NULL)
		r->about = span(line.p, word.n + 1);
}

static void parse_bars(struct span line, struct request *r, const char *word,
	const char *usage)
{
	struct span rest = line, name;

	cut_bar(&rest);
	name = span_trim(without_blanks(cut_bar(&rest)));
	use(r, span(word, strlen(word)), name, rest);
	if (r->error != NULL)
		r->about = span(usage, strlen(usage));
}

static void parse(const char *p, size_t n, struct request *r)
{
	struct span whole = span(p, n), line = without_blanks(whole);

	*r = (struct request){
		.name = SPAN_EMPTY, .text = SPAN_EMPTY, .hint = ""};
	if (starts_with(line, "//")) {
		r->command = command_say;
		r->text = span(line.p + 1, line.n - 1);
	} else if (starts_with(line, "/")) {
		parse_slash(line, r);
	} else if (starts_with(line, "rename|")) {
		parse_bars(line, r, "nick", "rename|NAME");
	} else if (starts_with(line, "to|")) {
		parse_bars(line, r, "msg", "to|NAME|TEXT");
	} else if (span_trim(line).n == 3 && memcmp(line.p, "who", 3) == 0) {
		r->command = command_who;
	} else {
		r->command = command_say;
		r->text = whole;
	}
}

/* --- what they read ------------------------------------------------------ */

/* How old scrollback is, in the largest unit that fits. */
static char *put_age(char *p, int64_t ms)
{
	static const struct {
		int64_t seconds;
		const char *unit;
	} units[] = {{86400, " d"}, {3600, " h"}, {60, " min"}, {1, " s"}};
	int64_t s = ms > 0 ? ms / 1000 : 0;
	size_t i = 0;

	while (i < 3 && s < units[i].seconds)
		i++;
	p = put_number(p, (uint64_t)(s / units[i].seconds));
	p = put_word(p, units[i].unit);
	return put_word(p, " ago");
}

/* [alice] hello, [alice 2 min ago] hello, [* alice] waves: no name has a blank
 * or a star, so nobody can make their lines look old, or old lines look new;
 * and what begins with a star alone is the server's. */
static char *put_public(char *p, const struct event *e)
{
	p = put_word(p, e->kind == EVENT_ACTION ? "[* " : "[");
	p = put_span(p, e->from);
	if (e->age_ms >= 0) {
		*p++ = ' ';
		p = put_age(p, e->age_ms);
	}
	p = put_word(p, "] ");
	return put_span(p, e->text);
}

static char *put_private(char *p, const struct event *e)
{
	if (e->from_me) {
		p = put_word(p, "[you -> ");
		p = put_span(p, e->to);
		p = put_word(p, "] ");
		p = put_span(p, e->text);
	}
	if (e->from_me && e->to_me)
		*p++ = '\n';
	if (e->to_me) {
		*p++ = '[';
		p = put_span(p, e->from);
		p = put_word(p, " -> you] ");
		p = put_span(p, e->text);
	}
	return p;
}

/* alice; alice and bob; alice, bob, carol and dave; alice, bob, carol and 97
 * others. */
static char *put_digest(char *p, const struct event *e)
{
	struct span rest = e->text, name[4];
	size_t n = 0, shown, others = e->more;

	while (rest.n > 0) {
		struct span one = next_name(&rest);

		if (n < 4)
			name[n++] = one;
		else
			others++;
	}
	if (others > 0 && n == 4) {
		n = 3;
		others++;
	}
	shown = n;
	for (size_t i = 0; i < shown; i++) {
		if (i > 0)
			p = put_word(p, i + 1 == shown && others == 0
						? " and "
						: NAMES_SEPARATOR);
		p = put_span(p, name[i]);
	}
	if (others > 0) {
		p = put_word(p, shown > 0 ? " and " : "");
		p = put_grouped(p, others);
		p = put_word(p, others == 1 ? " other" : " others");
	}
	return p;
}

static char *put_presence(char *p, const struct event *e)
{
	p = put_word(p, "* ");
	p = e->digest ? put_digest(p, e) : put_span(p, e->from);
	p = put_word(p, e->kind == EVENT_JOIN ? " joined" : " left");
	if (e->kind == EVENT_LEAVE && !e->digest && e->text.n > 0) {
		p = put_word(p, ": ");
		p = put_span(p, e->text);
	}
	p = put_word(p, " (");
	p = put_grouped(p, e->online);
	return put_word(p, " online)");
}

static char *put_rename(char *p, const struct event *e)
{
	p = put_word(p, "* ");
	p = put_span(p, e->from);
	p = put_word(p, " is now ");
	return put_span(p, e->to);
}

static char *put_welcome(char *p, const struct event *e)
{
	p = put_word(p, "* welcome, ");
	p = put_span(p, e->to);
	p = put_word(p, "; ");
	p = put_grouped(p, e->online);
	return put_word(p, " online; /help for help");
}

static char *put_who(char *p, const struct event *e)
{
	p = put_word(p, "* online: ");
	p = put_span(p, e->text);
	p = put_word(p, " (");
	p = put_grouped(p, e->online);
	return put_word(p, ")");
}

static char *put_gap(char *p, const struct event *e)
{
	p = put_word(p, "* you missed ");
	p = put_grouped(p, e->more);
	return put_word(p, e->more == 1 ? " message" : " messages");
}

static char *put_line(char *p, const char *mark, const struct event *e)
{
	return put_span(put_word(p, mark), e->text);
}

/* One that left by its own wish is not told an error. */
static char *put_bye(char *p, const struct event *e)
{
	return e->from_me ? put_word(p, "* goodbye")
			  : put_line(p, "! disconnected: ", e);
}

static size_t render(const struct event *e, char *dst)
{
	char *p = dst;

	switch (e->kind) {
	case EVENT_WELCOME:
		p = put_welcome(p, e);
		break;
	case EVENT_PUBLIC:
	case EVENT_ACTION:
		p = put_public(p, e);
		break;
	case EVENT_PRIVATE:
		p = put_private(p, e);
		break;
	case EVENT_JOIN:
	case EVENT_LEAVE:
		p = put_presence(p, e);
		break;
	case EVENT_RENAME:
		p = put_rename(p, e);
		break;
	case EVENT_WHO:
		p = put_who(p, e);
		break;
	case EVENT_WHO_END:
		return 0;
	case EVENT_ERROR:
	case EVENT_WARNING:
		p = put_line(p, "! ", e);
		break;
	case EVENT_NOTICE:
		p = put_line(p, "* ", e);
		break;
	case EVENT_GAP:
		p = put_gap(p, e);
		break;
	case EVENT_BYE:
		p = put_bye(p, e);
		break;
	}
	*p++ = '\n';
	return (size_t)(p - dst);
}

const struct dialect dialect_text = {
	.hello = NULL,
	.parse = parse,
	.render = render,
};

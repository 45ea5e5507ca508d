/* SPDX-License-Identifier: MIT */
/* A dialect that uses every hook of the seam, and is no part of the product.
 * It asks who one is and lets in nobody who does not say so; has words of its
 * own for errors; answers a line itself, also a part at a time; makes several
 * requests of a line; wakes who asks for it, and puts out who asks for that.
 * Runs in: child, of tests/seams/chatserver. */
#include "tests/seams/porter.h"

#include <stdio.h>
#include <string.h>

#include "server/child/dialect/render.h"

#define NAP_MS   100
#define LINE_CAP 5000

/* As many lines as the seam allows at once. */
#define COUNT_PART RENDER_LINES_MAX

struct porter {
	unsigned int lines;
	bool wakes, ends; /* what the tick is for */
	unsigned int counted, counts_to;
	struct span names, text; /* to tell these people yet; the rest of a line
				  */
	bool told;               /* the last request was answered by an event */
};

DIALECT_OWN(struct porter)

/* Takes a word and a blank off the beginning. */
static bool takes(struct span *line, const char *word)
{
	size_t n = strlen(word);

	if (line->n < n || memcmp(line->p, word, n) != 0)
		return false;
	line->p += n;
	line->n -= n;
	return true;
}

static char *begin(struct dialect_state *s, char *dst)
{
	(void)s;
	return put_word(dst, "who are you?\n");
}

static char *hello(
	struct dialect_state *s, struct span line, struct request *r, char *dst)
{
	own(s)->lines++;
	if (takes(&line, "I am ")) {
		r->verb = VERB_JOIN;
		r->name = line;
		return put_word(dst, "come in\n");
	}
	if (takes(&line, "I must be ")) {
		r->verb = VERB_JOIN;
		r->name = line;
		r->on = true;
		return dst;
	}
	if (takes(&line, "who is there")) {
		r->verb = VERB_PEEK;
		return dst;
	}
	if (takes(&line, "good morning"))
		return put_word(dst, "good morning, who are you?\n");
	r->verb = VERB_ERROR;
	r->error = ERROR_USAGE;
	r->about = (struct span){"I am NAME", 9};
	return dst;
}

/* A line "tell bob carol, hello" becomes a request for each name. */
static void tell_next(struct dialect_state *s, struct request *r)
{
	struct span *names = &own(s)->names;
	const char *blank = memchr(names->p, ' ', names->n);
	size_t n = blank != NULL ? (size_t)(blank - names->p) : names->n;

	r->verb = VERB_TELL;
	r->await = true;
	r->name = (struct span){names->p, n};
	r->text = own(s)->text;
	n += blank != NULL;
	names->p += n;
	names->n -= n;
	own(s)->told = false;
}

static char *more(struct dialect_state *s, struct request *r, char *dst)
{
	struct porter *p = own(s);

	if (p->names.p != NULL) {
		dst = put_word(dst, p->told ? "told\n" : "not told\n");
		s->more = p->names.n > 0;
		if (s->more)
			tell_next(s, r);
		else
			p->names.p = NULL;
		return dst;
	}
	for (int i = 0; i < COUNT_PART && p->counted < p->counts_to; i++)
		dst += sprintf(dst, "%u\n", ++p->counted);
	s->more = p->counted < p->counts_to;
	return dst;
}

static void begin_tell(
	struct dialect_state *s, struct span text, struct request *r)
{
	const char *comma = memchr(text.p, ',', text.n);
	size_t n = comma != NULL ? (size_t)(comma - text.p) : text.n;

	own(s)->names = (struct span){text.p, n};
	own(s)->text = SPAN_EMPTY;
	if (comma != NULL)
		own(s)->text = (struct span){comma + 1, text.n - n - 1};
	tell_next(s, r);
	s->more = true;
}

static char *line(
	struct dialect_state *s, struct span text, struct request *r, char *dst)
{
	own(s)->lines++;
	if (takes(&text, "say ")) {
		r->verb = VERB_SAY;
		r->text = text;
	} else if (takes(&text, "do ")) {
		r->verb = VERB_ACT;
		r->text = text;
	} else if (takes(&text, "call me ")) {
		r->verb = VERB_RENAME;
		r->name = text;
	} else if (takes(&text, "who")) {
		r->verb = VERB_WHO;
	} else if (takes(&text, "tell ")) {
		begin_tell(s, text, r);
	} else if (takes(&text, "count to 20000")) {
		own(s)->counted = 0;
		own(s)->counts_to = 20000;
		s->more = true;
	} else if (takes(&text, "count")) {
		return dst + sprintf(dst, "%u lines\n", own(s)->lines);
	} else if (takes(&text, "wake me")) {
		own(s)->wakes = true;
		s->due_ms = s->now_ms + NAP_MS;
	} else if (takes(&text, "put me out")) {
		own(s)->ends = true;
		s->due_ms = s->now_ms + NAP_MS;
	} else {
		r->verb = VERB_ERROR;
		r->error = ERROR_UNKNOWN_COMMAND;
		r->about = text;
	}
	return dst;
}

static char *put_list(char *p, struct span list)
{
	struct span name;

	while ((name = next_name(&list)).n > 0)
		p = put_span(put_word(p, " "), name);
	return p;
}

static char *render(struct dialect_state *s, const struct event *e, char *p)
{
	if (e->from_me || e->kind == EVENT_ERROR)
		own(s)->told = true;
	switch (e->kind) {
	case EVENT_WELCOME:
		p = put_span(put_word(p, "you are "), e->to);
		break;
	case EVENT_PUBLIC:
		p = put_span(p, e->from);
		p = put_span(put_word(p, " says "), e->text);
		break;
	case EVENT_ACTION:
		p = put_span(p, e->from);
		p = put_span(put_word(p, " does "), e->text);
		break;
	case EVENT_PRIVATE:
		p = put_span(p, e->from);
		p = put_span(put_word(p, " tells you "), e->text);
		break;
	case EVENT_RENAME:
		p = put_span(p, e->from);
		p = put_span(put_word(p, " becomes "), e->to);
		break;
	case EVENT_JOIN:
	case EVENT_LEAVE:
		p = put_word(p, e->kind == EVENT_JOIN ? "in:" : "out:");
		p = e->digest ? put_list(p, e->text)
			      : put_span(put_word(p, " "), e->from);
		break;
	case EVENT_WHO:
		p = put_list(put_word(p, "here:"), e->text);
		break;
	case EVENT_ERROR:
		p = put_number(put_word(p, "no "), e->error);
		p = put_span(put_word(p, " "), e->text);
		if (e->error == ERROR_LINE_TOO_LONG)
			p = put_number(put_word(p, "at most "), e->number);
		break;
	case EVENT_WARNING:
		p = put_number(put_word(p, "mind "), e->error);
		break;
	case EVENT_BYE:
		p = put_number(put_word(p, "bye "), e->reason);
		break;
	default:
		return p;
	}
	return put_word(p, "\n");
}

static char *tick(struct dialect_state *s, struct request *r, char *dst)
{
	if (own(s)->ends) {
		r->verb = VERB_END;
		r->reason = LEAVE_IDLE;
		return put_word(dst, "out with you\n");
	}
	own(s)->wakes = false;
	return put_word(dst, "wake up\n");
}

const struct dialect dialect_porter = {
	.name = "porter",
	.waits = true,
	.line_max = LINE_CAP,
	.begin = begin,
	.hello = hello,
	.line = line,
	.render = render,
	.tick = tick,
	.more = more,
};

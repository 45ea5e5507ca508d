/* SPDX-License-Identifier: MIT */
/* The time before the welcome: what the client speaks, under which name it
 * joins, whether it joins at all.
 * Runs in: child.
 *
 * A program says so with its first bytes, a person waits to be greeted: silence
 * for --greet-after is a person's.  Only then the child takes a name and
 * attaches; so whoever looks at the port, or has come to the wrong one, is
 * heard by nobody. */
#include "server/child/greet.h"

#include <string.h>

#include "ipc/common/clock.h"
#include "ipc/common/protocol.h"
#include "ipc/common/text.h"
#include "server/child/state.h"
#include "server/child/transport/opening.h"

static void wish(struct client *c, const char *name, size_t n)
{
	/* One that is cut is too long for a name all the same. */
	if (n > sizeof c->wish)
		n = sizeof c->wish;
	c->wish_len = n;
	if (n > 0)
		memcpy(c->wish, name, n);
}

static bool has_wish(const struct client *c)
{
	return c->wish_len == c->name_len &&
	       memcmp(c->wish, c->name, c->name_len) == 0;
}

static void join(struct client *c)
{
	c->name_len =
		table_join(c->table, c->slot, c->wish, c->wish_len, c->name);
	c->channel.wanted = true;
	c->phase = PHASE_TALK;
	client_arm_alarm(c);
}

void greet_begin(struct client *c, const char *name, size_t name_len)
{
	c->phase = PHASE_GREET;
	c->first_line = true;
	c->deadline_ms = clock_monotonic_ms() + c->options->greet_after;
	wish(c, name, name_len);
	if (c->options->greet_after == 0)
		join(c);
}

void greet_settle(struct client *c)
{
	struct request r = {.command = command_rename, .text = SPAN_EMPTY};

	if (c->wish_len == 0)
		return;
	r.name = (struct span){c->wish, c->wish_len};
	if (!has_wish(c))
		command_rename->run(c, &r);
	c->wish_len = 0;
}

/* --- the wrong door ------------------------------------------------------- */

static bool is_foreign(enum opening o)
{
	return o != OPENING_UNKNOWN && o != OPENING_CHAT;
}

static void refuse(struct client *c, enum opening o)
{
	const char *bytes;
	size_t n = lines_peek(&c->lines, &bytes);

	outbuf_bytes(&c->outbuf, opening_refusal(o, bytes, n));
	c->refused = true;
	client_leave(c, LEAVE_PLAIN);
}

bool greet_refuses(struct client *c)
{
	const char *bytes;
	size_t n = lines_peek(&c->lines, &bytes);
	enum opening o;

	if (!c->first_line)
		return false;
	o = opening_find(bytes, n, true);
	if (is_foreign(o))
		refuse(c, o);
	return is_foreign(o);
}

/* --- the first line ------------------------------------------------------- */

/* Holds the first line that is not empty.  False if none is whole. */
static bool hold_first(struct client *c)
{
	while (!c->held) {
		if (!client_hold_line(c))
			return false;
		if (c->held_verdict == LINES_LINE &&
			text_is_blank(c->held_line, c->held_len))
			c->held = false;
	}
	return true;
}

/* Takes the word off the beginning, and the blanks behind it, if it is there.
 */
static bool take_word(struct span *s, const char *word)
{
	size_t n = strlen(word), blanks;

	if (s->n < n || memcmp(s->p, word, n) != 0)
		return false;
	blanks = text_blanks(s->p + n, s->n - n);
	if (s->n > n && blanks == 0)
		return false;
	s->p += n + blanks;
	s->n -= n + blanks;
	return true;
}

bool greet_hello(struct client *c, const char *line, size_t n)
{
	struct span rest;
	const struct dialect *d = dialect_for(line, n, &rest);
	struct request r = {.command = NULL};

	if (d == NULL)
		return false;
	c->dialect = d;
	c->asks_idle = take_word(&rest, HELLO_STAY);
	if (rest.n > 0 && rest.p[0] == '/')
		d->parse(rest.p, rest.n, &r);
	if (r.command != NULL && r.command == command_who)
		command_who->run(c, &r);
	else
		wish(c, rest.p, rest.n);
	return true;
}

/* What the first line says of its sender is done before the welcome; anything
 * else stays for the time after it. */
static void take_first(struct client *c)
{
	struct request r;

	if (c->held_verdict != LINES_LINE)
		return;
	if (greet_hello(c, c->held_line, c->held_len)) {
		c->held = false;
		return;
	}
	c->dialect->parse(c->held_line, c->held_len, &r);
	if (r.command == command_rename) {
		wish(c, r.name.p, r.name.n);
		c->held = false;
	} else if (r.command == command_quit) {
		command_quit->run(c, &r);
	}
}

void greet_step(struct client *c, int64_t now)
{
	const char *bytes = "";
	size_t n = 0;
	enum opening o;

	if (c->phase != PHASE_GREET)
		return;
	/* A page that was only looked at is one, too: who is silent has none
	 * for lines. */
	if (c->waiting)
		n = lines_peek(&c->lines, &bytes);
	o = c->held ? OPENING_CHAT : opening_find(bytes, n, false);
	if (is_foreign(o)) {
		refuse(c, o);
	} else if (o == OPENING_CHAT && hold_first(c)) {
		take_first(c);
		c->first_line = c->held;
		if (c->listing)
			client_answer(c);
		else if (c->phase == PHASE_GREET)
			join(c);
	} else if (c->eof) {
		client_leave(c, LEAVE_PLAIN); /* and has said nothing */
	} else if (now >= c->deadline_ms) {
		join(c);
	}
}

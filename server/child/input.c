/* SPDX-License-Identifier: MIT */
/* What the client says: lines in, one at a time, at the pace it is allowed.
 * Runs in: child. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "ipc/common/text.h"
#include "server/again.h"
#include "server/child/dialect/render.h"
#include "server/child/greet.h"
#include "server/child/state.h"
#include "server/fd.h"

/* Bytes that may be read for one line's turn: far more than a line has. */
#define UNPAID_MAX (64u << 10)

/* alarm(2) counts in seconds, by a clock of its own. */
#define SLACK_MS 50

/* Whether a line waits that came in time.  A stretch without an end is none,
 * but there may be one behind it. */
static bool line_waits(const struct client *c)
{
	const char *bytes;
	size_t n = lines_peek(&c->lines, &bytes);

	if (!c->held || c->held_verdict != LINES_MORE)
		return c->waiting;
	return memchr(bytes, '\n', n) != NULL;
}

void input_check_idle(struct client *c, int64_t now)
{
	int64_t idle_ms = now - c->line_ms;

	if (!c->alarmed || c->phase != PHASE_TALK)
		return;
	c->alarmed = false;
	/* Lines that cannot be looked at yet are looked at again soon; and a
	 * line may have been taken since the signal came. */
	if (line_waits(c) || !input_is_open(c))
		alarm(1);
	else if (idle_ms >= (int64_t)c->options->idle_timeout * 1000 - SLACK_MS)
		client_leave(c, LEAVE_IDLE);
}

static void too_long(struct client *c)
{
	char text[96], *p = text;

	p = put_word(p, "line too long: at most ");
	p = put_grouped(p, LINE_MAX_BYTES);
	p = put_word(p, " bytes; the rest was thrown away");
	client_tell(c, EVENT_ERROR, (struct span){text, (size_t)(p - text)});
}

static void slow_down(struct client *c)
{
	char text[128], *p = text;

	if (c->told_rate)
		return;
	c->told_rate = true;
	p = put_word(p, "slow down: at most ");
	p = put_grouped(p, c->options->rate);
	p = put_word(p, " lines a second are sent on; the rest comes later, "
			"nothing is lost");
	client_tell(c, EVENT_WARNING, (struct span){text, (size_t)(p - text)});
}

/* Who has come for the list alone leaves with its end. */
static void end_input(struct client *c)
{
	lines_init(&c->lines);
	c->eof = true;
}

/* The first line may ask for another dialect. */
static bool is_hello(struct client *c, const char *line, size_t n)
{
	bool hello = c->first_line && greet_hello(c, line, n);

	c->first_line = false;
	if (hello && c->listing)
		end_input(c);
	else if (hello)
		channel_start_over(c);
	return hello;
}

static void take_line(struct client *c, const char *line, size_t n)
{
	struct request r;

	if (is_hello(c, line, n))
		return;
	c->dialect->parse(line, n, &r);
	if (r.command != NULL)
		r.command->run(c, &r);
	else
		client_error(c, r.error, r.about, r.hint);
}

static void take_held(struct client *c)
{
	struct table_slot *s = &c->table->slots[c->slot];

	c->held = false;
	c->unpaid = 0;
	if (c->held_verdict == LINES_TOO_LONG)
		too_long(c);
	if (c->held_verdict != LINES_LINE)
		return;
	client_arm_alarm(c);
	if (text_is_blank(c->held_line, c->held_len))
		return; /* somebody is there, and says nothing */
	atomic_fetch_add_explicit(&s->lines, 1, memory_order_relaxed);
	atomic_store_explicit(
		&s->last_line_ms, clock_wall_ms(), memory_order_relaxed);
	take_line(c, c->held_line, c->held_len);
}

/* Whether a line can be acted on now: one thing after the other, and never
 * without room for what comes of it. */
bool input_is_open(const struct client *c)
{
	return c->phase == PHASE_TALK && c->channel.welcomed && !c->listing &&
	       c->rename == 0 && unacked_has_room(&c->unacked) &&
	       outbuf_has_room(&c->outbuf);
}

/* Not while lines wait: they may fill all the room that there is. */
bool input_wants_input(const struct client *c)
{
	if (c->eof)
		return false;
	if (c->phase == PHASE_GREET)
		return !c->held && outbuf_has_room(&c->outbuf);
	return input_is_open(c) && !c->waiting;
}

void input_take_lines(struct client *c, int64_t now)
{
	if (input_is_open(c))
		greet_settle(c);
	while (c->waiting && input_is_open(c)) {
		bool waited = c->held;

		if (!c->held && greet_refuses(c))
			break;
		if (!c->held && !client_hold_line(c)) {
			c->waiting = false;
			if (c->eof)
				client_leave(c, LEAVE_PLAIN);
			break;
		}
		if (!rate_take(&c->rate, now)) {
			slow_down(c);
			break;
		}
		if (!waited && rate_is_full(&c->rate))
			c->told_rate = false;
		take_held(c);
	}
}

/* What makes no lines, such as one without an end, is read no faster than lines
 * are: so much of it takes a line's turn. */
static void take_turn_of(struct client *c, size_t n)
{
	c->unpaid += n;
	if (c->unpaid < UNPAID_MAX)
		return;
	c->held = true;
	c->held_verdict = LINES_MORE;
}

void input_read(struct client *c)
{
	char *where;
	size_t room = lines_room(&c->lines, &where);
	ssize_t n;

	if (room == 0)
		return; /* a read of nothing would look like the end */
	n = read(CHILD_IN, where, room);
	if (n == -1 && errno_is_transient(errno))
		return;
	c->waiting = true;
	if (n > 0) {
		lines_feed(
			&c->lines, telnet_filter(&c->telnet, where, (size_t)n));
		outbuf_bytes(&c->outbuf, telnet_answer(&c->telnet));
		take_turn_of(c, (size_t)n);
	} else if (n == 0) {
		c->eof = true;
	} else {
		c->eof = true;
		c->outbuf.dead = true;
	}
}

/* --- who ----------------------------------------------------------------- */

/* What a line that lists names has besides them: the marks, and a number. */
#define WHO_MARKS (sizeof "* online:  (30,000)\n" - 1)

/* The table can be written by a child that somebody has taken over: what is
 * read there is cleaned like what is read from a client. */
static void tell_names(struct client *c, const char *names, size_t n)
{
	char clean[3 * WHO_LINE_MAX];
	size_t len = text_clean(clean, names, n);

	if (len > 0)
		client_tell(c, EVENT_WHO, (struct span){clean, len});
}

/* Goes on with the answer to a who, line by line. */
void input_list(struct client *c)
{
	char names[WHO_LINE_MAX - WHO_MARKS];

	while (c->listing && outbuf_has_room(&c->outbuf)) {
		size_t n = table_list(c->table, c->slot + 1, &c->list_slot,
			names, sizeof names);

		if (n > 0) {
			tell_names(c, names, n);
			continue;
		}
		client_tell(c, EVENT_WHO_END, SPAN_EMPTY);
		c->listing = false;
		if (c->outbuf.dead)
			break;
	}
}
